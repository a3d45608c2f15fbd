package web

import (
	"io"
	"net/http"
	"slices"

	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// enrolmentPage is the record of one candidate.
type enrolmentPage struct {
	exam.Enrolment
	Sitting     exam.Sitting
	Open        bool // photo and withdrawal
	MayReport   bool
	Certificate *certify.Certificate
	Turn        *certify.Turn // where it waits for the cap (R06)
	Judged      exam.Judged
	Form        *evidenceForm // nil for who keeps no evidence
	MayOverride bool          // ask for one
	MaySign     bool          // sign the one that waits
	Examiners   []choice      // whom the scheduler can recuse
}

// judging are the states in which evidence and overrides can change.
var judging = []exam.State{exam.Drafted, exam.Returned, exam.Notified, exam.Accepted, exam.Staffed, exam.Sealed, exam.Unsealed, exam.Running}

func (s *Server) showCandidate(r *request) error {
	ctx := r.Request.Context()
	sitting, candidate, err := s.Exam.Candidate(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	e := candidate.Enrolment
	page := enrolmentPage{Enrolment: e, Sitting: sitting, Open: s.sittingMay(r, sitting).Enrol, MayReport: s.mayReport(r, e.Scope()) == nil, Judged: candidate.Judged}
	if slices.Contains(judging, sitting.State) {
		waits := e.Override != nil && e.Override.State() == exam.OverrideWaits
		page.MayOverride = page.Judged.Answer != exam.Eligible && !waits && r.may("eligibility:override", sitting.Scope())
		page.MaySign = waits && r.may("eligibility:approve", sitting.Scope())
		if r.may("evidence:import", sitting.Scope()) {
			page.Form = s.evidenceForm(r, e)
		}
		if r.may("sitting:staff", sitting.Scope()) {
			if page.Examiners, err = s.people(r, sitting, access.Examiner, nil); err != nil {
				return err
			}
		}
	}
	if r.may("certificate:read", e.Scope()) {
		c, err := s.Certify.CertificateOf(ctx, r.actor, e.ID)
		if err == nil {
			page.Certificate = &c
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		if page.Turn, err = s.turnOf(r, e.ID); err != nil {
			return err
		}
	}
	return r.render(deskFrame, "enrolment", e.Name, page)
}

func (s *Server) withdraw(r *request) error {
	ctx := r.Request.Context()
	e, err := s.Exam.Enrolment(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	if err := s.Exam.Withdraw(ctx, r.actor, e.ID); err != nil {
		return r.again(err, s.showCandidate)
	}
	return r.done("/sittings/"+e.Sitting+"/enrolment", "The candidate is withdrawn.")
}

// showPhoto sends a candidate's photo to whoever may see the record.
func (s *Server) showPhoto(r *request) error {
	content, kind, err := s.Exam.Photo(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	r.Data(http.StatusOK, kind, content)
	return nil
}

func (s *Server) setPhoto(r *request) error {
	_, file, err := r.upload("photo")
	if err != nil {
		return r.again(err, s.showCandidate)
	}
	defer file.Close() // it was only read
	content, err := io.ReadAll(file)
	if err != nil {
		return fault.Wrap("web.setPhoto", err)
	}
	if err := s.Exam.SetPhoto(r.Request.Context(), r.actor, r.Param("id"), content); err != nil {
		return r.again(err, s.showCandidate)
	}
	return r.done("/enrolments/"+r.Param("id"), "The photo is kept.")
}
