//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/bank"
	"kaoping/certify/document"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/policies/access"
)

// How many rounds every kind of fault strikes in while candidates write, and
// in how many more they hand in and their sitting is closed, published and
// confirmed.
const (
	rounds      = 20
	roundsAfter = 4
)

const (
	ordealCandidates = hallSeats // in one room
	batchCandidates  = 3         // of each sitting whose certificates are issued in a round
)

// ordealLease is how long an instance has a job to itself. Instances are halted for longer.
const ordealLease = time.Second

// ordeal is an installation of one or two instances that people work on while faults
// strike it: candidates write and hand in, examiners score, the bureau confirms
// results, certificates are issued.
type ordeal struct {
	*testing.T
	seed      uint64
	random    *rand.Rand // of the faults; people have their own
	program   string
	config    config
	instances []*instance
	hall      hall
	batches   []exam.Sitting // published, to be confirmed one a round
	members   map[string][]string
	began     time.Time
	over      atomic.Bool  // nobody begins anything more
	calm      func() error // ends what the faults of a stage have left, nil for nothing

	unavailable atomic.Int64 // answers that asked to come again later

	candidates []*examinee
	assessors  []*assessor
	bureau     bureau
}

// instance is one server process, which is killed and started again.
type instance struct {
	*child
	settings config
	log      *os.File
}

// newInstance is an instance with an address and a log of its own, not started.
func newInstance(t *testing.T, settings config) *instance {
	t.Helper()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	settings.Listen = address
	return &instance{settings: settings, log: log}
}

// newOrdeal prepares an installation and starts so many instances.
func newOrdeal(t *testing.T, seed uint64, program string, c *config, instances int) *ordeal {
	t.Helper()
	if _, err := document.FindFonts(); err != nil {
		missing(t, "a Chinese TrueType font (deploy/fonts.sh)")
	}
	c.Lease = ordealLease.String()
	o := &ordeal{T: t, seed: seed, random: rand.New(rand.NewPCG(seed, 0)), program: program, config: *c, began: time.Now()}
	if err := o.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	var addresses []string
	for range instances {
		i := newInstance(t, o.config)
		o.instances, addresses = append(o.instances, i), append(addresses, i.settings.Listen)
		o.start(i)
		t.Cleanup(func() { o.end(i) })
	}
	o.people(addresses)
	return o
}

// prepare makes the installation: a hall whose examination has begun, and
// sittings whose results are published.
func (o *ordeal) prepare(ctx context.Context) error {
	e, err := openEngines(ctx, &o.config, quiet())
	if err != nil {
		return err
	}
	defer e.Close()
	now := time.Now()
	at := &clock{at: now}
	a, err := wire(&o.config, e, at.now, quiet())
	if err != nil {
		return err
	}
	d := &demoSeed{app: a, clock: at, people: map[string]access.Actor{}}
	if err := errors.Join(d.bodyAndStaff(ctx, now), d.bankAndPaper(ctx, now)); err != nil {
		return err
	}
	if o.hall, err = d.hall(ctx, now.Add(-10*time.Minute), ordealCandidates); err != nil {
		return err
	}
	return o.publishedBefore(ctx, d)
}

// publishedBefore makes sittings whose candidates passed, of people of the hall.
// That is what the services would have stored, without playing it.
func (o *ordeal) publishedBefore(ctx context.Context, d *demoSeed) error {
	people, err := d.store.Enrolments(ctx, exam.EnrolmentQuery{Sitting: o.hall.sitting.ID, Limit: batchCandidates})
	if err != nil {
		return err
	}
	o.members = map[string][]string{}
	for range rounds {
		sitting, full := o.hall.sitting, bank.FullMarks
		sitting.ID, sitting.Version, sitting.State, sitting.Publicised = ulid.Make().String(), 0, exam.Publicised, d.now()
		sitting.Signed = exam.Signature{By: d.people["inspector"].ID, Name: d.people["inspector"].Name, At: d.now()}
		entry := audit.Entry{Stream: "sitting/" + sitting.ID, At: d.now(), Who: access.System().ID, What: "result:publish"}
		if err := d.store.PutSitting(ctx, &sitting, entry); err != nil {
			return err
		}
		for _, e := range people {
			e.ID, e.Version, e.Sitting, e.Outcome, e.Theory, e.Practical.Mean = ulid.Make().String(), 0, sitting.ID, exam.Passed, &full, &full
			e.Ticket = e.ID
			if err := d.store.PutEnrolment(ctx, &e, entry); err != nil {
				return err
			}
			o.members[sitting.ID] = append(o.members[sitting.ID], e.ID)
		}
		o.batches = append(o.batches, sitting)
	}
	return nil
}

// people makes everybody up who works at the addresses.
func (o *ordeal) people(addresses []string) {
	transport := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * ordealCandidates}}
	o.Cleanup(transport.CloseIdleConnections)
	var n uint64
	person := func() *balanced {
		n++
		return &balanced{addresses: addresses, at: int(n) % len(addresses), http: transport, unavailable: &o.unavailable, random: rand.New(rand.NewPCG(o.seed, n))}
	}
	for i, ticket := range o.hall.tickets {
		b := person()
		o.candidates = append(o.candidates, &examinee{balanced: b, hallTicket: ticket, number: i, paper: o.hall.paper})
	}
	for i, account := range o.hall.sitting.Examiners {
		o.assessors = append(o.assessors, &assessor{balanced: person(), account: account, number: i, sheets: map[judged][]string{}})
	}
	o.bureau = bureau{invigilator: person(), inspector: person(), scheduler: person(), officer: person(), issued: map[string]string{}}
	o.all("logging in", func(do func(what string, work func() error)) {
		for _, c := range o.candidates {
			do(c.ticket, c.enter)
		}
		for i, x := range o.assessors {
			do("examiner", func() error { return x.login(fmt.Sprintf("examiner%d", i+1)) })
		}
		do("invigilator", func() error { return o.bureau.invigilator.login("invigilator1") })
		do("inspector", func() error { return o.bureau.inspector.login("inspector") })
		do("scheduler", func() error { return o.bureau.scheduler.login("scheduler") })
		do("officer", func() error { return o.bureau.officer.login("officer") })
	})
}

// all has people do something at the same time, while have goes on, and ends
// when all of them have, in calm.
func (o *ordeal) all(when string, have func(do func(what string, work func() error))) {
	o.Helper()
	var group sync.WaitGroup
	defer func() { // also when have gave up
		o.over.Store(true)
		group.Wait()
	}()
	o.over.Store(false)
	have(func(what string, work func() error) {
		group.Go(func() {
			if err := work(); err != nil {
				o.Errorf("%s, %s: %v", when, what, err)
			}
		})
	})
	o.over.Store(true)
	if o.calm != nil {
		if err := o.calm(); err != nil {
			o.Error(err)
		}
	}
	group.Wait()
	if o.Failed() {
		o.FailNow()
	}
}

func (o *ordeal) start(i *instance) {
	o.Helper()
	var err error
	if i.child, err = startLogged(context.Background(), o.program, i.settings, i.log); err != nil {
		o.Fatalf("start: %v", err)
	}
}

// end takes an instance down for good, and shows what it said when that matters.
func (o *ordeal) end(i *instance) {
	if i.child == nil {
		return
	}
	_ = i.cmd.Process.Signal(syscall.SIGCONT)
	if err := i.stop(); err != nil {
		o.Errorf("an instance ended badly: %v", err)
	}
	i.child = nil
	said, err := os.ReadFile(i.log.Name())
	if err = errors.Join(err, i.log.Close()); err != nil {
		o.Error(err)
	}
	if bytes.Contains(said, []byte("panic")) {
		o.Error("an instance has panicked")
	}
	if o.Failed() && len(said) > 0 {
		o.Logf("%s said:\n%s", i.settings.Listen, said[max(0, len(said)-4000):])
	}
}

// between is a random time.
func (o *ordeal) between(least, most time.Duration) time.Duration {
	return least + time.Duration(o.random.Int64N(int64(most-least)))
}

func (o *ordeal) sleep(least, most time.Duration) { time.Sleep(o.between(least, most)) }

// either is one of the instances.
func (o *ordeal) either() *instance { return o.instances[o.random.IntN(len(o.instances))] }

// kill ends an instance in the middle of whatever it does, or both, and starts
// them again.
func (o *ordeal) kill() {
	struck := []*instance{o.either()}
	if o.random.IntN(5) == 0 {
		struck = o.instances
	}
	for _, i := range struck {
		if err := i.child.kill(); err != nil {
			o.Fatal(err)
		}
	}
	o.sleep(0, 150*time.Millisecond)
	for _, i := range struck {
		o.start(i)
	}
}

// halt stops an instance for longer than its leases last, and lets it go on as
// if nothing had happened.
func (o *ordeal) halt() {
	process := o.either().cmd.Process
	if err := process.Signal(syscall.SIGSTOP); err != nil {
		o.Fatal(err)
	}
	o.sleep(ordealLease+200*time.Millisecond, ordealLease+800*time.Millisecond)
	if err := process.Signal(syscall.SIGCONT); err != nil {
		o.Fatal(err)
	}
}

// outage takes a server away, by shutting it down or by killing it, and brings
// it back.
func (o *ordeal) outage(s *servers, server string) {
	how := "stop"
	if o.random.IntN(2) == 0 {
		how = "kill"
	}
	s.control(how, server)
	o.sleep(0, 500*time.Millisecond)
	s.control("start", server)
}
