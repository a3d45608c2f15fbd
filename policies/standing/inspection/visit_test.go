package inspection

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// drawer is a Store, the bodies and the people, in memory.
type drawer struct {
	Store
	plans   map[string]Plan
	visits  map[string]Visit
	credits map[string]Credit
	bodies  []standing.Body
	people  []access.Account
}

func (d *drawer) Plan(_ context.Context, id string) (Plan, error) { return d.plans[id], nil }
func (d *drawer) PutPlan(_ context.Context, p *Plan, _ audit.Entry) error {
	p.Version++
	d.plans[p.ID] = *p
	return nil
}
func (d *drawer) Visit(_ context.Context, id string) (Visit, error) { return d.visits[id], nil }
func (d *drawer) PutVisit(_ context.Context, v *Visit, _ audit.Entry) error {
	if d.visits[v.ID].Version != v.Version {
		return fault.New(fault.Conflict, "drawer", "this exists already")
	}
	v.Version++
	d.visits[v.ID] = *v
	return nil
}
func (d *drawer) Visits(_ context.Context, q Query) (list []Visit, err error) {
	for _, v := range d.visits {
		if (q.Body == "" || v.Body == q.Body) && (len(q.States) == 0 || slices.Contains(q.States, v.State)) && !v.On.Before(q.From) {
			list = append(list, v)
		}
	}
	return list, nil
}
func (d *drawer) Credit(_ context.Context, id string) (Credit, error) { return d.credits[id], nil }
func (d *drawer) Credits(_ context.Context, body string) (list []Credit, err error) {
	for _, c := range d.credits {
		if body == "" || c.Body == body {
			list = append(list, c)
		}
	}
	return list, nil
}
func (d *drawer) PutCredit(_ context.Context, c *Credit, _ audit.Entry) error {
	c.Version++
	d.credits[c.ID] = *c
	return nil
}
func (d *drawer) Bodies(context.Context) ([]standing.Body, error)    { return d.bodies, nil }
func (d *drawer) Accounts(context.Context) ([]access.Account, error) { return d.people, nil }
func (d *drawer) Body(_ context.Context, id string) (standing.Body, error) {
	for _, b := range d.bodies {
		if b.ID == id {
			return b, nil
		}
	}
	return standing.Body{}, fault.New(fault.NotFound, "drawer", "there is no such body")
}

const county = "410423"

func at(day string) time.Time {
	t, err := time.ParseInLocation(time.DateTime, day, rulebook.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

// office is a county with three bodies and three inspectors.
func office(t *testing.T) (*Service, *drawer, *time.Time, map[string]access.Actor) {
	t.Helper()
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	now := at("2026-11-21 10:00:00")
	clock := func() time.Time { return now }
	policy, err := access.Open(book.Lineage, clock)
	if err != nil {
		t.Fatal(err)
	}
	d := &drawer{plans: map[string]Plan{}, visits: map[string]Visit{}, credits: map[string]Credit{}}
	people := map[string]access.Actor{}
	for name, grant := range map[string]access.Grant{
		"standing": {Role: access.Standing, Region: county}, "reviewer": {Role: access.Reviewer, Region: county},
		"one": {Role: access.Inspector, Region: county}, "two": {Role: access.Inspector, Region: county}, "three": {Role: access.Inspector, Region: county},
		"elsewhere": {Role: access.Inspector, Region: "410421"}, "scheduler": {Role: access.Scheduler, Body: "b1"},
	} {
		people[name] = access.Actor{ID: name, Name: name, Grants: []access.Grant{grant}}
		d.people = append(d.people, access.Account{ID: name, Name: name, Grants: []access.Grant{grant}})
	}
	for _, id := range []string{"b1", "b2", "b3"} {
		d.bodies = append(d.bodies, standing.Body{ID: id, Name: "机构" + id, Region: county, State: standing.Listed})
	}
	d.bodies = append(d.bodies, standing.Body{ID: "gone", Region: county, State: standing.Exited}, standing.Body{ID: "far", Region: "410421", State: standing.Listed})
	return &Service{Store: d, Bodies: d, People: d, Policy: policy, Book: book, Now: clock}, d, &now, people
}

func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

func plan() Plan {
	return Plan{Region: county, Kind: Special, Title: "下半年专项检查", From: at("2026-11-01 00:00:00"), To: at("2026-12-31 00:00:00"), Share: 100_00, Checklist: []string{"场地与备案一致", "考评人员持证"}}
}

func TestAnInspectionFromPlanToOverdueFinding(t *testing.T) {
	s, d, now, who := office(t)
	ctx := t.Context()
	_, err := s.Propose(ctx, who["one"], plan())
	wantCode(t, "a plan by an inspector", err, fault.Forbidden)
	incomplete := plan()
	incomplete.Checklist = []string{" "}
	_, err = s.Propose(ctx, who["standing"], incomplete)
	wantCode(t, "a plan without a checklist", err, fault.Invalid)
	p, err := s.Propose(ctx, who["standing"], plan())
	if err == nil {
		p, err = s.Draw(ctx, who["standing"], p.ID, 0)
	}
	if err != nil || len(p.Drawn) != 3 || len(d.visits) != 3 || !p.Again() {
		t.Fatalf("%v, %+v", err, p)
	}
	_, err = s.Draw(ctx, who["standing"], p.ID, 7)
	wantCode(t, "a second draw", err, fault.Refused)
	p.Drawn[0].Inspectors = []string{"elsewhere", "one"}
	if p.Again() {
		t.Error("a changed draw is taken for the seed's")
	}

	visit := d.visits[VisitID(p.ID, "b1")]
	first, second := who[visit.Inspectors[0]], who[visit.Inspectors[1]]
	third := who[[]string{"one", "two", "three"}[slices.IndexFunc([]string{"one", "two", "three"}, func(n string) bool { return !slices.Contains(visit.Inspectors, n) })]]
	notes := Notes{On: *now, Met: "负责人", Checks: []Check{{Result: Fine}, {Result: Breach, Note: "1 人未持证"}},
		Findings: []Finding{{Text: "考评人员未持证", Due: at("2026-11-25 00:00:00")}}}
	_, err = s.Note(ctx, third, visit.ID, notes)
	wantCode(t, "by who was not drawn", err, fault.Forbidden)
	_, err = s.Note(ctx, who["elsewhere"], visit.ID, notes)
	wantCode(t, "by another county's inspector", err, fault.Forbidden)
	unsaid := notes
	unsaid.Findings = nil
	_, err = s.Note(ctx, first, visit.ID, unsaid)
	wantCode(t, "a breach without a finding", err, fault.Invalid)
	_, err = s.Sign(ctx, first, visit.ID)
	wantCode(t, "a signature under nothing", err, fault.Refused)
	if _, err = s.Note(ctx, first, visit.ID, notes); err == nil {
		_, err = s.Sign(ctx, first, visit.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Sign(ctx, first, visit.ID)
	wantCode(t, "a second signature of the same person", err, fault.Refused)
	_, err = s.Note(ctx, second, visit.ID, notes)
	wantCode(t, "a change of what somebody has signed", err, fault.Refused)
	signed, err := s.Sign(ctx, second, visit.ID)
	if err != nil || signed.State != Signed {
		t.Fatalf("%v, %+v", err, signed)
	}

	board, err := s.Board(ctx, who["standing"], county)
	if err != nil || len(board.Bodies) != 3 || !board.Bodies[0].Due || board.Bodies[2].Body != "b1" || board.Bodies[2].Due || board.Open != 1 || len(board.Late) != 0 {
		t.Errorf("%v, %+v", err, board)
	}
	_, err = s.Board(ctx, who["scheduler"], county)
	wantCode(t, "the board of a bureau for a body", err, fault.Forbidden)

	raised := 0
	s.Signal = func(context.Context, Visit, Finding) error {
		if raised++; raised == 1 {
			return errors.New("away")
		}
		return nil
	}
	*now = at("2026-11-25 23:59:59")
	if err := s.Sweep(ctx); err != nil || raised != 0 {
		t.Errorf("on its last day: %v, %d", err, raised)
	}
	*now = at("2026-11-26 00:00:00")
	for range 3 { // fails once, then once for all
		_ = s.Sweep(ctx)
	}
	if raised != 2 {
		t.Errorf("raised %d times", raised)
	}
	if board, err = s.Board(ctx, who["one"], county); err != nil || len(board.Late) != 1 {
		t.Errorf("%v, %+v", err, board.Late)
	}
	finding := signed.Findings[0].ID
	_, err = s.Follow(ctx, who["scheduler"], visit.ID, finding, "已整改", true)
	wantCode(t, "the body's own follow-up", err, fault.Forbidden)
	if _, err = s.Follow(ctx, third, visit.ID, finding, "已持证", true); err != nil {
		t.Fatal(err)
	}
	_, err = s.Follow(ctx, third, visit.ID, finding, "再看", true)
	wantCode(t, "a finding that was put right", err, fault.Refused)
}

func TestHalfYearsTurnAtMidnightInShanghai(t *testing.T) {
	for day, want := range map[string]string{"2026-06-30 23:59:59": "2026-01-01", "2026-07-01 00:00:00": "2026-07-01", "2026-12-31 23:59:59": "2026-07-01"} {
		if first, _ := HalfYear(at(day)); first.Format(time.DateOnly) != want {
			t.Errorf("%s: %s", day, first)
		}
	}
}

func TestAGradeStandsWithTwoPeopleAndCanBeAppealed(t *testing.T) {
	s, _, now, who := office(t)
	ctx := t.Context()
	c, err := s.Rate(ctx, who["standing"], "b1", at("2026-01-01 00:00:00"), *now, "", 0)
	if err != nil || c.Points != 100 || c.Grade != GradeA {
		t.Fatalf("%v, %+v", err, c)
	}
	_, err = s.Credit(ctx, "b1")
	wantCode(t, "before the second signature", err, fault.NotFound)
	_, err = s.Approve(ctx, access.Actor{ID: "standing", Grants: who["reviewer"].Grants}, c.ID)
	wantCode(t, "the same person with a reviewer's role", err, fault.Refused)
	if _, err = s.Approve(ctx, who["reviewer"], c.ID); err != nil {
		t.Fatal(err)
	}
	_, err = s.Object(ctx, who["one"], c.ID, "不服")
	wantCode(t, "an appeal by an inspector", err, fault.Forbidden)
	if _, err = s.Object(ctx, who["scheduler"], c.ID, "整改已完成"); err == nil {
		_, err = s.Uphold(ctx, who["reviewer"], c.ID, "依据充分，维持")
	}
	if err != nil {
		t.Fatal(err)
	}
	repair, err := s.Rate(ctx, who["standing"], "b1", at("2026-01-01 00:00:00"), *now, "完成信用修复", 80)
	if err == nil {
		_, err = s.Approve(ctx, who["reviewer"], repair.ID)
	}
	got, getErr := s.Credit(ctx, "b1")
	if err != nil || getErr != nil || got.ID != repair.ID || got.Grade != GradeB {
		t.Errorf("%v, %v, %+v", err, getErr, got)
	}
}
