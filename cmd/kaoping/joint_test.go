package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// guestOf is the second body of the tests with a paper and staff of its own.
func (a *testApp) guestOf(t *testing.T) *demoSeed {
	t.Helper()
	ctx := t.Context()
	body, err := a.store.Body(ctx, a.people[rival].Body())
	if err != nil {
		t.Fatal(err)
	}
	now := a.clock.now()
	guest := &demoSeed{app: a.app, clock: a.clock, body: body, people: map[string]access.Actor{"author": access.System(), "officer": a.people["officer"], "scheduler": access.System()}, serial: 500}
	if err := guest.bankAndPaper(ctx, now); err != nil {
		t.Fatal(err)
	}
	a.clock.set(now)
	for login, role := range map[string]access.Role{"invigilator1": access.Invigilator, "invigilator2": access.Invigilator, "examiner1": access.Examiner, "examiner2": access.Examiner, "examiner3": access.Examiner} {
		account := access.Account{ID: "guest-" + login, Login: "guest-" + login, Name: "客" + login, Grants: []access.Grant{{Role: role, Body: body.ID}}}
		if err := a.store.PutAccount(ctx, &account, testEntry(now)); err != nil {
			t.Fatal(err)
		}
		guest.people[login] = access.Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}
	}
	return guest
}

func (d *demoSeed) arrange(t *testing.T, sitting string, invigilators ...string) error {
	t.Helper()
	var watch []string
	for _, login := range invigilators {
		watch = append(watch, d.people[login].ID)
	}
	_, err := d.exam.Staff(t.Context(), access.System(), sitting, exam.Staffing{
		Paper: d.paper.ID, Invigilators: map[string][]string{"第一考场": watch}, Tasks: demoTasks,
		Examiners: []string{d.people["examiner1"].ID, d.people["examiner2"].ID, d.people["examiner3"].ID},
	})
	return err
}

// seats fails the test when two candidates of the sittings share a seat, and
// counts those who have one.
func (a *testApp) seats(t *testing.T, sittings ...string) (seated int) {
	t.Helper()
	at := map[string]string{}
	for _, id := range sittings {
		list, err := a.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: id})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			seat := e.Room + string(rune('0'+e.Seat))
			if e.Seat == 0 || at[seat] != "" {
				t.Errorf("%s and %s in %s %d", at[seat], e.Ticket, e.Room, e.Seat)
			}
			at[seat] = e.Ticket
			seated++
		}
	}
	return seated
}

// TestSmallCohortsOfTwoBodiesSitTogether has a cohort of the second body in the
// rooms of the first (R14): its own notice, staff, candidates and scores, the
// same seats and the same code at the door.
func TestSmallCohortsOfTwoBodiesSitTogether(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := t.Context()
	guest := a.guestOf(t)
	start := testNow.AddDate(0, 0, 6)
	host, err := a.notified(ctx, "承办场次", start, testNow, 12)
	if err != nil {
		t.Fatal(err)
	}
	draft := exam.Draft{Body: guest.body.ID, Site: guest.body.Sites[0].ID, Trade: demoTrade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: start, Joint: host.ID}
	joinable := func() bool {
		list := a.as(t, rival).get("/api/v1/bodies/"+guest.body.ID+"/joinable").ok(t, http.StatusOK)
		return strings.Contains(list.body, host.ID)
	}
	if joinable() {
		t.Error("what is not accepted is offered")
	}
	if _, err := a.exam.Accept(ctx, a.people["officer"], host.ID); err != nil {
		t.Fatal(err)
	}
	if !joinable() {
		t.Error("what is accepted is not offered")
	}
	other := draft
	other.StartsAt = start.Add(time.Minute)
	if _, err := a.exam.Draft(ctx, access.System(), other); !fault.Is(err, fault.Invalid) {
		t.Errorf("at another hour: %v", err)
	}
	drafted := func(candidates int) exam.Sitting {
		t.Helper()
		sitting, err := a.exam.Draft(ctx, access.System(), draft)
		if err != nil || len(sitting.Rooms) != 2 || !strings.Contains(sitting.SiteName, host.BodyName) {
			t.Fatalf("%+v, %v", sitting, err)
		}
		if _, err := a.exam.Enrol(ctx, access.System(), sitting.ID, guest.candidates(candidates)); err != nil {
			t.Fatal(err)
		}
		return sitting
	}
	_, err = a.exam.Notify(ctx, access.System(), drafted(31).ID)
	holds(t, "a cohort of 31", "K17", err)
	if _, err = a.exam.Notify(ctx, access.System(), drafted(29).ID); !fault.Is(err, fault.Refused) {
		t.Errorf("more than the rooms have seats: %v", err)
	}
	joined := drafted(10)
	if _, err = a.exam.Notify(ctx, access.System(), joined.ID); err != nil {
		t.Fatal(err)
	}
	if _, err = a.exam.Accept(ctx, a.people["officer"], joined.ID); err != nil {
		t.Fatal(err)
	}

	if err := a.arrange(t, host.ID, "invigilator1", "invigilator2"); err != nil {
		t.Fatal(err)
	}
	if err := guest.arrange(t, joined.ID); err == nil || !strings.Contains(err.Error(), "an invigilator of its own") {
		t.Errorf("without an invigilator of its own: %v", err)
	}
	account := access.Account{ID: "guest-second", Login: "guest-second", Name: "客监考乙", Grants: []access.Grant{{Role: access.Invigilator, Body: guest.body.ID}}}
	if err := a.store.PutAccount(ctx, &account, testEntry(testNow)); err != nil {
		t.Fatal(err)
	}
	_, err = a.exam.Staff(ctx, access.System(), joined.ID, exam.Staffing{
		Paper: guest.paper.ID, Tasks: demoTasks, Invigilators: map[string][]string{"第一考场": {"guest-invigilator1"}, "第二考场": {"guest-second"}},
		Examiners: []string{"guest-examiner1", "guest-examiner2", "guest-examiner3"},
	})
	if err == nil || !strings.Contains(err.Error(), "第二考场 seats 2 candidates and needs 2 invigilators") {
		t.Errorf("two in the second room, watched by one: %v", err)
	}
	list, err := a.store.Enrolments(ctx, exam.EnrolmentQuery{Sitting: joined.ID})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list[8:] { // eight find a seat in the first room
		if err := a.exam.Withdraw(ctx, access.System(), e.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := guest.arrange(t, joined.ID, "invigilator1"); err != nil {
		t.Fatal(err)
	}
	if n := a.seats(t, host.ID, joined.ID); n != 20 {
		t.Errorf("%d seats", n)
	}
	if _, err := a.exam.Enrol(ctx, access.System(), host.ID, a.candidates(1)); err != nil {
		t.Fatal(err)
	}
	if n := a.seats(t, host.ID, joined.ID); n != 21 {
		t.Errorf("%d seats", n)
	}

	a.clock.set(start.Add(-30 * time.Minute))
	if _, err := a.exam.OpenRoom(ctx, guest.people["invigilator1"], joined.ID, "第一考场"); !fault.Is(err, fault.Refused) {
		t.Errorf("before the host: %v", err)
	}
	opened, err := a.exam.OpenRoom(ctx, a.people["invigilator1"], host.ID, "第一考场")
	if err != nil {
		t.Fatal(err)
	}
	running, err := a.exam.OpenRoom(ctx, guest.people["invigilator1"], joined.ID, "第一考场")
	if err != nil || running.Rooms[0].Code != opened.Rooms[0].Code {
		t.Fatalf("one code in a room: %+v, %v", running.Rooms, err)
	}
	a.clock.set(start)
	a.candidate(t, opened, list[0]).post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK)
	if err := guest.sit(ctx, list[1], 90, start.Add(40*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := guest.scorePractical(ctx, list[1], 90); err != nil {
		t.Error(err)
	}
	if err := a.scorePractical(ctx, list[1], 90); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the host's examiners score the guest's candidates: %v", err)
	}
	if _, _, err := a.exam.Board(ctx, a.people["invigilator1"], joined.ID, "第一考场"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the host's invigilator on the guest's board: %v", err)
	}
}

// TestAGuestIsSentHomeWhenItsHostLeaves cancels the host's sitting by an exit.
func TestAGuestIsSentHomeWhenItsHostLeaves(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := t.Context()
	host, err := a.notified(ctx, "承办场次", testNow.AddDate(0, 0, 6), testNow, 3)
	if err == nil {
		_, err = a.exam.Accept(ctx, a.people["officer"], host.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	body, err := a.store.Body(ctx, a.people[rival].Body())
	if err != nil {
		t.Fatal(err)
	}
	guest, err := a.exam.Draft(ctx, access.System(), exam.Draft{Body: body.ID, Site: body.Sites[0].ID, Trade: demoTrade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: host.StartsAt, Joint: host.ID})
	if err == nil {
		_, err = a.exam.Notify(ctx, access.System(), guest.ID)
	}
	if err == nil {
		_, err = a.exam.Accept(ctx, a.people["officer"], guest.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	a.barred(t, standing.BodyParty(a.body.ID))
	for range 2 {
		if err := a.exam.LeaveBody(ctx, "bar-"+standing.BodyParty(a.body.ID).String()); err != nil {
			t.Fatal(err)
		}
	}
	if guest, err = a.store.Sitting(ctx, guest.ID); err != nil || guest.State != exam.Returned {
		t.Errorf("%s, %v", guest.State, err)
	}
	if _, err := a.exam.Notify(ctx, access.System(), guest.ID); !fault.Is(err, fault.Refused) {
		t.Errorf("notice again without other rooms: %v", err)
	}
}
