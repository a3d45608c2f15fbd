package web

import (
	"strings"
	"time"

	"kaoping/certify"
	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// homeRegion is whose rules the page shows to a visitor without a region.
const homeRegion = "410400"

// paramWords and unitWords are how the pages call what the rulebook names.
var (
	paramWords = map[string]string{
		"notice_days":                "Notice ahead of a sitting, at least",
		"pass_mark":                  "Pass mark of each part",
		"examiners_least":            "Examiners of a sitting, at least and odd",
		"invigilators_per_room":      "Invigilators in a room, at least",
		"candidates_per_invigilator": "Candidates for one invigilator, at most",
		"theory_minutes_least":       "Length of the theory examination, at least",
		"youngest_candidate":         "Age of a candidate on the day, at least",
		"practical_spread_most":      "Spread of the examiners' scores before a second scoring, at most",
	}
	unitWords = map[string]string{
		"calendar_day": "%s calendar days", "working_day": "%s working days", "points_of_100": "%s of 100 points",
		"person": "%s persons", "minute": "%s minutes", "year": "%s years",
	}
	kindWords = map[rulebook.Kind]string{
		rulebook.Binding: "binding", rulebook.Found: "default from other regulations", rulebook.Assumed: "assumption",
	}
	kindChips = map[rulebook.Kind]string{rulebook.Binding: "ok", rulebook.Found: "run", rulebook.Assumed: "wait"}
)

// plainRules are the rules that refuse without a number of their own; they hold
// everywhere.
var plainRules = []struct {
	fault.Rule
	What string
}{
	{standing.Filing, "A body evaluates only the trades, levels and sites that it is filed for, while its filing holds."},
	{certify.Numbering, "A skill level certificate has a number of 22 characters, which is never used again."},
}

// rulesPage is every parameter in force in one region on one day.
type rulesPage struct {
	Regions []choice
	Day     string
	Where   string
	Rules   []ruleRows
	Plain   any
}

// ruleRows is the parameters of one rule, to which a refusal links.
type ruleRows struct {
	ID     string
	Params []ruleRow
}

// ruleRow is a parameter in words.
type ruleRow struct {
	rulebook.Param
	What, Amount    string
	Origin          string // the region that set it
	Kept, KeptClass string // how binding it is
	Tracks          []string
	Since           string
}

// showRules lists the rules in force (适用规则), for anyone.
func (s *Server) showRules(r *request) error {
	region := r.DefaultQuery("region", s.ownRegion(r))
	day := rulebook.Day(s.Now())
	if typed := r.Query("day"); typed != "" {
		parsed, err := time.ParseInLocation(time.DateOnly, typed, rulebook.Shanghai)
		if err != nil {
			r.fault = fault.New(fault.Invalid, "web.showRules", "“%s” is not a date: write it as 2026-11-21", typed)
		} else {
			day = parsed
		}
	}
	if _, err := s.Book.Region(region); err != nil {
		r.fault, region = err, homeRegion
	}
	page := rulesPage{Plain: plainRules, Day: day.Format(time.DateOnly), Where: s.regionName(region), Regions: s.regionChoices(region)}
	for _, p := range s.Book.InForce(region, day) {
		if n := len(page.Rules); n == 0 || page.Rules[n-1].ID != p.Rule {
			page.Rules = append(page.Rules, ruleRows{ID: p.Rule})
		}
		last := &page.Rules[len(page.Rules)-1]
		last.Params = append(last.Params, s.ruleRow(r, p))
	}
	return r.render(deskFrame, "rules", r.T("Rules in force"), page)
}

func (s *Server) ruleRow(r *request, p rulebook.Param) ruleRow {
	row := ruleRow{Param: p, What: p.Name, Amount: p.Value + " " + p.Unit, Origin: r.term(s.regionName(p.Region)), Kept: kindWords[p.Kind], KeptClass: kindChips[p.Kind]}
	if words := paramWords[p.Name]; words != "" {
		row.What = r.T(words)
	}
	if words := unitWords[p.Unit]; words != "" {
		row.Amount = r.T(words, p.Value)
	}
	for _, track := range p.Tracks {
		row.Tracks = append(row.Tracks, r.term(track.String()))
	}
	if since, err := time.ParseInLocation(time.DateOnly, p.From, rulebook.Shanghai); err == nil {
		row.Since = r.Day(since)
	}
	return row
}

// ownRegion is the region that the actor works in, or homeRegion.
func (s *Server) ownRegion(r *request) string {
	for _, g := range r.actor.Grants {
		if g.Region != "" {
			return g.Region
		}
		if body, err := s.Standing.Store.Body(r.Request.Context(), g.Body); err == nil {
			return body.Region
		}
	}
	return homeRegion
}

// regionName is a region's full name; the nation's has nothing before it.
func (s *Server) regionName(code string) string {
	if code == rulebook.Nation {
		region, _ := s.Book.Region(code)
		return region.Name
	}
	return s.Book.FullName(code)
}

// regionChoices lists all regions, each set in under the one that contains it.
func (s *Server) regionChoices(chosen string) []choice {
	var list []choice
	for _, region := range s.Book.Regions() {
		depth := max(0, len(s.Book.Lineage(region.Code))-2)
		list = append(list, choice{region.Code, strings.Repeat("　", depth) + region.Name, region.Code == chosen})
	}
	return list
}
