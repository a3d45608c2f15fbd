package mongo

import (
	"context"
	"errors"
	"log/slog"
	"time"

	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"kaoping/internal/fault"
)

// callTimeout ends a call whose context has no deadline of its own.
const callTimeout = 10 * time.Second

// poolMost bounds the connections to each server.
const poolMost = 64

// Store is one database. It is safe for concurrent use, also by several
// processes. Make one with Open.
type Store struct {
	db     *driver.Database
	saver  *saver
	chains chains
	clock  clock
	log    *slog.Logger
}

// Open connects to a database and brings its indexes up to this release. The
// clock is the machine's own (see Now).
// Refused: the database belongs to a newer release or was made by other
// migrations. Invalid: the URI is none. Unavailable: the server does not answer.
func Open(ctx context.Context, uri, database string, own func() time.Time, log *slog.Logger) (*Store, error) {
	return open(ctx, uri, database, own, log, migrations)
}

func open(ctx context.Context, uri, database string, own func() time.Time, log *slog.Logger, list []migration) (*Store, error) {
	const op = "mongo.Open"
	db, err := connect(ctx, uri, database)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, db, list, log); err != nil {
		return nil, errors.Join(failure(op, err), db.Client().Disconnect(context.WithoutCancel(ctx)))
	}
	s := &Store{db: db, saver: newSaver(db.Collection(attempts.name), log), clock: clock{own: own}, log: log}
	s.chains.init(db.Collection(auditCollection))
	if err := s.Synchronise(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// connect reaches the primary. It makes nothing.
func connect(ctx context.Context, uri, database string) (*driver.Database, error) {
	const op = "mongo.Open"
	journal := true
	client, err := driver.Connect(options.Client().ApplyURI(uri).
		SetAppName("kaoping").
		SetTimeout(callTimeout).
		SetMaxPoolSize(poolMost).
		SetRetryWrites(true).
		SetRetryReads(true).
		SetReadPreference(readpref.Primary()).
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journal}))
	if err != nil {
		return nil, fault.New(fault.Invalid, op, "the address of the MongoDB server cannot be read").Because(err)
	}
	if err := client.Ping(ctx, readpref.Primary()); err != nil {
		return nil, errors.Join(failure(op, err), client.Disconnect(context.WithoutCancel(ctx)))
	}
	return client.Database(database), nil
}

// Close commits the saves that are queued, refuses what comes later
// (Unavailable) and disconnects. Again, it does nothing.
func (s *Store) Close() error {
	s.saver.close()
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	err := s.db.Client().Disconnect(ctx)
	if errors.Is(err, driver.ErrClientDisconnected) {
		err = nil
	}
	return fault.Wrap("mongo.Close", err)
}
