package standing

import (
	"errors"
	"testing"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

func day(text string) time.Time {
	t, err := time.ParseInLocation(time.DateTime, text, rulebook.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func filed() Body {
	return Body{
		Name: "示范技工学校", Kind: School, Code: "0000", Region: "410423", State: Listed,
		Scopes:    []Scope{{Trade: "6-31-01-03", Levels: []rulebook.Level{rulebook.JuniorWorker}}},
		Sites:     []Site{{ID: "s1", Serial: "000001", Name: "机房", Rooms: []Room{{Name: "第一考场", Seats: 20}}}},
		ValidFrom: day("2026-01-01 09:00:00"), ValidUntil: day("2026-12-31 09:00:00"),
	}
}

func TestMayEvaluate(t *testing.T) {
	exited := filed()
	exited.State = Exited
	in := day("2026-06-01 00:00:00")
	for _, c := range []struct {
		what  string
		body  Body
		trade string
		level rulebook.Level
		site  string
		day   time.Time
		ok    bool
	}{
		{"within the filing", filed(), "6-31-01-03", rulebook.JuniorWorker, "s1", in, true},
		{"the first moment of the first day", filed(), "6-31-01-03", rulebook.JuniorWorker, "s1", day("2026-01-01 00:00:00"), true},
		{"the last moment of the last day", filed(), "6-31-01-03", rulebook.JuniorWorker, "s1", day("2026-12-31 23:59:59"), true},
		{"the day before", filed(), "6-31-01-03", rulebook.JuniorWorker, "s1", day("2025-12-31 23:59:59"), false},
		{"the day after", filed(), "6-31-01-03", rulebook.JuniorWorker, "s1", day("2027-01-01 00:00:00"), false},
		{"another trade", filed(), "6-18-02-04", rulebook.JuniorWorker, "s1", in, false},
		{"another level", filed(), "6-31-01-03", rulebook.MiddleWorker, "s1", in, false},
		{"another site", filed(), "6-31-01-03", rulebook.JuniorWorker, "s2", in, false},
		{"an exited body", exited, "6-31-01-03", rulebook.JuniorWorker, "s1", in, false},
	} {
		err := c.body.MayEvaluate(c.trade, c.level, rulebook.SkillLevel, c.site, c.day)
		var f *fault.Error
		if (err == nil) != c.ok || err != nil && (!errors.As(err, &f) || f.Code != fault.Refused || f.Rule == nil || f.Rule.ID != "R30") {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestAFilingNamesWhatIsMissing(t *testing.T) {
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	if issues := filed().check(book); len(issues) > 0 {
		t.Errorf("a good filing: %v", issues)
	}
	for column, spoil := range map[string]func(*Body){
		"region":      func(b *Body) { b.Region = "999999" },
		"name":        func(b *Body) { b.Name = "" },
		"kind":        func(b *Body) { b.Kind = "club" },
		"code":        func(b *Body) { b.Code = "+123" },
		"scopes":      func(b *Body) { b.Scopes[0].Trade = "9-99-99-99" },
		"sites":       func(b *Body) { b.Sites[0].Serial = "12345" },
		"valid_until": func(b *Body) { b.ValidUntil = b.ValidFrom.AddDate(0, 0, -1) },
	} {
		b := filed()
		spoil(&b)
		if issues := b.check(book); len(issues) != 1 || issues[0].Column != column {
			t.Errorf("%s: %v", column, issues)
		}
	}
}
