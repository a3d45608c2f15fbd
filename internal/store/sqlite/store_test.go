package sqlite

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
)

var at = time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC)

func TestReopenKeepsEverything(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "a folder", "100% ?#.db")
	s, err := Open(ctx, path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	sitting := exam.Sitting{ID: "s", Title: "电工", StartsAt: at}
	attempt := exam.Attempt{ID: "a", Lease: "lease", State: exam.Open, Deadline: at.Add(time.Hour)}
	session := access.Session{ID: "x", Account: "y", Expires: at}
	save := exam.Save{Attempt: "a", Lease: "lease", Seq: 1, Digest: "d", At: at, Changes: []exam.Change{{Question: "q001", Answer: bank.Answer{Choice: []int{2}}}}}
	putErr := s.PutAttempt(ctx, &attempt, audit.Entry{Stream: "sitting/s"})
	_, saveErr := s.SaveAnswers(ctx, save)
	_, nextErr := s.Next(ctx, "n")
	for _, err := range []error{
		s.PutSitting(ctx, &sitting, audit.Entry{Stream: "sitting/s"}, outbox.Job{ID: "j", Due: at}),
		s.PutSession(ctx, session), putErr, saveErr, nextErr, s.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}

	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*-wal")); err != nil || len(left) != 0 {
		t.Errorf("Close left %q, %v: the file alone must be all", left, err)
	}
	s = openAt(t, path)
	if got, err := s.Sitting(ctx, "s"); err != nil || !reflect.DeepEqual(got, sitting) {
		t.Errorf("sitting: %+v, %v, want %+v", got, err, sitting)
	}
	if got, err := s.Answers(ctx, "a"); err != nil || len(got) != 1 || got["q001"].Choice[0] != 2 {
		t.Errorf("answers: %+v, %v", got, err)
	}
	if got, err := s.Session(ctx, "x"); err != nil || got != session {
		t.Errorf("session: %+v, %v", got, err)
	}
	if n, err := s.Next(ctx, "n"); err != nil || n != 2 {
		t.Errorf("counter: %d, %v, want 2", n, err)
	}
	if jobs, err := s.ClaimJobs(ctx, at, at, 9); err != nil || len(jobs) != 1 {
		t.Errorf("jobs: %+v, %v", jobs, err)
	}
	if entries, err := s.Entries(ctx, "sitting/s", 0, 9); err != nil || len(entries) != 2 {
		t.Errorf("entries: %+v, %v", entries, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, %v: others can read it", info.Mode(), err)
	}
}

// TestTwoStores has two stores on one file, as two processes would: both write
// to one audit stream.
func TestTwoStores(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kaoping.db")
	stores := []*Store{openAt(t, path), openAt(t, path)}
	var wg sync.WaitGroup
	for i, s := range stores {
		wg.Go(func() {
			v := exam.Sitting{ID: fmt.Sprint(i)}
			for range 50 {
				if err := s.PutSitting(t.Context(), &v, audit.Entry{Stream: "shared"}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	entries, err := stores[0].Entries(t.Context(), "shared", 0, 1000)
	if err != nil || len(entries) != 100 {
		t.Fatalf("%d entries, %v, want 100", len(entries), err)
	}
	var last audit.Entry
	for _, e := range entries {
		if err := audit.Check(last, e); err != nil {
			t.Error(err)
		}
		last = e
	}
}

func TestOpenWhereNothingCanBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("this is no database, it is a text of some length"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(file, "below.db"), filepath.Dir(file)} {
		if _, err := Open(t.Context(), path, slog.New(slog.DiscardHandler)); !fault.Is(err, fault.Unavailable) {
			t.Errorf("Open %s: %v, want unavailable", path, err)
		}
	}
	if _, err := Open(t.Context(), file, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a text file was opened as a database")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ended, filepath.Join(t.TempDir(), "x.db"), slog.New(slog.DiscardHandler)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Open with an ended context: %v, want unavailable", err)
	}
}
