package main

import (
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
	"kaoping/policies/standing/inspection"
)

// ownPaper is R05: a body's own paper in a track with central ones.
func ownPaper(t *testing.T, f *frontier, region string) {
	staffing := exam.Staffing{Paper: f.paper.ID}
	staff := func(region string, track rulebook.Track) error {
		b := f.filed(t, region, "4-12-01-01", only(track))
		sitting := f.draft(t, b, track, nil)
		f.put(t, &sitting, exam.Accepted)
		_, err := f.exam.Staff(t.Context(), access.System(), sitting.ID, staffing)
		return err
	}
	holds(t, "a course completion examination", "R05", staff(region, rulebook.Completion))
	for what, err := range map[string]error{
		"another track": staff(region, rulebook.SkillLevel), "a region without the rule": staff(pingdingshan, rulebook.Completion),
	} {
		if refusal := holds(t, what, "", nil); err == nil || refusal.Rule != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// capOfTheCity is R06: which cap a city has, from its first day on. What the cap
// holds back is played where certificates are issued.
func capOfTheCity(t *testing.T, f *frontier, set string) {
	region, want := set, 20_00
	switch set {
	case pingdingshan:
		want = 10_00
	case henan:
		region, want = anyang, 10_00
	}
	first, ratio := "2023-03-07", func(region, day string) int {
		t.Helper()
		if rule, set := f.book.At(region, f.on(day), rulebook.SpecialSkill, "mix_cap"); set {
			return rule.Ratio()
		}
		return 0
	}
	if set == pingdingshan {
		first = "2022-03-17"
	}
	before := f.on(first).AddDate(0, 0, -1).Format(time.DateOnly)
	if on, day := ratio(region, first), ratio(region, before); on != want || day != 0 {
		t.Errorf("%s: %d, and %d the day before; want %d and none", region, on, day, want)
	}
	if n := ratio(sanmenxia, "2021-05-10") + ratio(guxian, frontierDays[guxian]); n != 0 {
		t.Error("a region without the rule has a cap")
	}
}

// put gives a sitting a state, past the workflow.
func (f *frontier) put(t *testing.T, sitting *exam.Sitting, state exam.State) {
	t.Helper()
	sitting.State = state
	if err := f.store.PutSitting(t.Context(), sitting, testEntry(f.clock.now())); err != nil {
		t.Fatal(err)
	}
}

// onlineOfTheList is R09 where a list names the trades.
func onlineOfTheList(t *testing.T, f *frontier, region string) {
	day := f.on(frontierDays[region])
	hours, fine := 40, 9000
	judged := func(region, trade string, who exam.Applicant) error {
		evidence := exam.Evidence{Mode: exam.Online, Hours: &hours, PracticeHours: &hours, Satisfaction: &fine, Applicant: who}
		return exam.Judge(f.book, exam.Sitting{Region: region, Trade: trade, Track: rulebook.Completion, StartsAt: day}, exam.Enrolment{Evidence: &evidence}).Refusal("test")
	}
	const listed, unlisted = "4-01-06-01", "6-31-01-03"
	holds(t, "an enterprise", "", judged(region, listed, exam.ForEnterprise))
	holds(t, "the worker", "", judged(region, listed, exam.ForSelf))
	holds(t, "a training body", "R09", judged(region, listed, exam.ForBody))
	holds(t, "a trade that is not on the list", "", judged(region, unlisted, exam.ForBody))
	holds(t, "a region without the rule", "", judged(guxian, listed, exam.ForBody))
}

// filedOrNot is R30: what a filing covers, on its last day and the day after.
// The rule is asked in every region: it is what a filing is.
func filedOrNot(t *testing.T, f *frontier, region string) {
	b := f.filed(t, region, demoTrade, func(b *standing.Body) { b.ValidUntil = f.clock.now().AddDate(0, 0, 7) })
	draft := func(days int, level rulebook.Level) error {
		_, err := f.exam.Draft(t.Context(), access.System(), exam.Draft{Body: b.ID, Site: b.Sites[0].ID, Trade: demoTrade, Level: level, Track: rulebook.SkillLevel, StartsAt: f.clock.now().AddDate(0, 0, days)})
		return err
	}
	holds(t, "its last day", "", draft(7, demoLevel))
	holds(t, "the day after", "R30", draft(8, demoLevel))
	holds(t, "another level", "R30", draft(7, demoLevel-1))
	only := f.filed(t, region, demoTrade, only(rulebook.SkillLevel))
	_, err := f.exam.Draft(t.Context(), access.System(), exam.Draft{Body: only.ID, Site: only.Sites[0].ID, Trade: demoTrade, Level: demoLevel, Track: rulebook.SpecialSkill, StartsAt: f.clock.now().AddDate(0, 0, 7)})
	holds(t, "another track", "R30", err)
}

// inspectedEachHalfYear is R32: due until a special inspection of the half-year is signed.
func inspectedEachHalfYear(t *testing.T, f *frontier, region string) {
	due := func(region string, b standing.Body) (due bool) {
		t.Helper()
		board, err := f.inspection.Board(t.Context(), officerOf(region), region)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range board.Bodies {
			if s.Body == b.ID {
				return s.Due
			}
		}
		t.Fatal("the body is not on the board")
		return false
	}
	free := f.filed(t, guxian, demoTrade, nil)
	if due(guxian, free) {
		t.Error("due in a region without the rule")
	}
	b := f.filed(t, region, demoTrade, nil)
	if !due(region, b) {
		t.Error("not inspected in this half-year, and not due")
	}
	visit := inspection.Visit{ID: inspection.VisitID("frontier", b.ID), Plan: "frontier", Kind: inspection.Sampling, Body: b.ID, Region: region, State: inspection.Signed, On: f.clock.now()}
	put := func() {
		t.Helper()
		if err := f.store.PutVisit(t.Context(), &visit, testEntry(f.clock.now())); err != nil {
			t.Fatal(err)
		}
	}
	put()
	if !due(region, b) {
		t.Error("a check by proportion is no special inspection")
	}
	visit.Kind = inspection.Special
	put()
	if due(region, b) {
		t.Error("inspected, and still due")
	}
	f.on("2022-06-30")
	if due(region, b) {
		t.Error("due on the last day of the half-year")
	}
	f.on("2022-07-01")
	if !due(region, b) {
		t.Error("not due in the next half-year")
	}
}

// signedRecord is R40: results are confirmed once the record is signed.
func signedRecord(t *testing.T, f *frontier, region string) {
	confirmable := func(region string, signed bool) error {
		b := f.filed(t, region, demoTrade, nil)
		sitting := f.draft(t, b, rulebook.SkillLevel, nil)
		if signed {
			sitting.Signed = exam.Signature{By: "inspector", Name: "何巡查", At: f.clock.now()}
		}
		f.put(t, &sitting, exam.Publicised)
		f.clock.set(f.clock.now().Add(8 * 24 * time.Hour))
		_, err := f.exam.Confirm(t.Context(), officerOf(region), sitting.ID)
		return err
	}
	holds(t, "signed", "", confirmable(region, true))
	holds(t, "not signed", "R40", confirmable(region, false))
	holds(t, "not signed, in a region without the rule", "", confirmable(guxian, false))
}
