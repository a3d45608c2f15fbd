package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"kaoping/internal/fault"
)

// document reads the one document that a query selects; missing is what its
// NotFound says.
func document[T any](ctx context.Context, s *Store, op, missing, query string, args ...any) (T, error) {
	var v T
	var doc []byte
	err := s.readers.QueryRowContext(ctx, query, args...).Scan(&doc)
	if errors.Is(err, sql.ErrNoRows) {
		return v, fault.New(fault.NotFound, op, missing)
	}
	if err == nil {
		err = json.Unmarshal(doc, &v)
	}
	return v, failure(op, err)
}

// documents reads every document that a query selects.
func documents[T any](ctx context.Context, s *Store, op, query string, args ...any) ([]T, error) {
	rows, err := s.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, failure(op, err)
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		var doc sql.RawBytes
		if err := rows.Scan(&doc); err != nil {
			return nil, failure(op, err)
		}
		var v T
		if err := json.Unmarshal(doc, &v); err != nil {
			return nil, failure(op, err)
		}
		list = append(list, v)
	}
	return list, failure(op, rows.Err())
}
