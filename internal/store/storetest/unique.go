package storetest

import (
	"sync/atomic"
	"testing"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/standing"
)

func uniqueConflicts(t *testing.T, s Store) {
	ctx := t.Context()
	e := entry("stream", "", "thing:add")

	login := account(1)
	must(t, s.PutAccount(ctx, &login, e))
	other := account(2)
	other.Login = login.Login
	wantCode(t, "a login name twice", s.PutAccount(ctx, &other, e), fault.Conflict)
	other.Login = "login2"
	must(t, s.PutAccount(ctx, &other, e))
	other.Login = login.Login
	wantCode(t, "change to a login name that is taken", s.PutAccount(ctx, &other, e), fault.Conflict)

	first := enrolment(1)
	must(t, s.PutEnrolment(ctx, &first, e))
	person := enrolment(2)
	person.IDHash = first.IDHash
	wantCode(t, "a person twice in a sitting", s.PutEnrolment(ctx, &person, e), fault.Conflict)
	person.Sitting = "sitting-2"
	must(t, s.PutEnrolment(ctx, &person, e))
	ticket := enrolment(3)
	ticket.Ticket = first.Ticket
	wantCode(t, "a ticket twice", s.PutEnrolment(ctx, &ticket, e), fault.Conflict)

	issued := certificate(1)
	must(t, s.PutCertificate(ctx, &issued, e))
	second := certificate(2)
	second.Enrolment = issued.Enrolment
	wantCode(t, "a second certificate of an enrolment", s.PutCertificate(ctx, &second, e), fault.Conflict)

	open := application(1)
	must(t, s.PutApplication(ctx, &open, e))
	another := application(2)
	wantCode(t, "a second open application of a body", s.PutApplication(ctx, &another, e), fault.Conflict)
	open.State = standing.Granted
	must(t, s.PutApplication(ctx, &open, e))
	must(t, s.PutApplication(ctx, &another, e))
	for n := range 2 { // bodies that are not filed yet have no id
		first := application(3 + n)
		first.Kind, first.Body = standing.ToFile, ""
		must(t, s.PutApplication(ctx, &first, e))
	}

	var stored atomic.Int32
	together(64, func(i int) {
		v := enrolment(100 + i)
		v.IDHash = "one person"
		if err := s.PutEnrolment(ctx, &v, e); err == nil {
			stored.Add(1)
		} else {
			wantCode(t, "one of many that enrol a person", err, fault.Conflict)
		}
	})
	if stored.Load() != 1 {
		t.Errorf("a person was enrolled %d times at once, want 1", stored.Load())
	}
}

func enrolmentDropped(t *testing.T, s Store) {
	ctx, object := t.Context(), "enrolment/"+id(1)
	v := enrolment(1)
	must(t, s.PutEnrolment(ctx, &v, entry("stream", object, "enrolment:add")))
	old := v
	v.Room = "二号机房"
	must(t, s.PutEnrolment(ctx, &v, entry("stream", object, "enrolment:seat")))

	drop := entry("stream", object, "enrolment:withdraw")
	wantCode(t, "drop an old version", s.DropEnrolment(ctx, old, drop), fault.Conflict)
	must(t, s.DropEnrolment(ctx, v, drop))
	_, err := s.Enrolment(ctx, v.ID)
	wantCode(t, "get what is dropped", err, fault.NotFound)
	_, err = s.EnrolmentByTicket(ctx, v.Ticket)
	wantCode(t, "find the ticket of what is dropped", err, fault.NotFound)
	wantCode(t, "drop it again", s.DropEnrolment(ctx, v, drop), fault.Conflict)
	wantCode(t, "change what is dropped", s.PutEnrolment(ctx, &v, drop), fault.Conflict)

	entries, err := s.Entries(ctx, "stream", 2, 10)
	if err != nil || len(entries) != 1 || entries[0].Object != object || entries[0].Version != 3 || entries[0].Digest != "" {
		t.Errorf("entries: %+v, %v; want one without a digest", entries, err)
	}
	back := exam.Enrolment{ID: id(2), Sitting: v.Sitting, Ticket: v.Ticket, IDHash: v.IDHash}
	must(t, s.PutEnrolment(ctx, &back, entry("stream", "enrolment/"+id(2), "enrolment:add")))
	checkAudit(t, s, map[string]int{"enrolment/" + id(2): 1})
}
