// Package outbox carries what follows from a change: a Job is recorded in the
// same commit as the change, and a Worker runs it at least once, after it.
//
// Invariants: handlers are idempotent; a job that fails comes back later and
// is never dropped. The package knows no domain and no engine.
package outbox

import (
	"context"
	"log/slog"
	"time"
)

// Job is one piece of work that follows from a change.
type Job struct {
	ID    string // unique, made from the change: recording it twice is recording it once
	Kind  string // which handler
	Key   string // what it is about, for the handler
	Due   time.Time
	Tries int
}

// Queue is what the worker needs of an engine.
type Queue interface {
	// ClaimJobs returns up to limit jobs due at now as they were, hides them
	// until hidden and counts a try: Tries of what it returns is the tries before.
	ClaimJobs(ctx context.Context, now, hidden time.Time, limit int) ([]Job, error)
	// FinishJob removes a job; RetryJob makes it due again.
	FinishJob(ctx context.Context, id string) error
	RetryJob(ctx context.Context, id string, due time.Time) error
}

// Worker runs jobs by kind.
type Worker struct {
	Queue    Queue
	Handlers map[string]func(ctx context.Context, key string) error
	Now      func() time.Time
	Log      *slog.Logger
}

// How long a claimed job stays hidden from other workers, and the longest back-off.
const (
	claimFor   = time.Minute
	backOffMax = 5 * time.Minute
)

// RunDue runs every job that is due now and returns how many it finished.
func (w *Worker) RunDue(ctx context.Context) (int, error) {
	finished := 0
	for {
		now := w.Now()
		jobs, err := w.Queue.ClaimJobs(ctx, now, now.Add(claimFor), 32)
		if err != nil || len(jobs) == 0 {
			return finished, err
		}
		for _, job := range jobs {
			if err := w.run(ctx, job); err != nil {
				return finished, err
			}
			finished++
		}
	}
}

func (w *Worker) run(ctx context.Context, job Job) error {
	handle, known := w.Handlers[job.Kind]
	if !known {
		w.Log.Error("no handler for job", "kind", job.Kind, "id", job.ID)
		return w.Queue.RetryJob(ctx, job.ID, w.Now().Add(backOffMax))
	}
	if err := handle(ctx, job.Key); err != nil {
		wait := min(time.Second<<min(job.Tries, 10), backOffMax)
		w.Log.Warn("job failed, will be tried again", "kind", job.Kind, "key", job.Key, "tries", job.Tries+1, "wait", wait, "error", err)
		return w.Queue.RetryJob(ctx, job.ID, w.Now().Add(wait))
	}
	return w.Queue.FinishJob(ctx, job.ID)
}
