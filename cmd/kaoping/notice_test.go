package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// TestASittingInAnotherCountyWaitsForBothBureaus takes a notice across a county's
// border through the API and the pages (R37).
func TestASittingInAnotherCountyWaitsForBothBureaus(t *testing.T) {
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
