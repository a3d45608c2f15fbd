package inspection

import (
	"context"
	"testing"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

func (d *drawer) Plans(_ context.Context, q Query) (list []Plan, err error) {
	for _, p := range d.plans {
		list = append(list, p)
	}
	return list, nil
}

func TestABodyReadsAVisitOnceItIsSigned(t *testing.T) {
	s, d, _, who := office(t)
	ctx := t.Context()
	p, err := s.Propose(ctx, who["standing"], plan())
	if err == nil {
		p, err = s.Draw(ctx, who["standing"], p.ID, 7)
	}
	if err != nil {
		t.Fatal(err)
	}
	id := VisitID(p.ID, "b1")
	read := func(what string, actor access.Actor, code fault.Code, plans, visits int) {
		t.Helper()
		_, err := s.Visit(ctx, actor, id)
		wantCode(t, what, err, code)
		if list, err := s.Plans(ctx, actor, Query{}); err != nil || len(list) != plans {
			t.Errorf("%s: %d plans, %v", what, len(list), err)
		}
		if list, err := s.Visits(ctx, actor, Query{}); err != nil || len(list) != visits {
			t.Errorf("%s: %d visits, %v", what, len(list), err)
		}
	}
	read("the reviewer", who["reviewer"], "", 1, 3)
	read("another county", who["elsewhere"], fault.Forbidden, 0, 0)
	read("the body before it is signed", who["scheduler"], fault.Forbidden, 0, 0)
	v := d.visits[id]
	v.State = Signed
	d.visits[id] = v
	read("the body", who["scheduler"], "", 0, 1)
	_, err = s.Plan(ctx, who["scheduler"], p.ID)
	wantCode(t, "the plan for the body", err, fault.Forbidden)
	if list, err := s.Inspectors(ctx, who["standing"]); err != nil || len(list) != 3 {
		t.Errorf("%d inspectors, %v", len(list), err)
	}
}

func TestAGradeIsReadByTheBodyWhenItStands(t *testing.T) {
	s, _, _, who := office(t)
	ctx := t.Context()
	c, err := s.Rate(ctx, who["standing"], "b1", at("2026-07-01 00:00:00"), at("2026-11-20 00:00:00"), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	count := func(actor access.Actor) int {
		list, err := s.Credits(ctx, actor, "b1")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if count(who["reviewer"]) != 1 || count(who["scheduler"]) != 0 || count(who["elsewhere"]) != 0 {
		t.Error("a proposed grade is read by others than the bureau")
	}
	if _, err := s.Approve(ctx, who["reviewer"], c.ID); err != nil {
		t.Fatal(err)
	}
	if published, err := s.Published(ctx); err != nil || published["b1"] != GradeA || count(who["scheduler"]) != 1 {
		t.Error("a grade that stands is not read by everybody", published, err)
	}
}
