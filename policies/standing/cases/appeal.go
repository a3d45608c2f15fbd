package cases

import (
	"context"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Appeal is the party's appeal against a decision (申诉).
type Appeal struct {
	By, Name string
	At       time.Time
	Text     string
	Ruling   *Ruling // proposed, or made; nil before
}

// Ruling is what two others decide about an appeal (申诉决定).
type Ruling struct {
	Uphold bool // the decision is undone
	Reason string

	ProposedBy, ProposedName string
	ProposedAt               time.Time
	ApprovedBy, ApprovedName string
	ApprovedAt               time.Time
	At                       time.Time // when its effects stood, zero before
}

// Lodge records the party's appeal (case:appeal): by the party itself, or by an
// officer who received it. Late after the last day (K11).
func (s *Service) Lodge(ctx context.Context, actor access.Actor, id, text string) (Case, error) {
	const op = "cases.Lodge"
	text, err := said(op, "appeal", text)
	if err != nil {
		return Case{}, err
	}
	return s.changeOwn(ctx, actor, "case:appeal", id, func(c *Case) (step, error) {
		if c.Kind == Violation && c.State == Final && c.Appeal == nil || c.State == Decided && c.Overdue(s.Now()) {
			return step{}, s.late(op, *c, OpDecide, "an appeal was due by %s", s.appealDay(*c))
		}
		if err := c.may(op, OpAppeal); err != nil {
			return step{}, err
		}
		now := s.Now()
		st := step{Step: Step{What: OpAppeal, Text: text}}
		c.State, c.Appeal = Appealed, &Appeal{By: actor.ID, Name: actor.Name, At: now, Text: text}
		c.Due, st.rule = s.due(c.Region, answerDays, now)
		return st, nil
	})
}

// appealDay is the last day for an appeal, as the decision set it.
func (s *Service) appealDay(c Case) time.Time {
	for _, st := range c.Steps {
		if st.What == OpDecide {
			return rulebook.Day(st.Due)
		}
	}
	return rulebook.Day(c.Due)
}

// DecidedBy reports whether a person has signed the decision that is appealed:
// others decide about the appeal.
func (c Case) DecidedBy(actor access.Actor) bool {
	return actor.ID == c.Decision.ProposedBy || actor.ID == c.Decision.ApprovedBy
}

// otherHands is the refusal for who has signed already.
func otherHands(op string) error {
	return fault.New(fault.Forbidden, op, "an appeal is decided by two others than those who decided")
}

// ProposeRuling proposes what to do about an appeal (case:decide; Forbidden for
// those who decided).
func (s *Service) ProposeRuling(ctx context.Context, actor access.Actor, id string, uphold bool, reason string) (Case, error) {
	const op = "cases.ProposeRuling"
	reason, err := said(op, "reason", reason)
	if err != nil {
		return Case{}, err
	}
	return s.change(ctx, actor, "case:decide", id, func(c *Case) (step, error) {
		if err := c.may(op, OpRuling); err != nil {
			return step{}, err
		}
		if c.DecidedBy(actor) {
			return step{}, otherHands(op)
		}
		appeal := *c.Appeal
		appeal.Ruling = &Ruling{Uphold: uphold, Reason: reason, ProposedBy: actor.ID, ProposedName: actor.Name, ProposedAt: s.Now()}
		c.Appeal = &appeal
		return step{Step: Step{What: OpRuling, Text: reason}}, nil
	})
}

// ReturnRuling sends the proposal about an appeal back (case:approve; Forbidden
// for those who decided).
func (s *Service) ReturnRuling(ctx context.Context, actor access.Actor, id, reason string) (Case, error) {
	const op = "cases.ReturnRuling"
	reason, err := said(op, "reason", reason)
	if err != nil {
		return Case{}, err
	}
	return s.change(ctx, actor, "case:approve", id, func(c *Case) (step, error) {
		if err := c.ruling(op, OpOverrule, actor); err != nil {
			return step{}, err
		}
		appeal := *c.Appeal
		appeal.Ruling = nil
		c.Appeal = &appeal
		return step{Step: Step{What: OpOverrule, Text: reason}}, nil
	})
}

// ruling refuses unless a ruling is proposed that the actor may sign.
func (c Case) ruling(op string, what Op, actor access.Actor) error {
	if err := c.may(op, what); err != nil {
		return err
	}
	if c.Appeal.Ruling == nil {
		return fault.New(fault.Refused, op, "nothing is proposed yet")
	}
	if c.DecidedBy(actor) {
		return otherHands(op)
	}
	return nil
}

// ApproveRuling is the second signature about an appeal (case:approve; Forbidden
// for who proposed it and for those who decided). Upheld, the decision is
// undone: bars lifted, the body where it was, records restored, held
// certificates issued. Rejected, it is final.
func (s *Service) ApproveRuling(ctx context.Context, actor access.Actor, id string) (Case, error) {
	const op = "cases.ApproveRuling"
	c, err := s.change(ctx, actor, "case:approve", id, func(c *Case) (step, error) {
		if err := c.ruling(op, OpRule, actor); err != nil {
			return step{}, err
		}
		appeal, ruling := *c.Appeal, *c.Appeal.Ruling
		if actor.ID == ruling.ProposedBy {
			return step{}, fault.New(fault.Forbidden, op, "the second signature is another person's than the proposal's and the report's")
		}
		now := s.Now()
		ruling.ApprovedBy, ruling.ApprovedName, ruling.ApprovedAt = actor.ID, actor.Name, now
		appeal.Ruling = &ruling
		c.Appeal = &appeal
		st := step{Step: Step{What: OpRule}}
		if ruling.Uphold {
			st.jobs = s.carryOutJobs(*c, now)
			return st, nil
		}
		ruling.At, c.State = now, Final
		return st, s.letter(ctx, c, RulingLetter, now)
	})
	if err != nil || !c.Deciding() {
		return c, err
	}
	return s.carryOutNow(ctx, c)
}
