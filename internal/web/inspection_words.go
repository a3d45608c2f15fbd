package web

import (
	"html/template"
	"strconv"

	"kaoping/bank"
	"kaoping/policies/access"
	"kaoping/policies/standing/inspection"
)

// Colours of the states of visits, findings and grades.
var (
	visitChips  = map[inspection.VisitState]string{inspection.Assigned: "wait", inspection.Noted: "run", inspection.Signed: "ok"}
	gradeChips  = map[inspection.CreditState]string{inspection.Proposed: "wait", inspection.Stands: "ok", inspection.Appealed: "wait"}
	resultChips = map[inspection.Result]string{inspection.Fine: "ok", inspection.Breach: "bad"}
)

// inspectionChip is chip for what an inspection knows; ok is false for what it
// does not.
func (l language) inspectionChip(state any) (html template.HTML, ok bool) {
	class, word := "", ""
	switch state := state.(type) {
	case inspection.VisitState:
		class, word = visitChips[state], "visit "+string(state)
	case inspection.CreditState:
		class, word = gradeChips[state], "grade "+string(state)
	case inspection.Result:
		if class, word = resultChips[state], "check "+string(state); state == "" {
			return "—", true
		}
	case inspection.FindingState:
		if class, word = "wait", "finding "+string(state); state == inspection.Fixed {
			class = "ok"
		}
	default:
		return "", false
	}
	return template.HTML(`<span class="chip ` + class + `">` + template.HTMLEscapeString(l.T(word)) + `</span>`), true
}

// percent writes a share of hundredths of a percent: 12.5%.
func percent(share int) string { return bank.Points(share).String() + "%" }

// inspectionsWaiting counts what waits for the actor, for the side list: plans
// to draw, visits to record or sign, grades for a second signature or an answer.
func (s *Server) inspectionsWaiting(r *request, path string) string {
	ctx, n := r.Request.Context(), 0
	switch {
	case path == inspectionsPath && r.actor.Has(access.Standing):
		plans, err := s.Inspection.Plans(ctx, r.actor, inspection.Query{Limit: waitingMost})
		for _, p := range plans {
			if err == nil && p.Seed == 0 {
				n++
			}
		}
	case path == visitsPath && r.actor.Has(access.Inspector):
		q := inspection.Query{Inspector: r.actor.ID, States: []inspection.VisitState{inspection.Assigned, inspection.Noted}, Limit: waitingMost}
		visits, err := s.Inspection.Visits(ctx, r.actor, q)
		for _, v := range visits {
			if err == nil && toDo(r.actor, v) {
				n++
			}
		}
	case path == gradesPath && r.actor.Has(access.Reviewer):
		credits, err := s.Inspection.Credits(ctx, r.actor, "")
		for _, c := range credits {
			if err == nil && (c.State == inspection.Proposed || c.State == inspection.Appealed) {
				n++
			}
		}
	}
	switch {
	case n == 0:
		return ""
	case n >= waitingMost:
		return "99+"
	}
	return strconv.Itoa(n)
}
