package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/exam"
	"kaoping/internal/audit"
)

var enrolments = collection[exam.Enrolment]{
	kind: "enrolment", name: "enrolments",
	key: func(e *exam.Enrolment) (string, *int) { return e.ID, &e.Version },
	fields: func(e exam.Enrolment) bson.D {
		return bson.D{{Key: "sitting", Value: e.Sitting}, {Key: "ticket", Value: e.Ticket}, {Key: "id_hash", Value: e.IDHash},
			{Key: "room", Value: e.Room}, {Key: "name", Value: e.Name}}
	},
	missing: "there is no such enrolment",
	taken: map[string]string{
		"enrolments_ticket": "this ticket number is taken",
		"enrolments_person": "this person is enrolled in the sitting already",
	},
}

// Enrolment returns an enrolment (NotFound).
func (s *Store) Enrolment(ctx context.Context, id string) (exam.Enrolment, error) {
	return enrolments.find(ctx, s, "mongo.Enrolment", "_id", id)
}

// EnrolmentByTicket returns the enrolment of a ticket (NotFound).
func (s *Store) EnrolmentByTicket(ctx context.Context, ticket string) (exam.Enrolment, error) {
	return enrolments.find(ctx, s, "mongo.EnrolmentByTicket", "ticket", ticket)
}

// Enrolments lists enrolments in ticket order.
func (s *Store) Enrolments(ctx context.Context, q exam.EnrolmentQuery) ([]exam.Enrolment, error) {
	f := enrolled(q)
	f.order, f.limit = by("ticket"), q.Limit
	f.after("ticket", q.After)
	return enrolments.list(ctx, s, "mongo.Enrolments", f)
}

// CountEnrolments counts what Enrolments would list on all pages.
func (s *Store) CountEnrolments(ctx context.Context, q exam.EnrolmentQuery) (int, error) {
	return enrolments.count(ctx, s, "mongo.CountEnrolments", enrolled(q))
}

// enrolled selects enrolments, without those that are being dropped.
func enrolled(q exam.EnrolmentQuery) (f filter) {
	f.and("doc", bson.D{{Key: "$exists", Value: true}})
	f.is("sitting", q.Sitting)
	f.is("room", q.Room)
	f.is("id_hash", q.Person)
	f.has(q.Text, "name", "ticket")
	return f
}

// PutEnrolment stores an enrolment with its entry (Conflict, also for a second
// one of a person in a sitting and for a ticket that is taken).
func (s *Store) PutEnrolment(ctx context.Context, v *exam.Enrolment, e audit.Entry) error {
	return enrolments.put(ctx, s, "mongo.PutEnrolment", v, e)
}

// DropEnrolment removes an enrolment (Conflict); its entry has no digest.
func (s *Store) DropEnrolment(ctx context.Context, v exam.Enrolment, e audit.Entry) error {
	return enrolments.drop(ctx, s, "mongo.DropEnrolment", v, e)
}
