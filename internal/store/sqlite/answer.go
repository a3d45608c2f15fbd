package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/fault"
)

const selectLease = "SELECT lease, open, deadline, seq, digest, saved FROM leases WHERE attempt = ?"

// scanLease reads a lease and when its last save arrived (NotFound).
func scanLease(op string, row interface{ Scan(...any) error }) (l exam.LeaseState, saved int64, err error) {
	var deadline int64
	err = row.Scan(&l.Lease, &l.Open, &deadline, &l.Seq, &l.Digest, &saved)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, op, noAttempt)
	}
	l.Deadline = moment(deadline)
	return l, saved, err
}

// Lease returns the lease of an attempt (NotFound).
func (s *Store) Lease(ctx context.Context, attempt string) (exam.LeaseState, error) {
	const op = "sqlite.Lease"
	lease, _, err := scanLease(op, s.readers.QueryRowContext(ctx, selectLease, attempt))
	return lease, failure(op, err)
}

// SaveAnswers commits a save as LeaseState.Accepts decides (Superseded, Late,
// NotFound). It is the hot path.
func (s *Store) SaveAnswers(ctx context.Context, save exam.Save) (exam.Receipt, error) {
	const op = "sqlite.SaveAnswers"
	answers := make([]string, len(save.Changes))
	for i, c := range save.Changes {
		raw, err := json.Marshal(c.Answer)
		if err != nil {
			return exam.Receipt{}, failure(op, err)
		}
		answers[i] = string(raw)
	}
	var receipt exam.Receipt
	err := s.write(ctx, op, func(t *tx) error {
		lease, saved, err := scanLease(op, t.row(selectLease, save.Attempt))
		if err != nil {
			return err
		}
		repeat, err := lease.Accepts(save)
		if err != nil {
			return err
		}
		receipt = exam.Receipt{Seq: lease.Seq, SavedAt: moment(saved), Deadline: lease.Deadline}
		if repeat {
			return nil
		}
		receipt.Seq, receipt.SavedAt = save.Seq, save.At
		return t.save(save, answers, !save.At.Before(lease.Deadline))
	})
	if err != nil {
		return exam.Receipt{}, err
	}
	return receipt, nil
}

func (t *tx) save(save exam.Save, answers []string, late bool) error {
	at := nanoseconds(save.At)
	if _, err := t.exec("UPDATE leases SET seq = ?, digest = ?, saved = ? WHERE attempt = ?", save.Seq, save.Digest, at, save.Attempt); err != nil {
		return err
	}
	for i, c := range save.Changes {
		if _, err := t.exec("REPLACE INTO answers (attempt, question, answer, flagged, seq, saved, late) VALUES (?, ?, ?, ?, ?, ?, ?)",
			save.Attempt, c.Question, answers[i], c.Flagged, save.Seq, at, late); err != nil {
			return err
		}
	}
	return nil
}

// Answers returns the saved answers of an attempt by question; none for an
// attempt that does not exist.
func (s *Store) Answers(ctx context.Context, attempt string) (map[string]exam.Answer, error) {
	const op = "sqlite.Answers"
	rows, err := s.readers.QueryContext(ctx, "SELECT question, answer, flagged, seq, saved, late FROM answers WHERE attempt = ?", attempt)
	if err != nil {
		return nil, failure(op, err)
	}
	defer rows.Close()
	answers := map[string]exam.Answer{}
	for rows.Next() {
		var question string
		var raw sql.RawBytes
		var saved int64
		var a exam.Answer
		if err := rows.Scan(&question, &raw, &a.Flagged, &a.Seq, &saved, &a.Late); err != nil {
			return nil, failure(op, err)
		}
		var given bank.Answer
		if err := json.Unmarshal(raw, &given); err != nil {
			return nil, failure(op, err)
		}
		a.Answer, a.SavedAt = given, moment(saved)
		answers[question] = a
	}
	return answers, failure(op, rows.Err())
}
