package cases

import (
	"context"
	"slices"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// told are the steps that a party sees of its case.
var told = []Op{OpNotify, OpState, OpSummon, OpHear, OpDecide, OpAppeal, OpUphold, OpFinal, OpRectified}

// Told reports whether the party knows of the case.
func (c Case) Told() bool {
	_, noticed := c.Letter(Notice)
	return noticed || c.Kind == Repair
}

// ForParty is the case as its party sees it: what it was told and what was
// decided, not who reported, nor evidence, nor what is only proposed.
func (c Case) ForParty() Case {
	c.Reporter, c.Claim, c.Finding, c.Evidence, c.Source = "", "", "", nil, ""
	var steps []Step
	for _, st := range c.Steps {
		if slices.Contains(told, st.What) || c.Kind == Repair && st.What == OpReport {
			st.By, st.Name = "", ""
			if st.What == OpDecide {
				st.Text = ""
			}
			steps = append(steps, st)
		}
	}
	c.Steps = steps
	if c.Decision != nil {
		d := *c.Decision
		d.ProposedBy, d.ProposedName, d.ApprovedBy, d.ApprovedName = "", "", "", ""
		if c.Decision = &d; d.At.IsZero() {
			c.Decision = nil
		}
	}
	if c.Appeal != nil {
		appeal := *c.Appeal
		appeal.By, appeal.Name = "", ""
		if r := appeal.Ruling; r != nil {
			ruling := *r
			ruling.ProposedBy, ruling.ProposedName, ruling.ApprovedBy, ruling.ApprovedName = "", "", "", ""
			if appeal.Ruling = &ruling; ruling.At.IsZero() {
				appeal.Ruling = nil
			}
		}
		c.Appeal = &appeal
	}
	return c
}

// OwnCase shows a case to the body that is its party (case:own; NotFound
// before it was told).
func (s *Service) OwnCase(ctx context.Context, actor access.Actor, id string) (Case, error) {
	const op = "cases.OwnCase"
	c, err := s.Store.Case(ctx, id)
	if err != nil {
		return Case{}, fault.Wrap(op, err)
	}
	if err := s.Policy.Decide(actor, "case:own", c.Scope()); err != nil {
		return Case{}, err
	}
	if !c.Told() {
		return Case{}, fault.New(fault.NotFound, op, "there is no such case")
	}
	return c.ForParty(), nil
}

// OwnCases lists the cases of a body that it was told of, by rank (case:own).
func (s *Service) OwnCases(ctx context.Context, actor access.Actor, body string, q Query) ([]Case, error) {
	q.Party = standing.BodyParty(body)
	list, err := s.list(ctx, q, func(c Case) bool { return c.Told() && s.Policy.Decide(actor, "case:own", c.Scope()) == nil })
	for i := range list {
		list[i] = list[i].ForParty()
	}
	return list, err
}

// Reported lists the cases that the actor has reported, as no more than how far
// they are.
func (s *Service) Reported(ctx context.Context, actor access.Actor, q Query) ([]Case, error) {
	if actor.Anonymous() {
		return nil, fault.New(fault.Unauthenticated, "cases.Reported", "log in first")
	}
	q.Reporter = actor.ID
	list, err := s.list(ctx, q, func(Case) bool { return true })
	for i, c := range list {
		list[i] = Case{ID: c.ID, Kind: c.Kind, Region: c.Region, State: c.State, Rank: c.Rank, Title: c.Title, Name: c.Name, Masked: c.Masked,
			Party: c.Party, Source: c.Source, Happened: c.Happened, Steps: c.Steps[:1:1]}
	}
	return list, err
}
