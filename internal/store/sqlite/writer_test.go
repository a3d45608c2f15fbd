package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"testing"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
)

// hold keeps the writer busy inside a change until release is called, which
// returns the change's outcome.
func hold(t *testing.T, s *Store, ctx context.Context, do func(*tx) error) (release func() error) {
	t.Helper()
	begun, end, outcome := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		outcome <- s.write(ctx, "test.hold", func(t *tx) error {
			err := do(t)
			close(begun)
			<-end
			return err
		})
	}()
	<-begun
	return func() error {
		close(end)
		return <-outcome
	}
}

func nothing(*tx) error { return nil }

// count counts up a counter in a change.
func count(name string) func(*tx) error {
	return func(t *tx) error {
		_, err := t.exec("INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = n + 1", name)
		return err
	}
}

// queue puts a change in the queue without waiting for it.
func queue(t *testing.T, s *Store, do func(*tx) error) *change {
	t.Helper()
	c := &change{op: "test.queue", do: do, done: make(chan error, 1)}
	if err := s.writer.enqueue(c); err != nil {
		t.Fatal(err)
	}
	return c
}

func newStore(t *testing.T) *Store { return openAt(t, filepath.Join(t.TempDir(), "kaoping.db")) }

func TestReadWhileWriting(t *testing.T) {
	s := newStore(t)
	v := exam.Sitting{ID: "s", Title: "before"}
	if err := s.PutSitting(t.Context(), &v, audit.Entry{Stream: "s"}); err != nil {
		t.Fatal(err)
	}
	release := hold(t, s, t.Context(), func(t *tx) error {
		_, err := t.exec("UPDATE sittings SET doc = json_set(doc, '$.Title', 'after')")
		return err
	})
	for range 20 {
		if got, err := s.Sitting(t.Context(), "s"); err != nil || got.Title != "before" {
			t.Errorf("while the writer is busy: %q, %v, want what is committed", got.Title, err)
		}
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Sitting(t.Context(), "s"); err != nil || got.Title != "after" {
		t.Errorf("after the commit: %q, %v", got.Title, err)
	}
}

func TestFailedChangeUndoesItselfOnly(t *testing.T) {
	s := newStore(t)
	release := hold(t, s, t.Context(), nothing)
	refused := fault.New(fault.Refused, "test", "no")
	good := queue(t, s, count("good"))
	bad := queue(t, s, func(t *tx) error { return errors.Join(count("bad")(t), refused) })
	wrong := queue(t, s, func(t *tx) error {
		_, err := t.exec("INSERT INTO nowhere VALUES (1)")
		return errors.Join(count("bad")(t), err)
	})
	alsoGood := queue(t, s, count("good"))
	if err := release(); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]*change{"good": good, "also good": alsoGood} {
		if err := <-c.done; err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := <-bad.done; !fault.Is(err, fault.Refused) {
		t.Errorf("bad: %v, want its own refusal", err)
	}
	if err := <-wrong.done; !fault.Is(err, fault.Internal) {
		t.Errorf("wrong: %v, want internal", err)
	}
	for name, want := range map[string]int{"good": 3, "bad": 1} {
		if n, err := s.Next(t.Context(), name); err != nil || n != want {
			t.Errorf("counter %s: %d, %v, want %d", name, n, err, want)
		}
	}
}

func TestContextEndsInTheQueue(t *testing.T) {
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	releaseFirst := hold(t, s, ctx, count("begun"))
	waiting := make(chan error)
	go func() { waiting <- s.write(ctx, "test.wait", count("waited")) }()
	for len(s.writer.queue) == 0 { // until it is queued
		runtime.Gosched()
	}
	cancel()
	if err := <-waiting; !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("the queued change: %v, want unavailable at once", err)
	}
	if err := releaseFirst(); err != nil {
		t.Errorf("the change that had begun: %v, want its commit", err)
	}
	for name, want := range map[string]int{"begun": 2, "waited": 1} {
		if n, err := s.Next(t.Context(), name); err != nil || n != want {
			t.Errorf("counter %s: %d, %v, want %d", name, n, err, want)
		}
	}
}

func TestQueueFull(t *testing.T) {
	s := newStore(t)
	release := hold(t, s, t.Context(), nothing)
	var waiting []*change
	for range queueMost {
		waiting = append(waiting, queue(t, s, count("n")))
	}
	if _, err := s.Next(t.Context(), "n"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("one too many: %v, want unavailable", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	for _, c := range waiting {
		if err := <-c.done; err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Next(t.Context(), "n"); err != nil || n != queueMost+1 {
		t.Errorf("counter: %d, %v, want %d", n, err, queueMost+1)
	}
}

func TestCloseDrains(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kaoping.db")
	s := openAt(t, path)
	release := hold(t, s, t.Context(), nothing)
	var waiting []*change
	for range 100 {
		waiting = append(waiting, queue(t, s, count("n")))
	}
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	if err := release(); err != nil {
		t.Fatal(err)
	}
	for _, c := range waiting {
		if err := <-c.done; err != nil {
			t.Error(err)
		}
	}
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	if _, err := s.Next(t.Context(), "n"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a change after Close: %v, want unavailable", err)
	}
	if _, err := s.Sitting(t.Context(), "s"); err == nil {
		t.Error("a read after Close succeeded")
	}
	if n, err := openAt(t, path).Next(t.Context(), "n"); err != nil || n != 101 {
		t.Errorf("after reopening: %d, %v, want 101", n, err)
	}
}

// TestFullFile plays a full disk with the limit that SQLite itself keeps: a
// statement fails, and with it the batch.
func TestFullFile(t *testing.T) {
	s := newStore(t)
	limit := func(pages int) {
		t.Helper()
		err := s.write(t.Context(), "test.limit", func(t *tx) error {
			var n int
			return t.row("PRAGMA max_page_count = " + map[bool]string{true: "4294967294", false: "80"}[pages == 0]).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(80)
	release := hold(t, s, t.Context(), nothing)
	neighbour := queue(t, s, count("n"))
	big := queue(t, s, func(t *tx) error {
		_, err := t.exec("INSERT INTO sessions VALUES ('big', 0, hex(zeroblob(1000000)))")
		return err
	})
	if err := release(); !fault.Is(err, fault.Unavailable) && err != nil {
		t.Errorf("the change before: %v", err)
	}
	for what, c := range map[string]*change{"big": big, "its neighbour": neighbour} {
		if err := <-c.done; !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v, want unavailable", what, err)
		}
	}
	if n, err := s.Next(t.Context(), "n"); err != nil || n != 1 {
		t.Errorf("a small change: %d, %v, want 1", n, err)
	}
	limit(0)
	if n, err := s.Next(t.Context(), "n"); err != nil || n != 2 {
		t.Errorf("with space again: %d, %v, want 2", n, err)
	}
}
