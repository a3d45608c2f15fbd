package certify

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// try issues one certificate and says what came of it.
func (w *world) try(t *testing.T, s *Service, id, region string, track rulebook.Track) State {
	t.Helper()
	w.enrol(id, region, track)
	c, err := w.issue(t, s, id)
	if err != nil {
		t.Fatal(err)
	}
	return c.State
}

func TestTheBoundaryOfTheCap(t *testing.T) {
	for _, c := range []struct {
		what   string
		region string
		others int // issued first
		capped int // then asked for, all at once
		issued int // of them
	}{
		{"the first of a year waits", "410423", 0, 1, 0},
		{"one in nine waits", "410423", 8, 1, 0},
		{"exactly 10 % is allowed", "410423", 9, 1, 1},
		{"one above waits", "410423", 9, 2, 1},
		{"two of twenty", "410423", 18, 3, 2},
		{"exactly 20 % in Shangqiu", "411400", 4, 1, 1},
		{"one above 20 % waits", "411400", 4, 2, 1},
		{"two of ten in Shangqiu", "411400", 8, 3, 2},
		{"no cap in Gu county", "141025", 0, 3, 3},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			s := w.service(t)
			w.issued(t, s, c.region, rulebook.SkillLevel, c.others)
			issued := 0
			for i := range c.capped {
				if w.try(t, s, fmt.Sprintf("c%d", i), c.region, rulebook.SpecialSkill) == Numbered {
					issued++
				}
			}
			if issued != c.issued {
				t.Errorf("%d are issued, want %d", issued, c.issued)
			}
			w.settle(t, s)
		})
	}
}

// TestNoCapBeforeItsRule: Sanmenxia had no number before the province's plan of
// 7 March 2023; what it issued counts from then on.
func TestNoCapBeforeItsRule(t *testing.T) {
	w := newWorld(t)
	s := w.service(t)
	w.now = time.Date(2023, time.March, 6, 23, 59, 59, 0, rulebook.Shanghai)
	for i := range 3 {
		if got := w.try(t, s, fmt.Sprintf("a%d", i), "411202", rulebook.Completion); got != Numbered {
			t.Errorf("before the rule: %s", got)
		}
	}
	w.now = w.now.Add(time.Second)
	if got := w.try(t, s, "b", "411202", rulebook.Completion); got != Waits {
		t.Errorf("on the day of the rule: %s", got)
	}
	turn, err := s.Turn(t.Context(), access.System(), "b")
	if err != nil || turn.Now != 1 || turn.Others != 36 || turn.Ratio.String() != "100.0%" {
		t.Errorf("the turn: %+v, %v, want after 36 others", turn, err)
	}
	w.issued(t, s, "411202", rulebook.SkillLevel, 35)
	w.settle(t, s)
	if _, err := w.CertificateOf(t.Context(), "b"); !fault.Is(err, fault.NotFound) {
		t.Errorf("after 35 others: %v", err)
	}
	w.issued(t, s, "411202", rulebook.SkillLevel, 1)
	w.settle(t, s)
	if _, err := w.CertificateOf(t.Context(), "b"); err != nil {
		t.Errorf("after 36 others: %v", err)
	}
}

func TestARuleFromADayFreesTheQueue(t *testing.T) {
	w := newWorld(t)
	book, err := rulebook.Open() // an own one: it changes
	if err != nil {
		t.Fatal(err)
	}
	w.book = book
	s := w.service(t)
	w.issued(t, s, "410423", rulebook.SkillLevel, 9)
	for i := range 3 {
		w.try(t, s, fmt.Sprintf("c%d", i), "410423", rulebook.SpecialSkill)
	}
	w.settle(t, s)
	change := rulebook.Param{Rule: "R06", Name: "mix_cap", Region: city, From: w.now.AddDate(0, 0, 3).Format(time.DateOnly), Value: "20%", Unit: "percent", Document: "d", Kind: rulebook.Decided}
	book.Adopt(book.With([]rulebook.Param{change}, nil))
	w.settle(t, s)
	if n := w.waiting(t); n != 2 {
		t.Errorf("before the day %d wait, want 2", n)
	}
	w.now = w.now.AddDate(0, 0, 3)
	w.settle(t, s)
	if n := w.waiting(t); n != 1 { // 2 of 11 is 18 %, 3 of 12 were 25 %
		t.Errorf("on the day %d wait, want 1", n)
	}
	book.Adopt(book.With([]rulebook.Param{change, {Rule: "R06", Name: "mix_cap", Region: city, From: w.now.AddDate(0, 0, 1).Format(time.DateOnly), Value: "100%", Unit: "percent", Document: "d", Kind: rulebook.Decided}}, nil))
	w.now = w.now.AddDate(0, 0, 1)
	w.settle(t, s)
	if n := w.waiting(t); n != 0 {
		t.Errorf("without a limit to speak of %d wait", n)
	}
}

func (w *world) waiting(t *testing.T) int {
	n, err := w.CountWaitings(t.Context(), WaitingQuery{City: city, States: []WaitingState{InQueue}})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTheTurnOfTheYear: a certificate counts in the year of its issue by the
// clock of Shanghai, whoever waits goes on waiting, and no place is lost that a
// process left half done in the old year.
func TestTheTurnOfTheYear(t *testing.T) {
	w := newWorld(t)
	s := w.service(t)
	w.now = time.Date(2026, time.December, 31, 15, 59, 59, 0, time.UTC) // 23:59:59
	w.issued(t, s, "410423", rulebook.SkillLevel, 9)
	for i, want := range []State{Numbered, Waits, Waits} {
		if got := w.try(t, s, fmt.Sprintf("c%d", i), "410423", rulebook.SpecialSkill); got != want {
			t.Errorf("in the old year: %s, want %s", got, want)
		}
	}
	w.enrol("half", "410423", rulebook.SkillLevel) // counted in the old year, and the process ends
	w.crash = 2
	if _, err := s.Issue(t.Context(), access.System(), "half"); err == nil {
		t.Fatal("the process did not end")
	}
	w.crash = 0

	w.now = w.now.Add(time.Second)
	s = w.service(t)
	if got := w.try(t, s, "next", "410423", rulebook.SpecialSkill); got != Waits {
		t.Errorf("the first of the new year: %s", got)
	}
	old, err := w.Mix(t.Context(), "410400-2026")
	if err != nil || !old.Closed || old.Ratio() != (Ratio{1, 11}) {
		t.Errorf("the old year: %+v, %v", old, err)
	}
	half, err := w.CertificateOf(t.Context(), "half")
	if err != nil || half.Counted.Mix != "410400-2026" || half.IssuedOn.In(rulebook.Shanghai).Year() != 2026 {
		t.Errorf("what was half done: %+v, %v", half, err)
	}
	m, err := w.Mix(t.Context(), "410400-2027")
	if err != nil || m.Ratio() != (Ratio{}) || m.Queue() != 3 {
		t.Errorf("the new year: %+v, %v, want an empty one where three wait", m, err)
	}
	w.issued(t, s, "410423", rulebook.SkillLevel, 9)
	w.settle(t, s)
	c, err := w.CertificateOf(t.Context(), "c1")
	if err != nil || c.Counted.Mix != "410400-2027" {
		t.Errorf("who waited longest: %+v, %v", c, err)
	}

	// An instance whose clock is behind counts in the new year, too.
	w.now = w.now.AddDate(0, 0, -1)
	w.issued(t, s, "410423", rulebook.SkillLevel, 1)
	if old, _ = w.Mix(t.Context(), "410400-2026"); old.Ratio() != (Ratio{1, 11}) {
		t.Errorf("the closed year has changed: %+v", old.Ratio())
	}
	w.now = w.now.AddDate(0, 0, 1)

	// A revocation gives back in the year of the issue.
	e := w.enrolments["c0"]
	e.Outcome = exam.Void
	w.enrolments["c0"] = e
	if err := s.RevokeOf(t.Context(), "c0", "case"); err != nil {
		t.Fatal(err)
	}
	w.settle(t, s)
	if old, _ = w.Mix(t.Context(), "410400-2026"); old.Ratio() != (Ratio{0, 10}) {
		t.Errorf("after the revocation the old year has %+v", old.Ratio())
	}
}

func TestRevokedAndReinstated(t *testing.T) {
	w := newWorld(t)
	s := w.service(t)
	ctx := t.Context()
	w.issued(t, s, "410423", rulebook.SkillLevel, 9)
	for i := range 2 {
		w.try(t, s, fmt.Sprintf("c%d", i), "410423", rulebook.SpecialSkill)
	}
	void := func(id string, outcome exam.Outcome) {
		e := w.enrolments[id]
		e.Outcome = outcome
		w.enrolments[id] = e
	}
	void("c0", exam.Void)
	for range 2 {
		if err := s.RevokeOf(ctx, "c0", "case-1"); err != nil {
			t.Fatal(err)
		}
	}
	w.settle(t, s)
	if m, _ := w.Mix(ctx, "410400-2026"); m.Ratio() != (Ratio{1, 10}) || w.waiting(t) != 0 {
		t.Errorf("the revocation did not free the next: %+v", m.Ratio())
	}
	void("c0", exam.Passed)
	for range 2 {
		if err := s.ReinstateOf(ctx, "c0", "case-1"); err != nil {
			t.Fatal(err)
		}
	}
	c, err := w.CertificateOf(ctx, "c0")
	if err != nil || c.State != Waits || c.RevokedAt.IsZero() {
		t.Errorf("reinstated while there is no room: %+v, %v", c, err)
	}
	v, err := s.Verify(ctx, c.Number, "")
	if err != nil || v.RevokedAt.IsZero() {
		t.Errorf("the public is told %+v, %v, want revoked until its turn", v, err)
	}
	w.settle(t, s)
	w.issued(t, s, "410423", rulebook.SkillLevel, 9)
	w.settle(t, s)
	if c, err = w.CertificateOf(ctx, "c0"); err != nil || c.State != Numbered || !c.RevokedAt.IsZero() || c.Counted.Returned {
		t.Errorf("after its turn: %+v, %v", c, err)
	}
}

func TestABarWhenTheTurnComes(t *testing.T) {
	w := newWorld(t)
	s := w.service(t)
	w.try(t, s, "barred", "410423", rulebook.Completion)
	w.try(t, s, "next", "410411", rulebook.Completion)
	w.barred["body-410423"] = true
	w.issued(t, s, "410411", rulebook.SkillLevel, 9)
	w.settle(t, s)
	q, err := w.WaitingOf(t.Context(), "barred")
	if err != nil || q.State != Withdrawn || q.Why != Barred {
		t.Errorf("who is barred: %+v, %v", q, err)
	}
	if _, err := w.CertificateOf(t.Context(), "next"); err != nil {
		t.Errorf("the next: %v", err)
	}
	w.barred = map[string]bool{}
	if c, err := w.issue(t, s, "barred"); err != nil || c.State != Waits {
		t.Errorf("when the bar is lifted: %+v, %v, want to join anew", c, err)
	}
	if q, err = w.WaitingOf(t.Context(), "barred"); err != nil || q.Place != 3 || q.State != InQueue {
		t.Errorf("the new place: %+v, %v", q, err)
	}
	w.settle(t, s)
}

func TestAnException(t *testing.T) {
	w := newWorld(t)
	s := w.service(t)
	ctx := t.Context()
	for _, id := range []string{"c0", "c1"} {
		w.try(t, s, id, "410423", rulebook.SpecialSkill)
	}
	officer := access.Actor{ID: "officer", Grants: []access.Grant{{Role: access.Officer, Region: city}}}
	reviewer := access.Actor{ID: "reviewer", Grants: []access.Grant{{Role: access.Reviewer, Region: city}}}
	both := access.Actor{ID: "officer", Grants: append(slices.Clone(officer.Grants), reviewer.Grants...)}
	if _, err := s.ApproveException(ctx, reviewer, "c1"); !fault.Is(err, fault.Refused) {
		t.Errorf("approved what nobody asked for: %v", err)
	}
	if _, err := s.AskException(ctx, officer, "c1", " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("asked without a reason: %v", err)
	}
	if _, err := s.AskException(ctx, reviewer, "c1", "急需"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("asked by a reviewer: %v", err)
	}
	if _, err := s.AskException(ctx, officer, "c1", "急需"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ApproveException(ctx, both, "c1"); !fault.Is(err, fault.Refused) {
		t.Errorf("one person signed twice: %v", err)
	}
	if _, err := s.ApproveException(ctx, reviewer, "c1"); err != nil {
		t.Fatal(err)
	}
	w.settle(t, s)
	if c, err := w.CertificateOf(ctx, "c1"); err != nil || c.State != Numbered {
		t.Errorf("the exception: %+v, %v", c, err)
	}
	if m, _ := w.Mix(ctx, "410400-2026"); m.Ratio() != (Ratio{1, 1}) || w.waiting(t) != 1 {
		t.Errorf("the exception does not count, or moved the queue: %+v", m)
	}
	list, err := s.Queue(ctx, reviewer, QueueQuery{City: city, States: []WaitingState{Excepted}})
	if err != nil || len(list) != 1 || list[0].Exception.ApprovedBy != "reviewer" || list[0].Exception.Reason != "急需" {
		t.Errorf("the list of exceptions: %+v, %v", list, err)
	}
	w.issued(t, s, "410423", rulebook.SkillLevel, 18)
	w.settle(t, s)
	if _, err := w.CertificateOf(ctx, "c0"); err != nil {
		t.Errorf("the queue: %v", err)
	}
}

func TestPeopleAreCountedOnce(t *testing.T) {
	w := newWorld(t)
	s := w.service(t)
	for i, c := range []struct {
		level         rulebook.Level
		track         rulebook.Track
		skilled, high int
	}{
		{rulebook.Apprentice, rulebook.SkillLevel, 0, 0},
		{rulebook.JuniorWorker, rulebook.SpecialWork, 0, 0},
		{rulebook.JuniorWorker, rulebook.SkillLevel, 1, 0},
		{rulebook.MiddleWorker, rulebook.Qualification, 0, 0},
		{rulebook.SeniorWorker, rulebook.SkillLevel, 0, 1},
		{rulebook.Technician, rulebook.SkillLevel, 0, 0},
	} {
		want := Intent{Enrolment: fmt.Sprint(i), Person: "p", Counted: Cell{Track: c.track, Level: c.level, N: 1}}
		m := Mix{ID: "410400-2026"}
		if err := s.people(t.Context(), m, &want); err != nil || want.Counted.Skilled != c.skilled || want.Counted.High != c.high {
			t.Errorf("%d: %+v, %v", i, want.Counted, err)
		}
		v := Certificate{Number: fmt.Sprint(i), Enrolment: fmt.Sprint(i), Person: "p", Counted: Counted{Mix: m.ID, Skilled: want.Counted.Skilled > 0, High: want.Counted.High > 0}}
		if err := w.PutCertificate(t.Context(), &v, s.entry(access.System(), v.Number, "x")); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhatWasIssuedBefore is an installation that had certificates before they
// were counted, one of them revoked: two instances count them once.
func TestWhatWasIssuedBefore(t *testing.T) {
	w := newWorld(t)
	s, other := w.service(t), w.service(t)
	for i := range 12 {
		c := Certificate{Number: fmt.Sprintf("S%021d", i), Enrolment: fmt.Sprint(i), Region: "410423", Track: rulebook.SkillLevel, Level: rulebook.SeniorWorker, IssuedOn: w.now, State: Issued}
		if i == 3 {
			c.State, c.RevokedAt, c.RevokedBy = Revoked, w.now, "case"
		}
		if i == 11 {
			c.IssuedOn = w.now.AddDate(-1, 0, 0)
		}
		if err := w.PutCertificate(t.Context(), &c, s.entry(access.System(), c.Number, "x")); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"a", "b"} {
		w.enrol(id, "410423", rulebook.SpecialSkill)
	}
	if c, err := w.issue(t, s, "a"); err != nil || c.State != Numbered {
		t.Errorf("1 of 11: %+v, %v", c, err)
	}
	if c, err := w.issue(t, other, "b"); err != nil || c.State != Waits {
		t.Errorf("2 of 12: %+v, %v", c, err)
	}
	w.settle(t, s)
	m, err := w.Mix(t.Context(), "410400-2026")
	if err != nil || m.Ratio() != (Ratio{1, 11}) {
		t.Errorf("the year: %+v, %v", m, err)
	}
	if m, err = w.Mix(t.Context(), "410400-2025"); err != nil || m.Ratio() != (Ratio{0, 1}) || !m.Closed {
		t.Errorf("the year before: %+v, %v", m, err)
	}
}

func TestTheBoard(t *testing.T) {
	w := newWorld(t)
	s := w.service(t)
	w.issued(t, s, "410423", rulebook.SkillLevel, 6)
	w.issued(t, s, "410411", rulebook.SpecialWork, 3)
	w.now = w.now.AddDate(0, 1, 0)
	w.try(t, s, "c0", "410423", rulebook.SpecialSkill)
	w.try(t, s, "c1", "410411", rulebook.Completion)
	officer := access.Actor{ID: "o", Grants: []access.Grant{{Role: access.Officer, Region: city}}}
	b, err := s.Board(t.Context(), officer, city, 2026)
	if err != nil || b.Total.Ratio() != (Ratio{1, 10}) || b.CityWide != (Ratio{1, 10}) || b.Warning != Nearer || b.Waiting != 1 || b.Total.Skilled != 6 || b.Total.High != 6 {
		t.Errorf("the city: %+v, %v", b, err)
	}
	if len(b.Months) != 4 || b.Months[3].SoFar.Ratio().String() != "10.0%" || b.Months[2].SoFar.Ratio().All != 9 {
		t.Errorf("its months: %+v", b.Months)
	}
	if len(b.Counties) != 12 {
		t.Errorf("its districts: %d, want 12", len(b.Counties))
	}
	county := access.Actor{ID: "o", Grants: []access.Grant{{Role: access.Officer, Region: "410423"}}}
	if _, err := s.Board(t.Context(), county, city, 2026); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a county's officer sees the city: %v", err)
	}
	b, err = s.Board(t.Context(), county, "410423", 2026)
	if err != nil || b.Total.Ratio() != (Ratio{1, 7}) || b.CityWide != (Ratio{1, 10}) || len(b.Counties) != 1 || b.Waiting != 0 {
		t.Errorf("the county: %+v, %v", b, err)
	}
	f, err := s.Forecast(t.Context(), officer, "410423-special_skill")
	if err != nil || f.Candidates != 1 || f.Then != (Ratio{2, 11}) || f.Then.String() != "18.2%" || f.Warning != Over || f.WouldWait != 1 {
		t.Errorf("the forecast: %+v, %v", f, err)
	}
	w.verify(t, s)
}

func TestRatios(t *testing.T) {
	tenth := Limit{Set: true, Cap: 10_00}
	for _, c := range []struct {
		r           Ratio
		text        string
		place, more int
		room        int
	}{
		{Ratio{0, 0}, "0.0%", 1, 9, 0},
		{Ratio{1, 10}, "10.0%", 1, 9, 0},
		{Ratio{0, 9}, "0.0%", 1, 0, 1},
		{Ratio{113, 1000}, "11.3%", 1, 139, 0},
		{Ratio{1, 3}, "33.3%", 2, 25, 0},
		{Ratio{2, 3}, "66.7%", 1, 26, 0},
		{Ratio{0, 1000}, "0.0%", 1, 0, 111},
	} {
		others, ok := c.r.Frees(c.place, tenth)
		if c.r.String() != c.text || others != c.more || !ok || c.r.Room(tenth) != c.room {
			t.Errorf("%+v: %s, after %d, room %d; want %s, after %d, room %d", c.r, c.r, others, c.r.Room(tenth), c.text, c.more, c.room)
		}
		if after := c.r.With(c.place, others); !after.Within(tenth) || others > 0 && c.r.With(c.place, others-1).Within(tenth) {
			t.Errorf("%+v: %d is not the least", c.r, others)
		}
	}
	if _, ok := (Ratio{0, 9}).Frees(1, Limit{Set: true}); ok {
		t.Error("a cap of 0 % lets one go")
	}
}
