package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"time"

	"kaoping/internal/store/mongo"
	"kaoping/internal/store/sqlite"
	"kaoping/internal/vault"
)

// scratch is the settings of an empty installation to measure on.
type scratch struct{ config }

// newScratch makes a folder of its own in dir and, where mongoURI names a
// server, names a database of its own. Documents stay in the folder: nobody
// writes one while candidates sit an examination.
func newScratch(dir, mongoURI string) (s scratch, err error) {
	s.config = *defaults()
	s.MongoURI = mongoURI
	if mongoURI != "" {
		var key, papers [vault.KeySize]byte
		rand.Read(key[:])
		rand.Read(papers[:])
		s.Key, s.PaperKey, s.MongoDatabase = hex.EncodeToString(key[:]), hex.EncodeToString(papers[:]), mongo.NewScratch()
	}
	s.Data, err = os.MkdirTemp(dir, "kaoping-bench-")
	return s, err
}

// engine names what keeps the records.
func (s scratch) engine() string {
	if s.MongoURI != "" {
		return "mongodb"
	}
	return "sqlite"
}

// rawLimit is how many saves a second the engine takes at most.
func (s scratch) rawLimit(ctx context.Context, attempts, batch int, long time.Duration) (perSecond float64, err error) {
	if s.MongoURI != "" {
		return mongo.RawLimit(ctx, s.MongoURI, s.MongoDatabase, attempts, batch, long)
	}
	return sqlite.RawLimit(ctx, filepath.Join(s.Data, "raw.db"), attempts, batch, long)
}

// remove leaves nothing behind.
func (s scratch) remove() error {
	err := os.RemoveAll(s.Data)
	if s.MongoURI != "" {
		err = errors.Join(err, mongo.Discard(context.Background(), s.MongoURI, s.MongoDatabase))
	}
	return err
}
