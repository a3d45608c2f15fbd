package sqlite

import (
	"context"
	"database/sql"
	"iter"
	"maps"
	"slices"

	"kaoping/internal/store/transfer"
)

// shape is how a kind of records is read as its rows are, by key.
type shape struct {
	query string // up to its WHERE
	key   string // what is compared with the arguments of a key
	marks string
	args  func(key string) ([]any, error)
	scan  func(ctx context.Context, s *Store, rows *sql.Rows) (transfer.Record, error)
	place func(t *tx, r transfer.Record) (fresh bool, err error)
}

func byID(key string) ([]any, error) { return []any{key}, nil }

// shapes are the kinds of records that a move carries: all tables but sessions and tallies,
// those of attempts as one.
var shapes = func() map[transfer.Kind]shape {
	all := map[transfer.Kind]shape{
		transfer.Audit:    {"SELECT stream, seq, entry FROM audit", "(stream, seq)", "(?, ?)", byEntry, scanEntry, placeEntry},
		transfer.Counters: {"SELECT name, n FROM counters", "name", "?", byID, scanCounter, placeCounter},
		transfer.Jobs:     {"SELECT " + jobColumns + " FROM jobs", "id", "?", byID, scanJob, placeJob},
	}
	tables := []string{items.table}
	for _, a := range aggregates {
		tables = append(tables, a.table)
	}
	for _, table := range tables {
		all[transfer.Kind(table)] = shape{"SELECT id, version, doc FROM " + table, "id", "?", byID, scanDocument, placeDocument(table)}
	}
	all[transfer.Attempts] = shape{`SELECT id, version, doc, lease, open, deadline, coalesce(due, 0), seq, digest, saved
		FROM attempts LEFT JOIN leases ON attempt = id`, "id", "?", byID, scanAttempt, placeAttempt}
	return all
}()

// Kinds lists the kinds of records by name.
func (s *Store) Kinds() []transfer.Kind { return slices.Sorted(maps.Keys(shapes)) }

// exportPage is how many records one read takes.
const exportPage = 500

// Export yields the records of a kind whose key comes after one, in byte order
// of their keys.
func (s *Store) Export(ctx context.Context, kind transfer.Kind, after string) iter.Seq2[transfer.Record, error] {
	return func(yield func(transfer.Record, error) bool) {
		for {
			page, err := s.records(ctx, kind, ">", after, exportPage)
			if err != nil {
				yield(transfer.Record{}, failure("sqlite.Export", err))
				return
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
			if len(page) < exportPage {
				return
			}
			after = page[len(page)-1].Key
		}
	}
}

// records reads what compares with a key.
func (s *Store) records(ctx context.Context, kind transfer.Kind, compare, key string, limit int) (page []transfer.Record, err error) {
	shape := shapes[kind]
	args, err := shape.args(key)
	if err != nil {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, shape.query+" WHERE "+shape.key+" "+compare+" "+shape.marks+" ORDER BY 1, 2 LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := shape.scan(ctx, s, rows)
		if err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	return page, rows.Err()
}

func byEntry(key string) ([]any, error) {
	stream, seq, err := transfer.ParseEntryKey(key)
	return []any{stream, seq}, err
}

func scanEntry(_ context.Context, _ *Store, rows *sql.Rows) (r transfer.Record, err error) {
	var stream string
	var seq int64
	err = rows.Scan(&stream, &seq, &r.Doc)
	r.Key = transfer.EntryKey(stream, seq)
	return r, err
}

func scanCounter(_ context.Context, _ *Store, rows *sql.Rows) (r transfer.Record, err error) {
	return r, rows.Scan(&r.Key, &r.Count)
}

func scanJob(_ context.Context, _ *Store, rows *sql.Rows) (r transfer.Record, err error) {
	j := &transfer.Job{}
	r.Job = j
	return r, rows.Scan(&r.Key, &j.Kind, &j.Key, &j.Due, &j.Tries, &j.Fence, &j.Failed, &j.Failure, &j.Dead)
}

func scanDocument(_ context.Context, _ *Store, rows *sql.Rows) (r transfer.Record, err error) {
	return r, rows.Scan(&r.Key, &r.Version, &r.Doc)
}

func scanAttempt(ctx context.Context, s *Store, rows *sql.Rows) (r transfer.Record, err error) {
	a := &transfer.Attempt{}
	r.Attempt = a
	if err := rows.Scan(&r.Key, &r.Version, &r.Doc, &a.Lease, &a.Open, &a.Deadline, &a.Due, &a.Seq, &a.Digest, &a.Saved); err != nil {
		return r, err
	}
	answers, err := s.readers.QueryContext(ctx, "SELECT question, answer, flagged, seq, saved, late FROM answers WHERE attempt = ? ORDER BY question", r.Key)
	if err != nil {
		return r, err
	}
	defer answers.Close()
	for answers.Next() {
		var b transfer.Answer
		if err := answers.Scan(&b.Question, &b.Answer, &b.Flagged, &b.Seq, &b.Saved, &b.Late); err != nil {
			return r, err
		}
		a.Answers = append(a.Answers, b)
	}
	return r, answers.Err()
}
