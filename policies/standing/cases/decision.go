package cases

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// Decision is what two people decide (处理决定). It is a proposal until the
// second has approved it, and holds from At on.
type Decision struct {
	Facts    string    // what is established, and why
	Measures []Measure // none: nothing is done
	Lift     bool      // of a repair: the bars end
	Public   bool      // on the public exit list
	Notice   string    // as the public may read it (R66)

	ProposedBy, ProposedName string
	ProposedAt               time.Time
	ApprovedBy, ApprovedName string
	ApprovedAt               time.Time
	At                       time.Time // when its effects stood, zero before
	Book                     string    // hash of the rulebook that it went by

	Before standing.State // of the body, to go back to
	Bars   []string       // ids, by measure; "" for a measure without
}

// Proposal is what a standing officer proposes.
type Proposal struct {
	Facts    string
	Measures []Measure
	Lift     bool
	Public   bool
	Notice   string
}

// noticeMost is the longest text of the public list, in characters.
const noticeMost = 300

// Propose proposes the decision (case:decide). Refused for a measure that the
// region's rules do not have, and for one heavier than the notice announced;
// Invalid names what is missing.
func (s *Service) Propose(ctx context.Context, actor access.Actor, id string, in Proposal) (Case, error) {
	const op = "cases.Propose"
	facts, err := said(op, "facts", in.Facts)
	if err != nil {
		return Case{}, err
	}
	return s.change(ctx, actor, "case:decide", id, func(c *Case) (step, error) {
		if err := c.may(op, OpPropose); err != nil {
			return step{}, err
		}
		now := s.Now()
		measures, err := s.weigh(*c, in, now)
		if err != nil {
			return step{}, err
		}
		c.Decision = &Decision{
			Facts: facts, Measures: measures, Lift: in.Lift && c.Kind == Repair, Public: in.Public, Notice: strings.TrimSpace(in.Notice),
			ProposedBy: actor.ID, ProposedName: actor.Name, ProposedAt: now,
		}
		return step{Step: Step{What: OpPropose, Text: facts}}, nil
	})
}

// weigh checks the measures of a proposal and finds their rules and terms.
func (s *Service) weigh(c Case, in Proposal, now time.Time) ([]Measure, error) {
	const op = "cases.Propose"
	wrong := func(column, format string, args ...any) error {
		return fault.New(fault.Invalid, op, format, args...).With(fault.Issue{Column: column, Text: fault.Textf(format, args...)})
	}
	if c.Kind == Repair && len(in.Measures) > 0 {
		return nil, wrong("measure", "a repair lifts bars or does not: it has no measures")
	}
	var list []Measure
	for _, m := range in.Measures {
		if err := s.fits(c, m.Kind); err != nil {
			return nil, err
		}
		if heavier(m.Kind, c.Intended) {
			return nil, fault.New(fault.Refused, op, "the notice announced a lighter measure: notify the party again before %s is decided", m.Kind)
		}
		if m.Kind != NoSubsidy && slices.ContainsFunc(list, func(other Measure) bool { return other.Kind != NoSubsidy }) ||
			slices.ContainsFunc(list, func(other Measure) bool { return other.Kind == m.Kind }) {
			return nil, wrong("measure", "choose one measure; only the bar from subsidised evaluation can be added to it")
		}
		switch {
		case m.Kind == Rectify && !dayAfter(now, m.By):
			return nil, wrong("by", "give a day to come by which it is put right")
		case m.Kind == Suspend && !m.Until.IsZero() && !m.Until.After(now):
			return nil, wrong("until", "the suspension ends on a day to come")
		case m.Kind == SubjectVoid && m.Part != Theory && m.Part != Practical:
			return nil, wrong("part", "choose the part that is void")
		case m.Kind.Exits() && m.Running != standing.FinishSupervised && m.Running != standing.VoidRunning:
			return nil, wrong("running", "choose what becomes of sittings that run")
		}
		kept := Measure{Kind: m.Kind}
		switch {
		case m.Kind == Rectify:
			kept.By = rulebook.Day(m.By)
		case m.Kind == Suspend:
			kept.Until = m.Until
		case m.Kind == SubjectVoid:
			kept.Part = m.Part
		}
		if m.Kind.Exits() {
			kept.Running, kept.Revoke = m.Running, numbers(m.Revoke)
		}
		kept, err := s.basis(c, kept, now)
		if err != nil {
			return nil, err
		}
		list = append(list, kept)
	}
	told := in.Public || slices.ContainsFunc(list, func(m Measure) bool { return m.Kind.Exits() })
	if n := utf8.RuneCountInString(strings.TrimSpace(in.Notice)); told && n == 0 || n > noticeMost {
		return nil, wrong("notice", "say in at most %d characters what the public reads, and candidates whose sitting is cancelled", noticeMost)
	}
	if in.Public && (c.Party.Kind == standing.OfPerson || !slices.ContainsFunc(list, func(m Measure) bool { return m.Kind.effect().bar != "" })) {
		return nil, wrong("public", "the public list names bodies and platforms that are barred, never people")
	}
	return list, nil
}

// fits refuses a measure that is not for the case's party.
func (s *Service) fits(c Case, kind MeasureKind) error {
	e := kind.effect()
	if e.party != c.Party.Kind || e.void && c.Enrolment == "" {
		return fault.New(fault.Refused, "cases.fits", "the measure %s is not for a party of this kind", kind)
	}
	return nil
}

// heavier reports whether a measure is above all that a notice announced.
func heavier(kind MeasureKind, intended []MeasureKind) bool {
	rank := func(k MeasureKind) int { return slices.IndexFunc(effects, func(e effect) bool { return e.kind == k }) }
	return !slices.ContainsFunc(intended, func(k MeasureKind) bool { return rank(k) >= rank(kind) })
}

// numbers are certificate numbers as typed, without blanks and doubles.
func numbers(typed []string) []string {
	var list []string
	for _, n := range typed {
		if n = strings.ToUpper(strings.TrimSpace(n)); n != "" && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// Return sends a proposal back with the reason (case:approve).
func (s *Service) Return(ctx context.Context, actor access.Actor, id, reason string) (Case, error) {
	const op = "cases.Return"
	reason, err := said(op, "reason", reason)
	if err != nil {
		return Case{}, err
	}
	return s.change(ctx, actor, "case:approve", id, func(c *Case) (step, error) {
		if err := c.may(op, OpReturn); err != nil {
			return step{}, err
		}
		if c.Decision == nil {
			return step{}, fault.New(fault.Refused, op, "nothing is proposed yet")
		}
		c.Decision = nil
		return step{Step: Step{What: OpReturn, Text: reason}}, nil
	})
}

// The jobs of a case; the key is its id. Their handlers are idempotent.
const (
	CarryOutJob = "case-carry-out" // finish what two people decided
	FinalJob    = "case-final"     // the time for an appeal is over
	RectifyJob  = "case-rectify"   // the day of an ordered rectification is over
	SettleJob   = "case-settle"    // the body's state follows from what holds now
)

// carryOutAfter is when another instance carries out what this one did not.
const carryOutAfter = 5 * time.Second

// Approve is the second signature (case:approve; Forbidden for who proposed or
// reported). The decision is recorded, then carried out: it holds from the
// moment when all its effects stand. A decision without measures ends the case.
func (s *Service) Approve(ctx context.Context, actor access.Actor, id string) (Case, error) {
	const op = "cases.Approve"
	c, err := s.change(ctx, actor, "case:approve", id, func(c *Case) (step, error) {
		if err := c.may(op, OpApprove); err != nil {
			return step{}, err
		}
		d := c.Decision
		if d == nil {
			return step{}, fault.New(fault.Refused, op, "nothing is proposed yet")
		}
		if actor.ID == d.ProposedBy || actor.ID == c.Reporter {
			return step{}, fault.New(fault.Forbidden, op, "the second signature is another person's than the proposal's and the report's")
		}
		now := s.Now()
		next := *d
		next.ApprovedBy, next.ApprovedName, next.ApprovedAt, next.Book = actor.ID, actor.Name, now, s.Book.Hash()
		next.Measures = slices.Clone(d.Measures)
		c.Decision = &next
		st := step{Step: Step{What: OpApprove}}
		if len(next.Measures) == 0 && !next.Lift {
			c.State, next.At = Dismissed, now
			return st, s.letter(ctx, c, DecisionLetter, now)
		}
		next.Bars = make([]string, len(next.Measures))
		for i, m := range next.Measures {
			var err error
			if next.Measures[i], err = s.basis(*c, m, now); err != nil {
				return step{}, err
			}
			if m.Kind.effect().bar != "" {
				next.Bars[i] = derived(now, fmt.Sprintf("bar/%s/%d", c.ID, i))
			}
			st.rule = next.Measures[i].Rule.ID
		}
		if c.Party.Kind == standing.OfBody {
			body, err := s.Standing.Body(ctx, c.Party.Key)
			if err != nil {
				return step{}, err
			}
			next.Before = body.State
		}
		st.jobs = s.carryOutJobs(*c, now)
		return st, nil
	})
	if err != nil || !c.Deciding() {
		return c, err
	}
	return s.carryOutNow(ctx, c)
}

func (s *Service) carryOutJobs(c Case, now time.Time) []outbox.Job {
	id := fmt.Sprintf("%s:%s:%d", CarryOutJob, c.ID, len(c.Steps))
	return []outbox.Job{{ID: id, Kind: CarryOutJob, Key: c.ID, Due: now.Add(carryOutAfter)}}
}

// carryOutNow carries out at once what was decided. What fails is not the
// approver's concern: the decision is recorded and its job finishes it.
func (s *Service) carryOutNow(ctx context.Context, c Case) (Case, error) {
	if err := s.CarryOut(ctx, c.ID); err != nil {
		s.Log.Warn("decision not carried out at once, its job will", "case", c.ID, "error", err)
		return c, nil
	}
	done, err := s.Store.Case(ctx, c.ID)
	return done, fault.Wrap("cases.Approve", err)
}
