package cases

import (
	"fmt"
	"slices"
	"time"

	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// Kind is what a case is about.
type Kind string

// The kinds of cases.
const (
	Violation Kind = "violation" // 违规案件
	Repair    Kind = "repair"    // 信用修复: whether a bar ends before its term
)

// Source says who reported.
type Source string

// The sources of a report.
const (
	ByInspector   Source = "inspector"
	ByInvigilator Source = "invigilator"
	BySupervisor  Source = "supervisor"
	ByScheduler   Source = "scheduler"
	ByOfficer     Source = "officer"
	ByPublic      Source = "public" // 投诉举报, without an account
	BySystem      Source = "system" // raised by kaoping's own records
	ByParty       Source = "party"  // an application for repair
)

// Sources lists the sources.
var Sources = []Source{ByInspector, ByInvigilator, BySupervisor, ByScheduler, ByOfficer, ByPublic, BySystem, ByParty}

// Actor is who must act next in a case.
type Actor string

// Who can be waited for.
const (
	ForOfficer  Actor = "officer"  // 监管专员
	ForReviewer Actor = "reviewer" // 复核
	ForParty    Actor = "party"    // the party, until its time is over
	ForNobody   Actor = ""
)

// Case is one violation, or one application for repair.
type Case struct {
	ID      string
	Version int
	Kind    Kind
	Region  string // whose bureau handles it
	Body    string // the body that it happened in, "" if none
	State   State
	Waits   Actor
	Rank    string // sorts cases: overdue and soonest due first, closed ones last

	Party  standing.Party // zero until somebody is identified
	Name   string         // of the party
	Masked string         // of a person: the ID number, masked
	Claim  string         // whom a report without a party means, in the reporter's words

	Source    Source
	Reporter  string // account id, "" for the public and the system
	Title     string
	Happened  time.Time // day of the breach
	Found     time.Time // day of its discovery
	Sitting   string    // where it happened, "" if in none
	Enrolment string    // the candidate's record that it is about, "" if none
	Finding   string    // the inspection's finding that it comes from, "" if none
	Target    string    // of a repair: the case whose bars it is about

	Due       time.Time // the last legal day of the next step, zero for none
	Steps     []Step    // what was done, oldest first
	Evidence  []Evidence
	Letters   []Letter
	Statement string        // what the party said, "" until it did
	Asked     time.Time     // when the party asked to be heard in person, zero for not
	Hearing   time.Time     // when the party is heard in person, zero for not
	Place     string        // of the hearing
	Facts     string        // as notified to the party
	Intended  []MeasureKind // as the notice announced
	Decision  *Decision     // proposed, or taken; nil before
	Appeal    *Appeal
	Rectified time.Time // when an ordered rectification was accepted
	Closed    time.Time // when it reached its end
}

// Step is one line of a case's history.
type Step struct {
	What Op
	At   time.Time
	By   string // account id, "" for the public, "system" for kaoping
	Name string // of the person then
	Text string
	Due  time.Time // the deadline that the step set, zero for none
}

// Evidence is one piece of evidence: a text, or a file.
type Evidence struct {
	ID     string
	At     time.Time
	By     string
	Name   string // of the person then
	Text   string
	Key    string // of the document, "" for a text alone
	File   string // its name
	Type   string // its media type
	Size   int    // bytes
	SHA256 string // hex
}

// LetterKind is one of the letters that a case sends.
type LetterKind string

// The letters.
const (
	Notice         LetterKind = "notice"   // 告知书
	Summons        LetterKind = "hearing"  // 听证通知书
	DecisionLetter LetterKind = "decision" // 决定书
	RulingLetter   LetterKind = "ruling"   // 申诉决定书
)

// LetterKinds lists the letters in their order.
var LetterKinds = []LetterKind{Notice, Summons, DecisionLetter, RulingLetter}

// Letter is one letter with its number in region and year.
type Letter struct {
	Kind   LetterKind
	Number string // 410423-告-2026-0001
	At     time.Time
}

// Letter returns the last letter of a kind that the case has sent; ok is false
// for none.
func (c Case) Letter(kind LetterKind) (l Letter, ok bool) {
	for _, sent := range c.Letters {
		if sent.Kind == kind {
			l, ok = sent, true
		}
	}
	return l, ok
}

// Scope is where the case belongs, for access.Decide: the bureau's region, the
// body when the body is the party, and the record when its candidate is.
func (c Case) Scope() access.Scope {
	scope := access.Scope{Region: c.Region}
	switch c.Party.Kind {
	case standing.OfBody:
		scope.Body = c.Party.Key
	case standing.OfPerson:
		scope.Enrolment = c.Enrolment
	}
	return scope
}

// Overdue reports whether the next step's last day is over.
func (c Case) Overdue(now time.Time) bool { return !c.Due.IsZero() && dayAfter(c.Due, now) }

// Deciding reports whether two people have decided and the effects are under
// way: for moments, or until another instance finishes what a crash cut short.
func (c Case) Deciding() bool {
	return c.Decision != nil && !c.Decision.ApprovedAt.IsZero() && c.Decision.At.IsZero() ||
		c.Appeal != nil && c.Appeal.Ruling != nil && !c.Appeal.Ruling.ApprovedAt.IsZero() && c.Appeal.Ruling.At.IsZero()
}

// Ordered returns the decided measure of a kind; ok is false for none.
func (c Case) Ordered(kind MeasureKind) (m Measure, ok bool) {
	if c.Decision == nil || c.Decision.At.IsZero() {
		return m, false
	}
	i := slices.IndexFunc(c.Decision.Measures, func(m Measure) bool { return m.Kind == kind })
	if i < 0 {
		return m, false
	}
	return c.Decision.Measures[i], true
}

// settle derives who must act and where the case stands in a list.
func (c *Case) settle() {
	c.Waits = ForOfficer
	pending := func(proposed, approved time.Time) bool { return !proposed.IsZero() && approved.IsZero() }
	switch {
	case c.State.Ended():
		c.Waits = ForNobody
	case c.Appeal != nil && c.Appeal.Ruling != nil && pending(c.Appeal.Ruling.ProposedAt, c.Appeal.Ruling.ApprovedAt):
		c.Waits = ForReviewer
	case c.Decision != nil && pending(c.Decision.ProposedAt, c.Decision.ApprovedAt):
		c.Waits = ForReviewer
	case c.State == Notified && c.Statement == "" && c.Hearing.IsZero(), c.State == Decided:
		c.Waits = ForParty
	}
	switch {
	case c.State.Ended():
		c.Rank = fmt.Sprintf("2/%012d/%s", rankMost-c.Closed.Unix(), c.ID)
	case c.Due.IsZero():
		c.Rank = "1/" + c.ID
	default:
		c.Rank = "0/" + c.Due.UTC().Format(time.RFC3339) + "/" + c.ID
	}
}

// rankMost is a second long after every case: ranks count down from it.
const rankMost = 999_999_999_999
