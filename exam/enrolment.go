package exam

import (
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
	Seat     int // from 1; 0 until seats are given

	Theory    *bank.Points // nil until marked
	Practical Practical
	Outcome   Outcome
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
}
