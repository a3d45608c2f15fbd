package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
)

var sittings = collection[exam.Sitting]{
	kind: "sitting", name: "sittings",
	key: func(s *exam.Sitting) (string, *int) { return s.ID, &s.Version },
	fields: func(s exam.Sitting) bson.D {
		return bson.D{{Key: "body", Value: s.Body}, {Key: "state", Value: string(s.State)}, {Key: "title", Value: s.Title},
			{Key: "staff", Value: staff(s)}, {Key: "regions", Value: []string{s.Region, s.Host}}, {Key: "central", Value: s.Central}}
	},
	missing: "there is no such sitting",
}

// staff is everybody with a part in a sitting.
func staff(s exam.Sitting) []string {
	list := append([]string{}, s.Examiners...)
	for _, room := range s.Rooms {
		list = append(list, room.Invigilators...)
	}
	return list
}

// Sitting returns a sitting (NotFound).
func (s *Store) Sitting(ctx context.Context, id string) (exam.Sitting, error) {
	return sittings.find(ctx, s, "mongo.Sitting", "_id", id)
}

// Sittings lists sittings, newest first.
func (s *Store) Sittings(ctx context.Context, q exam.SittingQuery) ([]exam.Sitting, error) {
	f := filter{order: by("-_id"), limit: q.Limit}
	f.is("body", q.Body)
	f.of("regions", q.Region)
	f.is("central", q.Central)
	if len(q.States) > 0 {
		f.and("state", bson.D{{Key: "$in", Value: q.States}})
	}
	f.is("staff", q.Staff)
	f.has(q.Text, "title")
	if q.Before != "" {
		f.and("_id", bson.D{{Key: "$lt", Value: q.Before}})
	}
	return sittings.list(ctx, s, "mongo.Sittings", f)
}

// PutSitting stores a sitting with its entry and jobs (Conflict).
func (s *Store) PutSitting(ctx context.Context, v *exam.Sitting, e audit.Entry, jobs ...outbox.Job) error {
	return sittings.put(ctx, s, "mongo.PutSitting", v, e, jobs...)
}
