package cases

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// Query selects cases; empty fields select all.
type Query struct {
	States   []State
	Waits    Actor
	Kind     Kind
	Source   Source
	Party    standing.Party
	Reporter string
	Text     string // part of the title or of the party's name
	After    string // rank of the last one of the page before
	Limit    int    // at most this many; 0: all
}

// Store keeps cases. PutCase behaves as the Put methods of exam.Store.
type Store interface {
	Case(ctx context.Context, id string) (Case, error)
	Cases(ctx context.Context, q Query) ([]Case, error) // by rank
	PutCase(ctx context.Context, c *Case, e audit.Entry, jobs ...outbox.Job) error
	// Next counts up a named counter from 1. A number is never given twice.
	Next(ctx context.Context, counter string) (int, error)
	// Tally and CountTally are those of access.Store.
	Tally(ctx context.Context, name string, at time.Time) (n int, until time.Time, err error)
	CountTally(ctx context.Context, name string, at, until time.Time) (n int, err error)
}

// Standing is what cases need of the bodies and their bars.
type Standing interface {
	Body(ctx context.Context, id string) (standing.Body, error)
	PutBody(ctx context.Context, b *standing.Body, e audit.Entry, jobs ...outbox.Job) error
	Bar(ctx context.Context, id string) (standing.Bar, error)
	Bars(ctx context.Context, q standing.BarQuery) ([]standing.Bar, error) // newest first
	PutBar(ctx context.Context, b *standing.Bar, e audit.Entry, jobs ...outbox.Job) error
}

// Documents keeps the files of the evidence.
type Documents interface {
	Put(ctx context.Context, key string, content []byte, contentType string) (sha256 string, err error)
	Get(ctx context.Context, key string) (content []byte, contentType string, err error)
}

// Person is somebody as cases know people: by the keyed hash of the ID number.
type Person struct {
	Hash   string
	Masked string
	Name   string
}

// Record is a candidate's record in a sitting.
type Record struct {
	Person
	Enrolment string
	Sitting   string
	Title     string // of the sitting
	Body      string
	Region    string
}

// Touched is how much of a body's work a measure reaches.
type Touched struct {
	Coming     int // sittings that have not begun
	Running    int
	Candidates int // of all of them
	Held       int // sittings whose results are not confirmed
}

// Exams is what cases need of the examinations.
type Exams interface {
	// Person reads an ID number (Invalid).
	Person(number string) (Person, error)
	// Record finds a candidate's record (NotFound).
	Record(ctx context.Context, enrolment string) (Record, error)
	// Place finds the region and body of a sitting (NotFound).
	Place(ctx context.Context, sitting string) (region, body, title string, err error)
	// Void voids a record, or one part of it, by a case, and Restore undoes it.
	// Both can be done again.
	Void(ctx context.Context, enrolment string, part Part, decision string) error
	Restore(ctx context.Context, enrolment, decision string) error
	// Touched counts what a body has under way.
	Touched(ctx context.Context, body string) (Touched, error)
}

// Certificates is what cases need of the certificates. All can be done again.
type Certificates interface {
	// RevokeOf revokes the certificate of a void record, ReinstateOf undoes it.
	RevokeOf(ctx context.Context, enrolment, decision string) error
	ReinstateOf(ctx context.Context, enrolment, decision string) error
	// Hold sees to it that nothing is issued against a bar once it returns.
	Hold(ctx context.Context, bar string) error
	// Reinstate makes a certificate valid again that a body's bar revoked.
	Reinstate(ctx context.Context, number, bar string) error
}

// Service handles cases.
type Service struct {
	Store     Store
	Standing  Standing
	Exams     Exams
	Issued    Certificates
	Documents Documents
	Audit     AuditLog
	Policy    *access.Policy
	Book      *rulebook.Book
	Now       func() time.Time
	Log       *slog.Logger
	// Hash is the installation's keyed hash, hex: addresses are counted under it.
	Hash func(purpose, text string) string
}

// Public is who audit entries name when nobody was logged in.
const Public = "public"

// Case shows a case to its bureau (case:read).
func (s *Service) Case(ctx context.Context, actor access.Actor, id string) (Case, error) {
	c, err := s.Store.Case(ctx, id)
	if err != nil {
		return Case{}, fault.Wrap("cases.Case", err)
	}
	return c, s.Policy.Decide(actor, "case:read", c.Scope())
}

// Cases lists the cases that the actor may read, by rank. After pages on.
func (s *Service) Cases(ctx context.Context, actor access.Actor, q Query) ([]Case, error) {
	return s.list(ctx, q, func(c Case) bool { return s.Policy.Decide(actor, "case:read", c.Scope()) == nil })
}

func (s *Service) list(ctx context.Context, q Query, mine func(Case) bool) ([]Case, error) {
	list, err := access.Readable(q.Limit, q.After, func(after string, limit int) ([]Case, error) {
		q.After, q.Limit = after, limit
		return s.Store.Cases(ctx, q)
	}, func(c Case) string { return c.Rank }, mine)
	return list, fault.Wrap("cases.Cases", err)
}

// step is what a change of a case leaves behind.
type step struct {
	Step
	rule string // for the audit entry
	jobs []outbox.Job
}

// change decides, changes and stores a case, again if somebody else changed it
// meanwhile.
func (s *Service) change(ctx context.Context, actor access.Actor, action access.Action, id string, do func(*Case) (step, error)) (Case, error) {
	return s.changeIf(ctx, actor, action, id, func(c Case) error { return s.Policy.Decide(actor, action, c.Scope()) }, do)
}

// changeIf is change where something else than the policy alone decides.
func (s *Service) changeIf(ctx context.Context, actor access.Actor, action access.Action, id string, decide func(Case) error, do func(*Case) (step, error)) (Case, error) {
	var c Case
	err := fault.Retry(func() (err error) {
		if c, err = s.Store.Case(ctx, id); err != nil {
			return err
		}
		if err := decide(c); err != nil {
			return err
		}
		before := c.Due
		st, err := do(&c)
		if err != nil {
			return err
		}
		if !c.Due.Equal(before) {
			st.Due = c.Due
		}
		return s.put(ctx, actor, &c, st)
	})
	return c, fault.Wrap("cases."+string(action), err)
}

// put stores a case with the step that changed it.
func (s *Service) put(ctx context.Context, actor access.Actor, c *Case, st step) error {
	st.At, st.By, st.Name = s.Now(), actor.ID, actor.Name
	c.Steps = append(c.Steps[:len(c.Steps):len(c.Steps)], st.Step)
	if c.State.Ended() && c.Closed.IsZero() {
		c.Closed, c.Due = st.At, time.Time{}
	}
	c.settle()
	entry := audit.Entry{Stream: "case/" + c.ID, Object: "case/" + c.ID, At: st.At, Who: actor.ID, What: "case:" + string(st.What), Rule: st.rule, Rules: s.Book.Hash()}
	if actor.Anonymous() {
		entry.Who = Public
	}
	return s.Store.PutCase(ctx, c, entry, st.jobs...)
}

// derived is an id made from a moment and a name: making it again gives the
// same one, and ids stay in the order of time.
func derived(at time.Time, name string) string {
	var id ulid.ULID
	if err := id.SetTime(ulid.Timestamp(at)); err != nil {
		panic(err) // a time after the year 10889
	}
	sum := sha256.Sum256([]byte(name))
	copy(id[6:], sum[:])
	return id.String()
}

// letter gives the case a letter with the next number of its kind in region and year.
func (s *Service) letter(ctx context.Context, c *Case, kind LetterKind, now time.Time) error {
	year := now.In(rulebook.Shanghai).Year()
	n, err := s.Store.Next(ctx, fmt.Sprintf("letter/%s/%s/%d", kind, c.Region, year))
	if err != nil {
		return err
	}
	l := Letter{Kind: kind, Number: fmt.Sprintf("%s-%s-%d-%04d", c.Region, letterWords[kind], year, n), At: now}
	c.Letters = append(c.Letters[:len(c.Letters):len(c.Letters)], l)
	return nil
}

// letterWords stand in a letter's number.
var letterWords = map[LetterKind]string{Notice: "告", Summons: "听", DecisionLetter: "决", RulingLetter: "申"}
