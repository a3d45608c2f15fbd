package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/internal/outbox"
)

const jobCollection = "jobs"

// job is a stored outbox.Job.
type job struct {
	ID    string `bson:"_id"`
	Kind  string `bson:"kind"`
	Key   string `bson:"key"`
	Due   int64  `bson:"due"`
	Tries int    `bson:"tries"`
}

func newJob(j outbox.Job) job { return job{j.ID, j.Kind, j.Key, nanoseconds(j.Due), j.Tries} }

func (j job) outbox() outbox.Job {
	return outbox.Job{ID: j.ID, Kind: j.Kind, Key: j.Key, Due: moment(j.Due), Tries: j.Tries}
}

// enqueue records jobs; one that is recorded already stays as it is.
func (s *Store) enqueue(ctx context.Context, jobs []job) error {
	if len(jobs) == 0 {
		return nil
	}
	_, err := s.db.Collection(jobCollection).InsertMany(ctx, jobs, options.InsertMany().SetOrdered(false))
	return ignoreTaken(err)
}

// ClaimJobs returns up to limit jobs due at now, the longest overdue first, as
// they were, hides them until hidden and counts a try. Each is claimed by
// itself: workers who look at once share them.
func (s *Store) ClaimJobs(ctx context.Context, now, hidden time.Time, limit int) ([]outbox.Job, error) {
	const op = "mongo.ClaimJobs"
	c := s.db.Collection(jobCollection)
	for {
		cursor, err := c.Find(ctx, bson.D{{Key: "due", Value: bson.D{{Key: "$lte", Value: nanoseconds(now)}}}},
			options.Find().SetSort(by("due", "_id")).SetLimit(int64(limit)))
		if err != nil {
			return nil, failure(op, err)
		}
		var due []job
		if err := cursor.All(ctx, &due); err != nil {
			return nil, failure(op, err)
		}
		var claimed []outbox.Job
		for _, j := range due {
			result, err := c.UpdateOne(ctx, bson.D{{Key: "_id", Value: j.ID}, {Key: "due", Value: j.Due}, {Key: "tries", Value: j.Tries}},
				bson.D{{Key: "$set", Value: bson.D{{Key: "due", Value: nanoseconds(hidden)}, {Key: "tries", Value: j.Tries + 1}}}})
			if err != nil && len(claimed) == 0 {
				return nil, failure(op, err)
			}
			if err != nil {
				break // those claimed are the caller's
			}
			if result.MatchedCount == 1 {
				claimed = append(claimed, j.outbox())
			}
		}
		if len(claimed) > 0 || len(due) == 0 {
			return claimed, nil
		}
	}
}

// FinishJob removes a job, if it is there.
func (s *Store) FinishJob(ctx context.Context, id string) error {
	_, err := s.db.Collection(jobCollection).DeleteOne(ctx, bson.D{{Key: "_id", Value: id}})
	return failure("mongo.FinishJob", err)
}

// RetryJob makes a job due again, if it is there.
func (s *Store) RetryJob(ctx context.Context, id string, due time.Time) error {
	_, err := s.db.Collection(jobCollection).UpdateOne(ctx, bson.D{{Key: "_id", Value: id}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "due", Value: nanoseconds(due)}}}})
	return failure("mongo.RetryJob", err)
}
