package sqlite

import (
	"context"

	"kaoping/certify"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
)

var mixes = collection[certify.Mix]{
	kind: "mix", table: "mixes",
	key:     func(m *certify.Mix) (string, *int) { return m.ID, &m.Version },
	missing: "no certificates were counted for this city and year",
}

// Mix returns a city's count of a year (NotFound).
func (s *Store) Mix(ctx context.Context, id string) (certify.Mix, error) {
	return mixes.find(ctx, s, "sqlite.Mix", "id", id)
}

// Mixes lists counts, the latest year first.
func (s *Store) Mixes(ctx context.Context, q certify.MixQuery) ([]certify.Mix, error) {
	f := filter{order: "year DESC, id", limit: q.Limit}
	f.is("city", q.City)
	if q.Year != 0 {
		f.and("year = ?", q.Year)
	}
	if q.Busy {
		f.and("busy = 1")
	}
	return mixes.list(ctx, s, "sqlite.Mixes", f)
}

// PutMix stores a count with its audit entry and jobs (Conflict).
func (s *Store) PutMix(ctx context.Context, v *certify.Mix, e audit.Entry, jobs ...outbox.Job) error {
	return mixes.put(ctx, s, "sqlite.PutMix", v, e, func(t *tx) error { return t.enqueue(jobs) })
}

var waitings = collection[certify.Waiting]{
	kind: "waiting", table: "waitings",
	key:     func(w *certify.Waiting) (string, *int) { return w.Enrolment, &w.Version },
	missing: "this certificate does not wait for the cap",
}

// WaitingOf returns the place of an enrolment's certificate in the queue (NotFound).
func (s *Store) WaitingOf(ctx context.Context, enrolment string) (certify.Waiting, error) {
	return waitings.find(ctx, s, "sqlite.WaitingOf", "id", enrolment)
}

func waitingFilter(q certify.WaitingQuery) filter {
	f := filter{order: "city, place, id", limit: q.Limit}
	f.is("city", q.City)
	f.is("sitting", q.Sitting)
	f.is("body", q.Body)
	f.any("state", words(q.States))
	if q.Place != 0 {
		f.and("place = ?", q.Place)
	}
	if q.After != 0 {
		f.and("place > ?", q.After)
	}
	return f
}

// Waitings lists who waits, by city and place.
func (s *Store) Waitings(ctx context.Context, q certify.WaitingQuery) ([]certify.Waiting, error) {
	return waitings.list(ctx, s, "sqlite.Waitings", waitingFilter(q))
}

// CountWaitings is the length of the list of all pages.
func (s *Store) CountWaitings(ctx context.Context, q certify.WaitingQuery) (int, error) {
	q.After, q.Limit = 0, 0
	f := waitingFilter(q)
	f.order = ""
	return waitings.count(ctx, s, "sqlite.CountWaitings", f)
}

// PutWaiting stores a place in the queue with its audit entry and jobs (Conflict).
func (s *Store) PutWaiting(ctx context.Context, v *certify.Waiting, e audit.Entry, jobs ...outbox.Job) error {
	return waitings.put(ctx, s, "sqlite.PutWaiting", v, e, func(t *tx) error { return t.enqueue(jobs) })
}
