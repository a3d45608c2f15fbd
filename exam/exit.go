package exam

import (
	"context"
	"fmt"
	"slices"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// exitPage is how many sittings one look takes.
const exitPage = 100

// LeaveBody does what follows for the sittings of a body that leaves: the
// handler of standing.ExitJob (R33). Those to come are cancelled and their
// candidates told, and moved where another body can take them; a running one
// goes on under supervision or ends void, as the decision says; results that
// are not confirmed are held. It may be cut short anywhere and is gone on with
// by calling it again: everybody is told once.
func (s *Service) LeaveBody(ctx context.Context, bar string) error {
	const op = "exam.LeaveBody"
	b, err := s.Bars.Bar(ctx, bar)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if b.Party.Kind != standing.OfBody || !b.Holds(standing.ToNotify, s.Now()) {
		return nil // lifted before anything followed
	}
	q := SittingQuery{Body: b.Party.Key, Limit: exitPage}
	for {
		page, err := s.Store.Sittings(ctx, q)
		if err != nil {
			return fault.Wrap(op, err)
		}
		for _, sitting := range page {
			if err := s.leave(ctx, b, sitting.ID); err != nil {
				return fault.Wrap(op, err)
			}
		}
		if len(page) < exitPage {
			return nil
		}
		q.Before = page[len(page)-1].ID
	}
}

// leave settles one sitting: first its state, so that no step of the workflow
// gets in between, then its candidates.
func (s *Service) leave(ctx context.Context, b standing.Bar, id string) error {
	sitting, err := s.settle(ctx, b, id)
	if err != nil || sitting.Exit != b.ID || sitting.ExitTold {
		return err
	}
	if sitting.State == Cancelled {
		if err := s.sendHome(ctx, sitting); err != nil {
			return err
		}
	}
	if sitting.State == Voided {
		if err := s.discardAll(ctx, sitting); err != nil {
			return err
		}
	}
	if err := s.tellAll(ctx, b, sitting); err != nil {
		return err
	}
	return s.changeForExit(ctx, id, func(sitting *Sitting) (changed bool, err error) {
		changed = !sitting.ExitTold
		sitting.ExitTold = true
		return changed, nil
	}, b, "sitting:exit-told")
}

// settle gives the sitting the state that the decision asks for.
func (s *Service) settle(ctx context.Context, b standing.Bar, id string) (Sitting, error) {
	err := s.changeForExit(ctx, id, func(sitting *Sitting) (bool, error) {
		if now, err := s.Bars.Bar(ctx, b.ID); err != nil || !now.Lifted.IsZero() || sitting.Exit == b.ID {
			return false, err
		}
		switch sitting.State {
		case Drafted, Returned, Notified, Accepted, Staffed, Sealed:
			sitting.State, sitting.Reason = Cancelled, b.Reason
		case Unsealed, Running: // a paper that is out of its seal is used, or void
			if sitting.Supervised = b.Running != standing.VoidRunning; !sitting.Supervised {
				sitting.State, sitting.Reason = Voided, b.Reason
			}
		case Closed, Marked, Publicised: // held: the gate refuses their confirmation
		default:
			return false, nil
		}
		sitting.Exit, sitting.ExitTold = b.ID, false
		return true, nil
	}, b, "sitting:exit")
	if err != nil {
		return Sitting{}, err
	}
	return s.Store.Sitting(ctx, id)
}

func (s *Service) changeForExit(ctx context.Context, id string, change func(*Sitting) (bool, error), b standing.Bar, what string) error {
	return fault.Retry(func() error {
		sitting, err := s.Store.Sitting(ctx, id)
		if err != nil {
			return err
		}
		if changed, err := change(&sitting); err != nil || !changed {
			return err
		}
		entry := s.entry(access.System(), id, "sitting/"+id, what)
		entry.Rule, entry.Note = b.Rule.ID, fmt.Sprintf("bar=%s state=%s", b.ID, sitting.State)
		return s.Store.PutSitting(ctx, &sitting, entry)
	})
}

// discardAll ends every attempt of a voided sitting.
func (s *Service) discardAll(ctx context.Context, sitting Sitting) error {
	list, err := s.Store.Attempts(ctx, sitting.ID)
	if err != nil {
		return err
	}
	for _, attempt := range list {
		if err := s.discard(ctx, attempt, sitting.Exit); err != nil {
			return err
		}
	}
	return nil
}

// discard ends an attempt unmarked; its answers stay as they are.
func (s *Service) discard(ctx context.Context, attempt Attempt, bar string) error {
	err := fault.Retry(func() (err error) {
		if attempt, err = s.Store.Attempt(ctx, attempt.ID); err != nil || attempt.State == Scored || attempt.State == Discarded {
			return err
		}
		if attempt.State == Open {
			attempt.SubmittedAt = s.Now()
		}
		attempt.State = Discarded
		entry := s.entry(access.System(), attempt.Sitting, "attempt/"+attempt.ID, "attempt:void")
		entry.Note = "bar=" + bar
		return s.Store.PutAttempt(ctx, &attempt, entry)
	})
	s.watch.tell(attempt.ID)
	return err
}

// exitNotices is what candidates are told by the state that their sitting came to.
var exitNotices = map[State]NoticeKind{
	Cancelled: NoticeCancelled, Running: NoticeSupervised, Unsealed: NoticeSupervised, Voided: NoticeVoided, Closed: NoticeHeld, Marked: NoticeHeld, Publicised: NoticeHeld,
}

func (s *Service) tellAll(ctx context.Context, b standing.Bar, sitting Sitting) error {
	list, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: sitting.ID})
	if err != nil {
		return err
	}
	var places *places
	if sitting.State == Cancelled {
		if places, err = s.elsewhere(ctx, sitting); err != nil {
			return err
		}
	}
	for _, e := range list {
		if e.Told(exitNotice(b)) {
			continue
		}
		notice := Notice{ID: exitNotice(b), Kind: exitNotices[sitting.State], At: s.Now()}
		if places != nil {
			moved, err := s.move(ctx, b, e, places)
			if err != nil {
				return err
			}
			if moved != nil {
				notice = *moved
			}
		}
		if err := s.tell(ctx, b, e, sitting.State == Voided, notice); err != nil {
			return err
		}
	}
	return nil
}

func exitNotice(b standing.Bar) string { return "exit/" + b.ID }

// TellHeld tells a candidate that the certificate waits for the decision on
// its body, once.
func (s *Service) TellHeld(ctx context.Context, b standing.Bar, e Enrolment) error {
	if e.Told(exitNotice(b)) {
		return nil
	}
	return s.tell(ctx, b, e, false, Notice{ID: exitNotice(b), Kind: NoticeHeld, At: s.Now()})
}

// tell records a notice with the candidate, unless it is there.
func (s *Service) tell(ctx context.Context, b standing.Bar, e Enrolment, void bool, notice Notice) error {
	return fault.Retry(func() error {
		e, err := s.Store.Enrolment(ctx, e.ID)
		if err != nil || e.Told(notice.ID) {
			return err
		}
		e.Notices = append(slices.Clip(e.Notices), notice)
		if void {
			e.Outcome = Void
		}
		entry := s.entry(access.System(), e.Sitting, "enrolment/"+e.ID, "candidate:tell")
		entry.Rule, entry.Note = b.Rule.ID, fmt.Sprintf("bar=%s notice=%s", b.ID, notice.Kind)
		return s.Store.PutEnrolment(ctx, &e, entry)
	})
}

// entryOf is an audit entry that the decision on a body causes.
func (s *Service) entryOf(b standing.Bar, sitting, object, what string) audit.Entry {
	entry := s.entry(access.System(), sitting, object, what)
	entry.Rule = b.Rule.ID
	return entry
}
