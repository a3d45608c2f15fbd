// Package examine is what a storage engine says of its own condition, for an
// operator to read.
//
// Purpose: kaoping doctor asks every engine the same way and prints what each
// found in its own terms.
//
// Invariants: an examination changes nothing and makes nothing; an engine that
// does not answer is a finding too, so there is no error beside the findings.
package examine

// State is how good a finding is.
type State string

// The three states. Only Failed stands in the way of running the service.
const (
	Good    State = "ok"
	Warning State = "warn"
	Failed  State = "fail"
)

// Finding is the answer of one check.
type Finding struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	Found string `json:"found"`
	Todo  string `json:"todo"` // what to do; "" where the state is Good
}

// OK is a finding that asks for nothing.
func OK(name, found string) Finding { return Finding{Name: name, State: Good, Found: found} }

// Warn is a finding that somebody should look into.
func Warn(name, found, todo string) Finding { return Finding{name, Warning, found, todo} }

// Fail is a finding with which the service should not run.
func Fail(name, found, todo string) Finding { return Finding{name, Failed, found, todo} }
