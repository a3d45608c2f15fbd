package inspection

import (
	"time"

	"kaoping/policies/access"
)

// VisitState is where a visit stands.
type VisitState string

// The states of a visit.
const (
	Assigned VisitState = "assigned" // 待检查
	Noted    VisitState = "noted"    // 已记录, waits for every inspector's signature
	Signed   VisitState = "signed"   // 已签字: the record stands
)

// VisitStates lists the states in their order.
var VisitStates = []VisitState{Assigned, Noted, Signed}

// Visit is the record of inspecting one body (现场检查记录). Its ID is made of
// the plan and the body: a body is visited once under a plan.
type Visit struct {
	ID         string
	Version    int
	Plan       string
	Kind       Kind
	Body       string
	BodyName   string
	Region     string
	Inspectors []string // account ids
	State      VisitState
	On         time.Time // legal day of the visit
	Met        string    // whom the inspectors met
	Checks     []Check
	Photos     []Photo
	Findings   []Finding
	Signatures []Signature
}

// Check is one line of the checklist.
type Check struct {
	What   string
	Result Result
	Note   string
}

// Result is what a check came to.
type Result string

// The results of a check.
const (
	Fine   Result = "fine"   // 符合
	Breach Result = "breach" // 不符合
	NotSo  Result = "none"   // 不适用
)

// Results lists what a check can come to.
var Results = []Result{Fine, Breach, NotSo}

// Photo is a picture taken on site.
type Photo struct {
	Key    string // in the document store
	SHA256 string
	Note   string
}

// FindingState is where a finding stands.
type FindingState string

// The states of a finding.
const (
	Open  FindingState = "open"  // 待整改
	Fixed FindingState = "fixed" // 已整改
)

// Finding is something that the body has to put right by a day.
type Finding struct {
	ID       string
	Text     string
	Rule     string    // id of the rule, "" for none
	Due      time.Time // last legal day
	State    FindingState
	Follow   []FollowUp
	Signaled bool // a case was raised because it is overdue
}

// FollowUp is a look at whether it was put right (复查).
type FollowUp struct {
	By   string // account id
	Name string
	At   time.Time
	Text string
	Done bool
}

// Signature is an inspector's under the record.
type Signature struct {
	By   string // account id
	Name string
	At   time.Time
}

// Scope is where the visit belongs, for access.Decide.
func (v Visit) Scope() access.Scope { return access.Scope{Region: v.Region, Body: v.Body} }

// VisitID is the id of the visit of a body under a plan.
func VisitID(plan, body string) string { return plan + "-" + body }
