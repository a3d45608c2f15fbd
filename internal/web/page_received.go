package web

import (
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing/cases"
)

// receivedPage is a case as the body that is its party sees it.
type receivedPage struct {
	cases.Case
	Place                          string
	Overdue                        bool
	MayState, MayAppeal, MayRepair bool // which forms the page shows
	Beside                         beside
}

// showReceived lists what the bureau has told the body (收到的告知).
func (s *Server) showReceived(r *request) error {
	body := r.bodyAs(access.Scheduler)
	if body == "" {
		return s.Policy.Decide(r.actor, "case:own", access.Scope{})
	}
	list, err := s.Cases.OwnCases(r.Request.Context(), r.actor, body, cases.Query{After: r.Query("after"), Limit: rowsMost + 1})
	if err != nil {
		return err
	}
	more, last := len(list) > rowsMost, ""
	if list = list[:min(len(list), rowsMost)]; more {
		last = list[rowsMost-1].Rank
	}
	return r.render(deskFrame, "received", r.T("Notices received"), map[string]any{
		"Rows": s.caseRows(list), "Pager": r.pager(receivedPath, "after", last, len(list), 0, more),
	})
}

// showReceivedCase shows one of them with what the body can do about it.
func (s *Server) showReceivedCase(r *request) error {
	c, err := s.Cases.OwnCase(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	page := receivedPage{
		Case: c, Place: s.Book.FullName(c.Region), Overdue: c.Overdue(s.Now()), Beside: r.beside(),
		MayState:  c.May(cases.OpState) && r.may("case:state", c.Scope()),
		MayAppeal: c.May(cases.OpAppeal) && !c.Overdue(s.Now()) && r.may("case:appeal", c.Scope()),
		MayRepair: c.State == cases.Final && r.may("case:appeal", c.Scope()) && s.Cases.Repairable(r.Request.Context(), c),
	}
	return r.render(deskFrame, "receivedcase", c.Title, page)
}

// answerCase is the body's statement, its appeal, or its application for repair.
func (s *Server) answerCase(r *request) error {
	ctx, id, text := r.Request.Context(), r.Param("id"), r.PostForm("text")
	var err error
	to, done := receivedPath+"/"+id, "The statement is recorded."
	switch r.Param("step") {
	case "statement":
		_, err = s.Cases.State(ctx, r.actor, id, text)
	case "appeal":
		_, err = s.Cases.Lodge(ctx, r.actor, id, text)
		done = "The appeal is recorded."
	case "repair":
		var c cases.Case
		c, err = s.Cases.Repair(ctx, r.actor, id, text)
		to, done = receivedPath+"/"+c.ID, "The repair is applied for."
	default:
		err = fault.New(fault.NotFound, "web.answerCase", "there is no such page")
	}
	if err != nil {
		return r.again(err, s.showReceivedCase)
	}
	return r.done(to, done)
}
