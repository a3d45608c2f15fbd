package certify

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
)

// reasonMost is the most characters of a typed reason.
const reasonMost = 500

// AskException asks for the exceptional release (例外放行) of a certificate that
// waits for the cap (certificate:except): another person approves it. Asked
// again before that, the new reason stands.
func (s *Service) AskException(ctx context.Context, actor access.Actor, enrolment, reason string) (Waiting, error) {
	const op = "certify.AskException"
	if reason = strings.TrimSpace(reason); reason == "" || utf8.RuneCountInString(reason) > reasonMost {
		return Waiting{}, fault.New(fault.Invalid, op, "a reason is needed").With(
			fault.Issue{Column: "reason", Text: fault.Textf("say why in at most %d characters", reasonMost)})
	}
	return s.changeWaiting(ctx, op, actor, "certificate:except", enrolment, func(w *Waiting) ([]outbox.Job, error) {
		w.Exception = Exception{Reason: reason, AskedBy: actor.ID, AskedAt: s.Now()}
		return nil, nil
	})
}

// ApproveException is the second signature on an exceptional release
// (certificate:approve-except), by another person than asked. The certificate
// is issued whatever the cap says, and counts; the queue stays as it is.
func (s *Service) ApproveException(ctx context.Context, actor access.Actor, enrolment string) (Waiting, error) {
	const op = "certify.ApproveException"
	return s.changeWaiting(ctx, op, actor, "certificate:approve-except", enrolment, func(w *Waiting) ([]outbox.Job, error) {
		if w.Exception.AskedBy == "" {
			return nil, fault.New(fault.Refused, op, "no exceptional release was asked for")
		}
		if err := access.Distinct(access.SignSecond, actor, w.Exception.AskedBy); err != nil {
			return nil, err
		}
		w.Exception.ApprovedBy, w.Exception.ApprovedAt = actor.ID, s.Now()
		w.State, w.Until = Excepted, s.Now()
		return []outbox.Job{{ID: fmt.Sprintf("%s:%s:%d", ExceptJob, enrolment, w.Place), Kind: ExceptJob, Key: enrolment, Due: s.Now()}}, nil
	})
}

func (s *Service) changeWaiting(ctx context.Context, op string, actor access.Actor, action access.Action, enrolment string, change func(*Waiting) ([]outbox.Job, error)) (w Waiting, err error) {
	err = fault.Retry(func() error {
		if w, err = s.Store.WaitingOf(ctx, enrolment); err != nil {
			return err
		}
		if err := s.Policy.Decide(actor, action, w.Scope()); err != nil {
			return err
		}
		if w.State != InQueue {
			return fault.New(fault.Refused, op, "this certificate does not wait for the cap any more")
		}
		jobs, err := change(&w)
		if err != nil {
			return err
		}
		return s.Store.PutWaiting(ctx, &w, s.waitingEntry(actor, w, string(action)), jobs...)
	})
	return w, fault.Wrap(op, err)
}

// IssueExcepted issues what was released by exception: the handler of ExceptJob.
// A bar or a voided record of the meantime holds it.
func (s *Service) IssueExcepted(ctx context.Context, enrolment string) error {
	const op = "certify.IssueExcepted"
	_, err := s.Issue(ctx, access.System(), enrolment)
	if fault.Is(err, fault.Refused) {
		s.Log.Info("certificate held", "enrolment", enrolment, "by", err)
		return nil
	}
	return fault.Wrap(op, err)
}

// waitingNote is what the audit says of a place in the queue.
func waitingNote(w Waiting) string {
	note := fmt.Sprintf("city=%s place=%d state=%s", w.City, w.Place, w.State)
	if w.Exception.AskedBy != "" {
		note += " reason=" + w.Exception.Reason
	}
	return note
}
