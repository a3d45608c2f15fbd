package exam

import "kaoping/policies/rulebook"

// Turns is how the practical part of a sitting goes in turns (实操分批), one
// after the other, so that nobody examines more candidates at once than R17
// allows.
type Turns struct {
	Count int // 0 without examiners or candidates
	Each  int // candidates of a turn, at most
	Rule  rulebook.Param
}

// Of is the turn of a candidate by the place in ticket order, both from 1; 0
// where there are no turns.
func (t Turns) Of(place int) int {
	if t.Count == 0 {
		return 0
	}
	return (place-1)/t.Each + 1
}

// Turns divides so many candidates among the turns that a sitting's examiners
// can examine; all of them are one turn where the region sets no number.
func (s *Service) Turns(sitting Sitting, candidates int) Turns {
	examiners := len(sitting.Examiners)
	if examiners == 0 || candidates == 0 {
		return Turns{}
	}
	rule, set := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "candidates_per_examiner")
	if !set || rule.Int() < 1 {
		return Turns{Count: 1, Each: candidates}
	}
	each := examiners * rule.Int()
	return Turns{Count: (candidates + each - 1) / each, Each: each, Rule: rule}
}
