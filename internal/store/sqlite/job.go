package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
)

// enqueue records jobs; one that is recorded already, dead or not, stays as it is.
func (t *tx) enqueue(jobs []outbox.Job) error {
	for _, j := range jobs {
		if _, err := t.exec("INSERT OR IGNORE INTO jobs (id, kind, key, due, tries) VALUES (?, ?, ?, ?, ?)",
			j.ID, j.Kind, j.Key, nanoseconds(j.Due), j.Tries); err != nil {
			return err
		}
	}
	return nil
}

// ClaimJobs returns up to limit jobs due at now, the longest overdue first,
// hides them until a time, and counts up their tries and their fence.
func (s *Store) ClaimJobs(ctx context.Context, now, until time.Time, limit int) ([]outbox.Job, error) {
	const op = "sqlite.ClaimJobs"
	var jobs []outbox.Job
	err := s.write(ctx, op, func(t *tx) error {
		stmt, err := t.statement("SELECT " + jobColumns + " FROM jobs WHERE dead = 0 AND due <= ? ORDER BY due, id LIMIT ?")
		if err != nil {
			return err
		}
		rows, err := stmt.Query(nanoseconds(now), limit)
		if err != nil {
			return err
		}
		if jobs, err = scanJobs(rows); err != nil {
			return err
		}
		for i := range jobs {
			j := &jobs[i]
			j.Due, j.Tries, j.Fence = until, j.Tries+1, j.Fence+1
			if _, err := t.exec("UPDATE jobs SET due = ?, tries = ?, fence = ? WHERE id = ?", nanoseconds(j.Due), j.Tries, j.Fence, j.ID); err != nil {
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

const jobColumns = "id, kind, key, due, tries, fence, failed, failure, dead"

func scanJobs(rows *sql.Rows) (jobs []outbox.Job, err error) {
	defer rows.Close()
	for rows.Next() {
		var j outbox.Job
		var due, failed int64
		if err := rows.Scan(&j.ID, &j.Kind, &j.Key, &due, &j.Tries, &j.Fence, &failed, &j.Last.Text, &j.Dead); err != nil {
			return nil, err
		}
		j.Due, j.Last.At = moment(due), moment(failed)
		jobs = append(jobs, j)
	}
	return jobs, rows.Err()
}

// ExtendJob holds a claim until a later time (Superseded).
func (s *Store) ExtendJob(ctx context.Context, j outbox.Job, until time.Time) error {
	return s.claimed(ctx, "sqlite.ExtendJob", "UPDATE jobs SET due = ? WHERE id = ? AND fence = ? AND dead = 0", nanoseconds(until), j.ID, j.Fence)
}

// FinishJob removes a claimed job (Superseded).
func (s *Store) FinishJob(ctx context.Context, j outbox.Job) error {
	return s.claimed(ctx, "sqlite.FinishJob", "DELETE FROM jobs WHERE id = ? AND fence = ? AND dead = 0", j.ID, j.Fence)
}

// RetryJob makes a claimed job due again (Superseded).
func (s *Store) RetryJob(ctx context.Context, j outbox.Job, due time.Time, why outbox.Failure) error {
	return s.claimed(ctx, "sqlite.RetryJob", "UPDATE jobs SET due = ?, failed = ?, failure = ? WHERE id = ? AND fence = ? AND dead = 0",
		nanoseconds(due), nanoseconds(why.At), why.Text, j.ID, j.Fence)
}

// BuryJob makes a claimed job dead (Superseded).
func (s *Store) BuryJob(ctx context.Context, j outbox.Job, why outbox.Failure) error {
	return s.claimed(ctx, "sqlite.BuryJob", "UPDATE jobs SET due = 0, dead = 1, failed = ?, failure = ? WHERE id = ? AND fence = ? AND dead = 0",
		nanoseconds(why.At), why.Text, j.ID, j.Fence)
}

// claimed runs a statement that finds its job only under the claim that it names.
func (s *Store) claimed(ctx context.Context, op, query string, args ...any) error {
	return s.write(ctx, op, func(t *tx) error {
		n, err := t.exec(query, args...)
		if err == nil && n == 0 {
			return outbox.LostClaim(op)
		}
		return err
	})
}

// Jobs lists jobs by id.
func (s *Store) Jobs(ctx context.Context, q outbox.Query) ([]outbox.Job, error) {
	const op = "sqlite.Jobs"
	f := filter{order: "id", limit: q.Limit}
	f.is("kind", q.Kind)
	switch now := nanoseconds(q.Now); q.State {
	case outbox.Waiting:
		f.and("dead = 0 AND due > ?", now)
	case outbox.Due:
		f.and("dead = 0 AND due <= ?", now)
	case outbox.Dead:
		f.and("dead = 1")
	}
	if q.After != "" {
		f.and("id > ?", q.After)
	}
	rows, err := s.readers.QueryContext(ctx, "SELECT "+jobColumns+" FROM jobs"+f.String(), f.args...)
	if err != nil {
		return nil, failure(op, err)
	}
	jobs, err := scanJobs(rows)
	return jobs, failure(op, err)
}

// CountJobs counts jobs by how they stand.
func (s *Store) CountJobs(ctx context.Context, now time.Time) (outbox.Counts, error) {
	const op = "sqlite.CountJobs"
	var oldest int64
	c, at := outbox.Counts{Dead: map[string]int{}}, nanoseconds(now)
	err := s.readers.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE due > ?), count(*) FILTER (WHERE due <= ?),
		coalesce(min(due) FILTER (WHERE due <= ?), 0) FROM jobs WHERE dead = 0`, at, at, at).Scan(&c.Waiting, &c.Due, &oldest)
	if err != nil {
		return c, failure(op, err)
	}
	c.Oldest = moment(oldest)
	rows, err := s.readers.QueryContext(ctx, "SELECT kind, count(*) FROM jobs WHERE dead = 1 GROUP BY kind")
	if err != nil {
		return c, failure(op, err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind string
		var n int
		if err := rows.Scan(&kind, &n); err != nil {
			return c, failure(op, err)
		}
		c.Dead[kind] = n
	}
	return c, failure(op, rows.Err())
}

// ReviveJob makes a dead job due, with no tries and with an entry (NotFound,
// Refused).
func (s *Store) ReviveJob(ctx context.Context, id string, due time.Time, e audit.Entry) error {
	const op = "sqlite.ReviveJob"
	return s.write(ctx, op, func(t *tx) error {
		var dead bool
		err := t.row("SELECT dead, fence FROM jobs WHERE id = ?", id).Scan(&dead, &e.Version)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return outbox.Missing(op)
		case err != nil:
			return err
		case !dead:
			return outbox.Alive(op)
		}
		if _, err := t.exec("UPDATE jobs SET dead = 0, due = ?, tries = 0 WHERE id = ?", nanoseconds(due), id); err != nil {
			return err
		}
		e.Object, e.Digest = "job/"+id, ""
		return t.record(e)
	})
}
