// Package cases handles violations and what is decided about them (违规案件):
// report, evidence, notice, hearing, decision by two people, appeal, repair.
//
// Invariants: a case walks the states of machine.go and no others; each step is
// one commit with its audit entry in the stream "case/<id>", and sets the day by
// which the next one is due, in working days of the rulebook (K11). What two
// people decided is recorded first, then carried out (bars, the body's state,
// void records), then the case says decided: from that instant on the gates
// refuse. A crash in between is finished by an outbox job of any instance, and
// doing it again changes nothing. The decision keeps the rules of its day.
//
// It refuses a step out of order (Refused), a measure that the region's rules
// do not have (Refused, R33, R34, R41–R43), a second signature by the same
// person (Forbidden), an appeal after its deadline (Late) and a hearing before
// the party had its time (Early). People are matched by the keyed hash of the
// ID number; a name alone never blocks anybody.
package cases
