package outbox

import (
	"context"
	"time"

	"kaoping/internal/fault"
)

// Job is one piece of work that follows from a change (后台任务).
type Job struct {
	// ID is made from the change: recording it twice is recording it once, also
	// while it is dead. Addresses carry it, so it has letters, digits and "-_.:".
	ID    string
	Kind  string    // which handler
	Key   string    // what it is about, for the handler
	Due   time.Time // when it runs; while it is claimed, when the claim runs out; zero when it is dead
	Tries int       // claims since it was recorded, or since an administrator had it run again
	Fence int64     // number of the last claim: each claim counts it up, nothing counts it down
	Last  Failure   // of the last try that failed; zero before
	Dead  bool      // not run any more until an administrator says so: since Last.At
}

// Failure is why a try came to nothing.
type Failure struct {
	At   time.Time
	Text string // the format of a sentence in the catalogue, without its arguments, which may be personal data
}

// State is how a job stands.
type State string

// The states of a job that is not done. One that is done is gone.
const (
	Waiting State = "waiting" // for its time, or claimed by a worker
	Due     State = "due"     // for a worker
	Dead    State = "dead"    // for an administrator (搁置)
)

// States lists all states.
var States = []State{Waiting, Due, Dead}

// State is how the job stands at a moment.
func (j Job) State(now time.Time) State {
	switch {
	case j.Dead:
		return Dead
	case j.Due.After(now):
		return Waiting
	}
	return Due
}

// Query selects jobs, in the order of their ids; empty fields select all.
type Query struct {
	State State
	Kind  string
	Now   time.Time // tells waiting from due
	After string    // id of the last one of the page before
	Limit int       // at most this many; 0: all
}

// Counts is how many jobs stand how.
type Counts struct {
	Waiting, Due int
	Oldest       time.Time      // since when the longest overdue one is due; zero for none
	Dead         map[string]int // by kind
}

// DeadInAll is the number of dead jobs of all kinds.
func (c Counts) DeadInAll() int {
	n := 0
	for _, dead := range c.Dead {
		n += dead
	}
	return n
}

// Of is how many jobs are in a state.
func (c Counts) Of(s State) int {
	switch s {
	case Waiting:
		return c.Waiting
	case Due:
		return c.Due
	}
	return c.DeadInAll()
}

// Queue is what the worker needs of an engine. Of a claimed job the methods
// read ID and Fence; they do nothing but say LostClaim when it was claimed by
// another worker since, or is gone.
type Queue interface {
	// ClaimJobs returns up to limit jobs due at now, the longest overdue first,
	// hides them from others until a time, and counts up Tries and Fence.
	ClaimJobs(ctx context.Context, now, until time.Time, limit int) ([]Job, error)
	// ExtendJob holds a claim until a later time.
	ExtendJob(ctx context.Context, claimed Job, until time.Time) error
	// FinishJob removes a job that is done.
	FinishJob(ctx context.Context, claimed Job) error
	// RetryJob makes a job that failed due again.
	RetryJob(ctx context.Context, claimed Job, due time.Time, why Failure) error
	// BuryJob makes a job dead.
	BuryJob(ctx context.Context, claimed Job, why Failure) error
}

// LostClaim is the refusal of a claim that another worker has taken over.
func LostClaim(op string) error {
	return fault.New(fault.Superseded, op, "another worker has claimed this work since")
}

// Missing is the refusal of a job that is not stored.
func Missing(op string) error {
	return fault.New(fault.NotFound, op, "there is no such work: it may be done already")
}

// Alive is the refusal to revive a job that is not dead.
func Alive(op string) error {
	return fault.New(fault.Refused, op, "this work is not given up: it runs by itself")
}
