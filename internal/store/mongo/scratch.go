package mongo

import (
	"context"
	"errors"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/internal/fault"
)

// discardPrefix begins the name of every database that Discard removes.
const discardPrefix = "kaoping_scratch_"

// NewScratch names a database that is there yet for nobody, for a measurement.
func NewScratch() string { return discardPrefix + bson.NewObjectID().Hex() }

// Discard removes a database that NewScratch named, with all that is in it. It
// refuses any other.
func Discard(ctx context.Context, uri, database string) error {
	if !strings.HasPrefix(database, discardPrefix) {
		return fault.New(fault.Refused, "mongo.Discard", "the database %s is not one for measurements: remove it by hand", database)
	}
	db, err := connect(ctx, uri, database)
	if err != nil {
		return err
	}
	return errors.Join(db.Drop(ctx), db.Client().Disconnect(context.WithoutCancel(ctx)))
}
