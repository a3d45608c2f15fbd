//go:build unix

package main

import (
	"errors"
	"testing"
	"time"
)

// TestFaults strikes an installation of two instances, on servers of its own,
// with one kind of fault after another, while people work on it. Whatever was
// acknowledged must be there in the end, exactly once.
func TestFaults(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some minutes")
	}
	own := ownServers(t)
	seed, program := testSeed(t), program(t)
	outage := func(server string) func(*ordeal) { return func(o *ordeal) { o.outage(own, server) } }
	for _, f := range []struct {
		kind   string
		alone  bool // strikes servers that the others need
		strike func(*ordeal)
	}{
		{"database", true, outage("mongo")},
		{"documents", true, outage("s3")},
		{"kill", false, (*ordeal).kill},
		{"halt", false, (*ordeal).halt},
		{"duplicates", false, func(o *ordeal) { o.sleep(100*time.Millisecond, 300*time.Millisecond) }}, // people send twice and out of order all the time
	} {
		t.Run(f.kind, func(t *testing.T) {
			if !f.alone {
				t.Parallel()
			}
			o := newOrdeal(t, seed, program, own.config(), 2)
			o.play(f.strike)
			o.judge()
		})
	}
}

// play has everybody work while faults strike. Candidates write and examiners
// score; in every round the bureau confirms a sitting, whose certificates the
// outbox issues, and beside it sometimes the scheduler. In the last rounds the
// candidates hand in and their own sitting goes the same way.
func (o *ordeal) play(strike func(*ordeal)) {
	o.Helper()
	prepared := time.Now()
	round := func() {
		if o.Failed() {
			o.FailNow()
		}
		o.sleep(20*time.Millisecond, 220*time.Millisecond)
		strike(o)
	}
	o.all("writing", func(do func(string, func() error)) {
		for _, c := range o.candidates {
			do(c.ticket, func() error { return c.actUntil(&o.over) })
		}
		for _, x := range o.assessors {
			do("examiner", func() error { return x.score(o.hall.sitting.ID) })
		}
		for i, sitting := range o.batches {
			officer, scheduler := o.bureau.officer.another(), o.bureau.scheduler.another()
			do("bureau", func() error {
				if err := errors.Join(officer.step(sitting.ID, "confirmation", nil), officer.reaches(sitting.ID, "confirmed")); err != nil || i%2 == 0 {
					return err
				}
				return o.bureau.issue(scheduler, o.members[sitting.ID])
			})
			round()
		}
	})
	wrote := time.Now()
	o.all("ending", func(do func(string, func() error)) {
		for i, c := range o.candidates {
			do(c.ticket, func() error {
				time.Sleep(time.Duration(c.random.IntN(800)) * time.Millisecond)
				if err := c.finish(passes(i)); err != nil {
					return err
				}
				return c.handIn()
			})
		}
		for range roundsAfter / 2 {
			round()
		}
	})
	o.all("concluding", func(do func(string, func() error)) {
		do("bureau", func() error { return o.bureau.conclude(o.hall.sitting.ID) })
		for range roundsAfter / 2 {
			round()
		}
	})
	o.Logf("%d rounds: %.1f s to prepare, %.1f s of writing, %.1f s to conclude", rounds+roundsAfter,
		prepared.Sub(o.began).Seconds(), wrote.Sub(prepared).Seconds(), time.Since(wrote).Seconds())
}

// passes reports whether a candidate of the hall answers the paper right in the end.
func passes(candidate int) bool { return candidate%6 != 5 }
