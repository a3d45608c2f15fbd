package web

import (
	"strings"
	"time"

	"kaoping/policies/rulebook"
)

// unitWords are how the pages count in the units of the rulebook.
var unitWords = map[string]string{
	"calendar_day": "%s calendar days", "working_day": "%s working days", "points_of_100": "%s of 100 points",
	"person": "%s persons", "minute": "%s minutes", "month": "%s months", "year": "%s years", "age": "%s years of age", "class_hour": "%s class hours",
	"time": "%s times", "time_per_half_year": "%s times each half-year", "time_per_year": "%s times a year", "body": "%s bodies",
	"character": "%s characters", "person_time": "%s person-times", "hour": "%s hours", "percent": "%s",
}

var kindWords = map[rulebook.Kind]string{
	rulebook.Binding: "binding", rulebook.Found: "default from other regulations", rulebook.Assumed: "assumption", rulebook.Decided: "decided by the region",
}

var kindChips = map[rulebook.Kind]string{rulebook.Binding: "ok", rulebook.Found: "run", rulebook.Assumed: "wait", rulebook.Decided: "run"}

// counted is a number in a unit, in words.
func (l language) counted(n, unit string) string {
	if words := unitWords[unit]; words != "" {
		return l.T(words, n)
	}
	return strings.TrimSpace(n + " " + unit)
}

// joined is a list in words.
func (l language) joined(list []string) string {
	if l.Code == "zh" {
		return strings.Join(list, "、")
	}
	return strings.Join(list, ", ")
}

// amount is a parameter's value with its unit in words. A parameter of an old
// edition that is not declared any more is shown as it was written.
func (r *request) amount(p rulebook.Param) string {
	d, err := r.s.Book.Declared(p.Name)
	if p.Value == rulebook.None {
		return r.T("none of its own any more")
	}
	if err != nil || len(d.Check(p.Value, p.Unit)) > 0 {
		return strings.TrimSpace(p.Value + " " + p.Unit)
	}
	switch d.Type {
	case rulebook.Integer, rulebook.Ratio:
		return r.counted(p.Value, p.Unit)
	case rulebook.Months:
		var months []string
		for _, m := range p.Months() {
			months = append(months, r.month(m))
		}
		return r.joined(months)
	case rulebook.Words, rulebook.Enum:
		var words []string
		for _, w := range p.Words() {
			words = append(words, r.T(d.Words[w]))
		}
		return r.joined(words)
	case rulebook.Date:
		return r.Day(p.Date())
	case rulebook.Flag:
		if p.Flag() {
			return r.T("yes")
		}
		return r.T("no")
	case rulebook.Duration:
		term := p.Term()
		if term.N == 0 {
			return r.T("%s, without a term", r.T(d.Words[term.From]))
		}
		return r.T("%s, for %s", r.T(d.Words[term.From]), r.counted(p.Value[strings.LastIndex(p.Value, " ")+1:], p.Unit))
	}
	return p.Value
}

// month is a month of the year: 4月, April.
func (l language) month(m time.Month) string {
	if l.Code == "zh" {
		return l.T("month %d", int(m))
	}
	return m.String()
}

// ruleRow is a parameter in words.
type ruleRow struct {
	rulebook.Param
	What, Amount    string
	Origin          string // the region that set it
	Inherited       bool   // by the region that is looked at
	Kept, KeptClass string // how binding it is
	Tracks          []string
	Since, Last     string // first and last day, "" for none
}

func (s *Server) ruleRow(r *request, p rulebook.Param, region string) ruleRow {
	row := ruleRow{
		Param: p, What: p.Name, Amount: r.amount(p), Origin: r.term(s.regionName(p.Region)), Inherited: region != "" && p.Region != region,
		Kept: kindWords[p.Kind], KeptClass: kindChips[p.Kind], Since: r.dayText(p.From), Last: r.dayText(p.Until),
	}
	if d, err := s.Book.Declared(p.Name); err == nil {
		row.What = r.T(d.What)
	}
	for _, track := range p.Tracks {
		row.Tracks = append(row.Tracks, r.term(track.String()))
	}
	return row
}

// dayText shows a day that is written as 2026-11-21; "" for none.
func (l language) dayText(day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, rulebook.Shanghai)
	if err != nil {
		return day
	}
	return l.Day(t)
}
