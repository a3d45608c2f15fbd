package outbox

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"
)

// queue is a Queue of one slice.
type queue struct{ jobs []Job }

func (q *queue) ClaimJobs(_ context.Context, now, hidden time.Time, limit int) ([]Job, error) {
	var due []Job
	for i := range q.jobs {
		if len(due) < limit && !q.jobs[i].Due.After(now) {
			due = append(due, q.jobs[i])
			q.jobs[i].Due, q.jobs[i].Tries = hidden, q.jobs[i].Tries+1
		}
	}
	return due, nil
}

func (q *queue) FinishJob(_ context.Context, id string) error {
	for i := range q.jobs {
		if q.jobs[i].ID == id {
			q.jobs = append(q.jobs[:i], q.jobs[i+1:]...)
			return nil
		}
	}
	return nil
}

func (q *queue) RetryJob(_ context.Context, id string, due time.Time) error {
	for i := range q.jobs {
		if q.jobs[i].ID == id {
			q.jobs[i].Due = due
		}
	}
	return nil
}

func TestAFailedJobComesBackLaterAndLaterAndIsNeverDropped(t *testing.T) {
	now := time.Unix(1000, 0)
	q := &queue{[]Job{{ID: "1", Kind: "k", Key: "a", Due: now}, {ID: "2", Kind: "unknown", Due: now}}}
	tries := 0
	w := &Worker{Queue: q, Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Handlers: map[string]func(context.Context, string) error{"k": func(context.Context, string) error {
			if tries++; tries < 4 {
				return errors.New("away")
			}
			return nil
		}}}
	var waits []time.Duration
	for range 40 {
		if _, err := w.RunDue(context.Background()); err != nil {
			t.Fatal(err)
		}
		if tries == 4 {
			break
		}
		wait := q.jobs[0].Due.Sub(now)
		waits = append(waits, wait)
		now = now.Add(wait)
	}
	if tries != 4 || len(q.jobs) != 1 || q.jobs[0].ID != "2" {
		t.Errorf("%d tries, left %v", tries, q.jobs)
	}
	for i := 1; i < len(waits); i++ {
		if waits[i] <= waits[i-1] {
			t.Errorf("waits do not grow: %v", waits)
		}
	}
}
