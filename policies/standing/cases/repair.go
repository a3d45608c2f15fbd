package cases

import (
	"context"
	"fmt"
	"slices"

	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// Repair opens an application for credit repair (信用修复): whether the bars of
// a decision end (case:appeal): by the party itself, or by an officer for it. Refused where no bar holds, while an appeal is open and
// while an application is.
func (s *Service) Repair(ctx context.Context, actor access.Actor, target, text string) (Case, error) {
	const op = "cases.Repair"
	text, err := said(op, "text", text)
	if err != nil {
		return Case{}, err
	}
	of, err := s.Store.Case(ctx, target)
	if err != nil {
		return Case{}, fault.Wrap(op, err)
	}
	if err := s.decideOwn(ctx, actor, "case:appeal", of); err != nil {
		return Case{}, err
	}
	if err := s.repairable(ctx, of); err != nil {
		return Case{}, err
	}
	all, err := s.Store.Cases(ctx, Query{Party: of.Party, Kind: Repair})
	if err != nil {
		return Case{}, fault.Wrap(op, err)
	}
	earlier := slices.DeleteFunc(all, func(c Case) bool { return c.Target != of.ID })
	c := Case{
		// Of two at once the store takes one.
		ID: derived(of.Closed, fmt.Sprintf("repair/%s/%d", of.ID, len(earlier))), Kind: Repair, Region: of.Region, Body: of.Body, Party: of.Party, Name: of.Name, Masked: of.Masked,
		Source: ByParty, Reporter: actor.ID, Title: of.Title, Happened: of.Happened, Found: s.Now(), Enrolment: of.Enrolment, Sitting: of.Sitting, Target: of.ID,
	}
	if err = s.open(ctx, actor, &c, text); fault.Is(err, fault.Conflict) {
		return Case{}, repairing(op)
	}
	return c, fault.Wrap(op, err)
}

func repairing(op string) error {
	return fault.New(fault.Refused, op, "a repair of this decision is applied for already")
}

// Repairable reports whether a repair of the case can be applied for now.
func (s *Service) Repairable(ctx context.Context, c Case) bool { return s.repairable(ctx, c) == nil }

func (s *Service) repairable(ctx context.Context, of Case) error {
	const op = "cases.Repair"
	if of.Kind != Violation || of.State != Final || of.Decision == nil {
		return fault.New(fault.Refused, op, "repair is for a decision that is final: against one that is not, appeal")
	}
	bars, err := s.Standing.Bars(ctx, standing.BarQuery{Case: of.ID})
	if err != nil {
		return fault.Wrap(op, err)
	}
	now := s.Now()
	if !slices.ContainsFunc(bars, func(b standing.Bar) bool { return b.Lifted.IsZero() && (b.Until.IsZero() || now.Before(b.Until)) }) {
		return fault.New(fault.Refused, op, "no bar of this decision holds any more")
	}
	open, err := s.Store.Cases(ctx, Query{Party: of.Party, Kind: Repair, States: Open})
	if err != nil {
		return fault.Wrap(op, err)
	}
	if slices.ContainsFunc(open, func(c Case) bool { return c.Target == of.ID }) {
		return repairing(op)
	}
	return nil
}

// AcceptRectification says that an ordered rectification is done (整改验收,
// case:handle): the body goes on as before, unless something else holds.
func (s *Service) AcceptRectification(ctx context.Context, actor access.Actor, id, text string) (Case, error) {
	const op = "cases.AcceptRectification"
	text, err := said(op, "text", text)
	if err != nil {
		return Case{}, err
	}
	c, err := s.change(ctx, actor, "case:handle", id, func(c *Case) (step, error) {
		if err := c.may(op, OpRectified); err != nil {
			return step{}, err
		}
		if _, ordered := c.Ordered(Rectify); !ordered || !c.Rectified.IsZero() {
			return step{}, fault.New(fault.Refused, op, "no rectification of this case is open")
		}
		c.Rectified = s.Now()
		return step{Step: Step{What: OpRectified, Text: text}, jobs: []outbox.Job{{ID: SettleJob + ":" + c.ID + ":rectified", Kind: SettleJob, Key: c.ID, Due: c.Rectified.Add(carryOutAfter)}}}, nil
	})
	if err != nil {
		return c, err
	}
	if err := s.Settle(ctx, id); err != nil {
		s.Log.Warn("body not restored at once, the case's job will", "case", id, "error", err)
	}
	return c, nil
}
