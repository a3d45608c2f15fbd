package transfer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// journal is what an archive's journal says: its head and, a line each, the
// segments that are on the disk.
type journal struct {
	Head
	segments []segment
	hash     string // SHA-256 of the file
}

// of is the segments of one kind.
func (j journal) of(kind Kind) (list []segment) {
	for _, s := range j.segments {
		if s.Kind == kind {
			list = append(list, s)
		}
	}
	return list
}

// readJournal reads the journal (fs.ErrNotExist). A last line without its end is
// what a kill leaves: torn is where it begins, -1 where there is none.
func (f folder) readJournal() (j journal, torn int, err error) {
	raw, err := f.read(journalFile)
	if err != nil {
		return j, 0, err
	}
	torn = -1
	j.hash = sum(raw)
	at := 0
	for number := 1; at < len(raw); number++ {
		end := bytes.IndexByte(raw[at:], '\n')
		if end < 0 {
			torn = at
			break
		}
		line := raw[at : at+end]
		var s segment
		if number == 1 {
			err = json.Unmarshal(line, &j.Head)
		} else if err = json.Unmarshal(line, &s); err == nil {
			j.segments = append(j.segments, s)
		}
		if err != nil {
			return j, 0, fmt.Errorf("line %d of the journal cannot be read: %w", number, err)
		}
		at += end + 1
	}
	return j, torn, nil
}

// resume is the journal of an export that was begun, without a torn line; an
// empty one where there is none.
func (f folder) resume() (journal, error) {
	j, torn, err := f.readJournal()
	if errors.Is(err, fs.ErrNotExist) {
		return journal{}, f.unused()
	}
	if err != nil || torn < 0 {
		return j, err
	}
	file, err := f.root.OpenFile(journalFile, os.O_WRONLY, 0)
	if err != nil {
		return j, err
	}
	err = file.Truncate(int64(torn))
	if err == nil {
		err = file.Sync()
	}
	return j, errors.Join(err, file.Close())
}

// unused refuses a folder that holds anything but an archive to be.
func (f folder) unused() error {
	names, err := fs.ReadDir(f.root.FS(), ".")
	for _, name := range names {
		if name.Name() != segmentFolder {
			return fmt.Errorf("the folder holds %s and is no archive: name an empty or a new one", name.Name())
		}
	}
	return err
}

// append adds a durable line to the journal.
func (f folder) append(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	file, err := f.root.OpenFile(journalFile, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close(), f.sync("."))
}
