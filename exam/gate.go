package exam

import (
	"context"
	"time"

	"kaoping/policies/standing"
)

// clear asks the gate whether the body of a sitting, and who else is in it, may
// do an act now (Refused, R33 and others). It is asked at every act anew: who
// was clear at the notice may be on the blacklist at the start.
//
// A sitting that the decision on its body lets finish under supervision is
// finished: its candidates come in and are scored. Nothing is confirmed or issued.
// Of a subsidised sitting it is also asked who may take part in subsidised
// evaluation (R34).
func (s *Service) clear(ctx context.Context, act standing.Act, sitting Sitting, more ...standing.Party) error {
	if !sitting.Supervised || act != standing.ToAdmit && act != standing.ToScore {
		more = append(more, standing.BodyParty(sitting.Body))
	}
	if err := s.Gate.Clear(ctx, act, more...); err != nil || !sitting.Subsidised {
		return err
	}
	return s.Gate.Clear(ctx, standing.ToSubsidy, more...)
}

// within asks the gate, and whether the body's filing covers the sitting on a
// day (Refused, R30): a filing that ran out, was changed or suspended since the
// notice no longer does. A body that has left is there no more for what it may finish.
func (s *Service) within(ctx context.Context, act standing.Act, sitting Sitting, day time.Time) error {
	if err := s.clear(ctx, act, sitting); err != nil || sitting.Supervised && act == standing.ToAdmit {
		return err
	}
	body, err := s.Bodies.Body(ctx, sitting.Body)
	if err != nil {
		return err
	}
	return body.MayEvaluate(sitting.Trade, sitting.Level, sitting.Track, sitting.Site, day)
}

// admissible refuses a candidate who may not come in now: barred (R33, R43), of
// a barred body or platform (R41), or one against whom a rule stands (R04, R08–R13).
func (s *Service) admissible(ctx context.Context, op string, sitting Sitting, e Enrolment) error {
	if err := s.clear(ctx, standing.ToAdmit, sitting, standing.PersonParty(e.IDHash)); err != nil {
		return err
	}
	if v := e.Evidence; v != nil && v.Subsidised && v.Platform != "" {
		if err := s.Gate.Clear(ctx, standing.ToTrain, standing.PlatformParty(v.Platform)); err != nil {
			return err
		}
	}
	return Judge(s.Book, sitting, e).Refusal(op)
}
