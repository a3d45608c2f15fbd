package exam

import (
	"errors"
	"slices"
	"testing"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// The regions of the boundary tests: each set its rules from a day on.
const (
	sanmenxia    = "411200" // 2021
	pingdingshan = "410400" // 2022
	henan        = "410000" // 2023
	xinyang      = "411500" // one of the four 20 % cities, has the province's rules otherwise
	guxian       = "141025" // 2023
)

func date(text string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, text, rulebook.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func number(n int) *int { return &n }

// complete is evidence that no rule objects to.
func complete() Evidence {
	return Evidence{
		Course: "示例班", Begins: date("2026-04-01"), Ends: date("2026-04-20"), Mode: OnSite, Hours: number(40), PracticeHours: number(8), Satisfaction: number(8500),
		Applicant: ForEnterprise, Subsidised: true, Leave: true, Consent: true, Recorded: true,
	}
}

// TestTheRulesOfTrainingAtTheirBoundaries has, for each rule, the last case
// that passes and the first that does not, in every region that sets the rule
// and in one that does not.
func TestTheRulesOfTrainingAtTheirBoundaries(t *testing.T) {
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	before := func(day string) *PreviousCourse { return &PreviousCourse{Name: "前一班", ExaminedOn: date(day)} }
	for _, c := range []struct {
		rule   string
		what   string
		good   func(*Evidence)
		bad    func(*Evidence)
		binds  []string
		free   []string
		answer Eligibility
	}{
		{"R04", "taught hours", func(e *Evidence) { e.Hours = number(40) }, func(e *Evidence) { e.Hours = number(39) },
			[]string{sanmenxia, pingdingshan, henan, xinyang}, []string{guxian}, Ineligible},
		{"R04", "taught hours not given", func(e *Evidence) {}, func(e *Evidence) { e.Hours = nil },
			[]string{sanmenxia, pingdingshan, henan}, []string{guxian}, NeedsEvidence},
		{"R08", "on-site practice of a blended course", func(e *Evidence) { e.Mode, e.PracticeHours = Blended, number(8) }, func(e *Evidence) { e.Mode, e.PracticeHours = Blended, number(7) },
			[]string{sanmenxia}, []string{pingdingshan, henan, guxian}, Ineligible},
		{"R09", "who applies after an on-line course", func(e *Evidence) { e.Mode, e.Applicant = Online, ForSelf }, func(e *Evidence) { e.Mode, e.Applicant = Online, ForBody },
			[]string{pingdingshan}, []string{henan, guxian}, Ineligible},
		{"R10", "a defect of on-line training", func(e *Evidence) { e.Mode = Blended }, func(e *Evidence) { e.Mode, e.Defects = Blended, []string{"no_prompt"} },
			[]string{sanmenxia, pingdingshan, henan}, []string{guxian}, Ineligible},
		{"R10", "such a defect of a course on site is none", func(e *Evidence) { e.Defects = []string{"no_prompt"} }, func(e *Evidence) { e.Mode, e.Defects = Blended, []string{"fast_forward"} },
			[]string{sanmenxia, pingdingshan, henan}, []string{guxian}, Ineligible},
		{"R11", "a month after the course before", func(e *Evidence) { e.Previous = before("2026-03-01") }, func(e *Evidence) { e.Previous = before("2026-03-02") },
			[]string{sanmenxia, pingdingshan, henan}, []string{guxian}, Ineligible},
		{"R11", "the course before not examined", func(e *Evidence) { e.Previous, e.Subsidised = &PreviousCourse{}, false }, func(e *Evidence) { e.Previous = &PreviousCourse{} },
			[]string{sanmenxia, pingdingshan, henan}, []string{guxian}, Ineligible},
		{"R12", "missed hours made up", func(e *Evidence) { e.MissedHours, e.MadeUpHours = 4, 4 }, func(e *Evidence) { e.MissedHours, e.MadeUpHours = 4, 3 },
			[]string{sanmenxia, pingdingshan, henan}, []string{guxian}, Ineligible},
		{"R12", "leave in writing", func(e *Evidence) { e.MissedHours, e.MadeUpHours = 1, 1 }, func(e *Evidence) { e.MissedHours, e.MadeUpHours, e.Leave = 1, 1, false },
			[]string{sanmenxia}, []string{pingdingshan, henan, guxian}, Ineligible},
		{"R12", "the bureau's consent", func(e *Evidence) { e.MissedHours, e.MadeUpHours = 1, 1 }, func(e *Evidence) { e.MissedHours, e.MadeUpHours, e.Consent = 1, 1, false },
			[]string{pingdingshan}, []string{sanmenxia, henan, guxian}, Ineligible},
		{"R12", "recorded in full", func(e *Evidence) { e.MissedHours, e.MadeUpHours = 1, 1 }, func(e *Evidence) { e.MissedHours, e.MadeUpHours, e.Recorded = 1, 1, false },
			[]string{henan, xinyang}, []string{sanmenxia, pingdingshan, guxian}, Ineligible},
		{"R13", "satisfaction of the class", func(e *Evidence) { e.Satisfaction = number(8500) }, func(e *Evidence) { e.Satisfaction = number(8499) },
			[]string{henan, xinyang}, []string{sanmenxia, pingdingshan, guxian}, Ineligible},
		{"R13", "put right for a month", func(e *Evidence) {
			e.Satisfaction, e.RectifiedFrom, e.RectifiedTo = number(8000), date("2026-03-08"), date("2026-04-08")
		}, func(e *Evidence) {
			e.Satisfaction, e.RectifiedFrom, e.RectifiedTo = number(8000), date("2026-03-08"), date("2026-04-07")
		}, []string{henan}, []string{sanmenxia, pingdingshan, guxian}, Ineligible},
	} {
		judged := func(region string, change func(*Evidence)) Judged {
			e := complete()
			change(&e)
			sitting := Sitting{Region: region, Trade: "4-03-02-07", Level: rulebook.JuniorWorker, Track: rulebook.Completion, StartsAt: date("2026-04-25").Add(9 * time.Hour)}
			return Judge(book, sitting, Enrolment{Evidence: &e})
		}
		for _, region := range slices.Concat(c.binds, c.free) {
			if j := judged(region, c.good); j.Answer != Eligible {
				t.Errorf("%s %s in %s: a good case is %s: %+v", c.rule, c.what, region, j.Answer, j.Findings)
			}
			j := judged(region, c.bad)
			if slices.Contains(c.free, region) {
				if j.Answer != Eligible {
					t.Errorf("%s %s in %s, which sets no such rule: %+v", c.rule, c.what, region, j.Findings)
				}
				continue
			}
			if j.Answer != c.answer || len(j.Findings) != 1 || j.Findings[0].Rule.Rule != c.rule || j.Findings[0].Rule.Quote == "" {
				t.Errorf("%s %s in %s: a bad case is %s: %+v", c.rule, c.what, region, j.Answer, j.Findings)
			}
			var refusal *fault.Error
			if !errors.As(j.Refusal("test"), &refusal) || refusal.Rule == nil || refusal.Rule.ID != c.rule {
				t.Errorf("%s %s in %s is refused with %v", c.rule, c.what, region, j.Refusal("test"))
			}
		}
	}
}

func TestBlendedCoursesAreExaminedInFixedMonths(t *testing.T) {
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	e := complete()
	e.Mode = Blended
	for _, c := range []struct {
		region, trade string
		start         time.Time
		ok            bool
	}{
		{sanmenxia, "4-03-02-07", date("2026-04-30").Add(24*time.Hour - time.Second), true},
		{sanmenxia, "4-03-02-07", date("2026-05-01"), false},
		{sanmenxia, "4-03-02-07", date("2026-07-31"), false},
		{sanmenxia, "4-03-02-07", date("2026-08-01"), true},
		{sanmenxia, "4-03-02-07", date("2026-12-01"), true},
		{sanmenxia, "6-31-01-03", date("2026-05-01"), true}, // 电工 is not on the list
		{pingdingshan, "4-03-02-07", date("2026-05-01"), true},
	} {
		sitting := Sitting{Region: c.region, Trade: c.trade, Track: rulebook.Completion, StartsAt: c.start}
		j := Judge(book, sitting, Enrolment{Evidence: &e})
		if (j.Answer == Eligible) != c.ok || !c.ok && j.Findings[0].Rule.Rule != "R08" {
			t.Errorf("%+v: %+v", c, j)
		}
	}
}

func TestOnlyWhoComesFromACourseIsAsked(t *testing.T) {
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	sitting := Sitting{Region: pingdingshan, Trade: "6-31-01-03", Track: rulebook.SkillLevel, StartsAt: date("2026-04-25")}
	if j := Judge(book, sitting, Enrolment{}); j.Answer != Eligible {
		t.Errorf("a worker of a skill level evaluation: %+v", j)
	}
	sitting.Track = rulebook.Completion
	if j := Judge(book, sitting, Enrolment{}); j.Answer != NeedsEvidence {
		t.Errorf("a course completion examination without evidence: %+v", j)
	}
	late := sitting
	late.StartsAt = date("2022-03-16").Add(time.Hour) // the day before the plan of 2022
	if j := Judge(book, late, Enrolment{}); j.Answer != Eligible {
		t.Errorf("before the rules: %+v", j)
	}
}

func TestAnOverrideNeedsTwoSignatures(t *testing.T) {
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	sitting := Sitting{Region: pingdingshan, Trade: "6-31-01-03", Track: rulebook.Completion, StartsAt: date("2026-04-25")}
	e := complete()
	e.Hours = number(10)
	for what, c := range map[string]struct {
		override *Override
		ok       bool
	}{
		"none":        {nil, false},
		"one":         {&Override{By: "officer"}, false},
		"two":         {&Override{By: "officer", SignedBy: "reviewer"}, true},
		"turned down": {&Override{By: "officer", SignedBy: "reviewer", TurnedDown: true}, false},
	} {
		j := Judge(book, sitting, Enrolment{Evidence: &e, Override: c.override})
		if (j.Answer == Eligible) != c.ok || j.Overridden != c.ok || len(j.Findings) != 1 {
			t.Errorf("%s: %+v", what, j)
		}
	}
}
