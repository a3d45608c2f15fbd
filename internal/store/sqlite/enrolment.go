package sqlite

import (
	"context"

	"kaoping/exam"
	"kaoping/internal/audit"
)

var enrolments = collection[exam.Enrolment]{
	kind: "enrolment", table: "enrolments",
	key:     func(e *exam.Enrolment) (string, *int) { return e.ID, &e.Version },
	missing: "there is no such enrolment",
	taken: map[string]string{
		"enrolments.ticket":                      "this ticket number is taken",
		"enrolments.sitting, enrolments.id_hash": "this person is enrolled in the sitting already",
	},
}

// Enrolment returns an enrolment (NotFound).
func (s *Store) Enrolment(ctx context.Context, id string) (exam.Enrolment, error) {
	return enrolments.find(ctx, s, "sqlite.Enrolment", "id", id)
}

// EnrolmentByTicket returns the enrolment of a ticket (NotFound).
func (s *Store) EnrolmentByTicket(ctx context.Context, ticket string) (exam.Enrolment, error) {
	return enrolments.find(ctx, s, "sqlite.EnrolmentByTicket", "ticket", ticket)
}

// Enrolments lists enrolments in ticket order.
func (s *Store) Enrolments(ctx context.Context, q exam.EnrolmentQuery) ([]exam.Enrolment, error) {
	f := enrolled(q)
	f.order, f.limit = "ticket", q.Limit
	if q.After != "" {
		f.and("ticket > ?", q.After)
	}
	return enrolments.list(ctx, s, "sqlite.Enrolments", f)
}

// CountEnrolments counts what Enrolments would list on all pages.
func (s *Store) CountEnrolments(ctx context.Context, q exam.EnrolmentQuery) (int, error) {
	return enrolments.count(ctx, s, "sqlite.CountEnrolments", enrolled(q))
}

func enrolled(q exam.EnrolmentQuery) (f filter) {
	f.is("sitting", q.Sitting)
	f.is("room", q.Room)
	f.is("id_hash", q.Person)
	f.has(q.Text, "name", "ticket")
	return f
}

// PutEnrolment stores an enrolment with its entry (Conflict, also for a second
// one of a person in a sitting and for a ticket that is taken).
func (s *Store) PutEnrolment(ctx context.Context, v *exam.Enrolment, e audit.Entry) error {
	return enrolments.put(ctx, s, "sqlite.PutEnrolment", v, e)
}

// DropEnrolment removes an enrolment (Conflict); its entry has no digest.
func (s *Store) DropEnrolment(ctx context.Context, v exam.Enrolment, e audit.Entry) error {
	return enrolments.drop(ctx, s, "sqlite.DropEnrolment", v, e)
}
