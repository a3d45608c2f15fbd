package exam

import (
	"context"

	"kaoping/policies/standing"
)

// clear asks the gate whether the body of a sitting, and who else is in it, may
// do an act now (Refused, R33 and others). It is asked at every act anew: who
// was clear at the notice may be on the blacklist at the start.
func (s *Service) clear(ctx context.Context, act standing.Act, sitting Sitting, more ...standing.Party) error {
	return s.Gate.Clear(ctx, act, append(more, standing.BodyParty(sitting.Body))...)
}
