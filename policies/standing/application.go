package standing

import (
	"time"

	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// ApplicationKind is what is applied for.
type ApplicationKind string

// The kinds of applications.
const (
	ToFile     ApplicationKind = "file"     // 首次备案
	ToChange   ApplicationKind = "change"   // 变更: scope, sites, staff, name
	ToRenew    ApplicationKind = "renew"    // 延续
	ToWithdraw ApplicationKind = "withdraw" // 注销, by the body itself
)

// ApplicationState is where an application stands.
type ApplicationState string

// The states of an application, in their order.
const (
	Submitted ApplicationState = "handed_in" // waits for the standing officer (经办)
	SentBack  ApplicationState = "sent_back" // 补正: the applicant mends it
	Examined  ApplicationState = "examined"  // waits for the reviewer (复核)
	Granted   ApplicationState = "granted"   // 准予
	Rejected  ApplicationState = "declined"  // 不予
)

// ApplicationStates lists the states in their order.
var ApplicationStates = []ApplicationState{Submitted, SentBack, Examined, Granted, Rejected}

// Undecided are the states in which an application is open: a body has one such
// at a time.
var Undecided = []ApplicationState{Submitted, SentBack, Examined}

// Application is a body's request to be filed, or to change what is filed
// (备案申请). Two different people decide it.
type Application struct {
	ID       string
	Version  int
	Kind     ApplicationKind
	Body     string // of what is filed already; "" for ToFile
	Region   string
	Proposal Body // as it is to be filed
	Papers   []Paper
	State    ApplicationState
	By       string // account id of who applied
	At       time.Time
	Mended   time.Time // when it was last sent in again
	Opinions []Opinion // in their order
}

// Paper is a document of an application (申请材料).
type Paper struct {
	Name        string
	Key         string // in the document store
	SHA256      string
	Size        int
	ContentType string
}

// Opinion is what an officer or a reviewer wrote (经办意见, 复核意见).
type Opinion struct {
	By     string // account id
	Name   string
	At     time.Time
	To     ApplicationState // what it led to
	Reason string
}

// Scope is where the application belongs, for access.Decide.
func (a Application) Scope() access.Scope { return access.Scope{Region: a.Region, Body: a.Body} }

// Applying is the action of who hands the application in: the bureau's counter
// for a new body, the body itself for all else.
func (a Application) Applying() access.Action {
	if a.Kind == ToFile {
		return "filing:accept"
	}
	return "filing:apply"
}

// ApplicationQuery selects applications; empty fields select all.
type ApplicationQuery struct {
	Body   string
	Region string
	States []ApplicationState
	Before string // id of the last one of the page before
	Limit  int    // 0: all
}

// Staff is a person on a body's register (考评员、督导员名册).
type Staff struct {
	ID       string
	Name     string
	IDNumber string `json:"-"` // as given with an application; never stored
	IDHash   string // keyed hash of the ID number: bars find the person by it
	IDMasked string
	Account  string // the account the person works with, "" for none
	Proofs   []Proof
}

// Proof is an examiner's certificate (考评员证).
type Proof struct {
	Number string
	Trade  string // occupation code
	Senior bool   // 高级考评员: every level; else levels 5 to 3 (R19)
	Until  time.Time
}

// MayExamine reports whether a certificate of the person covers a trade and
// level on a day (R19).
func (s Staff) MayExamine(trade string, level rulebook.Level, day time.Time) bool {
	for _, p := range s.Proofs {
		if p.Trade == trade && (p.Senior || level >= rulebook.SeniorWorker) && !rulebook.Day(day).After(rulebook.Day(p.Until)) {
			return true
		}
	}
	return false
}
