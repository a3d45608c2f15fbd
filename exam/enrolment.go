package exam

import (
	"slices"
	"time"

	"kaoping/bank"
	"kaoping/policies/access"
)

// Outcome is what a candidate's record came to when results were published.
type Outcome string

// The outcomes. "" means not yet published.
const (
	Passed Outcome = "passed" // 合格
	Failed Outcome = "failed" // 不合格
	Absent Outcome = "absent" // 缺考
	Void   Outcome = "void"   // 作废: by a violation, or with the whole sitting
)

// Enrolment is a candidate's record in one sitting (报名).
type Enrolment struct {
	ID      string
	Version int
	Sitting string
	Body    string
	Region  string

	Ticket   string // 准考证号: region, year, sitting, candidate
	Name     string
	IDSealed string // ID number, sealed by the vault
	IDHash   string // keyed hash, to find duplicates
	IDMasked string // 4104**********0018
	Photo    string // key of the document, "" if none
	Room     string
	Seat     int  // from 1; 0 until seats are given
	Leaving  bool // is being withdrawn: no attempt begins

	Theory    *bank.Points // nil until marked
	Practical Practical
	Outcome   Outcome
	Voids     []Voidance // decisions by which the record, or a part of it, does not count
	Evidence  *Evidence  // of the training course, nil for who comes from none
	Override  *Override
	Recusals  []Recusal // examiners who do not examine the candidate (R19)
	MovedTo   string    // the sitting of another body that takes the candidate, after an exit
	Notices   []Notice
}

// Notice is something that the candidate must know, shown wherever the
// candidate looks (告知). What it is about is told once: ID is made from the cause.
type Notice struct {
	ID   string
	Kind NoticeKind
	At   time.Time
	// Of NoticeMoved: where the candidate is enrolled instead.
	Body     string // name
	Ticket   string
	StartsAt time.Time
	Site     string // name
}

// NoticeKind is what a notice says.
type NoticeKind string

// The kinds of notices.
const (
	NoticeCancelled  NoticeKind = "cancelled"  // the sitting does not take place
	NoticeMoved      NoticeKind = "moved"      // it does not, and another body takes the candidate
	NoticeSupervised NoticeKind = "supervised" // it goes on, under supervision
	NoticeVoided     NoticeKind = "voided"     // it was ended, nothing counts
	NoticeHeld       NoticeKind = "held"       // results or certificate wait for the bureau's decision
)

// Told reports whether the candidate was told this.
func (e Enrolment) Told(id string) bool {
	return slices.ContainsFunc(e.Notices, func(n Notice) bool { return n.ID == id })
}

// Scope is where the record belongs, for access.Decide.
func (e Enrolment) Scope() access.Scope {
	return access.Scope{Region: e.Region, Body: e.Body, Enrolment: e.ID}
}

// Practical is the practical part of a record (实操). Examiners score
// independently; when their spread passes the limit in the first round all
// score again, and the second round stands.
type Practical struct {
	Round  int // 1 or 2; 0 before the first score
	Scores []PracticalScore
	Before []PracticalScore // the first round, where there is a second
	Mean   *bank.Points     // nil until every examiner scored
}

// PracticalScore is one examiner's sheet.
type PracticalScore struct {
	Examiner string
	Items    []bank.Points // in the order of Sitting.Tasks; empty when Absent
	Total    bank.Points
	Absent   bool
	At       time.Time
	Sheet    int // the examiner's sheets of the round, counted from 1: a correction counts up
}
