package sqlite

import (
	"context"
	"time"

	"kaoping/internal/outbox"
)

// enqueue records jobs; one that is recorded already stays as it is.
func (t *tx) enqueue(jobs []outbox.Job) error {
	for _, j := range jobs {
		if _, err := t.exec("INSERT OR IGNORE INTO jobs (id, kind, key, due, tries) VALUES (?, ?, ?, ?, ?)",
			j.ID, j.Kind, j.Key, nanoseconds(j.Due), j.Tries); err != nil {
			return err
		}
	}
	return nil
}

// ClaimJobs returns up to limit jobs due at now, the longest overdue first, as
// they were, hides them until hidden and counts a try.
func (s *Store) ClaimJobs(ctx context.Context, now, hidden time.Time, limit int) ([]outbox.Job, error) {
	const op = "sqlite.ClaimJobs"
	var jobs []outbox.Job
	err := s.write(ctx, op, func(t *tx) (err error) {
		if jobs, err = t.dueJobs(now, limit); err != nil {
			return err
		}
		for _, j := range jobs {
			if _, err := t.exec("UPDATE jobs SET due = ?, tries = tries + 1 WHERE id = ?", nanoseconds(hidden), j.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

func (t *tx) dueJobs(now time.Time, limit int) ([]outbox.Job, error) {
	stmt, err := t.statement("SELECT id, kind, key, due, tries FROM jobs WHERE due <= ? ORDER BY due, id LIMIT ?")
	if err != nil {
		return nil, err
	}
	rows, err := stmt.Query(nanoseconds(now), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var jobs []outbox.Job
	for rows.Next() {
		var j outbox.Job
		var due int64
		if err := rows.Scan(&j.ID, &j.Kind, &j.Key, &due, &j.Tries); err != nil {
			return nil, err
		}
		j.Due = moment(due)
		jobs = append(jobs, j)
	}
	return jobs, rows.Err()
}

// FinishJob removes a job, if it is there.
func (s *Store) FinishJob(ctx context.Context, id string) error {
	return s.write(ctx, "sqlite.FinishJob", func(t *tx) error {
		_, err := t.exec("DELETE FROM jobs WHERE id = ?", id)
		return err
	})
}

// RetryJob makes a job due again, if it is there.
func (s *Store) RetryJob(ctx context.Context, id string, due time.Time) error {
	return s.write(ctx, "sqlite.RetryJob", func(t *tx) error {
		_, err := t.exec("UPDATE jobs SET due = ? WHERE id = ?", nanoseconds(due), id)
		return err
	})
}
