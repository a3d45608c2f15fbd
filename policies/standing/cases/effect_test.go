package cases

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

func onDay(text string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, text, rulebook.Shanghai)
	if err != nil {
		panic(err)
	}
	return t.Add(10 * time.Hour)
}

// TestMeasuresGoByTheRegionsRules decides at the boundary of each rule, for each
// region that sets it and for one that does not.
func TestMeasuresGoByTheRegionsRules(t *testing.T) {
	const sanmenxia, pingdingshan, guxian = "411200", "410400", "141025"
	for _, c := range []struct {
		what            string
		region, today   string
		happened, found string
		party           standing.PartyKind
		kind            MeasureKind
		rule            string // "" for refused because no rule has it
		until           string // "" for until it is lifted
	}{
		{"三门峡 2021 delists", sanmenxia, "2021-06-01", "", "", standing.OfBody, CancelFiling, "R33", ""},
		{"三门峡 2021 names no blacklist", sanmenxia, "2021-06-01", "", "", standing.OfBody, Blacklist, "", ""},
		{"三门峡 keeps its own words under 河南 2023", sanmenxia, "2023-06-01", "", "", standing.OfBody, Blacklist, "", ""},
		{"平顶山 2022 blacklists", pingdingshan, "2022-03-17", "", "", standing.OfBody, Blacklist, "R33", ""},
		{"平顶山 the day before its plan", pingdingshan, "2022-03-16", "", "", standing.OfBody, Blacklist, "", ""},
		{"a county of 平顶山", lushan, "2022-03-17", "", "", standing.OfBody, Blacklist, "R33", ""},
		{"许昌 2022 has no such rule", xuchang, "2022-12-31", "", "", standing.OfBody, Blacklist, "", ""},
		{"许昌 under 河南 2023", xuchang, "2023-06-01", "", "", standing.OfBody, Blacklist, "R33", ""},
		{"古县 2023 has no blacklist", guxian, "2023-12-01", "", "", standing.OfBody, Blacklist, "", ""},
		{"古县 2023 weeds out", guxian, "2023-12-01", "", "", standing.OfBody, CancelFiling, "R33", ""},
		{"许昌 2022 cancels by the ladder alone", xuchang, "2022-06-01", "", "", standing.OfBody, CancelFiling, "R42", ""},

		{"河南 2023: found on the first day", xuchang, "2023-06-01", "2021-05-01", "2022-01-01", standing.OfBody, NoSubsidy, "R34", ""},
		{"河南 2023: found the day before", xuchang, "2023-06-01", "2021-05-01", "2021-12-31", standing.OfBody, NoSubsidy, "R34!", ""},
		{"平顶山 2022 sets no such bar", pingdingshan, "2022-06-01", "", "2022-05-01", standing.OfBody, NoSubsidy, "", ""},
		{"古县 sets no such bar", guxian, "2023-12-01", "", "2023-11-01", standing.OfBody, NoSubsidy, "", ""},

		{"平顶山 2022: two years from the breach", pingdingshan, "2022-09-01", "2022-05-10", "2022-08-01", standing.OfPlatform, PlatformBar, "R41", "2024-05-10"},
		{"河南 2023: from discovery, without an end", xuchang, "2023-09-01", "2022-05-10", "2023-08-01", standing.OfPlatform, PlatformBar, "R41", ""},
		{"平顶山 keeps its two years under 河南 2023", pingdingshan, "2023-09-01", "2023-05-10", "2023-08-01", standing.OfPlatform, PlatformBar, "R41", "2025-05-10"},
		{"许昌 2022 bars no platform", xuchang, "2022-09-01", "2022-05-10", "2022-08-01", standing.OfPlatform, PlatformBar, "", ""},
		{"三门峡 2021 bars no platform", sanmenxia, "2021-09-01", "2021-05-10", "2021-08-01", standing.OfPlatform, PlatformBar, "", ""},
		{"古县 bars no platform", guxian, "2023-12-01", "2023-11-01", "2023-11-02", standing.OfPlatform, PlatformBar, "", ""},

		{"the ladder everywhere", guxian, "2023-12-01", "", "", standing.OfBody, Suspend, "R42", ""},
		{"a candidate barred for the year", lushan, "2026-06-01", "", "", standing.OfPerson, YearBarred, "R43", "2027-06-01"},
		{"a candidate, heavier", lushan, "2026-06-01", "", "", standing.OfPerson, Heavier, "R43", "2029-06-01"},
		{"an examiner", lushan, "2026-06-01", "", "", standing.OfPerson, StaffBar, "K12", "2028-06-01"},
	} {
		st := begin(t)
		st.w.now = onDay(c.today)
		in := Case{Region: c.region, Happened: st.w.now, Found: st.w.now, Enrolment: "e1", Party: standing.Party{Kind: c.party, Key: "x"}}
		if c.happened != "" {
			in.Happened = onDay(c.happened)
		}
		if c.found != "" {
			in.Found = onDay(c.found)
		}
		m, err := st.basis(in, Measure{Kind: c.kind}, st.w.now)
		var until string
		if !m.Until.IsZero() {
			until = m.Until.Format(time.DateOnly)
		}
		switch {
		case c.rule == "R34!":
			st.refused(c.what, fault.Refused, "R34", err)
		case c.rule == "":
			st.refused(c.what, fault.Refused, "", err)
		case err != nil || m.Rule.ID != c.rule || until != c.until:
			t.Errorf("%s: %v %s %v", c.what, m.Rule, until, err)
		}
	}
}

func TestCandidatesTiers(t *testing.T) {
	ctx := t.Context()
	about := Report{Enrolment: "e1"}
	for kind, barred := range map[MeasureKind]bool{SubjectVoid: false, Cheating: false, YearBarred: true, Heavier: true} {
		st := begin(t)
		c := st.decided(about, Measure{Kind: kind, Part: Theory})
		if c.State != Decided || len(st.w.voids["e1"]) != 1 || st.w.revoked["e1"] != c.ID {
			t.Errorf("%s: %+v %v", kind, c, st.w.voids)
		}
		if err := st.gate.Clear(ctx, standing.ToEnrol, c.Party); (err != nil) != barred {
			t.Errorf("%s: %v", kind, err)
		}
		st.w.now = st.w.now.AddDate(3, 0, 1)
		if err := st.gate.Clear(ctx, standing.ToEnrol, c.Party); err != nil {
			t.Errorf("%s after its term: %v", kind, err)
		}
		st.w.now = c.Decision.At
		st.must(st.Lodge(ctx, officer, c.ID, "x"))
		st.must(st.ProposeRuling(ctx, officer2, c.ID, true, "x"))
		c = st.must(st.ApproveRuling(ctx, reviewer2, c.ID))
		if len(st.w.voids["e1"]) != 0 || len(st.w.revoked) != 0 || st.gate.Clear(ctx, standing.ToEnrol, c.Party) != nil {
			t.Errorf("%s upheld: %v %v", kind, st.w.voids, st.w.revoked)
		}
	}
	st := begin(t)
	c := st.heard(Report{Region: lushan, IDNumber: "good", Name: "吴示例"}, StaffBar)
	st.refused("a tier without a record", fault.Refused, "", second(st.Propose(ctx, officer, c.ID, Proposal{Facts: "x", Measures: []Measure{{Kind: Cheating}}})))
	st.refused("a person on the public list", fault.Invalid, "", second(st.Propose(ctx, officer, c.ID, Proposal{Facts: "x", Measures: []Measure{{Kind: StaffBar}}, Public: true, Notice: "x"})))
}

func TestWhatOneMeasureLeavesStandsUnderAnother(t *testing.T) {
	st, ctx := begin(t), t.Context()
	state := func(want standing.State) {
		t.Helper()
		if got := st.w.bodies["b1"].State; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	day := st.w.now.AddDate(0, 1, 0)
	order := st.decided(aboutBody, Measure{Kind: Rectify, By: day})
	state(standing.Rectifying)
	suspension := st.decided(aboutBody, Measure{Kind: Suspend, Until: st.w.now.AddDate(0, 3, 0)})
	state(standing.Suspended)
	exit := st.decided(aboutBody, exits(CancelFiling))
	state(standing.Exited)
	upheld := func(c Case) {
		t.Helper()
		st.must(st.Lodge(ctx, scheduler, c.ID, "x"))
		st.must(st.ProposeRuling(ctx, officer2, c.ID, true, "x"))
		st.must(st.ApproveRuling(ctx, reviewer2, c.ID))
	}
	upheld(exit)
	state(standing.Suspended)
	st.must(st.AcceptRectification(ctx, officer, order.ID, "整改到位"))
	state(standing.Suspended)
	st.w.now = suspension.Decision.Measures[0].Until
	if err := st.gate.Clear(ctx, standing.ToNotify, exit.Party); err != nil {
		t.Error("barred after the term", err)
	}
	st.run()
	state(standing.Listed)
	if !st.w.bodies["b1"].RectifyBy.IsZero() {
		t.Error(st.w.bodies["b1"])
	}
}

func TestAnOverdueRectificationRaisesASignalOnce(t *testing.T) {
	st, ctx := begin(t), t.Context()
	st.decided(aboutBody, Measure{Kind: Rectify, By: st.w.now.AddDate(0, 0, 10)})
	st.days(10)
	st.run()
	if len(st.w.cases) != 1 {
		t.Error("raised on its last day")
	}
	st.days(1)
	st.run()
	if len(st.w.cases) != 2 || st.w.bodies["b1"].State != standing.Rectifying {
		t.Error(len(st.w.cases), st.w.bodies["b1"])
	}
	list, err := st.Cases(ctx, officer, Query{States: []State{Reported}})
	if err != nil || len(list) != 1 || list[0].Source != BySystem || list[0].Party != standing.BodyParty("b1") {
		t.Error(list, err)
	}
}

func TestRepairIsACaseOfItsOwn(t *testing.T) {
	st, ctx := begin(t), t.Context()
	c := st.decided(aboutBody, exits(Blacklist))
	st.refused("repair of what is not final", fault.Refused, "", second(st.Repair(ctx, scheduler, c.ID, "已整改")))
	st.w.now = c.Due.AddDate(0, 0, 1)
	st.run()
	st.refused("repair by a rival", fault.Forbidden, "", second(st.Repair(ctx, rival, c.ID, "已整改")))
	apply := func() Case {
		t.Helper()
		var r Case
		st.w.fail = func(string) error { // another instance is asked at the same moment, and is faster
			st.w.fail = nil
			r = st.must(st.Repair(ctx, scheduler, c.ID, "已整改"))
			return nil
		}
		st.refused("one of two applications at once", fault.Refused, "", second(st.Repair(ctx, scheduler, c.ID, "已整改")))
		st.refused("a second application", fault.Refused, "", second(st.Repair(ctx, scheduler, c.ID, "已整改")))
		st.must(st.AddEvidence(ctx, officer, r.ID, "实地核查记录", nil))
		return st.must(st.Establish(ctx, officer, r.ID))
	}
	r := apply()
	st.must(st.Propose(ctx, officer, r.ID, Proposal{Facts: "整改不实"}))
	if r = st.must(st.Approve(ctx, reviewer, r.ID)); r.State != Dismissed {
		t.Errorf("%+v", r)
	}
	st.refused("still barred", fault.Refused, "R33", st.gate.Clear(ctx, standing.ToNotify, c.Party))
	st.w.now = st.w.now.AddDate(10, 0, 0)
	st.refused("barred for good", fault.Refused, "R33", st.gate.Clear(ctx, standing.ToNotify, c.Party))
	r = apply()
	st.must(st.Propose(ctx, officer, r.ID, Proposal{Facts: "整改属实", Lift: true}))
	if r = st.must(st.Approve(ctx, reviewer, r.ID)); r.State != Final || st.w.bodies["b1"].State != standing.Listed {
		t.Errorf("%+v %+v", r, st.w.bodies["b1"])
	}
	if err := st.gate.Clear(ctx, standing.ToNotify, c.Party); err != nil || st.w.bars[c.Decision.Bars[0]].LiftBy != "repair/"+r.ID {
		t.Error(err)
	}
	st.refused("nothing left to repair", fault.Refused, "", second(st.Repair(ctx, scheduler, c.ID, "x")))
}

// TestACrashBetweenIntentAndEffects cuts a decision short at each of its writes:
// whatever was done by then, its job brings exactly the decided state, and the
// case never says that it is decided before the gates refuse.
func TestACrashBetweenIntentAndEffects(t *testing.T) {
	ctx := t.Context()
	crash := errors.New("the process died")
	for _, c := range []struct {
		in Report
		m  Measure
	}{{aboutBody, exits(Blacklist)}, {aboutBody, Measure{Kind: Suspend}}, {aboutBody, Measure{Kind: Rectify, By: onDay("2026-08-01")}}, {Report{Enrolment: "e1"}, Measure{Kind: YearBarred}}} {
		for at := 1; ; at++ {
			st := begin(t)
			k := st.heard(c.in, c.m.Kind)
			st.must(st.Propose(ctx, officer, k.ID, Proposal{Facts: "x", Measures: []Measure{c.m}, Notice: "x"}))
			writes, crashed := 0, false
			st.w.fail = func(string) error {
				if writes++; writes > at {
					crashed = true
					return crash
				}
				return nil
			}
			k = st.must(st.Approve(ctx, reviewer, k.ID))
			if !crashed {
				if at < 3 {
					t.Errorf("%s has only %d writes", c.m.Kind, at)
				}
				break
			}
			what := fmt.Sprintf("%s cut short after %d writes", c.m.Kind, at)
			if k.State != Heard || !k.Deciding() {
				t.Errorf("%s: %+v", what, k)
			}
			st.refused(what+": returned", fault.Refused, "", second(st.Return(ctx, reviewer, k.ID, "x")))
			st.refused(what+": approved again", fault.Refused, "", second(st.Approve(ctx, reviewer2, k.ID)))
			st.w.fail = nil
			st.w.now = st.w.now.Add(time.Minute)
			st.run()
			k = st.w.cases[k.ID]
			wantState, wantBars := c.m.Kind.State(), 0
			if _, bars := c.m.Kind.Acts(); bars {
				wantBars = 1
			}
			if wantState == "" {
				wantState = standing.Listed
			}
			if k.State != Decided || st.w.bodies["b1"].State != wantState || len(st.w.bars) != wantBars || len(st.w.voids["e1"]) > 1 || k.Decision.Before == standing.Exited {
				t.Errorf("%s: %s %s %d bars", what, k.State, st.w.bodies["b1"].State, len(st.w.bars))
			}
			for _, b := range st.w.bars {
				if b.Version != 1 || b.From.After(k.Decision.At) {
					t.Errorf("%s: %+v", what, b)
				}
			}
		}
	}
}

func TestACrashWhileAnAppealIsUpheld(t *testing.T) {
	ctx := t.Context()
	for at := 1; ; at++ {
		st := begin(t)
		c := st.decided(aboutBody, exits(Blacklist))
		st.must(st.Lodge(ctx, scheduler, c.ID, "x"))
		st.must(st.ProposeRuling(ctx, officer2, c.ID, true, "x"))
		writes, crashed := 0, false
		st.w.fail = func(string) error {
			if writes++; writes > at {
				crashed = true
				return errors.New("the process died")
			}
			return nil
		}
		c = st.must(st.ApproveRuling(ctx, reviewer2, c.ID))
		if !crashed {
			break
		}
		if c.State != Appealed || !c.Deciding() {
			t.Errorf("after %d writes: %+v", at, c)
		}
		st.w.fail = nil
		st.w.now = st.w.now.Add(time.Minute)
		st.run()
		if c := st.w.cases[c.ID]; c.State != Upheld || st.w.bodies["b1"].State != standing.Listed || st.gate.Clear(ctx, standing.ToNotify, c.Party) != nil {
			t.Errorf("after %d writes: %s %s", at, c.State, st.w.bodies["b1"].State)
		}
	}
}

// TestAHandThatComesLateImposesNothing has an instance stand still in the middle
// of carrying out a decision, until another has carried it out and an appeal has
// undone it.
func TestAHandThatComesLateImposesNothing(t *testing.T) {
	st, ctx := begin(t), t.Context()
	c := st.heard(aboutBody, Blacklist)
	st.must(st.Propose(ctx, officer, c.ID, Proposal{Facts: "认定属实。", Measures: []Measure{exits(Blacklist)}, Notice: "严重失职。"}))
	st.w.fail = func(what string) error {
		if what != "body" {
			return nil
		}
		st.w.fail = nil
		if err := st.CarryOut(ctx, c.ID); err != nil || st.w.bodies["b1"].State != standing.Exited {
			t.Error(st.w.bodies["b1"].State, err)
		}
		st.must(st.Lodge(ctx, scheduler, c.ID, "处理过重。"))
		st.must(st.ProposeRuling(ctx, officer2, c.ID, true, "证据不足。"))
		st.must(st.ApproveRuling(ctx, reviewer2, c.ID))
		return nil
	}
	_, err := st.Approve(ctx, reviewer, c.ID)
	if state := st.w.bodies["b1"].State; state != standing.Listed || st.w.cases[c.ID].State != Upheld {
		t.Errorf("the body is %s, the case %s, %v", state, st.w.cases[c.ID].State, err)
	}
}

// TestABarOfAnotherCaseIsSeenByWhoUndoes has one decision undone at the moment
// at which another bar of the body comes, which finds it gone already and so
// changes nothing of it.
func TestABarOfAnotherCaseIsSeenByWhoUndoes(t *testing.T) {
	st, ctx := begin(t), t.Context()
	c := st.decided(aboutBody, exits(Blacklist))
	st.must(st.Lodge(ctx, scheduler, c.ID, "处理过重。"))
	st.must(st.ProposeRuling(ctx, officer2, c.ID, true, "证据不足。"))
	other := st.heard(aboutBody, CancelFiling)
	st.must(st.Propose(ctx, officer, other.ID, Proposal{Facts: "认定属实。", Measures: []Measure{exits(CancelFiling)}, Notice: "严重失职。"}))
	st.w.fail = func(what string) error {
		if what == "body" {
			st.w.fail = nil
			st.must(st.Approve(ctx, reviewer, other.ID))
		}
		return nil
	}
	st.must(st.ApproveRuling(ctx, reviewer2, c.ID))
	if state := st.w.bodies["b1"].State; state != standing.Exited {
		t.Errorf("the body is %s while a bar holds", state)
	}
}
