package transfer

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
)

// How much a segment holds: so many records, or as soon as it has so many bytes.
const (
	segmentRecords = 2000
	segmentBytes   = 4 << 20
)

// segment is what the journal says of a finished segment.
type segment struct {
	Kind    Kind   `json:"kind"`
	Name    string `json:"name"` // of its file
	Records int    `json:"records"`
	Last    string `json:"last"` // key
	SHA256  string `json:"sha256"`
}

func sum(raw []byte) string {
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:])
}

// draft is a segment to be.
type draft struct {
	lines   bytes.Buffer
	records int
	last    string
}

func (d *draft) full() bool { return d.records >= segmentRecords || d.lines.Len() >= segmentBytes }

// write puts a segment on the disk as number n of its kind and empties the draft.
func (f folder) writeSegment(kind Kind, n int, d *draft) (segment, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return segment{}, err
	}
	if _, err := w.Write(d.lines.Bytes()); err != nil {
		return segment{}, err
	}
	if err := w.Close(); err != nil {
		return segment{}, err
	}
	s := segment{Kind: kind, Name: path.Join(segmentFolder, fmt.Sprintf("%s-%06d.ndjson.gz", kind, n)), Records: d.records, Last: d.last, SHA256: sum(packed.Bytes())}
	if err := f.write(s.Name, packed.Bytes()); err != nil {
		return segment{}, err
	}
	*d = draft{}
	return s, f.sync(segmentFolder)
}

// checkSegment compares a segment's file with the journal, without unpacking it.
func (f folder) checkSegment(s segment) ([]byte, error) {
	raw, err := f.read(s.Name)
	if err != nil {
		return nil, fmt.Errorf("the segment %s cannot be read: %w", s.Name, err)
	}
	if sum(raw) != s.SHA256 {
		return nil, fmt.Errorf("the segment %s is not as it was written: its SHA-256 differs from the journal's", s.Name)
	}
	return raw, nil
}

// readSegment returns the lines of a segment, each with its line break.
func (f folder) readSegment(s segment) ([][]byte, error) {
	raw, err := f.checkSegment(s)
	if err != nil {
		return nil, err
	}
	unpack, err := gzip.NewReader(bytes.NewReader(raw))
	if err == nil {
		raw, err = io.ReadAll(unpack)
	}
	if err != nil {
		return nil, fmt.Errorf("the segment %s cannot be unpacked: %w", s.Name, err)
	}
	lines := bytes.SplitAfter(raw, []byte("\n"))
	lines = lines[:len(lines)-1]
	if len(lines) != s.Records {
		return nil, fmt.Errorf("the segment %s has %d records, the journal says %d", s.Name, len(lines), s.Records)
	}
	return lines, nil
}

// records parses a segment.
func (f folder) records(s segment) ([]Record, error) {
	lines, err := f.readSegment(s)
	if err != nil {
		return nil, err
	}
	list := make([]Record, len(lines))
	for i, line := range lines {
		if list[i], err = parse(line); err != nil {
			return nil, fmt.Errorf("record %d of the segment %s: %w", i+1, s.Name, err)
		}
	}
	return list, nil
}
