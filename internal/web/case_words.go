package web

import (
	"html/template"
	"strconv"
	"time"

	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// caseChips says what colour the state of a case has.
var caseChips = map[cases.State]string{
	cases.Reported: "wait", cases.Evidenced: "wait", cases.Notified: "run", cases.Heard: "wait", cases.Decided: "bad",
	cases.Appealed: "wait", cases.Final: "ok", cases.Dismissed: "", cases.Upheld: "ok",
}

// caseChip is chip for the state of a case, whose words are its own: a notified
// sitting and a notified party are not the same.
func (l language) caseChip(state cases.State) template.HTML {
	return template.HTML(`<span class="chip ` + caseChips[state] + `">` + template.HTMLEscapeString(l.T("case "+string(state))) + `</span>`)
}

// measureWord names a measure, with its term where it has one.
func (l language) measureWord(m cases.Measure) string {
	word := l.T("measure " + string(m.Kind))
	switch {
	case m.Kind == cases.SubjectVoid && m.Part != "":
		return l.T("%s (%s)", word, l.T("part "+string(m.Part)))
	case !m.By.IsZero():
		return l.T("%s by %s", word, m.By)
	case !m.Until.IsZero():
		return l.T("%s until %s", word, rulebook.Day(m.Until.Add(-time.Nanosecond)))
	}
	return word
}

// actWords names the acts that a bar forbids.
func (l language) actWords(acts []standing.Act) []string {
	if len(acts) == 0 {
		acts = standing.Acts
	}
	var list []string
	for _, act := range acts {
		list = append(list, l.T("act "+string(act)))
	}
	return list
}

// caseRoles see the bureau's list of cases; reporterRoles can report.
var (
	caseRoles     = []access.Role{access.Standing, access.Reviewer, access.Auditor}
	reporterRoles = []access.Role{access.Inspector, access.Standing, access.Officer, access.Supervisor, access.Invigilator, access.Scheduler}
)

// casesWaiting counts the cases that wait for the actor, for the side list.
func (s *Server) casesWaiting(r *request, path string) string {
	ctx, n := r.Request.Context(), 0
	count := func(list []cases.Case, err error) {
		if err == nil {
			n += len(list)
		}
	}
	switch path {
	case casesPath:
		if r.actor.Has(access.Standing) {
			count(s.Cases.Cases(ctx, r.actor, cases.Query{Waits: cases.ForOfficer, Limit: waitingMost}))
		}
		if r.actor.Has(access.Reviewer) {
			count(s.Cases.Cases(ctx, r.actor, cases.Query{Waits: cases.ForReviewer, Limit: waitingMost}))
		}
	case receivedPath:
		if body := r.bodyAs(access.Scheduler); body != "" {
			count(s.Cases.OwnCases(ctx, r.actor, body, cases.Query{Waits: cases.ForParty, Limit: waitingMost}))
		}
		count(s.Cases.MyCases(ctx, r.actor, cases.Query{Waits: cases.ForParty, Limit: waitingMost}))
	}
	switch {
	case n == 0:
		return ""
	case n >= waitingMost:
		return "99+"
	}
	return strconv.Itoa(n)
}
