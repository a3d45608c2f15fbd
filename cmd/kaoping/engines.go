package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/internal/outbox/desk"
	"kaoping/internal/store/files"
	"kaoping/internal/store/minio"
	"kaoping/internal/store/mongo"
	"kaoping/internal/store/sqlite"
	"kaoping/internal/store/transfer"
	"kaoping/internal/vault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook/amend"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
	"kaoping/policies/standing/inspection"
)

// store is everything that the services ask of a record engine.
type store interface {
	access.Store
	standing.Store
	cases.Store
	inspection.Store
	bank.Store
	central.Store
	exam.Store
	certify.Store
	amend.Store
	outbox.Queue
	desk.Store
	audit.Records
	transfer.Records
	Close() error
	Waiting() int                      // changes, for their commit
	Commits() (commits, changes int64) // since it was opened, and the changes that shared them
}

// engines is where everything is kept.
type engines struct {
	store     store
	documents certify.Documents
	vault     *vault.Vault
	keys      *vault.Keyring   // of central papers, nil where none is configured
	now       func() time.Time // the database's clock, where instances share one
}

// openEngines opens what the settings select: MongoDB for records and an S3
// bucket for documents where they are named, the embedded engines elsewhere. It
// refuses an installation into which an import is half done.
func openEngines(ctx context.Context, c *config, log *slog.Logger) (*engines, error) {
	e, err := openAnyEngines(ctx, c, log)
	if err != nil {
		return nil, err
	}
	mark, err := e.store.Mark(ctx)
	if err == nil && mark != (transfer.Mark{}) {
		err = fmt.Errorf("an import into this installation is half done, %d segments are stored: run kaoping import again with its archive", mark.Done)
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func openAnyEngines(ctx context.Context, c *config, log *slog.Logger) (*engines, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, err
	}
	if c.MongoURI != "" && c.Key == "" {
		return nil, errors.New("with mongo_uri set the key: every instance must have the same one")
	}
	v, err := c.vault()
	if err != nil {
		return nil, err
	}
	keys, err := c.keyring()
	if err != nil {
		return nil, err
	}
	documents, err := openDocuments(ctx, c)
	if err != nil {
		return nil, err
	}
	records, err := openRecords(ctx, c, log)
	if err != nil {
		return nil, err
	}
	e := &engines{records, documents, v, keys, time.Now}
	if shared, ok := records.(timekeeper); ok {
		e.now = shared.Now
	}
	return e, nil
}

func openRecords(ctx context.Context, c *config, log *slog.Logger) (store, error) {
	if c.MongoURI != "" {
		return mongo.Open(ctx, c.MongoURI, c.MongoDatabase, time.Now, log)
	}
	return sqlite.Open(ctx, c.recordFile(), log)
}

func openDocuments(ctx context.Context, c *config) (certify.Documents, error) {
	if c.S3Endpoint == "" {
		return files.Open(c.documentFolder())
	}
	bucket, err := c.bucket()
	if err != nil {
		return nil, err
	}
	return minio.Open(ctx, bucket)
}

func (c *config) recordFile() string     { return filepath.Join(c.Data, "kaoping.db") }
func (c *config) documentFolder() string { return filepath.Join(c.Data, "documents") }

func (c *config) bucket() (minio.Config, error) {
	days, err := strconv.Atoi(c.S3RetainDays)
	if err != nil || days < 0 {
		return minio.Config{}, errors.New("s3_retain_days is a number of days from 0")
	}
	return minio.Config{
		Endpoint: c.S3Endpoint, AccessKey: c.S3AccessKey, SecretKey: c.S3SecretKey, Bucket: c.S3Bucket, PublicEndpoint: c.S3PublicEndpoint,
		Retain: time.Duration(days) * 24 * time.Hour, RetainPrefix: certify.DocumentPrefix,
	}, nil
}

func (e *engines) Close() error { return e.store.Close() }

// recoverer is a record engine that finishes what a process that died has left.
type recoverer interface {
	Recover(ctx context.Context) error
}

// recover asks the engine to finish, where it can be left unfinished at all.
func (e *engines) recover(ctx context.Context) error {
	if r, ok := e.store.(recoverer); ok {
		return r.Recover(ctx)
	}
	return nil
}

// timekeeper is a record engine whose clock all instances share.
type timekeeper interface {
	Now() time.Time
	Synchronise(ctx context.Context) error
}

// synchronise looks at the shared clock, where there is one.
func (e *engines) synchronise(ctx context.Context) error {
	if t, ok := e.store.(timekeeper); ok {
		return t.Synchronise(ctx)
	}
	return nil
}
