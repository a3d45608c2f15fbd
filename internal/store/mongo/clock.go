package mongo

import (
	"context"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
)

// clock is the database's clock as this process knows it: instances whose own
// clocks differ see a deadline at the same moment. Between two looks it goes on
// by the process's steady clock, so that setting the machine's clock moves nothing.
type clock struct {
	own  func() time.Time
	last atomic.Pointer[look]
}

// look is one comparison of the two clocks.
type look struct{ own, theirs time.Time }

// slack is how far a look may differ from what the looks before it say before
// it is believed; the way to the database and back comes on top.
const slack = 20 * time.Millisecond

func (c *clock) now() time.Time {
	own := c.own()
	if last := c.last.Load(); last != nil {
		return last.theirs.Add(own.Sub(last.own))
	}
	return own
}

// compare takes a look.
func (c *clock) compare(ctx context.Context, db *driver.Database) error {
	var hello struct {
		Time time.Time `bson:"localTime"`
	}
	asked := c.own()
	if err := db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
		return err
	}
	way := c.own().Sub(asked)
	if hello.Time.IsZero() {
		return nil
	}
	next := look{own: asked.Add(way / 2), theirs: hello.Time}
	if last := c.last.Load(); last != nil {
		expected := last.theirs.Add(next.own.Sub(last.own))
		if next.theirs.Sub(expected).Abs() <= slack+way/2 {
			next.theirs = expected
		}
	}
	c.last.Store(&next)
	return nil
}

// Now is the time by the database's clock, as of the last Synchronise.
func (s *Store) Now() time.Time { return s.clock.now() }

// Synchronise compares this process's clock with the database's. Open has done
// it once; do it again every second or so. A database that does not tell its
// time leaves the clock as it is.
func (s *Store) Synchronise(ctx context.Context) error {
	return failure("mongo.Synchronise", s.clock.compare(ctx, s.db))
}
