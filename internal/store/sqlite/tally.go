package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Tally is how high a count stands at a moment and until when, 0 for none.
func (s *Store) Tally(ctx context.Context, name string, at time.Time) (n int, until time.Time, err error) {
	var ends int64
	err = s.readers.QueryRowContext(ctx, "SELECT n, ends FROM tallies WHERE name = ? AND ends > ?", name, nanoseconds(at)).Scan(&n, &ends)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	return n, moment(ends), failure("sqlite.Tally", err)
}

// CountTally counts up, from 1 where the count is over at a moment, and lets it
// end at another.
func (s *Store) CountTally(ctx context.Context, name string, at, until time.Time) (n int, err error) {
	err = s.write(ctx, "sqlite.CountTally", func(t *tx) error {
		return t.row(`INSERT INTO tallies VALUES (?, 1, ?)
			ON CONFLICT (name) DO UPDATE SET n = CASE WHEN ends > ? THEN n + 1 ELSE 1 END, ends = excluded.ends RETURNING n`,
			name, nanoseconds(until), nanoseconds(at)).Scan(&n)
	})
	return n, err
}

// DropTally ends a count, if there is one.
func (s *Store) DropTally(ctx context.Context, name string) error {
	return s.write(ctx, "sqlite.DropTally", func(t *tx) error {
		_, err := t.exec("DELETE FROM tallies WHERE name = ?", name)
		return err
	})
}

// DropTallies drops the counts that ended before a time.
func (s *Store) DropTallies(ctx context.Context, before time.Time) error {
	return s.write(ctx, "sqlite.DropTallies", func(t *tx) error {
		_, err := t.exec("DELETE FROM tallies WHERE ends < ?", nanoseconds(before))
		return err
	})
}
