package rulebook

import (
	"fmt"
	"testing"
	"time"
)

func at(day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func open(t *testing.T) *Book {
	t.Helper()
	b, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParametersInheritFromTheCityAndNeverFromANeighbour(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name, region, day string
		want              bool
	}{
		{"a county of Pingdingshan inherits its city's notice", "410423", "2026-11-21", true},
		{"the day the plan was printed", "410400", "2022-03-17", true},
		{"the day before it", "410400", "2022-03-16", false},
		{"Xuchang set none", "411000", "2026-11-21", false},
		{"the province set none", "410000", "2026-11-21", false},
		{"an unknown region has no rule at all", "999999", "2026-11-21", false},
	} {
		p, ok := b.At(c.region, at(c.day), SkillLevel, "notice_days")
		if ok != c.want {
			t.Errorf("%s: found %v, want %v", c.name, ok, c.want)
		}
		if ok && (p.Int() != 3 || p.Rule != "R02" || p.Quote == "") {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
}

func TestNationalDefaultsAreMarkedAsFound(t *testing.T) {
	p, ok := open(t).At("410423", at("2026-11-21"), SkillLevel, "pass_mark")
	if !ok || p.Kind != Found || p.Int() != 60 {
		t.Fatalf("%+v %v", p, ok)
	}
}

func TestInForceNamesEachParameterOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range open(t).InForce("410423", at("2026-11-21")) {
		if key := p.Name + fmt.Sprint(p.Tracks); seen[key] {
			t.Errorf("%s twice", key)
		} else {
			seen[key], seen[p.Name] = true, true
		}
	}
	if !seen["notice_days"] || !seen["pass_mark"] {
		t.Errorf("missing: %v", seen)
	}
}

func TestRegionsFormATree(t *testing.T) {
	b := open(t)
	if !b.Covers("410000", "410423") || !b.Covers("410423", "410423") {
		t.Error("a province covers its counties, a county itself")
	}
	if b.Covers("410423", "410421") || b.Covers("410423", "410400") {
		t.Error("a county covers neither its neighbour nor its city")
	}
	if got := b.FullName("410423"); got != "河南省平顶山市鲁山县" {
		t.Error(got)
	}
	districts := 0
	for _, r := range b.Regions() {
		if r.Parent == "410400" {
			districts++
		}
	}
	if districts != 12 {
		t.Errorf("Pingdingshan has %d districts and counties, its plan lists 12", districts)
	}
}

func TestTheLegalDayTurnsAtMidnightInShanghai(t *testing.T) {
	late := time.Date(2026, 11, 20, 15, 59, 59, 0, time.UTC) // 23:59:59 in Shanghai
	if got := Day(late.Add(time.Second)).Sub(Day(late)); got != 24*time.Hour {
		t.Errorf("one second over midnight is %v later", got)
	}
}
