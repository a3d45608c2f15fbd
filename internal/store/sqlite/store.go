package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	_ "modernc.org/sqlite" // registers the driver

	"kaoping/internal/fault"
)

// Store is one open file. It is safe for concurrent use, also by several
// processes. Make one with Open.
type Store struct {
	readers *sql.DB
	writer  *writer
}

// How a connection behaves: it waits five seconds for another process, the
// write-ahead log is copied back every 16 MiB and shrinks to 64 MiB when it
// grew, and the writer keeps 32 MiB of pages.
const (
	durable = "_synchronous=FULL"
	writing = "_busy_timeout=5000&_journal_mode=WAL&" + durable + "&_pragma=wal_autocheckpoint(4096)&_pragma=journal_size_limit(67108864)&_pragma=cache_size(-32768)"
	reading = "mode=ro&_busy_timeout=5000&_query_only=1"
)

// Open opens the file at path and creates it where it is missing (mode 0600).
// It brings the tables up to this release first. Refused: the file belongs to
// a newer release or was made by other migrations. Unavailable: the file
// cannot be read or written.
func Open(ctx context.Context, path string, log *slog.Logger) (*Store, error) {
	return open(ctx, path, log, scripts)
}

func open(ctx context.Context, path string, log *slog.Logger, scripts fs.FS) (*Store, error) {
	const op = "sqlite.Open"
	name, err := create(path)
	if err != nil {
		return nil, fault.New(fault.Unavailable, op, "the data file %s cannot be made", path).Because(err)
	}
	conn, err := connect(ctx, name+"?"+writing)
	if err != nil {
		return nil, failure(op, err)
	}
	if err := migrate(ctx, conn, scripts, log); err != nil {
		return nil, errors.Join(failure(op, err), conn.Close())
	}
	readers, err := sql.Open("sqlite", name+"?"+reading)
	if err != nil {
		return nil, errors.Join(failure(op, err), conn.Close())
	}
	readers.SetMaxOpenConns(max(4, runtime.GOMAXPROCS(0)))
	readers.SetMaxIdleConns(max(4, runtime.GOMAXPROCS(0)))
	return &Store{readers: readers, writer: newWriter(conn, log)}, nil
}

// create makes the file where there is none, so that it is not readable by
// others, and returns its URI. An existing file is not opened here: closing it
// would end SQLite's locks of another Store in this process.
func create(path string) (name string, err error) {
	if name, err = uri(path); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		err = file.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return name, nil
}

// uri names the file at path as SQLite wants it.
func uri(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	slashed := "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")
	return (&url.URL{Scheme: "file", Path: slashed}).String(), nil
}

// connect opens the one writing connection. Closing it closes its pool of one.
func connect(ctx context.Context, dsn string) (*connection, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &connection{Conn: conn, pool: db}, nil
}

type connection struct {
	*sql.Conn
	pool *sql.DB
}

func (c *connection) Close() error { return errors.Join(c.Conn.Close(), c.pool.Close()) }

// Close commits what is queued, refuses what comes later (Unavailable) and
// closes the file.
func (s *Store) Close() error {
	return fault.Wrap("sqlite.Close", errors.Join(s.readers.Close(), s.writer.close()))
}
