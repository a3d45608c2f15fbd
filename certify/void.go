package certify

import (
	"context"
	"slices"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// RevokeOf revokes the certificate of a record that a case voided, where it has
// one (R43, R58): it stays verifiable, as revoked. One that has its place and no
// number yet has its number first; one that waits leaves the queue. Doing it
// again changes nothing, also after the record was restored.
func (s *Service) RevokeOf(ctx context.Context, enrolment, decision string) error {
	const op = "certify.RevokeOf"
	if err := s.leave(ctx, access.System(), enrolment, Withdrawn, Unpassed); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, fault.Retry(func() error {
		c, err := s.begun(ctx, enrolment)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil || !slices.Contains(revokable, c.State) {
			return err
		}
		// Who undoes the decision restores the record before the certificate: seen
		// after the certificate was read, it stays valid.
		if e, err := s.Exams.Enrolment(ctx, access.System(), enrolment); err != nil || e.Outcome == exam.Passed {
			return err
		}
		entry := s.entry(access.System(), c.Number, "certificate:revoke")
		entry.Rule, entry.Note = "R43", "case="+decision
		return s.annul(ctx, c, s.Now(), decision, entry)
	}))
}

// begun is the certificate of an enrolment (NotFound), after what was begun for
// it was brought to its end: one that has its place has its number, one that was
// being reinstated is valid.
func (s *Service) begun(ctx context.Context, enrolment string) (Certificate, error) {
	c, err := s.Store.CertificateOf(ctx, enrolment)
	if err == nil && !c.Counted.Returned || err != nil && !fault.Is(err, fault.NotFound) {
		return c, err
	}
	e, failed := s.Exams.Enrolment(ctx, access.System(), enrolment)
	if failed != nil {
		return c, failed
	}
	m, failed := s.latest(ctx, s.Book.City(e.Region))
	if failed != nil {
		return c, failed
	}
	if p, ok := m.intent(ToIssue, enrolment); ok {
		return s.record(ctx, access.System(), m.ID, p)
	}
	return c, err
}

// annul makes a certificate invalid, and gives its place in the mix back.
func (s *Service) annul(ctx context.Context, c Certificate, at time.Time, by string, entry audit.Entry) error {
	if c.State != Waits { // it was revoked before, and its reinstatement waits
		c.RevokedAt = at
	}
	c.State, c.RevokedBy = Revoked, by
	return s.Store.PutCertificate(ctx, &c, entry, returnJob(c.Number, c.Version+1, s.Now()))
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
// or the case that it was revoked by, when the decision is undone on appeal. It
// takes a place in the mix of this year anew, and one of a capped track may have
// to wait for it (R06): until then it stays revoked for whoever looks it up.
func (s *Service) Reinstate(ctx context.Context, number, by string) error {
	const op = "certify.Reinstate"
	c, err := s.Store.Certificate(ctx, number)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || c.State != Revoked || c.RevokedBy != by {
		return fault.Wrap(op, err)
	}
	if err := s.GiveBack(ctx, number); err != nil {
		return err
	}
	e, err := s.Exams.Enrolment(ctx, access.System(), c.Enrolment)
	if err != nil {
		return fault.Wrap(op, err)
	}
	sitting, err := s.Exams.Sitting(ctx, access.System(), c.Sitting)
	if err != nil {
		return fault.Wrap(op, err)
	}
	unnumbered := func(time.Time) (Series, error) { return "", nil } // it has its number
	mix, held, err := s.reserve(ctx, access.System(), claim{enrolment: e, sitting: sitting, series: unnumbered})
	if err != nil {
		return fault.Wrap(op, err)
	}
	switch held.Kind {
	case ToIssue:
		_, err = s.record(ctx, access.System(), mix, held)
	case ToWait:
		if _, err = s.join(ctx, access.System(), mix, held); err == nil {
			err = s.await(ctx, number, by)
		}
	}
	return fault.Wrap(op, err)
}

// await marks a revoked certificate as one that waits to be valid again.
func (s *Service) await(ctx context.Context, number, by string) error {
	c, err := s.Store.Certificate(ctx, number)
	if err != nil || c.State != Revoked || c.RevokedBy != by {
		return err
	}
	c.State = Waits
	entry := s.entry(access.System(), number, "certificate:reinstate")
	entry.Rule, entry.Note = "R06", "by="+by
	if err = s.Store.PutCertificate(ctx, &c, entry); fault.Is(err, fault.Conflict) { // its turn has come meanwhile
		return nil
	}
	return err
}
