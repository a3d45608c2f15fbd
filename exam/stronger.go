package exam

import (
	"context"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// weaker refuses a course completion examination in a trade where a stronger
// certificate can be had (R03), naming what can be had and from whom: a body on
// the list in the same city, that of the sitting included, which today is filed
// for the trade in one of the tracks that the region names. Where the region only
// takes the subsidy from such an examination, one without a subsidy is free.
func (s *Service) weaker(ctx context.Context, op string, sitting Sitting) error {
	if sitting.Track != rulebook.Completion {
		return nil
	}
	rule, set := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "stronger_certificates")
	effect, known := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "direct_completion_effect")
	if !set || !known || effect.Word() == "not_subsidised" && !sitting.Subsidised {
		return nil
	}
	bodies, err := s.Bodies.Bodies(ctx)
	if err != nil {
		return fault.Wrap(op, err)
	}
	var had []fault.Issue
	for _, b := range bodies {
		if !b.Valid(s.Now()) || s.Book.City(b.Region) != s.Book.City(sitting.Region) {
			continue
		}
		for _, scope := range b.Scopes {
			for _, track := range rulebook.Tracks {
				if scope.Trade == sitting.Trade && rule.Has(string(track)) && scope.Offers(track) {
					had = append(had, fault.Issue{Column: b.Name, Rule: rule.Rule, Text: fault.Textf("is filed for %s at level %s", track, scope.Levels)})
				}
			}
		}
	}
	if len(had) == 0 {
		return nil
	}
	refusal := fault.New(fault.Refused, op, "a stronger certificate can be had in this trade here: trainees sit for it, a course completion examination held instead is not recognised")
	if effect.Word() == "not_subsidised" {
		refusal = fault.New(fault.Refused, op, "a stronger certificate can be had in this trade here: trainees sit for it, a course completion examination held instead is not subsidised")
	}
	return refusal.By(effect.Cite()).With(had...)
}
