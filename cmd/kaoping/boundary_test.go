package main

import (
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// The regions whose documents are the source of rules, each with the day that
// its boundary cases play on, and the region that they play in.
const (
	sanmenxia    = "411200"
	pingdingshan = "410400"
	henan        = "410000"
	guxian       = "141025"
	xuchang      = "411000"
	anyang       = "410500" // has nothing but the province's rules
	linfen       = "141000" // the city of Gu county: no document of its own
)

var frontierDays = map[string]string{sanmenxia: "2021-05-10", pingdingshan: "2022-05-10", henan: "2023-05-10", anyang: "2023-05-10", guxian: "2023-06-01", linfen: "2023-06-01", xuchang: "2022-06-01"}

// boundary says how a rule is held at its boundary in the regions that set it:
// play has the last case that passes and the first that is refused, in the
// region and in one without the rule; by names another test that has; shown is a
// rule that refuses nothing, with the reason: what it makes visible is looked at.
type boundary struct {
	rule    string
	regions []string
	play    func(*testing.T, *frontier, string)
	by      string
	shown   string
}

const training = "exam.TestTheRulesOfTrainingAtTheirBoundaries"

// boundaries is the table: TestEveryRuleIsHeldAtItsBoundary fails when a seed rule of
// R02 to R43 and a region that sets it are not in it.
var boundaries = []boundary{
	{rule: "R02", regions: []string{sanmenxia, pingdingshan}, play: noticeInTime},
	{rule: "R03", regions: []string{sanmenxia, pingdingshan, henan}, play: strongerFirst},
	{rule: "R04", regions: []string{sanmenxia, pingdingshan, henan}, by: training},
	{rule: "R05", regions: []string{sanmenxia}, play: ownPaper},
	{rule: "R05", regions: []string{sanmenxia}, by: "cmd/kaoping.TestOnlyTheRightCentralPaperWillDo"},
	{rule: "R06", regions: []string{pingdingshan, henan, "411400", "411500", "411600", "411700"}, play: capOfTheCity},
	{rule: "R06", regions: []string{pingdingshan, "411400"}, by: "certify.TestTheBoundaryOfTheCap"},
	{rule: "R07", regions: []string{sanmenxia, pingdingshan}, shown: "every examination of kaoping is on site, in a room that an invigilator opened; the rule names no date by which theory moves to computers"},
	{rule: "R08", regions: []string{sanmenxia}, by: training},
	{rule: "R08", regions: []string{sanmenxia}, by: "exam.TestBlendedCoursesAreExaminedInFixedMonths"},
	{rule: "R09", regions: []string{sanmenxia}, play: onlineOfTheList},
	{rule: "R09", regions: []string{pingdingshan}, by: training},
	{rule: "R10", regions: []string{sanmenxia, pingdingshan, henan}, by: training},
	{rule: "R11", regions: []string{sanmenxia, pingdingshan, henan}, by: training},
	{rule: "R12", regions: []string{sanmenxia, pingdingshan, henan}, by: training},
	{rule: "R13", regions: []string{henan}, by: training},
	{rule: "R13", regions: []string{sanmenxia, pingdingshan}, shown: "it stops new classes, which are not opened in kaoping"},
	{rule: "R14", regions: []string{henan}, play: jointCohorts},
	{rule: "R30", regions: []string{pingdingshan}, play: filedOrNot},
	{rule: "R31", regions: []string{guxian}, shown: "who examines, issues: no other body can, and the certificate names it"},
	{rule: "R32", regions: []string{pingdingshan}, play: inspectedEachHalfYear},
	{rule: "R33", regions: []string{sanmenxia, pingdingshan, henan, guxian}, by: "policies/standing/cases.TestMeasuresGoByTheRegionsRules"},
	{rule: "R34", regions: []string{henan}, by: "policies/standing/cases.TestMeasuresGoByTheRegionsRules"},
	{rule: "R34", regions: []string{henan}, play: subsidyBarred},
	{rule: "R35", regions: []string{xuchang, guxian}, shown: "the list is published for every region; no rule asks whether a body is private"},
	{rule: "R36", regions: []string{guxian}, shown: "the ways of checking are those of a plan of inspections, none is refused"},
	{rule: "R37", regions: []string{sanmenxia, pingdingshan, henan}, play: crossingRegions},
	{rule: "R38", regions: []string{guxian}, play: ownBodyFirst},
	{rule: "R39", regions: []string{sanmenxia}, shown: "it allows, and refuses nothing"},
	{rule: "R40", regions: []string{sanmenxia, pingdingshan}, by: "exam.TestWhereTheInspectorSigns"},
	{rule: "R40", regions: []string{sanmenxia, pingdingshan}, play: signedRecord},
	{rule: "R41", regions: []string{pingdingshan, henan}, by: "policies/standing/cases.TestMeasuresGoByTheRegionsRules"},
}

// TestEveryRuleIsHeldAtItsBoundary plays the table, and holds it against the
// rulebook: every region that sets a seed rule of R02 to R43 has its case.
func TestEveryRuleIsHeldAtItsBoundary(t *testing.T) {
	t.Parallel()
	f := newFrontier(t)
	for _, b := range boundaries {
		for _, region := range b.regions {
			t.Run(b.rule+"/"+region, func(t *testing.T) {
				if kinds := map[bool]int{true: 1}; kinds[b.play != nil]+kinds[b.by != ""]+kinds[b.shown != ""] != 1 {
					t.Fatal("a case is played, or played elsewhere, or shown")
				}
				switch {
				case b.play != nil:
					b.play(t, f, region)
				case b.by != "":
					elsewhere(t, b.by)
				default:
					f.isShown(t, b.rule, region)
				}
			})
		}
	}
	wanted := map[string]bool{}
	for _, rule := range f.book.Rules() {
		for _, p := range f.book.Settings(rule.ID) {
			if p.Kind == rulebook.Binding && rule.ID >= "R02" && rule.ID <= "R43" {
				wanted[rule.ID+" in "+p.Region] = true
			}
		}
	}
	for _, b := range boundaries {
		for _, region := range b.regions {
			if !wanted[b.rule+" in "+region] {
				t.Errorf("the rulebook has no seed rule %s in %s", b.rule, region)
			}
		}
	}
	for want := range maps.Keys(wanted) {
		rule, region, _ := strings.Cut(want, " in ")
		if !slices.ContainsFunc(boundaries, func(b boundary) bool { return b.rule == rule && slices.Contains(b.regions, region) }) {
			t.Errorf("%s has no boundary case", want)
		}
	}
}

// elsewhere fails the test unless there is a test of the name.
func elsewhere(t *testing.T, name string) {
	t.Helper()
	dir, test, _ := strings.Cut(name, ".")
	files, err := filepath.Glob(filepath.Join("../..", dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^func ` + test + `\(t \*testing\.T\)`)
	if !slices.ContainsFunc(files, func(path string) bool {
		raw, err := os.ReadFile(path)
		return err == nil && declared.Match(raw)
	}) {
		t.Errorf("there is no test %s", name)
	}
}

// frontier is an application on whose clock rules of several years are played,
// with bodies filed in several regions.
type frontier struct {
	*testApp
	bodies int
}

func newFrontier(t *testing.T) *frontier { return &frontier{testApp: newApp(t)} }

// on sets the clock to ten o'clock of a legal day and returns that moment.
func (f *frontier) on(day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, rulebook.Shanghai)
	if err != nil {
		panic(err)
	}
	f.clock.set(t.Add(10 * time.Hour))
	return f.clock.now()
}

// filed files a body in a region from a month before the day of the region's
// cases to a year after, for one trade.
func (f *frontier) filed(t *testing.T, region, trade string, change func(*standing.Body)) standing.Body {
	t.Helper()
	now := f.on(frontierDays[region])
	f.bodies++
	b := standing.Body{
		Name: "示范机构" + region + "-" + string(rune('A'+f.bodies%26)), Kind: standing.Social, Code: "0001", Region: region,
		Scopes:    []standing.Scope{{Trade: trade, Levels: []rulebook.Level{demoLevel}}},
		Sites:     []standing.Site{{Serial: "000001", Name: "示范考点", Rooms: []standing.Room{{Name: "一", Seats: 9}}}},
		ValidFrom: now.AddDate(0, -1, 0), ValidUntil: now.AddDate(1, 0, 0),
	}
	if change != nil {
		change(&b)
	}
	b, err := f.standing.File(t.Context(), access.System(), b)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// only makes a scope one of some tracks.
func only(tracks ...rulebook.Track) func(*standing.Body) {
	return func(b *standing.Body) { b.Scopes[0].Tracks = tracks }
}

// draft drafts a sitting of a body a week from now.
func (f *frontier) draft(t *testing.T, b standing.Body, track rulebook.Track, change func(*exam.Draft)) exam.Sitting {
	t.Helper()
	d := exam.Draft{Body: b.ID, Site: b.Sites[0].ID, Trade: b.Scopes[0].Trade, Level: demoLevel, Track: track, StartsAt: f.clock.now().AddDate(0, 0, 7)}
	if change != nil {
		change(&d)
	}
	sitting, err := f.exam.Draft(t.Context(), access.System(), d)
	if err != nil {
		t.Fatal(err)
	}
	return sitting
}

// notify foresees and gives notice of a sitting; both say the same.
func (f *frontier) notify(t *testing.T, sitting exam.Sitting) error {
	t.Helper()
	foreseen := f.exam.NoticeRefusal(t.Context(), access.System(), sitting)
	_, err := f.exam.Notify(t.Context(), access.System(), sitting.ID)
	if (foreseen == nil) != (err == nil) {
		t.Errorf("foreseen %v, given notice %v", foreseen, err)
	}
	return err
}

// holds fails the test unless a rule refused, "" for nothing, and returns the refusal.
func holds(t *testing.T, what, rule string, err error) *fault.Error {
	t.Helper()
	var refusal *fault.Error
	switch {
	case rule == "" && err != nil:
		t.Errorf("%s: %v", what, err)
	case rule != "" && (!errors.As(err, &refusal) || refusal.Code != fault.Refused || refusal.Rule == nil || refusal.Rule.ID != rule || refusal.Rule.Clause == ""):
		t.Errorf("%s: not refused by %s with its clause: %v", what, rule, err)
	}
	if refusal == nil {
		refusal = &fault.Error{}
	}
	return refusal
}

// isShown looks a rule up through the API as the public sees it: in force on its
// first day with its quotation, not on the day before, and not in the nation.
func (f *frontier) isShown(t *testing.T, rule, region string) {
	t.Helper()
	var first rulebook.Param
	for _, p := range f.book.Settings(rule) {
		if p.Region == region && p.Kind == rulebook.Binding {
			first = p
		}
	}
	on, err := time.Parse(time.DateOnly, first.From)
	if err != nil {
		t.Fatal(err)
	}
	public := f.client(t)
	for _, c := range []struct {
		region, day string
		shown       bool
	}{
		{region, first.From, true}, {region, on.AddDate(0, 0, -1).Format(time.DateOnly), false}, {rulebook.Nation, first.From, false},
	} {
		r := public.get("/api/v1/rules?region="+c.region+"&date="+c.day).ok(t, http.StatusOK)
		if got := strings.Contains(r.body, first.Quote); got != c.shown {
			t.Errorf("%s in %s on %s: shown %v, want %v", rule, c.region, c.day, got, c.shown)
		}
	}
}

// testEntry is what the audit stream says of what a test puts into the store itself.
func testEntry(at time.Time) audit.Entry {
	return audit.Entry{Stream: "test", Object: "test/1", At: at, Who: audit.System, What: "test"}
}
