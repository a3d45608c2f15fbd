package exam

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/standing/cases"
)

// sweepBatch is how many attempts one look takes.
const sweepBatch = 200

// settle is how long after the grace period marking waits, so that a save that
// arrived in its last moment is durable before the answers are read.
const settle = time.Minute

// Sweep hands in what is past its deadline, marks what has settled, and closes
// sittings whose time is over. Any instance may sweep at any moment: who comes
// second finds nothing to do.
func (s *Service) Sweep(ctx context.Context) error {
	var failed []error
	for {
		due, err := s.Store.DueAttempts(ctx, s.Now(), sweepBatch)
		if err != nil {
			return fault.Wrap("exam.Sweep", err)
		}
		done := 0
		for _, attempt := range due {
			if err := s.sweep(ctx, attempt); err != nil && !fault.Is(err, fault.Conflict) {
				failed = append(failed, err)
				continue
			}
			done++
		}
		if len(due) < sweepBatch || done == 0 {
			break
		}
	}
	return errors.Join(append(failed, s.sweepSittings(ctx))...)
}

func (s *Service) sweep(ctx context.Context, attempt Attempt) error {
	if attempt.State == Submitted {
		return s.mark(ctx, attempt)
	}
	attempt.State, attempt.SubmittedAt, attempt.SubmittedBy = Submitted, attempt.Deadline, ByDeadline
	attempt.SettleAt = attempt.Deadline.Add(Grace + settle)
	err := s.Store.PutAttempt(ctx, &attempt, s.entry(access.System(), attempt.Sitting, "attempt/"+attempt.ID, "attempt:deadline"))
	if err == nil {
		s.watch.tell(attempt.ID)
	}
	return err
}

func (s *Service) sweepSittings(ctx context.Context) error {
	running, err := s.Store.Sittings(ctx, SittingQuery{States: []State{Running, Closed}})
	if err != nil {
		return err
	}
	var failed []error
	for _, sitting := range running {
		// One that was ended while a paper could not be marked goes on by itself.
		if sitting.State == Closed || s.Now().After(sitting.Deadline()) {
			if err := s.close(ctx, access.System(), sitting.ID); err != nil && !fault.Is(err, fault.Conflict) {
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}

// Close ends a running sitting when nobody writes any more (room:supervise;
// Early before the start; Refused while an attempt is open, or while candidates who have not come
// could still come, unless recordAbsent says that they are absent 缺考).
func (s *Service) Close(ctx context.Context, actor access.Actor, id string, recordAbsent bool) error {
	const op = "exam.Close"
	sitting, err := s.sittingFor(ctx, actor, "room:supervise", id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(sitting.Rooms, func(r Room) bool { return slices.Contains(r.Invigilators, actor.ID) }) {
		return fault.New(fault.Forbidden, op, "you are not an invigilator of this sitting")
	}
	if s.Now().Before(sitting.StartsAt) {
		return fault.New(fault.Early, op, "the examination starts at %s", sitting.StartsAt)
	}
	standing, err := s.progress(ctx, sitting)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if standing.open > 0 {
		return fault.New(fault.Refused, op, "%d candidates are still writing", standing.open)
	}
	if standing.absent > 0 && !recordAbsent && s.Now().Before(sitting.Deadline()) {
		return fault.New(fault.Refused, op, "%d candidates have not come and still could: record them as absent, or wait until %s", standing.absent, sitting.Deadline())
	}
	return fault.Wrap(op, s.close(ctx, actor, id))
}

// close walks a sitting on to closed or marked, as far as its attempts are.
func (s *Service) close(ctx context.Context, actor access.Actor, id string) error {
	return fault.Retry(func() error {
		sitting, err := s.Store.Sitting(ctx, id)
		if err != nil {
			return err
		}
		if err := sitting.in("exam.Close", Running, Closed); err != nil {
			return err
		}
		now, err := s.progress(ctx, sitting)
		if err != nil {
			return err
		}
		to := Marked
		switch {
		case now.open > 0: // time was added to somebody
			return nil
		case now.settling > 0:
			to = Closed
		}
		if sitting.State == to {
			return nil
		}
		sitting.State = to
		entry := s.entry(actor, id, "sitting/"+id, "sitting:close")
		entry.Note = fmt.Sprintf("absent=%d", now.absent)
		look := outbox.Job{ID: cases.SignalJob + ":" + id, Kind: cases.SignalJob, Key: id, Due: s.Now()}
		return s.Store.PutSitting(ctx, &sitting, entry, look)
	})
}

// progress counts the candidates of a sitting by how far they are.
type progress struct {
	absent   int // never started
	open     int
	settling int // handed in, not marked
}

func (s *Service) progress(ctx context.Context, sitting Sitting) (progress, error) {
	var p progress
	attempts, err := s.Store.Attempts(ctx, sitting.ID)
	if err != nil {
		return p, err
	}
	enrolled, err := s.Store.CountEnrolments(ctx, EnrolmentQuery{Sitting: sitting.ID})
	p.absent = enrolled - len(attempts)
	for _, a := range attempts {
		switch a.State {
		case Open, Replaced:
			p.open++
		case Submitted:
			p.settling++
		}
	}
	return p, err
}
