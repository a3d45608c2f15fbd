package main

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// special makes a sitting one of a capped track, with a state and people who passed.
func (a *testApp) special(t *testing.T, sitting exam.Sitting, state exam.State, list []exam.Enrolment) exam.Sitting {
	t.Helper()
	ctx := context.Background()
	entry := audit.Entry{Stream: "sitting/" + sitting.ID, At: a.now(), Who: access.System().ID, What: "sitting:draft"}
	sitting, err := a.store.Sitting(ctx, sitting.ID)
	if err != nil {
		t.Fatal(err)
	}
	sitting.Track, sitting.State = rulebook.SpecialSkill, state
	if err := a.store.PutSitting(ctx, &sitting, entry); err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		e.Outcome = exam.Passed
		if err := a.store.PutEnrolment(ctx, &e, entry); err != nil {
			t.Fatal(err)
		}
	}
	body, err := a.store.Body(ctx, sitting.Body)
	if err != nil {
		t.Fatal(err)
	}
	for i := range body.Scopes {
		body.Scopes[i].Tracks = rulebook.Tracks
	}
	if err := a.store.PutBody(ctx, &body, entry); err != nil {
		t.Fatal(err)
	}
	return sitting
}

// TestWhoWaitsIsToldWhyAndWhere: the first special skill certificate of a year
// waits; the candidate, the body and the bureau see the place, the share and
// what would free it, and the sitting showed it before.
func TestWhoWaitsIsToldWhyAndWhere(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 2)
	a.special(t, sitting, exam.Staffed, nil)
	scheduler := a.as(t, "scheduler")
	if page := scheduler.get("/sittings/" + sitting.ID); page.status != http.StatusOK || !strings.Contains(page.body, `id="forecast"`) || !strings.Contains(page.body, "100.0%") {
		t.Errorf("the sitting does not show where it would bring the city: %d", page.status)
	}
	if r := scheduler.get("/api/v1/sittings/" + sitting.ID + "/forecast"); r.text("warning") != "over" || r.text("then.share") != "100.0%" {
		t.Errorf("the forecast: %s", r.body)
	}
	a.special(t, sitting, exam.Confirmed, list)
	if r := scheduler.post("/api/v1/enrolments/"+list[0].ID+"/certificate", nil); r.status != http.StatusOK || r.text("state") != string(certify.Waits) || r.text("number") != "" {
		t.Errorf("the API says %d %s", r.status, r.body)
	}
	if r := scheduler.get("/api/v1/enrolments/" + list[0].ID + "/waiting"); r.status != http.StatusOK || r.json["now"] != 1. || r.json["freed_by"] != 9. || r.text("cap") != "10%" {
		t.Errorf("how it waits: %s", r.body)
	}
	for path, says := range map[string]string{
		"/enrolments/" + list[0].ID:            "最迟再签发 9 本其他证书",
		"/sittings/" + sitting.ID + "/results": "排队第 1 位",
		"/board/queue?region=" + a.body.Region: `<td class="num">9</td>`,
	} {
		if page := a.as(t, "officer").get(path); page.status != http.StatusOK || !strings.Contains(page.body, says) {
			t.Errorf("%s does not say %s: %d", path, says, page.status)
		}
	}
	id, err := a.exam.IDNumber(list[0])
	if err != nil {
		t.Fatal(err)
	}
	candidate := a.client(t)
	candidate.form("/my/login", "ticket", list[0].Ticket, "last_six", id.LastSix())
	if page := candidate.get("/my"); page.status != http.StatusOK || !strings.Contains(page.body, "排在第 1 位") && !strings.Contains(page.body, "第 1 位") || !strings.Contains(page.body, "最迟再签发 9 本其他证书") {
		t.Errorf("the candidate is not told: %d %s", page.status, page.body)
	}
}
