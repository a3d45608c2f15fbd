package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const tallyCollection = "tallies"

// tally is a count that ends by itself.
type tally struct {
	Name string `bson:"_id"`
	N    int64  `bson:"n"`
	Ends int64  `bson:"ends"`
}

// Tally is how high a count stands at a moment and until when, 0 for none.
func (s *Store) Tally(ctx context.Context, name string, at time.Time) (n int, until time.Time, err error) {
	var found tally
	err = s.db.Collection(tallyCollection).FindOne(ctx, running(name, at)).Decode(&found)
	if errors.Is(err, driver.ErrNoDocuments) {
		return 0, time.Time{}, nil
	}
	return int(found.N), moment(found.Ends), failure("mongo.Tally", err)
}

// running selects a count that is not over at a moment.
func running(name string, at time.Time) bson.D {
	return bson.D{{Key: "_id", Value: name}, {Key: "ends", Value: bson.D{{Key: "$gt", Value: nanoseconds(at)}}}}
}

// CountTally counts up, from 1 where the count is over at a moment, and lets it
// end at another.
func (s *Store) CountTally(ctx context.Context, name string, at, until time.Time) (int, error) {
	const op = "mongo.CountTally"
	c, ends := s.db.Collection(tallyCollection), nanoseconds(until)
	up := bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}, {Key: "$set", Value: bson.D{{Key: "ends", Value: ends}}}}
	for {
		var count tally
		err := c.FindOneAndUpdate(ctx, running(name, at), up, options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&count)
		if !errors.Is(err, driver.ErrNoDocuments) {
			return int(count.N), failure(op, err)
		}
		// No upsert: not every server has one winner among many.
		over := bson.D{{Key: "_id", Value: name}, {Key: "ends", Value: bson.D{{Key: "$lte", Value: nanoseconds(at)}}}}
		if _, err = c.DeleteOne(ctx, over); err == nil {
			if _, err = c.InsertOne(ctx, tally{name, 1, ends}); err == nil {
				return 1, nil
			}
		}
		if ignoreTaken(err) != nil {
			return 0, failure(op, err)
		}
	}
}

// DropTally ends a count, if there is one.
func (s *Store) DropTally(ctx context.Context, name string) error {
	_, err := s.db.Collection(tallyCollection).DeleteOne(ctx, bson.D{{Key: "_id", Value: name}})
	return failure("mongo.DropTally", err)
}

// DropTallies drops the counts that ended before a time.
func (s *Store) DropTallies(ctx context.Context, before time.Time) error {
	_, err := s.db.Collection(tallyCollection).DeleteMany(ctx, bson.D{{Key: "ends", Value: bson.D{{Key: "$lt", Value: nanoseconds(before)}}}})
	return failure("mongo.DropTallies", err)
}
