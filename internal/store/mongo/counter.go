package mongo

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const counterCollection = "counters"

// counter is a stored counter.
type counter struct {
	Name string `bson:"_id"`
	N    int64  `bson:"n"`
}

// Next counts up a named counter from 1. A number is never given twice; one
// whose answer did not arrive is lost.
func (s *Store) Next(ctx context.Context, name string) (int, error) {
	var count counter
	c := s.db.Collection(counterCollection)
	for {
		err := c.FindOneAndUpdate(ctx, bson.D{{Key: "_id", Value: name}}, bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}},
			options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&count)
		if errors.Is(err, driver.ErrNoDocuments) { // no upsert: not every server has one winner among many
			_, err = c.InsertOne(ctx, bson.D{{Key: "_id", Value: name}, {Key: "n", Value: 0}})
			if ignoreTaken(err) == nil {
				continue
			}
		}
		return int(count.N), failure("mongo.Next", err)
	}
}
