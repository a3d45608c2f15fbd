package main

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// The story of the two gates plays in Mianchi county of Sanmenxia: there the
// bureau sets the papers of course completion examinations (R05), and the
// province's cap holds (R06).
const (
	gatesCity   = "411200"
	gatesCounty = "411221"
	gatesTrade  = "4-10-01-06" // nobody there is filed for a stronger certificate of it (R03)
)

// gatesStart is the hour of the central paper.
var gatesStart = time.Date(2026, 11, 30, 9, 0, 0, 0, rulebook.Shanghai)

// gates is a county bureau with its setters and keepers, and two bodies, each
// with staff of its own.
type gates struct {
	*testApp
	t      *testing.T
	chrome *chrome
	bodies [2]*cohort
	paper  string // id of the central paper
}

// cohort is a body of the story, its staff and its completion sitting.
type cohort struct {
	*demoSeed
	mark    string // of its people's logins
	sitting string
	list    []exam.Enrolment
}

// login is the login of one of the body's people.
func (c *cohort) login(who string) string { return c.mark + who }

// bureau is the people of the county's bureau, by login.
var bureauOfTheCounty = map[string]access.Role{
	"mc-setter1": access.Setter, "mc-setter2": access.Setter, "mc-keeper1": access.Keeper, "mc-keeper2": access.Keeper,
	"mc-officer": access.Officer, "mc-reviewer": access.Reviewer, "mc-inspector": access.Inspector,
}

// newGates files the bodies and hires everybody.
func newGates(t *testing.T) *gates {
	g := &gates{testApp: newApp(t), t: t, chrome: startChrome(t)}
	for login, role := range bureauOfTheCounty {
		g.hire(g.people, login, access.Grant{Role: role, Region: gatesCounty})
	}
	for i := range g.bodies {
		c := &cohort{demoSeed: &demoSeed{app: g.app, clock: g.clock, people: map[string]access.Actor{}}, mark: fmt.Sprintf("b%d-", i+1)}
		var err error
		c.body, err = g.standing.File(t.Context(), access.System(), standing.Body{
			Name: fmt.Sprintf("渑池县示范培训中心%d", i+1), Kind: standing.Social, Code: fmt.Sprintf("00%d1", i+1), Region: gatesCounty,
			Scopes: []standing.Scope{
				{Trade: gatesTrade, Levels: []rulebook.Level{demoLevel}, Tracks: []rulebook.Track{rulebook.Completion}},
				{Trade: demoTrade, Levels: []rulebook.Level{demoLevel}, Tracks: []rulebook.Track{rulebook.SkillLevel}},
			},
			Sites:     []standing.Site{{Serial: fmt.Sprintf("00010%d", i+1), Name: fmt.Sprintf("示范机房%d", i+1), Rooms: []standing.Room{{Name: "第一考场", Seats: 20}}}},
			ValidFrom: testNow.AddDate(-1, 0, 0), ValidUntil: testNow.AddDate(2, 0, 0),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range demoStaff {
			if p.region == "" {
				c.people[p.login] = g.hire(g.people, c.login(p.login), access.Grant{Role: p.role, Body: c.body.ID})
			}
		}
		c.people["officer"], c.people["inspector"] = g.people["mc-officer"], g.people["mc-inspector"]
		if err := c.bankAndPaper(t.Context(), testNow); err != nil {
			t.Fatal(err)
		}
		c.serial = 100 * (i + 1) // nobody twice
		g.bodies[i] = c
	}
	g.clock.set(testNow)
	return g
}

func (g *gates) hire(people map[string]access.Actor, login string, grant access.Grant) access.Actor {
	g.t.Helper()
	account, err := g.accounts.Create(context.Background(), access.System(), login, "示例"+login, demoPassword, []access.Grant{grant})
	if err != nil {
		g.t.Fatal(err)
	}
	people[login] = access.Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}
	return people[login]
}

// levelCertificates has a body examine people for the skill level, so that it
// issues so many certificates.
func (g *gates) levelCertificates(c *cohort, start time.Time, n int) {
	g.t.Helper()
	ctx, back := g.t.Context(), g.clock.now()
	sitting, err := c.ready(ctx, "电工 · 五级 · 等级认定", start, n)
	if err != nil {
		g.t.Fatal(err)
	}
	list := g.enrolled(g.t, sitting.ID)
	g.clock.set(start.Add(time.Minute))
	for _, e := range list {
		if err := c.sit(ctx, e, 95, start.Add(40*time.Minute)); err != nil {
			g.t.Fatal(err)
		}
		if err := c.scorePractical(ctx, e, 90); err != nil {
			g.t.Fatal(err)
		}
	}
	g.conclude(c, sitting.ID, start)
	if g.clock.now().Before(back) {
		g.clock.set(back)
	}
}

// conclude ends a sitting of which everybody has handed in, and goes on to the
// certificates.
func (g *gates) conclude(c *cohort, sitting string, start time.Time) {
	g.t.Helper()
	ctx := g.t.Context()
	g.clock.set(start.Add(3 * time.Hour))
	g.tick(ctx) // ends it
	g.as(g.t, "mc-inspector").post("/api/v1/sittings/"+sitting+"/signature", map[string]any{}).ok(g.t, http.StatusOK)
	g.as(g.t, c.login("scheduler")).post("/api/v1/sittings/"+sitting+"/publication", nil).ok(g.t, http.StatusOK)
	g.as(g.t, "mc-officer").post("/api/v1/sittings/"+sitting+"/confirmation", nil).ok(g.t, http.StatusOK)
	g.tick(ctx)
}
