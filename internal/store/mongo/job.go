package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/internal/outbox"
)

const jobCollection = "jobs"

// job is a stored outbox.Job. A dead one has no due, so nobody who looks for
// what is due finds it.
type job struct {
	ID      string `bson:"_id"`
	Kind    string `bson:"kind"`
	Key     string `bson:"key"`
	Due     int64  `bson:"due,omitempty"`
	Tries   int    `bson:"tries"`
	Fence   int64  `bson:"fence"`
	Failed  int64  `bson:"failed,omitempty"`
	Failure string `bson:"failure,omitempty"`
	Dead    bool   `bson:"dead,omitempty"`
}

func newJob(j outbox.Job) job {
	return job{ID: j.ID, Kind: j.Kind, Key: j.Key, Due: nanoseconds(j.Due), Tries: j.Tries}
}

func (j job) outbox() outbox.Job {
	return outbox.Job{
		ID: j.ID, Kind: j.Kind, Key: j.Key, Due: moment(j.Due), Tries: j.Tries, Fence: j.Fence,
		Last: outbox.Failure{At: moment(j.Failed), Text: j.Failure}, Dead: j.Dead,
	}
}

// enqueue records jobs; one that is recorded already, dead or not, stays as it is.
func (s *Store) enqueue(ctx context.Context, jobs []job) error {
	if len(jobs) == 0 {
		return nil
	}
	_, err := s.db.Collection(jobCollection).InsertMany(ctx, jobs, options.InsertMany().SetOrdered(false))
	return ignoreTaken(err)
}

// entryTold selects what has its entry in the audit stream: a job that was revived
// waits for it, so that no worker finishes the job and takes the entry along.
var entryTold = bson.E{Key: "pending", Value: bson.D{{Key: "$exists", Value: false}}}

// ClaimJobs returns up to limit jobs due at now, the longest overdue first,
// hides them until a time, and counts up their tries and their fence. Each is
// claimed by itself: workers who look at once share them.
func (s *Store) ClaimJobs(ctx context.Context, now, until time.Time, limit int) ([]outbox.Job, error) {
	const op = "mongo.ClaimJobs"
	c := s.db.Collection(jobCollection)
	for {
		cursor, err := c.Find(ctx, bson.D{{Key: "due", Value: bson.D{{Key: "$lte", Value: nanoseconds(now)}}}, entryTold},
			options.Find().SetSort(by("due", "_id")).SetLimit(int64(limit)))
		if err != nil {
			return nil, failure(op, err)
		}
		due, err := all[job](ctx, cursor)
		if err != nil {
			return nil, failure(op, err)
		}
		var claimed []outbox.Job
		for _, j := range due {
			err := c.FindOneAndUpdate(ctx, bson.D{{Key: "_id", Value: j.ID}, {Key: "due", Value: j.Due}, entryTold},
				bson.D{{Key: "$set", Value: bson.D{{Key: "due", Value: nanoseconds(until)}}}, {Key: "$inc", Value: bson.D{{Key: "tries", Value: 1}, {Key: "fence", Value: 1}}}},
				options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&j)
			switch {
			case err == nil:
				claimed = append(claimed, j.outbox())
			case errors.Is(err, driver.ErrNoDocuments): // somebody else was faster
			case len(claimed) > 0:
				return claimed, nil // those are the caller's
			default:
				return nil, failure(op, err)
			}
		}
		if len(claimed) > 0 || len(due) == 0 {
			return claimed, nil
		}
	}
}

// ExtendJob holds a claim until a later time (Superseded).
func (s *Store) ExtendJob(ctx context.Context, j outbox.Job, until time.Time) error {
	return s.updateClaimed(ctx, "mongo.ExtendJob", j, bson.D{{Key: "$set", Value: bson.D{{Key: "due", Value: nanoseconds(until)}}}})
}

// FinishJob removes a claimed job (Superseded).
func (s *Store) FinishJob(ctx context.Context, j outbox.Job) error {
	const op = "mongo.FinishJob"
	result, err := s.db.Collection(jobCollection).DeleteOne(ctx, claimOf(j))
	if err == nil && result.DeletedCount == 0 {
		return outbox.LostClaim(op)
	}
	return failure(op, err)
}

// RetryJob makes a claimed job due again (Superseded).
func (s *Store) RetryJob(ctx context.Context, j outbox.Job, due time.Time, why outbox.Failure) error {
	return s.updateClaimed(ctx, "mongo.RetryJob", j, bson.D{{Key: "$set", Value: bson.D{
		{Key: "due", Value: nanoseconds(due)}, {Key: "failed", Value: nanoseconds(why.At)}, {Key: "failure", Value: why.Text},
	}}})
}

// BuryJob makes a claimed job dead (Superseded).
func (s *Store) BuryJob(ctx context.Context, j outbox.Job, why outbox.Failure) error {
	return s.updateClaimed(ctx, "mongo.BuryJob", j, bson.D{
		{Key: "$set", Value: bson.D{{Key: "dead", Value: true}, {Key: "failed", Value: nanoseconds(why.At)}, {Key: "failure", Value: why.Text}}},
		{Key: "$unset", Value: bson.D{{Key: "due", Value: ""}}},
	})
}

// claimOf selects a job under one claim of it.
func claimOf(j outbox.Job) bson.D {
	return bson.D{{Key: "_id", Value: j.ID}, {Key: "fence", Value: j.Fence}, {Key: "dead", Value: bson.D{{Key: "$exists", Value: false}}}}
}

func (s *Store) updateClaimed(ctx context.Context, op string, j outbox.Job, update bson.D) error {
	result, err := s.db.Collection(jobCollection).UpdateOne(ctx, claimOf(j), update)
	if err == nil && result.MatchedCount == 0 {
		return outbox.LostClaim(op)
	}
	return failure(op, err)
}
