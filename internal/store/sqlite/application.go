package sqlite

import (
	"context"
	"slices"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/standing"
)

var applications = collection[standing.Application]{
	kind: "application", table: "applications",
	key:     func(a *standing.Application) (string, *int) { return a.ID, &a.Version },
	missing: "there is no such application",
}

// Application returns an application to be filed (NotFound).
func (s *Store) Application(ctx context.Context, id string) (standing.Application, error) {
	return applications.find(ctx, s, "sqlite.Application", "id", id)
}

// Applications lists applications, newest first.
func (s *Store) Applications(ctx context.Context, q standing.ApplicationQuery) ([]standing.Application, error) {
	f := filter{order: "id DESC", limit: q.Limit}
	f.is("body", q.Body)
	f.is("region", q.Region)
	f.any("state", words(q.States))
	if q.Before != "" {
		f.and("id < ?", q.Before)
	}
	return applications.list(ctx, s, "sqlite.Applications", f)
}

// PutApplication stores an application with its entry and jobs (Conflict, also
// for a new one of a body that has one open).
func (s *Store) PutApplication(ctx context.Context, v *standing.Application, e audit.Entry, jobs ...outbox.Job) error {
	const op = "sqlite.PutApplication"
	return applications.put(ctx, s, op, v, e, func(t *tx) error { return t.alone(op, *v) }, func(t *tx) error { return t.enqueue(jobs) })
}

// alone refuses a new application of a body that has another one open. No index
// does, because a body may have two of the time before this was asked.
func (t *tx) alone(op string, v standing.Application) error {
	if v.Version > 0 || v.Body == "" || !slices.Contains(standing.Undecided, v.State) {
		return nil
	}
	f := filter{}
	f.is("body", v.Body)
	f.any("state", words(standing.Undecided))
	f.and("id <> ?", v.ID)
	open := 0
	if err := t.row("SELECT count(*) FROM applications"+f.String(), f.args...).Scan(&open); err != nil {
		return err
	}
	if open > 0 {
		return fault.New(fault.Conflict, op, "the body has an application that is not decided yet")
	}
	return nil
}
