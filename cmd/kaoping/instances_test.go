package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// instances runs a test with two instances of an installation, on either
// engine. Another is a third one, or one of them after a restart.
func instances(t *testing.T, test func(t *testing.T, one, two *testApp, another func() *testApp)) {
	for engine, begin := range map[string]func(*testing.T) *testApp{"embedded": newApp, "production": newProductionApp} {
		t.Run(engine, func(t *testing.T) {
			one := begin(t)
			another := func() *testApp { return openAppWith(t, one.config, one.clock.now()) }
			test(t, one, another(), another)
		})
	}
}

func TestWrongTriesCountOnAllInstances(t *testing.T) {
	t.Parallel()
	instances(t, func(t *testing.T, one, two *testApp, another func() *testApp) {
		wrong := func(name string) map[string]string { return map[string]string{"login": name, "password": "wrong"} }
		right := map[string]string{"login": "officer", "password": demoPassword}
		for _, name := range []string{"officer", "nobody-at-all"} { // a lock does not tell who is there
			for i := range access.GuessesFree {
				[]*testApp{one, two}[i%2].client(t).post("/api/v1/login", wrong(name)).refused(t, http.StatusUnauthorized, "unauthenticated")
			}
			for _, a := range []*testApp{one, two, another()} {
				a.client(t).post("/api/v1/login", wrong(name)).refused(t, http.StatusTooManyRequests, "throttled")
			}
		}
		two.client(t).post("/api/v1/login", right).refused(t, http.StatusTooManyRequests, "throttled")
		two.as(t, "scheduler") // nobody else is locked
		two.clock.set(one.clock.now().Add(access.LockFor))
		if err := two.accounts.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
		two.client(t).post("/api/v1/login", right).ok(t, http.StatusNoContent)
	})
}

// TestABurstOfTriesIsFive has many tries at one candidate's ID number at once:
// on each instance they are looked at in turn, so that each but the first five
// finds the lock, or the one that another instance looks at beside it.
func TestABurstOfTriesIsFive(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 1)
	two := openAppWith(t, a.config, a.clock.now())
	const tries = 60
	answers := make(chan int, tries)
	for i := range tries {
		go func() {
			in := map[string]string{"ticket": list[0].Ticket, "last_six": fmt.Sprintf("%06d", i), "code": sitting.Rooms[0].Code}
			answers <- []*testApp{a, two}[i%2].client(t).post("/api/v1/room/login", in).status
		}()
	}
	counts := map[int]int{}
	for range tries {
		counts[<-answers]++
	}
	if wrong := counts[http.StatusUnauthorized]; wrong < access.GuessesFree || wrong > access.GuessesFree+1 || wrong+counts[http.StatusTooManyRequests] != tries {
		t.Error(counts)
	}
}

func TestComplaintsAreCountedOnAllInstances(t *testing.T) {
	t.Parallel()
	instances(t, func(t *testing.T, one, two *testApp, another func() *testApp) {
		in := map[string]any{"region": demoCounty, "title": "代考", "text": "有人代考"}
		for i := range 5 {
			[]*testApp{one, two}[i%2].client(t).post("/api/v1/complaints", in).ok(t, http.StatusCreated)
		}
		for _, a := range []*testApp{one, two, another()} {
			a.client(t).post("/api/v1/complaints", in).refused(t, http.StatusTooManyRequests, "throttled")
		}
		two.clock.set(one.clock.now().Add(time.Hour))
		two.client(t).post("/api/v1/complaints", in).ok(t, http.StatusCreated)
	})
}

func TestABodyAppliesOnceAtATime(t *testing.T) {
	t.Parallel()
	instances(t, func(t *testing.T, one, two *testApp, _ func() *testApp) {
		const many = 16
		failed := make(chan error, many)
		for i := range many {
			go func() {
				_, err := []*testApp{one, two}[i%2].standing.Apply(t.Context(), access.System(), standing.Application{Kind: standing.ToWithdraw, Body: one.body.ID})
				failed <- err
			}()
		}
		in := 0
		for range many {
			if err := <-failed; err == nil {
				in++
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		}
		if in != 1 {
			t.Errorf("%d applications are open", in)
		}
	})
}
