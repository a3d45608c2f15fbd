package main

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/policies/access"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// seconds are the second pair of the county's supervision, for appeals.
func (a *testApp) seconds(t *testing.T) (officer, reviewer *client) {
	t.Helper()
	for login, role := range map[string]access.Role{"standing2": access.Standing, "reviewer2": access.Reviewer} {
		if _, err := a.accounts.Create(t.Context(), access.System(), login, login, demoPassword, []access.Grant{{Role: role, Region: demoCounty}}); err != nil {
			t.Fatal(err)
		}
	}
	return a.as(t, "standing2").inEnglish(), a.as(t, "reviewer2").inEnglish()
}

// heardCase takes a report by the API to the end of its hearing.
func (a *testApp) heardCase(t *testing.T, party map[string]string, intended string) (path string) {
	t.Helper()
	inspector, officer := a.as(t, "inspector").inEnglish(), a.as(t, "standing").inEnglish()
	reported := inspector.post("/api/v1/cases", map[string]any{"party": party, "title": "考场无人监考", "text": "第一考场开考后二十分钟内无监考人员。"}).ok(t, http.StatusCreated)
	path = "/api/v1/cases/" + reported.text("id")
	inspector.get(path).refused(t, http.StatusForbidden, "forbidden") // who reports does not read the case
	picture := base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n…"))
	officer.post(path+"/evidence", map[string]string{"text": "巡查照片", "file": "照片.png", "content": picture}).ok(t, http.StatusCreated)
	officer.post(path+"/establishment", nil).ok(t, http.StatusOK)
	officer.post(path+"/notice", map[string]any{"facts": "经查属实。", "intended": []string{intended}}).ok(t, http.StatusOK)
	officer.post(path+"/hearing", map[string]string{"text": "x"}).refused(t, http.StatusForbidden, "early")
	officer.post(path+"/statement", map[string]string{"text": "当事人书面说明。"}).ok(t, http.StatusOK)
	officer.post(path+"/hearing", map[string]string{"text": "当事人对事实无异议。"}).ok(t, http.StatusOK)
	return path
}

func TestABlacklistingByTwoOfficersAndItsAppeal(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	officer2, reviewer2 := a.seconds(t)
	officer, reviewer, scheduler := a.as(t, "standing").inEnglish(), a.as(t, "reviewer").inEnglish(), a.as(t, "scheduler").inEnglish()
	inTime := a.drafted(t, scheduler, testNow.AddDate(0, 0, 10))

	path := a.heardCase(t, map[string]string{"body": a.body.ID}, "blacklist")
	own := "/api/v1/bodies/" + a.body.ID + strings.TrimPrefix(path, "/api/v1")
	scheduler.get(path).refused(t, http.StatusForbidden, "forbidden")
	if own := scheduler.get(own).ok(t, http.StatusOK); own.text("facts") != "经查属实。" || strings.Contains(own.body, "巡查照片") || strings.Contains(own.body, "inspector") || strings.Contains(own.body, "何巡查") {
		t.Error("the party sees the evidence or who reported", own.body)
	}
	proposal := map[string]any{"facts": "认定属实。", "public": true, "notice": "考场管理严重失职。", "measures": []map[string]any{{"kind": "blacklist", "running": "finish"}}}
	officer.post(path+"/proposal", proposal).ok(t, http.StatusOK)
	if own := scheduler.get(own); strings.Contains(own.body, "blacklisted") || own.json["decision"] != nil {
		t.Error("the party sees what is only proposed", own.body)
	}
	officer.post(path+"/approval", nil).refused(t, http.StatusForbidden, "forbidden")
	decided := reviewer.post(path+"/approval", nil).ok(t, http.StatusOK)
	if decided.text("state") != "decided" || decided.text("decision.decided_at") == "" || decided.text("decision.rulebook") != a.book.Hash() {
		t.Error(decided.body)
	}

	refusal := scheduler.post("/api/v1/sittings/"+inTime+"/notice", nil)
	refusal.refused(t, http.StatusUnprocessableEntity, "refused")
	if refusal.text("rule.id") != "R33" || !strings.Contains(refusal.text("rule.quote"), "黑名单") {
		t.Error(refusal.body)
	}
	a.worker.RunDue(t.Context())
	if sitting, err := a.store.Sitting(t.Context(), inTime); err != nil || sitting.State != exam.Cancelled {
		t.Error("a sitting to come is not cancelled", sitting.State, err)
	}
	exits := a.client(t).get("/api/v1/exits?region=410400").ok(t, http.StatusOK)
	if !strings.Contains(exits.body, a.body.Name) || !strings.Contains(exits.body, "考场管理严重失职。") {
		t.Error(exits.body)
	}
	if page := a.client(t).get("/exits"); page.status != http.StatusOK || !strings.Contains(page.body, a.body.Name) {
		t.Error("the public list does not name the body")
	}

	scheduler.post(path+"/appeal", map[string]string{"text": "处理过重。"}).ok(t, http.StatusOK)
	officer.post(path+"/ruling", map[string]any{"uphold": true, "reason": "x"}).refused(t, http.StatusForbidden, "forbidden")
	officer2.post(path+"/ruling", map[string]any{"uphold": true, "reason": "证据不足。"}).ok(t, http.StatusOK)
	reviewer.post(path+"/ruling/approval", nil).refused(t, http.StatusForbidden, "forbidden")
	if upheld := reviewer2.post(path+"/ruling/approval", nil).ok(t, http.StatusOK); upheld.text("state") != "upheld" {
		t.Error(upheld.body)
	}
	again := a.drafted(t, scheduler, testNow.AddDate(0, 0, 11))
	scheduler.post("/api/v1/sittings/"+again+"/notice", nil).ok(t, http.StatusOK)
	if body, err := a.store.Body(t.Context(), a.body.ID); err != nil || body.State != standing.Listed {
		t.Error(body.State, err)
	}
	if exits := a.client(t).get("/api/v1/exits").ok(t, http.StatusOK); strings.Contains(exits.body, a.body.Name) {
		t.Error(exits.body)
	}
	a.isSound(t)
}

func TestACheatersRecordIsVoidAndItsCertificateRevoked(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	if err := a.finished(t.Context(), testNow); err != nil {
		t.Fatal(err)
	}
	a.clock.set(testNow)
	officer2, reviewer2 := a.seconds(t)
	sittings, err := a.store.Sittings(t.Context(), exam.SittingQuery{States: []exam.State{exam.Confirmed}})
	if err != nil || len(sittings) == 0 {
		t.Fatal(err)
	}
	e := a.enrolled(t, sittings[0].ID)[0]
	certificate, err := a.store.CertificateOf(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	officer, reviewer := a.as(t, "standing").inEnglish(), a.as(t, "reviewer").inEnglish()

	path := a.heardCase(t, map[string]string{"enrolment": e.ID}, "year_barred")
	officer.post(path+"/proposal", map[string]any{"facts": "替考。", "measures": []map[string]any{{"kind": "heavier"}}}).refused(t, http.StatusUnprocessableEntity, "refused")
	officer.post(path+"/proposal", map[string]any{"facts": "替考。", "measures": []map[string]any{{"kind": "year_barred"}}}).ok(t, http.StatusOK)
	reviewer.post(path+"/approval", nil).ok(t, http.StatusOK)
	if e, err = a.store.Enrolment(t.Context(), e.ID); err != nil || e.Outcome != exam.Void || len(e.Voids) != 1 {
		t.Errorf("%+v %v", e, err)
	}
	if c, err := a.store.Certificate(t.Context(), certificate.Number); err != nil || c.State != "revoked" {
		t.Error(c.State, err)
	}
	if err := a.standing.Clear(t.Context(), standing.ToEnrol, standing.PersonParty(e.IDHash)); err == nil {
		t.Error("the candidate is not barred")
	}
	if exits := a.client(t).get("/api/v1/exits").ok(t, http.StatusOK); strings.Contains(exits.body, e.Name) {
		t.Error("a person on the public list", exits.body)
	}
	officer.post(path+"/appeal", map[string]string{"text": "本人参加考试。"}).ok(t, http.StatusOK)
	officer2.post(path+"/ruling", map[string]any{"uphold": true, "reason": "证据不足。"}).ok(t, http.StatusOK)
	reviewer2.post(path+"/ruling/approval", nil).ok(t, http.StatusOK)
	if e, err = a.store.Enrolment(t.Context(), e.ID); err != nil || e.Outcome != exam.Passed || e.VoidedBy() != "" {
		t.Errorf("%+v %v", e, err)
	}
	stands := func() {
		t.Helper()
		if c, err := a.store.Certificate(t.Context(), certificate.Number); err != nil || c.State != certificate.State {
			t.Error(c.State, err)
		}
	}
	stands()
	late := strings.TrimPrefix(path, "/api/v1/cases/") // an instance that stood still carries out what is undone
	if err := errors.Join(a.exam.Void(t.Context(), e.ID, "", late), a.certify.RevokeOf(t.Context(), e.ID, late)); err != nil {
		t.Error(err)
	}
	stands()
	if e, err = a.store.Enrolment(t.Context(), e.ID); err != nil || e.Outcome != exam.Passed {
		t.Errorf("%+v %v", e, err)
	}
	a.isSound(t)
}

// isSound recomputes every chain.
func (a *testApp) isSound(t *testing.T) {
	t.Helper()
	v, err := a.verify(t.Context())
	if err != nil || len(v.Damaged) > 0 {
		t.Error(v.Damaged, err)
	}
}

func TestComplaintsNeedNoAccountAndAreBounded(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	public, officer := a.client(t).inEnglish(), a.as(t, "standing").inEnglish()
	in := map[string]string{"region": demoCounty, "name": "某培训学校", "title": "代考", "text": "有人代考。"}
	sent := public.post("/api/v1/complaints", in).ok(t, http.StatusCreated)
	if got := public.get("/api/v1/complaints/"+sent.text("id")).ok(t, http.StatusOK); got.text("state") != "reported" || strings.Contains(got.body, "代考") {
		t.Error(got.body)
	}
	public.get("/api/v1/cases/"+sent.text("id")).refused(t, http.StatusUnauthorized, "unauthenticated")
	if got := officer.get("/api/v1/cases?waits=officer&source=public").ok(t, http.StatusOK); !strings.Contains(got.body, "某培训学校") {
		t.Error(got.body)
	}
	for range 4 {
		public.post("/api/v1/complaints", in).ok(t, http.StatusCreated)
	}
	public.post("/api/v1/complaints", in).refused(t, http.StatusTooManyRequests, "throttled")
}

func TestASittingThatEndedIsLookedAtForSignals(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 2)
	first, second := list[0], list[1]
	for _, e := range []exam.Enrolment{first, second} {
		if _, err := a.exam.Start(t.Context(), access.Actor{ID: e.ID, Enrolment: e.ID}, access.Session{ID: "device-0", Enrolment: e.ID}); err != nil {
			t.Fatal(err)
		}
	}
	for _, device := range []string{"device-1", "device-2", "device-3"} {
		_, _ = a.exam.Start(t.Context(), access.Actor{ID: first.ID, Enrolment: first.ID}, access.Session{ID: device, Enrolment: first.ID})
		if err := a.exam.ApproveTakeover(t.Context(), a.people["invigilator1"], first.ID); err != nil {
			t.Fatal(err)
		}
	}
	a.clock.set(sitting.Deadline().Add(time.Hour))
	for range 3 {
		a.tick(t.Context())
	}
	found, err := a.cases.Cases(t.Context(), a.people["standing"], cases.Query{Source: cases.BySystem})
	if err != nil || len(found) != 1 || found[0].Enrolment != first.ID || found[0].State != cases.Reported {
		t.Errorf("%+v %v", found, err)
	}
}
