package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kaoping/exam"
	"kaoping/internal/store/sqlite"
	"kaoping/internal/store/transfer"
)

type exportCommand struct {
	Folder string `arg:"" help:"Folder of the archive: a new one, or one of an export that was cut short."`
	JSON   bool   `help:"Report as one JSON object."`
}

type importCommand struct {
	Folder string `arg:"" help:"Folder of the archive."`
	JSON   bool   `help:"Report as one JSON object."`
}

// moved is the report of an export or an import.
type moved struct {
	Archive   string           `json:"archive"`
	Hash      string           `json:"hash"`
	Totals    []transfer.Total `json:"totals"`
	Records   int              `json:"records"`
	Documents int              `json:"documents"`
	Seconds   float64          `json:"seconds"`
}

// keyCheck is the purpose under which an archive's name is sealed.
const keyCheck = "archive"

// Run writes this installation into an archive, to be imported elsewhere.
func (cmd exportCommand) Run(ctx context.Context, c *config) error {
	if err := onlyUser(ctx, c); err != nil {
		return err
	}
	if _, err := os.Stat(c.recordFile()); c.MongoURI == "" && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no installation in %s", c.Data)
	}
	a, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer a.engines.Close()
	if err := a.opensNumbers(ctx); err != nil {
		return err
	}
	from, err := a.engines.movable()
	if err != nil {
		return err
	}
	p := newProgress(os.Stderr)
	m, err := transfer.Export(ctx, cmd.Folder, from, func(name string) string { return a.engines.vault.Seal(keyCheck, name) }, p.hear)
	if err != nil {
		return err
	}
	return p.report(os.Stdout, cmd.JSON, cmd.Folder, m)
}

// Run fills this installation, which must be new, from an archive.
func (cmd importCommand) Run(ctx context.Context, c *config) (err error) {
	archive, err := transfer.Open(cmd.Folder)
	if err != nil {
		return err
	}
	defer archive.Close()
	if err := c.fits(archive.Manifest.Head); err != nil {
		return err
	}
	if err := onlyUser(ctx, c); err != nil {
		return err
	}
	log, err := logger(c)
	if err != nil {
		return err
	}
	e, err := openAnyEngines(ctx, c, log)
	if err != nil {
		return err
	}
	defer e.Close()
	into, err := e.movable()
	if err != nil {
		return err
	}
	p := newProgress(os.Stderr)
	if err := archive.Import(ctx, into, p.hear); err != nil {
		return err
	}
	return p.report(os.Stdout, cmd.JSON, cmd.Folder, archive.Manifest)
}

// onlyUser refuses while another process uses the embedded records. Of MongoDB
// nobody can know; there the move finds out afterwards.
func onlyUser(ctx context.Context, c *config) error {
	if c.MongoURI != "" {
		return nil
	}
	return sqlite.Alone(ctx, c.recordFile())
}

// opensNumbers refuses a key that does not open the installation's ID numbers.
func (a *app) opensNumbers(ctx context.Context) error {
	list, err := a.store.Enrolments(ctx, exam.EnrolmentQuery{Limit: 1})
	if err != nil || len(list) == 0 {
		return err
	}
	if _, err := a.exam.IDNumber(list[0]); err != nil {
		return errors.Join(errors.New("the key does not open the ID numbers of this installation: set the key that they were sealed with"), err)
	}
	return nil
}

// fits refuses an archive that was sealed with another key than this one. It
// makes no key, as a first start does: nothing could be opened with that.
func (c *config) fits(h transfer.Head) error {
	if _, err := os.Stat(c.keyPath()); c.Key == "" && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the archive does not hold the key: set the key of the old installation, or copy its file to %s", c.keyPath())
	}
	v, err := c.vault()
	if err != nil {
		return err
	}
	if name, err := v.Open(keyCheck, h.Check); err != nil || name != h.Name {
		return errors.New("the key is not that of the old installation: its ID numbers could not be opened with it")
	}
	return nil
}

// movable is the engines as a move sees them.
func (e *engines) movable() (transfer.Engines, error) {
	files, ok := e.documents.(transfer.Files)
	if !ok {
		return transfer.Engines{}, errors.New("the documents of this engine cannot be listed")
	}
	return transfer.Engines{Records: e.store, Files: files}, nil
}

// progress counts what is moved and says so once a second.
type progress struct {
	out   io.Writer
	begun time.Time
	heard time.Time // of the last segment
	said  time.Time
	done  string // what is counted, since when, and how many
	since time.Time
	count int
}

func newProgress(out io.Writer) *progress {
	now := time.Now()
	return &progress{out: out, begun: now, heard: now, said: now}
}

func (p *progress) hear(done string, kind transfer.Kind, records int) {
	if done != p.done {
		p.done, p.since, p.count = done, p.heard, 0
	}
	p.count += records
	p.heard = time.Now()
	if p.heard.Sub(p.said) >= time.Second {
		p.said = p.heard
		fmt.Fprintf(p.out, "%s %d, %.0f a second, now %s\n", done, p.count, float64(p.count)/p.heard.Sub(p.since).Seconds(), kind)
	}
}

func (p *progress) report(w io.Writer, asJSON bool, folder string, m transfer.Manifest) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	r := moved{folder, m.Hash, m.Totals, m.Records(), m.Documents(), time.Since(p.begun).Seconds()}
	if asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	for _, t := range r.Totals {
		fmt.Fprintf(w, "%-13s %8d  %s\n", t.Kind, t.Records, t.SHA256)
	}
	_, err = fmt.Fprintf(w, "%d records and %d documents in %.1f s, hash %s\n", r.Records, r.Documents, r.Seconds, r.Hash)
	return err
}
