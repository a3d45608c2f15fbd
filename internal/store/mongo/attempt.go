package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/exam"
	"kaoping/internal/audit"
)

// attempts keeps an attempt with its lease and its answers in one document, so
// that a change of the attempt and a save meet: whoever comes second finds
// another version or another sequence number than it has read.
var attempts = collection[exam.Attempt]{
	kind: "attempt", name: "attempts",
	key: func(a *exam.Attempt) (string, *int) { return a.ID, &a.Version },
	fields: func(a exam.Attempt) bson.D {
		return bson.D{{Key: "sitting", Value: a.Sitting}, {Key: "lease", Value: a.Lease}, {Key: "open", Value: a.TakesAnswers()},
			{Key: "deadline", Value: nanoseconds(a.Deadline)}, {Key: "due", Value: due(a)}}
	},
	fresh:   bson.D{{Key: "seq", Value: int64(0)}, {Key: "digest", Value: ""}, {Key: "saved", Value: int64(0)}},
	missing: noAttempt,
}

const noAttempt = "there is no such attempt"

// Attempt returns an attempt (NotFound).
func (s *Store) Attempt(ctx context.Context, id string) (exam.Attempt, error) {
	return attempts.find(ctx, s, "mongo.Attempt", "_id", id)
}

// Attempts lists the attempts of a sitting by id.
func (s *Store) Attempts(ctx context.Context, sitting string) ([]exam.Attempt, error) {
	f := filter{order: by("_id")}
	f.and("sitting", sitting)
	return attempts.list(ctx, s, "mongo.Attempts", f)
}

// PutAttempt stores an attempt with its entry and its lease (Conflict). The
// sequence and digest of the last save stay as they are.
func (s *Store) PutAttempt(ctx context.Context, v *exam.Attempt, e audit.Entry) error {
	return attempts.put(ctx, s, "mongo.PutAttempt", v, e)
}

// due is when the sweeper must look at the attempt, 0 for never.
func due(a exam.Attempt) int64 {
	switch a.State {
	case exam.Open, exam.Replaced:
		return nanoseconds(a.Deadline)
	case exam.Submitted:
		return nanoseconds(a.SettleAt)
	}
	return 0
}

// DueAttempts lists attempts whose deadline or settling time has come, the
// longest overdue first.
func (s *Store) DueAttempts(ctx context.Context, now time.Time, limit int) ([]exam.Attempt, error) {
	f := filter{order: by("due", "_id"), limit: limit}
	f.and("due", bson.D{{Key: "$gt", Value: 0}, {Key: "$lte", Value: nanoseconds(now)}})
	return attempts.list(ctx, s, "mongo.DueAttempts", f)
}
