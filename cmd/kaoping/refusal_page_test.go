package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kaoping/policies/standing"
)

// TestARefusalInFrontOfACandidateNamesItsRule bars a body before and after its
// candidate came in: the door and the exam room link to the rule.
func TestARefusalInFrontOfACandidateNamesItsRule(t *testing.T) {
	t.Parallel()
	a, c := newApp(t), startChrome(t)
	sitting, list := a.runningSitting(t, 2)
	a.clock.set(sitting.StartsAt.Add(-10 * time.Minute))
	inside := a.seat(c, a.paper, list[0])
	inside.enter(sitting.Rooms[0].Code)
	inside.sees("#countdown")
	a.barred(t, standing.BodyParty(a.body.ID))

	id, err := a.exam.IDNumber(list[1])
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"ticket": {list[1].Ticket}, "last_six": {id.LastSix()}, "code": {sitting.Rooms[0].Code}}
	request, err := http.NewRequest(http.MethodPost, a.url+"/room", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if door := a.client(t).send(request); door.status != http.StatusUnprocessableEntity || !strings.Contains(door.body, `href="/rules#R33"`) {
		t.Error(door.status, door.body)
	}

	a.clock.set(sitting.StartsAt)
	inside.open("/room/exam")
	inside.sees("#notice[data-kind=refused] .clause", "R33", "黑名单")
	if link := read[string](inside.window, `document.querySelector("#notice .clause a").getAttribute("href")`); link != "/rules#R33" {
		t.Error(link)
	}
}
