package web

import (
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// receivedPage is a case as its party sees it: a body, somebody who works for
// one, or a candidate.
type receivedPage struct {
	cases.Case
	Base                           string // address of the party's own cases
	Region                         string
	Overdue                        bool
	Person                         bool
	Rules                          receivedRules
	MayState, MayAppeal, MayRepair bool // which forms the page shows
	Beside                         beside
}

// receivedRules are the rules that set the party's deadlines, "" for none.
type receivedRules struct{ State, Appeal string }

// ownList is a page of cases that a party was told of.
type ownList struct {
	Rows  []caseRow
	Pager pager
}

// showReceived lists what the bureau has told the body, and the actor's own
// person (收到的告知).
func (s *Server) showReceived(r *request) error {
	ctx, data := r.Request.Context(), map[string]any{}
	if body := r.bodyAs(access.Scheduler); body != "" {
		list, err := s.Cases.OwnCases(ctx, r.actor, body, cases.Query{After: r.Query("after"), Limit: rowsMost + 1})
		if err != nil {
			return err
		}
		list, pages := paged(r, receivedPath, "after", list, func(x cases.Case) string { return x.Rank })
		data["Body"] = ownList{s.caseRows(list), pages}
	} else if !seenBy(r.actor, staffRoles) {
		return s.Policy.Decide(r.actor, "case:own", access.Scope{})
	}
	mine, err := s.Cases.MyCases(ctx, r.actor, cases.Query{Limit: rowsMost})
	if err != nil {
		return err
	}
	data["Mine"] = s.caseRows(mine)
	return r.render(deskFrame, "received", r.T("Notices received"), data)
}

// showReceivedCase shows one of them with what the party can do about it.
func (s *Server) showReceivedCase(r *request) error {
	return s.ownCase(r, deskFrame, receivedPath)
}

// showMyCase shows a candidate a case about the own record.
func (s *Server) showMyCase(r *request) error { return s.ownCase(r, plainFrame, myCasesPath) }

func (s *Server) ownCase(r *request, frame, base string) error {
	ctx := r.Request.Context()
	c, err := s.Cases.OwnCase(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	may := func(action access.Action, op cases.Op) bool {
		return c.May(op) && s.Cases.MayOwn(ctx, r.actor, action, c)
	}
	late := c.Overdue(s.Now())
	page := receivedPage{
		Case: c, Base: base, Region: s.Book.FullName(c.Region), Overdue: late, Beside: r.beside(), Person: c.Party.Kind == standing.OfPerson, Rules: receivedRules{
			State: s.Cases.DeadlineRule(c, cases.OpNotify), Appeal: s.Cases.DeadlineRule(c, cases.OpDecide),
		},
		MayState: may("case:state", cases.OpState) && !late, MayAppeal: may("case:appeal", cases.OpAppeal) && !late,
		MayRepair: c.State == cases.Final && s.Cases.MayOwn(ctx, r.actor, "case:appeal", c) && s.Cases.Repairable(ctx, c),
	}
	title := c.Title
	if frame == plainFrame {
		title = r.T("Notices received") // over the page's own heading
	}
	return r.render(frame, "receivedcase", title, page)
}

// answerCase is the statement, the appeal, or the application for repair of who
// logs in with an account.
func (s *Server) answerCase(r *request) error {
	return s.answerOwn(r, receivedPath, s.showReceivedCase)
}

// answerMyCase is a candidate's.
func (s *Server) answerMyCase(r *request) error { return s.answerOwn(r, myCasesPath, s.showMyCase) }

func (s *Server) answerOwn(r *request, base string, show func(*request) error) error {
	ctx, id, text := r.Request.Context(), r.Param("id"), r.PostForm("text")
	var err error
	to, done := base+"/"+id, "The statement is recorded."
	switch r.Param("step") {
	case "statement":
		_, err = s.Cases.State(ctx, r.actor, id, text, r.PostForm("hearing") != "")
	case "appeal":
		_, err = s.Cases.Lodge(ctx, r.actor, id, text)
		done = "The appeal is recorded."
	case "repair":
		var c cases.Case
		c, err = s.Cases.Repair(ctx, r.actor, id, text)
		to, done = base+"/"+c.ID, "The repair is applied for."
	default:
		err = fault.New(fault.NotFound, "web.answerCase", "there is no such page")
	}
	if err != nil {
		return r.again(err, show)
	}
	return r.done(to, done)
}

// ownBase is where the actor's own cases are.
func ownBase(actor access.Actor) string {
	if actor.Enrolment != "" {
		return myCasesPath
	}
	return receivedPath
}
