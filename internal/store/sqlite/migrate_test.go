package sqlite

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/fstest"

	"kaoping/internal/fault"
)

func release(scripts ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for i, text := range scripts {
		files["migrations/"+[]string{"001_init.sql", "002_more.sql", "003_most.sql"}[i]] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestMigrations(t *testing.T) {
	const one, two, three = "CREATE TABLE a (x); CREATE TABLE b (x);", "CREATE TABLE c (x);", "CREATE TABLE d (x);"
	path := filepath.Join(t.TempDir(), "kaoping.db")
	run := func(what string, files fstest.MapFS, code fault.Code) {
		t.Helper()
		s, err := open(context.Background(), path, slog.New(slog.DiscardHandler), files)
		if fault.CodeOf(err) != code {
			t.Errorf("%s: %v, want %q", what, err, code)
		}
		if err == nil {
			for _, table := range []string{"a", "b", "c"} {
				if err := s.readers.QueryRow("SELECT count(*) FROM " + table).Scan(new(int)); err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	run("a script that fails", release(one, two, "CREATE TABLE a (x);"), fault.Internal)
	run("a new file", release(one, two), "")
	run("again", release(one, two), "")
	run("an older release", release(one), fault.Refused)
	run("a changed script", release(one, two+" "), fault.Refused)
	run("a script that fails", release(one, two, "CREATE TABLE a (x);"), fault.Internal)
	run("a newer release", release(one, two, three), "")
	run("the older one comes back", release(one, two), fault.Refused)
	run("a number is missing", fstest.MapFS{"migrations/002_more.sql": {Data: []byte(two)}}, fault.Internal)
}
