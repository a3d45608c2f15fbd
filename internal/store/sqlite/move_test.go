package sqlite

import (
	"path/filepath"
	"slices"
	"testing"

	"kaoping/internal/fault"
	"kaoping/internal/store/storetest"
	"kaoping/internal/store/transfer"
)

func TestMoves(t *testing.T) {
	storetest.Moves(t, func(t *testing.T) storetest.Mover { return openAt(t, filepath.Join(t.TempDir(), "kaoping.db")) })
}

// TestNothingIsLeftBehind fails when a table or a column comes that a move
// does not know: carry it in export.go and import.go, and count up
// transfer.Format.
func TestNothingIsLeftBehind(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "kaoping.db"))
	carried := map[string][]string{
		"leases":   {"attempt", "lease", "open", "deadline", "due", "seq", "digest", "saved"},
		"answers":  {"attempt", "question", "answer", "flagged", "seq", "saved", "late"},
		"audit":    {"stream", "seq", "entry"},
		"counters": {"name", "n"},
		"jobs":     {"id", "kind", "key", "due", "tries", "fence", "failed", "failure", "dead"},
	}
	for kind := range shapes {
		if carried[string(kind)] == nil {
			carried[string(kind)] = []string{"id", "version", "doc"}
		}
	}
	rows, err := s.readers.Query(`SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
		WHERE t.type = 'table' AND t.name NOT IN ('sessions', 'tallies', 'migrations') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		found[table] = append(found[table], column)
	}
	for table, columns := range found {
		if !slices.Equal(columns, carried[table]) {
			t.Errorf("%s has %q, a move carries %q", table, columns, carried[table])
		}
	}
	if len(found) != len(carried) {
		t.Errorf("%d tables are there, a move carries %d", len(found), len(carried))
	}
}

func TestAlone(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "kaoping.db")
	if err := Alone(ctx, path); err != nil {
		t.Errorf("no file: %v", err)
	}
	s := openAt(t, path)
	if err := Alone(ctx, path); !fault.Is(err, fault.Refused) {
		t.Errorf("an open file: %v, want it refused", err)
	}
	if _, err := s.Next(ctx, "n"); err != nil {
		t.Errorf("the other one goes on: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Alone(ctx, path); err != nil {
		t.Errorf("a closed file: %v", err)
	}
	again := openAt(t, path)
	for r, err := range again.Export(ctx, transfer.Counters, "") {
		if err != nil || r.Count != 1 {
			t.Errorf("the counter: %+v, %v", r, err)
		}
	}
}
