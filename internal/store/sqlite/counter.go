package sqlite

import "context"

// Next counts up a named counter from 1. A number is never given twice; one
// whose answer did not arrive is lost.
func (s *Store) Next(ctx context.Context, counter string) (int, error) {
	n := 0
	err := s.write(ctx, "sqlite.Next", func(t *tx) error {
		return t.row("INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = n + 1 RETURNING n", counter).Scan(&n)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
