// Package inspection checks the evaluation bodies (检查): plans, the random draw
// of bodies and inspectors (双随机), the record of each visit with its
// checklist, findings with their deadlines, and credit grades (信用等级).
//
// Invariants: a draw follows from its seed, so anybody can draw it again; an
// inspector who has declared an interest in a body is never drawn for it; a
// record that is signed by two inspectors never changes, findings are followed
// up beside it; a grade stands with the second signature of another person.
//
// It refuses (Refused) a visit by who was not drawn, a record without both
// signatures, a finding without a day, and a grade without two people.
package inspection
