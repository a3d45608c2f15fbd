package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kaoping/internal/audit"
	"kaoping/policies/access"
)

// beside is a second instance on the same store: services and server of its own.
func (a *testApp) beside(t *testing.T) *testApp {
	t.Helper()
	second, err := wire(a.config, a.engines, a.clock.now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	server, err := second.web(a.config, nil)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	t.Cleanup(server.Drain)
	d := *a.demoSeed
	d.app = second
	return &testApp{demoSeed: &d, config: a.config, engines: a.engines, url: listener.URL}
}

// at is the same browser, with its cookies, at another instance.
func (c *client) at(other *testApp) *client {
	from, _ := url.Parse(c.url)
	to, _ := url.Parse(other.url)
	c.http.Jar.SetCookies(to, c.http.Jar.Cookies(from))
	return &client{c.t, other.url, c.http}
}

// bearer is a program with a token.
func (a *testApp) bearer(t *testing.T, token string) *client {
	c := a.withoutCookies(t)
	c.http.Transport = bearing(token)
	return c
}

type bearing string

func (token bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Authorization", "Bearer "+string(token))
	return http.DefaultTransport.RoundTrip(r)
}

func TestWhatIsTakenAwayIsGoneOnEveryInstance(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	b := a.beside(t)
	admin, officer := a.as(t, "admin").inEnglish(), a.as(t, "officer").at(b)
	account := "/api/v1/accounts/" + a.people["officer"].ID
	body := "/api/v1/bodies/" + a.body.ID
	officer.get(body).ok(t, http.StatusOK)
	admin.do(http.MethodDelete, account+"/grants?key="+url.QueryEscape(a.people["officer"].Grants[0].Key()), nil).ok(t, http.StatusNoContent)
	officer.get(body).refused(t, http.StatusForbidden, "forbidden")
	admin.post(account+"/grants", map[string]any{"role": "officer", "region": demoCounty}).ok(t, http.StatusCreated)
	officer.get(body).ok(t, http.StatusOK)
	admin.put(account+"/disabled", map[string]bool{"disabled": true}).ok(t, http.StatusNoContent)
	officer.get("/api/v1/me").refused(t, http.StatusUnauthorized, "unauthenticated")
	admin.put(account+"/disabled", map[string]bool{"disabled": false}).ok(t, http.StatusNoContent)
	officer.get("/api/v1/me").ok(t, http.StatusOK)

	created := admin.post("/api/v1/accounts", map[string]any{
		"login": "trainer", "name": "培训管理系统", "program": true, "grants": []any{map[string]string{"role": "client", "body": a.body.ID}},
	}).ok(t, http.StatusCreated)
	tokens := "/api/v1/accounts/" + created.text("id") + "/tokens"
	made := admin.post(tokens, map[string]any{"name": "夜间同步", "scopes": []string{"body:read"}, "until": "2026-12-31"}).ok(t, http.StatusCreated)
	program := b.bearer(t, made.text("text"))
	program.get(body).ok(t, http.StatusOK)
	program.get("/api/v1/bodies/"+a.body.ID+"/papers").refused(t, http.StatusForbidden, "forbidden")
	if shown := admin.get("/api/v1/accounts/"+created.text("id")).ok(t, http.StatusOK); strings.Contains(shown.body, made.text("text")) {
		t.Error("the token can be read again")
	}
	admin.do(http.MethodDelete, tokens+"/"+made.text("id"), nil).ok(t, http.StatusNoContent)
	program.get(body).refused(t, http.StatusUnauthorized, "unauthenticated")
}

// TestAStreamEndsWithItsSessionOrItsLease takes them away on one instance
// while the stream runs on the other.
func TestAStreamEndsWithItsSessionOrItsLease(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	b := a.beside(t)
	sitting, list := a.runningSitting(t, 2)
	for i, end := range map[int]struct {
		what string
		do   func(t *testing.T, c *client, id string)
		last string
	}{
		0: {"the session", func(t *testing.T, c *client, _ string) {
			c.post("/api/v1/logout", nil).ok(t, http.StatusNoContent)
		}, ""},
		1: {"the lease", func(t *testing.T, _ *client, id string) {
			attempt, err := a.store.Attempt(context.Background(), id)
			if err != nil {
				t.Fatal(err)
			}
			attempt.Lease = "another"
			if err := a.store.PutAttempt(context.Background(), &attempt, audit.Entry{Stream: "sitting/" + sitting.ID, Object: "attempt/" + id, At: testNow, Who: audit.System, What: "attempt:takeover"}); err != nil {
				t.Fatal(err)
			}
		}, `"lease_valid":false`},
	} {
		t.Run(end.what, func(t *testing.T) {
			t.Parallel()
			c := a.candidate(t, sitting, list[i])
			started := c.post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK)
			there := c.at(b)
			there.http.Timeout = 0
			response, err := there.http.Get(b.url + "/api/v1/attempts/" + list[i].ID + "/events?lease=" + started.text("lease"))
			if err != nil || response.StatusCode != http.StatusOK {
				t.Fatal(response.Status, err)
			}
			defer response.Body.Close()
			lines, ended := bufio.NewScanner(response.Body), make(chan string, 1)
			lines.Scan() // it runs
			end.do(t, c, list[i].ID)
			go func() {
				last := ""
				for lines.Scan() {
					if text := lines.Text(); text != "" {
						last = text
					}
				}
				ended <- last
			}()
			select {
			case last := <-ended:
				if !strings.Contains(last, end.last) {
					t.Errorf("its last line is %s", last)
				}
			case <-time.After(patience):
				t.Error("it goes on")
			}
		})
	}
}

func TestGrantsAreGivenLentAndExplained(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	admin := a.as(t, "admin").inEnglish()
	create := func(login string, grants ...map[string]any) apiReply {
		return admin.post("/api/v1/accounts", map[string]any{"login": login, "name": login, "password": demoPassword, "grants": grants})
	}
	refusal := create("both", map[string]any{"role": "inspector", "region": demoCounty}, map[string]any{"role": "examiner", "body": a.body.ID})
	refusal.refused(t, http.StatusUnprocessableEntity, "refused")
	if !strings.Contains(refusal.text("detail"), "never scores") {
		t.Error(refusal.body)
	}
	create("colleague", map[string]any{"role": "statistician", "region": demoCounty}).ok(t, http.StatusCreated)
	create("past", map[string]any{"role": "officer", "region": demoCounty, "from": "2026-01-01", "until": "2026-11-20"}).ok(t, http.StatusCreated)
	create("wrong", map[string]any{"role": "industry", "region": demoCounty, "trades": []string{"no such trade"}}).refused(t, http.StatusUnprocessableEntity, "invalid")

	sitting := "/api/v1/sittings/" + a.drafted(t, a.as(t, "scheduler"), testNow.AddDate(0, 0, 9))
	a.as(t, "past").get(sitting).refused(t, http.StatusForbidden, "forbidden")
	officer, colleague := a.as(t, "officer").inEnglish(), a.as(t, "colleague").inEnglish()
	colleague.get(sitting+"/enrolments").refused(t, http.StatusForbidden, "forbidden")
	loan := map[string]any{"original": a.people["officer"].Grants[0].Key(), "to": "colleague", "from": "2026-11-21", "until": "2026-11-25"}
	officer.post("/api/v1/delegations", loan).ok(t, http.StatusNoContent)
	colleague.get(sitting+"/enrolments").ok(t, http.StatusOK)

	me := colleague.get("/api/v1/me").ok(t, http.StatusOK)
	why := func(who *client, action, place string) (answer struct {
		Allowed bool
		Text    string
		Grants  []struct{ Verdict, Text string }
	}) {
		who.get("/api/v1/accounts/"+me.text("id")+"/why?action="+action+"&"+place).ok(t, http.StatusOK).into(t, &answer)
		return answer
	}
	if got := why(colleague, "sitting:accept", "region="+demoCounty); !got.Allowed || got.Text != "Yes: as officer." || len(got.Grants) != 2 || got.Grants[1].Verdict != "allows" {
		t.Errorf("%+v", got)
	}
	if got := why(admin, "sitting:accept", "region="+demoNeighbour); got.Allowed || got.Grants[1].Verdict != "elsewhere" || !strings.Contains(got.Text, "officer") {
		t.Errorf("%+v", got)
	}
	a.as(t, "neighbour").get("/api/v1/accounts/"+me.text("id")+"/why?action=sitting:accept&region="+demoCounty).refused(t, http.StatusForbidden, "forbidden")

	admin.do(http.MethodDelete, "/api/v1/accounts/"+a.people["officer"].ID+"/grants?key="+url.QueryEscape(a.people["officer"].Grants[0].Key()), nil).ok(t, http.StatusNoContent)
	colleague.get(sitting+"/enrolments").refused(t, http.StatusForbidden, "forbidden")
	if got := why(colleague, "sitting:accept", "region="+demoCounty); got.Allowed || got.Grants[1].Verdict != "withdrawn" {
		t.Errorf("%+v", got)
	}
}

// TestAccountsOfTheFirstReleaseStayValid reads an account as it was stored
// before grants had days, trades and lenders.
func TestAccountsOfTheFirstReleaseStayValid(t *testing.T) {
	t.Parallel()
	var account access.Account
	stored := `{"ID":"a","Version":1,"Login":"officer","Name":"王演示","Password":"x","Grants":[{"Role":"officer","Region":"410423","Body":""}],"Disabled":false}`
	if err := json.Unmarshal([]byte(stored), &account); err != nil {
		t.Fatal(err)
	}
	a := newApp(t)
	actor := access.Actor{ID: account.ID, Grants: account.Grants}
	if err := a.policy.Decide(actor, "sitting:accept", access.Scope{Region: demoCounty}); err != nil {
		t.Error(err)
	}
	if key := account.Grants[0].Key(); key != "officer/410423/////" {
		t.Error(key)
	}
}
