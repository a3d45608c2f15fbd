package inspection

import (
	"context"
	"slices"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// Plans lists the plans of the actor's regions, newest first (body:read there).
func (s *Service) Plans(ctx context.Context, actor access.Actor, q Query) ([]Plan, error) {
	list, err := access.Readable(q.Limit, q.Before, func(before string, limit int) ([]Plan, error) {
		q.Before, q.Limit = before, limit
		return s.Store.Plans(ctx, q)
	}, func(p Plan) string { return p.ID }, func(p Plan) bool { return s.Policy.Decide(actor, "body:read", p.Scope()) == nil })
	return list, fault.Wrap("inspection.Plans", err)
}

// Plan shows a plan (body:read in its region: whom it draws is not for bodies).
func (s *Service) Plan(ctx context.Context, actor access.Actor, id string) (Plan, error) {
	p, err := s.Store.Plan(ctx, id)
	if err != nil {
		return Plan{}, fault.Wrap("inspection.Plan", err)
	}
	if err := s.Policy.Decide(actor, "body:read", p.Scope()); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// Visits lists the visits that the actor may read, newest first: those of the
// actor's regions, and of the own body once they are signed.
func (s *Service) Visits(ctx context.Context, actor access.Actor, q Query) ([]Visit, error) {
	list, err := access.Readable(q.Limit, q.Before, func(before string, limit int) ([]Visit, error) {
		q.Before, q.Limit = before, limit
		return s.Store.Visits(ctx, q)
	}, func(v Visit) string { return v.ID }, func(v Visit) bool { return s.mayRead(actor, v) == nil })
	return list, fault.Wrap("inspection.Visits", err)
}

// Visit shows the record of a visit to who may read it.
func (s *Service) Visit(ctx context.Context, actor access.Actor, id string) (Visit, error) {
	v, err := s.Store.Visit(ctx, id)
	if err != nil {
		return Visit{}, fault.Wrap("inspection.Visit", err)
	}
	if err := s.mayRead(actor, v); err != nil {
		return Visit{}, err
	}
	return v, nil
}

// mayRead lets the bureau read every visit, and the body those that are signed:
// it is not told that somebody comes.
func (s *Service) mayRead(actor access.Actor, v Visit) error {
	scope := v.Scope()
	if v.State != Signed {
		scope.Body = ""
	}
	return s.Policy.Decide(actor, "body:read", scope)
}

// Photo returns a photo of a visit by its number from 0, to who may read the
// visit (NotFound; Internal when it was changed).
func (s *Service) Photo(ctx context.Context, actor access.Actor, visit string, n int) (content []byte, contentType string, err error) {
	const op = "inspection.Photo"
	v, err := s.Visit(ctx, actor, visit)
	if err != nil {
		return nil, "", err
	}
	if n < 0 || n >= len(v.Photos) {
		return nil, "", fault.New(fault.NotFound, op, "there is no such photo")
	}
	if content, contentType, err = s.Documents.Get(ctx, v.Photos[n].Key); err != nil {
		return nil, "", fault.Wrap(op, err)
	}
	if audit.Digest(content) != v.Photos[n].SHA256 {
		return nil, "", fault.New(fault.Internal, op, "the stored photo is not the one that was taken")
	}
	return content, contentType, nil
}

// Credits lists the grades of a body, or of every body for "", newest first, as
// far as the actor may read the bodies.
func (s *Service) Credits(ctx context.Context, actor access.Actor, body string) ([]Credit, error) {
	all, err := s.Store.Credits(ctx, body)
	if err != nil {
		return nil, fault.Wrap("inspection.Credits", err)
	}
	return slices.DeleteFunc(all, func(c Credit) bool { return s.mayReadCredit(actor, c) != nil }), nil
}

// Grading shows one grade to who may read the body.
func (s *Service) Grading(ctx context.Context, actor access.Actor, id string) (Credit, error) {
	c, err := s.Store.Credit(ctx, id)
	if err != nil {
		return Credit{}, fault.Wrap("inspection.Grading", err)
	}
	if err := s.mayReadCredit(actor, c); err != nil {
		return Credit{}, err
	}
	return c, nil
}

// mayReadCredit lets the bureau read every grade; the body hears of one when it stands.
func (s *Service) mayReadCredit(actor access.Actor, c Credit) error {
	scope := c.Scope()
	if c.State == Proposed {
		scope.Body = ""
	}
	return s.Policy.Decide(actor, "body:read", scope)
}

// Published are the grades that stand, by body, for anybody to read (R36).
func (s *Service) Published(ctx context.Context) (map[string]Grade, error) {
	all, err := s.Store.Credits(ctx, "")
	if err != nil {
		return nil, fault.Wrap("inspection.Published", err)
	}
	grades := map[string]Grade{}
	for _, c := range all {
		if c.State == Stands || c.State == Appealed {
			grades[c.Body] = c.Grade
		}
	}
	return grades, nil
}

// Names are the names of accounts by id, for showing plans and visits.
func (s *Service) Names(ctx context.Context) (map[string]string, error) {
	all, err := s.People.Accounts(ctx)
	if err != nil {
		return nil, fault.Wrap("inspection.Names", err)
	}
	names := map[string]string{}
	for _, a := range all {
		names[a.ID] = a.Name
	}
	return names, nil
}

// Inspectors are the accounts that the actor's plans can draw, to say who has an
// interest in which body (inspection:plan somewhere).
func (s *Service) Inspectors(ctx context.Context, actor access.Actor) ([]access.Account, error) {
	all, err := s.People.Accounts(ctx)
	if err != nil {
		return nil, fault.Wrap("inspection.Inspectors", err)
	}
	regions := actor.Regions(access.Standing)
	return slices.DeleteFunc(all, func(a access.Account) bool {
		return !slices.ContainsFunc(a.Grants, func(g access.Grant) bool {
			return g.Role == access.Inspector && slices.ContainsFunc(regions, func(r string) bool {
				return s.Book.Covers(g.Region, r) || s.Book.Covers(r, g.Region)
			})
		})
	}), nil
}
