package exam

import (
	"context"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// Photo returns a candidate's photo and its content type to whoever may see
// the record (NotFound without one).
func (s *Service) Photo(ctx context.Context, actor access.Actor, id string) (content []byte, kind string, err error) {
	const op = "exam.Photo"
	e, err := s.Enrolment(ctx, actor, id)
	if err != nil {
		return nil, "", err
	}
	if e.Photo == "" {
		return nil, "", fault.New(fault.NotFound, op, "there is no photo of this candidate")
	}
	content, kind, err = s.Documents.Get(ctx, e.Photo)
	return content, kind, fault.Wrap(op, err)
}
