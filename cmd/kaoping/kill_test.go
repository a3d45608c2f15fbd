package main

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/store/sqlite"
)

const (
	kills          = 20
	killCandidates = 500
)

// TestKilledServerLosesNothing kills the server in the middle of an examination,
// again and again. What it confirmed must be stored, and candidates go on with
// the session, the lease and the sequence that they have.
func TestKilledServerLosesNothing(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	k := newKillTest(t)
	for _, c := range k.candidates {
		if err := c.enter(); err != nil {
			t.Fatal(err)
		}
		answer, err := c.start()
		if err == nil {
			err = c.take(answer)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var unconfirmed int
	for round := range kills {
		before := k.saves()
		k.during(time.Duration(100+k.random.IntN(800))*time.Millisecond, func(c *candidate) (more bool, err error) { return true, c.save() })
		if k.saves() == before {
			t.Fatal("nothing was saved before the kill: this round proves nothing")
		}
		k.restart()
		unconfirmed += k.compare()
		for i := round; i < killCandidates; i += kills {
			k.resume(k.candidates[i])
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d kills, %d saves confirmed, %d stored that the kill left unconfirmed", kills, k.saves(), unconfirmed)

	// Handing in is cut short too, and done again by everybody.
	k.during(time.Duration(50+k.random.IntN(200))*time.Millisecond, func(c *candidate) (more bool, err error) { return false, c.handIn() })
	k.restart()
	for _, c := range k.candidates {
		if err := c.handIn(); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.server.stop(); err != nil {
		t.Fatal(err)
	}
	k.compare()
	k.marked()
	k.verified()
}

// killTest is a running examination on a server that can be killed.
type killTest struct {
	*testing.T
	random     *rand.Rand
	program    string
	data       string
	address    string
	server     *child
	candidates []*candidate
}

func newKillTest(t *testing.T) *killTest {
	k := &killTest{T: t, random: rand.New(rand.NewPCG(testSeed(t), 0)), program: program(t), data: t.TempDir()}
	h, err := seedHall(t.Context(), testConfig(k.data), killCandidates, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if k.address, err = freeAddress(); err != nil {
		t.Fatal(err)
	}
	k.candidates = h.candidates(k.address)
	k.restart()
	t.Cleanup(func() { k.server.kill() })
	return k
}

func (k *killTest) restart() {
	k.Helper()
	var err error
	if k.server, err = startChild(context.Background(), k.program, config{Data: k.data, Listen: k.address}); err != nil {
		k.Fatal(err)
	}
}

// during has all candidates do something, over and over if there is more, and
// kills the server in the middle of it: when it has confirmed something, and the
// load has lasted.
func (k *killTest) during(load time.Duration, do func(*candidate) (more bool, err error)) {
	k.Helper()
	var killed atomic.Bool
	confirmed := make(chan struct{}, 1)
	var group sync.WaitGroup
	for _, c := range k.candidates {
		group.Go(func() {
			for {
				more, err := do(c)
				var refused *refusal
				if err != nil && (errors.As(err, &refused) || !killed.Load()) {
					k.Errorf("candidate %d: %v", c.number, err)
				}
				if err == nil {
					select {
					case confirmed <- struct{}{}:
					default:
					}
				}
				if err != nil || !more {
					return
				}
			}
		})
	}
	select {
	case <-confirmed:
	case <-time.After(patience): // what went wrong is said below
	}
	time.Sleep(load) // the moment of the kill is the one thing left to the wall clock
	killed.Store(true)
	if err := k.server.kill(); err != nil {
		k.Fatal(err)
	}
	group.Wait()
	for _, c := range k.candidates {
		c.hangUp()
	}
}

// saves is how many saves were confirmed so far.
func (k *killTest) saves() (n int64) {
	for _, c := range k.candidates {
		n += c.acked
	}
	return n
}

// compare looks for every confirmed answer in the data file, beside the server
// that recovered it. It returns how many candidates have more stored than confirmed.
func (k *killTest) compare() (ahead int) {
	k.Helper()
	store := k.open()
	defer store.Close()
	for _, c := range k.candidates {
		answers, err := store.Answers(k.Context(), c.attempt)
		if err != nil {
			k.Fatal(err)
		}
		if n := c.lost(answers); n > 0 {
			k.Errorf("candidate %d: %d confirmed answers are lost, of saves up to %d", c.number, n, c.acked)
		}
		for question, answer := range answers {
			if !c.wrote(question, answer) {
				k.Errorf("candidate %d: %s was never answered with %+v", c.number, question, answer)
			}
		}
		lease, err := store.Lease(k.Context(), c.attempt)
		if err != nil {
			k.Fatal(err)
		}
		if lease.Seq < c.acked || lease.Seq > c.sent {
			k.Errorf("candidate %d: sequence %d is stored, %d was confirmed and %d sent", c.number, lease.Seq, c.acked, c.sent)
		}
		if lease.Seq > c.acked {
			ahead++
		}
	}
	return ahead
}

func (k *killTest) open() *sqlite.Store {
	k.Helper()
	store, err := sqlite.Open(k.Context(), filepath.Join(k.data, "kaoping.db"), quiet())
	if err != nil {
		k.Fatal(err)
	}
	return store
}

// resume opens the examination again as a reloaded page does: with the same
// session, which must find the same lease and every confirmed answer.
func (k *killTest) resume(c *candidate) {
	k.Helper()
	raw, err := c.start()
	if err != nil {
		k.Fatalf("candidate %d: %v", c.number, err)
	}
	var o opened
	if err := json.Unmarshal(raw, &o); err != nil {
		k.Fatal(err)
	}
	if o.Lease != c.lease || o.Seq < c.acked || o.Seq > c.sent {
		k.Errorf("candidate %d: resumed with lease %s and sequence %d, had %s and %d", c.number, o.Lease, o.Seq, c.lease, c.acked)
	}
	last := c.confirmed()
	if o.Seq > c.acked { // stored, though not confirmed
		last[c.change(o.Seq).Question] = o.Seq
	}
	for question, seq := range last {
		shown := o.Answers[question]
		shown.Seq = seq
		if !c.wrote(question, shown) {
			k.Errorf("candidate %d: %s is shown as %+v, save %d was another", c.number, question, shown, seq)
		}
	}
}

// marked checks that everybody's paper was marked, with all that was answered.
func (k *killTest) marked() {
	k.Helper()
	store := k.open()
	defer store.Close()
	for _, c := range k.candidates {
		attempt, err := store.Attempt(k.Context(), c.attempt)
		if err != nil {
			k.Fatal(err)
		}
		if answered := len(c.confirmed()); attempt.State != exam.Scored || attempt.Answered < answered {
			k.Errorf("candidate %d: %s with %d answers, %d were confirmed", c.number, attempt.State, attempt.Answered, answered)
		}
	}
}

// verified runs kaoping verify on what is left.
func (k *killTest) verified() {
	k.Helper()
	if v := verifiedBy(k.T, k.program, config{Data: k.data}); len(v.Damaged) > 0 || v.Objects < 2*killCandidates {
		k.Errorf("verify: %+v", v)
	}
}
