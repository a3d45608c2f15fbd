package sqlite

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
)

//go:embed migrations/*.sql
var scripts embed.FS

// migration is one numbered script. A released one is never edited.
type migration struct {
	number int
	name   string
	text   string
	hash   string
}

// migrate runs the scripts that the file has not seen, all or none.
func migrate(ctx context.Context, conn *connection, scripts fs.FS, log *slog.Logger) (err error) {
	list, err := migrations(scripts)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	if _, err := conn.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT"); err != nil {
		return err
	}
	seen, err := applied(ctx, conn, list)
	if err != nil {
		return err
	}
	for _, m := range list[seen:] {
		if _, err := conn.ExecContext(ctx, m.text); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		if _, err := conn.ExecContext(ctx, "INSERT INTO migrations VALUES (?, ?, ?)", m.number, m.name, m.hash); err != nil {
			return err
		}
		log.Info("data file migrated", "migration", m.name)
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

// migrations reads the scripts, which are named 001_….sql, 002_….sql and so on.
func migrations(scripts fs.FS) ([]migration, error) {
	names, err := fs.Glob(scripts, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var list []migration
	for i, name := range names {
		text, err := fs.ReadFile(scripts, name)
		if err != nil {
			return nil, err
		}
		m := migration{name: name[len("migrations/"):], text: string(text), hash: audit.Digest(text)}
		if _, err := fmt.Sscanf(m.name, "%3d_", &m.number); err != nil || m.number != i+1 {
			return nil, fmt.Errorf("migration %s is not number %03d", m.name, i+1)
		}
		list = append(list, m)
	}
	return list, nil
}

// applied counts the migrations that the file has seen, and refuses when they
// are not the first ones of the list.
func applied(ctx context.Context, conn *connection, list []migration) (int, error) {
	const op = "sqlite.Open"
	rows, err := conn.QueryContext(ctx, "SELECT number, name, sha256 FROM migrations ORDER BY number")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var m migration
		if err := rows.Scan(&m.number, &m.name, &m.hash); err != nil {
			return 0, err
		}
		if m.number > len(list) {
			return 0, fault.New(fault.Refused, op, "the data file is of a newer release (migration %s): run that release, or restore a backup of this one", m.name)
		}
		if m.number != seen+1 || m.hash != list[seen].hash {
			return 0, fault.New(fault.Refused, op, "the data file was made by another migration %s than this release has: run the release that made it", m.name)
		}
		seen++
	}
	return seen, rows.Err()
}
