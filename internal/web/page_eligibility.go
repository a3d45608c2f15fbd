package web

import (
	"slices"
	"strconv"
	"strings"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// eligibilityPage lists a sitting's candidates with what the rules say of each.
type eligibilityPage struct {
	exam.Sitting
	Rows    []exam.Candidate
	Answers []answerCount
	Answer  exam.Eligibility // chosen, "" for all
	Pager   pager
}

type answerCount struct {
	Answer exam.Eligibility
	Count  int
}

func (s *Server) showEligibility(r *request) error {
	ctx := r.Request.Context()
	sitting, err := s.Exam.Sitting(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	list, counts, err := s.Exam.Eligibility(ctx, r.actor, sitting.ID)
	if err != nil {
		return err
	}
	page := eligibilityPage{Sitting: sitting, Answer: exam.Eligibility(r.Query("answer"))}
	for _, answer := range []exam.Eligibility{exam.Eligible, exam.NeedsEvidence, exam.Ineligible} {
		page.Answers = append(page.Answers, answerCount{answer, counts[answer]})
	}
	list = slices.DeleteFunc(list, func(c exam.Candidate) bool { return page.Answer != "" && c.Judged.Answer != page.Answer })
	total, after := len(list), r.Query("after")
	list = slices.DeleteFunc(list, func(c exam.Candidate) bool { return c.Enrolment.Ticket <= after })
	list, pages := paged(r, r.Request.URL.Path, "after", list, func(x exam.Candidate) string { return x.Enrolment.Ticket })
	page.Rows, page.Pager = list, pages.of(total)
	return r.render(deskFrame, "eligibility", r.T("Eligibility of the candidates"), page)
}

// evidenceForm is the form of training evidence, as kept or as typed.
type evidenceForm struct {
	Action     string
	Values     map[string]string
	Modes      []choice
	Applicants []choice
	Defects    []choice
	Beside     beside
}

func (s *Server) evidenceForm(r *request, e exam.Enrolment) *evidenceForm {
	form := evidenceForm{Action: "/enrolments/" + e.ID + "/evidence", Values: evidenceValues(e.Evidence), Beside: r.beside()}
	if typed := r.Request.PostForm; typed != nil && typed.Has("missed_hours") {
		for _, f := range evidenceFields {
			form.Values[f.name] = strings.Join(typed[f.name], ",")
		}
	}
	for _, m := range exam.Modes {
		form.Modes = append(form.Modes, choice{string(m), r.T("mode " + string(m)), form.Values["mode"] == string(m)})
	}
	for _, a := range exam.Applicants {
		form.Applicants = append(form.Applicants, choice{string(a), r.T("applicant " + string(a)), form.Values["applicant"] == string(a)})
	}
	chosen := strings.Split(form.Values["defects"], ",")
	if declared, err := s.Book.Declared("online_defects"); err == nil {
		for word, sentence := range declared.Words {
			form.Defects = append(form.Defects, choice{word, r.T(sentence), slices.Contains(chosen, word)})
		}
		slices.SortFunc(form.Defects, func(a, b choice) int { return strings.Compare(a.Value, b.Value) })
	}
	return &form
}

// setEvidence keeps the evidence that was typed.
func (s *Server) setEvidence(r *request) error {
	r.PostForm("") // parses the form
	evidence, issues := readEvidence(func(field string) string { return strings.Join(r.Request.PostForm[field], ",") })
	var err error
	if len(issues) > 0 {
		err = fault.New(fault.Invalid, "web.setEvidence", "the evidence is not right").With(issues...)
	} else if evidence == nil {
		evidence = &exam.Evidence{}
	}
	if err == nil {
		_, err = s.Exam.SetEvidence(r.Request.Context(), r.actor, r.Param("id"), *evidence)
	}
	if err != nil {
		return r.again(err, s.showCandidate)
	}
	return r.done("/enrolments/"+r.Param("id"), "The evidence is kept.")
}

// askOverride asks for the second signature on an override.
func (s *Server) askOverride(r *request) error {
	if _, err := s.Exam.AskOverride(r.Request.Context(), r.actor, r.Param("id"), r.PostForm("reason")); err != nil {
		return r.again(err, s.showCandidate)
	}
	return r.done("/enrolments/"+r.Param("id"), "The override waits for the second signature.")
}

// signOverride signs an override, or turns it down.
func (s *Server) signOverride(r *request) error {
	sign := r.PostForm("answer") == "sign"
	if _, err := s.Exam.SignOverride(r.Request.Context(), r.actor, r.Param("id"), sign, r.PostForm("reason")); err != nil {
		return r.again(err, s.showCandidate)
	}
	if !sign {
		return r.done("/enrolments/"+r.Param("id"), "The override is turned down.")
	}
	return r.done("/enrolments/"+r.Param("id"), "The override is signed: the candidate may sit.")
}

// recuseOther declares, for the scheduler, that an examiner does not examine
// the candidate (R19).
func (s *Server) recuseOther(r *request) error {
	_, err := s.Exam.Recuse(r.Request.Context(), r.actor, r.Param("id"), r.PostForm("examiner"), exam.Nearness(r.PostForm("why")))
	if err != nil {
		return r.again(err, s.showCandidate)
	}
	return r.done("/enrolments/"+r.Param("id"), "The recusal is recorded.")
}

// overridesPage lists overrides for those who decide about them.
type overridesPage struct {
	Rows   []exam.Exception
	State  exam.OverrideState
	States []exam.OverrideState
	Next   string // address of the next page, "" after the last
}

const overridesPath = "/overrides"

func (s *Server) showOverrides(r *request) error {
	page := overridesPage{State: exam.OverrideState(r.Query("state")), States: []exam.OverrideState{exam.OverrideWaits, exam.OverrideSigned, exam.OverrideTurned}}
	if len(r.actor.Grants) > 0 && !slices.ContainsFunc(r.actor.Grants, func(g access.Grant) bool { return slices.Contains(overrideRoles, g.Role) }) {
		return fault.New(fault.Forbidden, "web.showOverrides", "your roles do not allow %s here", access.Action("eligibility:override"))
	}
	list, next, err := s.Exam.Overrides(r.Request.Context(), r.actor, exam.ExceptionQuery{State: page.State, Before: r.Query("before"), Limit: rowsMost})
	if err != nil {
		return err
	}
	if page.Rows = list; next != "" {
		page.Next = overridesPath + "?state=" + string(page.State) + "&before=" + next
	}
	return r.render(deskFrame, "overrides", r.T("Overrides of eligibility"), page)
}

// overrideRoles see the list of overrides.
var overrideRoles = []access.Role{access.Officer, access.Reviewer, access.Auditor, access.Scheduler}

// exportEligibility sends the list as a sheet, one line for each objection.
func (s *Server) exportEligibility(r *request) error {
	ctx := r.Request.Context()
	sitting, err := s.Exam.Sitting(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	list, _, err := s.Exam.Eligibility(ctx, r.actor, sitting.ID)
	if err != nil {
		return err
	}
	t := table{columns: []column{{r.T("Ticket number"), 20}, {r.T("Name"), 14}, {r.T("ID number"), 22}, {r.T("Eligibility"), 12}, {r.T("Rule"), 8}, {r.T("Reason"), 60}, {r.T("Clause"), 50}}}
	for _, c := range list {
		row := []any{c.Enrolment.Ticket, c.Enrolment.Name, c.Enrolment.IDMasked, r.T("state " + string(c.Judged.Answer))}
		if len(c.Judged.Findings) == 0 {
			t.rows = append(t.rows, append(row, nil, nil, nil))
		}
		for _, f := range c.Judged.Findings {
			t.rows = append(t.rows, append(slices.Clone(row), f.Rule.Rule, r.Text(f.Text), f.Rule.Document+" "+f.Rule.Clause))
		}
	}
	return r.sendTable(sitting.Title+" "+r.T("Eligibility")+" "+strconv.Itoa(len(list))+".xlsx", t)
}
