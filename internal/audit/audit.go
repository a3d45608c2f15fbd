// Package audit is the form of the audit stream (审计流): who changed what,
// when, by which rule, hash-chained per stream.
//
// Invariants: a leaf with no storage; an engine appends an Entry in the same
// commit as the change it describes, and fills Seq, Prev and Hash. Every entry
// carries the digest of the object as it stands after the change, so that
// Check finds a changed row as well as a changed, lost or reordered entry.
//
// Check refuses an entry that does not follow from the one before it.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// System is the actor of what kaoping does by itself: sweeping, marking, issuing.
const System = "system"

// Entry is one state change. The author fills Stream to Rules; the engine the rest.
type Entry struct {
	Stream string    // "sitting/<id>", "body/<id>", "certificate/<number>", "region/<code>", "accounts"
	At     time.Time // the server's clock, UTC
	Who    string    // account or enrolment id, or System
	What   string    // the action: "sitting:notify"
	Rule   string    // the rule applied, where one was
	Note   string    // a reason as typed, or name=value counts; never personal data
	Rules  string    `json:",omitempty"` // hash of the rulebook's edition that it was decided by

	Seq     int64  // 1, 2, 3 … within the stream
	Object  string // "<kind>/<id>" of what changed
	Version int    // the object's version after the change
	Digest  string // SHA-256 of the object as stored, hex
	Prev    string // Hash of the entry before, "" for the first
	Hash    string // Sum of this entry
}

// Sum is the hash of everything in the entry but Hash itself.
func (e Entry) Sum() string {
	e.Hash = ""
	e.At = e.At.UTC().Round(0)
	raw, err := json.Marshal(e)
	if err != nil {
		panic(err) // strings, numbers and a time always encode
	}
	return Digest(raw)
}

// Digest is the SHA-256 of an object's stored bytes, hex.
func Digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Follow completes e as the entry after prev (the zero Entry for the first).
func Follow(prev, e Entry) Entry {
	e.Seq, e.Prev = prev.Seq+1, prev.Hash
	e.Hash = e.Sum()
	return e
}

// Check says why e cannot be the entry after prev, or nil.
func Check(prev, e Entry) error {
	switch {
	case e.Seq != prev.Seq+1:
		return fmt.Errorf("entry %d follows entry %d: one is missing or out of order", e.Seq, prev.Seq)
	case e.Prev != prev.Hash:
		return fmt.Errorf("entry %d does not follow from the entry before it", e.Seq)
	case e.Hash != e.Sum():
		return fmt.Errorf("entry %d was changed after it was written", e.Seq)
	}
	return nil
}
