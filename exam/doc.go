// Package exam runs a sitting (考核场次) from its notice to its confirmed
// results: enrolment, seats, the exam room, marking and practical scores.
//
// Invariants: every method of Service asks access.Decide first, then the
// rulebook and the state, then acts; every deadline is the server's; a change
// and its audit entry are one commit; an acknowledged answer is durable. ID
// numbers are stored sealed. An attempt has the id of its enrolment: there is
// one of each.
//
// It refuses by rule (R02 notice, R05 central papers, R15 pass, R17 staffing,
// R30 filing), by state, by time (Early, Late), and whoever comes with an old
// lease or an old sequence (Superseded).
package exam
