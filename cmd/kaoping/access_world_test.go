package main

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/oklog/ulid/v2"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/rulebook/amend"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
	"kaoping/policies/standing/inspection"
)

// spot is one place of the matrix with one thing of each kind in it.
type spot struct {
	letter      string
	region      string
	body        standing.Body
	sitting     exam.Sitting // cancelled, so that what is allowed is refused for another reason
	enrolment   exam.Enrolment
	certificate certify.Certificate
	waiting     certify.Waiting // of a certificate, released by an exception
	blueprint   bank.Blueprint
	account     access.Account       // that holds a grant here
	change      amend.Change         // of a rule, rejected
	violation   cases.Case           // of the body, at its end
	personal    cases.Case           // about the candidate, at its end
	filing      standing.Application // of the body, declined
	plan        inspection.Plan      // drawn
	visit       inspection.Visit     // signed, by everybody
	grade       inspection.Credit    // that another one took the place of
	paper       central.Paper        // of the bureau, revoked
}

// world is the places of the matrix, and one person for each role.
type world struct {
	*testApp
	handler http.Handler
	spots   []spot
	actors  map[access.Role]person
}

// The city in which roles are granted, and the places around it.
const matrixCity = "410400"

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{testApp: newApp(t), actors: map[access.Role]person{}}
	w.accounts.Store = &remembered{Store: w.accounts.Store}
	w.handler = w.testApp.handler(t)
	for i, place := range []struct{ letter, region string }{
		{"o", matrixCity}, {"c", demoCounty}, {"p", "410000"}, {"s", "410500"}, {"x", "140000"}, {"b", matrixCity}, {"d", matrixCity},
	} {
		w.spots = append(w.spots, w.settle(t, i, place.letter, place.region))
	}
	own := w.spots[5]
	for _, role := range roles() {
		w.actors[role] = w.person(t, role, own)
	}
	everybody := []string{}
	for _, p := range w.actors {
		everybody = append(everybody, p.actor.ID)
	}
	// Everybody invigilates and examines everywhere, so that only the role and
	// the place decide.
	for i := range w.spots {
		sitting := &w.spots[i].sitting
		sitting.State, sitting.Examiners = exam.Cancelled, everybody
		sitting.Rooms[0].Invigilators = everybody
		w.put(t, w.store.PutSitting(context.Background(), sitting, w.entry()))
		w.spots[i].visit.Inspectors = everybody
		w.put(t, w.store.PutVisit(context.Background(), &w.spots[i].visit, w.entry()))
	}
	return w
}

func (w *world) entry() audit.Entry {
	return audit.Entry{Stream: "test", Object: "test/1", At: testNow, Who: audit.System, What: "test"}
}

func (w *world) put(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// settle puts a body with one of each thing into a region.
func (w *world) settle(t *testing.T, i int, letter, region string) spot {
	t.Helper()
	ctx, system := context.Background(), access.System()
	at := spot{letter: letter, region: region}
	var err error
	at.body, err = w.standing.File(ctx, system, standing.Body{
		Name: "示范机构" + letter, Kind: standing.Social, Code: "0000", Region: region,
		Scopes:    []standing.Scope{{Trade: demoTrade, Levels: []rulebook.Level{demoLevel}}},
		Sites:     []standing.Site{{Serial: "000001", Name: "示范机房", Rooms: []standing.Room{{Name: "一", Seats: 9}}}},
		ValidFrom: testNow.AddDate(-1, 0, 0), ValidUntil: testNow.AddDate(2, 0, 0),
	})
	w.put(t, err)
	at.sitting, err = w.exam.Draft(ctx, system, exam.Draft{Body: at.body.ID, Site: at.body.Sites[0].ID, Trade: demoTrade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: testNow.AddDate(0, 0, 9)})
	w.put(t, err)
	_, err = w.exam.Enrol(ctx, system, at.sitting.ID, w.candidates(1))
	w.put(t, err)
	list, err := w.store.Enrolments(ctx, exam.EnrolmentQuery{Sitting: at.sitting.ID})
	w.put(t, err)
	at.enrolment = list[0]
	w.put(t, w.store.PutAttempt(ctx, &exam.Attempt{ID: at.enrolment.ID, Sitting: at.sitting.ID, Room: "一", Paper: w.paper.ID, State: exam.Submitted, Lease: "l", StartedAt: testNow, Deadline: testNow, SettleAt: testNow.AddDate(1, 0, 0)}, w.entry()))
	at.certificate = certify.Certificate{Number: fmt.Sprintf("S%021d", i), Enrolment: at.enrolment.ID, Sitting: at.sitting.ID, Body: at.body.ID, Region: region, State: certify.Numbered}
	w.put(t, w.store.PutCertificate(ctx, &at.certificate, w.entry()))
	at.waiting = certify.Waiting{Enrolment: at.enrolment.ID, City: w.book.City(region), County: region, Year: testNow.Year(), Place: i + 1, Sitting: at.sitting.ID, Body: at.body.ID, State: certify.Excepted}
	w.put(t, w.store.PutWaiting(ctx, &at.waiting, w.entry()))
	at.blueprint = bank.Blueprint{ID: ulid.Make().String(), Owner: at.body.ID, Trade: demoTrade, Level: demoLevel, Name: "空", Lines: []bank.BlueprintLine{{Type: bank.Single, Count: 1, Each: 100_00}}}
	w.put(t, w.store.PutBlueprint(ctx, &at.blueprint, w.entry()))
	at.violation = cases.Case{
		ID: ulid.Make().String(), Kind: cases.Violation, Region: region, State: cases.Upheld, Rank: "2/" + letter, Party: standing.BodyParty(at.body.ID), Name: at.body.Name, Title: "x",
		Steps: []cases.Step{{What: cases.OpReport, At: testNow}}, Letters: []cases.Letter{{Kind: cases.Notice, Number: "x", At: testNow}},
	}
	w.put(t, w.store.PutCase(ctx, &at.violation, w.entry()))
	at.personal = at.violation
	at.personal.ID, at.personal.Version, at.personal.Rank, at.personal.Party, at.personal.Enrolment = ulid.Make().String(), 0, "2/own"+letter, standing.PersonParty(at.enrolment.IDHash), at.enrolment.ID
	w.put(t, w.store.PutCase(ctx, &at.personal, w.entry()))
	at.change = amend.Change{ID: ulid.Make().String(), Param: rulebook.Param{Region: region}, State: amend.Rejected, ProposedBy: "x"}
	w.put(t, w.store.PutRuleChange(ctx, &at.change, w.entry()))
	at.filing = standing.Application{ID: ulid.Make().String(), Kind: standing.ToChange, Body: at.body.ID, Region: region, Proposal: at.body, State: standing.Rejected}
	w.put(t, w.store.PutApplication(ctx, &at.filing, w.entry()))
	at.plan = inspection.Plan{ID: ulid.Make().String(), Region: region, Kind: inspection.Special, Title: "x", Seed: 1}
	w.put(t, w.store.PutPlan(ctx, &at.plan, w.entry()))
	at.visit = inspection.Visit{ID: inspection.VisitID(at.plan.ID, at.body.ID), Plan: at.plan.ID, Kind: inspection.Special, Body: at.body.ID, Region: region, State: inspection.Signed, On: testNow}
	at.grade = inspection.Credit{ID: ulid.Make().String(), Body: at.body.ID, Region: region, Grade: inspection.GradeA, State: inspection.Replaced, By: "x"}
	w.put(t, w.store.PutCredit(ctx, &at.grade, w.entry()))
	at.paper = central.Paper{ID: ulid.Make().String(), Region: region, Track: rulebook.Completion, Trade: demoTrade, Level: demoLevel, Name: "x", StartsAt: testNow, State: central.Revoked, SetBy: "x", Current: central.FormA}
	w.put(t, w.store.PutCentralPaper(ctx, &at.paper, w.entry()))
	grant := access.Grant{Role: access.Setter, Region: region}
	if letter == "b" || letter == "d" {
		grant = access.Grant{Role: access.Supervisor, Body: at.body.ID}
	}
	at.account = w.account(t, "here-"+letter, false, grant)
	return at
}

// account stores an account without a password.
func (w *world) account(t *testing.T, login string, program bool, grant access.Grant) access.Account {
	t.Helper()
	a := access.Account{ID: ulid.Make().String(), Login: login, Name: login, Program: program, Grants: []access.Grant{grant}}
	w.put(t, w.store.PutAccount(context.Background(), &a, w.entry()))
	return a
}

// person gives one role at the centre of the world, with a session or a token.
func (w *world) person(t *testing.T, role access.Role, own spot) person {
	t.Helper()
	ctx := context.Background()
	session := access.Session{Enrolment: own.enrolment.ID}
	who := person{actor: access.Actor{ID: own.enrolment.ID, Enrolment: own.enrolment.ID}, header: "Cookie"}
	if role != access.Candidate {
		grant := access.Grant{Role: role, Region: matrixCity}
		switch role {
		case access.Industry:
			grant.Trades = []string{demoTrade}
		case access.Scheduler, access.Author, access.ItemReviewer, access.Supervisor, access.Invigilator, access.Examiner, access.Senior, access.Client:
			grant = access.Grant{Role: role, Body: own.body.ID}
		}
		a := w.account(t, "matrix-"+string(role), role == access.Client, grant)
		session, who.actor = access.Session{Account: a.ID}, access.Actor{ID: a.ID, Name: a.Name, Grants: a.Grants}
	}
	if role == access.Client {
		scopes := w.policy.Effect(access.Client)
		text, _, err := w.accounts.IssueToken(ctx, access.System(), who.actor.ID, "x", scopes, testNow)
		w.put(t, err)
		w.accounts.Store.(*remembered).accounts.Clear()
		who.header, who.value, who.actor.Token = "Authorization", "Bearer "+text, scopes
		return who
	}
	token, err := w.accounts.OpenSession(ctx, session)
	w.put(t, err)
	who.value = "kaoping=" + token
	return who
}
