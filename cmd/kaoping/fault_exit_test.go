//go:build unix

package main

import (
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/standing"
)

const exitCandidates = 200

// TestFaultExitCutShort has a body leave while 200 candidates write, on two
// instances of which one is killed in the middle of what follows.
func TestFaultExitCutShort(t *testing.T) {
	t.Parallel()
	needServers(t)
	random := rand.New(rand.NewPCG(testSeed(t), 1))
	c := productionConfig(t.TempDir(), os.Getenv)
	c.Lease = "1s"
	h, err := seedHall(t.Context(), c, exitCandidates, quiet())
	if err != nil {
		t.Fatal(err)
	}
	built := program(t)
	var instances []*child
	candidates := h.candidates("")
	for i := range 2 {
		settings := *c
		if settings.Listen, err = freeAddress(); err != nil {
			t.Fatal(err)
		}
		instance, err := startChild(context.Background(), built, settings)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { instance.kill() })
		instances = append(instances, instance)
		for n := i; n < len(candidates); n += 2 {
			candidates[n].address = settings.Listen
		}
	}

	// They write until they are refused, or their instance is gone.
	var writing atomic.Bool
	var group sync.WaitGroup
	for _, c := range candidates {
		group.Go(func() {
			err := c.enter()
			if err == nil {
				var answer []byte
				if answer, err = c.start(); err == nil {
					err = c.take(answer)
				}
			}
			if err != nil {
				t.Errorf("candidate %d: %v", c.number, err)
				return
			}
			for writing.Store(true); c.save() == nil; {
			}
		})
	}
	for !writing.Load() {
		time.Sleep(readyEvery)
	}
	e, err := openEngines(t.Context(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	all := time.Now()
	for open := 0; open < exitCandidates && time.Since(all) < goOnFor; time.Sleep(10 * readyEvery) {
		list, err := e.store.Attempts(t.Context(), h.sitting.ID)
		if err != nil {
			t.Fatal(err)
		}
		open = len(list)
	}

	b := standing.Bar{
		ID: "exit-1", Party: standing.BodyParty(h.sitting.Body), Kind: standing.Blacklisted, Name: h.sitting.BodyName, Region: h.sitting.Region, From: e.now(),
		Rule: fault.Rule{ID: "R33"}, Reason: "多次组织作弊（演示）", Running: standing.VoidRunning,
	}
	job := outbox.Job{ID: standing.ExitJob + ":" + b.ID, Kind: standing.ExitJob, Key: b.ID, Due: e.now()}
	if err := e.store.PutBar(t.Context(), &b, audit.Entry{Stream: "bars", At: e.now(), Who: "test", What: "bar:impose"}, job); err != nil {
		t.Fatal(err)
	}
	told := func() (n int) {
		t.Helper()
		list, err := e.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: h.sitting.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			n += len(e.Notices)
		}
		return n
	}
	// Whoever does the work is killed after some, and it may be the other one.
	after := 1 + random.IntN(exitCandidates/2)
	for begun := time.Now(); told() < after && time.Since(begun) < goOnFor; {
		time.Sleep(readyEvery)
	}
	victim := random.IntN(2)
	if err := instances[victim].kill(); err != nil {
		t.Fatal(err)
	}
	cut := told()
	var sitting exam.Sitting
	for begun := time.Now(); time.Since(begun) < goOnFor; time.Sleep(10 * readyEvery) {
		if sitting, err = e.store.Sitting(t.Context(), h.sitting.ID); err != nil || sitting.ExitTold {
			break
		}
	}
	group.Wait()
	if err != nil || sitting.State != exam.Voided || !sitting.ExitTold || sitting.Exit != b.ID {
		t.Fatalf("the sitting is %s, told %t: %v", sitting.State, sitting.ExitTold, err)
	}
	t.Logf("instance %d was killed when %d of %d were told", victim, cut, exitCandidates)

	list, err := e.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: h.sitting.ID})
	if err != nil || len(list) != exitCandidates {
		t.Fatalf("%d candidates, %v", len(list), err)
	}
	for _, e := range list {
		if len(e.Notices) != 1 || e.Notices[0].Kind != exam.NoticeVoided || e.Outcome != exam.Void {
			t.Errorf("%s: %s, told %+v", e.Ticket, e.Outcome, e.Notices)
		}
	}
	for _, c := range candidates {
		attempt, err := e.store.Attempt(t.Context(), c.attempt)
		if err != nil || attempt.State != exam.Discarded {
			t.Errorf("candidate %d: the attempt is %s, %v", c.number, attempt.State, err)
		}
		stored, err := e.store.Answers(t.Context(), c.attempt)
		if err != nil {
			t.Fatal(err)
		}
		if lost := c.lost(stored); lost > 0 {
			t.Errorf("candidate %d: %d confirmed answers are lost", c.number, lost)
		}
	}
	if err := instances[1-victim].stop(); err != nil {
		t.Error(err)
	}
	if v := verifiedBy(t, built, *c); len(v.Damaged) > 0 {
		t.Errorf("%+v", v.Damaged)
	}
}
