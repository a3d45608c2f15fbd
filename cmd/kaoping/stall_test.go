package main

import (
	"context"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// stalled is what an instance has in hand that is stopped between two of its
// own lines: after has its turn once, right after the look that it follows.
type stalled struct {
	exam.Store
	after map[string]func()
}

func (s *stalled) stop(what string) {
	if meanwhile := s.after[what]; meanwhile != nil {
		delete(s.after, what)
		meanwhile()
	}
}

func (s *stalled) Answers(ctx context.Context, attempt string) (map[string]exam.Answer, error) {
	defer s.stop("Answers")
	return s.Store.Answers(ctx, attempt)
}

func (s *stalled) Attempts(ctx context.Context, sitting string) ([]exam.Attempt, error) {
	defer s.stop("Attempts")
	return s.Store.Attempts(ctx, sitting)
}

// second is another instance on the same engines and clock.
func (a *testApp) second(t *testing.T) *app {
	t.Helper()
	other, err := wire(a.config, a.engines, a.clock.now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return other
}

// writing is a sitting whose first candidate has answered one question.
func (a *testApp) writing(t *testing.T) (exam.Sitting, []exam.Enrolment, exam.Attempt) {
	t.Helper()
	sitting, list := a.runningSitting(t, 2)
	started, err := a.exam.Start(t.Context(), access.Actor{ID: list[0].ID, Enrolment: list[0].ID}, access.Session{ID: audit.Digest([]byte("s")), Enrolment: list[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	q := a.paper.Questions[0]
	_, err = a.exam.Save(t.Context(), a.answerTo(started.Attempt, 1, q, true))
	if err != nil {
		t.Fatal(err)
	}
	return sitting, list, started.Attempt
}

func (a *testApp) answerTo(attempt exam.Attempt, seq int64, q bank.Question, right bool) exam.Save {
	return exam.Save{Attempt: attempt.ID, Lease: attempt.Lease, Seq: seq, Digest: "d", At: a.clock.now(),
		Changes: []exam.Change{{Question: q.ID, Answer: reply(q, right), QueuedAt: attempt.Deadline.Add(-time.Second)}}}
}

// TestASaveThatSleptGetsNotBetweenReadingAndScoring has a save that was stamped
// within the grace period by an instance that was stopped then, and comes while
// another one marks.
func TestASaveThatSleptGetsNotBetweenReadingAndScoring(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	_, _, attempt := a.writing(t)
	a.clock.set(attempt.Deadline.Add(exam.Grace / 2))
	a.tick(t.Context())
	slept := a.answerTo(attempt, 2, a.paper.Questions[1], true)
	a.clock.set(attempt.Deadline.Add(exam.Grace + time.Hour))
	answered := false
	a.exam.Store = &stalled{a.store, map[string]func(){"Answers": func() {
		answered = true
		if _, err := a.store.SaveAnswers(t.Context(), slept); !fault.Is(err, fault.Late) {
			t.Errorf("the save that slept: %v, want it late", err)
		}
	}}}
	a.tick(t.Context())
	marked, err := a.store.Attempt(t.Context(), attempt.ID)
	if err != nil || !answered || marked.State != exam.Scored || marked.Answered != 1 {
		t.Errorf("marked as %+v, %v", marked, err)
	}
	if ok, err := a.exam.VerifyAnswers(t.Context(), attempt.ID); !ok || err != nil {
		t.Errorf("the answers are not those that were marked: %v", err)
	}
}

// TestAMarkerThatSleptChangesNoConcludedRecord has an instance that was stopped
// while it marked, for so long that another marked, and results were published.
func TestAMarkerThatSleptChangesNoConcludedRecord(t *testing.T) {
	t.Parallel()
	ctx, a := t.Context(), newApp(t)
	sitting, list, attempt := a.writing(t)
	if err := a.scorePractical(ctx, list[0], 80); err != nil {
		t.Fatal(err)
	}
	a.clock.set(attempt.Deadline.Add(exam.Grace + time.Hour))
	other := a.second(t)
	var published exam.Enrolment
	a.exam.Store = &stalled{a.store, map[string]func(){"Answers": func() {
		for range 2 { // mark, then end the sitting
			other.tick(ctx)
		}
		if _, err := other.exam.Publish(ctx, a.people["scheduler"], sitting.ID); err != nil {
			t.Error(err)
		}
		var err error
		if published, err = a.store.Enrolment(ctx, list[0].ID); err != nil || published.Theory == nil || published.Outcome == "" {
			t.Errorf("the other instance did not publish: %+v, %v", published, err)
		}
	}}}
	for range 2 { // hand in, then mark
		a.tick(ctx)
	}
	after, err := a.store.Enrolment(ctx, list[0].ID)
	if err != nil || published.Version == 0 || after.Version != published.Version {
		t.Errorf("the record went from version %d to %d, %v", published.Version, after.Version, err)
	}
	if v, err := a.verify(ctx); err != nil || len(v.Damaged) > 0 {
		t.Errorf("%+v %v", v, err)
	}
}

// TestResultsWaitForWhoBeganWhileTheSittingWasEnded has the invigilator's
// instance stopped between counting who writes and ending the sitting.
func TestResultsWaitForWhoBeganWhileTheSittingWasEnded(t *testing.T) {
	t.Parallel()
	ctx, a := t.Context(), newApp(t)
	sitting, list, attempt := a.writing(t)
	if _, err := a.exam.Submit(ctx, attempt.ID, attempt.Lease); err != nil {
		t.Fatal(err)
	}
	if err := a.scorePractical(ctx, list[0], 80); err != nil {
		t.Fatal(err)
	}
	other := a.second(t)
	looks := &stalled{Store: a.store, after: map[string]func(){}}
	begin := func() {
		_, err := other.exam.Start(ctx, access.Actor{ID: list[1].ID, Enrolment: list[1].ID}, access.Session{ID: audit.Digest([]byte("t")), Enrolment: list[1].ID})
		if err != nil {
			t.Error(err)
		}
	}
	looks.after["Attempts"] = func() { looks.after["Attempts"] = begin } // the second look is the one that decides
	a.exam.Store = looks
	if err := a.exam.Close(ctx, a.people["invigilator1"], sitting.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := a.exam.Publish(ctx, a.people["scheduler"], sitting.ID); !fault.Is(err, fault.Refused) {
		t.Errorf("results while somebody writes: %v, want them refused", err)
	}
	if e, err := a.store.Enrolment(ctx, list[1].ID); err != nil || e.Outcome != "" {
		t.Errorf("who writes is %q, %v", e.Outcome, err)
	}
}
