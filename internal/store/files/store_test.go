package files

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaoping/internal/fault"
	"kaoping/internal/store/storetest"
)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	storetest.Documents(t, func(t *testing.T) storetest.DocumentStore { return open(t, t.TempDir()) })
}

func TestOpenMakesPrivateFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "documents")
	s := open(t, dir)
	if _, err := s.Put(t.Context(), "a/b.pdf", []byte("x"), "application/pdf"); err != nil {
		t.Fatal(err)
	}
	err := filepath.Walk(filepath.Dir(dir), func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %o: others may read it", path, info.Mode().Perm())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestDocumentsSurviveReopening(t *testing.T) {
	dir := t.TempDir()
	if _, err := open(t, dir).Put(t.Context(), "a", []byte("x"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	if got, contentType, err := open(t, dir).Get(t.Context(), "a"); err != nil || string(got) != "x" || contentType != "text/plain" {
		t.Errorf("Get: %q, %q, %v", got, contentType, err)
	}
}

// The stored file begins with the document's own bytes, so that it opens in a viewer.
func TestFileStartsWithTheDocument(t *testing.T) {
	dir := t.TempDir()
	content := []byte("%PDF-1.7\n%%EOF\n")
	if _, err := open(t, dir).Put(t.Context(), "a.pdf", content, "application/pdf"); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, kept, "a.pdf"))
	if err != nil || !bytes.HasPrefix(raw, content) {
		t.Errorf("%q, %v", raw, err)
	}
}

func TestCrashLeftovers(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := s.Put(t.Context(), "issued.pdf", []byte("whole"), "application/pdf"); err != nil {
		t.Fatal(err)
	}
	stale := filepath.Join(dir, incoming, "STALE")   // written, never linked
	linked := filepath.Join(dir, incoming, "LINKED") // linked, never unlinked
	fresh := filepath.Join(dir, incoming, "FRESH")   // another process is writing it now
	long := time.Now().Add(-2 * leftoverAge)
	for _, err := range []error{
		os.WriteFile(stale, []byte("half a docum"), 0o600),
		os.Link(filepath.Join(dir, kept, "issued.pdf"), linked),
		os.WriteFile(fresh, []byte("half"), 0o600),
		os.Chtimes(stale, long, long), os.Chtimes(linked, long, long), // LINKED shares its time with the document
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(fresh, time.Now(), time.Now()); err != nil {
		t.Fatal(err)
	}

	s = open(t, dir)
	left, err := filepath.Glob(filepath.Join(dir, incoming, "*"))
	if err != nil || len(left) != 1 || left[0] != fresh {
		t.Errorf("left over: %q, %v; want only %s", left, err, fresh)
	}
	if got, _, err := s.Get(t.Context(), "issued.pdf"); err != nil || string(got) != "whole" {
		t.Errorf("the linked document: %q, %v", got, err)
	}
	for key, err := range s.Keys(t.Context(), "") {
		if err != nil || key != "issued.pdf" {
			t.Errorf("listed %q, %v; unfinished files are no documents", key, err)
		}
	}
}

func TestNoTemporaryFileStays(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for _, content := range []string{"x", "x", "y"} { // kept, accepted, refused
		_, _ = s.Put(t.Context(), "a", []byte(content), "text/plain")
	}
	_, _ = s.Put(t.Context(), "a/b", []byte("x"), "text/plain")
	if left, _ := filepath.Glob(filepath.Join(dir, incoming, "*")); len(left) != 0 {
		t.Errorf("left over: %q", left)
	}
}

func TestTampering(t *testing.T) {
	content := []byte("%PDF the certificate of one person %%EOF\n")
	for name, tamper := range map[string]func(raw []byte) []byte{
		"a byte changed":         func(raw []byte) []byte { raw[5] ^= 1; return raw },
		"a byte added":           func(raw []byte) []byte { return append([]byte("x"), raw...) },
		"cut in the middle":      func(raw []byte) []byte { return raw[:len(raw)/2] },
		"the last byte cut":      func(raw []byte) []byte { return raw[:len(raw)-1] },
		"lines added at the end": func(raw []byte) []byte { return append(raw, "more\n"...) },
		"emptied":                func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			hash, err := s.Put(t.Context(), "c/1.pdf", bytes.Clone(content), "application/pdf")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, kept, "c", "1.pdf")
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, tamper(raw), 0o600); err != nil {
				t.Fatal(err)
			}
			const want = "does not match its hash"
			if _, _, err := s.Get(t.Context(), "c/1.pdf"); !fault.Is(err, fault.Internal) || !strings.Contains(err.Error(), want) {
				t.Errorf("Get: %v", err)
			}
			if got, err := s.Hash(t.Context(), "c/1.pdf"); err != nil || got == hash {
				t.Errorf("Hash: %q, %v; want another than the recorded one", got, err)
			}
			if _, err := s.Put(t.Context(), "c/1.pdf", content, "application/pdf"); !fault.Is(err, fault.Internal) {
				t.Errorf("Put over a damaged document: %v", err)
			}
		})
	}
}

// The bytes may be whole and the kept hash forged: Get refuses all the same.
func TestForgedHash(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := s.Put(t.Context(), "a", []byte("x"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	forged := seal([]byte("x"), digest([]byte("y")), "text/plain")
	if err := os.WriteFile(filepath.Join(dir, kept, "a"), forged, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(t.Context(), "a"); !fault.Is(err, fault.Internal) {
		t.Errorf("Get: %v", err)
	}
}

func TestKeyUnderADocument(t *testing.T) {
	s := open(t, t.TempDir())
	put := func(key string) error {
		_, err := s.Put(t.Context(), key, []byte(key), "text/plain")
		return err
	}
	if err := put("a/b"); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "a/b/c"} {
		if err := put(key); !fault.Is(err, fault.Conflict) {
			t.Errorf("Put %s beside a/b: %v, want a conflict", key, err)
		}
	}
}

func TestSymlinksDoNotLeadOut(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	s := open(t, dir)
	if err := os.Symlink(outside, filepath.Join(dir, kept, "c")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no symlinks here: %v", err)
		}
		t.Skipf("NOT TESTED: no symlinks here: %v", err)
	}
	if _, err := s.Put(context.Background(), "c/x", []byte("x"), "text/plain"); err == nil {
		t.Error("a document was written outside the folder")
	}
	if names, _ := os.ReadDir(outside); len(names) != 0 {
		t.Errorf("outside: %v", names)
	}
}

func TestOpenRefusesAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Open of a file: %v, want unavailable", err)
	}
}

func BenchmarkPut100KB(b *testing.B) {
	s, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	for i := 0; b.Loop(); i++ {
		copy(content, []byte{byte(i), byte(i >> 8), byte(i >> 16)})
		key := "certificates/2026/" + digest(content)[:20]
		if _, err := s.Put(b.Context(), key, content, "application/pdf"); err != nil {
			b.Fatal(err)
		}
	}
}
