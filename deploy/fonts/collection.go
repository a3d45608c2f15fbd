package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"slices"
)

var errCollection = errors.New("not a whole TrueType collection")

// extract writes the first font of a collection to a file of its own.
func extract(collection, to string) error {
	data, err := os.ReadFile(collection)
	if err != nil {
		return err
	}
	font, err := firstFont(data)
	if err != nil {
		return err
	}
	return os.WriteFile(to, font, 0o644)
}

// entry is one row of a font's table directory.
type entry struct {
	Tag                      [4]byte
	Checksum, Offset, Length uint32
}

// firstFont copies the tables of a collection's first font behind a directory
// of their own. Collections exist so that fonts share tables: the tables are
// the same, only where they lie is not.
func firstFont(data []byte) ([]byte, error) {
	var header struct {
		Tag                   [4]byte
		Version, Count, First uint32
	}
	r := bytes.NewReader(data)
	if err := binary.Read(r, binary.BigEndian, &header); err != nil || string(header.Tag[:]) != "ttcf" || header.Count == 0 {
		return nil, errCollection
	}
	var directory struct {
		Version       uint32
		Count         uint16
		SearchSupport [3]uint16 // follows from Count
	}
	if _, err := r.Seek(int64(header.First), 0); err != nil {
		return nil, errCollection
	}
	if err := binary.Read(r, binary.BigEndian, &directory); err != nil {
		return nil, errCollection
	}
	entries := make([]entry, directory.Count)
	if err := binary.Read(r, binary.BigEndian, entries); err != nil {
		return nil, errCollection
	}

	var tables bytes.Buffer
	start, head := 12+16*len(entries), -1
	for i, e := range entries {
		if uint64(e.Offset)+uint64(e.Length) > uint64(len(data)) {
			return nil, errCollection
		}
		entries[i].Offset = uint32(start + tables.Len())
		table := slices.Clone(data[e.Offset : e.Offset+e.Length])
		if string(e.Tag[:]) == "head" && len(table) >= 12 {
			head = int(entries[i].Offset)
			clear(table[8:12]) // the checksum of the whole file, filled in below
		}
		tables.Write(table)
		tables.Write(make([]byte, -len(table)&3)) // tables begin at multiples of four
	}
	if head < 0 {
		return nil, errCollection
	}
	var font bytes.Buffer
	for _, part := range []any{directory, entries} {
		if err := binary.Write(&font, binary.BigEndian, part); err != nil {
			return nil, err
		}
	}
	font.Write(tables.Bytes())
	var sum uint32
	for word := range slices.Chunk(font.Bytes(), 4) {
		sum += binary.BigEndian.Uint32(word)
	}
	binary.BigEndian.PutUint32(font.Bytes()[head+8:], 0xB1B0AFBA-sum) // the constant of the format
	return font.Bytes(), nil
}
