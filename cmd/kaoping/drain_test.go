package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kaoping/internal/web"
)

// TestStoppingServerFinishesWhatIsUnderWay sends SIGTERM to the program in the
// middle of an examination: for a while it goes on saving and begins nothing,
// then it ends, and what it confirmed is stored.
func TestStoppingServerFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	const candidates, newcomers = 60, 2
	k := &killTest{T: t, program: program(t), data: t.TempDir()}
	h, err := seedHall(t.Context(), testConfig(k.data), candidates+newcomers, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if k.address, err = freeAddress(); err != nil {
		t.Fatal(err)
	}
	if k.server, err = startChild(context.Background(), k.program, config{Data: k.data, Listen: k.address, Drain: "12s"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.server.kill() })
	k.candidates = h.candidates(k.address)
	for _, c := range k.candidates[:candidates] {
		answer, err := []byte(nil), c.enter()
		if err == nil {
			answer, err = c.start()
		}
		if err == nil {
			err = c.take(answer)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	outside, inside := k.candidates[candidates].hallTicket, newcomer(t, k.address)
	ticket := map[string]string{"ticket": k.candidates[candidates+1].ticket, "last_six": k.candidates[candidates+1].lastSix, "code": k.candidates[candidates+1].code}
	if r := inside.post("/api/v1/room/login", ticket); r.status >= 300 {
		t.Fatal(r.status, r.body)
	}
	k.candidates = k.candidates[:candidates]

	var confirmed atomic.Int64
	var enough atomic.Bool // is proved: the rest of the time may pass in peace
	var flood sync.WaitGroup
	for _, c := range k.candidates {
		flood.Go(func() {
			for {
				err := c.save()
				var refused *refusal
				if errors.As(err, &refused) {
					t.Errorf("candidate %d: %v", c.number, err)
				}
				if err != nil {
					return // nobody listens any more
				}
				confirmed.Add(1)
				if enough.Load() {
					time.Sleep(100 * time.Millisecond)
				}
			}
		})
	}
	reach := func(n int64) {
		t.Helper()
		for confirmed.Load() < n {
			select {
			case <-k.server.ended:
				t.Fatalf("the server ended after %d saves, want %d: %v", confirmed.Load(), n, k.server.result)
			case <-time.After(time.Millisecond):
			}
		}
	}
	reach(500)
	if err := k.server.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for newcomer(t, k.address).get("/readyz").status != http.StatusServiceUnavailable {
	}
	for who, r := range map[string]apiReply{
		"the start of who is inside": inside.post("/api/v1/attempts", map[string]string{}),
		"the door for the other":     newcomer(t, k.address).post("/api/v1/room/login", ticket),
	} {
		r.refused(t, http.StatusServiceUnavailable, "unavailable")
		if r.header.Get("Retry-After") == "" {
			t.Errorf("%s: %v", who, r.header)
		}
	}
	form := url.Values{"ticket": {outside.ticket}, "last_six": {outside.lastSix}, "code": {outside.code}}
	request, err := http.NewRequest(http.MethodPost, "http://"+k.address+"/room", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if r := newcomer(t, k.address).send(request); r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" || !strings.Contains(r.body, "本服务器正在停机") || !strings.Contains(r.body, outside.ticket) {
		t.Errorf("the door's page: %d %v %s", r.status, r.header, r.body)
	}
	reach(confirmed.Load() + 500) // saves go on
	enough.Store(true)

	flood.Wait()
	<-k.server.ended
	if k.server.result != nil {
		t.Errorf("the server ended badly: %v", k.server.result)
	}
	k.compare()
	t.Logf("%d saves confirmed", confirmed.Load())
}

// newcomer is a client whose next request opens a connection.
func newcomer(t *testing.T, address string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t, "http://" + address, &http.Client{Jar: jar, Timeout: callLimit, Transport: &http.Transport{DisableKeepAlives: true}}}
}

// TestStartWaitsForTheNextServer has a candidate open the paper while the server
// leaves: the page says so and goes on by itself at the server that takes over.
func TestStartWaitsForTheNextServer(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, enrolments := a.runningSitting(t, 1)
	var serving atomic.Pointer[web.Server]
	balancer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serving.Load().ServeHTTP(w, r) }))
	t.Cleanup(balancer.Close)
	a.url = balancer.URL
	takeOver := func() *web.Server {
		server, err := a.web(a.config, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Drain)
		serving.Store(server)
		return server
	}
	leaving := takeOver()
	a.clock.set(sitting.StartsAt.Add(-time.Minute))
	c := a.seat(startChrome(t), a.paper, enrolments[0])
	c.enter(sitting.Rooms[0].Code)
	c.sees("#countdown")
	leaving.Leave()
	a.clock.set(sitting.StartsAt)
	c.open("/room/exam")
	c.sees("#notice[data-kind=busy]", "服务器暂时不能打开试卷", "本服务器正在停机", "本页会自动重试")
	takeOver()
	c.sees("#stage .stem")
	c.answerOn(1)
	c.stored()
}

// TestDrainTime: nobody waits in front of one computer; a balancer has time to notice.
func TestDrainTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config config
		want   time.Duration
		sound  bool
	}{
		{config{}, 0, true},
		{config{MongoURI: "mongodb://db/"}, 5 * time.Second, true},
		{config{MongoURI: "mongodb://db/", Drain: "0s"}, 0, true},
		{config{Drain: "1m30s"}, 90 * time.Second, true},
		{config{Drain: "-1s"}, 0, false},
		{config{Drain: "5"}, 0, false},
	} {
		if got, err := c.config.drain(); got != c.want || (err == nil) != c.sound {
			t.Errorf("%+v: %s, %v", c.config, got, err)
		}
	}
}
