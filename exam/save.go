package exam

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"regexp"
	"time"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// Limits of one save, so that a lease cannot fill the store.
const (
	changesMost = 300
	textMost    = 500 // characters of one blank
	blanksMost  = 20
)

var questionID = regexp.MustCompile(`^[qab]\d{3,4}$`)

// Save stores answers under the lease, durably, or refuses (Superseded, Late,
// Invalid, Unavailable). The lease is the capability: access was decided when
// the attempt began.
func (s *Service) Save(ctx context.Context, save Save) (Receipt, error) {
	const op = "exam.Save"
	save.At = s.Now()
	if save.Seq < 1 || len(save.Changes) == 0 || len(save.Changes) > changesMost {
		return Receipt{}, fault.New(fault.Invalid, op, "a save has a sequence number from 1 and 1 to %d changes", changesMost)
	}
	for _, c := range save.Changes {
		if !questionID.MatchString(c.Question) || len(c.Choice) > bank.MaxOptions || len(c.Text) > blanksMost {
			return Receipt{}, fault.New(fault.Invalid, op, "a change names a question of the paper and an answer that fits it")
		}
		for _, text := range c.Text {
			if len([]rune(text)) > textMost {
				return Receipt{}, fault.New(fault.Invalid, op, "a text answer has at most %d characters", textMost)
			}
		}
	}
	save.Digest = digest(save.Changes)
	receipt, err := s.Store.SaveAnswers(ctx, save)
	return receipt, fault.Wrap(op, err)
}

// digest tells two saves with one sequence number apart. When they were queued
// does not count: a retry is older than the first try.
func digest(changes []Change) string {
	type content struct {
		Question string
		Choice   []int
		Text     []string
		Flagged  bool
	}
	list := make([]content, len(changes))
	for i, c := range changes {
		list[i] = content{c.Question, c.Choice, c.Text, c.Flagged}
	}
	raw, err := json.Marshal(list)
	if err != nil {
		panic(err) // numbers and strings always encode
	}
	return audit.Digest(raw)[:16]
}

// Given reports whether the answer says anything.
func (a Answer) Given() bool {
	if len(a.Choice) > 0 {
		return true
	}
	for _, text := range a.Text {
		if text != "" {
			return true
		}
	}
	return false
}

// Clock is what an open page asks for every few seconds.
type Clock struct {
	Now        time.Time
	Deadline   time.Time
	State      AttemptState
	Submitted  time.Time // zero while open
	LeaseValid bool
}

// Same reports whether two answers differ in nothing but the time of day.
func (c Clock) Same(other Clock) bool {
	return c.State == other.State && c.LeaseValid == other.LeaseValid && c.Deadline.Equal(other.Deadline) && c.Submitted.Equal(other.Submitted)
}

// Clock answers an open page; the lease, valid or not, is all that it shows.
func (s *Service) Clock(ctx context.Context, attempt, lease string) (Clock, error) {
	a, err := s.Store.Attempt(ctx, attempt)
	if err != nil {
		return Clock{}, fault.Wrap("exam.Clock", err)
	}
	return Clock{Now: s.Now(), Deadline: a.Deadline, State: a.State, Submitted: a.SubmittedAt, LeaseValid: sameLease(a.Lease, lease)}, nil
}

func sameLease(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// Submit hands an attempt in under its lease (交卷). Doing it again is the same
// as doing it once; an old lease is Superseded.
func (s *Service) Submit(ctx context.Context, id, lease string) (Attempt, error) {
	const op = "exam.Submit"
	var attempt Attempt
	err := fault.Retry(func() (err error) {
		if attempt, err = s.Store.Attempt(ctx, id); err != nil {
			return err
		}
		if outlived(lease, attempt.Lease) {
			return superseded(op, ReasonPaper, replacedForm)
		}
		if !sameLease(attempt.Lease, lease) {
			return superseded(op, ReasonLease, "another device has taken over this examination")
		}
		if attempt.State != Open {
			return nil
		}
		now := s.Now()
		attempt.State, attempt.SubmittedAt, attempt.SubmittedBy, attempt.SettleAt = Submitted, now, ByCandidate, now
		candidate := access.Actor{ID: id}
		return s.Store.PutAttempt(ctx, &attempt, s.entry(candidate, attempt.Sitting, "attempt/"+id, "attempt:submit"))
	})
	if err != nil {
		return Attempt{}, fault.Wrap(op, err)
	}
	s.watch.tell(id)
	if attempt.State == Submitted && attempt.SubmittedBy == ByCandidate {
		// After a fault the sweeper marks it; after a conflict the sweeper just has.
		if err := s.mark(ctx, attempt); err != nil && !fault.Is(err, fault.Conflict) {
			s.Log.Warn("marking at hand-in put off", "attempt", id, "error", err)
		}
	}
	return attempt, nil
}
