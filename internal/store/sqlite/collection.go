package sqlite

import (
	"cmp"
	"context"
	"encoding/json"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
)

// collection is one kind of aggregate: a table of id, version and document.
type collection[T any] struct {
	kind    string // in audit objects: "sitting"
	table   string
	key     func(*T) (id string, version *int)
	missing string            // what a NotFound says
	taken   map[string]string // by unique column: what a Conflict says
}

// The sentences of a Conflict where a collection has none of its own.
const (
	existsAlready = "this exists already"
	changedBefore = "somebody has changed this meanwhile: read it again"
)

// find returns the document whose column has the value (NotFound).
func (c *collection[T]) find(ctx context.Context, s *Store, op, column, value string) (T, error) {
	return document[T](ctx, s, op, c.missing, "SELECT doc FROM "+c.table+" WHERE "+column+" = ?", value)
}

// list returns the documents that a filter selects.
func (c *collection[T]) list(ctx context.Context, s *Store, op string, f filter) ([]T, error) {
	return documents[T](ctx, s, op, "SELECT doc FROM "+c.table+f.String(), f.args...)
}

// count is the length of the list.
func (c *collection[T]) count(ctx context.Context, s *Store, op string, f filter) (int, error) {
	n := 0
	err := s.readers.QueryRowContext(ctx, "SELECT count(*) FROM "+c.table+f.String(), f.args...).Scan(&n)
	return n, failure(op, err)
}

// put stores the next version of v with its audit entry and with what else
// belongs to the commit, and sets the version in v.
func (c *collection[T]) put(ctx context.Context, s *Store, op string, v *T, e audit.Entry, also ...func(*tx) error) error {
	row, err := c.next(v)
	if err != nil {
		return failure(op, err)
	}
	err = s.write(ctx, op, func(t *tx) error {
		if err := c.store(t, op, row); err != nil {
			return err
		}
		for _, do := range also {
			if err := do(t); err != nil {
				return err
			}
		}
		e.Object, e.Version, e.Digest = c.kind+"/"+row.id, row.version, audit.Digest(row.doc)
		return t.record(e)
	})
	if err == nil {
		_, version := c.key(v)
		*version = row.version
	}
	return err
}

// stored is a row to be.
type stored struct {
	id      string
	version int
	doc     []byte
}

// next is the row of v's next version.
func (c *collection[T]) next(v *T) (stored, error) {
	next := *v
	id, version := c.key(&next)
	*version++
	doc, err := json.Marshal(next)
	return stored{id: id, version: *version, doc: doc}, err
}

// store inserts version 1, or replaces exactly the version before (Conflict).
func (c *collection[T]) store(t *tx, op string, row stored) error {
	if row.version == 1 {
		_, err := t.exec("INSERT INTO "+c.table+" (id, version, doc) VALUES (?, ?, ?)", row.id, row.version, string(row.doc))
		return c.conflict(op, err)
	}
	n, err := t.exec("UPDATE "+c.table+" SET version = ?, doc = ? WHERE id = ? AND version = ?", row.version, string(row.doc), row.id, row.version-1)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, op, changedBefore)
	}
	return c.conflict(op, err)
}

// drop removes exactly this version (Conflict).
func (c *collection[T]) drop(ctx context.Context, s *Store, op string, v T, e audit.Entry) error {
	id, version := c.key(&v)
	return s.write(ctx, op, func(t *tx) error {
		n, err := t.exec("DELETE FROM "+c.table+" WHERE id = ? AND version = ?", id, *version)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, op, changedBefore)
		}
		e.Object, e.Version, e.Digest = c.kind+"/"+id, *version+1, ""
		return t.record(e)
	})
}

// conflict makes a Conflict of what a unique column refused.
func (c *collection[T]) conflict(op string, err error) error {
	if columns := taken(err); columns != "" {
		return fault.New(fault.Conflict, op, cmp.Or(c.taken[columns], existsAlready)).Because(err)
	}
	return err
}
