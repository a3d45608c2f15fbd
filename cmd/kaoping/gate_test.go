package main

import (
	"net/http"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/standing"
)

// barred puts an entry on the blacklist from now on, and returns what lifts it.
func (a *testApp) barred(t *testing.T, party standing.Party) (lift func()) {
	t.Helper()
	b := standing.Bar{
		ID: "bar-" + party.String(), Party: party, Kind: standing.Blacklisted, Name: "示范机构", Region: demoCounty, From: a.clock.now(),
		Rule: fault.Rule{ID: "R33", Document: "平顶山市 2022 年工作方案（平技领办〔2022〕5号）", Clause: "二(四)20(4)", Quote: "对存在严重问题的建立“黑名单”制度，动态退出"},
	}
	if old, err := a.store.Bar(t.Context(), b.ID); err == nil {
		b.Version = old.Version
	}
	put := func() {
		t.Helper()
		if err := a.store.PutBar(t.Context(), &b, audit.Entry{Stream: "bars", At: a.clock.now(), Who: "test", What: "bar:impose"}); err != nil {
			t.Fatal(err)
		}
	}
	put()
	return func() {
		t.Helper()
		b.Lifted = a.clock.now()
		put()
	}
}

// byBlacklist fails the test unless R33 refuses.
func (r apiReply) byBlacklist(t *testing.T) {
	t.Helper()
	r.refused(t, http.StatusUnprocessableEntity, "refused")
	if r.text("rule.id") != "R33" {
		t.Errorf("refused by %q, want R33: %s", r.text("rule.id"), r.body)
	}
}

// TestABlacklistedBodyPassesNoGate has a body blacklisted between any two steps
// of its sitting: the next step is refused, and goes well once the entry is lifted.
func TestABlacklistedBodyPassesNoGate(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	body := standing.BodyParty(a.body.ID)
	scheduler, officer := a.as(t, "scheduler"), a.as(t, "officer")
	gate := func(what string, act func() apiReply) apiReply {
		t.Helper()
		lift := a.barred(t, body)
		act().byBlacklist(t)
		a.clock.set(a.clock.now().Add(time.Millisecond))
		lift()
		r := act()
		if r.status/100 != 2 {
			t.Fatalf("%s, after it was lifted: %s", what, r.body)
		}
		return r
	}
	id := gate("draft", func() apiReply { return scheduler.post("/api/v1/sittings", a.draft(testNow.AddDate(0, 0, 6))) }).text("id")
	at := "/api/v1/sittings/" + id
	gate("notice", func() apiReply { return scheduler.post(at+"/notice", nil) })
	gate("acceptance", func() apiReply { return officer.post(at+"/acceptance", nil) })

	sitting, list := a.runningSitting(t, 2)
	gate("admission", func() apiReply {
		id, err := a.exam.IDNumber(list[0])
		if err != nil {
			t.Fatal(err)
		}
		return a.client(t).post("/api/v1/room/login", map[string]string{"ticket": list[0].Ticket, "last_six": id.LastSix(), "code": sitting.Rooms[0].Code})
	})
	inside := a.candidate(t, sitting, list[0])
	gate("start", func() apiReply { return inside.post("/api/v1/attempts", struct{}{}) })
	if err := a.sit(t.Context(), list[1], 90, testNow.Add(40*time.Minute)); err != nil {
		t.Fatal(err)
	}
	examiner := a.as(t, "examiner1")
	gate("score", func() apiReply { return examiner.put("/api/v1/enrolments/"+list[1].ID+"/practical", practical("20")) })
	if err := a.scorePractical(t.Context(), list[0], 90); err != nil {
		t.Fatal(err)
	}
	if err := a.scorePractical(t.Context(), list[1], 90); err != nil {
		t.Fatal(err)
	}
	a.clock.set(testNow.Add(5 * time.Hour))
	for range 3 { // hands in, marks, closes
		if err := a.exam.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	at = "/api/v1/sittings/" + sitting.ID
	scheduler.post(at+"/publication", nil).ok(t, http.StatusOK)
	a.sign(t, sitting.ID)
	gate("confirmation", func() apiReply { return officer.post(at+"/confirmation", nil) })
	gate("certificate", func() apiReply { return scheduler.post("/api/v1/enrolments/"+list[1].ID+"/certificate", nil) })
}

// TestABlacklistedPersonIsKnownByTheNumberNotTheName enrols two people of one name.
func TestABlacklistedPersonIsKnownByTheNumberNotTheName(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	scheduler := a.as(t, "scheduler").inEnglish()
	id := a.drafted(t, scheduler, testNow.AddDate(0, 0, 6))
	rows := a.candidates(2)
	rows[1].Name = rows[0].Name
	hash := a.exam.Vault.Hash("id-number", rows[0].IDNumber)
	a.barred(t, standing.PersonParty(hash))
	report, err := a.exam.Enrol(t.Context(), a.people["scheduler"], id, rows)
	if err != nil || report.Added != 1 || len(report.Issues) != 1 || report.Issues[0].Rule != "R33" || report.Issues[0].Row != rows[0].Number {
		t.Errorf("%+v, %v", report, err)
	}
	list, err := a.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: id})
	if err != nil || len(list) != 1 || list[0].IDHash == hash {
		t.Errorf("%+v, %v", list, err)
	}
}
