package web

import (
	"slices"

	"kaoping/policies/access"
	"kaoping/policies/standing/inspection"
)

// visitRow is a visit in a list.
type visitRow struct {
	inspection.Visit
	Place         string
	Open, Overdue int  // findings
	Mine          bool // waits for the actor's record or signature
}

func (s *Server) visitRow(r *request, v inspection.Visit) visitRow {
	row := visitRow{Visit: v, Place: s.Book.FullName(v.Region), Mine: toDo(r.actor, v)}
	for _, f := range v.Findings {
		switch {
		case f.Overdue(s.Now()):
			row.Overdue++
		case f.State == inspection.Open:
			row.Open++
		}
	}
	return row
}

// toDo reports whether a visit waits for an inspector's record or signature.
func toDo(actor access.Actor, v inspection.Visit) bool {
	return v.State != inspection.Signed && slices.Contains(v.Inspectors, actor.ID) &&
		!slices.ContainsFunc(v.Signatures, func(x inspection.Signature) bool { return x.By == actor.ID })
}

// showVisits lists visits: an inspector's own ones, those of a body for who
// works in it, and all of the region for the bureau.
func (s *Server) showVisits(r *request) error {
	q := inspection.Query{Body: r.bodyAs(access.Scheduler), Before: r.Query("before"), Limit: rowsMost + 1}
	title, own := "Visits", r.actor.Has(access.Inspector) && r.Query("all") == ""
	switch {
	case own:
		q.Inspector, title = r.actor.ID, "My visits"
	case q.Body != "":
		title = "Inspections of this body"
	case !seenBy(r.actor, inspectionRoles):
		return s.Policy.Decide(r.actor, "inspection:visit", access.Scope{})
	}
	state := inspection.VisitState(r.Query("state"))
	if slices.Contains(inspection.VisitStates, state) {
		q.States = []inspection.VisitState{state}
	}
	list, err := s.Inspection.Visits(r.Request.Context(), r.actor, q)
	if err != nil {
		return err
	}
	list, pages := paged(r, visitsPath, "before", list, func(x inspection.Visit) string { return x.ID })
	rows := make([]visitRow, len(list))
	for i, v := range list {
		rows[i] = s.visitRow(r, v)
	}
	var states []choice
	for _, x := range inspection.VisitStates {
		states = append(states, choice{string(x), r.T("visit " + string(x)), x == state})
	}
	return r.render(deskFrame, "visits", r.T(title), map[string]any{
		"Title": title, "Rows": rows, "States": states, "Own": own, "Inspector": r.actor.Has(access.Inspector), "OfBody": q.Body != "", "All": r.Query("all"),
		"Filtered": len(q.States) > 0, "Pager": pages,
	})
}

// visitPage is the record of a visit with what the actor can do.
type visitPage struct {
	visitRow
	Names    []string // of the inspectors
	Checks   []checkRow
	Findings []findingRow
	Rules    []choice // that a finding can name
	May      struct{ Note, Sign, Follow, Plan bool }
	OnDay    string // as the form has it
	MetWho   string
	Form     []findingLine
	Beside   beside
}

type checkRow struct {
	inspection.Check
	Results []choice
}

type findingRow struct {
	inspection.Finding
	Overdue bool
}

// findingLine is a line of the form's table of findings.
type findingLine struct {
	Text, Due string
	Rules     []choice
}

// findingRows is how many lines the form has beyond those that are filled in.
const findingRows = 3

func (s *Server) showVisit(r *request) error {
	page, err := s.visitPage(r)
	if err != nil {
		return err
	}
	return r.render(deskFrame, "visit", page.BodyName, page)
}

// printVisit is the record on paper, with lines for the signatures.
func (s *Server) printVisit(r *request) error {
	page, err := s.visitPage(r)
	if err != nil {
		return err
	}
	return r.render(printFrame, "visitrecord", page.BodyName, page)
}

func (s *Server) visitPage(r *request) (visitPage, error) {
	ctx := r.Request.Context()
	v, err := s.Inspection.Visit(ctx, r.actor, r.Param("id"))
	if err != nil {
		return visitPage{}, err
	}
	names, err := s.Inspection.Names(ctx)
	if err != nil {
		return visitPage{}, err
	}
	page := visitPage{visitRow: s.visitRow(r, v), Names: inspectorNames(v.Inspectors, names), Beside: r.beside()}
	drawn := slices.Contains(v.Inspectors, r.actor.ID) && r.may("inspection:visit", v.Scope())
	page.May.Note = drawn && v.State != inspection.Signed && len(v.Signatures) == 0
	page.May.Sign = page.Mine && drawn && v.State == inspection.Noted
	page.May.Follow = v.State == inspection.Signed && r.may("finding:follow", v.Scope())
	page.May.Plan = r.may("body:read", access.Scope{Region: v.Region})
	for _, f := range v.Findings {
		page.Findings = append(page.Findings, findingRow{f, f.Overdue(s.Now())})
	}
	s.fillVisitForm(r, &page)
	return page, nil
}

// fillVisitForm fills the form with what was typed, else with what is recorded.
func (s *Server) fillVisitForm(r *request, page *visitPage) {
	typed := r.Request.PostForm
	at := func(name string, i int, stored string) string {
		if list, posted := typed[name]; posted {
			if i < len(list) {
				return list[i]
			}
			return ""
		}
		return stored
	}
	day := sheetDay(s.Now())
	if !page.On.IsZero() {
		day = sheetDay(page.On)
	}
	page.OnDay, page.MetWho = at("on", 0, day), at("met", 0, page.Met)
	for i, c := range page.Visit.Checks {
		row := checkRow{Check: c}
		row.Note = at("note", i, c.Note)
		for _, result := range inspection.Results {
			row.Results = append(row.Results, choice{string(result), r.T("check " + string(result)), at("result", i, string(c.Result)) == string(result)})
		}
		page.Checks = append(page.Checks, row)
	}
	for i := range max(len(page.Visit.Findings), len(typed["finding"])-findingRows) + findingRows {
		var f inspection.Finding
		due := ""
		if i < len(page.Visit.Findings) {
			f = page.Visit.Findings[i]
			due = sheetDay(f.Due)
		}
		line := findingLine{Text: at("finding", i, f.Text), Due: at("due", i, due)}
		chosen := at("rule", i, f.Rule)
		for _, rule := range s.Book.Rules() {
			line.Rules = append(line.Rules, choice{rule.ID, rule.ID, rule.ID == chosen})
		}
		page.Form = append(page.Form, line)
	}
}
