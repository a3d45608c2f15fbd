//go:build unix

package files

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kaoping/internal/fault"
)

// A full disk is played by the limit on file sizes, which needs no rights to
// mount anything: past it write(2) fails halfway, as it does when no block is
// left. The limit holds for a whole process, so the store runs in another one.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if os.Getenv("FULL_DISK") != "" {
		onFullDisk(t, os.Getenv("FULL_DISK"))
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	child.Env = append(os.Environ(), "FULL_DISK="+dir)
	if out, err := child.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestFullDisk") {
		t.Fatalf("%v\n%s", err, out)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, incoming, "*")); len(left) != 0 {
		t.Errorf("left over: %q", left)
	}
	s := open(t, dir)
	if _, err := s.Put(t.Context(), "big", bytes.Repeat([]byte("x"), 1<<20), "text/plain"); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func onFullDisk(t *testing.T, dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 64 << 10, Max: 64 << 10}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if _, err := s.Put(t.Context(), "small", []byte("x"), "text/plain"); err != nil {
		t.Error(err)
	}
	if _, err := s.Put(t.Context(), "big", bytes.Repeat([]byte("x"), 1<<20), "text/plain"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Put on a full disk: %v, want unavailable", err)
	}
	if _, _, err := s.Get(t.Context(), "big"); !fault.Is(err, fault.NotFound) {
		t.Errorf("Get of what did not fit: %v, want not_found", err)
	}
	if got, _, err := s.Get(t.Context(), "small"); err != nil || string(got) != "x" {
		t.Errorf("Get of what did fit: %q, %v", got, err)
	}
}
