package outbox

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	"kaoping/internal/fault"
)

// Handler does the work of one kind on what the key names. It must end when
// its context does: then another worker may be doing the same.
type Handler func(ctx context.Context, key string) error

// Worker runs jobs by kind, one at a time.
type Worker struct {
	Queue    Queue
	Handlers map[string]Handler
	Lease    time.Duration // how long a claim holds without being renewed
	Now      func() time.Time
	Log      *slog.Logger
	Ran      func(kind string, result Result) // is told of every run; may be nil
}

// Result is what a run came to.
type Result string

// The results of a run.
const (
	Done   Result = "done"
	Failed Result = "failed" // it comes back
	Buried Result = "dead"   // given up
	Lost   Result = "lost"   // another worker has the job
)

// UnknownKind is what Ran is told for a kind that has no handler.
const UnknownKind = "unknown"

// TriesMost is after how many tries a job that fails is dead. Between two it
// waits 1 s, 2 s, 4 s and so on, five minutes at most, so twenty take about an
// hour: longer than a restart or a failover of what it needs, and short enough
// to be seen on the same day.
const TriesMost = 20

const backOffMax = 5 * time.Minute

// settleFor is how long the outcome of a run may take to be stored, also when
// the service stops.
const settleFor = 5 * time.Second

// RunDue runs every job that is due now.
func (w *Worker) RunDue(ctx context.Context) error {
	for ctx.Err() == nil {
		now, asked := w.Now(), time.Now()
		jobs, err := w.Queue.ClaimJobs(ctx, now, now.Add(w.Lease), 1)
		if err != nil || len(jobs) == 0 {
			return err
		}
		if err := w.run(ctx, jobs[0], asked.Add(w.Lease)); err != nil {
			return err
		}
	}
	return nil
}

// run runs a job whose claim ends at a time of this machine's own clock.
func (w *Worker) run(ctx context.Context, job Job, ends time.Time) error {
	handle, known := w.Handlers[job.Kind]
	if !known {
		return w.bury(ctx, job, UnknownKind, fault.New(fault.Refused, "outbox.run", "this release does not know this kind of work"))
	}
	if job.Tries > TriesMost { // none of them came back to say how it went
		return w.bury(ctx, job, job.Kind, fault.New(fault.Internal, "outbox.run", "the service ended during this work each time"))
	}
	err := w.hold(ctx, job, ends, handle)
	stopped := err != nil && ctx.Err() != nil
	if err != nil && !stopped && job.Tries >= TriesMost {
		return w.bury(ctx, job, job.Kind, err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	switch {
	case err == nil:
		return w.settled(job, job.Kind, Done, w.Queue.FinishJob(ctx, job))
	case stopped: // another instance may go on at once
		return w.settled(job, job.Kind, Failed, w.Queue.RetryJob(ctx, job, w.Now(), Failure{w.Now(), fault.Textf("the service was stopped during this work").Format}))
	}
	wait := min(time.Second<<min(job.Tries-1, 10), backOffMax)
	w.Log.Warn("job failed, will be tried again", "id", job.ID, "tries", job.Tries, "wait", wait, "error", err)
	return w.settled(job, job.Kind, Failed, w.Queue.RetryJob(ctx, job, w.Now().Add(wait), w.failure(err)))
}

// bury gives a job up.
func (w *Worker) bury(ctx context.Context, job Job, kind string, err error) error {
	w.Log.Error("job given up, an administrator can have it run again", "id", job.ID, "kind", job.Kind, "tries", job.Tries, "error", err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	return w.settled(job, kind, Buried, w.Queue.BuryJob(ctx, job, w.failure(err)))
}

// failure keeps of an error what may be stored.
func (w *Worker) failure(err error) Failure {
	var f *fault.Error
	errors.As(fault.Wrap("outbox.run", err), &f)
	return Failure{w.Now(), f.Message.Format}
}

// settled tells what a run came to. Where that could not be stored the job
// comes back when its claim runs out.
func (w *Worker) settled(job Job, kind string, result Result, err error) error {
	if fault.Is(err, fault.Superseded) {
		w.Log.Info("another worker has taken this job over", "id", job.ID, "fence", job.Fence)
		result, err = Lost, nil
	}
	if err == nil && w.Ran != nil {
		w.Ran(kind, result)
	}
	return err
}

// hold runs the handler and renews the claim every third of the lease. The
// handler's context ends when the claim is lost, or has run out because it
// could not be renewed.
func (w *Worker) hold(ctx context.Context, job Job, ends time.Time, handle Handler) error {
	held, release := context.WithCancel(ctx)
	defer release()
	done := make(chan error, 1)
	go func() { done <- w.call(held, job, handle) }()
	renew, expire := time.NewTicker(w.Lease/3), time.NewTimer(time.Until(ends))
	defer renew.Stop()
	defer expire.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-expire.C:
			w.Log.Warn("the claim of a job has run out", "id", job.ID)
			renew.Stop()
			release()
		case <-renew.C:
			asked := time.Now()
			err := w.extend(ctx, job, ends)
			switch {
			case err == nil:
				ends = asked.Add(w.Lease)
				expire.Reset(time.Until(ends))
			case fault.Is(err, fault.Superseded):
				renew.Stop()
				release()
			default:
				w.Log.Warn("the claim of a job cannot be renewed", "id", job.ID, "error", err)
			}
		}
	}
}

// extend renews a claim before it ends.
func (w *Worker) extend(ctx context.Context, job Job, ends time.Time) error {
	ctx, cancel := context.WithDeadline(ctx, ends)
	defer cancel()
	return w.Queue.ExtendJob(ctx, job, w.Now().Add(w.Lease))
}

// call runs a handler; a panic of one is a failure of its job, not of the service.
func (w *Worker) call(ctx context.Context, job Job, handle Handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("panic in job", "id", job.ID, "panic", p, "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "outbox.call", "something went wrong here")
		}
	}()
	return handle(ctx, job.Key)
}
