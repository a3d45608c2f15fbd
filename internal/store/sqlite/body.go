package sqlite

import (
	"context"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/standing"
)

var bodies = collection[standing.Body]{
	kind: "body", table: "bodies",
	key:     func(b *standing.Body) (string, *int) { return b.ID, &b.Version },
	missing: "there is no such body",
}

// Body returns an evaluation body (NotFound).
func (s *Store) Body(ctx context.Context, id string) (standing.Body, error) {
	return bodies.find(ctx, s, "sqlite.Body", "id", id)
}

// Bodies lists all bodies by name.
func (s *Store) Bodies(ctx context.Context) ([]standing.Body, error) {
	return bodies.list(ctx, s, "sqlite.Bodies", filter{order: "name, id"})
}

// PutBody stores a body with its entry and jobs (Conflict).
func (s *Store) PutBody(ctx context.Context, v *standing.Body, e audit.Entry, jobs ...outbox.Job) error {
	return bodies.put(ctx, s, "sqlite.PutBody", v, e, func(t *tx) error { return t.enqueue(jobs) })
}
