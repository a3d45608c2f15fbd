package rulebook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaoping/internal/fault"
)

// Kind says how binding a parameter is.
type Kind string

// The kinds of the rule catalogue, and that of a region's own decision.
const (
	Binding Kind = "seed"   // binding: from the source documents
	Found   Kind = "found"  // from other public regulations: a default that a region can override
	Assumed Kind = "open"   // the text is not at hand: an assumption, configurable
	Decided Kind = "region" // a change that a region proposed and another person approved
)

// None is the value of a change that ends what its region has set: from that
// day on the region inherits again.
const None = "none"

// Param is one parameter of a rule in one region for a span of days. Value is
// text in the form of its declared type; the getters read it.
type Param struct {
	Rule     string
	Name     string
	Region   string
	Tracks   []Track // empty: every track
	From     string  // first legal day, 2022-01-01; empty: always
	Until    string  // last legal day; empty: still in force
	Value    string
	Unit     string // "" for a type that has none
	Document string
	Clause   string
	Quote    string
	Kind     Kind
	Note     string
	Change   string // id of the approved change that set it, "" as shipped
}

// Cite is the parameter's regulation, as a refusal carries it.
func (p Param) Cite() fault.Rule {
	return fault.Rule{ID: p.Rule, Document: p.Document, Clause: p.Clause, Quote: p.Quote}
}

// inForce reports whether the parameter holds on a legal day for a track.
func (p Param) inForce(day string, track Track) bool {
	return p.From <= day && (p.Until == "" || day <= p.Until) && (len(p.Tracks) == 0 || slices.Contains(p.Tracks, track))
}

// before reports whether q wins over p where both are in force: what names its
// tracks over what is for all, then what began later.
func (p Param) before(q Param) bool {
	if named := len(q.Tracks) > 0; named != (len(p.Tracks) > 0) {
		return named
	}
	return q.From >= p.From
}

// The data is checked when it is read, so asking a parameter for what it is
// not is a defect: the getters panic.

// Int is the value as a whole number of the parameter's unit.
func (p Param) Int() int {
	n, err := strconv.Atoi(p.Value)
	p.must(err == nil, "whole number")
	return n
}

// Ratio is the value in hundredths of a percent: 10% is 1000.
func (p Param) Ratio() int {
	n, ok := ratio(p.Value)
	p.must(ok, "ratio")
	return n
}

// Months are the value as months of the year.
func (p Param) Months() []time.Month {
	var list []time.Month
	for part := range strings.SplitSeq(p.Value, ",") {
		n, err := strconv.Atoi(part)
		p.must(err == nil, "list of months")
		list = append(list, time.Month(n))
	}
	return list
}

// Words are the value as a set of words, or the one word of an enum.
func (p Param) Words() []string { return strings.Split(p.Value, ",") }

// Has reports whether a word is of the set.
func (p Param) Has(word string) bool { return slices.Contains(p.Words(), word) }

// Word is the value of an enum.
func (p Param) Word() string { return p.Value }

// Names are the value as a list of Chinese names.
func (p Param) Names() []string { return strings.Split(p.Value, "、") }

// Flag is the value as yes or no.
func (p Param) Flag() bool {
	p.must(p.Value == Yes || p.Value == No, "flag")
	return p.Value == Yes
}

// Date is the first moment of the legal day that is the value.
func (p Param) Date() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, p.Value, Shanghai)
	p.must(err == nil, "date")
	return t
}

// Term is how long something lasts: from the event that the word names, for N
// of the parameter's unit; 0 without an end of its own.
type Term struct {
	From string
	N    int
}

// Term is the value as a term.
func (p Param) Term() Term {
	word, n, ends := strings.Cut(p.Value, " + ")
	if !ends {
		return Term{From: word}
	}
	count, err := strconv.Atoi(n)
	p.must(err == nil, "term")
	return Term{word, count}
}

func (p Param) must(ok bool, what string) {
	if !ok {
		panic(fmt.Sprintf("rulebook: %s %s is no %s: %q", p.Rule, p.Name, what, p.Value))
	}
}
