package certify

import (
	"fmt"
	"slices"
	"time"

	"kaoping/policies/rulebook"
)

// Mix is the certificates of a city in a year, counted (R06), and the places of
// its queue (证书结构台账). Every certificate is counted here before it has its
// number, whatever its track, because all are the denominator. It changes by
// compare-and-set only, so no two issues can take one place.
type Mix struct {
	ID      string // MixID
	Version int
	City    string
	Year    int // calendar year in Asia/Shanghai of the issue
	Cells   []Cell
	Head    int // places up to it are issued or gone
	Tail    int // places Head+1 to Tail wait; the next one to join has Tail+1
	Pending []Intent
	Closed  bool // the year is over: nothing is counted any more, a revocation still gives back
}

// MixID is the id of a city's mix in a year: 411100-2026.
func MixID(city string, year int) string { return fmt.Sprintf("%s-%d", city, year) }

// Cell is the count of one kind of certificate in one month and county.
type Cell struct {
	Month   time.Month
	County  string // region of the body that issued
	Track   rulebook.Track
	Level   rulebook.Level
	N       int
	Skilled int // holders for whom it is the first in city and year that makes a skilled worker (技能人才, R53)
	High    int // and a highly skilled one (高技能人才): 高级工 and above
}

// IntentKind is what an intent is to be followed by.
type IntentKind string

// The kinds of intents.
const (
	ToIssue  IntentKind = "issue"  // counted: the certificate follows
	ToWait   IntentKind = "wait"   // has a place: the record of who waits follows
	ToReturn IntentKind = "return" // given back: the certificate's mark that it is follows
)

// Intent is what was counted and is not yet seen elsewhere. It is recorded in
// the commit of the count, so that whoever comes after a crash goes on from it,
// and dropped with a later change once what it announces is stored.
type Intent struct {
	Kind      IntentKind
	Enrolment string
	At        time.Time // the moment of the issue, in the mix's year; of joining the queue
	Place     int       // in the queue; 0 for what did not wait
	Excepted  bool      // released by an exception
	Counted   Cell      // what it adds, N being 1; of ToWait without the people
	Series    Series    // of the number to come
	Person    string    // keyed hash of the holder's ID number
	Number    string    // of ToReturn: the certificate
	Seen      int       // of ToReturn: its version when it was revoked
}

// Ratio is the mix as R06 measures it.
func (m Mix) Ratio() Ratio {
	var r Ratio
	for _, c := range m.Cells {
		r.All += c.N
		if Capped(c.Track) {
			r.Capped += c.N
		}
	}
	return r
}

// Queue is how many places wait.
func (m Mix) Queue() int { return m.Tail - m.Head }

// add counts a cell, or takes it back.
func (m *Mix) add(c Cell, sign int) {
	i := slices.IndexFunc(m.Cells, func(d Cell) bool {
		return d.Month == c.Month && d.County == c.County && d.Track == c.Track && d.Level == c.Level
	})
	if i < 0 {
		i = len(m.Cells)
		m.Cells = append(m.Cells, Cell{Month: c.Month, County: c.County, Track: c.Track, Level: c.Level})
	}
	d := &m.Cells[i]
	d.N, d.Skilled, d.High = d.N+sign*c.N, d.Skilled+sign*c.Skilled, d.High+sign*c.High
	if *d == (Cell{Month: c.Month, County: c.County, Track: c.Track, Level: c.Level}) {
		m.Cells = slices.Delete(m.Cells, i, i+1)
	}
}

// intent is the last pending one of a kind of an enrolment.
func (m Mix) intent(kind IntentKind, enrolment string) (Intent, bool) {
	for _, p := range slices.Backward(m.Pending) {
		if p.Kind == kind && p.Enrolment == enrolment {
			return p, true
		}
	}
	return Intent{}, false
}

// reserve takes a place for a certificate: counted, where its track is not
// capped or where the limit admits it and nobody waits; else the next place of
// the queue. It says which.
func (m *Mix) reserve(want Intent, l Limit) Intent {
	want.Kind = ToIssue
	if Capped(want.Counted.Track) && !want.Excepted && (m.Queue() > 0 || !m.Ratio().Admits(l)) {
		m.Tail++
		want.Kind, want.Place = ToWait, m.Tail
		want.Counted.Skilled, want.Counted.High = 0, 0
		m.Pending = append(m.Pending, want)
		return want
	}
	m.add(want.Counted, +1)
	m.Pending = append(m.Pending, want)
	return want
}

// release counts the next one of the queue, when the limit admits it.
func (m *Mix) release(want Intent, l Limit) bool {
	if m.Queue() == 0 || !m.Ratio().Admits(l) {
		return false
	}
	m.Head++
	want.Kind, want.Place = ToIssue, m.Head
	m.add(want.Counted, +1)
	m.Pending = append(m.Pending, want)
	return true
}

// giveBack takes a revoked certificate out of the count.
func (m *Mix) giveBack(back Intent) {
	back.Kind = ToReturn
	m.add(back.Counted, -1)
	m.drop(func(p Intent) bool { return p.Kind == ToIssue && p.Enrolment == back.Enrolment }) // it was issued
	m.Pending = append(m.Pending, back)
}

// drop removes pending intents.
func (m *Mix) drop(done func(Intent) bool) { m.Pending = slices.DeleteFunc(m.Pending, done) }

// skilled and high say which certificates make a skilled or a highly skilled
// worker of their holder (R53): of the two tracks that end in a level.
func skilled(t rulebook.Track, l rulebook.Level) bool {
	return t.Leveled() && l.Valid() && l <= rulebook.JuniorWorker
}

func high(t rulebook.Track, l rulebook.Level) bool {
	return skilled(t, l) && l <= rulebook.SeniorWorker
}

// Busy reports whether somebody waits, or an intent is pending.
func (m Mix) Busy() bool { return m.Queue() > 0 || len(m.Pending) > 0 }
