package sqlite

import (
	"context"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
)

var attempts = collection[exam.Attempt]{
	kind: "attempt", table: "attempts",
	key:     func(a *exam.Attempt) (string, *int) { return a.ID, &a.Version },
	missing: noAttempt,
}

const noAttempt = "there is no such attempt"

// Attempt returns an attempt (NotFound).
func (s *Store) Attempt(ctx context.Context, id string) (exam.Attempt, error) {
	return attempts.find(ctx, s, "sqlite.Attempt", "id", id)
}

// Attempts lists the attempts of a sitting by id.
func (s *Store) Attempts(ctx context.Context, sitting string) ([]exam.Attempt, error) {
	f := filter{order: "id"}
	f.and("sitting = ?", sitting)
	return attempts.list(ctx, s, "sqlite.Attempts", f)
}

// PutAttempt stores an attempt with its entry and its lease (Conflict). The
// sequence and digest of the last save stay as they are.
func (s *Store) PutAttempt(ctx context.Context, v *exam.Attempt, e audit.Entry) error {
	const putLease = `INSERT INTO leases (attempt, lease, open, deadline, due, seq, digest, saved) VALUES (?, ?, ?, ?, ?, 0, '', 0)
		ON CONFLICT (attempt) DO UPDATE SET lease = excluded.lease, open = excluded.open, deadline = excluded.deadline, due = excluded.due`
	a := *v
	return attempts.put(ctx, s, "sqlite.PutAttempt", v, e, func(t *tx) error {
		_, err := t.exec(putLease, a.ID, a.Lease, a.TakesAnswers(), nanoseconds(a.Deadline), due(a))
		return err
	})
}

// due is when the sweeper must look at the attempt, nil for never.
func due(a exam.Attempt) any {
	switch a.State {
	case exam.Open, exam.Replaced:
		return nanoseconds(a.Deadline)
	case exam.Submitted:
		return nanoseconds(a.SettleAt)
	}
	return nil
}

// DueAttempts lists attempts whose deadline or settling time has come, the
// longest overdue first.
func (s *Store) DueAttempts(ctx context.Context, now time.Time, limit int) ([]exam.Attempt, error) {
	return documents[exam.Attempt](ctx, s, "sqlite.DueAttempts",
		"SELECT doc FROM leases JOIN attempts ON id = attempt WHERE due <= ? ORDER BY due, attempt LIMIT ?", nanoseconds(now), limit)
}
