package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	codes "modernc.org/sqlite/lib"

	"kaoping/internal/store/examine"
)

// examining opens a file only where there is one, with the durability of the
// service's own connections, and lets nothing be written.
const examining = "mode=rw&_busy_timeout=5000&" + durable + "&_query_only=1"

// Examine looks at the file at path, which a service may be using: the version
// of SQLite, how safely it writes, whether the pages are whole, and which
// migrations it has seen. It neither makes nor migrates a file. Its quick_check
// reads the whole file.
func Examine(ctx context.Context, path string) []examine.Finding {
	const name, restore = "records", "stop the service, keep a copy of the file, and restore a backup"
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return []examine.Finding{examine.OK(name, "no installation here yet: the first start makes "+path)}
	}
	if err != nil || !info.Mode().IsRegular() {
		return []examine.Finding{examine.Fail(name, fmt.Sprintf("%s cannot be used as a data file: %v", path, err), "make data name a folder whose kaoping.db is a file")}
	}
	conn, err := connectTo(ctx, path)
	if err != nil && code(err)&0xff == codes.SQLITE_NOTADB {
		return []examine.Finding{examine.Fail(name, fmt.Sprintf("%s cannot be opened: %v", path, err), restore)}
	}
	if err != nil && code(err)&0xff == codes.SQLITE_CORRUPT {
		return []examine.Finding{examine.Fail("integrity", fmt.Sprintf("%s cannot be opened: %v", path, err), restore)}
	}
	if err != nil {
		return []examine.Finding{examine.Fail(name, fmt.Sprintf("%s cannot be opened: %v", path, err), "run this as the user of the service")}
	}
	defer conn.Close()
	var version, journal, pages string
	var synchronous int
	for query, into := range map[string]any{
		"SELECT sqlite_version()": &version, "PRAGMA journal_mode": &journal, "PRAGMA synchronous": &synchronous, "PRAGMA quick_check(1)": &pages,
	} {
		if err := conn.QueryRowContext(ctx, query).Scan(into); err != nil {
			return []examine.Finding{examine.Fail(name, fmt.Sprintf("%s cannot be read: %v", path, err), restore)}
		}
	}
	found := []examine.Finding{examine.OK(name, fmt.Sprintf("SQLite %s, %s", version, path))}
	if journal == "wal" && synchronous == full {
		found = append(found, examine.OK("durability", "journal mode WAL, synchronous FULL"))
	} else {
		found = append(found, examine.Warn("durability", fmt.Sprintf("journal mode %s, synchronous %d", journal, synchronous), "start the service once: it sets WAL and FULL"))
	}
	if pages == "ok" {
		found = append(found, examine.OK("integrity", "quick_check found no damage"))
	} else {
		found = append(found, examine.Fail("integrity", pages, restore))
	}
	return append(found, examineMigrations(ctx, conn))
}

// full is how SQLite numbers synchronous FULL.
const full = 2

func connectTo(ctx context.Context, path string) (*connection, error) {
	name, err := uri(path)
	if err != nil {
		return nil, err
	}
	return connect(ctx, name+"?"+examining)
}

func examineMigrations(ctx context.Context, conn *connection) examine.Finding {
	const name = "migrations"
	list, err := migrations(scripts)
	var begun bool
	if err == nil {
		err = conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'migrations')").Scan(&begun)
	}
	seen := 0
	if err == nil && begun {
		seen, err = applied(ctx, conn, list)
	}
	var lost []string
	if err == nil {
		lost, err = lostParts(ctx, conn, list[:seen])
	}
	switch {
	case err != nil:
		return examine.Fail(name, err.Error(), "run the release that made the data file, or restore a backup of this one")
	case len(lost) > 0:
		return examine.Fail(name, "missing or changed by hand: "+strings.Join(lost, ", "), "kaoping export, then kaoping import into a new folder, makes them anew; or restore a backup")
	case seen < len(list):
		return examine.Warn(name, fmt.Sprintf("%d of %d were run", seen, len(list)), "back up: the next start of this release runs the others")
	}
	return examine.OK(name, fmt.Sprintf("all %d were run", seen))
}

// lostParts names the tables and indexes that the migrations make and that are
// not there, or are others.
func lostParts(ctx context.Context, conn *connection, list []migration) (lost []string, err error) {
	model, err := connect(ctx, ":memory:")
	if err != nil {
		return nil, err
	}
	defer model.Close()
	for _, m := range list {
		if _, err := model.ExecContext(ctx, m.text); err != nil {
			return nil, err
		}
	}
	wanted, err := parts(ctx, model)
	if err != nil {
		return nil, err
	}
	found, err := parts(ctx, conn)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if found[name] != wanted[name] {
			lost = append(lost, name)
		}
	}
	return lost, err
}

// parts are the statements that made tables and indexes, by name.
func parts(ctx context.Context, conn *connection) (map[string]string, error) {
	rows, err := conn.QueryContext(ctx, "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var name, statement string
		if err := rows.Scan(&name, &statement); err != nil {
			return nil, err
		}
		all[name] = statement
	}
	return all, rows.Err()
}
