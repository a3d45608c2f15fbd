package rulebook

import (
	"slices"
	"testing"
	"time"
)

func TestWorkingDaysGoByTheCalendar(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		what, from string
		n          int
		want       string
	}{
		{"from a Friday over a plain weekend", "2026-11-20", 3, "2026-11-25"},
		{"the last day before the National Day holiday of 2026", "2026-09-30", 1, "2026-10-08"},
		{"the Saturday worked after it counts", "2026-09-30", 3, "2026-10-10"},
		{"the Sunday after that does not", "2026-09-30", 4, "2026-10-12"},
		{"the Sunday worked before it counts", "2026-09-18", 1, "2026-09-20"},
		{"into the Mid-Autumn holiday", "2026-09-24", 1, "2026-09-28"},
		{"from within the holiday", "2026-10-04", 1, "2026-10-08"},
		{"the Spring Festival of 2026, nine days", "2026-02-14", 1, "2026-02-24"},
		{"the Saturday worked before it", "2026-02-13", 1, "2026-02-14"},
		{"the Saturday worked after it", "2026-02-27", 1, "2026-02-28"},
		{"New Year of 2026 and its worked Sunday", "2025-12-31", 1, "2026-01-04"},
		{"the Spring Festival of 2025", "2025-01-27", 1, "2025-02-05"},
		{"its worked Sunday", "2025-01-24", 1, "2025-01-26"},
		{"National Day and Mid-Autumn of 2025 in one", "2025-09-30", 1, "2025-10-09"},
		{"five working days of publication over it", "2025-09-29", 5, "2025-10-13"},
		{"the longer Spring Festival of 2020", "2020-01-23", 1, "2020-02-03"},
		{"no day at all", "2026-10-01", 0, "2026-10-01"},
	} {
		due := b.AddDays(at(c.from).Add(23*time.Hour), c.n, WorkingDay)
		if !due.Day.Equal(at(c.want)) || len(due.Unknown) > 0 {
			t.Errorf("%s: %s and %d working days are %s %v, want %s", c.what, c.from, c.n, due.Day.Format(time.DateOnly), due.Unknown, c.want)
		}
	}
	if due := b.AddDays(at("2026-09-30"), 3, CalendarDay); !due.Day.Equal(at("2026-10-03")) {
		t.Errorf("calendar days know no holiday: %v", due.Day)
	}
}

func TestAYearWithoutNoticeIsCountedByWeekdaysAndSaysSo(t *testing.T) {
	b := open(t)
	due := b.AddDays(at("2026-12-30"), 3, WorkingDay)
	if !due.Day.Equal(at("2027-01-04")) || !slices.Equal(due.Unknown, []int{2027}) {
		t.Errorf("%v %v", due.Day, due.Unknown)
	}
	if text, ok := due.Remark(); !ok || text.Args[0] != "2027" {
		t.Error(text, ok)
	}
	if _, ok := b.AddDays(at("2026-12-30"), 1, WorkingDay).Remark(); ok {
		t.Error("a count that ends in a known year has nothing to remark")
	}
	if _, ok := b.AddDays(at("2026-12-30"), 30, CalendarDay).Remark(); ok {
		t.Error("calendar days need no calendar")
	}
}

// invented is a year for tests; no notice says so.
func invented() Year {
	return Year{Year: 2031, Notice: "测试", Published: "2030-11-01", From: "2030-11-05",
		Holidays: []Holiday{{"元旦", "2031-01-01", "2031-01-03"}, {"劳动节", "2031-05-01", "2031-05-01"}, {"国庆节", "2031-10-01", "2031-10-07"}},
		Work:     []string{"2031-01-04"}}
}

func TestAnAddedYearMovesNothingThatWasCountedBefore(t *testing.T) {
	b := open(t)
	before := b.AddDays(at("2030-12-31"), 1, WorkingDay)
	b.Adopt(b.With(nil, []Year{invented()}))
	if got := b.AddDays(at("2030-12-31"), 1, WorkingDay); !got.Day.Equal(at("2031-01-04")) || len(got.Unknown) > 0 {
		t.Errorf("a count begun after the year was added: %v %v", got.Day, got.Unknown)
	}
	if got := b.AddDays(at("2030-11-04"), 42, WorkingDay); !got.Day.Equal(at("2031-01-01")) || len(got.Unknown) != 2 || !before.Day.Equal(at("2031-01-01")) {
		t.Errorf("a count begun before it: %v %v, %v", got.Day, got.Unknown, before.Day)
	}
	correction := invented()
	correction.From, correction.Work = "2030-12-01", nil
	b.Adopt(b.With(nil, []Year{correction, invented()}))
	if got := b.AddDays(at("2030-12-31"), 1, WorkingDay).Day; !got.Equal(at("2031-01-06")) {
		t.Errorf("the correction: %v", got)
	}
	if got := b.AddDays(at("2030-11-29"), 24, WorkingDay); !got.Day.After(at("2031-01-01")) {
		t.Errorf("%v", got.Day)
	}
}

func TestAYearIsChecked(t *testing.T) {
	if issues := invented().Check(); len(issues) > 0 {
		t.Fatal(issues)
	}
	for what, c := range map[string]struct {
		spoil  func(*Year)
		column string
	}{
		"no year":                          {func(y *Year) { y.Year = 31 }, "year"},
		"no notice":                        {func(y *Year) { y.Notice = " " }, "notice"},
		"a day of the notice that is none": {func(y *Year) { y.Published = "2030-13-01" }, "published"},
		"a holiday of another year":        {func(y *Year) { y.Holidays[0].First = "2030-12-30" }, "holidays"},
		"a holiday that ends first":        {func(y *Year) { y.Holidays[0].Last = "2030-12-30" }, "holidays"},
		"a holiday of a month":             {func(y *Year) { y.Holidays[0].Last = "2031-01-31" }, "holidays"},
		"a holiday without a name":         {func(y *Year) { y.Holidays[1].Name = "" }, "holidays"},
		"two holidays on a day":            {func(y *Year) { y.Holidays = append(y.Holidays, Holiday{"中秋节", "2031-10-01", "2031-10-01"}) }, "holidays"},
		"National Day is worked":           {func(y *Year) { y.Holidays = y.Holidays[:2] }, "holidays"},
		"a weekday among the worked":       {func(y *Year) { y.Work[0] = "2031-01-06" }, "work"},
		"a worked day of another year":     {func(y *Year) { y.Work[0] = "2032-01-04" }, "work"},
		"a worked day that is off":         {func(y *Year) { y.Work[0] = "2031-10-04" }, "work"},
		"a worked day twice":               {func(y *Year) { y.Work = append(y.Work, y.Work[0]) }, "work"},
		"no date":                          {func(y *Year) { y.Work[0] = "tomorrow" }, "work"},
	} {
		y := invented()
		c.spoil(&y)
		issues := y.Check()
		if len(issues) == 0 || issues[0].Column != c.column {
			t.Errorf("%s: %v", what, issues)
		}
	}
}

func TestTheShippedYearsAreWhole(t *testing.T) {
	// Days off and worked weekend days of each year, counted by hand from the notices.
	want := map[int][2]int{2019: {22, 6}, 2020: {30, 6}, 2021: {31, 7}, 2022: {31, 7}, 2023: {26, 7}, 2024: {28, 8}, 2025: {28, 5}, 2026: {33, 6}}
	years := open(t).Years()
	if len(years) != len(want) || years[0].Year != 2026 {
		t.Errorf("%d years from %d", len(years), years[0].Year)
	}
	for _, y := range years {
		if c := y.ready(); want[y.Year] != [2]int{len(c.off), len(c.work)} {
			t.Errorf("%d: %d days off and %d worked, want %v", y.Year, len(c.off), len(c.work), want[y.Year])
		}
	}
}
