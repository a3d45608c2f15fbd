package certify

import (
	"context"

	"kaoping/exam"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// held refuses while a bar keeps the body or the holder from a certificate (R33
// and others).
func (s *Service) held(ctx context.Context, e exam.Enrolment) error {
	sitting, err := s.Exams.Sitting(ctx, access.System(), e.Sitting)
	if err != nil {
		return err
	}
	return s.clear(ctx, sitting, standing.BodyParty(e.Body), standing.PersonParty(e.IDHash))
}

// IssueRefusal foresees which bar would refuse a sitting's certificates now (R33,
// R34), nil for none.
func (s *Service) IssueRefusal(ctx context.Context, sitting exam.Sitting) error {
	return s.clear(ctx, sitting, standing.BodyParty(sitting.Body))
}

// clear asks the gate about the issue of a sitting's certificates; of a
// subsidised one also who may take part in subsidised evaluation (R34).
func (s *Service) clear(ctx context.Context, sitting exam.Sitting, parties ...standing.Party) error {
	if err := s.Gate.Clear(ctx, standing.ToIssue, parties...); err != nil || !sitting.Subsidised {
		return err
	}
	return s.Gate.Clear(ctx, standing.ToSubsidy, parties...)
}
