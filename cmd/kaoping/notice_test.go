package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// TestASittingInAnotherCountyWaitsForBothBureaus takes a notice across a county's
// border through the API and the pages (R37).
func TestASittingInAnotherCountyWaitsForBothBureaus(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	scheduler, officer, neighbour := a.as(t, "scheduler").inEnglish(), a.as(t, "officer").inEnglish(), a.as(t, "neighbour").inEnglish()
	draft := a.draft(testNow.AddDate(0, 0, 6))
	a.changeBody(t, func(b *standing.Body) { b.Sites[0].Region = demoNeighbour })
	draft["subsidised"] = true
	made := scheduler.post("/api/v1/sittings", draft).ok(t, http.StatusCreated)
	if made.text("host_region") != demoNeighbour || made.json["subsidised"] != true {
		t.Error(made.body)
	}
	at := "/api/v1/sittings/" + made.text("id")
	page := "/sittings/" + made.text("id")
	scheduler.post(at+"/notice", nil).ok(t, http.StatusOK)
	officer.post(at+"/acceptance", nil).by(t, "R37")
	if r := officer.get(page); !strings.Contains(r.body, "its bureau has not consented yet") || !strings.Contains(r.body, "consent-own") || strings.Contains(r.body, "consent-host") {
		t.Error("the own officer's page", r.body)
	}
	if r := neighbour.get("/sittings"); !strings.Contains(r.body, page) {
		t.Error("the host's officer does not find it")
	}
	if r := neighbour.get(page); r.status != http.StatusOK || !strings.Contains(r.body, "consent-host") || strings.Contains(r.body, "consent-own") || strings.Contains(r.body, `id="accept"`) {
		t.Error("the host officer's page", r.status, r.body)
	}
	neighbour.get(at+"/enrolments").refused(t, http.StatusForbidden, "forbidden")
	neighbour.post(at+"/acceptance", nil).refused(t, http.StatusForbidden, "forbidden")
	scheduler.post(at+"/consent", map[string]string{"side": "own"}).refused(t, http.StatusForbidden, "forbidden")
	officer.post(at+"/consent", map[string]string{"side": "own"}).ok(t, http.StatusOK)
	response, err := neighbour.http.PostForm(a.url+page+"/consent", url.Values{"side": {"host"}, "note": {"考场已查看"}})
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if r := officer.get(at); !strings.Contains(r.body, "考场已查看") || strings.Count(r.body, `"side"`) != 2 {
		t.Error(r.body)
	}
	officer.post(at+"/acceptance", nil).ok(t, http.StatusOK)
}

// TestTheDirectoryTellsTracks finds bodies by track, and shows what a filing names.
func TestTheDirectoryTellsTracks(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.changeBody(t, func(b *standing.Body) {
		b.Scopes = []standing.Scope{{Trade: demoTrade, Levels: []rulebook.Level{demoLevel}, Tracks: []rulebook.Track{rulebook.SkillLevel}}}
	})
	public := a.client(t)
	for track, want := range map[string]bool{"skill_level": true, "completion": false, "": true} {
		path := "/api/v1/directory"
		if track != "" {
			path += "?track=" + track
		}
		if r := public.get(path).ok(t, http.StatusOK); strings.Contains(r.body, a.body.ID) != want {
			t.Errorf("%q: %s", track, r.body)
		}
	}
	if r := public.get("/api/v1/directory").ok(t, http.StatusOK); !strings.Contains(r.body, `"tracks":["skill_level"]`) {
		t.Error(r.body)
	}
	draft := a.draft(testNow.AddDate(0, 0, 6))
	draft["track"] = "completion"
	a.as(t, "scheduler").post("/api/v1/sittings", draft).by(t, "R30")
}

// TestRemarksOnASitting has an industry department opine before it, and the
// internal supervisor record it (R40).
func TestRemarksOnASitting(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := t.Context()
	industry := func(trade string) access.Actor {
		return access.Actor{ID: "industry", Name: "演示行业", Grants: []access.Grant{{Role: access.Industry, Region: demoCounty, Trades: []string{trade}}}}
	}
	noticed, err := a.notified(ctx, "意见场次", testNow.AddDate(0, 0, 6), testNow, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.exam.Opine(ctx, industry("6-18-02-04"), noticed.ID, "同意"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("of another trade: %v", err)
	}
	if _, err := a.exam.Opine(ctx, industry(demoTrade), noticed.ID, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("without words: %v", err)
	}
	if _, err := a.exam.Opine(ctx, industry(demoTrade), noticed.ID, "设备符合要求"); err != nil {
		t.Error(err)
	}
	if r := a.as(t, "officer").get("/sittings/" + noticed.ID); !strings.Contains(r.body, "设备符合要求") {
		t.Error("the officer does not read it")
	}

	sitting := a.published(t)
	at := "/api/v1/sittings/" + sitting.ID
	officer, supervisor := a.as(t, "officer").inEnglish(), a.as(t, "supervisor")
	missing := "internal supervisor is missing"
	if r := officer.get("/sittings/" + sitting.ID); !strings.Contains(r.body, missing) {
		t.Error("who confirms is not told")
	}
	officer.post(at+"/supervision", map[string]string{"text": "x"}).refused(t, http.StatusForbidden, "forbidden")
	if r := supervisor.post(at+"/supervision", map[string]string{"text": "秩序良好"}).ok(t, http.StatusOK); r.text("internal.note") != "秩序良好" {
		t.Error(r.body)
	}
	supervisor.post(at+"/supervision", map[string]string{"text": "再记"}).refused(t, http.StatusUnprocessableEntity, "refused")
	if r := officer.get("/sittings/" + sitting.ID); strings.Contains(r.body, missing) || !strings.Contains(r.body, "秩序良好") {
		t.Error("the record is not shown")
	}
}
