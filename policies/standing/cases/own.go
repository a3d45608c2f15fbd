package cases

import (
	"context"
	"slices"
	"strings"

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

// decideOwn decides what a party does in its own case: by the policy (a body's
// scheduler, the candidate of the record, an officer for the party), and for
// somebody who works for a body by the register: who logs in with the account of
// the person that the case is about may.
func (s *Service) decideOwn(ctx context.Context, actor access.Actor, action access.Action, c Case) error {
	refusal := s.Policy.Decide(actor, action, c.Scope())
	if !fault.Is(refusal, fault.Forbidden) || c.Party.Kind != standing.OfPerson {
		return refusal
	}
	known, err := s.registered(ctx, actor)
	if err != nil || slices.Contains(known, c.Party) {
		return err
	}
	return refusal
}

// MayOwn reports whether the actor may do an action in its own case: for buttons.
func (s *Service) MayOwn(ctx context.Context, actor access.Actor, action access.Action, c Case) bool {
	return s.decideOwn(ctx, actor, action, c) == nil
}

// changeOwn is change for what a party does itself, or an officer for it.
func (s *Service) changeOwn(ctx context.Context, actor access.Actor, action access.Action, id string, do func(*Case) (step, error)) (Case, error) {
	return s.changeIf(ctx, actor, action, id, func(c Case) error { return s.decideOwn(ctx, actor, action, c) }, do)
}

// registered are the persons whom the registers of the actor's bodies tie to the
// actor's account: one, or none.
func (s *Service) registered(ctx context.Context, actor access.Actor) ([]standing.Party, error) {
	var list []standing.Party
	asked := map[string]bool{"": true}
	for _, g := range actor.Grants {
		if asked[g.Body] {
			continue
		}
		asked[g.Body] = true
		b, err := s.Standing.Body(ctx, g.Body)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, p := range b.Staff {
			if party := standing.PersonParty(p.IDHash); p.Account == actor.ID && p.IDHash != "" && !slices.Contains(list, party) {
				list = append(list, party)
			}
		}
	}
	return list, nil
}

// MyCases lists the cases about the actor's own person, of which it was told, by
// rank: a candidate's about the own record, others' by the register.
func (s *Service) MyCases(ctx context.Context, actor access.Actor, q Query) ([]Case, error) {
	const op = "cases.MyCases"
	if actor.Anonymous() {
		return nil, fault.New(fault.Unauthenticated, op, "log in first")
	}
	parties, err := s.registered(ctx, actor)
	if actor.Enrolment != "" {
		var r Record
		r, err = s.Exams.Record(ctx, actor.Enrolment)
		parties = []standing.Party{standing.PersonParty(r.Hash)}
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var all []Case
	for _, party := range parties {
		q.Party = party
		list, err := s.list(ctx, q, func(c Case) bool { return c.Told() && s.decideOwn(ctx, actor, "case:own", c) == nil })
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b Case) int { return strings.Compare(a.Rank, b.Rank) })
	if q.Limit > 0 && len(all) > q.Limit {
		all = all[:q.Limit]
	}
	for i := range all {
		all[i] = all[i].ForParty()
	}
	return all, nil
}

// OwnCase shows a case to its party (case:own; NotFound before it was told).
func (s *Service) OwnCase(ctx context.Context, actor access.Actor, id string) (Case, error) {
	const op = "cases.OwnCase"
	c, err := s.Store.Case(ctx, id)
	if err != nil {
		return Case{}, fault.Wrap(op, err)
	}
	if err := s.decideOwn(ctx, actor, "case:own", c); err != nil {
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
