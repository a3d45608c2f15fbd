package rulebook

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Where a parameter is not set, want is "".
func TestEachRegionHasItsOwnRulesAndItsProvincesFromTheirDay(t *testing.T) {
	b := open(t)
	for _, c := range []struct{ what, region, day, name, want string }{
		{"Sanmenxia on the day of its plan", "411200", "2021-04-20", "blended_exam_months", "4,8,12"},
		{"the day before", "411200", "2021-04-19", "blended_exam_months", ""},
		{"its county inherits", "411221", "2026-11-21", "blended_exam_months", "4,8,12"},
		{"Pingdingshan has no such months", "410400", "2026-11-21", "blended_exam_months", ""},
		{"nor has the province", "410000", "2026-11-21", "blended_exam_months", ""},
		{"Sanmenxia names three stronger certificates", "411200", "2022-12-31", "stronger_certificates", "qualification,skill_level,special_skill"},
		{"and keeps its own beside the province's", "411200", "2023-03-07", "stronger_certificates", "qualification,skill_level,special_skill"},
		{"Pingdingshan names five", "410400", "2022-03-17", "stronger_certificates", "qualification,skill_level,special_work,equipment,special_skill"},
		{"not the day before", "410400", "2022-03-16", "stronger_certificates", ""},
		{"a city of Henan that set none, from the province's day", "410100", "2023-03-07", "stronger_certificates", "qualification,skill_level,special_work,equipment,special_skill"},
		{"not the day before", "410100", "2023-03-06", "stronger_certificates", ""},
		{"Gu county lies in Shanxi and sets none", "141025", "2026-11-21", "stronger_certificates", ""},

		{"Sanmenxia stops classes", "411200", "2021-04-20", "satisfaction_effect", "stop_classes"},
		{"Pingdingshan too", "410423", "2026-11-21", "satisfaction_effect", "stop_classes"},
		{"Henan pauses the examination", "410100", "2026-11-21", "satisfaction_effect", "pause_examination"},
		{"Gu county has no such rule", "141025", "2026-11-21", "satisfaction_effect", ""},

		{"Sanmenxia 2021 gives no number to the mix", "411200", "2021-04-20", "mix_cap", ""},
		{"the province caps it from 2023", "411200", "2023-03-07", "mix_cap", "10%"},
		{"Pingdingshan from 2022", "410400", "2022-03-17", "mix_cap", "10%"},
		{"Zhengzhou from 2023", "410100", "2023-03-07", "mix_cap", "10%"},
		{"not the day before", "410100", "2023-03-06", "mix_cap", ""},
		{"Shangqiu", "411400", "2023-03-07", "mix_cap", "20%"},
		{"Xinyang", "411500", "2023-03-07", "mix_cap", "20%"},
		{"Zhoukou", "411600", "2023-03-07", "mix_cap", "20%"},
		{"Zhumadian", "411700", "2023-03-07", "mix_cap", "20%"},
		{"not the day before", "411700", "2023-03-06", "mix_cap", ""},
		{"Gu county has none", "141025", "2026-11-21", "mix_cap", ""},

		{"a platform in Pingdingshan", "410400", "2026-11-21", "platform_ban", "breach + 2"},
		{"elsewhere in Henan", "411000", "2026-11-21", "platform_ban", "discovery"},
		{"Gu county reports every two weeks", "141025", "2023-05-05", "reporting", "two_weeks"},
		{"not the day before", "141025", "2023-05-04", "reporting", ""},
		{"nor does its city", "141000", "2026-11-21", "reporting", ""},
		{"Xuchang reports by the month", "411000", "2019-10-12", "reporting", "month"},
		{"Luoyang as the province does", "410300", "2026-11-21", "reporting", "month,quarter,half_year,year"},
		{"the special inspection is Pingdingshan's", "410422", "2026-11-21", "special_inspections_least", "1"},
		{"and not Xuchang's", "411000", "2026-11-21", "special_inspections_least", ""},
		{"the province looks back to 2022", "410100", "2023-03-07", "problems_bar_since", "2022-01-01"},

		{"a district's target is its own", "410482", "2022-03-17", "skilled_target", "20000"},
		{"its city's is another", "410400", "2022-03-17", "skilled_target", "150000"},
		{"and ends with the year", "410400", "2023-01-01", "skilled_target", ""},
		{"a county without a target has not its city's", "411221", "2021-04-20", "training_target", ""},
	} {
		p, ok := b.At(c.region, at(c.day), SkillLevel, c.name)
		if ok != (c.want != "") || p.Value != c.want {
			t.Errorf("%s: %s in %s on %s: %q, want %q", c.what, c.name, c.region, c.day, p.Value, c.want)
		}
		if ok && (p.Kind != Binding || p.Document == "" || p.Clause == "" || p.Quote == "") {
			t.Errorf("%s: %+v carries no clause", c.what, p)
		}
	}
}

func TestPapersAreCentralWhereTheRegionSaysSo(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		region, day string
		track       Track
		want        bool
	}{
		{"411200", "2021-04-20", Completion, true},
		{"411282", "2026-11-21", Completion, true},
		{"411200", "2021-04-19", Completion, false},
		{"411200", "2026-11-21", SkillLevel, false},
		{"410400", "2026-11-21", Completion, false},
		{"141025", "2026-11-21", Completion, false},
	} {
		if p, got := b.CentralPapers(c.region, at(c.day), c.track); got != c.want || got && p.Rule != "R05" {
			t.Errorf("%s on %s, %s: %v", c.region, c.day, c.track, got)
		}
	}
}

func TestATrackOfItsOwnComesBeforeAllTracks(t *testing.T) {
	b := open(t)
	for track, want := range map[Track]int{SpecialWork: 80, SkillLevel: 60, Completion: 60} {
		if p, _ := b.At("410423", at("2026-11-21"), track, "pass_mark"); p.Int() != want {
			t.Errorf("%s: %d, want %d", track, p.Int(), want)
		}
	}
}

func TestParametersAreReadByTheirType(t *testing.T) {
	b, day := open(t), at("2026-11-21")
	get := func(region, name string) Param {
		t.Helper()
		p, ok := b.At(region, day, Completion, name)
		if !ok {
			t.Fatalf("%s in %s is not set", name, region)
		}
		return p
	}
	if got := get("411400", "mix_cap").Ratio(); got != 20_00 {
		t.Error(got)
	}
	if got := get("411200", "blended_exam_months").Months(); !slices.Equal(got, []time.Month{time.April, time.August, time.December}) {
		t.Error(got)
	}
	if got := get("411200", "online_defects"); len(got.Words()) != 6 || !got.Has("no_prompt") || got.Has("nothing") {
		t.Error(got)
	}
	if got := get("411200", "online_only_trades").Names(); len(got) != 32 || got[0] != "电子商务师（含跨境电子商务师）" {
		t.Error(len(got), got)
	}
	if got := get("410100", "problems_bar_since").Date(); !got.Equal(at("2022-01-01")) {
		t.Error(got)
	}
	if got := get("410400", "platform_ban").Term(); got != (Term{"breach", 2}) {
		t.Error(got)
	}
	if got := get("410100", "platform_ban").Term(); got != (Term{"discovery", 0}) {
		t.Error(got)
	}
	if got := get("410100", "satisfaction_effect").Word(); got != "pause_examination" {
		t.Error(got)
	}
	if !get("411200", "central_papers").Flag() {
		t.Error("R05 is a rule of Sanmenxia")
	}
}

func TestThePlanOfPingdingshanAddsUp(t *testing.T) {
	b, sums := open(t), map[string]int{}
	for _, r := range b.Regions() {
		for _, name := range []string{"training_target", "skilled_target", "high_skilled_target"} {
			if p, ok := b.At(r.Code, at("2022-12-31"), "", name); ok && r.Parent == "410400" {
				sums[name] += p.Int()
			}
		}
	}
	if sums["training_target"] != 190_000 || sums["skilled_target"] != 150_000 || sums["high_skilled_target"] != 57_000 {
		t.Error(sums)
	}
}

func TestEveryParameterNamesARuleOfTheCatalogue(t *testing.T) {
	b := open(t)
	for _, d := range b.Schema() {
		set := false
		for _, rule := range d.Rules {
			if _, err := b.Rule(rule); err != nil {
				t.Error(err)
			}
			set = set || slices.ContainsFunc(b.Settings(rule), func(p Param) bool { return p.Name == d.Name })
		}
		if !set {
			t.Errorf("%s is declared and set nowhere", d.Name)
		}
	}
	// K01… follow R66.
	place := func(r Rule) string { return strings.Replace(r.ID, "K", "Z", 1) }
	if !slices.IsSortedFunc(b.Rules(), func(x, y Rule) int { return strings.Compare(place(x), place(y)) }) {
		t.Error("the rules are not in the order of their ids")
	}
}
