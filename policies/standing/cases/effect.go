package cases

import (
	"context"
	"slices"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// CarryOut finishes what two people decided in a case: the handler of
// CarryOutJob. Bars come first, so that the gates refuse before the case says
// that it is decided; doing it again changes nothing.
func (s *Service) CarryOut(ctx context.Context, id string) error {
	const op = "cases.CarryOut"
	c, err := s.Store.Case(ctx, id)
	if err != nil || !c.Deciding() {
		return fault.Wrap(op, err)
	}
	switch {
	case c.State == Appealed:
		if err := s.undo(ctx, c, "appeal/"+c.ID); err != nil {
			return fault.Wrap(op, err)
		}
		return s.stand(ctx, id, OpUphold)
	case c.Kind == Repair:
		target, err := s.Store.Case(ctx, c.Target)
		if err == nil {
			err = s.release(ctx, target, "repair/"+c.ID)
		}
		if err == nil {
			err = s.raise(ctx, target, false)
		}
		if err != nil {
			return fault.Wrap(op, err)
		}
	default:
		if err := s.impose(ctx, c); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return s.stand(ctx, id, OpDecide)
}

// stand records that the effects of a decision stand: from this instant on it
// holds.
func (s *Service) stand(ctx context.Context, id string, op Op) error {
	_, err := s.change(ctx, access.System(), "case:decide", id, func(c *Case) (step, error) {
		if !c.Deciding() { // another instance was faster
			return step{}, fault.New(fault.Superseded, "cases.CarryOut", "the decision is carried out already")
		}
		if err := c.may("cases.CarryOut", op); err != nil {
			return step{}, err
		}
		now := s.Now()
		st := step{Step: Step{What: op}}
		if op == OpUphold {
			appeal, ruling := *c.Appeal, *c.Appeal.Ruling
			ruling.At, appeal.Ruling = now, &ruling
			c.Appeal, c.State = &appeal, Upheld
			return st, s.letter(ctx, c, RulingLetter, now)
		}
		d := *c.Decision
		d.At = now
		c.Decision = &d
		if c.Kind == Repair {
			c.State = Final
			return st, s.letter(ctx, c, DecisionLetter, now)
		}
		c.State = Decided
		c.Due, st.rule = s.due(c.Region, appealDays, now)
		if !c.Due.IsZero() {
			st.jobs = append(st.jobs, outbox.Job{ID: FinalJob + ":" + c.ID, Kind: FinalJob, Key: c.ID, Due: c.Due.AddDate(0, 0, 1)})
		}
		for _, m := range d.Measures {
			switch {
			case m.Kind == Rectify:
				st.jobs = append(st.jobs, outbox.Job{ID: RectifyJob + ":" + c.ID, Kind: RectifyJob, Key: c.ID, Due: m.By.AddDate(0, 0, 1)})
			case m.Kind == Suspend && !m.Until.IsZero():
				st.jobs = append(st.jobs, outbox.Job{ID: SettleJob + ":" + c.ID, Kind: SettleJob, Key: c.ID, Due: m.Until})
			}
		}
		return st, s.letter(ctx, c, DecisionLetter, now)
	})
	if fault.Is(err, fault.Superseded) {
		return nil
	}
	return err
}

// impose puts a decision's measures into effect.
func (s *Service) impose(ctx context.Context, c Case) error {
	for i, m := range c.Decision.Measures {
		if id := c.Decision.Bars[i]; id != "" {
			if err := s.bar(ctx, c, m, id); err != nil {
				return err
			}
			if err := s.Issued.Hold(ctx, id); err != nil {
				return err
			}
		}
	}
	for _, m := range c.Decision.Measures {
		if m.Kind.effect().state != "" {
			if err := s.lower(ctx, c, m); err != nil {
				return err
			}
		}
		if m.Kind.Voids() {
			if err := s.Exams.Void(ctx, c.Enrolment, m.Part, c.ID); err != nil {
				return err
			}
			if err := s.Issued.RevokeOf(ctx, c.Enrolment, c.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// bar puts the bar of a measure, once.
func (s *Service) bar(ctx context.Context, c Case, m Measure, id string) error {
	if _, err := s.Standing.Bar(ctx, id); !fault.Is(err, fault.NotFound) {
		return err
	}
	e, now := m.Kind.effect(), s.Now()
	b := standing.Bar{
		ID: id, Party: c.Party, Kind: e.bar, Acts: e.acts, Name: c.Name, Region: c.Region, From: now, Until: m.Until, Rule: m.Rule,
		Case: c.ID, Reason: c.Decision.Notice, Public: c.Decision.Public, Running: m.Running, Revoke: m.Revoke,
	}
	var jobs []outbox.Job
	switch {
	case m.Kind.Exits():
		jobs = append(jobs, outbox.Job{ID: standing.ExitJob + ":" + id, Kind: standing.ExitJob, Key: id, Due: now})
	case c.Party.Kind == standing.OfBody && !m.Until.IsZero(): // what it held goes on at the end of the term
		jobs = append(jobs, outbox.Job{ID: standing.RestoreJob + ":" + id + ":term", Kind: standing.RestoreJob, Key: id, Due: m.Until})
	}
	err := s.Standing.PutBar(ctx, &b, s.entry(c, "bar/"+id, "bar:impose", m.Rule.ID), jobs...)
	if fault.Is(err, fault.Conflict) { // another instance put it
		return nil
	}
	return err
}

func (s *Service) entry(c Case, object, what, rule string) audit.Entry {
	return audit.Entry{Stream: "case/" + c.ID, Object: object, At: s.Now(), Who: audit.System, What: what, Rule: rule, Rules: s.Book.Hash()}
}

// gravity orders the states that measures put a body in.
var gravity = map[standing.State]int{standing.Rectifying: 1, standing.Suspended: 2, standing.Exited: 3}

// movable are the states that a measure can change: a body that is gone by
// itself stays gone.
var movable = []standing.State{standing.Filed, standing.Listed, standing.Rectifying, standing.Suspended, standing.Exited}

// lower puts a body in the state of a measure, unless it is in a graver one, or
// the decision was carried out by another instance and may be undone since.
func (s *Service) lower(ctx context.Context, c Case, m Measure) error {
	_, err := s.changeBody(ctx, c, "body:"+string(m.Kind), m.Rule.ID, func(b *standing.Body) error {
		if now, err := s.Store.Case(ctx, c.ID); err != nil || !now.Decision.At.IsZero() {
			return err
		}
		if to := m.Kind.effect().state; gravity[b.State] < gravity[to] {
			b.State = to
		}
		if m.Kind == Rectify {
			b.RectifyBy = m.By
		}
		return nil
	})
	return err
}

// changeBody changes the body of a case and stores it where it is another one
// afterwards. What the change depends on it reads itself, after the body.
func (s *Service) changeBody(ctx context.Context, c Case, what, rule string, change func(*standing.Body) error) (changed bool, err error) {
	err = fault.Retry(func() error {
		b, err := s.Standing.Body(ctx, c.Party.Key)
		if err != nil || !slices.Contains(movable, b.State) {
			return err
		}
		state, by := b.State, b.RectifyBy
		if err := change(&b); err != nil || b.State == state && b.RectifyBy.Equal(by) {
			return err
		}
		changed = true
		entry := audit.Entry{Stream: "body/" + b.ID, Object: "body/" + b.ID, At: s.Now(), Who: audit.System, What: what, Rule: rule, Note: "case=" + c.ID, Rules: s.Book.Hash()}
		return s.Standing.PutBody(ctx, &b, entry)
	})
	return changed, err
}

// release lifts the bars of a decision.
func (s *Service) release(ctx context.Context, c Case, by string) error {
	for i, id := range c.Decision.Bars {
		if id == "" {
			continue
		}
		if err := s.lift(ctx, c, c.Decision.Measures[i], id, by); err != nil {
			return err
		}
	}
	return nil
}

// undo takes back what a decision imposed: bars first, then the record and the
// body's state follow.
func (s *Service) undo(ctx context.Context, c Case, by string) error {
	if err := s.release(ctx, c, by); err != nil {
		return err
	}
	for i, m := range c.Decision.Measures {
		for _, number := range m.Revoke {
			if err := s.Issued.Reinstate(ctx, number, c.Decision.Bars[i]); err != nil {
				return err
			}
		}
		if m.Kind.Voids() {
			if err := s.Exams.Restore(ctx, c.Enrolment, c.ID); err != nil {
				return err
			}
			if err := s.Issued.ReinstateOf(ctx, c.Enrolment, c.ID); err != nil {
				return err
			}
		}
	}
	return s.raise(ctx, c, true)
}

// lift ends a bar now, once.
func (s *Service) lift(ctx context.Context, c Case, m Measure, id, by string) error {
	return fault.Retry(func() error {
		b, err := s.Standing.Bar(ctx, id)
		if err != nil || !b.Lifted.IsZero() {
			return err
		}
		now := s.Now()
		b.Lifted, b.LiftBy = now, by
		var jobs []outbox.Job
		if c.Party.Kind == standing.OfBody {
			jobs = append(jobs, outbox.Job{ID: standing.RestoreJob + ":" + id, Kind: standing.RestoreJob, Key: id, Due: now})
		}
		return s.Standing.PutBar(ctx, &b, s.entry(c, "bar/"+id, "bar:lift", m.Rule.ID), jobs...)
	})
}

// raise puts a body where what still holds leaves it: other bars, another
// rectification, or where it was before. undone says that the case's own
// rectification is over. It looks again after a change, because the bar of
// another case may have come in between.
func (s *Service) raise(ctx context.Context, c Case, undone bool) error {
	if c.Party.Kind != standing.OfBody || c.Decision == nil {
		return nil
	}
	ordered, _ := c.Ordered(Rectify)
	restore := func(b *standing.Body) error {
		bars, err := s.Standing.Bars(ctx, standing.BarQuery{Parties: []standing.Party{c.Party}})
		if err != nil {
			return err
		}
		now := s.Now()
		if undone && b.RectifyBy.Equal(ordered.By) {
			b.RectifyBy = time.Time{}
		}
		to := standing.Listed
		if c.Decision.Before == standing.Filed {
			to = standing.Filed
		}
		if !b.RectifyBy.IsZero() {
			to = standing.Rectifying
		}
		for _, bar := range bars {
			if state := stateOf(bar, now); gravity[state] > gravity[to] {
				to = state
			}
		}
		b.State = to
		return nil
	}
	for {
		if changed, err := s.changeBody(ctx, c, "body:restore", "", restore); err != nil || !changed {
			return err
		}
	}
}

// stateOf is where a bar that holds at a moment puts its body.
func stateOf(b standing.Bar, now time.Time) standing.State {
	if !b.Lifted.IsZero() || !b.Until.IsZero() && !now.Before(b.Until) {
		return ""
	}
	switch b.Kind {
	case standing.Suspension:
		return standing.Suspended
	case standing.Blacklisted, standing.Delisted:
		return standing.Exited
	}
	return ""
}

// Settle lets a body's state follow from what holds now: the handler of
// SettleJob, for the end of a suspension's term.
func (s *Service) Settle(ctx context.Context, id string) error {
	c, err := s.Store.Case(ctx, id)
	if err != nil {
		return fault.Wrap("cases.Settle", err)
	}
	return fault.Wrap("cases.Settle", s.raise(ctx, c, !c.Rectified.IsZero()))
}

// Finish ends a case whose time for an appeal is over: the handler of FinalJob.
func (s *Service) Finish(ctx context.Context, id string) error {
	const op = "cases.Finish"
	_, err := s.change(ctx, access.System(), "case:decide", id, func(c *Case) (step, error) {
		if c.State != Decided {
			return step{}, fault.New(fault.Superseded, op, "the case is %s: this cannot be done now", c.State)
		}
		if !c.Overdue(s.Now()) {
			return step{}, fault.New(fault.Early, op, "an appeal can come until %s", rulebook.Day(c.Due))
		}
		c.State = Final
		return step{Step: Step{What: OpFinal}}, nil
	})
	if fault.Is(err, fault.Superseded) {
		return nil
	}
	return err
}
