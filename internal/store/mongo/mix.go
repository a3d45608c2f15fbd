package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/certify"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
)

var mixes = collection[certify.Mix]{
	kind: "mix", name: "mixes",
	key: func(m *certify.Mix) (string, *int) { return m.ID, &m.Version },
	fields: func(m certify.Mix) bson.D {
		return bson.D{{Key: "city", Value: m.City}, {Key: "year", Value: m.Year}, {Key: "busy", Value: m.Busy()}}
	},
	missing: "no certificates were counted for this city and year",
}

// Mix returns a city's count of a year (NotFound).
func (s *Store) Mix(ctx context.Context, id string) (certify.Mix, error) {
	return mixes.find(ctx, s, "mongo.Mix", "_id", id)
}

// Mixes lists counts, the latest year first.
func (s *Store) Mixes(ctx context.Context, q certify.MixQuery) ([]certify.Mix, error) {
	f := filter{order: by("-year", "_id"), limit: q.Limit}
	f.is("city", q.City)
	if q.Year != 0 {
		f.and("year", q.Year)
	}
	if q.Busy {
		f.and("busy", true)
	}
	return mixes.list(ctx, s, "mongo.Mixes", f)
}

// PutMix stores a count with its audit entry and jobs (Conflict).
func (s *Store) PutMix(ctx context.Context, v *certify.Mix, e audit.Entry, jobs ...outbox.Job) error {
	return mixes.put(ctx, s, "mongo.PutMix", v, e, jobs...)
}

var waitings = collection[certify.Waiting]{
	kind: "waiting", name: "waitings",
	key: func(w *certify.Waiting) (string, *int) { return w.Enrolment, &w.Version },
	fields: func(w certify.Waiting) bson.D {
		return bson.D{{Key: "city", Value: w.City}, {Key: "place", Value: w.Place}, {Key: "sitting", Value: w.Sitting},
			{Key: "body", Value: w.Body}, {Key: "state", Value: string(w.State)}}
	},
	missing: "this certificate does not wait for the cap",
}

// WaitingOf returns the place of an enrolment's certificate in the queue (NotFound).
func (s *Store) WaitingOf(ctx context.Context, enrolment string) (certify.Waiting, error) {
	return waitings.find(ctx, s, "mongo.WaitingOf", "_id", enrolment)
}

func waitingFilter(q certify.WaitingQuery) filter {
	f := filter{order: by("city", "place", "_id"), limit: q.Limit}
	f.is("city", q.City)
	f.is("sitting", q.Sitting)
	f.is("body", q.Body)
	if len(q.States) > 0 {
		var states bson.A
		for _, state := range q.States {
			states = append(states, string(state))
		}
		f.and("state", bson.D{{Key: "$in", Value: states}})
	}
	if q.Place != 0 {
		f.and("place", q.Place)
	}
	if q.After != 0 {
		f.and("place", bson.D{{Key: "$gt", Value: q.After}})
	}
	return f
}

// Waitings lists who waits, by city and place.
func (s *Store) Waitings(ctx context.Context, q certify.WaitingQuery) ([]certify.Waiting, error) {
	return waitings.list(ctx, s, "mongo.Waitings", waitingFilter(q))
}

// CountWaitings is the length of the list of all pages.
func (s *Store) CountWaitings(ctx context.Context, q certify.WaitingQuery) (int, error) {
	q.After = 0
	return waitings.count(ctx, s, "mongo.CountWaitings", waitingFilter(q))
}

// PutWaiting stores a place in the queue with its audit entry and jobs (Conflict).
func (s *Store) PutWaiting(ctx context.Context, v *certify.Waiting, e audit.Entry, jobs ...outbox.Job) error {
	return waitings.put(ctx, s, "mongo.PutWaiting", v, e, jobs...)
}
