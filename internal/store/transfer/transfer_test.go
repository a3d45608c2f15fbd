package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/internal/store/files"
	"kaoping/internal/store/sqlite"
	"kaoping/internal/store/transfer"
)

const (
	itemCount     = 240 // three segments, as long as these items are
	itemLength    = 50_000
	documentCount = 40
)

// installation is a store of records and one of documents, and a wire that can
// be cut.
type installation struct {
	*sqlite.Store
	files *files.Store
	left  int    // what may still go over the wire; negative for no end
	after func() // done once the wire has carried everything of a kind
}

func newInstallation(t *testing.T) *installation {
	t.Helper()
	dir := t.TempDir()
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, "kaoping.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	documents, err := files.Open(filepath.Join(dir, "documents"))
	if err != nil {
		t.Fatal(err)
	}
	return &installation{Store: store, files: documents, left: -1}
}

func (i *installation) engines() transfer.Engines {
	return transfer.Engines{Records: i, Files: i.files}
}

func (i *installation) addItems(t *testing.T, from, to int) {
	t.Helper()
	var list []bank.Item
	for n := from; n < to; n++ {
		list = append(list, bank.Item{ID: fmt.Sprintf("item-%06d", n), Owner: "body", Stem: "<" + strings.Repeat("x", itemLength)})
	}
	if err := i.AddItems(t.Context(), list, audit.Entry{Stream: "body/1"}); err != nil {
		t.Fatal(err)
	}
}

func furnished(t *testing.T) *installation {
	t.Helper()
	i := newInstallation(t)
	i.addItems(t, 0, itemCount)
	for n := range documentCount {
		if _, err := i.files.Put(t.Context(), fmt.Sprintf("photos/a/%d.jpg", n), fmt.Appendf(nil, "photo %d", n), "image/jpeg"); err != nil {
			t.Fatal(err)
		}
	}
	return i
}

var errCut = errors.New("the wire was cut")

func (i *installation) carry() error {
	if i.left == 0 {
		return errCut
	}
	i.left--
	return nil
}

func (i *installation) Export(ctx context.Context, kind transfer.Kind, after string) iter.Seq2[transfer.Record, error] {
	return func(yield func(transfer.Record, error) bool) {
		for r, err := range i.Store.Export(ctx, kind, after) {
			if cut := i.carry(); cut != nil {
				err = cut
			}
			if !yield(r, err) {
				return
			}
		}
		if i.after != nil {
			i.after()
		}
	}
}

func (i *installation) Import(ctx context.Context, kind transfer.Kind, records []transfer.Record) error {
	for n := range records {
		if i.carry() != nil { // the records before it are stored
			return errors.Join(i.Store.Import(ctx, kind, records[:n]), errCut)
		}
	}
	return i.Store.Import(ctx, kind, records)
}

func seal(name string) string { return "sealed " + name }

func quiet(string, transfer.Kind, int) {}

func export(t *testing.T, dir string, from *installation) (transfer.Manifest, error) {
	t.Helper()
	return transfer.Export(t.Context(), dir, from.engines(), seal, quiet)
}

func mustExport(t *testing.T, from *installation) (dir string, m transfer.Manifest) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "archive")
	m, err := export(t, dir, from)
	if err != nil {
		t.Fatal(err)
	}
	return dir, m
}

func imports(t *testing.T, dir string, into *installation) error {
	t.Helper()
	a, err := transfer.Open(dir)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Import(t.Context(), into.engines(), quiet)
}

func refused(t *testing.T, what string, err error, words ...string) {
	t.Helper()
	for _, word := range words {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v, want it refused with %q", what, err, word)
		}
	}
}

func TestAnExportThatWasCutGoesOn(t *testing.T) {
	from := furnished(t)
	_, whole := mustExport(t, from)
	dir := filepath.Join(t.TempDir(), "archive")
	cuts := 0
	for _, left := range []int{0, 1, 60, 100, 110} {
		from.left = left
		_, err := export(t, dir, from)
		if !errors.Is(err, errCut) {
			t.Fatalf("cut after %d: %v", left, err)
		}
		if _, err := transfer.Open(dir); err == nil || !strings.Contains(err.Error(), "not finished") {
			t.Errorf("an archive without its end: %v", err)
		}
		cuts++
		change(t, filepath.Join(dir, "journal"), func(raw []byte) []byte { return append(raw, `{"kind":"items","na`...) }) // a torn line
	}
	from.left = itemCount / 2 // less than the whole: what was finished is not read again
	m, err := export(t, dir, from)
	if err != nil || m.Hash != whole.Hash || m.Records() != itemCount+1 || m.Documents() != documentCount {
		t.Errorf("after %d cuts: %+v, %v, want %+v", cuts, m, err, whole)
	}
	_, err = export(t, dir, from)
	refused(t, "an export into a finished archive", err, "finished")
	from.left = -1
	into := newInstallation(t)
	if err := imports(t, dir, into); err != nil {
		t.Error(err)
	}
}

func TestAnInstallationThatChangesIsRefused(t *testing.T) {
	from := furnished(t)
	dir := filepath.Join(t.TempDir(), "archive")
	from.left = 100
	if _, err := export(t, dir, from); !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	from.left = -1
	from.addItems(t, itemCount, itemCount+1)
	_, err := export(t, dir, from)
	refused(t, "a change between two tries", err, "has changed")

	changes := 0
	from.after = func() {
		if changes++; changes == 3 {
			if _, err := from.Next(t.Context(), "certificates"); err != nil {
				t.Error(err)
			}
		}
	}
	_, err = export(t, filepath.Join(t.TempDir(), "archive"), from)
	refused(t, "a change meanwhile", err, "has changed")
}

func TestAFolderThatIsNoArchiveIsRefused(t *testing.T) {
	from, dir := furnished(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := export(t, dir, from)
	refused(t, "a folder with a letter", err, "letter.txt")
	refused(t, "no archive", imports(t, dir, newInstallation(t)), "no manifest")
	refused(t, "no folder", imports(t, filepath.Join(dir, "none"), newInstallation(t)), "none")
}

func TestADamagedSegmentStopsAnExport(t *testing.T) {
	from := furnished(t)
	dir := filepath.Join(t.TempDir(), "archive")
	from.left = 150
	if _, err := export(t, dir, from); !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	from.left = -1
	change(t, filepath.Join(dir, "records", "items-000001.ndjson.gz"), func(raw []byte) []byte { raw[100] ^= 1; return raw })
	_, err := export(t, dir, from)
	refused(t, "a damaged segment", err, "items-000001")
}

func TestAnImportThatWasCutGoesOn(t *testing.T) {
	from := furnished(t)
	dir, m := mustExport(t, from)
	into := newInstallation(t)
	for _, left := range []int{0, 1, 80, 100, 60} {
		into.left = left
		if err := imports(t, dir, into); !errors.Is(err, errCut) {
			t.Fatalf("cut after %d: %v", left, err)
		}
	}
	from.addItems(t, itemCount, itemCount+1)
	other, _ := mustExport(t, from)
	into.left = -1
	refused(t, "another archive into a half-done import", imports(t, other, into), "another archive")
	if err := imports(t, dir, into); err != nil {
		t.Fatal(err)
	}
	if mark, err := into.Mark(t.Context()); err != nil || mark != (transfer.Mark{}) {
		t.Errorf("a mark stays: %+v, %v", mark, err)
	}
	if _, again := mustExport(t, into); again.Hash != m.Hash {
		t.Errorf("the copy is another one: %+v, want %+v", again.Totals, m.Totals)
	}
	refused(t, "a full target", imports(t, dir, into), "not empty", "audit/")
}

func TestADamagedDocumentIsNotImported(t *testing.T) {
	dir, _ := mustExport(t, furnished(t))
	path := filepath.Join(dir, "documents", "photos", "a", "7.jpg")
	flip := func(raw []byte) []byte { raw[3] ^= 4; return raw }
	change(t, path, flip)
	into := newInstallation(t)
	refused(t, "a damaged document", imports(t, dir, into), "photos/a/7.jpg", "SHA-256", "documents-000001")
	change(t, path, flip)
	if err := imports(t, dir, into); err != nil {
		t.Errorf("once it is mended: %v", err)
	}
}

func TestATargetIsReadBack(t *testing.T) {
	dir, _ := mustExport(t, furnished(t))
	into := newInstallation(t)
	stray := func(key, content string) {
		t.Helper()
		if _, err := into.files.Put(t.Context(), key, []byte(content), "image/jpeg"); err != nil {
			t.Fatal(err)
		}
	}
	stray("photos/stray.jpg", "x")
	refused(t, "documents without records", imports(t, dir, into), "not empty", "photos/stray.jpg")

	into, kinds := newInstallation(t), 0
	into.after = func() { // the first round looks whether the target is empty, the second reads it back
		if kinds++; kinds == len(into.Kinds())+1 {
			into.addItems(t, itemCount, itemCount+1)
		}
	}
	refused(t, "a target that changes", imports(t, dir, into), "read back", "audit/body/1#0000000000000000002", "none of the archive")
}

func TestAnArchiveOfANewerReleaseIsRefused(t *testing.T) {
	dir, _ := mustExport(t, furnished(t))
	manifest := filepath.Join(dir, "manifest.json")
	old, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	for what, pair := range map[string][2]string{
		"a format":       {`"format": 1`, `"format": 2`},
		"a migration":    {`"sqlite/001_init.sql"`, `"sqlite/999_new.sql"`},
		"changed totals": {`"records": 240`, `"records": 241`},
	} {
		changed := bytes.Replace(old, []byte(pair[0]), []byte(pair[1]), 1)
		if bytes.Equal(changed, old) {
			t.Fatalf("%s: %s is not in %s", what, pair[0], old)
		}
		if err := os.WriteFile(manifest, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		word := "newer release"
		if what == "changed totals" {
			word = "was changed"
		}
		refused(t, what, imports(t, dir, newInstallation(t)), word)
	}
}

func change(t *testing.T, path string, do func([]byte) []byte) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, do(raw), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
