package transfer

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"iter"
)

// errChanged is why an export cannot be trusted.
var errChanged = errors.New("the installation has changed since the export began: stop every instance, delete the archive and export again")

// Export writes an archive of an installation that nobody uses meanwhile, and
// goes on with one that was cut short. seal seals the archive's name with the
// installation's key.
func Export(ctx context.Context, dir string, from Engines, seal func(name string) string, said Progress) (Manifest, error) {
	f, err := makeFolder(dir)
	if err != nil {
		return Manifest{}, err
	}
	defer f.root.Close()
	if _, err := f.root.Stat(manifestFile); !errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, errors.Join(errors.New("the archive is finished: import it, or name another folder"), err)
	}
	if err := from.Records.Settle(ctx); err != nil {
		return Manifest{}, err
	}
	j, err := begin(ctx, f, from, seal)
	if err != nil {
		return Manifest{}, err
	}
	m := Manifest{Head: j.Head}
	for _, kind := range append(from.Records.Kinds(), Documents) {
		e := &exporting{folder: f, kind: kind, hash: sha256.New(), said: said}
		total, err := e.run(ctx, from, j.of(kind))
		if err != nil {
			return Manifest{}, fmt.Errorf("%s: %w", kind, err)
		}
		m.Totals = append(m.Totals, total)
	}
	if state, err := from.Records.State(ctx); err != nil || state != m.State {
		return Manifest{}, errors.Join(errChanged, err)
	}
	m.Hash = hashTotals(m.Totals)
	if j, _, err = f.readJournal(); err != nil {
		return Manifest{}, err
	}
	m.Journal = j.hash
	return m, f.writeManifest(m)
}

// begin reads the journal of an export that was cut short, or begins one.
func begin(ctx context.Context, f folder, from Engines, seal func(string) string) (journal, error) {
	j, err := f.resume()
	if err != nil {
		return j, err
	}
	state, err := from.Records.State(ctx)
	if err != nil {
		return j, err
	}
	if j.Name != "" {
		if j.Format != Format {
			return j, fmt.Errorf("the export was begun by another release (format %d, this release writes %d): delete the archive and export again", j.Format, Format)
		}
		if j.State != state {
			return j, errChanged
		}
		return j, nil
	}
	j.Head = Head{Format: Format, Name: rand.Text(), State: state}
	j.Check = seal(j.Name)
	if j.Migrations, err = from.Records.Migrations(ctx); err != nil {
		return j, err
	}
	return j, f.append(j.Head)
}

// exporting is the export of one kind.
type exporting struct {
	folder
	kind  Kind
	hash  hash.Hash // of all lines
	draft draft
	count int // segments that are finished
	total int // records
	said  Progress
}

// run goes on after the segments that are finished.
func (e *exporting) run(ctx context.Context, from Engines, finished []segment) (Total, error) {
	for _, s := range finished {
		lines, err := e.readSegment(s)
		if err != nil {
			return Total{}, err
		}
		for _, line := range lines {
			e.hash.Write(line)
		}
		e.count, e.total, e.draft.last = e.count+1, e.total+s.Records, s.Last
	}
	for r, err := range e.source(ctx, from, e.draft.last) {
		if err != nil {
			return Total{}, err
		}
		if err := e.add(r); err != nil {
			return Total{}, err
		}
	}
	if err := e.flush(); err != nil {
		return Total{}, err
	}
	return Total{Kind: e.kind, Records: e.total, SHA256: hex.EncodeToString(e.hash.Sum(nil))}, nil
}

func (e *exporting) source(ctx context.Context, from Engines, after string) iter.Seq2[Record, error] {
	if e.kind == Documents {
		return walk(ctx, from.Files, after, e.keep)
	}
	return from.Records.Export(ctx, e.kind, after)
}

func (e *exporting) add(r Record) error {
	if r.Key <= e.draft.last {
		return fmt.Errorf("the engine lists %s after %s: they are in no order to go on from", r.Key, e.draft.last)
	}
	line, err := r.Line()
	if err != nil {
		return err
	}
	e.hash.Write(line)
	e.draft.lines.Write(line)
	e.draft.records++
	e.draft.last = r.Key
	e.total++
	if e.draft.full() {
		return e.flush()
	}
	return nil
}

// flush finishes a segment: its documents, its file, its line in the journal.
func (e *exporting) flush() error {
	if e.draft.records == 0 {
		return nil
	}
	last := e.draft.last
	s, err := e.writeSegment(e.kind, e.count+1, &e.draft)
	if err != nil {
		return err
	}
	if err := e.append(s); err != nil {
		return err
	}
	e.count++
	e.draft.last = last
	e.said("exported", e.kind, s.Records)
	return nil
}
