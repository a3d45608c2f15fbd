package exam

import (
	"time"

	"kaoping/bank"
)

// AttemptState is where an attempt stands.
type AttemptState string

// The states of an attempt (作答).
const (
	Open      AttemptState = "open"      // the candidate writes
	Submitted AttemptState = "submitted" // handed in, by hand or at the deadline; late queued answers may still settle
	Scored    AttemptState = "marked"    // final
	Discarded AttemptState = "voided"    // ended with the whole sitting; the answers stay, nothing is marked
	Replaced  AttemptState = "replaced"  // its form was replaced: the candidate begins again on the backup form, until Deadline
)

// Who handed in.
const (
	ByCandidate = "candidate"
	ByDeadline  = "deadline"
)

// Grace is how long after the deadline answers are still taken that a browser
// had queued before it: long enough for a ten-minute network cut.
const Grace = 15 * time.Minute

// Travel is how long a save may be on its way: a browser gives the age of a
// change when it sends it, so a slow line makes the change look younger.
const Travel = 15 * time.Second

// Attempt is a candidate's theory examination. ID is that of the enrolment.
type Attempt struct {
	ID      string
	Version int
	Sitting string
	Room    string
	Paper   string // id of the body's paper, or central.PaperRef
	Seed    uint64 // of the candidate's own order

	Lease     string // the capability that a save carries
	Session   string // the session that holds the lease
	Takeover  string // a session that asks for it, "" if none
	StartedAt time.Time
	Deadline  time.Time // with added time
	State     AttemptState

	SubmittedAt time.Time
	SubmittedBy string
	SettleAt    time.Time // from when on the attempt may be marked
	Score       bank.Points
	Answered    int
	Late        int    // answers taken in the grace period
	Digest      string // of the answers as marked, so that verify finds a changed one
	Settled     bool   // the deadline handed in, and no answer is taken any more
}

// TakesAnswers reports whether the lease is open: until the candidate hands in,
// or, after the deadline did, until the attempt has settled, because answers
// that were queued before may still arrive.
func (a Attempt) TakesAnswers() bool {
	return a.State == Open || a.State == Submitted && a.SubmittedBy == ByDeadline && !a.Settled
}

// Answer is the last saved answer to a question.
type Answer struct {
	bank.Answer
	Flagged bool
	Seq     int64
	SavedAt time.Time
	Late    bool // arrived in the grace period
}

// Change is one answer of a save. QueuedAt is the server's clock less the age
// that the browser gave.
type Change struct {
	Question string
	bank.Answer
	Flagged  bool
	QueuedAt time.Time
}

// Save is what a browser sends: every change it has not had confirmed, under
// the next sequence number. Digest tells a retry from another tab's save.
type Save struct {
	Attempt string
	Lease   string
	Seq     int64
	Digest  string
	Changes []Change
	At      time.Time // arrival, the server's clock
}

// Receipt confirms a save that is durable.
type Receipt struct {
	Seq      int64
	SavedAt  time.Time
	Deadline time.Time
}

// LeaseState is the part of an attempt that the hot path reads and writes.
type LeaseState struct {
	Lease    string
	Open     bool // taking answers
	Seq      int64
	Digest   string // of the save with Seq
	Deadline time.Time
}

// Accepts decides a save against the lease as it stands: nil, or the refusal
// (Superseded, Late), or repeat = true for a retry of what is already durable.
// Engines call it inside the commit.
func (l LeaseState) Accepts(s Save) (repeat bool, err error) {
	const op = "exam.Save"
	switch {
	case s.Lease != l.Lease && outlived(s.Lease, l.Lease):
		return false, superseded(op, ReasonPaper, replacedForm)
	case s.Lease != l.Lease:
		return false, superseded(op, ReasonLease, "another device has taken over this examination")
	case s.Seq == l.Seq && s.Digest == l.Digest:
		return true, nil
	case s.Seq <= l.Seq:
		return false, superseded(op, ReasonSequence, "a newer answer was saved before this one")
	case !l.Open, s.At.After(l.Deadline.Add(Grace)):
		return false, late(op)
	case !s.At.Before(l.Deadline):
		for _, c := range s.Changes {
			if c.QueuedAt.After(l.Deadline.Add(Travel)) {
				return false, late(op)
			}
		}
	}
	return false, nil
}
