package exam

import (
	"context"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// SittingQuery selects sittings; empty fields select all.
type SittingQuery struct {
	Body    string
	Region  string // where they belong or are held, exactly this one
	States  []State
	Staff   string // account id of an invigilator or examiner
	Central string // id of the central paper that they sit
	Text    string // part of the title
	Before  string // id of the last sitting of the page before
	Limit   int    // at most this many; 0: all
}

// EnrolmentQuery selects enrolments of one sitting in ticket order.
type EnrolmentQuery struct {
	Sitting string
	Room    string
	Person  string // keyed hash of the ID number
	Text    string // part of the name or the ticket
	After   string // ticket of the last one of the page before
	Limit   int
}

// Store keeps sittings, enrolments and attempts. A Put with Version 0 inserts
// (Conflict when it exists), with another version it replaces exactly that
// version (Conflict when somebody was faster), and sets the new version. The
// entry and the jobs are committed with it.
type Store interface {
	Sitting(ctx context.Context, id string) (Sitting, error)
	Sittings(ctx context.Context, q SittingQuery) ([]Sitting, error) // newest first
	PutSitting(ctx context.Context, s *Sitting, e audit.Entry, jobs ...outbox.Job) error

	Enrolment(ctx context.Context, id string) (Enrolment, error)
	EnrolmentByTicket(ctx context.Context, ticket string) (Enrolment, error)
	Enrolments(ctx context.Context, q EnrolmentQuery) ([]Enrolment, error)
	CountEnrolments(ctx context.Context, q EnrolmentQuery) (int, error)
	PutEnrolment(ctx context.Context, e *Enrolment, entry audit.Entry) error
	// DropEnrolment removes exactly this version (Conflict); its entry has no digest.
	DropEnrolment(ctx context.Context, e Enrolment, entry audit.Entry) error

	Attempt(ctx context.Context, id string) (Attempt, error)
	Attempts(ctx context.Context, sitting string) ([]Attempt, error)
	// PutAttempt sets the lease, too, and leaves the number of the last save as it is.
	PutAttempt(ctx context.Context, a *Attempt, e audit.Entry) error
	// DueAttempts lists attempts whose deadline or settling time has come.
	DueAttempts(ctx context.Context, now time.Time, limit int) ([]Attempt, error)
	Lease(ctx context.Context, attempt string) (LeaseState, error)
	Answers(ctx context.Context, attempt string) (map[string]Answer, error)
	// SaveAnswers commits a save as LeaseState.Accepts decides, together with
	// concurrent ones, and returns after it is durable.
	SaveAnswers(ctx context.Context, s Save) (Receipt, error)

	// Next counts up a named counter from 1. A number is never given twice.
	Next(ctx context.Context, counter string) (int, error)
}

// People finds accounts, to see that staff hold their roles.
type People interface {
	Account(ctx context.Context, id string) (access.Account, error)
	Accounts(ctx context.Context) ([]access.Account, error)
}

// Bodies finds evaluation bodies.
type Bodies interface {
	Body(ctx context.Context, id string) (standing.Body, error)
	Bodies(ctx context.Context) ([]standing.Body, error)
}

// Bars finds the decision by which a body left.
type Bars interface {
	Bar(ctx context.Context, id string) (standing.Bar, error)
}

// Documents keeps photos.
type Documents interface {
	Put(ctx context.Context, key string, content []byte, contentType string) (sha256 string, err error)
	Get(ctx context.Context, key string) (content []byte, contentType string, err error)
}
