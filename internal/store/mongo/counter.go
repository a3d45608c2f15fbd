package mongo

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Next counts up a named counter from 1. A number is never given twice; one
// whose answer did not arrive is lost.
func (s *Store) Next(ctx context.Context, counter string) (int, error) {
	var count struct {
		N int `bson:"n"`
	}
	c := s.db.Collection("counters")
	for {
		err := c.FindOneAndUpdate(ctx, bson.D{{Key: "_id", Value: counter}}, bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}},
			options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&count)
		if errors.Is(err, driver.ErrNoDocuments) { // no upsert: not every server has one winner among many
			_, err = c.InsertOne(ctx, bson.D{{Key: "_id", Value: counter}, {Key: "n", Value: 0}})
			if ignoreTaken(err) == nil {
				continue
			}
		}
		return count.N, failure("mongo.Next", err)
	}
}
