// Package desk is where administrators of the installation see background work
// (后台任务) and have what was given up run again.
//
// Invariants: it decides before it looks, and every retry is in the audit
// stream Stream, committed with the change. It refuses everybody else
// (Forbidden), and to retry what is not dead (Refused).
package desk

import (
	"context"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
)

// Store is what the desk needs of an engine.
type Store interface {
	Jobs(ctx context.Context, q outbox.Query) ([]outbox.Job, error)
	CountJobs(ctx context.Context, now time.Time) (outbox.Counts, error)
	// ReviveJob makes a dead job due with no tries, and commits the entry with
	// it (NotFound; Refused when it is not dead). The engine fills in the
	// entry's object and version, which is the job's Fence.
	ReviveJob(ctx context.Context, id string, due time.Time, e audit.Entry) error
}

// Stream is the audit stream of what administrators do with jobs.
const Stream = "jobs"

// Service shows jobs and has dead ones run again.
type Service struct {
	Store  Store
	Policy *access.Policy
	Now    func() time.Time
}

// List lists jobs by id (outbox:read).
func (s *Service) List(ctx context.Context, actor access.Actor, q outbox.Query) ([]outbox.Job, error) {
	if err := s.Policy.Decide(actor, "outbox:read", access.Installation); err != nil {
		return nil, err
	}
	q.Now = s.Now()
	list, err := s.Store.Jobs(ctx, q)
	return list, fault.Wrap("desk.List", err)
}

// Count counts jobs (outbox:read).
func (s *Service) Count(ctx context.Context, actor access.Actor) (outbox.Counts, error) {
	if err := s.Policy.Decide(actor, "outbox:read", access.Installation); err != nil {
		return outbox.Counts{}, err
	}
	counts, err := s.Store.CountJobs(ctx, s.Now())
	return counts, fault.Wrap("desk.Count", err)
}

// Retry has a dead job run again, with all its tries (outbox:retry; NotFound;
// Refused when it is not dead).
func (s *Service) Retry(ctx context.Context, actor access.Actor, id string) error {
	if err := s.Policy.Decide(actor, "outbox:retry", access.Installation); err != nil {
		return err
	}
	return fault.Wrap("desk.Retry", s.revive(ctx, actor, id))
}

func (s *Service) revive(ctx context.Context, actor access.Actor, id string) error {
	now := s.Now()
	return s.Store.ReviveJob(ctx, id, now, audit.Entry{Stream: Stream, At: now, Who: actor.ID, What: "outbox:retry"})
}

// retryPage is how many jobs RetryKind takes at once.
const retryPage = 100

// RetryKind has every dead job of a kind run again (outbox:retry).
func (s *Service) RetryKind(ctx context.Context, actor access.Actor, kind string) error {
	const op = "desk.RetryKind"
	if err := s.Policy.Decide(actor, "outbox:retry", access.Installation); err != nil {
		return err
	}
	for after := ""; ; { // by id: one that dies again meanwhile is not met twice
		list, err := s.Store.Jobs(ctx, outbox.Query{State: outbox.Dead, Kind: kind, Now: s.Now(), After: after, Limit: retryPage})
		if err != nil {
			return fault.Wrap(op, err)
		}
		for _, job := range list {
			err := s.revive(ctx, actor, job.ID)
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
