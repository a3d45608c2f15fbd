// Package fault is the one error type of kaoping.
//
// Purpose: a closed set of codes that the domain speaks and the web maps to
// HTTP in one table, so that a refusal means the same thing in a page, in the
// API and in a test.
//
// Invariants: the package is a leaf, everyone may import it; a message is a
// format plus its arguments, so that a page can say the same sentence in
// Chinese and in English; a refusal by regulation carries its Rule.
//
// It refuses nothing itself.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Code classifies a fault. The set is closed; anything else is Internal.
type Code string

// The codes, each with what a caller may do about it.
const (
	Invalid         Code = "invalid"         // the input is malformed: mend it and send again
	Unauthenticated Code = "unauthenticated" // log in first
	Forbidden       Code = "forbidden"       // this person may not do this here
	NotFound        Code = "not_found"       // there is no such thing, or none that this person may know of
	Conflict        Code = "conflict"        // it exists already, or somebody changed it meanwhile: read again
	Refused         Code = "refused"         // a rule or a state forbids it: see Rule and the message
	Early           Code = "early"           // not yet: try again at the time the message names
	Late            Code = "late"            // the time for this has passed
	Superseded      Code = "superseded"      // an old lease or an old sequence: another device or a newer save won
	Throttled       Code = "throttled"       // too many attempts: wait as the message says
	Unavailable     Code = "unavailable"     // a dependency is away or full: try again
	Internal        Code = "internal"        // a defect: logged, shown without detail
)

// Text is a sentence for people: an English fmt format, which is also the key
// of its Chinese sentence in the message catalogue, and its arguments.
type Text struct {
	Format string
	Args   []any
}

// Textf builds a Text.
func Textf(format string, args ...any) Text { return Text{Format: format, Args: args} }

// String renders the sentence in English; a time is shown as RFC 3339.
func (t Text) String() string {
	return t.In(t.Format, func(arg any) any {
		if moment, ok := arg.(time.Time); ok {
			return moment.Format(time.RFC3339)
		}
		return arg
	})
}

// In renders the sentence in another language: its format there, and how that
// language shows an argument.
func (t Text) In(format string, show func(arg any) any) string {
	if len(t.Args) == 0 {
		return format
	}
	args := make([]any, len(t.Args))
	for i, arg := range t.Args {
		args[i] = show(arg)
	}
	return fmt.Sprintf(format, args...)
}

// Rule names the regulation behind a refusal: its id in the rule catalogue
// (R01…R66), the document, the clause and the Chinese quotation.
type Rule struct {
	ID       string
	Document string
	Clause   string
	Quote    string
}

// Issue is one thing wrong with one place of an input: a row of a sheet, a
// field of a form. Row counts from 1 as the sheet shows it; 0 means "no row".
type Issue struct {
	Row    int
	Column string
	Text   Text
	Rule   string // rule id, where a rule rather than the format refuses it
}

// Error is a fault: what went wrong (Code), where (Op, "package.Method"), by
// which regulation (Rule, nil if none), in words (Message), at which places of
// the input (Issues), and the cause (Err), which is logged and never shown.
type Error struct {
	Code    Code
	Op      string
	Rule    *Rule
	Message Text
	Issues  []Issue
	Err     error
}

// New makes a fault with a message.
func New(code Code, op, format string, args ...any) *Error {
	return &Error{Code: code, Op: op, Message: Textf(format, args...)}
}

// By names the regulation that refuses.
func (e *Error) By(rule Rule) *Error { e.Rule = &rule; return e }

// With attaches the places of the input that are wrong.
func (e *Error) With(issues ...Issue) *Error { e.Issues = append(e.Issues, issues...); return e }

// Because attaches the cause; it is logged, never shown.
func (e *Error) Because(err error) *Error { e.Err = err; return e }

// Error renders the fault for logs.
func (e *Error) Error() string {
	s := string(e.Code)
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	if m := e.Message.String(); m != "" {
		s += ": " + m
	}
	if e.Rule != nil {
		s += " (" + e.Rule.ID + ")"
	}
	for _, issue := range e.Issues {
		s += fmt.Sprintf("; row %d %s: %s", issue.Row, issue.Column, issue.Text)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Wrap says where an error passed through. A fault keeps its code and message;
// any other error becomes Internal. Wrap(op, nil) is nil.
func Wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return &Error{Code: Internal, Op: op, Message: Textf("something went wrong here"), Err: err}
}

// CodeOf returns the code of an error: "" for nil, Internal for a foreign one.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Is reports whether err is a fault with this code.
func Is(err error, code Code) bool { return CodeOf(err) == code }
