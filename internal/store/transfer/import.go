package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Archive is a finished archive whose segments are all as they were written.
type Archive struct {
	Manifest Manifest
	folder   folder
	journal  journal
	hash     string // of the manifest
}

// Open reads manifest and journal of an archive and checks every segment
// against them. Documents are checked when they are stored. The caller closes it.
func Open(dir string) (*Archive, error) {
	f, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	a := &Archive{folder: f}
	if err := a.check(); err != nil {
		return nil, errors.Join(err, f.root.Close())
	}
	return a, nil
}

// Close closes the folder.
func (a *Archive) Close() error { return a.folder.root.Close() }

func (a *Archive) check() (err error) {
	if a.Manifest, a.hash, err = a.folder.readManifest(); err != nil {
		return err
	}
	var torn int
	a.journal, torn, err = a.folder.readJournal()
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("the archive has no journal")
	}
	if err != nil {
		return err
	}
	if torn >= 0 {
		return fmt.Errorf("the last line of the journal is cut off, after %d segments", len(a.journal.segments))
	}
	if a.journal.hash != a.Manifest.Journal {
		return fmt.Errorf("the journal, with %d segments, is not the one of the manifest: a line is missing or was changed", len(a.journal.segments))
	}
	for _, s := range a.journal.segments {
		if _, err := a.folder.checkSegment(s); err != nil {
			return err
		}
	}
	return nil
}

// Import stores an archive in an installation that is empty, or goes on where
// it was cut short, then reads everything back and compares it.
func (a *Archive) Import(ctx context.Context, into Engines, said Progress) error {
	if err := a.newer(ctx, into); err != nil {
		return err
	}
	mark, err := into.Records.Mark(ctx)
	if err != nil {
		return err
	}
	switch {
	case mark == Mark{}:
		if err := empty(ctx, into); err != nil {
			return err
		}
		mark = Mark{Archive: a.hash}
		if err := into.Records.SetMark(ctx, mark); err != nil {
			return err
		}
	case mark.Archive != a.hash:
		return errors.New("an import of another archive is half done here: finish that one, or empty this installation")
	case mark.Done > len(a.journal.segments):
		return fmt.Errorf("%d segments are imported, and the archive has only %d", mark.Done, len(a.journal.segments))
	}
	for _, s := range a.journal.segments[mark.Done:] {
		if err := a.store(ctx, into, s); err != nil {
			return err
		}
		mark.Done++
		if err := into.Records.SetMark(ctx, mark); err != nil {
			return err
		}
		said("imported", s.Kind, s.Records)
	}
	if err := a.compare(ctx, into, said); err != nil {
		return err
	}
	return into.Records.DropMark(ctx)
}

func (a *Archive) store(ctx context.Context, into Engines, s segment) error {
	list, err := a.folder.records(s)
	if err != nil {
		return err
	}
	if s.Kind == Documents {
		err = a.folder.put(ctx, into.Files, list)
	} else {
		err = into.Records.Import(ctx, s.Kind, list)
	}
	if err != nil {
		return fmt.Errorf("the segment %s: %w", s.Name, err)
	}
	return nil
}

// newer refuses an archive with kinds of records that are none here, and one
// whose engine had migrations that the same engine does not have here.
func (a *Archive) newer(ctx context.Context, into Engines) error {
	here, err := into.Records.Migrations(ctx)
	if err != nil {
		return err
	}
	for _, m := range a.Manifest.Migrations {
		engine, _, _ := strings.Cut(m, "/")
		same := func(other string) bool { return strings.HasPrefix(other, engine+"/") }
		if slices.ContainsFunc(here, same) && !slices.Contains(here, m) {
			return fmt.Errorf("the archive is of a newer release (migration %s): import it with that release", m)
		}
	}
	for _, t := range a.Manifest.Totals {
		if t.Kind != Documents && !slices.Contains(into.Records.Kinds(), t.Kind) {
			return fmt.Errorf("the archive is of a newer release (it has %s): import it with that release", t.Kind)
		}
	}
	return nil
}

// empty refuses a target that holds anything.
func empty(ctx context.Context, into Engines) error {
	refused := func(kind Kind, key string) error {
		return fmt.Errorf("the target is not empty, it has %s/%s: import into a new installation", kind, key)
	}
	for _, kind := range into.Records.Kinds() {
		for r, err := range into.Records.Export(ctx, kind, "") {
			if err != nil {
				return err
			}
			return refused(kind, r.Key)
		}
	}
	for key, err := range into.Files.Keys(ctx, "") {
		if err != nil {
			return err
		}
		return refused(Documents, key)
	}
	return nil
}
