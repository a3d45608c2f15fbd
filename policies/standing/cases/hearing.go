package cases

import (
	"context"
	"strings"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Announcement is what a notice tells the party (告知书).
type Announcement struct {
	Facts    string
	Intended []MeasureKind
}

// Notify tells the party what was found, what is intended and that it may state
// its side (case:handle). After the hearing it can be told again, when a heavier
// measure is intended. Refused for a measure that the region's rules lack.
func (s *Service) Notify(ctx context.Context, actor access.Actor, id string, in Announcement) (Case, error) {
	const op = "cases.Notify"
	facts, err := said(op, "facts", in.Facts)
	if err != nil {
		return Case{}, err
	}
	return s.change(ctx, actor, "case:handle", id, func(c *Case) (step, error) {
		if err := c.may(op, OpNotify); err != nil {
			return step{}, err
		}
		if len(in.Intended) == 0 {
			return step{}, fault.New(fault.Invalid, op, "say which measure is intended").With(fault.Issue{Column: "measure", Text: fault.Textf("say which measure is intended")})
		}
		now := s.Now()
		for _, kind := range in.Intended {
			if err := s.fits(*c, kind); err != nil {
				return step{}, err
			}
			if _, err := s.basis(*c, Measure{Kind: kind}, now); err != nil {
				return step{}, err
			}
		}
		st := step{Step: Step{What: OpNotify, Text: facts}}
		c.State, c.Facts, c.Intended = Notified, facts, in.Intended
		c.Statement, c.Asked, c.Hearing, c.Place, c.Decision = "", time.Time{}, time.Time{}, "", nil
		c.Due, st.rule = s.due(c.Region, statementDays, now)
		return st, s.letter(ctx, c, Notice, now)
	})
}

// State records the party's statement (陈述申辩; case:state), and that it asks to
// be heard in person (听证): by the party itself until the last day (Late after
// it, K11), or by an officer who received it on paper or in person, until the
// hearing is closed.
func (s *Service) State(ctx context.Context, actor access.Actor, id, text string, hearing bool) (Case, error) {
	const op = "cases.State"
	text, err := said(op, "statement", text)
	if err != nil {
		return Case{}, err
	}
	return s.changeOwn(ctx, actor, "case:state", id, func(c *Case) (step, error) {
		if err := c.may(op, OpState); err != nil {
			return step{}, err
		}
		now := s.Now()
		if c.Overdue(now) && s.Policy.Decide(actor, "case:handle", c.Scope()) != nil {
			return step{}, s.late(op, *c, OpNotify, "a statement was due by %s", rulebook.Day(c.Due))
		}
		if hearing && c.Asked.IsZero() {
			c.Asked = now
		}
		c.Statement = strings.TrimSpace(c.Statement + "\n\n" + text)
		return step{Step: Step{What: OpState, Text: text}}, nil
	})
}

// Summon sets a hearing in person (听证), at a time and a place (case:handle;
// Invalid for a time that is not to come).
func (s *Service) Summon(ctx context.Context, actor access.Actor, id string, at time.Time, place string) (Case, error) {
	const op = "cases.Summon"
	place, err := said(op, "place", place)
	if err != nil {
		return Case{}, err
	}
	return s.change(ctx, actor, "case:handle", id, func(c *Case) (step, error) {
		if err := c.may(op, OpSummon); err != nil {
			return step{}, err
		}
		now := s.Now()
		if !at.After(now) {
			return step{}, fault.New(fault.Invalid, op, "a hearing is set for a time to come").With(fault.Issue{Column: "hearing", Text: fault.Textf("a hearing is set for a time to come")})
		}
		if !c.Hearing.IsZero() {
			return step{}, fault.New(fault.Refused, op, "a hearing is set already, for %s", c.Hearing)
		}
		c.Hearing, c.Place, c.Due = at, place, rulebook.Day(at)
		return step{Step: Step{What: OpSummon, Text: place}}, s.letter(ctx, c, Summons, now)
	})
}

// Hear closes the hearing with its record (case:handle). Early while the party
// may still state its side and has not, and before a hearing in person; Refused
// while the party asked for one and none is set.
func (s *Service) Hear(ctx context.Context, actor access.Actor, id, record string) (Case, error) {
	const op = "cases.Hear"
	record, err := said(op, "record", record)
	if err != nil {
		return Case{}, err
	}
	return s.change(ctx, actor, "case:handle", id, func(c *Case) (step, error) {
		if err := c.may(op, OpHear); err != nil {
			return step{}, err
		}
		now := s.Now()
		if now.Before(c.Hearing) {
			return step{}, fault.New(fault.Early, op, "the hearing is on %s", c.Hearing)
		}
		if !c.Asked.IsZero() && c.Hearing.IsZero() {
			return step{}, fault.New(fault.Refused, op, "the party asked to be heard in person: set a hearing first")
		}
		if c.Statement == "" && c.Hearing.IsZero() && !c.Due.IsZero() && !c.Overdue(now) {
			return step{}, fault.New(fault.Early, op, "the party may state its side until %s", rulebook.Day(c.Due))
		}
		st := step{Step: Step{What: OpHear, Text: record}}
		c.State = Heard
		c.Due, st.rule = s.due(c.Region, decisionDays, now)
		return st, nil
	})
}
