//go:build unix

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// rollingCandidates is how many write during a rolling restart.
const rollingCandidates = 12

// witness sends requests to the balancer over TLS, and remembers what was not
// answered as it should be.
type witness struct {
	http.RoundTripper
	mu     sync.Mutex
	failed []string
	asked  int
}

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme = "https"
	response, err := w.RoundTripper.RoundTrip(r)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	switch {
	case err != nil:
		w.failed = append(w.failed, fmt.Sprintf("%s %s: %v", r.Method, r.URL.Path, err))
	case response.StatusCode >= 400 && response.StatusCode != http.StatusConflict: // an older save gives way to a newer one
		w.failed = append(w.failed, fmt.Sprintf("%s %s: %s", r.Method, r.URL.Path, response.Status))
	}
	return response, err
}

// seen returns how many requests there were since the last time, and which failed.
func (w *witness) seen() (asked int, failed []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	asked, failed = w.asked, w.failed
	w.asked, w.failed = 0, nil
	return asked, failed
}

// productionSample is the settings of deploy/kaoping.yaml, on the servers that
// the tests have.
func productionSample(t *testing.T) *config {
	t.Helper()
	own := productionConfig(t.TempDir(), os.Getenv)
	paperKey := filepath.Join(own.Data, "paper.key")
	if err := os.WriteFile(paperKey, []byte(own.PaperKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(own.Data, "kaoping.yaml")
	text := sample(t, "kaoping.yaml", "/etc/kaoping/paper.key", paperKey, "/var/lib/kaoping", own.Data, "10.20.0.10", "127.0.0.1",
		"https://s3.example.gov.cn", own.S3Endpoint, "mongo_database: kaoping", "mongo_database: "+own.MongoDatabase, "s3_bucket: kaoping", "s3_bucket: "+own.S3Bucket)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig(file, []string{"KAOPING_KEY=" + own.Key, "KAOPING_MONGO_URI=" + own.MongoURI, "KAOPING_S3_ACCESS_KEY=" + own.S3AccessKey, "KAOPING_S3_SECRET_KEY=" + own.S3SecretKey})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestRollingRestart restarts both instances behind nginx, with the samples of
// deploy/, while people work on them: nobody notices. Then it kills one: no
// confirmed answer is lost.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	needServers(t)
	c, binary := productionSample(t), program(t)
	began := time.Now()
	h, err := seedHall(t.Context(), c, rollingCandidates, quiet())
	if err != nil {
		t.Fatal(err)
	}
	o := &ordeal{T: t, program: binary, config: *c, random: rand.New(rand.NewPCG(testSeed(t), 0))}
	for range 2 {
		i := newInstance(t, o.config)
		o.instances = append(o.instances, i)
		o.start(i)
		t.Cleanup(func() {
			if i.child != nil {
				i.kill()
			}
		})
	}
	b := newBalancer(t, o.instances[0].settings.Listen, o.instances[1].settings.Listen)
	w := &witness{RoundTripper: b.transport()}
	n := uint64(0)
	person := func() *balanced {
		n++
		return &balanced{addresses: []string{exampleHost}, http: &http.Client{Transport: w, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, random: rand.New(rand.NewPCG(n, 0)), unavailable: &o.unavailable}
	}
	for i, ticket := range h.tickets {
		o.candidates = append(o.candidates, &examinee{balanced: person(), hallTicket: ticket, number: i, paper: h.paper})
	}
	officer := person()
	if r, err := officer.must("POST", "/api/v1/login", map[string]string{"login": "officer", "password": demoPassword}); err != nil || !strings.Contains(r.header.Get("Set-Cookie"), "; Secure") {
		t.Fatal(r.header, err)
	}
	for _, c := range o.candidates {
		if err := c.enter(); err != nil {
			t.Fatal(err)
		}
	}
	listener := &listener{examinee: o.candidates[0], http: &http.Client{Transport: w}}
	work := func(do func(string, func() error)) {
		for _, c := range o.candidates {
			do(c.ticket, func() error { return c.actUntil(&o.over) })
		}
		do("event stream", func() error { return listener.until(&o.over) })
		do("officer", func() error {
			for !o.over.Load() {
				if _, err := officer.must("GET", "/api/v1/sittings/"+h.sitting.ID, nil); err != nil {
					return err
				}
				if _, _, err := officer.another().ask("POST", "/language", nil); err != nil { // a form that nginx may not repeat
					return err
				}
				time.Sleep(5 * time.Millisecond)
			}
			return nil
		})
		do("who comes anew", func() error {
			for !o.over.Load() {
				if err := person().login("scheduler"); err != nil {
					return err
				}
				time.Sleep(100 * time.Millisecond)
			}
			return nil
		})
	}

	t.Logf("%.1f s to prepare", time.Since(began).Seconds())
	o.all("a rolling restart", func(do func(string, func() error)) {
		work(do)
		for _, i := range o.instances {
			if err := i.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			<-i.ended
			if i.result != nil {
				t.Errorf("an instance ended badly: %v", i.result)
			}
			o.start(i)
		}
		time.Sleep(time.Second)
	})
	asked, failed := w.seen()
	if len(failed) > 0 {
		t.Errorf("%d of %d requests noticed the restart: %s", len(failed), asked, strings.Join(failed[:min(len(failed), 20)], "\n"))
	}
	if listener.opened < 2 {
		t.Errorf("the event stream was opened %d times: it was to be cut and come again", listener.opened)
	}
	t.Logf("%d requests, %d event streams, the slowest first event after %s", asked, listener.opened, listener.slowest)

	o.all("a kill", func(do func(string, func() error)) {
		work(do)
		time.Sleep(300 * time.Millisecond)
		if err := o.instances[0].kill(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		o.start(o.instances[0])
		time.Sleep(300 * time.Millisecond)
	})
	asked, failed = w.seen()
	t.Logf("%d requests, %d noticed the kill: %v", asked, len(failed), failed[:min(len(failed), 20)])

	e, err := openEngines(context.Background(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, c := range o.candidates {
		stored, err := e.store.Answers(t.Context(), c.attempt)
		if err == nil {
			err = c.compare(stored, true)
		}
		if err != nil {
			t.Errorf("%s: %v", c.ticket, err)
		}
	}
}

// listener holds a candidate's event stream open.
type listener struct {
	*examinee
	http    *http.Client
	opened  int
	slowest time.Duration // from asking to the first event
}

// until listens, and connects again whenever the stream ends, as browsers do.
func (l *listener) until(over *atomic.Bool) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		for !over.Load() {
			time.Sleep(10 * time.Millisecond)
		}
		stop()
	}()
	for !over.Load() {
		if err := l.listen(ctx); err != nil && !over.Load() {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil
}

func (l *listener) listen(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, "GET", "http://"+exampleHost+"/api/v1/attempts/"+l.attempt+"/events?lease="+l.lease, nil)
	if err != nil {
		return err
	}
	asked := time.Now()
	response, err := l.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil // the witness has it
	}
	lines := bufio.NewScanner(response.Body)
	if !lines.Scan() || lines.Text() != "event: clock" {
		return fmt.Errorf("the event stream begins with %q: %w", lines.Text(), errors.Join(lines.Err(), io.ErrUnexpectedEOF))
	}
	l.opened++
	if took := time.Since(asked); took > l.slowest {
		l.slowest = took
	}
	if l.slowest > time.Second {
		return fmt.Errorf("the first event came after %s", l.slowest)
	}
	for lines.Scan() {
	}
	return nil // cut, or ended
}
