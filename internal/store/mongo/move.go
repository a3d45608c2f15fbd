package mongo

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/store/transfer"
)

// never is a time that no import began after.
var never = time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC)

// Settle finishes what a process that died has left, and takes back imports of
// items that were not committed, however young: nobody should be at work.
func (s *Store) Settle(ctx context.Context) error {
	if err := s.recoverImports(ctx, never); err != nil {
		return failure("mongo.Settle", err)
	}
	return s.Recover(ctx)
}

// Migrations names the migrations of this release, which the database has seen.
func (s *Store) Migrations(context.Context) ([]string, error) {
	var names []string
	for _, m := range migrations {
		names = append(names, "mongo/"+m.name)
	}
	return names, nil
}

// sums are what changes with every change of a collection: a version, a
// sequence number or a count goes up.
var sums = func() map[string]bson.D {
	add := func(field string) bson.E { return bson.E{Key: "a", Value: bson.D{{Key: "$sum", Value: field}}} }
	count := bson.E{Key: "b", Value: bson.D{{Key: "$sum", Value: 1}}}
	all := map[string]bson.D{auditCollection: {count}, counterCollection: {add("$n"), count}, items.name: {add("$version"), count}}
	for _, a := range aggregates {
		all[a.name] = bson.D{add("$version"), count}
	}
	return all
}()

// State names the state of all records but sessions and tallies.
func (s *Store) State(ctx context.Context) (string, error) {
	const op = "mongo.State"
	ctx, cancel := context.WithTimeout(ctx, moveTimeout)
	defer cancel()
	var all []byte
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		total, err := s.total(ctx, name, sums[name])
		if err != nil {
			return "", failure(op, err)
		}
		all = append(all, total...)
	}
	saves, err := s.total(ctx, attempts.name, bson.D{{Key: "a", Value: bson.D{{Key: "$sum", Value: "$seq"}}}, {Key: "b", Value: bson.D{{Key: "$max", Value: "$saved"}}}})
	if err != nil {
		return "", failure(op, err)
	}
	all = append(all, saves...)
	for r, err := range s.Export(ctx, transfer.Jobs, "") { // few, and what changes in them does not only go up
		line, lineErr := r.Line()
		if err := errors.Join(err, lineErr); err != nil {
			return "", failure(op, err)
		}
		all = append(all, line...)
	}
	return audit.Digest(all), nil
}

// markCollection holds at most one document: the mark of an import under way.
const markCollection = "import_mark"

// mark is a stored transfer.Mark.
type mark struct {
	ID      int    `bson:"_id"` // 1
	Archive string `bson:"archive"`
	Done    int    `bson:"done"`
}

var theMark = bson.D{{Key: "_id", Value: 1}}

// Mark is how far an import is that is under way.
func (s *Store) Mark(ctx context.Context) (transfer.Mark, error) {
	var found mark
	err := s.db.Collection(markCollection).FindOne(ctx, theMark).Decode(&found)
	if errors.Is(err, driver.ErrNoDocuments) {
		err = nil
	}
	return transfer.Mark{Archive: found.Archive, Done: found.Done}, failure("mongo.Mark", err)
}

// SetMark begins an import (Conflict when one is under way) or says how far it is.
func (s *Store) SetMark(ctx context.Context, m transfer.Mark) error {
	const op = "mongo.SetMark"
	c, next := s.db.Collection(markCollection), mark{1, m.Archive, m.Done}
	if m.Done > 0 {
		_, err := c.ReplaceOne(ctx, theMark, next)
		return failure(op, err)
	}
	_, err := c.InsertOne(ctx, next)
	if driver.IsDuplicateKeyError(err) {
		return fault.New(fault.Conflict, op, "another import is under way")
	}
	return failure(op, err)
}

// DropMark ends an import.
func (s *Store) DropMark(ctx context.Context) error {
	_, err := s.db.Collection(markCollection).DeleteOne(ctx, theMark)
	return failure("mongo.DropMark", err)
}
