package exam

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/vault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// Service runs sittings.
type Service struct {
	Store     Store
	Papers    *bank.Service
	Central   *central.Service
	Bodies    Bodies
	Gate      standing.Gate
	Bars      Bars
	Accounts  *access.Accounts
	People    People
	Documents Documents
	Policy    *access.Policy
	Book      *rulebook.Book
	Vault     *vault.Vault
	Now       func() time.Time
	Log       *slog.Logger

	watch watch
}

func (s *Service) entry(actor access.Actor, sitting, object, what string) audit.Entry {
	return audit.Entry{Stream: "sitting/" + sitting, Object: object, At: s.Now(), Who: actor.ID, What: what, Rules: s.Book.Hash()}
}

// Sitting shows a sitting (sitting:read).
func (s *Service) Sitting(ctx context.Context, actor access.Actor, id string) (Sitting, error) {
	return s.sittingFor(ctx, actor, "sitting:read", id)
}

func (s *Service) sittingFor(ctx context.Context, actor access.Actor, action access.Action, id string) (Sitting, error) {
	sitting, err := s.Store.Sitting(ctx, id)
	if err != nil {
		return Sitting{}, fault.Wrap("exam."+string(action), err)
	}
	if action == "sitting:read" {
		return sitting, s.reads(actor, sitting)
	}
	return sitting, s.Policy.Decide(actor, action, sitting.Scope())
}

// Sittings lists the sittings that the actor may read, newest first: of the
// actor's body, or of the actor's regions. Before pages on.
func (s *Service) Sittings(ctx context.Context, actor access.Actor, q SittingQuery) ([]Sitting, error) {
	const op = "exam.Sittings"
	home, none, err := s.Policy.Home(actor, "sitting:read", "sitting:consent")
	if err != nil || none {
		return nil, fault.Wrap(op, err)
	}
	if q.Body = cmp.Or(q.Body, home.Body); s.Book.Undivided(home.Region) {
		q.Region = home.Region
	}
	list, err := access.Readable(q.Limit, q.Before, func(before string, limit int) ([]Sitting, error) {
		q.Before, q.Limit = before, limit
		return s.Store.Sittings(ctx, q)
	}, func(sitting Sitting) string { return sitting.ID }, func(sitting Sitting) bool { return s.reads(actor, sitting) == nil })
	return list, fault.Wrap(op, err)
}

// changeSitting decides, changes and stores a sitting, again if somebody else
// changed it meanwhile.
func (s *Service) changeSitting(ctx context.Context, actor access.Actor, action access.Action, id string, change func(*Sitting) (audit.Entry, error)) (Sitting, error) {
	var sitting Sitting
	err := fault.Retry(func() (err error) {
		if sitting, err = s.sittingFor(ctx, actor, action, id); err != nil {
			return err
		}
		entry, err := change(&sitting)
		if err != nil {
			return err
		}
		return s.Store.PutSitting(ctx, &sitting, entry)
	})
	return sitting, fault.Wrap("exam."+string(action), err)
}
