package web

import (
	"slices"
	"strconv"
	"strings"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
	"kaoping/policies/standing/inspection"
)

type gradeRow struct {
	inspection.Credit
	Place string
}

// showGrades lists the credit grades (信用等级) of the actor's regions.
func (s *Server) showGrades(r *request) error {
	if !seenBy(r.actor, gradeRoles) {
		return s.Policy.Decide(r.actor, "credit:grade", access.Scope{})
	}
	list, err := s.Inspection.Credits(r.Request.Context(), r.actor, "")
	if err != nil {
		return err
	}
	state := inspection.CreditState(r.Query("state"))
	filtered := slices.Contains(inspection.CreditStates, state)
	if filtered {
		list = slices.DeleteFunc(list, func(c inspection.Credit) bool { return c.State != state })
	}
	id := func(x inspection.Credit) string { return x.ID }
	list, pages := paged(r, gradesPath, "after", since(r, "after", list, id), id)
	rows := make([]gradeRow, len(list))
	for i, c := range list {
		rows[i] = gradeRow{c, s.Book.FullName(c.Region)}
	}
	var states []choice
	for _, x := range inspection.CreditStates {
		states = append(states, choice{string(x), r.T("grade " + string(x)), x == state})
	}
	return r.render(deskFrame, "grades", r.T("Credit grades"), map[string]any{
		"Rows": rows, "States": states, "Filtered": filtered, "Pager": pages,
	})
}

// gradePage is a grade with what the actor can do.
type gradePage struct {
	gradeRow
	Weights []inspection.Weight
	By      string // name of who proposed it
	Signed  string // name of who signed it
	May     struct{ Approve, Appeal, Uphold, Body bool }
	Beside  beside
}

func (s *Server) showGrade(r *request) error {
	ctx := r.Request.Context()
	c, err := s.Inspection.Grading(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	names, err := s.Inspection.Names(ctx)
	if err != nil {
		return err
	}
	page := gradePage{gradeRow: gradeRow{c, s.Book.FullName(c.Region)}, Weights: inspection.Weights, By: names[c.By], Signed: names[c.SignedBy], Beside: r.beside()}
	second := r.may("credit:approve", c.Scope()) && c.By != r.actor.ID
	page.May.Approve = second && c.State == inspection.Proposed
	page.May.Uphold = second && c.State == inspection.Appealed
	page.May.Appeal = c.State == inspection.Stands && c.AppealBy == "" && r.may("credit:appeal", c.Scope())
	page.May.Body = r.may("body:read", access.Scope{Region: c.Region})
	return r.render(deskFrame, "grade", c.BodyName, page)
}

// decideGrade is the second signature, the body's appeal, or the answer to it.
func (s *Server) decideGrade(r *request) error {
	ctx, id := r.Request.Context(), r.Param("id")
	var err error
	var done string
	switch r.Param("step") {
	case "approval":
		_, err = s.Inspection.Approve(ctx, r.actor, id)
		done = "The grade stands."
	case "appeal":
		_, err = s.Inspection.Object(ctx, r.actor, id, r.PostForm("text"))
		done = "The appeal is recorded."
	case "answer":
		_, err = s.Inspection.Uphold(ctx, r.actor, id, r.PostForm("answer"))
		done = "The appeal is answered."
	default:
		err = fault.New(fault.NotFound, "web.decideGrade", "there is no such page")
	}
	if err != nil {
		return r.again(err, s.showGrade)
	}
	return r.done(gradesPath+"/"+id, done)
}

// rateBody proposes a body's grade by the weights, or a repair with its points.
func (s *Server) rateBody(r *request) error {
	points, reason := 0, strings.TrimSpace(r.PostForm("reason"))
	if reason != "" {
		var err error
		if points, err = strconv.Atoi(strings.TrimSpace(r.PostForm("points"))); err != nil {
			points = -1 // refused
		}
	}
	c, err := s.Inspection.Rate(r.Request.Context(), r.actor, r.Param("id"), parseDay(r.PostForm("from")), parseDay(r.PostForm("to")), reason, points)
	if err != nil {
		return r.again(err, s.showFiledBody)
	}
	return r.done(gradesPath+"/"+c.ID, "The grade is proposed.")
}

// gradesOf are a body's grades as its page shows them, newest first.
type gradesOf struct {
	List     []inspection.Credit
	MayRate  bool
	From, To string // of the half-year, for the form
	Beside   beside
}

func (s *Server) gradesOf(r *request, b standing.Body) (gradesOf, error) {
	list, err := s.Inspection.Credits(r.Request.Context(), r.actor, b.ID)
	first, _ := inspection.HalfYear(s.Now())
	g := gradesOf{List: list, MayRate: r.may("credit:grade", access.Scope{Region: b.Region, Body: b.ID}), From: sheetDay(first), To: sheetDay(s.Now()), Beside: r.beside()}
	if r.PostForm("from") != "" {
		g.From, g.To = r.PostForm("from"), r.PostForm("to")
	}
	return g, err
}
