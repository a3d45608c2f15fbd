package sqlite

import (
	"context"
	"encoding/json"
	"time"

	"kaoping/policies/access"
)

// Session returns a session, expired or not (NotFound).
func (s *Store) Session(ctx context.Context, id string) (access.Session, error) {
	return document[access.Session](ctx, s, "sqlite.Session", "there is no such session", "SELECT doc FROM sessions WHERE id = ?", id)
}

// PutSession stores a session, in the place of one with its id.
func (s *Store) PutSession(ctx context.Context, v access.Session) error {
	const op = "sqlite.PutSession"
	doc, err := json.Marshal(v)
	if err != nil {
		return failure(op, err)
	}
	return s.write(ctx, op, func(t *tx) error {
		_, err := t.exec("REPLACE INTO sessions (id, expires, doc) VALUES (?, ?, ?)", v.ID, nanoseconds(v.Expires), string(doc))
		return err
	})
}

// DropSession ends a session, if there is one.
func (s *Store) DropSession(ctx context.Context, id string) error {
	return s.write(ctx, "sqlite.DropSession", func(t *tx) error {
		_, err := t.exec("DELETE FROM sessions WHERE id = ?", id)
		return err
	})
}

// DropSessions ends the sessions that expired before a time.
func (s *Store) DropSessions(ctx context.Context, before time.Time) error {
	return s.write(ctx, "sqlite.DropSessions", func(t *tx) error {
		_, err := t.exec("DELETE FROM sessions WHERE expires < ?", nanoseconds(before))
		return err
	})
}
