//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/bank"
	"kaoping/certify"
	"kaoping/certify/document"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// How many people ask for certificates at the same time, and for how many of
// each of the six types.
const (
	mixIssuers = 64
	mixEach    = 40
)

// TestMixUnderFire has 64 people at once ask for certificates of all types,
// others revoke them, and instances end in the middle of it. Replayed from the
// audit stream the cap of the city is never passed and nobody overtakes; no
// certificate is lost, and none has two numbers.
func TestMixUnderFire(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	if _, err := document.FindFonts(); err != nil {
		missing(t, "a Chinese TrueType font (deploy/fonts.sh)")
	}
	seed, program := testSeed(t), program(t)
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		newSkirmish(t, seed, program, testConfig(t.TempDir()), 1).fight()
	})
	t.Run("mongo", func(t *testing.T) {
		t.Parallel()
		needServers(t)
		newSkirmish(t, seed, program, productionConfig(t.TempDir(), os.Getenv), 2).fight()
	})
}

// skirmish is an installation whose people all want a certificate.
type skirmish struct {
	*testing.T
	random    *rand.Rand
	program   string
	config    *config
	instances []*instance
	wanted    []string // enrolments
	cookie    string

	mu       sync.Mutex
	answered map[string]string // number by enrolment, "" for one that waits
	revoked  []string
}

func newSkirmish(t *testing.T, seed uint64, program string, c *config, instances int) *skirmish {
	c.Lease = "1s"
	s := &skirmish{T: t, random: rand.New(rand.NewPCG(seed, 7)), program: program, config: c, answered: map[string]string{}}
	s.aside(s.prepare)
	for range instances {
		i := newInstance(t, *c)
		s.instances = append(s.instances, i)
		s.start(i)
		t.Cleanup(func() { i.child.kill() })
	}
	return s
}

func (s *skirmish) start(i *instance) {
	s.Helper()
	var err error
	if i.child, err = startLogged(context.Background(), s.program, i.settings, i.log); err != nil {
		s.Fatal(err)
	}
}

// aside opens the installation in this process, while no other has it to itself.
func (s *skirmish) aside(do func(context.Context, *demoSeed) error) {
	s.Helper()
	e, err := openEngines(s.Context(), s.config, quiet())
	if err != nil {
		s.Fatal(err)
	}
	defer e.Close()
	at := &clock{at: time.Now()}
	a, err := wire(s.config, e, e.now, quiet())
	if err != nil {
		s.Fatal(err)
	}
	if err := do(s.Context(), &demoSeed{app: a, clock: at, people: map[string]access.Actor{}}); err != nil {
		s.Fatal(err)
	}
}

// prepare makes confirmed sittings of every track with people who passed. That
// is what the services would have stored, without playing it.
func (s *skirmish) prepare(ctx context.Context, d *demoSeed) error {
	d.now = d.clock.now
	a, err := wire(s.config, d.engines, d.clock.now, quiet())
	if err != nil {
		return err
	}
	d.app = a
	if err := d.bodyAndStaff(ctx, time.Now()); err != nil {
		return err
	}
	if err := d.bankAndPaper(ctx, time.Now()); err != nil {
		return err
	}
	hall, err := d.hall(ctx, time.Now().Add(-10*time.Minute), 1)
	if err != nil {
		return err
	}
	people, err := d.store.Enrolments(ctx, exam.EnrolmentQuery{Sitting: hall.sitting.ID})
	if err != nil {
		return err
	}
	body, err := d.store.Body(ctx, d.body.ID)
	if err != nil {
		return err
	}
	for i := range body.Scopes {
		body.Scopes[i].Tracks = slices.Clone(rulebook.Tracks)
	}
	entry := audit.Entry{Stream: "body/" + body.ID, At: time.Now(), Who: access.System().ID, What: "body:file"}
	if err := d.store.PutBody(ctx, &body, entry); err != nil {
		return err
	}
	for _, track := range rulebook.Tracks {
		sitting, full := hall.sitting, bank.FullMarks
		sitting.ID, sitting.Version, sitting.State, sitting.Track = ulid.Make().String(), 0, exam.Confirmed, track
		entry := audit.Entry{Stream: "sitting/" + sitting.ID, At: time.Now(), Who: access.System().ID, What: "result:confirm"}
		if err := d.store.PutSitting(ctx, &sitting, entry); err != nil {
			return err
		}
		for n := range mixEach {
			e := people[0]
			e.ID, e.Version, e.Sitting, e.Outcome, e.Theory, e.Practical.Mean = ulid.Make().String(), 0, sitting.ID, exam.Passed, &full, &full
			e.Ticket, e.IDHash = e.ID, fmt.Sprintf("person-%d", n)
			if err := d.store.PutEnrolment(ctx, &e, entry); err != nil {
				return err
			}
			s.wanted = append(s.wanted, e.ID)
		}
	}
	s.random.Shuffle(len(s.wanted), func(i, j int) { s.wanted[i], s.wanted[j] = s.wanted[j], s.wanted[i] })
	return nil
}

func (s *skirmish) fight() {
	s.Helper()
	work, over := make(chan string), make(chan struct{})
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: mixIssuers}}
	s.login(client)
	var group sync.WaitGroup
	for i := range mixIssuers {
		group.Go(func() {
			for id := range work {
				s.issue(client, i, id)
			}
		})
	}
	go func() {
		for i, id := range s.wanted {
			work <- id
			if i%5 == 0 {
				work <- id // twice, from two people
			}
		}
		close(work)
		group.Wait()
		close(over)
	}()
	kills := 0
	for begun := time.Now(); ; kills++ {
		select {
		case <-over:
		case <-time.After(time.Duration(300+s.random.IntN(500)) * time.Millisecond):
			s.strike()
			if time.Since(begun) < 10*time.Minute {
				continue
			}
			s.Fatal("there is no end of it")
		}
		break
	}
	s.quiet()
	for _, i := range s.instances {
		if err := i.child.stop(); err != nil {
			s.Error(err)
		}
	}
	s.aside(s.judge)
	if v := verifiedBy(s.T, s.program, *s.config); len(v.Damaged) > 0 {
		s.Errorf("%+v", v.Damaged)
	}
	s.Logf("%d kills, %d revocations", kills, len(s.revoked))
}

// strike ends an instance in the middle of whatever it does, or all, revokes
// some certificates, and starts it again.
func (s *skirmish) strike() {
	s.Helper()
	struck := s.instances[:1+s.random.IntN(len(s.instances))]
	if s.random.IntN(2) == 0 {
		struck = s.instances[len(s.instances)-1:]
	}
	for _, i := range struck {
		if err := i.child.kill(); err != nil {
			s.Fatal(err)
		}
	}
	var numbers []string
	s.mu.Lock()
	for id, number := range s.answered {
		if number != "" && !slices.Contains(s.revoked, id) && len(numbers) < 3 {
			numbers = append(numbers, id)
		}
	}
	s.revoked = append(s.revoked, numbers...)
	s.mu.Unlock()
	s.aside(func(ctx context.Context, d *demoSeed) error {
		for _, id := range numbers {
			e, err := d.store.Enrolment(ctx, id)
			if err != nil {
				return err
			}
			e.Outcome = exam.Void
			if err := d.store.PutEnrolment(ctx, &e, testEntry(time.Now())); err != nil {
				return err
			}
			if err := d.certify.RevokeOf(ctx, id, "case"); err != nil {
				return err
			}
		}
		return nil
	})
	for _, i := range struck {
		s.start(i)
	}
}

func (s *skirmish) login(client *http.Client) {
	s.Helper()
	raw, _ := json.Marshal(map[string]string{"login": "scheduler", "password": demoPassword})
	response, err := client.Post("http://"+s.instances[0].settings.Listen+"/api/v1/login", "application/json", strings.NewReader(string(raw)))
	if err != nil {
		s.Fatal(err)
	}
	response.Body.Close()
	for _, c := range response.Cookies() {
		s.cookie = c.Name + "=" + c.Value
	}
}

// issue asks for a certificate until an instance answers.
func (s *skirmish) issue(client *http.Client, person int, id string) {
	for tries := person; ; tries++ {
		if tries > person+2000 {
			s.Errorf("%s: no answer", id)
			return
		}
		at := s.instances[tries%len(s.instances)].settings.Listen
		request, _ := http.NewRequest(http.MethodPost, "http://"+at+"/api/v1/enrolments/"+id+"/certificate", nil)
		request.Header.Set("Cookie", s.cookie)
		request.Header.Set("Content-Type", "application/json")
		response, err := client.Do(request)
		if err != nil {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		raw, err := io.ReadAll(response.Body)
		response.Body.Close()
		var c struct{ Number, State string }
		if err != nil || response.StatusCode != http.StatusOK {
			if err == nil && !slices.Contains(busy, response.StatusCode) {
				s.Errorf("%s: %d %s", id, response.StatusCode, raw)
				return
			}
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			s.Error(err)
		}
		s.mu.Lock()
		if before := s.answered[id]; before != "" && before != c.Number {
			s.Errorf("%s has two numbers, %s and %s", id, before, c.Number)
		}
		s.answered[id] = c.Number
		s.mu.Unlock()
		return
	}
}

// quiet waits until the instances have nothing more to do.
func (s *skirmish) quiet() {
	s.Helper()
	look := &http.Client{Timeout: 5 * time.Second}
	for begun := time.Now(); time.Since(begun) < 5*time.Minute; time.Sleep(300 * time.Millisecond) {
		response, err := look.Get("http://" + s.instances[0].settings.Listen + "/metrics")
		if err != nil {
			continue
		}
		raw, _ := io.ReadAll(response.Body)
		response.Body.Close()
		left := false
		for _, state := range outbox.States {
			left = left || !strings.Contains(string(raw), fmt.Sprintf("kaoping_outbox_jobs{state=%q} 0\n", state))
		}
		if !left {
			return
		}
	}
	s.Error("work is left after five minutes")
}

// judge replays the audit stream of the mix, and looks that everybody has
// exactly what was answered, or waits.
func (s *skirmish) judge(ctx context.Context, d *demoSeed) error {
	city := d.book.City(demoCounty)
	at := map[int]string{} // who has joined at a place
	waits, releases, tail := 0, 0, 0
	for stream, err := range d.store.Streams(ctx) {
		if err != nil {
			return err
		}
		if !strings.HasPrefix(stream, "mix/"+city) {
			continue
		}
		list, err := d.store.Entries(ctx, stream, 0, 1_000_000)
		if err != nil {
			return err
		}
		head := 0
		for _, e := range list {
			var n struct {
				track, enrolment, limit        string
				place, capped, all, head, tail int
			}
			if _, err := fmt.Sscanf(strings.ReplaceAll(e.Note, "= ", "=- "), "track=%s enrolment=%s place=%d capped=%d all=%d head=%d tail=%d cap=%s",
				&n.track, &n.enrolment, &n.place, &n.capped, &n.all, &n.head, &n.tail, &n.limit); err != nil {
				return fmt.Errorf("%s %q: %w", e.What, e.Note, err)
			}
			capped := certify.Capped(rulebook.Track(n.track))
			switch {
			case capped && (e.What == "mix:count" || e.What == "mix:release") && (n.limit != "1000" || 10*n.capped > n.all):
				s.Errorf("entry %d passes the cap: %s %s", e.Seq, e.What, e.Note)
			case capped && e.What == "mix:count" && n.head != n.tail:
				s.Errorf("entry %d overtakes: %s", e.Seq, e.Note)
			case e.What == "mix:wait":
				if waits++; n.place != tail+1 || n.tail != n.place {
					s.Errorf("entry %d joins at %d after %d", e.Seq, n.place, tail)
				}
				tail, at[n.place] = n.place, n.enrolment
			case e.What == "mix:release":
				if releases++; n.place != head+1 || n.enrolment != at[n.place] {
					s.Errorf("entry %d releases place %d after %d to %s, who waited there was %s", e.Seq, n.place, head, n.enrolment, at[n.place])
				}
			}
			head = n.head
		}
	}
	if waits < 10 || releases < 3 {
		s.Errorf("%d waited and %d were released: too few to have shown anything", waits, releases)
	}
	numbers, waiting := map[string]bool{}, 0
	for _, id := range s.wanted {
		c, err := d.store.CertificateOf(ctx, id)
		if err != nil {
			w, waits := d.store.WaitingOf(ctx, id)
			if waits != nil || w.State != certify.InQueue {
				s.Errorf("%s has neither a certificate nor a place: %v, %+v %v", id, err, w, waits)
			}
			waiting++
			continue
		}
		if known := s.answered[id]; known != "" && known != c.Number || numbers[c.Number] {
			s.Errorf("%s has the number %s, and was told %s", id, c.Number, known)
		}
		numbers[c.Number] = true
		if want := slices.Contains(s.revoked, id); want != (c.State == certify.Revoked) || !want && c.State != certify.Issued {
			s.Errorf("%s is %s, revoked: %v", c.Number, c.State, want)
		}
	}
	s.Logf("%d waited, %d were released, %d still wait of %d", waits, releases, waiting, len(s.wanted))
	return nil
}
