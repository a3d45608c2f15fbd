package exam

import (
	"context"

	"kaoping/internal/fault"
)

// passing refuses a cohort that passes its own body by (R38): an employer's or
// school's people whom a third party is to examine, although their own body is
// filed for it and the organisation's region asks for that one first. A reason lets
// it through; the bureau reads it before it accepts the notice.
func (s *Service) passing(ctx context.Context, op string, sitting Sitting) error {
	if sitting.For == "" || sitting.For == sitting.Body || sitting.ForWhy != "" {
		return nil
	}
	own, err := s.Bodies.Body(ctx, sitting.For)
	if err != nil {
		return fault.Wrap(op, err)
	}
	rule, set := s.Book.At(own.Region, sitting.StartsAt, sitting.Track, "own_body_first")
	if !set || !rule.Flag() || !own.Covers(sitting.Trade, sitting.Level, sitting.Track, sitting.StartsAt) {
		return nil
	}
	return fault.New(fault.Refused, op, "%s is filed for this trade itself and comes first for its own people: say in the draft why another body examines them", own.Name).
		By(rule.Cite()).With(fault.Issue{Column: "for_why", Rule: rule.Rule, Text: fault.Textf("give the reason")})
}
