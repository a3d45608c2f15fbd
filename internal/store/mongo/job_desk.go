package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
)

// Jobs lists jobs by id.
func (s *Store) Jobs(ctx context.Context, q outbox.Query) ([]outbox.Job, error) {
	const op = "mongo.Jobs"
	f := filter{order: by("_id"), limit: q.Limit}
	f.is("kind", q.Kind)
	f.after("_id", q.After)
	if q.State != "" {
		f.and(inState(q.State, q.Now))
	}
	cursor, err := s.db.Collection(jobCollection).Find(ctx, f.selector(), options.Find().SetSort(f.order).SetLimit(int64(f.limit)))
	if err != nil {
		return nil, failure(op, err)
	}
	found, err := all[job](ctx, cursor)
	if err != nil {
		return nil, failure(op, err)
	}
	var list []outbox.Job
	for _, j := range found {
		list = append(list, j.outbox())
	}
	return list, nil
}

// inState is the field that tells a state, and what it must be.
func inState(state outbox.State, now time.Time) (field string, condition any) {
	switch state {
	case outbox.Waiting:
		return "due", bson.D{{Key: "$gt", Value: nanoseconds(now)}}
	case outbox.Due:
		return "due", bson.D{{Key: "$lte", Value: nanoseconds(now)}}
	}
	return "dead", true
}

// CountJobs counts jobs by how they stand, each state in its index.
func (s *Store) CountJobs(ctx context.Context, now time.Time) (outbox.Counts, error) {
	const op = "mongo.CountJobs"
	c, counts := s.db.Collection(jobCollection), outbox.Counts{Dead: map[string]int{}}
	for state, into := range map[outbox.State]*int{outbox.Waiting: &counts.Waiting, outbox.Due: &counts.Due} {
		field, condition := inState(state, now)
		n, err := c.CountDocuments(ctx, bson.D{{Key: field, Value: condition}})
		if err != nil {
			return counts, failure(op, err)
		}
		*into = int(n)
	}
	var oldest job
	field, condition := inState(outbox.Due, now)
	err := c.FindOne(ctx, bson.D{{Key: field, Value: condition}}, options.FindOne().SetSort(by("due", "_id"))).Decode(&oldest)
	if err != nil && !errors.Is(err, driver.ErrNoDocuments) {
		return counts, failure(op, err)
	}
	counts.Oldest = moment(oldest.Due)

	cursor, err := c.Aggregate(ctx, bson.A{
		bson.D{{Key: "$match", Value: bson.D{{Key: "dead", Value: true}}}},
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$kind"}, {Key: "n", Value: bson.D{{Key: "$sum", Value: 1}}}}}},
	})
	if err != nil {
		return counts, failure(op, err)
	}
	type ofKind struct {
		Kind string `bson:"_id"`
		N    int    `bson:"n"`
	}
	kinds, err := all[ofKind](ctx, cursor)
	if err != nil {
		return counts, failure(op, err)
	}
	for _, k := range kinds {
		counts.Dead[k.Kind] = k.N
	}
	return counts, nil
}

// ReviveJob makes a dead job due, with no tries and with an entry (NotFound,
// Refused). No worker takes the job before its entry is in the stream.
func (s *Store) ReviveJob(ctx context.Context, id string, due time.Time, e audit.Entry) error {
	const op = "mongo.ReviveJob"
	c := s.db.Collection(jobCollection)
	var found job
	err := c.FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Decode(&found)
	switch {
	case errors.Is(err, driver.ErrNoDocuments):
		return outbox.Missing(op)
	case err != nil:
		return failure(op, err)
	case !found.Dead:
		return outbox.Alive(op)
	}
	e.Object, e.Version, e.Digest = "job/"+id, int(found.Fence), ""
	p, err := newPending(op, e, nil)
	if err != nil {
		return err
	}
	result, err := c.UpdateOne(ctx, bson.D{{Key: "_id", Value: id}, {Key: "fence", Value: found.Fence}, {Key: "dead", Value: true}}, bson.D{
		{Key: "$set", Value: bson.D{{Key: "due", Value: nanoseconds(due)}, {Key: "tries", Value: 0}, {Key: "pending", Value: p}}},
		{Key: "$unset", Value: bson.D{{Key: "dead", Value: ""}}},
	})
	if err == nil && result.MatchedCount == 0 {
		return outbox.Alive(op) // somebody else revived it first
	}
	if err != nil {
		return failure(op, err)
	}
	s.follow(ctx, jobCollection, id, p)
	return nil
}
