package outbox

import (
	"context"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// Stream is the audit stream of what administrators do with jobs.
const Stream = "jobs"

// Desk shows jobs to administrators of the installation and has dead ones run
// again.
type Desk struct {
	Store  Store
	Policy *access.Policy
	Now    func() time.Time
}

// List lists jobs by id (outbox:read).
func (d *Desk) List(ctx context.Context, actor access.Actor, q Query) ([]Job, error) {
	if err := d.Policy.Decide(actor, "outbox:read", access.Installation); err != nil {
		return nil, err
	}
	q.Now = d.Now()
	list, err := d.Store.Jobs(ctx, q)
	return list, fault.Wrap("outbox.List", err)
}

// Count counts jobs (outbox:read).
func (d *Desk) Count(ctx context.Context, actor access.Actor) (Counts, error) {
	if err := d.Policy.Decide(actor, "outbox:read", access.Installation); err != nil {
		return Counts{}, err
	}
	counts, err := d.Store.CountJobs(ctx, d.Now())
	return counts, fault.Wrap("outbox.Count", err)
}

// Retry has a dead job run again, with all its tries (outbox:retry; NotFound;
// Refused when it is not dead).
func (d *Desk) Retry(ctx context.Context, actor access.Actor, id string) error {
	if err := d.Policy.Decide(actor, "outbox:retry", access.Installation); err != nil {
		return err
	}
	return fault.Wrap("outbox.Retry", d.revive(ctx, actor, id))
}

func (d *Desk) revive(ctx context.Context, actor access.Actor, id string) error {
	now := d.Now()
	return d.Store.ReviveJob(ctx, id, now, audit.Entry{Stream: Stream, At: now, Who: actor.ID, What: "outbox:retry"})
}

// retryPage is how many jobs RetryKind takes at once.
const retryPage = 100

// RetryKind has every dead job of a kind run again (outbox:retry).
func (d *Desk) RetryKind(ctx context.Context, actor access.Actor, kind string) error {
	const op = "outbox.RetryKind"
	if err := d.Policy.Decide(actor, "outbox:retry", access.Installation); err != nil {
		return err
	}
	for after := ""; ; { // by id: one that dies again meanwhile is not met twice
		list, err := d.Store.Jobs(ctx, Query{State: Dead, Kind: kind, Now: d.Now(), After: after, Limit: retryPage})
		if err != nil {
			return fault.Wrap(op, err)
		}
		for _, job := range list {
			err := d.revive(ctx, actor, job.ID)
			if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Refused) { // somebody else was faster
				return fault.Wrap(op, err)
			}
			after = job.ID
		}
		if len(list) < retryPage {
			return nil
		}
	}
}
