package mongo

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
)

// migration is a numbered list of indexes, the number being its place. A
// released one is never edited.
type migration struct {
	name    string
	indexes []index
}

type index struct {
	collection string
	name       string
	keys       bson.D
	unique     bool
	sparse     bool   // without documents that have none of the fields
	only       bson.D // for documents that this selects; all where it is nil
}

const migrationCollection = "migrations"

// applied is the record of a migration.
type applied struct {
	Number int    `bson:"_id"`
	Name   string `bson:"name"`
	SHA256 string `bson:"sha256"`
}

func (m migration) hash() string { return audit.Digest(fmt.Appendf(nil, "%v", m.indexes)) }

// migrate makes the indexes that the database has not seen. Making one that is
// there already does nothing, so several instances may start together.
func migrate(ctx context.Context, db *driver.Database, list []migration, log *slog.Logger) error {
	done := db.Collection(migrationCollection)
	seen, err := history(ctx, db)
	if err != nil {
		return err
	}
	if err := known(seen, list); err != nil {
		return err
	}
	for i, m := range list[len(seen):] {
		for _, x := range m.indexes {
			if err := x.insist(ctx, db); err != nil {
				return fmt.Errorf("%s: %w", x.name, err)
			}
		}
		number := len(seen) + i + 1
		_, err := done.InsertOne(ctx, applied{number, m.name, m.hash()})
		switch {
		case err == nil:
			log.Info("database migrated", "number", number, "migration", m.name)
		case ignoreTaken(err) != nil: // taken: another instance was faster
			return err
		}
	}
	return nil
}

// history lists the migrations that the database has seen.
func history(ctx context.Context, db *driver.Database) ([]applied, error) {
	cursor, err := db.Collection(migrationCollection).Find(ctx, bson.D{}, options.Find().SetSort(by("_id")))
	if err != nil {
		return nil, err
	}
	return all[applied](ctx, cursor)
}

// known refuses a database whose migrations are not the first ones of the list.
func known(seen []applied, list []migration) error {
	const op = "mongo.Open"
	for i, a := range seen {
		if i >= len(list) {
			return fault.New(fault.Refused, op, "the database is of a newer release (migration %s): run that release, or restore a backup of this one", a.Name)
		}
		if a.Number != i+1 || a.SHA256 != list[i].hash() {
			return fault.New(fault.Refused, op, "the database was made by another migration %s than this release has: run the release that made it", a.Name)
		}
	}
	return nil
}

// makeTimeout ends the making of one index: the first start of a release makes
// indexes of collections with millions of documents, which takes minutes.
const makeTimeout = time.Hour

// makeTries is how often an index is tried, and makePause the longest wait
// between two: instances that start together may get in each other's way.
const (
	makeTries = 10
	makePause = 500 * time.Millisecond
)

// insist makes the index, if need be in several tries.
func (x index) insist(ctx context.Context, db *driver.Database) (err error) {
	for range makeTries {
		if err = x.make(ctx, db); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(rand.N(makePause)):
		}
	}
	return err
}

func (x index) make(ctx context.Context, db *driver.Database) error {
	ctx, cancel := context.WithTimeout(ctx, makeTimeout)
	defer cancel()
	o := options.Index().SetName(x.name)
	if x.unique {
		o.SetUnique(true)
	}
	if x.sparse {
		o.SetSparse(true)
	}
	if x.only != nil {
		o.SetPartialFilterExpression(x.only)
	}
	_, err := db.Collection(x.collection).Indexes().CreateOne(ctx, driver.IndexModel{Keys: x.keys, Options: o})
	return err
}
