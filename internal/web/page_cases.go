package web

import (
	"slices"
	"strings"

	"kaoping/policies/access"
	"kaoping/policies/standing/cases"
)

// caseRow is a case in a list.
type caseRow struct {
	cases.Case
	Place   string
	Overdue bool
}

type casesPage struct {
	Rows      []caseRow
	Pager     pager
	Text      string
	States    []choice
	Waits     []choice
	Sources   []choice
	Filtered  bool
	MayReport bool
	Export    string
}

// openStates is the filter's word for every case that is not at its end.
const openStates = "open"

// caseQuery reads the filters of the list from the address.
func caseQuery(r *request) cases.Query {
	q := cases.Query{Text: strings.TrimSpace(r.Query("q")), After: r.Query("after")}
	if state := cases.State(r.Query("state")); slices.Contains(cases.States, state) {
		q.States = []cases.State{state}
	} else if r.Query("state") == openStates {
		q.States = cases.Open
	}
	if waits := cases.Actor(r.Query("waits")); slices.Contains([]cases.Actor{cases.ForOfficer, cases.ForReviewer, cases.ForParty}, waits) {
		q.Waits = waits
	}
	if source := cases.Source(r.Query("source")); slices.Contains(cases.Sources, source) {
		q.Source = source
	}
	return q
}

// showCases lists the cases of the actor's regions: overdue first, closed last.
func (s *Server) showCases(r *request) error {
	if !seenBy(r.actor, caseRoles) {
		return s.Policy.Decide(r.actor, "case:read", access.Scope{})
	}
	q := caseQuery(r)
	q.Limit = rowsMost + 1
	list, err := s.Cases.Cases(r.Request.Context(), r.actor, q)
	if err != nil {
		return err
	}
	list, pages := paged(r, casesPath, "after", list, func(x cases.Case) string { return x.Rank })
	page := casesPage{
		Rows: s.caseRows(list), Pager: pages, Text: q.Text,
		States: []choice{{openStates, r.T("open cases"), r.Query("state") == openStates}}, MayReport: seenBy(r.actor, reporterRoles),
		Filtered: q.Text != "" || q.States != nil || q.Waits != "" || q.Source != "", Export: r.filtered(casesPath + "/export.xlsx"),
	}
	for _, state := range cases.States {
		page.States = append(page.States, choice{string(state), r.T("case " + string(state)), r.Query("state") == string(state)})
	}
	for _, waits := range []cases.Actor{cases.ForOfficer, cases.ForReviewer, cases.ForParty} {
		page.Waits = append(page.Waits, choice{string(waits), r.T("waits " + string(waits)), q.Waits == waits})
	}
	for _, source := range cases.Sources {
		page.Sources = append(page.Sources, choice{string(source), r.T("source " + string(source)), q.Source == source})
	}
	return r.render(deskFrame, "cases", r.T("Cases"), page)
}

func (s *Server) caseRows(list []cases.Case) []caseRow {
	rows := make([]caseRow, len(list))
	for i, c := range list {
		rows[i] = caseRow{c, s.Book.FullName(c.Region), c.Overdue(s.Now())}
	}
	return rows
}

func (s *Server) exportCases(r *request) error {
	q := caseQuery(r)
	q.After, q.Limit = "", exportMost
	list, err := s.Cases.Cases(r.Request.Context(), r.actor, q)
	if err != nil {
		return err
	}
	t := table{columns: []column{
		{r.T("Case"), 40}, {r.T("Party"), 30}, {r.T("ID number"), 22}, {r.T("Region"), 26}, {r.T("Reported by"), 16}, {r.T("State"), 14},
		{r.T("Waits for"), 14}, {r.T("Due by"), 14}, {r.T("Measures"), 40}, {r.T("Decided"), 20},
	}}
	for _, c := range s.caseRows(list) {
		var due, decided string
		if !c.Due.IsZero() {
			due = sheetDay(c.Due)
		}
		var measures []string
		if c.Decision != nil && !c.Decision.At.IsZero() {
			decided = sheetTime(c.Decision.At)
			for _, m := range c.Decision.Measures {
				measures = append(measures, r.measureWord(m))
			}
		}
		waits := ""
		if c.Waits != cases.ForNobody {
			waits = r.T("waits " + string(c.Waits))
		}
		t.rows = append(t.rows, []any{c.Title, c.Name, c.Masked, c.Place, r.T("source " + string(c.Source)), r.T("case " + string(c.State)), waits, due, strings.Join(measures, "；"), decided})
	}
	return r.sendTable(r.T("Cases")+".xlsx", t)
}
