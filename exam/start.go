package exam

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"time"

	"kaoping/bank/central"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// Started is what the exam room needs: the paper in the candidate's own order
// without keys, what is saved, and the lease.
type Started struct {
	Attempt   Attempt
	Seq       int64 // of the last save, to go on from
	Now       time.Time
	Title     string
	Candidate Enrolment
	Sections  []Section
	Answers   map[string]Answer
}

// Start begins or goes on with the candidate's attempt (attempt:take). Early
// before the start and Late after the deadline; Superseded (ReasonDevice) when
// another device holds the lease, which records that this one asks for it.
func (s *Service) Start(ctx context.Context, actor access.Actor, session access.Session) (Started, error) {
	const op = "exam.Start"
	e, err := s.Store.Enrolment(ctx, actor.Enrolment)
	if fault.Is(err, fault.NotFound) {
		return Started{}, fault.New(fault.Unauthenticated, op, "log in first")
	}
	if err != nil {
		return Started{}, fault.Wrap(op, err)
	}
	if err := s.Policy.Decide(actor, "attempt:take", e.Scope()); err != nil {
		return Started{}, err
	}
	if session.Consulting {
		return Started{}, fault.New(fault.Forbidden, op, "enter by the exam room's door, with the code that the room shows")
	}
	sitting, err := s.Store.Sitting(ctx, e.Sitting)
	if err != nil {
		return Started{}, fault.Wrap(op, err)
	}
	now := s.Now()
	if now.Before(sitting.StartsAt) {
		return Started{}, fault.New(fault.Early, op, "the examination starts at %s", sitting.StartsAt)
	}
	attempt, err := s.Store.Attempt(ctx, e.ID)
	if fault.Is(err, fault.NotFound) {
		attempt, err = s.begin(ctx, actor, session, sitting, e, now)
	}
	if err != nil {
		return Started{}, fault.Wrap(op, err)
	}
	if (attempt.State == Open || attempt.State == Replaced) && attempt.Session != session.ID {
		return Started{}, s.askTakeover(ctx, actor, session, attempt)
	}
	if attempt.State == Replaced {
		if attempt, err = s.beginAgain(ctx, actor, sitting, e, now); err != nil {
			return Started{}, fault.Wrap(op, err)
		}
	}
	return s.resume(ctx, session, sitting, e, attempt)
}

func (s *Service) begin(ctx context.Context, actor access.Actor, session access.Session, sitting Sitting, e Enrolment, now time.Time) (Attempt, error) {
	const op = "exam.Start"
	if err := sitting.in(op, Running); err != nil {
		return Attempt{}, err
	}
	if e.Leaving {
		return Attempt{}, fault.New(fault.Unauthenticated, op, "log in first")
	}
	if err := s.admissible(ctx, op, sitting, e); err != nil {
		return Attempt{}, err
	}
	paper, ends, err := s.presented(ctx, sitting)
	if err != nil {
		return Attempt{}, err
	}
	if !now.Before(ends) {
		return Attempt{}, late(op)
	}
	attempt := Attempt{
		ID: e.ID, Sitting: sitting.ID, Room: e.Room, Paper: paper, Seed: rand.Uint64(),
		Lease: leaseOf(paper), Session: session.ID, StartedAt: now, Deadline: ends, State: Open,
	}
	entry := s.entry(actor, sitting.ID, "attempt/"+e.ID, "attempt:start")
	entry.Note = refNote(paper)
	err = s.Store.PutAttempt(ctx, &attempt, entry)
	if fault.Is(err, fault.Conflict) { // two devices at once: the other one began it
		return s.Store.Attempt(ctx, e.ID)
	}
	if err != nil {
		return Attempt{}, err
	}
	// Who voids a sitting ends the attempts that are there: one that came in
	// between ends itself.
	if sitting, err = s.Store.Sitting(ctx, sitting.ID); err != nil {
		return Attempt{}, err
	}
	if sitting.State == Voided {
		return Attempt{}, errors.Join(sitting.in(op, Running), s.discard(ctx, attempt, sitting.Exit))
	}
	if sitting.Central == "" {
		return attempt, nil
	}
	// So does one that came in while its form was replaced.
	standing, err := s.Central.Standing(ctx, sitting.Central)
	if err != nil || !standing.Replaced || standing.Choice != central.Restart {
		return attempt, err
	}
	if err := s.replaceForm(ctx, sitting, standing, attempt.ID); err != nil {
		return Attempt{}, err
	}
	return s.Store.Attempt(ctx, attempt.ID)
}

// beginAgain begins an attempt anew on the backup form, in another order, with
// the full time from now (K14). Early until that form is released.
func (s *Service) beginAgain(ctx context.Context, actor access.Actor, sitting Sitting, e Enrolment, now time.Time) (Attempt, error) {
	const op = "exam.Start"
	if err := sitting.in(op, Running); err != nil {
		return Attempt{}, err
	}
	if err := s.admissible(ctx, op, sitting, e); err != nil {
		return Attempt{}, err
	}
	paper, _, err := s.presented(ctx, sitting)
	if err != nil {
		return Attempt{}, err
	}
	var attempt Attempt
	err = fault.Retry(func() (err error) {
		if attempt, err = s.Store.Attempt(ctx, e.ID); err != nil || attempt.State != Replaced {
			return err
		}
		if !now.Before(attempt.Deadline) {
			return late(op)
		}
		attempt.Paper, attempt.Seed, attempt.Lease, attempt.State = paper, rand.Uint64(), leaseOf(paper), Open
		attempt.StartedAt, attempt.Deadline = now, now.Add(time.Duration(sitting.Minutes)*time.Minute)
		entry := s.entry(actor, sitting.ID, "attempt/"+e.ID, "attempt:start-again")
		entry.Rule, entry.Note = "K14", refNote(paper)
		return s.Store.PutAttempt(ctx, &attempt, entry)
	})
	return attempt, err
}

func (s *Service) askTakeover(ctx context.Context, actor access.Actor, session access.Session, attempt Attempt) error {
	const op = "exam.Start"
	if attempt.Takeover != session.ID {
		attempt.Takeover = session.ID
		err := s.Store.PutAttempt(ctx, &attempt, s.entry(actor, attempt.Sitting, "attempt/"+attempt.ID, "attempt:ask-takeover"))
		if err != nil && !fault.Is(err, fault.Conflict) {
			return fault.Wrap(op, err)
		}
	}
	return superseded(op, ReasonDevice, "this examination is open on another device: ask the invigilator to move it here")
}

// resume shows an attempt to the session that holds it: the paper while it is
// open; after the deadline only the lease, so that a page that was loaded again
// can still send what it had queued.
func (s *Service) resume(ctx context.Context, session access.Session, sitting Sitting, e Enrolment, attempt Attempt) (Started, error) {
	const op = "exam.Start"
	started := Started{Attempt: attempt, Now: s.Now(), Title: sitting.Title, Candidate: e}
	settling := attempt.State == Submitted && attempt.TakesAnswers()
	if attempt.Session != session.ID || attempt.State != Open && !settling {
		started.Attempt.Lease = ""
		return started, nil
	}
	lease, err := s.Store.Lease(ctx, attempt.ID)
	if err != nil {
		return Started{}, fault.Wrap(op, err)
	}
	if started.Seq = lease.Seq; settling {
		return started, nil
	}
	paper, err := s.sealed(ctx, attempt.Paper)
	if err != nil {
		return Started{}, fault.Wrap(op, err)
	}
	started.Sections = Show(paper, attempt.Seed)
	started.Answers, err = s.Store.Answers(ctx, attempt.ID)
	maps.DeleteFunc(started.Answers, func(question string, _ Answer) bool { return !attempt.Counts(question) })
	return started, fault.Wrap(op, err)
}
