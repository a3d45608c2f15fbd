package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

const sessionCollection = "sessions"

type session struct {
	ID      string `bson:"_id"`
	Expires int64  `bson:"expires"`
	Doc     string `bson:"doc"`
}

// Session returns a session, expired or not (NotFound).
func (s *Store) Session(ctx context.Context, id string) (v access.Session, err error) {
	const op = "mongo.Session"
	var found session
	err = s.db.Collection(sessionCollection).FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Decode(&found)
	if errors.Is(err, driver.ErrNoDocuments) {
		return v, fault.New(fault.NotFound, op, "there is no such session")
	}
	if err == nil {
		err = json.Unmarshal([]byte(found.Doc), &v)
	}
	return v, failure(op, err)
}

// PutSession stores a session, in the place of one with its id.
func (s *Store) PutSession(ctx context.Context, v access.Session) error {
	const op = "mongo.PutSession"
	doc, err := json.Marshal(v)
	if err != nil {
		return failure(op, err)
	}
	c, stored := s.db.Collection(sessionCollection), session{v.ID, nanoseconds(v.Expires), string(doc)}
	for {
		_, err := c.InsertOne(ctx, stored)
		if !driver.IsDuplicateKeyError(err) {
			return failure(op, err)
		}
		result, err := c.ReplaceOne(ctx, bson.D{{Key: "_id", Value: v.ID}}, stored)
		if err != nil || result.MatchedCount == 1 {
			return failure(op, err)
		}
	}
}

// DropSession ends a session, if there is one.
func (s *Store) DropSession(ctx context.Context, id string) error {
	_, err := s.db.Collection(sessionCollection).DeleteOne(ctx, bson.D{{Key: "_id", Value: id}})
	return failure("mongo.DropSession", err)
}

// DropSessions ends the sessions that expired before a time.
func (s *Store) DropSessions(ctx context.Context, before time.Time) error {
	_, err := s.db.Collection(sessionCollection).DeleteMany(ctx,
		bson.D{{Key: "expires", Value: bson.D{{Key: "$lt", Value: nanoseconds(before)}}}})
	return failure("mongo.DropSessions", err)
}
