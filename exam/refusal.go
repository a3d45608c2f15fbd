package exam

import (
	"errors"

	"kaoping/internal/fault"
)

// Reasons of a Superseded fault, for programs.
const (
	ReasonDevice   = "device"   // another device holds the attempt; a takeover was asked for
	ReasonLease    = "lease"    // the lease is no longer valid
	ReasonSequence = "sequence" // a newer save won
	ReasonPaper    = "paper"    // the paper was replaced; the candidate begins again on the backup form
)

// reason is the cause of a Superseded fault.
type reason string

func (r reason) Error() string { return string(r) }

// Reason tells why a fault is Superseded, "" for other errors.
func Reason(err error) string {
	var r reason
	errors.As(err, &r)
	return string(r)
}

func superseded(op, why, sentence string) error {
	return fault.New(fault.Superseded, op, sentence).Because(reason(why))
}

const replacedForm = "the paper was replaced: begin again on the backup form"

func late(op string) error {
	return fault.New(fault.Late, op, "the time of this examination is over")
}
