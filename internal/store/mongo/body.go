package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/standing"
)

var bodies = collection[standing.Body]{
	kind: "body", name: "bodies",
	key: func(b *standing.Body) (string, *int) { return b.ID, &b.Version },
	fields: func(b standing.Body) bson.D {
		return bson.D{{Key: "name", Value: b.Name}}
	},
	missing: "there is no such body",
}

// Body returns an evaluation body (NotFound).
func (s *Store) Body(ctx context.Context, id string) (standing.Body, error) {
	return bodies.find(ctx, s, "mongo.Body", "_id", id)
}

// Bodies lists all bodies by name.
func (s *Store) Bodies(ctx context.Context) ([]standing.Body, error) {
	return bodies.list(ctx, s, "mongo.Bodies", filter{order: by("name", "_id")})
}

// PutBody stores a body with its entry and jobs (Conflict).
func (s *Store) PutBody(ctx context.Context, v *standing.Body, e audit.Entry, jobs ...outbox.Job) error {
	return bodies.put(ctx, s, "mongo.PutBody", v, e, jobs...)
}
