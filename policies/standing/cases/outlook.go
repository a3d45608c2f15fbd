package cases

import (
	"context"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// Outlook is what a decision in a case can be and what it would reach, to be
// seen before the click.
type Outlook struct {
	Ladder  []Measure      // what the region's rules have for the party today, with terms and rules
	State   standing.State // of the body now, "" for other parties
	Touched Touched        // of the body
	Bars    []standing.Bar // that the case has put
}

// Outlook foresees the effects of a decision (case:read). It changes nothing.
func (s *Service) Outlook(ctx context.Context, actor access.Actor, c Case) (Outlook, error) {
	const op = "cases.Outlook"
	if err := s.Policy.Decide(actor, "case:read", c.Scope()); err != nil {
		return Outlook{}, err
	}
	out := Outlook{Ladder: s.ladder(c, s.Now())}
	target := c.ID
	if c.Kind == Repair {
		target = c.Target
	}
	var err error
	if out.Bars, err = s.Standing.Bars(ctx, standing.BarQuery{Case: target}); err != nil || c.Party.Kind != standing.OfBody {
		return out, fault.Wrap(op, err)
	}
	body, err := s.Standing.Body(ctx, c.Party.Key)
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	out.State = body.State
	out.Touched, err = s.Exams.Touched(ctx, body.ID)
	return out, fault.Wrap(op, err)
}
