package web

import (
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing/cases"
)

// showMyLogin is the door for results and certificates (成绩与证书查询).
func (s *Server) showMyLogin(r *request) error {
	return r.render(plainFrame, "mylogin", r.T("Results and certificates"), nil)
}

// consult opens that door.
func (s *Server) consult(r *request) error {
	token, err := s.Exam.Consult(r.Request.Context(), r.PostForm("ticket"), r.PostForm("last_six"))
	return s.admit(r, token, err, "/my", s.showMyLogin)
}

// own is what a candidate sees of the own record.
type own struct {
	Sitting     exam.Sitting
	Enrolment   exam.Enrolment
	Public      bool // the results are
	Mark        rulebook.Param
	Certificate *certify.Certificate
	Turn        *certify.Turn // where it waits for the cap (R06)
	Cases       []caseRow     // about the own record, of which the candidate was told
}

// showMy shows a candidate the own sitting, what the bureau has told, the result
// once it is public, and the certificate.
func (s *Server) showMy(r *request) error {
	ctx := r.Request.Context()
	sitting, e, err := s.Exam.OwnResult(ctx, r.actor)
	if err != nil {
		return err
	}
	mine := own{Sitting: sitting, Enrolment: e, Public: e.Outcome != ""}
	_, mine.Mark = s.Exam.PassMark(sitting)
	c, err := s.Certify.CertificateOf(ctx, r.actor, e.ID)
	switch {
	case err == nil:
		mine.Certificate = &c
	case !fault.Is(err, fault.NotFound):
		return err
	}
	if mine.Turn, err = s.turnOf(r, e.ID); err != nil {
		return err
	}
	told, err := s.Cases.MyCases(ctx, r.actor, cases.Query{Limit: rowsMost})
	if err != nil {
		return err
	}
	mine.Cases = s.caseRows(told)
	return r.render(plainFrame, "my", r.T("My results"), mine)
}

// turnOf is how an enrolment waits for the cap, nil where it does not.
func (s *Server) turnOf(r *request, enrolment string) (*certify.Turn, error) {
	turn, err := s.Certify.Turn(r.Request.Context(), r.actor, enrolment)
	if fault.Is(err, fault.NotFound) || err == nil && turn.Now == 0 {
		return nil, nil
	}
	return &turn, err
}

// myCertificate is the document of the own certificate.
func (s *Server) myCertificate(r *request) error {
	c, err := s.Certify.CertificateOf(r.Request.Context(), r.actor, r.actor.Enrolment)
	if err != nil {
		return err
	}
	return r.sendDocument(c.Number, "attachment")
}
