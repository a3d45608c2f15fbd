package sqlite

import (
	"context"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
)

var sittings = collection[exam.Sitting]{
	kind: "sitting", table: "sittings",
	key:     func(s *exam.Sitting) (string, *int) { return s.ID, &s.Version },
	missing: "there is no such sitting",
}

// Sitting returns a sitting (NotFound).
func (s *Store) Sitting(ctx context.Context, id string) (exam.Sitting, error) {
	return sittings.find(ctx, s, "sqlite.Sitting", "id", id)
}

// Sittings lists sittings, newest first.
func (s *Store) Sittings(ctx context.Context, q exam.SittingQuery) ([]exam.Sitting, error) {
	f := filter{order: "id DESC", limit: q.Limit}
	f.is("body", q.Body)
	if q.Region != "" {
		f.and("(region = ? OR host = ?)", q.Region, q.Region)
	}
	f.is("central", q.Central)
	f.any("state", words(q.States))
	if q.Staff != "" {
		f.and(`(EXISTS (SELECT 1 FROM json_each(doc, '$.Examiners') AS examiner WHERE examiner.value = ?)
			OR EXISTS (SELECT 1 FROM json_each(doc, '$.Rooms') AS room, json_each(room.value, '$.Invigilators') AS invigilator WHERE invigilator.value = ?))`, q.Staff, q.Staff)
	}
	f.has(q.Text, "title")
	if q.Before != "" {
		f.and("id < ?", q.Before)
	}
	return sittings.list(ctx, s, "sqlite.Sittings", f)
}

// PutSitting stores a sitting with its entry and jobs (Conflict).
func (s *Store) PutSitting(ctx context.Context, v *exam.Sitting, e audit.Entry, jobs ...outbox.Job) error {
	return sittings.put(ctx, s, "sqlite.PutSitting", v, e, func(t *tx) error { return t.enqueue(jobs) })
}
