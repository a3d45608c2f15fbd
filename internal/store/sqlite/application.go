package sqlite

import (
	"context"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/standing"
)

var applications = collection[standing.Application]{
	kind: "application", table: "applications",
	key:     func(a *standing.Application) (string, *int) { return a.ID, &a.Version },
	missing: "there is no such application",
	taken:   map[string]string{"applications.undecided": "the body has an application that is not decided yet"},
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

// PutApplication stores an application with its entry and jobs (Conflict).
func (s *Store) PutApplication(ctx context.Context, v *standing.Application, e audit.Entry, jobs ...outbox.Job) error {
	return applications.put(ctx, s, "sqlite.PutApplication", v, e, func(t *tx) error { return t.enqueue(jobs) })
}
