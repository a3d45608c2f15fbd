package sqlite

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
)

// TestDiskFull saves answers until a disk of 2 MiB is full: every refusal is
// Unavailable, reading goes on, and with space again so does saving. Nothing
// that was acknowledged is lost.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("a disk cannot be mounted: ", err)
		}
		t.Skip("a disk cannot be mounted: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	ballast, path := filepath.Join(dir, "ballast"), filepath.Join(dir, "kaoping.db")
	if err := os.WriteFile(ballast, make([]byte, 512<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}

	const candidates = 16
	acknowledged := [candidates]int64{}
	for i := range candidates {
		a := exam.Attempt{ID: fmt.Sprint(i), Lease: "lease", State: exam.Open, Deadline: at.Add(time.Hour)}
		if err := s.PutAttempt(t.Context(), &a, audit.Entry{Stream: "s"}); err != nil {
			t.Fatal(err)
		}
	}
	save := func(i int) error {
		v := exam.Save{Attempt: fmt.Sprint(i), Lease: "lease", Seq: acknowledged[i] + 1, At: at, Digest: "d"}
		v.Changes = []exam.Change{{Question: fmt.Sprintf("q%d", v.Seq), Answer: bank.Answer{Choice: []int{1}}}}
		_, err := s.SaveAnswers(t.Context(), v)
		if err == nil {
			acknowledged[i]++
		}
		return err
	}
	var wg sync.WaitGroup
	for i := range candidates {
		wg.Go(func() {
			for failures := 0; failures < 5; {
				if err := save(i); err != nil {
					failures++
					if !fault.Is(err, fault.Unavailable) {
						t.Errorf("on a full disk: %v, want unavailable", err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	check := func(what string) {
		t.Helper()
		for i, n := range acknowledged {
			if got, err := s.Answers(t.Context(), fmt.Sprint(i)); err != nil || int64(len(got)) != n {
				t.Errorf("%s candidate %d has %d answers, %v, want %d", what, i, len(got), err, n)
			}
		}
	}
	check("while it is full")

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for i := range candidates {
		if err := save(i); err != nil {
			t.Errorf("with space again: %v", err)
		}
	}
	check("with space again")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if s, err = Open(context.Background(), path, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	check("after reopening")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
