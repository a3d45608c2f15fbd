package certify

import (
	"context"
	"slices"
	"time"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// RevokeOf revokes the certificate of a record that a case voided, where it has
// one (R43, R58): it stays verifiable, as revoked. Doing it again changes nothing.
func (s *Service) RevokeOf(ctx context.Context, enrolment, decision string) error {
	const op = "certify.RevokeOf"
	c, err := s.Store.CertificateOf(ctx, enrolment)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || !slices.Contains(revokable, c.State) {
		return fault.Wrap(op, err)
	}
	c.State, c.RevokedAt, c.RevokedBy = Revoked, s.Now(), decision
	entry := s.entry(access.System(), c.Number, "certificate:revoke")
	entry.Rule, entry.Note = "R43", "case="+decision
	return fault.Wrap(op, s.Store.PutCertificate(ctx, &c, entry))
}

// ReinstateOf undoes RevokeOf, when the decision is undone: the certificate is
// valid again, and one that never came is issued.
func (s *Service) ReinstateOf(ctx context.Context, enrolment, decision string) error {
	const op = "certify.ReinstateOf"
	c, err := s.Store.CertificateOf(ctx, enrolment)
	if err == nil {
		return s.Reinstate(ctx, c.Number, decision)
	}
	if !fault.Is(err, fault.NotFound) {
		return fault.Wrap(op, err)
	}
	e, err := s.Exams.Enrolment(ctx, access.System(), enrolment)
	if err != nil || e.Outcome != exam.Passed {
		return fault.Wrap(op, err)
	}
	sitting, err := s.Exams.Sitting(ctx, access.System(), e.Sitting)
	if err != nil || sitting.State != exam.Confirmed {
		return fault.Wrap(op, err)
	}
	if _, err = s.Issue(ctx, access.System(), enrolment); fault.Is(err, fault.Refused) { // another bar holds it
		return nil
	}
	return fault.Wrap(op, err)
}

// Reinstate makes a certificate valid again that a decision revoked, by the bar
// or the case that it was revoked by, when the decision is undone on appeal.
func (s *Service) Reinstate(ctx context.Context, number, by string) error {
	const op = "certify.Reinstate"
	c, err := s.Store.Certificate(ctx, number)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || c.State != Revoked || c.RevokedBy != by {
		return fault.Wrap(op, err)
	}
	if c.State = Issued; c.SHA256 == "" {
		c.State = Numbered
	}
	c.RevokedAt, c.RevokedBy = time.Time{}, ""
	entry := s.entry(access.System(), c.Number, "certificate:reinstate")
	entry.Note = "by=" + by
	return fault.Wrap(op, s.Store.PutCertificate(ctx, &c, entry))
}
