package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// tx is what a change may do inside the writer's transaction. Statements stay
// prepared as long as the connection lives. No context reaches them: an
// interrupt would roll back everybody's changes.
type tx struct {
	conn     *connection
	prepared map[string]*sql.Stmt
}

func (t *tx) statement(query string) (*sql.Stmt, error) {
	if stmt, ok := t.prepared[query]; ok {
		return stmt, nil
	}
	stmt, err := t.conn.PrepareContext(context.Background(), query)
	if err == nil {
		t.prepared[query] = stmt
	}
	return stmt, err
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	stmt, err := t.statement(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.Exec(args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row is the first row of a query, for Scan (sql.ErrNoRows).
func (t *tx) row(query string, args ...any) row {
	stmt, err := t.statement(query)
	if err != nil {
		return row{err: err}
	}
	return row{Row: stmt.QueryRow(args...)}
}

type row struct {
	*sql.Row
	err error
}

func (r row) Scan(into ...any) error {
	if r.err != nil {
		return r.err
	}
	return r.Row.Scan(into...)
}

// close ends the statements and then the connection, which a statement left
// over would keep open.
func (t *tx) close() error {
	var list []error
	for _, stmt := range t.prepared {
		list = append(list, stmt.Close())
	}
	return errors.Join(append(list, t.conn.Close())...)
}
