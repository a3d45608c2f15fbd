package mongo

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
)

var at = time.Date(2026, time.November, 21, 9, 0, 0, 123456789, time.UTC)

func begin(t *testing.T, s *Store, id string) exam.Attempt {
	t.Helper()
	a := exam.Attempt{ID: id, Sitting: "s", Lease: "lease", State: exam.Open, StartedAt: at, Deadline: at.Add(time.Hour)}
	if err := s.PutAttempt(t.Context(), &a, audit.Entry{Stream: "sitting/s"}); err != nil {
		t.Fatal(err)
	}
	return a
}

func save(a exam.Attempt, seq int64, choice int) exam.Save {
	change := exam.Change{Question: fmt.Sprintf("q%03d", seq), Answer: bank.Answer{Choice: []int{choice}}, QueuedAt: at}
	return exam.Save{Attempt: a.ID, Lease: a.Lease, Seq: seq, Digest: fmt.Sprint(seq, choice), At: at.Add(time.Minute), Changes: []exam.Change{change}}
}

// sound checks that the whole database is as its audit streams say.
func sound(t *testing.T, s *Store, entries int) {
	t.Helper()
	checked, err := audit.Verify(t.Context(), s, func(d audit.Damage) { t.Errorf("%s: %s", d.Record, d.What) })
	if err != nil || checked.Entries != entries {
		t.Errorf("%+v, %v, want %d entries", checked, err, entries)
	}
}

func TestReopenKeepsEverything(t *testing.T) {
	ctx, name := t.Context(), newName(t)
	s := openAt(t, name)
	sitting := exam.Sitting{ID: "s", Title: "电工", StartsAt: at}
	session := access.Session{ID: "x", Account: "y", Expires: at}
	a := begin(t, s, "a")
	_, saveErr := s.SaveAnswers(ctx, save(a, 1, 2))
	_, nextErr := s.Next(ctx, "n")
	for _, err := range []error{
		s.PutSitting(ctx, &sitting, audit.Entry{Stream: "sitting/s"}, outbox.Job{ID: "j", Due: at}),
		s.PutSession(ctx, session), saveErr, nextErr, s.Close(), s.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.SaveAnswers(ctx, save(a, 2, 2)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a save after Close: %v, want unavailable", err)
	}
	if _, err := s.Sitting(ctx, "s"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a read after Close: %v, want unavailable", err)
	}

	s = openAt(t, name)
	if got, err := s.Sitting(ctx, "s"); err != nil || !reflect.DeepEqual(got, sitting) {
		t.Errorf("sitting: %+v, %v, want %+v", got, err, sitting)
	}
	if got, err := s.Answers(ctx, "a"); err != nil || len(got) != 1 || got["q001"].Choice[0] != 2 || !got["q001"].SavedAt.Equal(at.Add(time.Minute)) {
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
	sound(t, s, 2)
}

// TestTwoStores has two instances that append to one audit stream.
func TestTwoStores(t *testing.T) {
	name := newName(t)
	stores := []*Store{openAt(t, name), openAt(t, name)}
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
	sound(t, stores[0], 100)
}

// TestSavesThroughTwoStores has what one instance has in mind changed by another.
func TestSavesThroughTwoStores(t *testing.T) {
	ctx, name := t.Context(), newName(t)
	one, two := openAt(t, name), openAt(t, name)
	a := begin(t, one, "a")
	expect := func(what string, s *Store, v exam.Save, code fault.Code) {
		t.Helper()
		if _, err := s.SaveAnswers(ctx, v); fault.CodeOf(err) != code {
			t.Errorf("%s: %v, want %q", what, err, code)
		}
	}
	expect("through one", one, save(a, 1, 1), "")
	expect("on through two", two, save(a, 2, 1), "")
	expect("a retry through one", one, save(a, 2, 1), "")
	expect("the number again", one, save(a, 2, 3), fault.Superseded)
	expect("back through one", one, save(a, 3, 1), "")

	var winners atomic.Int32
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			if _, err := []*Store{one, two}[i%2].SaveAnswers(ctx, save(a, 4, i)); err == nil {
				winners.Add(1)
			} else if !fault.Is(err, fault.Superseded) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if winners.Load() != 1 {
		t.Errorf("%d saves with one number", winners.Load())
	}

	old := a
	a.Lease = "new lease"
	if err := two.PutAttempt(ctx, &a, audit.Entry{Stream: "sitting/s"}); err != nil {
		t.Fatal(err)
	}
	expect("the old lease through one", one, save(old, 5, 1), fault.Superseded)
	expect("the new lease through one", one, save(a, 5, 1), "")
	a.State, a.SubmittedBy = exam.Submitted, exam.ByCandidate
	if err := two.PutAttempt(ctx, &a, audit.Entry{Stream: "sitting/s"}); err != nil {
		t.Fatal(err)
	}
	expect("after the hand-in", one, save(a, 6, 1), fault.Late)
	expect("a retry after the hand-in", one, save(a, 5, 1), "")
	if got, err := two.Answers(ctx, "a"); err != nil || len(got) != 5 {
		t.Errorf("%d answers, %v, want 5", len(got), err)
	}
}

// TestOddQuestions has names that would mean something else in a field's path.
func TestOddQuestions(t *testing.T) {
	s := openNew(t)
	a := begin(t, s, "a")
	for _, question := range []string{"", "q.lease", "$q", "q\x00"} {
		v := save(a, 1, 1)
		v.Changes[0].Question = question
		if _, err := s.SaveAnswers(t.Context(), v); !fault.Is(err, fault.Invalid) {
			t.Errorf("question %q: %v, want it invalid", question, err)
		}
	}
	for _, text := range []string{"\x00", "\xff", "a\x00b"} {
		if list, err := s.Sittings(t.Context(), exam.SittingQuery{Text: text}); err != nil || len(list) != 0 {
			t.Errorf("text %q: %v, %v", text, list, err)
		}
	}
	v := exam.Sitting{ID: "s"}
	if err := s.PutSitting(t.Context(), &v, audit.Entry{Stream: "a#0"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a stream that looks like another's entry: %v, want it invalid", err)
	}
}

// TestTooLarge has one save that no document can hold beside one that is well.
func TestTooLarge(t *testing.T) {
	s := openNew(t)
	large, small := begin(t, s, "large"), begin(t, s, "small")
	v := save(large, 1, 1)
	v.Changes[0].Text = []string{string(make([]byte, 4<<20))} // six bytes each in JSON
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := s.SaveAnswers(t.Context(), v); err == nil {
			t.Error("a save of 24 MiB was acknowledged")
		}
	})
	for seq := int64(1); seq <= 20; seq++ {
		if _, err := s.SaveAnswers(t.Context(), save(small, seq, 1)); err != nil {
			t.Errorf("a save beside it: %v", err)
		}
	}
	wg.Wait()
	if got, err := s.Answers(t.Context(), "large"); err != nil || len(got) != 0 {
		t.Errorf("answers that were refused: %d, %v", len(got), err)
	}
}

func TestAway(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := Open(ctx, "mongodb://127.0.0.1:1/", "x", time.Now, slog.New(slog.DiscardHandler)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("no server: %v, want unavailable", err)
	}
	if _, err := Open(ctx, "no address", "x", time.Now, slog.New(slog.DiscardHandler)); !fault.Is(err, fault.Invalid) {
		t.Errorf("no address: %v, want invalid", err)
	}
}

// document is the JSON of an aggregate's version and its digest.
func document(t *testing.T, v any) (doc, digest string) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), audit.Digest(raw)
}
