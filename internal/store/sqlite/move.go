package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	codes "modernc.org/sqlite/lib"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/store/transfer"
)

// alone makes SQLite take the file for itself at the first read.
const alone = "mode=rw&_busy_timeout=0&_pragma=locking_mode(EXCLUSIVE)"

// Alone refuses (Refused) while another process, or a Store of this one, has
// the file at path open. A file that is not there is nobody's.
func Alone(ctx context.Context, path string) error {
	const op = "sqlite.Alone"
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	name, err := uri(path)
	if err != nil {
		return err
	}
	conn, err := connect(ctx, name+"?"+alone)
	if err == nil {
		tables := 0
		err = errors.Join(conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables), conn.Close())
	}
	if code(err)&0xff == codes.SQLITE_BUSY {
		return fault.New(fault.Refused, op, "another process has %s open: stop the service first", path).Because(err)
	}
	return failure(op, err)
}

// Settle does nothing: a change is one commit here, and leaves nothing behind.
func (s *Store) Settle(context.Context) error { return nil }

// Migrations names the migrations of this release, which the file has seen.
func (s *Store) Migrations(context.Context) ([]string, error) {
	list, err := migrations(scripts)
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = "sqlite/" + m.name
	}
	return names, err
}

// sums are what changes with every change of a table: a version, a sequence
// number or a count goes up.
var sums = func() map[string]string {
	all := map[string]string{
		"audit": "count(*), 0", "counters": "count(*), coalesce(sum(n), 0)", "leases": "coalesce(sum(seq), 0), coalesce(max(saved), 0)",
		items.table: "count(*), coalesce(sum(version), 0)",
	}
	for _, a := range aggregates {
		all[a.table] = "count(*), coalesce(sum(version), 0)"
	}
	return all
}()

// State names the state of all records but sessions and tallies.
func (s *Store) State(ctx context.Context) (string, error) {
	const op = "sqlite.State"
	var all []byte
	for _, table := range slices.Sorted(maps.Keys(sums)) {
		var a, b int64
		if err := s.readers.QueryRowContext(ctx, "SELECT "+sums[table]+" FROM "+table).Scan(&a, &b); err != nil {
			return "", failure(op, err)
		}
		all = fmt.Appendf(all, "%s %d %d\n", table, a, b)
	}
	for r, err := range s.Export(ctx, transfer.Jobs, "") { // few, and what changes in them does not only go up
		line, lineErr := r.Line()
		if err := errors.Join(err, lineErr); err != nil {
			return "", failure(op, err)
		}
		all = append(all, line...)
	}
	return audit.Digest(all), nil
}

// Mark is how far an import is that is under way.
func (s *Store) Mark(ctx context.Context) (m transfer.Mark, err error) {
	const op = "sqlite.Mark"
	var there bool
	err = s.readers.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'import_mark')").Scan(&there)
	if err == nil && there {
		err = s.readers.QueryRowContext(ctx, "SELECT archive, done FROM import_mark").Scan(&m.Archive, &m.Done)
	}
	return m, failure(op, err)
}

// SetMark begins an import (Conflict when one is under way) or says how far it is.
func (s *Store) SetMark(ctx context.Context, m transfer.Mark) error {
	const op = "sqlite.SetMark"
	return s.write(ctx, op, func(t *tx) error {
		if m.Done > 0 {
			_, err := t.exec("UPDATE import_mark SET archive = ?, done = ?", m.Archive, m.Done)
			return err
		}
		// No migration makes this table: it is there only while it says something.
		if _, err := t.exec("CREATE TABLE IF NOT EXISTS import_mark (id INTEGER PRIMARY KEY CHECK (id = 1), archive TEXT NOT NULL, done INTEGER NOT NULL) STRICT"); err != nil {
			return err
		}
		fresh, err := t.insert("INSERT INTO import_mark VALUES (1, ?, 0) ON CONFLICT (id) DO NOTHING", m.Archive)
		if err == nil && !fresh {
			err = fault.New(fault.Conflict, op, "another import is under way")
		}
		return err
	})
}

// DropMark ends an import.
func (s *Store) DropMark(ctx context.Context) error {
	return s.write(ctx, "sqlite.DropMark", func(t *tx) error {
		_, err := t.exec("DROP TABLE IF EXISTS import_mark")
		return err
	})
}
