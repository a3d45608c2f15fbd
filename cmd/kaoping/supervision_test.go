package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// by fails the test unless a rule refuses, with its clause.
func (r apiReply) by(t *testing.T, rule string) {
	t.Helper()
	r.refused(t, http.StatusUnprocessableEntity, "refused")
	if r.text("rule.id") != rule || r.text("rule.document") == "" {
		t.Errorf("refused by %q, want %s: %s", r.text("rule.id"), rule, r.body)
	}
}

// says fails the test unless an issue of the refusal names the rule.
func (r apiReply) says(t *testing.T, rule string) {
	t.Helper()
	r.refused(t, http.StatusUnprocessableEntity, "refused")
	if !strings.Contains(r.body, `"rule":"`+rule+`"`) {
		t.Errorf("no word of %s: %s", rule, r.body)
	}
}

// changeBody changes what is filed, past the officers.
func (a *testApp) changeBody(t *testing.T, change func(*standing.Body)) {
	t.Helper()
	body, err := a.store.Body(t.Context(), a.body.ID)
	if err != nil {
		t.Fatal(err)
	}
	change(&body)
	if err := a.store.PutBody(t.Context(), &body, audit.Entry{Stream: "body/" + body.ID, Object: "body/" + body.ID, At: a.clock.now(), Who: "test", What: "body:file"}); err != nil {
		t.Fatal(err)
	}
}

// published takes a sitting to its published results; the clock stands a day later.
func (a *testApp) published(t *testing.T) exam.Sitting {
	t.Helper()
	sitting, list := a.examined(t, 95)
	if err := a.scorePractical(t.Context(), list[0], 90); err != nil {
		t.Fatal(err)
	}
	a.as(t, "invigilator1").post("/api/v1/sittings/"+sitting.ID+"/closing", map[string]bool{"record_absent": true}).ok(t, http.StatusNoContent)
	a.as(t, "scheduler").post("/api/v1/sittings/"+sitting.ID+"/publication", nil).ok(t, http.StatusOK)
	a.clock.set(testNow.AddDate(0, 0, 1))
	return sitting
}

func TestNoResultsAreConfirmedWithoutTheInspectorsSignature(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	at := "/api/v1/sittings/" + a.published(t).ID
	officer, inspector := a.as(t, "officer").inEnglish(), a.as(t, "inspector").inEnglish()
	refusal := officer.post(at+"/confirmation", nil)
	refusal.by(t, "R40")
	if !strings.Contains(refusal.body, "考核巡查人员签字") {
		t.Error(refusal.body)
	}
	for _, other := range []string{"officer", "scheduler", "examiner1", "invigilator1", "neighbour"} {
		a.as(t, other).post(at+"/signature", map[string]any{}).refused(t, http.StatusForbidden, "forbidden")
	}
	signed := inspector.post(at+"/signature", map[string]any{"note": "秩序良好"}).ok(t, http.StatusOK)
	if signed.text("signature.name") != "何巡查" || signed.text("signature.note") != "秩序良好" {
		t.Error(signed.body)
	}
	inspector.post(at+"/signature", map[string]any{}).refused(t, http.StatusUnprocessableEntity, "refused")
	officer.post(at+"/confirmation", nil).ok(t, http.StatusOK)
}

func TestARecordIsSignedFromTheStartOnByWhoDoesNotWorkInIt(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, err := a.ready(t.Context(), "电工 · 五级 · 巡查场次", testNow, 1)
	if err != nil {
		t.Fatal(err)
	}
	at, inspector := "/api/v1/sittings/"+sitting.ID+"/signature", a.as(t, "inspector")
	a.clock.set(testNow.Add(-time.Second))
	inspector.post(at, map[string]any{}).refused(t, http.StatusForbidden, "early")
	a.clock.set(testNow)
	sitting.Rooms[0].Invigilators = append(sitting.Rooms[0].Invigilators, a.people["inspector"].ID)
	put := func() {
		t.Helper()
		if err := a.store.PutSitting(t.Context(), &sitting, audit.Entry{Stream: "sitting/" + sitting.ID, Object: "sitting/" + sitting.ID, At: testNow, Who: "test", What: "sitting:staff"}); err != nil {
			t.Fatal(err)
		}
	}
	put()
	inspector.post(at, map[string]any{}).by(t, "R40")
	sitting.Rooms[0].Invigilators = sitting.Rooms[0].Invigilators[:2]
	put()
	inspector.post(at, map[string]any{}).ok(t, http.StatusOK)
}

// staffing is what the demonstration's scheduler arranges.
func (a *testApp) staffing() map[string]any {
	return map[string]any{
		"paper": a.paper.ID, "invigilators": map[string][]string{"第一考场": {a.people["invigilator1"].ID, a.people["invigilator2"].ID}},
		"examiners": []string{a.people["examiner1"].ID, a.people["examiner2"].ID, a.people["examiner3"].ID},
		"tasks":     []map[string]string{{"name": "操作", "points": "100"}},
	}
}

// accepted is a sitting with candidates that waits to be staffed.
func (a *testApp) accepted(t *testing.T, candidates int) exam.Sitting {
	t.Helper()
	sitting, err := a.notified(t.Context(), "电工 · 五级 · 待排场次", testNow.AddDate(0, 0, 6), testNow, candidates)
	if err != nil {
		t.Fatal(err)
	}
	a.as(t, "officer").post("/api/v1/sittings/"+sitting.ID+"/acceptance", nil).ok(t, http.StatusOK)
	return sitting
}

func TestAnExaminerNeedsAValidCertificateOfTheTradeWhenStaffedAndWhenScoring(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting := a.accepted(t, 2)
	at, scheduler := "/api/v1/sittings/"+sitting.ID+"/staffing", a.as(t, "scheduler")
	registered := func(until time.Time) {
		a.changeBody(t, func(b *standing.Body) {
			b.Staff = []standing.Staff{{ID: "1", Name: "吴考评甲", IDHash: "hash-of-examiner1", Account: a.people["examiner1"].ID, Proofs: []standing.Proof{{Number: "示例", Trade: demoTrade, Until: until}}}}
		})
	}
	registered(sitting.StartsAt.AddDate(0, 0, -1))
	scheduler.put(at, a.staffing()).by(t, "R19")
	if r := scheduler.get("/api/v1/sittings/"+sitting.ID+"/staffable?role=examiner").ok(t, http.StatusOK); strings.Contains(r.body, a.people["examiner1"].ID) || !strings.Contains(r.body, a.people["examiner2"].ID) {
		t.Errorf("who can be chosen: %s", r.body)
	}
	registered(sitting.StartsAt)
	scheduler.put(at, a.staffing()).ok(t, http.StatusOK)

	lift := a.barred(t, standing.PersonParty("hash-of-examiner1"))
	scheduler.put(at, a.staffing()).byBlacklist(t)
	a.clock.set(a.clock.now().Add(time.Millisecond))
	lift()

	a.clock.set(sitting.StartsAt.Add(-time.Hour))
	registered(sitting.StartsAt.AddDate(0, 0, -1)) // withdrawn meanwhile
	open := "/api/v1/sittings/" + sitting.ID + "/rooms/第一考场/opening"
	a.as(t, "invigilator1").post(open, nil).by(t, "R19")
	registered(sitting.StartsAt)
	a.as(t, "invigilator1").post(open, nil).ok(t, http.StatusOK)
	list := a.enrolled(t, sitting.ID)
	score := func() apiReply {
		return a.as(t, "examiner1").put("/api/v1/enrolments/"+list[0].ID+"/practical", map[string]any{"items": []string{"80"}})
	}
	registered(sitting.StartsAt.AddDate(0, 0, -1))
	score().by(t, "R19")
	registered(sitting.StartsAt)
	lift = a.barred(t, standing.PersonParty("hash-of-examiner1"))
	score().byBlacklist(t)
	a.clock.set(a.clock.now().Add(time.Millisecond))
	lift()
	score().ok(t, http.StatusOK)
}

func TestNobodyExaminesKinOrAClassTheyTaught(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting := a.accepted(t, 2)
	at, scheduler, list := "/api/v1/sittings/"+sitting.ID, a.as(t, "scheduler"), a.enrolled(t, sitting.ID)
	recusal := func(e exam.Enrolment) string { return "/api/v1/enrolments/" + e.ID + "/recusals" }
	scheduler.post(recusal(list[0]), map[string]string{"account": a.people["examiner1"].ID, "why": "taught"}).ok(t, http.StatusNoContent)
	a.as(t, "examiner2").post(recusal(list[0]), map[string]string{"account": a.people["examiner3"].ID, "why": "kin"}).refused(t, http.StatusForbidden, "forbidden")
	scheduler.put(at+"/staffing", a.staffing()).says(t, "R19")

	// Two more examiners: the one who taught the class stays out.
	in := a.staffing()
	for _, login := range []string{"examiner4", "examiner5"} {
		account, err := a.accounts.Create(t.Context(), access.System(), login, login, demoPassword, []access.Grant{{Role: access.Examiner, Body: a.body.ID}})
		if err != nil {
			t.Fatal(err)
		}
		a.people[login] = access.Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}
	}
	in["examiners"] = []string{a.people["examiner2"].ID, a.people["examiner3"].ID, a.people["examiner4"].ID}
	scheduler.put(at+"/staffing", in).ok(t, http.StatusOK)
	a.clock.set(sitting.StartsAt.Add(-time.Hour))
	a.as(t, "invigilator1").post(at+"/rooms/第一考场/opening", nil).ok(t, http.StatusOK)

	// Kinship comes to light while the sitting runs: the others score.
	kin := a.as(t, "examiner4")
	kin.post(recusal(list[1]), map[string]string{"why": "kin"}).ok(t, http.StatusNoContent)
	sheet := map[string]any{"items": []string{"80"}}
	kin.put("/api/v1/enrolments/"+list[1].ID+"/practical", sheet).by(t, "R19")
	kin.put("/api/v1/enrolments/"+list[0].ID+"/practical", sheet).ok(t, http.StatusOK)
	kin.post(recusal(list[0]), map[string]string{"why": "kin"}).refused(t, http.StatusUnprocessableEntity, "refused") // has scored
	for _, login := range []string{"examiner2", "examiner3"} {
		a.as(t, login).put("/api/v1/enrolments/"+list[1].ID+"/practical", sheet).ok(t, http.StatusOK)
	}
	if e, err := a.store.Enrolment(t.Context(), list[1].ID); err != nil || e.Practical.Mean == nil || *e.Practical.Mean != 80_00 {
		t.Errorf("%+v, %v", e.Practical, err)
	}
}

// TestAFilingIsAskedForAtEveryStep has a body suspended, or its filing run out,
// between two steps.
func TestAFilingIsAskedForAtEveryStep(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	scheduler, officer := a.as(t, "scheduler"), a.as(t, "officer")
	gate := func(what string, act func() apiReply) {
		t.Helper()
		a.changeBody(t, func(b *standing.Body) { b.State = standing.Suspended })
		act().by(t, "R30")
		a.changeBody(t, func(b *standing.Body) { b.State = standing.Listed })
		if r := act(); r.status/100 != 2 {
			t.Fatalf("%s, after it was restored: %s", what, r.body)
		}
	}
	sitting, err := a.notified(t.Context(), "电工 · 五级 · 备案场次", testNow.AddDate(0, 0, 6), testNow, 1)
	if err != nil {
		t.Fatal(err)
	}
	at := "/api/v1/sittings/" + sitting.ID
	gate("acceptance", func() apiReply { return officer.post(at+"/acceptance", nil) })
	row := a.candidates(1)[0]
	gate("enrolment", func() apiReply {
		return scheduler.post(at+"/candidates", map[string]string{"name": row.Name, "id_number": row.IDNumber})
	})
	gate("staffing", func() apiReply { return scheduler.put(at+"/staffing", a.staffing()) })
	a.clock.set(sitting.StartsAt.Add(-time.Hour))
	gate("room", func() apiReply { return a.as(t, "invigilator1").post(at+"/rooms/第一考场/opening", nil) })

	a = newApp(t)
	done := a.published(t)
	a.sign(t, done.ID)
	a.changeBody(t, func(b *standing.Body) { b.ValidUntil = testNow }) // the last day was yesterday
	a.as(t, "officer").post("/api/v1/sittings/"+done.ID+"/confirmation", nil).by(t, "R30")
	a.changeBody(t, func(b *standing.Body) { b.ValidUntil = testNow.AddDate(0, 0, 1) })
	a.as(t, "officer").post("/api/v1/sittings/"+done.ID+"/confirmation", nil).ok(t, http.StatusOK)
}

func TestARoomIsNotOpenedWithFewerStaffThanItNeedsNow(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting := a.accepted(t, 2)
	at := "/api/v1/sittings/" + sitting.ID
	a.as(t, "scheduler").put(at+"/staffing", a.staffing()).ok(t, http.StatusOK)
	a.clock.set(sitting.StartsAt.Add(-time.Hour))
	admin, account := a.as(t, "admin"), "/api/v1/accounts/"+a.people["invigilator2"].ID+"/grants"
	admin.do(http.MethodDelete, account+"?key="+a.people["invigilator2"].Grants[0].Key(), nil).ok(t, http.StatusNoContent)
	a.as(t, "invigilator1").post(at+"/rooms/第一考场/opening", nil).by(t, "R17")
	admin.post(account, map[string]any{"role": "invigilator", "body": a.body.ID}).ok(t, http.StatusCreated)
	a.as(t, "invigilator1").post(at+"/rooms/第一考场/opening", nil).ok(t, http.StatusOK)
}
