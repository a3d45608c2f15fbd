// Package amend changes the rulebook while kaoping runs: a province or a city
// proposes another value of a parameter (地区另定), another person approves it,
// and administrators add the public holidays of a year.
//
// Invariants: who proposes never decides. A change begins on a later legal day
// than its approval, and a calendar year counts from the day after it was
// added, so that no past decision moves and all instances decide alike.
// Approved changes are kept for ever, and so is every edition of the rulebook
// that a decision can have been made by, under its hash.
//
// It refuses (Refused) a change by a county, by the proposer's own approval, of
// what was decided already, or with a day that has come too near; Invalid names
// the fields of what is not a parameter of the schema.
package amend
