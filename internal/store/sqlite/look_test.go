package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kaoping/internal/store/storetest"
)

// heard is a driver's connection that tells which statements are asked of it.
type heard struct {
	driver.Conn
	tell func(query string, args []driver.NamedValue)
}

func (h heard) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	h.tell(query, args)
	return h.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// listening makes connections that tell.
type listening struct {
	from driver.Driver
	name string
	tell func(query string, args []driver.NamedValue)
}

func (l listening) Driver() driver.Driver { return l.from }

func (l listening) Connect(context.Context) (driver.Conn, error) {
	c, err := l.from.Open(l.name)
	return heard{c, l.tell}, err
}

// walk is a search that goes along the order of a list.
var walk = regexp.MustCompile(`\((id|rank|ticket)[<>]\?\)`)

// TestLooksAreLedByIndexes asks SQLite how it would find what the program asks
// for at run time (storetest.Look).
func TestLooksAreLedByIndexes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kaoping.db")
	s := openAt(t, path)
	name, err := uri(path)
	if err != nil {
		t.Fatal(err)
	}
	plain := s.readers
	defer plain.Close()
	var statements []string
	var arguments [][]any
	s.readers = sql.OpenDB(listening{plain.Driver(), name + "?" + reading, func(query string, args []driver.NamedValue) {
		values := make([]any, len(args))
		for i, a := range args {
			values[i] = a.Value
		}
		statements, arguments = append(statements, query), append(arguments, values)
	}})
	narrow := narrowIndexes(t, plain)
	for _, look := range storetest.Looks() {
		statements, arguments = nil, nil
		if err := look.Ask(t.Context(), s); err != nil {
			t.Errorf("%s: %v", look.What, err)
		}
		for i, statement := range statements {
			plan := explained(t, plain, statement, arguments[i])
			switch {
			case look.Walks && !strings.Contains(statement, " LIMIT "):
				t.Errorf("%s: a walk has no end\n%s", look.What, statement)
			case look.Walks && strings.Contains(plan, "TEMP B-TREE"):
				t.Errorf("%s: a walk is sorted\n%s\n%s", look.What, statement, plan)
			case !look.Walks && (!strings.Contains(plan, "SEARCH") || walk.MatchString(plan)) && !slices.ContainsFunc(narrow, func(index string) bool { return strings.Contains(plan, index) }):
				t.Errorf("%s: the whole table is read\n%s\n%s", look.What, statement, plan)
			}
		}
	}
}

// narrowIndexes are those that hold nothing but what is asked for.
func narrowIndexes(t *testing.T, db *sql.DB) (names []string) {
	t.Helper()
	rows, err := db.Query("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func explained(t *testing.T, db *sql.DB, statement string, args []any) (plan string) {
	t.Helper()
	rows, err := db.Query("EXPLAIN QUERY PLAN "+statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan += fmt.Sprintln(detail)
	}
	return plan
}
