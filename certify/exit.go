package certify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// LeaveBody does what follows for the certificates of a body that leaves: part
// of the handler of standing.ExitJob (R33). What is not issued is held and its
// holder told; what the decision names is revoked; everything else stays as
// valid as it was.
func (s *Service) LeaveBody(ctx context.Context, bar string) error {
	const op = "certify.LeaveBody"
	b, err := s.Bars.Bar(ctx, bar)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if b.Party.Kind != standing.OfBody {
		return nil
	}
	if err := s.Hold(ctx, bar); err != nil { // who is told that it waits must not have it a moment later
		return err
	}
	var failed []error
	for _, number := range b.Revoke {
		failed = append(failed, s.revoke(ctx, b, number))
	}
	if b.Holds(standing.ToIssue, s.Now()) {
		failed = append(failed, s.eachConfirmed(ctx, b.Party.Key, func(sitting exam.Sitting) error { return s.tellHeld(ctx, b, sitting.ID) }))
	}
	return fault.Wrap(op, errors.Join(failed...))
}

// RestoreBody issues what was held, after a bar was lifted: the handler of
// standing.RestoreJob.
func (s *Service) RestoreBody(ctx context.Context, bar string) error {
	const op = "certify.RestoreBody"
	b, err := s.Bars.Bar(ctx, bar)
	if err != nil || b.Party.Kind != standing.OfBody {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.eachConfirmed(ctx, b.Party.Key, func(sitting exam.Sitting) error { return s.IssueSitting(ctx, sitting.ID) }))
}

func (s *Service) eachConfirmed(ctx context.Context, body string, do func(exam.Sitting) error) error {
	q := exam.SittingQuery{Body: body, States: []exam.State{exam.Confirmed}, Limit: 100}
	var failed []error
	for {
		page, err := s.Exams.Sittings(ctx, access.System(), q)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, sitting := range page {
			failed = append(failed, do(sitting))
		}
		if len(page) < q.Limit {
			return errors.Join(failed...)
		}
		q.Before = page[len(page)-1].ID
	}
}

// tellHeld tells those who passed and have no certificate that it waits.
func (s *Service) tellHeld(ctx context.Context, b standing.Bar, sitting string) error {
	_, list, err := s.Exams.Results(ctx, access.System(), sitting)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Outcome != exam.Passed {
			continue
		}
		c, err := s.Store.CertificateOf(ctx, e.ID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil && c.State != Numbered {
			continue
		}
		if err := s.Exams.TellHeld(ctx, b, e); err != nil {
			return err
		}
	}
	return nil
}

// revokable are the states from which a certificate is revoked.
var revokable = []State{Numbered, Issued, Waits}

// revoke revokes a certificate of the body that the decision names, once.
func (s *Service) revoke(ctx context.Context, b standing.Bar, number string) error {
	c, err := s.Store.Certificate(ctx, number)
	if err != nil {
		return err
	}
	if c.Body != b.Party.Key {
		return fault.New(fault.Refused, "certify.revoke", "the certificate %s is of another body", number)
	}
	if c, err = s.begun(ctx, c.Enrolment); err != nil || c.Number != number {
		return err
	}
	if !slices.Contains(revokable, c.State) {
		return nil
	}
	// Read after the certificate: who undoes the decision lifts the bar first.
	if now, err := s.Bars.Bar(ctx, b.ID); err != nil || !now.Lifted.IsZero() {
		return err
	}
	entry := s.entry(access.System(), number, "certificate:revoke")
	entry.Rule, entry.Note = b.Rule.ID, fmt.Sprintf("bar=%s", b.ID)
	if err := s.leave(ctx, access.System(), c.Enrolment, Withdrawn, Barred); err != nil {
		return err
	}
	return s.annul(ctx, c, b.From, b.ID, entry)
}
