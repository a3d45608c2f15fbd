package sqlite

import (
	"context"
	"errors"

	"kaoping/internal/fault"
	"kaoping/internal/store/transfer"
)

// Import stores records of a kind as they are, all or none. One that is there
// already must be equal (Conflict, naming it).
func (s *Store) Import(ctx context.Context, kind transfer.Kind, records []transfer.Record) error {
	const op = "sqlite.Import"
	var there []transfer.Record
	err := s.write(ctx, op, func(t *tx) error {
		for _, r := range records {
			fresh, err := shapes[kind].place(t, r)
			if taken(err) != "" {
				return fault.New(fault.Conflict, op, "%s/%s cannot be imported: what is unique in it is taken by another record", kind, r.Key).Because(err)
			}
			if err != nil {
				return err
			}
			if !fresh {
				there = append(there, r)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range there {
		stored, err := s.records(ctx, kind, "=", r.Key, 1)
		if err != nil {
			return failure(op, err)
		}
		if len(stored) != 1 || !stored[0].Equal(r) {
			return fault.New(fault.Conflict, op, "%s/%s is there already and is another one", kind, r.Key)
		}
	}
	return nil
}

// insert reports whether the row is new; a row with its key stays as it is.
func (t *tx) insert(query string, args ...any) (fresh bool, err error) {
	n, err := t.exec(query, args...)
	return n == 1, err
}

func placeDocument(table string) func(*tx, transfer.Record) (bool, error) {
	query := "INSERT INTO " + table + " (id, version, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING"
	return func(t *tx, r transfer.Record) (bool, error) { return t.insert(query, r.Key, r.Version, r.Doc) }
}

var placeAttemptDocument = placeDocument(attempts.table)

func placeAttempt(t *tx, r transfer.Record) (bool, error) {
	a := r.Attempt
	if a == nil {
		return false, errors.New("an attempt has no lease")
	}
	fresh, err := placeAttemptDocument(t, r)
	if err != nil || !fresh {
		return false, err
	}
	var due any // NULL for never
	if a.Due != 0 {
		due = a.Due
	}
	if _, err := t.exec("INSERT INTO leases (attempt, lease, open, deadline, due, seq, digest, saved) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		r.Key, a.Lease, a.Open, a.Deadline, due, a.Seq, a.Digest, a.Saved); err != nil {
		return false, err
	}
	for _, b := range a.Answers {
		if _, err := t.exec("INSERT INTO answers (attempt, question, answer, flagged, seq, saved, late) VALUES (?, ?, ?, ?, ?, ?, ?)",
			r.Key, b.Question, b.Answer, b.Flagged, b.Seq, b.Saved, b.Late); err != nil {
			return false, err
		}
	}
	return true, nil
}

func placeEntry(t *tx, r transfer.Record) (bool, error) {
	stream, seq, err := transfer.ParseEntryKey(r.Key)
	if err != nil {
		return false, err
	}
	return t.insert("INSERT INTO audit (stream, seq, entry) VALUES (?, ?, ?) ON CONFLICT (stream, seq) DO NOTHING", stream, seq, r.Doc)
}

func placeCounter(t *tx, r transfer.Record) (bool, error) {
	return t.insert("INSERT INTO counters (name, n) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", r.Key, r.Count)
}

func placeJob(t *tx, r transfer.Record) (bool, error) {
	j := r.Job
	if j == nil {
		return false, errors.New("a job has no kind")
	}
	return t.insert("INSERT INTO jobs ("+jobColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
		r.Key, j.Kind, j.Key, j.Due, j.Tries, j.Fence, j.Failed, j.Failure, j.Dead)
}
