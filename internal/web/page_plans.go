package web

import (
	"slices"
	"strconv"
	"strings"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing/inspection"
)

type planRow struct {
	inspection.Plan
	Place string
}

// showPlans lists inspection plans, newest first.
func (s *Server) showPlans(r *request) error {
	if !seenBy(r.actor, inspectionRoles) {
		return s.Policy.Decide(r.actor, "inspection:plan", access.Scope{})
	}
	list, err := s.Inspection.Plans(r.Request.Context(), r.actor, inspection.Query{Before: r.Query("before"), Limit: rowsMost + 1})
	if err != nil {
		return err
	}
	list, pages := paged(r, plansPath, "before", list, func(x inspection.Plan) string { return x.ID })
	rows := make([]planRow, len(list))
	for i, p := range list {
		rows[i] = planRow{p, s.Book.FullName(p.Region)}
	}
	return r.render(deskFrame, "plans", r.T("Inspection plans"), map[string]any{
		"Rows": rows, "MayPlan": r.actor.Has(access.Standing), "Pager": pages,
	})
}

// recusalRows is how many interests a form can declare.
const recusalRows = 4

// recusalRow is one line of the form's table of interests.
type recusalRow struct {
	Inspectors, Bodies []choice
	Why                string
}

type planFields struct {
	Regions, Kinds []choice
	Recusals       []recusalRow
	Beside         beside
}

// newPlan is the form of a plan.
func (s *Server) newPlan(r *request) error {
	if !r.actor.Has(access.Standing) {
		return s.Policy.Decide(r.actor, "inspection:plan", access.Scope{})
	}
	ctx := r.Request.Context()
	inspectors, err := s.Inspection.Inspectors(ctx, r.actor)
	if err != nil {
		return err
	}
	form := planFields{Beside: r.beside()}
	region := r.PostForm("region")
	if region == "" {
		region = firstOf(r.actor.Regions(access.Standing))
	}
	for _, x := range s.Book.Regions() {
		if x.Code != rulebook.Nation && r.may("inspection:plan", access.Scope{Region: x.Code}) {
			form.Regions = append(form.Regions, choice{x.Code, s.Book.FullName(x.Code), x.Code == region})
		}
	}
	for _, kind := range inspection.Kinds {
		form.Kinds = append(form.Kinds, choice{string(kind), r.T("inspection " + string(kind)), string(kind) == r.PostForm("kind")})
	}
	at := func(name string, i int) string {
		if list := r.Request.PostForm[name]; i < len(list) {
			return list[i]
		}
		return ""
	}
	for i := range recusalRows {
		row := recusalRow{Why: at("recusal_why", i)}
		for _, a := range inspectors {
			row.Inspectors = append(row.Inspectors, choice{a.ID, a.Name, a.ID == at("recusal_inspector", i)})
		}
		if row.Bodies, err = s.bodyChoices(r, at("recusal_body", i)); err != nil {
			return err
		}
		form.Recusals = append(form.Recusals, row)
	}
	return r.render(deskFrame, "planform", r.T("New inspection plan"), form)
}

// proposePlan records a plan.
func (s *Server) proposePlan(r *request) error {
	p := inspection.Plan{
		Region: r.PostForm("region"), Kind: inspection.Kind(r.PostForm("kind")), Title: r.PostForm("title"),
		From: parseDay(r.PostForm("from")), To: parseDay(r.PostForm("to")), Checklist: lines(r.PostForm("checklist")),
	}
	if share, err := bank.ParsePoints(r.PostForm("share")); err == nil {
		p.Share = int(share)
	}
	var err error
	if p.Each, err = strconv.Atoi(r.PostForm("each")); err != nil {
		p.Each = -1 // refused as too few
	}
	form := r.Request.PostForm
	for i, id := range form["recusal_inspector"] {
		if i < len(form["recusal_body"]) && i < len(form["recusal_why"]) && id != "" && form["recusal_body"][i] != "" {
			p.Recusals = append(p.Recusals, inspection.Recusal{Inspector: id, Body: form["recusal_body"][i], Why: strings.TrimSpace(form["recusal_why"][i])})
		}
	}
	if p, err = s.Inspection.Propose(r.Request.Context(), r.actor, p); err != nil {
		return r.again(err, s.newPlan)
	}
	return r.done(plansPath+"/"+p.ID, "The plan is recorded. Draw it when everybody who wants to watch is there.")
}

// planPage is a plan with its draw.
type planPage struct {
	inspection.Plan
	Place   string
	Names   map[string]string // of accounts
	Bodies  map[string]string // names of those with a recusal
	Visits  map[string]inspection.Visit
	Same    bool // the seed gives this draw
	MayDraw bool
	Beside  beside
}

func (s *Server) showPlan(r *request) error {
	ctx := r.Request.Context()
	p, err := s.Inspection.Plan(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	page := planPage{Plan: p, Place: s.Book.FullName(p.Region), Bodies: map[string]string{}, Visits: map[string]inspection.Visit{}, Same: p.Again(),
		MayDraw: p.Seed == 0 && r.may("inspection:draw", p.Scope()), Beside: r.beside()}
	if page.Names, err = s.Inspection.Names(ctx); err != nil {
		return err
	}
	for _, recusal := range p.Recusals {
		if body, err := s.Standing.Body(ctx, r.actor, recusal.Body); err == nil {
			page.Bodies[recusal.Body] = body.Name
		}
	}
	if p.Seed != 0 {
		visits, err := s.Inspection.Visits(ctx, r.actor, inspection.Query{Plan: p.ID, Limit: max(1, len(p.Drawn))})
		if err != nil {
			return err
		}
		for _, v := range visits {
			page.Visits[v.Body] = v
		}
	}
	return r.render(deskFrame, "plan", p.Title, page)
}

// drawPlan draws bodies and inspectors (双随机); a number that was thrown in
// public can be its seed.
func (s *Server) drawPlan(r *request) error {
	id, seed := r.Param("id"), uint64(0)
	if text := strings.TrimSpace(r.PostForm("seed")); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 63); err != nil || seed == 0 {
			text := fault.Textf("a seed is a whole number from 1 on")
			return r.again(fault.New(fault.Invalid, "web.drawPlan", "a seed is a whole number from 1 on").With(fault.Issue{Column: "seed", Text: text}), s.showPlan)
		}
	}
	if _, err := s.Inspection.Draw(r.Request.Context(), r.actor, id, seed); err != nil {
		return r.again(err, s.showPlan)
	}
	return r.done(plansPath+"/"+id, "The draw is recorded.")
}

// inspectorNames are the names of a visit's inspectors in their order.
func inspectorNames(ids []string, names map[string]string) []string {
	list := slices.Clone(ids)
	for i, id := range list {
		if names[id] != "" {
			list[i] = names[id]
		}
	}
	return list
}
