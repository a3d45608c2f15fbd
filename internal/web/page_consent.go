package web

import (
	"context"
	"slices"

	"kaoping/exam"
	"kaoping/policies/access"
)

// consentRow is a consent that a sitting across regions asks for (R37), given or not.
type consentRow struct {
	exam.Consent
	Place string
	May   bool // the actor can give it now
}

// consents lists what a sitting in another region needs, with the name of that region.
func (s *Server) consents(r *request, sitting exam.Sitting) (host string, rows []consentRow, err error) {
	if sitting.Host == "" {
		return "", nil, nil
	}
	_, asked, err := s.Exam.Asked(r.Request.Context(), sitting)
	if err != nil {
		return "", nil, err
	}
	mine, err := s.Exam.MayConsent(r.Request.Context(), r.actor, sitting)
	for _, c := range asked {
		rows = append(rows, consentRow{c, s.Book.FullName(c.Region), slices.Contains(mine, c.Side)})
	}
	return s.Book.FullName(sitting.Host), rows, err
}

// consent gives the consent of one side with the note that was typed.
func (s *Server) consent(r *request) error {
	side, note := exam.Side(r.PostForm("side")), r.PostForm("note")
	do := func(ctx context.Context, actor access.Actor, id string) (exam.Sitting, error) {
		return s.Exam.Consent(ctx, actor, id, side, note)
	}
	return s.act(do, "The consent is recorded.", s.showSitting)(r)
}
