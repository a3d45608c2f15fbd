package web

import (
	"slices"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// whyPage asks who may do what where, and shows the answer.
type whyPage struct {
	Accounts, Actions, Regions, Bodies []choice
	Trade                              string
	Answer                             *whyAnswer
}

// whyAnswer is the answer in words, with every grant that was weighed.
type whyAnswer struct {
	Allowed bool
	Text    string
	Name    string
	Action  access.Action
	Place   string
	Grants  []whyRow
	Roles   []access.Role
}

type whyRow struct {
	grantRow
	Says   fault.Text
	Allows bool
}

// showWhy answers why an account may do something somewhere, or may not: about
// everybody whom the actor manages, and about oneself.
func (s *Server) showWhy(r *request) error {
	ctx := r.Request.Context()
	id := r.DefaultQuery("account", r.actor.ID)
	page := whyPage{Trade: r.Query("trade"), Regions: s.regionChoices(r.Query("region")), Actions: s.actionChoices(r, r.Query("action"))}
	own, err := s.Accounts.Account(ctx, r.actor, r.actor.ID)
	if err != nil {
		return err
	}
	people := []access.Account{own}
	if r.actor.Has(access.Administrator) {
		if people, err = s.Accounts.List(ctx, r.actor); err != nil {
			return err
		}
	}
	for _, a := range people {
		page.Accounts = append(page.Accounts, choice{a.ID, a.Name + " · " + a.Login, a.ID == id})
	}
	bodies, err := s.Standing.Store.Bodies(ctx)
	if err != nil {
		return err
	}
	for _, b := range bodies {
		page.Bodies = append(page.Bodies, choice{b.ID, b.Name, b.ID == r.Query("body")})
	}
	if r.Query("action") != "" {
		if page.Answer, err = s.why(r, id); err != nil {
			r.fault = err
		}
	}
	return r.render(deskFrame, "why", r.T("Who may do what"), page)
}

// actionChoices lists every action of the policy by its words.
func (s *Server) actionChoices(r *request, chosen string) []choice {
	var list []choice
	for _, action := range s.Policy.Actions() {
		list = append(list, choice{string(action), r.T("action " + string(action)), string(action) == chosen})
	}
	return list
}

func (s *Server) why(r *request, id string) (*whyAnswer, error) {
	ctx := r.Request.Context()
	if (r.Query("region") == "") == (r.Query("body") == "") {
		return nil, fault.New(fault.Invalid, "web.why", "choose a region or a body, not both")
	}
	scope, err := s.scopeOf(ctx, r.Query("region"), r.Query("body"), r.Query("trade"))
	if err != nil {
		return nil, err
	}
	a, err := s.Accounts.Account(ctx, r.actor, id)
	if err != nil {
		return nil, err
	}
	e, err := s.Accounts.Explain(ctx, r.actor, id, access.Action(r.Query("action")), scope)
	if err != nil {
		return nil, err
	}
	answer := &whyAnswer{Allowed: e.Allowed, Text: r.verdict(e), Name: a.Name, Action: e.Action, Place: s.placeName(r, scope.Region, scope.Body), Roles: e.Roles}
	for _, w := range e.Grants {
		row, err := s.grantRow(r, w.Grant)
		if err != nil {
			return nil, err
		}
		answer.Grants = append(answer.Grants, whyRow{row, verdictText(w), w.Verdict == access.Allows})
	}
	slices.SortStableFunc(answer.Grants, func(x, y whyRow) int { // what allows it first
		return map[bool]int{true: -1, false: 0}[x.Allows] - map[bool]int{true: -1, false: 0}[y.Allows]
	})
	return answer, nil
}
