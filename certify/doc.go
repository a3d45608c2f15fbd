// Package certify issues certificates (证书) for confirmed results and lets
// anyone verify them: number, document, ledger of what was issued.
//
// Invariants: what will be issued is recorded, with its number, before the
// document is made; a number is never reused (R58); an issue that was cut
// short is finished by doing it again; a document is never overwritten and its
// SHA-256 is kept. It refuses (Refused) a record that did not pass (R15), is
// not confirmed, or whose body's filing does not cover it (R30).
package certify
