package transfer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind is what records are of: the name of a table or a collection. An engine
// knows its kinds; those named here are more than an id, a version and a document.
type Kind string

// The kinds of another form, and documents.
const (
	Attempts  Kind = "attempts" // with their leases and answers
	Audit     Kind = "audit"
	Counters  Kind = "counters"
	Jobs      Kind = "jobs"
	Documents Kind = "documents"
)

// Record is one record of any kind, in the form that no engine owns. An engine
// gives back exactly what it was given.
type Record struct {
	Key     string `json:"key"`               // unique in its kind: an id, a name, EntryKey
	Version int    `json:"version,omitempty"` // of an aggregate
	Doc     string `json:"doc,omitempty"`     // the exact stored JSON of an aggregate or an audit entry

	Attempt  *Attempt  `json:"attempt,omitempty"`
	Count    int64     `json:"count,omitempty"` // of a counter
	Job      *Job      `json:"job,omitempty"`
	Document *Document `json:"document,omitempty"`
}

// Attempt is what belongs to an attempt beside its document. Times are
// nanoseconds since 1970, 0 for none.
type Attempt struct {
	Lease    string   `json:"lease"`
	Open     bool     `json:"open,omitempty"`
	Deadline int64    `json:"deadline,omitempty"`
	Due      int64    `json:"due,omitempty"` // when the sweeper must look, 0 for never
	Seq      int64    `json:"seq,omitempty"`
	Digest   string   `json:"digest,omitempty"` // of the save with Seq
	Saved    int64    `json:"saved,omitempty"`
	Answers  []Answer `json:"answers,omitempty"` // by question
}

// Answer is a saved answer.
type Answer struct {
	Question string `json:"question"`
	Answer   string `json:"answer"` // the exact stored JSON
	Flagged  bool   `json:"flagged,omitempty"`
	Seq      int64  `json:"seq"`
	Saved    int64  `json:"saved"`
	Late     bool   `json:"late,omitempty"`
}

// Job is an outbox job; its id is the record's key.
type Job struct {
	Kind    string `json:"kind"`
	Key     string `json:"key"`
	Due     int64  `json:"due,omitempty"` // 0 when it is dead
	Tries   int    `json:"tries,omitempty"`
	Fence   int64  `json:"fence,omitempty"`
	Failed  int64  `json:"failed,omitempty"`
	Failure string `json:"failure,omitempty"`
	Dead    bool   `json:"dead,omitempty"`
}

// Document is a document, whose key is the record's and whose bytes are a file
// of the archive.
type Document struct {
	Type   string `json:"type"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
}

// EntryKey is the key of an audit entry: keys are in the order of the streams
// and of the entries in them.
func EntryKey(stream string, seq int64) string { return fmt.Sprintf("%s#%019d", stream, seq) }

// ParseEntryKey takes an EntryKey apart; "" is before all entries.
func ParseEntryKey(key string) (stream string, seq int64, err error) {
	at := strings.LastIndexByte(key, '#')
	if at < 0 && key == "" {
		return "", 0, nil
	}
	if at < 0 || len(key)-at != 20 {
		return "", 0, fmt.Errorf("“%s” is no key of an audit entry", key)
	}
	_, err = fmt.Sscanf(key[at+1:], "%d", &seq)
	return key[:at], seq, err
}

// Line is the record as a line of an archive; equal records have equal lines.
func (r Record) Line() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, err
	}
	return b.Bytes(), r.check()
}

// check refuses what JSON cannot carry unchanged.
func (r Record) check() error {
	if r.Key == "" {
		return fmt.Errorf("a record has no key")
	}
	texts := []string{r.Key, r.Doc}
	if r.Attempt != nil {
		for _, a := range r.Attempt.Answers {
			texts = append(texts, a.Question, a.Answer)
		}
	}
	for _, text := range texts {
		if !utf8.ValidString(text) {
			return fmt.Errorf("the record %s is not UTF-8 text", r.Key)
		}
	}
	return nil
}

// Equal reports whether two records are the same, to the byte.
func (r Record) Equal(other Record) bool {
	a, errA := r.Line()
	b, errB := other.Line()
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// parse reads a line back and refuses fields that this release does not know.
func parse(line []byte) (r Record, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	err = d.Decode(&r)
	if err == nil {
		err = r.check()
	}
	return r, err
}
