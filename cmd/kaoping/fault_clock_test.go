package main

import (
	"context"
	"os"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/store/mongo"
	"kaoping/policies/access"
)

// TestFaultyClocksMoveNoDeadline has two instances whose own clocks are ten
// minutes off, one each way: an examination that has three minutes left goes on
// at both, and one that ended three minutes ago is over at both.
func TestFaultyClocksMoveNoDeadline(t *testing.T) {
	t.Parallel()
	needServers(t)
	ctx := t.Context()
	c := productionConfig(t.TempDir(), os.Getenv)
	e := openedEngines(t, c)
	at := &clock{at: e.now()}
	a, err := wire(c, e, at.now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	d := &demoSeed{app: a, clock: at, people: map[string]access.Actor{}}
	now := at.now()
	if err := d.bodyAndStaff(ctx, now); err != nil {
		t.Fatal(err)
	}
	if err := d.bankAndPaper(ctx, now); err != nil {
		t.Fatal(err)
	}
	const left = 3 * time.Minute
	length := time.Duration(d.paper.Minutes) * time.Minute
	running := d.writing(t, now.Add(left-length))
	over := d.writing(t, now.Add(-left-length))

	for i, off := range []time.Duration{10 * time.Minute, -10 * time.Minute} {
		e := openedEngines(t, c)
		own, err := mongo.Open(ctx, c.MongoURI, c.MongoDatabase, func() time.Time { return time.Now().Add(off) }, quiet())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { own.Close() })
		e.store, e.now = own, own.Now
		a, err := wire(c, e, e.now, quiet())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.saveAt(ctx, a, over[i]); !fault.Is(err, fault.Late) {
			t.Errorf("%s off: an answer after the end: %v", off, err)
		}
		a.tick(ctx)
		if err := d.saveAt(ctx, a, running[i]); err != nil {
			t.Errorf("%s off: an answer in time: %v", off, err)
		}
		if answers, err := a.store.Answers(ctx, running[i].ID); err != nil || len(answers) != 1 || answers[d.paper.Questions[0].ID].Late {
			t.Errorf("%s off: %+v %v", off, answers, err)
		}
		if now, err := a.store.Attempt(ctx, running[i].ID); err != nil || now.State != exam.Open {
			t.Errorf("%s off: the examination was ended: %s %v", off, now.State, err)
		}
		if now, err := a.store.Attempt(ctx, over[i].ID); err != nil || now.State != exam.Submitted || now.SubmittedBy != exam.ByDeadline {
			t.Errorf("%s off: the examination was not ended: %s %v", off, now.State, err)
		}
	}
}

func openedEngines(t *testing.T, c *config) *engines {
	t.Helper()
	e, err := openEngines(t.Context(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	store := e.store
	t.Cleanup(func() { store.Close() })
	return e
}

// writing is two candidates who began a minute after a start.
func (d *demoSeed) writing(t *testing.T, start time.Time) (attempts []exam.Attempt) {
	t.Helper()
	h, err := d.hall(t.Context(), start, 2)
	if err != nil {
		t.Fatal(err)
	}
	list, err := d.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: h.sitting.ID})
	if err != nil {
		t.Fatal(err)
	}
	d.clock.set(start.Add(time.Minute))
	for _, e := range list {
		started, err := d.exam.Start(t.Context(), access.Actor{ID: e.ID, Enrolment: e.ID}, access.Session{ID: audit.Digest([]byte(e.ID)), Enrolment: e.ID})
		if err != nil {
			t.Fatal(err)
		}
		attempts = append(attempts, started.Attempt)
	}
	return attempts
}

// saveAt saves a first answer that was given a second ago, at an instance.
func (d *demoSeed) saveAt(ctx context.Context, a *app, attempt exam.Attempt) error {
	q := d.paper.Questions[0]
	_, err := a.exam.Save(ctx, exam.Save{
		Attempt: attempt.ID, Lease: attempt.Lease, Seq: 1,
		Changes: []exam.Change{{Question: q.ID, Answer: reply(q, true), QueuedAt: a.now().Add(-time.Second)}},
	})
	return err
}
