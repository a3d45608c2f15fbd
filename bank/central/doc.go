// Package central keeps the papers that a county-or-higher bureau sets (人社统一
// 命题, R05): theory questions and the practical task sheet, in two forms, one
// of them the backup (备用卷), for the sittings of many bodies at one hour.
//
// Invariants: the content of a form is encrypted from its first save, under a
// random key of its own which a key-encryption key wraps, so that no store,
// dump or log ever holds it. Setter, reviewer and keepers are different people.
// As many keepers as the rulebook asks seal a paper and, inside a window before
// the start, unseal its present form (R20); between sealing and release nobody
// reads it. Released is what was unsealed and whose hour has come, by the
// server's clock. Every opening, print and refused try is an entry of the
// stream "paper/<id>", committed with a new version of the paper.
//
// It refuses (Refused, Early; R05, R20) everything out of its turn or time, and
// tells a body nothing of the content.
package central
