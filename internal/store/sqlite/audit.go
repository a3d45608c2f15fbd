package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"

	"kaoping/bank"
	"kaoping/internal/audit"
)

// record appends an entry to its stream.
func (t *tx) record(e audit.Entry) error {
	var last audit.Entry
	var raw []byte
	err := t.row("SELECT entry FROM audit WHERE stream = ? ORDER BY seq DESC LIMIT 1", e.Stream).Scan(&raw)
	if err == nil {
		err = json.Unmarshal(raw, &last)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	e = audit.Follow(last, e)
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = t.exec("INSERT INTO audit (stream, seq, entry) VALUES (?, ?, ?)", e.Stream, e.Seq, string(line))
	return err
}

// Streams yields the names of the audit streams in byte order.
func (s *Store) Streams(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for stream := ""; ; {
			err := s.readers.QueryRowContext(ctx, "SELECT stream FROM audit WHERE stream > ? ORDER BY stream LIMIT 1", stream).Scan(&stream)
			if errors.Is(err, sql.ErrNoRows) {
				return
			}
			if err != nil {
				yield("", failure("sqlite.Streams", err))
				return
			}
			if !yield(stream, nil) {
				return
			}
		}
	}
}

// Entries lists the entries of a stream after a sequence number, at most limit.
func (s *Store) Entries(ctx context.Context, stream string, after int64, limit int) ([]audit.Entry, error) {
	return documents[audit.Entry](ctx, s, "sqlite.Entries", "SELECT entry FROM audit WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?", stream, after, limit)
}

// aggregates are the kinds that the audit compares, with their tables.
var aggregates = []struct{ kind, table string }{
	{sittings.kind, sittings.table}, {enrolments.kind, enrolments.table}, {attempts.kind, attempts.table},
	{certificates.kind, certificates.table}, {mixes.kind, mixes.table}, {waitings.kind, waitings.table}, {bodies.kind, bodies.table}, {bars.kind, bars.table}, {applications.kind, applications.table}, {caseFiles.kind, caseFiles.table},
	{plans.kind, plans.table}, {visits.kind, visits.table}, {credits.kind, credits.table}, {accounts.kind, accounts.table},
	{blueprints.kind, blueprints.table}, {papers.kind, papers.table}, {centralPapers.kind, centralPapers.table},
	{ruleChanges.kind, ruleChanges.table}, {calendarYears.kind, calendarYears.table}, {ruleEditions.kind, ruleEditions.table},
}

// Objects yields every aggregate, as its stored bytes are, by kind and id. An
// audit that reads the objects before the streams finds an entry for each.
func (s *Store) Objects(ctx context.Context) iter.Seq2[audit.Object, error] {
	return func(yield func(audit.Object, error) bool) {
		for _, k := range aggregates {
			for r, err := range s.rows(ctx, k.table) {
				if !yield(audit.Object{Name: k.kind + "/" + r.id, Version: r.version, Digest: audit.Digest(r.doc)}, err) || err != nil {
					return
				}
			}
		}
		imports := bank.Imports{}
		for r, err := range s.rows(ctx, items.table) {
			if err != nil {
				yield(audit.Object{}, err)
				return
			}
			imports.Add(r.id, r.doc)
		}
		for _, object := range imports.Objects() {
			if !yield(object, nil) {
				return
			}
		}
	}
}

// rowsPage is small, so that no read lasts long enough to keep the write-ahead
// log from being copied back.
const rowsPage = 256

// rows yields a table of documents by id.
func (s *Store) rows(ctx context.Context, table string) iter.Seq2[stored, error] {
	return func(yield func(stored, error) bool) {
		for after, more := "", true; more; {
			page, err := s.rowsAfter(ctx, table, after)
			if err != nil {
				yield(stored{}, failure("sqlite.rows", err))
				return
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
				after = r.id
			}
			more = len(page) == rowsPage
		}
	}
}

func (s *Store) rowsAfter(ctx context.Context, table, after string) (page []stored, err error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT id, version, doc FROM "+table+" WHERE id > ? ORDER BY id LIMIT ?", after, rowsPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r stored
		if err := rows.Scan(&r.id, &r.version, &r.doc); err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	return page, rows.Err()
}
