package exam

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"kaoping/internal/fault"
	"kaoping/internal/vault"
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
	if attempt.State == Open && attempt.Session != session.ID {
		return Started{}, s.askTakeover(ctx, actor, session, attempt)
	}
	return s.resume(ctx, session, sitting, e, attempt)
}

func (s *Service) begin(ctx context.Context, actor access.Actor, session access.Session, sitting Sitting, e Enrolment, now time.Time) (Attempt, error) {
	const op = "exam.Start"
	if err := sitting.in(op, Running); err != nil {
		return Attempt{}, err
	}
	if !now.Before(sitting.Deadline()) {
		return Attempt{}, late(op)
	}
	if err := s.admissible(ctx, op, sitting, e); err != nil {
		return Attempt{}, err
	}
	attempt := Attempt{
		ID: e.ID, Sitting: sitting.ID, Room: e.Room, Paper: sitting.Paper, Seed: rand.Uint64(),
		Lease: vault.Token(), Session: session.ID, StartedAt: now, Deadline: sitting.Deadline(), State: Open,
	}
	err := s.Store.PutAttempt(ctx, &attempt, s.entry(actor, sitting.ID, "attempt/"+e.ID, "attempt:start"))
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
	return attempt, nil
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
	paper, err := s.Papers.Sealed(ctx, attempt.Paper)
	if err != nil {
		return Started{}, fault.Wrap(op, err)
	}
	started.Sections = Show(paper, attempt.Seed)
	started.Answers, err = s.Store.Answers(ctx, attempt.ID)
	return started, fault.Wrap(op, err)
}
