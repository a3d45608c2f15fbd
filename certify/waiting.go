package certify

import (
	"time"

	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// WaitingState is where somebody in the queue stands.
type WaitingState string

// The states of a place in the queue.
const (
	InQueue   WaitingState = "waiting"   // 排队中
	Released  WaitingState = "released"  // 已放行: its turn came
	Withdrawn WaitingState = "withdrawn" // 已退出: a bar or a voided record; joins anew when that is undone
	Excepted  WaitingState = "excepted"  // 例外放行
)

// Why is why somebody left the queue without a certificate.
type Why string

// The reasons of a withdrawal.
const (
	Barred   Why = "barred"   // the body or the holder is kept from it (R33)
	Unpassed Why = "unpassed" // the record counts no more (R43)
	Unfiled  Why = "unfiled"  // the body's filing does not cover it any more (R30)
)

// Waiting is a certificate that waits for the cap (R06). Its enrolment is its id.
type Waiting struct {
	Enrolment string
	Version   int
	City      string
	County    string // region of the body
	Year      int    // of joining
	Place     int    // of the city's queue, which goes on over the turn of the year
	Track     rulebook.Track
	Level     rulebook.Level
	Trade     string // occupation code
	Body      string
	BodyName  string
	Sitting   string
	Name      string // of the candidate
	Since     time.Time
	State     WaitingState
	Until     time.Time // when it left the queue, zero before
	Why       Why       // of a withdrawal
	Exception Exception
}

// Exception is an exceptional release (例外放行): asked for by an officer,
// approved by another person.
type Exception struct {
	Reason     string // as typed
	AskedBy    string
	AskedAt    time.Time
	ApprovedBy string
	ApprovedAt time.Time
}

// Scope is where it belongs, for access.Decide.
func (w Waiting) Scope() access.Scope {
	return access.Scope{Region: w.County, Body: w.Body, Enrolment: w.Enrolment}
}

// MixQuery selects mixes, the latest year first; empty fields select all.
type MixQuery struct {
	City  string
	Year  int
	Busy  bool // somebody waits, or an intent is pending
	Limit int  // at most this many; 0: all
}

// WaitingQuery selects who waits, by city and place; empty fields select all.
type WaitingQuery struct {
	City    string
	Sitting string
	Body    string
	States  []WaitingState
	Place   int // exactly this place
	After   int // place of the last one of the page before
	Limit   int // at most this many; 0: all
}
