package storetest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
)

func sessions(t *testing.T, s Store) {
	ctx := t.Context()
	_, err := s.Session(ctx, "a")
	wantCode(t, "no session", err, fault.NotFound)
	put := func(name string, expires time.Time) access.Session {
		v := access.Session{ID: name, Account: "account-" + name, Enrolment: "enrolment-" + name, Expires: expires}
		must(t, s.PutSession(ctx, v))
		return v
	}
	put("a", at)
	a := put("a", at.Add(time.Hour)) // in the place of the first
	put("b", at.Add(-time.Millisecond))
	c := put("c", at)
	if got, err := s.Session(ctx, "a"); err != nil || got != a {
		t.Errorf("session: %+v, %v, want %+v", got, err, a)
	}
	must(t, s.DropSessions(ctx, at))
	_, err = s.Session(ctx, "b")
	wantCode(t, "an expired session", err, fault.NotFound)
	if got, err := s.Session(ctx, "c"); err != nil || got != c {
		t.Errorf("a session that expires just then: %+v, %v", got, err)
	}
	must(t, s.DropSession(ctx, "a"))
	must(t, s.DropSession(ctx, "a"))
	_, err = s.Session(ctx, "a")
	wantCode(t, "an ended session", err, fault.NotFound)
}

func counters(t *testing.T, s Store) {
	const callers, each = 32, 20
	var mu sync.Mutex
	given := map[string][]int{}
	together(callers, func(i int) {
		name := []string{"tickets", "certificates"}[i%2]
		for range each {
			n, err := s.Next(t.Context(), name)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			given[name] = append(given[name], n)
			mu.Unlock()
		}
	})
	for name, list := range given {
		slices.Sort(list)
		if len(slices.Compact(list)) != callers/2*each || list[0] != 1 {
			t.Errorf("%s: a number was given twice, or the first is not 1: %v", name, list)
		}
	}
}

func tallies(t *testing.T, s Store) {
	ctx := t.Context()
	stands := func(name string, when time.Time, n int, until time.Time) {
		t.Helper()
		if got, ends, err := s.Tally(ctx, name, when); err != nil || got != n || !ends.Equal(until) {
			t.Errorf("%s at %s: %d until %s, %v; want %d until %s", name, when, got, ends, err, n, until)
		}
	}
	count := func(name string, when, until time.Time, want int) {
		t.Helper()
		if n, err := s.CountTally(ctx, name, when, until); err != nil || n != want {
			t.Errorf("counted %d, %v, want %d", n, err, want)
		}
	}
	end, later := at.Add(time.Minute), at.Add(2*time.Minute)
	stands("a", at, 0, time.Time{})
	count("a", at, end, 1)
	count("b", at, later, 1)
	count("a", at, end, 2)
	stands("a", at, 2, end)
	stands("a", end.Add(-time.Millisecond), 2, end)
	stands("a", end, 0, time.Time{})
	count("a", end.Add(-time.Millisecond), later, 3)
	stands("a", end, 3, later)
	count("a", later, later.Add(time.Minute), 1)
	must(t, s.DropTallies(ctx, later.Add(time.Millisecond)))
	stands("b", at, 0, time.Time{})
	stands("a", later, 1, later.Add(time.Minute))
	must(t, s.DropTally(ctx, "a"))
	must(t, s.DropTally(ctx, "a"))
	stands("a", later, 0, time.Time{})
}

func talliesTogether(t *testing.T, s Store) {
	const callers = 64
	_, err := s.CountTally(t.Context(), "a", at, at.Add(time.Minute))
	must(t, err)
	now := at.Add(time.Hour) // what was counted is over: one of them begins anew
	var mu sync.Mutex
	var given []int
	together(callers, func(int) {
		n, err := s.CountTally(t.Context(), "a", now, now.Add(time.Minute))
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		given = append(given, n)
		mu.Unlock()
	})
	slices.Sort(given)
	if len(slices.Compact(given)) != callers || given[0] != 1 {
		t.Errorf("counted %v", given)
	}
}

func endedContextOfRecords(t *testing.T, s Store) {
	a := begin(t, s, 1)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	v, e, list := sitting(1), entry("stream", "sitting/"+id(1), "sitting:draft"), []bank.Item{item(1)}
	for what, err := range map[string]error{
		"PutSitting":  s.PutSitting(ended, &v, e),
		"AddItems":    s.AddItems(ended, list, e),
		"PutSession":  s.PutSession(ended, access.Session{ID: "a", Expires: at}),
		"FinishJob":   s.FinishJob(ended, outbox.Job{ID: "a"}),
		"SaveAnswers": second(s.SaveAnswers(ended, save(a, 1, map[string]int{"q001": 1}))),
		"Next":        second(s.Next(ended, "counter")),
		"ClaimJobs":   second(s.ClaimJobs(ended, at, at, 1)),
		"Jobs":        second(s.Jobs(ended, outbox.Query{})),
		"CountJobs":   second(s.CountJobs(ended, at)),
		"ReviveJob":   s.ReviveJob(ended, "a", at, e),
		"Sitting":     second(s.Sitting(ended, id(1))),
		"Sittings":    second(s.Sittings(ended, exam.SittingQuery{})),
		"CountItems":  second(s.CountItems(ended, bank.ItemQuery{})),
		"Answers":     second(s.Answers(ended, a.ID)),
		"Lease":       second(s.Lease(ended, a.ID)),
		"Session":     second(s.Session(ended, "a")),
		"Entries":     second(s.Entries(ended, "stream", 0, 1)),
	} {
		wantCode(t, what, err, fault.Unavailable)
	}
	for _, err := range s.Streams(ended) {
		wantCode(t, "Streams", err, fault.Unavailable)
	}
	for _, err := range s.Objects(ended) {
		wantCode(t, "Objects", err, fault.Unavailable)
	}

	ctx := t.Context()
	_, err := s.Sitting(ctx, id(1))
	wantCode(t, "the sitting that was not stored", err, fault.NotFound)
	if got, err := s.Answers(ctx, a.ID); err != nil || len(got) != 0 {
		t.Errorf("answers that were not stored: %+v, %v", got, err)
	}
	if n, err := s.Next(ctx, "counter"); err != nil || n != 1 {
		t.Errorf("the counter: %d, %v, want 1", n, err)
	}
	checkAudit(t, s, map[string]int{"attempt/" + a.ID: 1})
}

func second[T any](_ T, err error) error { return err }
