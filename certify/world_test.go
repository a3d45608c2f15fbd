package certify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/internal/typeset"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// world is a store of plain maps with everything that issuing asks for around
// it. A process of it ends at a write when the test says so: before it or after.
type world struct {
	now          time.Time
	book         *rulebook.Book
	mixes        map[string]string // JSON, as an engine keeps it
	waitings     map[string]string
	certificates map[string]string
	counters     map[string]int
	jobs         map[string]outbox.Job
	entries      []audit.Entry
	enrolments   map[string]exam.Enrolment
	sittings     map[string]exam.Sitting
	barred       map[string]bool // by party
	crash        int             // writes until the process ends; 0: never
	after        bool            // the write that it ends at is stored
	seen         func(Mix, audit.Entry)
}

var errCrash = errors.New("the process has ended")

const city = "410400"

// openBook reads the shipped rulebook once for all worlds, and openPolicy the policy.
var openBook = sync.OnceValues(rulebook.Open)

var openPolicy = sync.OnceValues(func() (*access.Policy, error) {
	book, err := openBook()
	if err != nil {
		return nil, err
	}
	return access.Open(book.Lineage, time.Now)
})

func newWorld(t testing.TB) *world {
	book, err := openBook()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		now: time.Date(2026, time.March, 2, 9, 0, 0, 0, rulebook.Shanghai), book: book,
		mixes: map[string]string{}, waitings: map[string]string{}, certificates: map[string]string{}, counters: map[string]int{},
		jobs: map[string]outbox.Job{}, enrolments: map[string]exam.Enrolment{}, sittings: map[string]exam.Sitting{}, barred: map[string]bool{},
	}
	for _, region := range []string{"410423", "410411", "411202", "411400", "141025"} {
		for _, track := range rulebook.Tracks {
			id := region + "-" + string(track)
			w.sittings[id] = exam.Sitting{ID: id, Body: "body-" + region, BodyName: "示例机构", Region: region, Site: "site-1", Trade: "6-31-01-03", Level: rulebook.SeniorWorker, Track: track, State: exam.Confirmed, StartsAt: w.now}
		}
	}
	return w
}

// service is a new process of the world.
func (w *world) service(t testing.TB) *Service {
	policy, err := openPolicy()
	if err != nil {
		t.Fatal(err)
	}
	return &Service{
		Store: w, Exams: w, Bodies: w, Gate: w, Bars: w, Policy: policy, Book: w.book, Now: w.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Fonts: func() (*typeset.Fonts, error) {
			return nil, fault.New(fault.Unavailable, "test", "no documents are made here")
		},
	}
}

func (w *world) Now() time.Time { return w.now }

// enrol adds somebody who passed a sitting.
func (w *world) enrol(id, region string, track rulebook.Track) exam.Enrolment {
	e := exam.Enrolment{ID: id, Version: 1, Sitting: region + "-" + string(track), Body: "body-" + region, Region: region, Name: "陈示例", IDHash: "person-" + id, Outcome: exam.Passed}
	w.enrolments[id] = e
	return e
}

// write is one write of a process, or its end.
func (w *world) write(do func() error) error {
	if w.crash > 0 {
		if w.crash--; w.crash == 0 {
			if w.after {
				_ = do()
			}
			return errCrash
		}
	}
	return do()
}

func put[T any](w *world, into map[string]string, id string, v *T, version func(*T) *int, e audit.Entry, jobs []outbox.Job) error {
	return w.write(func() error {
		stored := 0
		if raw, ok := into[id]; ok {
			var old T
			if err := json.Unmarshal([]byte(raw), &old); err != nil {
				return err
			}
			stored = *version(&old)
		}
		if stored != *version(v) {
			return fault.New(fault.Conflict, "world", "somebody has changed this meanwhile: read it again")
		}
		*version(v)++
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		into[id] = string(raw)
		w.entries = append(w.entries, e)
		for _, j := range jobs {
			w.jobs[j.ID] = j
		}
		return nil
	})
}

func get[T any](from map[string]string, id string) (v T, err error) {
	raw, ok := from[id]
	if !ok {
		return v, fault.New(fault.NotFound, "world", "there is no such certificate")
	}
	return v, json.Unmarshal([]byte(raw), &v)
}

func all[T any](from map[string]string) (list []T) {
	for id := range from {
		v, err := get[T](from, id)
		if err != nil {
			panic(err)
		}
		list = append(list, v)
	}
	return list
}

func (w *world) Certificate(_ context.Context, number string) (Certificate, error) {
	return get[Certificate](w.certificates, number)
}

func (w *world) CertificateOf(_ context.Context, enrolment string) (Certificate, error) {
	for _, c := range all[Certificate](w.certificates) {
		if c.Enrolment == enrolment {
			return c, nil
		}
	}
	return Certificate{}, fault.New(fault.NotFound, "world", "there is no such certificate")
}

func (w *world) Certificates(_ context.Context, q Query) (list []Certificate, err error) {
	for _, c := range all[Certificate](w.certificates) {
		if (q.Person == "" || c.Person == q.Person) && (!q.Early || c.Counted.Mix == "") && c.Number > q.After {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Certificate) int { return strings.Compare(a.Number, b.Number) })
	if q.Limit > 0 && len(list) > q.Limit {
		list = list[:q.Limit]
	}
	return list, nil
}

func (w *world) PutCertificate(ctx context.Context, c *Certificate, e audit.Entry, jobs ...outbox.Job) error {
	if other, err := w.CertificateOf(ctx, c.Enrolment); err == nil && other.Number != c.Number {
		return fault.New(fault.Conflict, "world", "this enrolment has a certificate already")
	}
	return put(w, w.certificates, c.Number, c, func(c *Certificate) *int { return &c.Version }, e, jobs)
}

func (w *world) Mix(_ context.Context, id string) (Mix, error) { return get[Mix](w.mixes, id) }

func (w *world) Mixes(_ context.Context, q MixQuery) (list []Mix, err error) {
	for _, m := range all[Mix](w.mixes) {
		if (q.City == "" || m.City == q.City) && (q.Year == 0 || m.Year == q.Year) && (!q.Busy || m.Busy()) {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b Mix) int { return b.Year - a.Year })
	if q.Limit > 0 && len(list) > q.Limit {
		list = list[:q.Limit]
	}
	return list, nil
}

func (w *world) PutMix(_ context.Context, m *Mix, e audit.Entry, jobs ...outbox.Job) error {
	before := len(w.entries)
	err := put(w, w.mixes, m.ID, m, func(m *Mix) *int { return &m.Version }, e, jobs)
	if len(w.entries) > before && w.seen != nil {
		w.seen(*m, e)
	}
	return err
}

func (w *world) WaitingOf(_ context.Context, enrolment string) (Waiting, error) {
	return get[Waiting](w.waitings, enrolment)
}

func (w *world) Waitings(_ context.Context, q WaitingQuery) (list []Waiting, err error) {
	for _, v := range all[Waiting](w.waitings) {
		if (q.City == "" || v.City == q.City) && (q.Place == 0 || v.Place == q.Place) && v.Place > q.After && (len(q.States) == 0 || slices.Contains(q.States, v.State)) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b Waiting) int { return a.Place - b.Place })
	if q.Limit > 0 && len(list) > q.Limit {
		list = list[:q.Limit]
	}
	return list, nil
}

func (w *world) CountWaitings(ctx context.Context, q WaitingQuery) (int, error) {
	list, err := w.Waitings(ctx, q)
	return len(list), err
}

func (w *world) PutWaiting(_ context.Context, v *Waiting, e audit.Entry, jobs ...outbox.Job) error {
	return put(w, w.waitings, v.Enrolment, v, func(v *Waiting) *int { return &v.Version }, e, jobs)
}

func (w *world) Next(_ context.Context, counter string) (n int, err error) {
	err = w.write(func() error {
		w.counters[counter]++
		n = w.counters[counter]
		return nil
	})
	return n, err
}

func (w *world) Sitting(_ context.Context, _ access.Actor, id string) (exam.Sitting, error) {
	return w.sittings[id], nil
}

func (w *world) Enrolment(_ context.Context, _ access.Actor, id string) (exam.Enrolment, error) {
	e, ok := w.enrolments[id]
	if !ok {
		return e, fault.New(fault.NotFound, "world", "there is no such enrolment")
	}
	return e, nil
}

func (w *world) Results(context.Context, access.Actor, string) (exam.Sitting, []exam.Enrolment, error) {
	return exam.Sitting{}, nil, nil
}

func (w *world) Sittings(context.Context, access.Actor, exam.SittingQuery) ([]exam.Sitting, error) {
	return nil, nil
}

func (w *world) IDNumber(exam.Enrolment) (exam.IDNumber, error)               { return "", nil }
func (w *world) TellHeld(context.Context, standing.Bar, exam.Enrolment) error { return nil }
func (w *world) Candidates(_ context.Context, sitting string) (n int, err error) {
	for _, e := range w.enrolments {
		if e.Sitting == sitting {
			n++
		}
	}
	return n, nil
}

func (w *world) Body(_ context.Context, id string) (standing.Body, error) {
	return standing.Body{
		ID: id, Name: "示例机构", Kind: standing.Social, Code: "0412", Region: strings.TrimPrefix(id, "body-"), State: standing.Listed,
		Scopes: []standing.Scope{{Trade: "6-31-01-03", Levels: []rulebook.Level{rulebook.SeniorWorker}}}, Sites: []standing.Site{{ID: "site-1", Serial: "000012"}},
		ValidFrom: w.now.AddDate(-3, 0, 0), ValidUntil: w.now.AddDate(3, 0, 0),
	}, nil
}

func (w *world) Bar(context.Context, string) (standing.Bar, error) {
	return standing.Bar{}, fault.New(fault.NotFound, "world", "there is no such entry")
}

func (w *world) Clear(_ context.Context, _ standing.Act, parties ...standing.Party) error {
	for _, p := range parties {
		if w.barred[p.Key] {
			return fault.New(fault.Refused, "world", "a bar keeps it")
		}
	}
	return nil
}

// issue has a process issue as far as the number; a document is not made here.
func (w *world) issue(t testing.TB, s *Service, enrolment string) (Certificate, error) {
	c, err := s.Issue(t.Context(), access.System(), enrolment)
	if fault.Is(err, fault.Unavailable) {
		return w.CertificateOf(t.Context(), enrolment)
	}
	return c, err
}

// work runs every job once, in the order of their ids.
func (w *world) work(t testing.TB, s *Service) {
	ids := make([]string, 0, len(w.jobs))
	for id := range w.jobs {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		j := w.jobs[id]
		handle := map[string]func(context.Context, string) error{
			ReleaseJob: s.ReleaseQueue, OneJob: s.IssueOne, ReturnJob: s.GiveBack, ExceptJob: s.IssueExcepted,
		}[j.Kind]
		err := handle(t.Context(), j.Key)
		if err == nil || fault.Is(err, fault.Unavailable) {
			delete(w.jobs, id)
			continue
		}
		if errors.Is(err, errCrash) {
			return
		}
		t.Fatalf("%s: %v", id, err)
	}
}

// settle runs what is due until nothing is.
func (w *world) settle(t testing.TB, s *Service) {
	t.Helper()
	w.now = w.now.Add(2 * settledAfter)
	for range 100 {
		w.work(t, s)
		if err := s.SweepMixes(t.Context()); err != nil && !fault.Is(err, fault.Unavailable) && !strings.Contains(err.Error(), "no documents") {
			t.Fatal(err)
		}
		if len(w.jobs) == 0 {
			w.verify(t, s)
			return
		}
	}
	t.Fatalf("there is no end of jobs: %d", len(w.jobs))
}

// verify counts everything anew.
func (w *world) verify(t testing.TB, s *Service) {
	t.Helper()
	if err := s.VerifyMixes(t.Context(), func(d audit.Damage) { t.Errorf("%s: %s", d.Record, d.What) }); err != nil {
		t.Fatal(err)
	}
}

// issued issues so many certificates of a track.
func (w *world) issued(t testing.TB, s *Service, region string, track rulebook.Track, n int) {
	t.Helper()
	for i := range n {
		id := fmt.Sprintf("%s-%s-%d-%d", region, track, len(w.enrolments), i)
		w.enrol(id, region, track)
		if c, err := w.issue(t, s, id); err != nil || c.State != Numbered {
			t.Fatalf("%s: %+v, %v", id, c, err)
		}
	}
}

func (w *world) Bodies(context.Context) ([]standing.Body, error) { return nil, nil }
