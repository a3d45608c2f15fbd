package standing

import (
	"context"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Store keeps bodies and bars.
type Store interface {
	Body(ctx context.Context, id string) (Body, error)
	Bodies(ctx context.Context) ([]Body, error)
	PutBody(ctx context.Context, b *Body, e audit.Entry, jobs ...outbox.Job) error

	Bar(ctx context.Context, id string) (Bar, error)
	Bars(ctx context.Context, q BarQuery) ([]Bar, error) // newest first
	Application(ctx context.Context, id string) (Application, error)
	Applications(ctx context.Context, q ApplicationQuery) ([]Application, error) // newest first
	PutApplication(ctx context.Context, a *Application, e audit.Entry, jobs ...outbox.Job) error

	// Next counts up a named counter from 1. A number is never given twice.
	Next(ctx context.Context, counter string) (int, error)

	PutBar(ctx context.Context, b *Bar, e audit.Entry, jobs ...outbox.Job) error
}

// Service files bodies and shows them.
type Service struct {
	Store     Store
	Policy    *access.Policy
	Book      *rulebook.Book
	Now       func() time.Time
	Documents Documents
	// Identify checks an ID number and gives its keyed hash and its masked form.
	Identify func(number string) (hash, masked string, err error)

	swept time.Time // the day that Sweep has done
}

// File puts a body on the list (body:file in its region; Invalid names the field).
func (s *Service) File(ctx context.Context, actor access.Actor, b Body) (Body, error) {
	const op = "standing.File"
	if err := s.Policy.Decide(actor, "body:file", access.Scope{Region: b.Region}); err != nil {
		return Body{}, err
	}
	if issues := b.check(s.Book); len(issues) > 0 {
		return Body{}, fault.New(fault.Invalid, op, "the filing is incomplete").With(issues...)
	}
	b.ID, b.Version, b.State = ulid.Make().String(), 0, Listed
	for i := range b.Sites {
		b.Sites[i].ID = ulid.Make().String()
	}
	err := s.Store.PutBody(ctx, &b, audit.Entry{Stream: "body/" + b.ID, Object: "body/" + b.ID, At: s.Now(), Who: actor.ID, What: "body:file", Rule: "R30", Rules: s.Book.Hash()})
	return b, fault.Wrap(op, err)
}

// Body shows a body (body:read in its region, or in the body itself).
func (s *Service) Body(ctx context.Context, actor access.Actor, id string) (Body, error) {
	b, err := s.Store.Body(ctx, id)
	if err != nil {
		return Body{}, fault.Wrap("standing.Body", err)
	}
	return b, s.Policy.Decide(actor, "body:read", access.Scope{Region: b.Region, Body: b.ID})
}

// Bodies lists the bodies that the actor may read, by name.
func (s *Service) Bodies(ctx context.Context, actor access.Actor) ([]Body, error) {
	all, err := s.Store.Bodies(ctx)
	if err != nil {
		return nil, fault.Wrap("standing.Bodies", err)
	}
	var mine []Body
	for _, b := range all {
		if s.Policy.Decide(actor, "body:read", access.Scope{Region: b.Region, Body: b.ID}) == nil {
			mine = append(mine, b)
		}
	}
	return mine, nil
}
