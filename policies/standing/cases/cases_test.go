package cases

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

const (
	lushan  = "410423" // in Pingdingshan
	xuchang = "411000" // set no rule of its own before the province's of 2023
)

// world is a Store of everything that cases need, in memory, with the versions
// and conflicts of the real ones.
type world struct {
	now     time.Time
	cases   map[string]Case
	bodies  map[string]standing.Body
	bars    map[string]standing.Bar
	jobs    map[string]outbox.Job
	files   map[string][]byte
	entries []audit.Entry
	n       map[string]int
	ends    map[string]time.Time // of the tallies in n
	voids   map[string][]string
	revoked map[string]string
	fail    func(what string) error // a crash, by what is being written
}

func copyOf[T any](v T) T {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out T
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(err)
	}
	return out
}

func put[T any](w *world, what string, all map[string]T, id string, v *T, version func(*T) *int, e audit.Entry, jobs []outbox.Job) error {
	if w.fail != nil {
		if err := w.fail(what); err != nil {
			return err
		}
	}
	had, there := all[id]
	if there != (*version(v) > 0) || there && *version(&had) != *version(v) {
		return fault.New(fault.Conflict, what, "somebody has changed this meanwhile: read it again")
	}
	*version(v)++
	all[id] = copyOf(*v)
	w.entries = append(w.entries, e)
	for _, j := range jobs {
		if _, there := w.jobs[j.ID]; !there {
			w.jobs[j.ID] = j
		}
	}
	return nil
}

func get[T any](all map[string]T, id string) (T, error) {
	v, ok := all[id]
	if !ok {
		return v, fault.New(fault.NotFound, "world", "there is no such thing")
	}
	return copyOf(v), nil
}

func (w *world) Case(_ context.Context, id string) (Case, error) { return get(w.cases, id) }
func (w *world) PutCase(_ context.Context, c *Case, e audit.Entry, jobs ...outbox.Job) error {
	return put(w, "case", w.cases, c.ID, c, func(c *Case) *int { return &c.Version }, e, jobs)
}
func (w *world) Cases(_ context.Context, q Query) ([]Case, error) {
	var list []Case
	for _, c := range w.cases {
		if (len(q.States) == 0 || slices.Contains(q.States, c.State)) && (q.Kind == "" || c.Kind == q.Kind) &&
			(q.Party == standing.Party{} || c.Party == q.Party) && c.Rank > q.After && (q.Waits == "" || c.Waits == q.Waits) {
			list = append(list, copyOf(c))
		}
	}
	slices.SortFunc(list, func(a, b Case) int { return strings.Compare(a.Rank, b.Rank) })
	if q.Limit > 0 && len(list) > q.Limit {
		list = list[:q.Limit]
	}
	return list, nil
}
func (w *world) Next(_ context.Context, counter string) (int, error) {
	w.n[counter]++
	return w.n[counter], nil
}
func (w *world) Tally(_ context.Context, name string, at time.Time) (int, time.Time, error) {
	if !at.Before(w.ends[name]) {
		return 0, time.Time{}, nil
	}
	return w.n[name], w.ends[name], nil
}
func (w *world) CountTally(ctx context.Context, name string, at, until time.Time) (int, error) {
	if !at.Before(w.ends[name]) {
		w.n[name] = 0
	}
	w.ends[name] = until
	return w.Next(ctx, name)
}
func (w *world) Body(_ context.Context, id string) (standing.Body, error) { return get(w.bodies, id) }
func (w *world) PutBody(_ context.Context, b *standing.Body, e audit.Entry, jobs ...outbox.Job) error {
	return put(w, "body", w.bodies, b.ID, b, func(b *standing.Body) *int { return &b.Version }, e, jobs)
}
func (w *world) Bar(_ context.Context, id string) (standing.Bar, error) { return get(w.bars, id) }
func (w *world) PutBar(_ context.Context, b *standing.Bar, e audit.Entry, jobs ...outbox.Job) error {
	return put(w, "bar", w.bars, b.ID, b, func(b *standing.Bar) *int { return &b.Version }, e, jobs)
}
func (w *world) Bars(_ context.Context, q standing.BarQuery) ([]standing.Bar, error) {
	var list []standing.Bar
	for _, b := range w.bars {
		if (len(q.Parties) == 0 || slices.Contains(q.Parties, b.Party)) && (q.Case == "" || b.Case == q.Case) && (!q.Public || b.Public) && (q.Before == "" || b.ID < q.Before) {
			list = append(list, copyOf(b))
		}
	}
	slices.SortFunc(list, func(a, b standing.Bar) int { return strings.Compare(b.ID, a.ID) })
	return list, nil
}

// The examinations of the world: one sitting with one candidate.
func (w *world) Person(number string) (Person, error) {
	if number != "good" {
		return Person{}, fault.New(fault.Invalid, "world", "this is no valid ID number")
	}
	return Person{Hash: "hash-good", Masked: "4104**********0018"}, nil
}
func (w *world) Record(_ context.Context, enrolment string) (Record, error) {
	if enrolment != "e1" {
		return Record{}, fault.New(fault.NotFound, "world", "there is no such thing")
	}
	return Record{Person{"hash-1", "4104**********0026", "陈示例"}, "e1", "s1", "电工", "b1", lushan}, nil
}
func (w *world) Place(_ context.Context, sitting string) (region, body, title string, err error) {
	return lushan, "b1", "电工", nil
}
func (w *world) Void(_ context.Context, enrolment string, part Part, decision string) error {
	if w.fail != nil {
		if err := w.fail("void"); err != nil {
			return err
		}
	}
	if !slices.Contains(w.voids[enrolment], decision) {
		w.voids[enrolment] = append(w.voids[enrolment], decision)
	}
	return nil
}
func (w *world) Restore(_ context.Context, enrolment, decision string) error {
	w.voids[enrolment] = slices.DeleteFunc(w.voids[enrolment], func(d string) bool { return d == decision })
	return nil
}
func (w *world) Touched(context.Context, string) (Touched, error) {
	return Touched{Coming: 2, Running: 1, Candidates: 30}, nil
}
func (w *world) RevokeOf(_ context.Context, enrolment, decision string) error {
	w.revoked[enrolment] = decision
	return nil
}
func (w *world) ReinstateOf(_ context.Context, enrolment, decision string) error {
	delete(w.revoked, enrolment)
	return nil
}
func (w *world) Hold(context.Context, string) error { return nil }
func (w *world) Reinstate(_ context.Context, number, bar string) error {
	delete(w.revoked, number)
	return nil
}
func (w *world) Put(_ context.Context, key string, content []byte, _ string) (string, error) {
	w.files[key] = content
	return audit.Digest(content), nil
}
func (w *world) Get(_ context.Context, key string) ([]byte, string, error) {
	return w.files[key], "", nil
}
func (w *world) Entries(_ context.Context, stream string, after int64, limit int) ([]audit.Entry, error) {
	var list []audit.Entry
	for i, e := range w.entries {
		if e.Seq = int64(i + 1); e.Stream == stream && e.Seq > after {
			list = append(list, e)
		}
	}
	return list, nil
}

// story is a service in a world, with the people who act.
type story struct {
	*Service
	w    *world
	t    tester
	gate *standing.Service
}

func role(id string, role access.Role, region string) access.Actor {
	return access.Actor{ID: id, Name: id, Grants: []access.Grant{{Role: role, Region: region}}}
}

var (
	officer   = role("officer", access.Standing, lushan)
	reviewer  = role("reviewer", access.Reviewer, lushan)
	officer2  = role("officer2", access.Standing, lushan)
	reviewer2 = role("reviewer2", access.Reviewer, lushan)
	inspector = role("inspector", access.Inspector, lushan)
	neighbour = role("neighbour", access.Standing, "410421")
	scheduler = access.Actor{ID: "scheduler", Name: "scheduler", Grants: []access.Grant{{Role: access.Scheduler, Body: "b1"}}}
	rival     = access.Actor{ID: "rival", Name: "rival", Grants: []access.Grant{{Role: access.Scheduler, Body: "b2"}}}
)

// book and policy are read once: property tests begin thousands of worlds.
var book, policy = func() (*rulebook.Book, *access.Policy) {
	b, err := rulebook.Open()
	if err != nil {
		panic(err)
	}
	p, err := access.Open(b.Lineage, time.Now)
	if err != nil {
		panic(err)
	}
	return b, p
}()

// tester is what a test and a property check have in common.
type tester interface {
	Helper()
	Fatal(...any)
	Errorf(string, ...any)
}

// gates is the world's bars behind the real gate.
type gates struct {
	standing.Store
	world *world
}

func (g gates) Bars(ctx context.Context, q standing.BarQuery) ([]standing.Bar, error) {
	return g.world.Bars(ctx, q)
}

func begin(t tester) *story {
	w := &world{
		now:   time.Date(2026, 6, 1, 10, 0, 0, 0, rulebook.Shanghai), // a Monday
		cases: map[string]Case{}, bodies: map[string]standing.Body{}, bars: map[string]standing.Bar{}, jobs: map[string]outbox.Job{},
		files: map[string][]byte{}, n: map[string]int{}, ends: map[string]time.Time{}, voids: map[string][]string{}, revoked: map[string]string{},
	}
	for _, id := range []string{"b1", "b2"} {
		w.bodies[id] = standing.Body{ID: id, Version: 1, Name: "示例机构" + id, Region: lushan, State: standing.Listed}
	}
	now := func() time.Time { return w.now }
	s := &Service{Store: w, Standing: w, Exams: w, Issued: w, Documents: w, Audit: w, Policy: policy, Book: book, Now: now, Log: slog.New(slog.DiscardHandler),
		Hash: func(_, text string) string { return text }}
	return &story{s, w, t, &standing.Service{Store: gates{world: w}, Now: now}}
}

func (st *story) must(c Case, err error) Case {
	st.t.Helper()
	if err != nil {
		st.t.Fatal(err)
	}
	return c
}

func (st *story) refused(what string, code fault.Code, rule string, err error) {
	st.t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || rule != "" && (f.Rule == nil || f.Rule.ID != rule) {
		st.t.Errorf("%s: %v, want %s %s", what, err, code, rule)
	}
}

// days lets legal days pass.
func (st *story) days(n int) { st.w.now = st.w.now.AddDate(0, 0, n) }

// run does the jobs that are due, twice: they are done at least once.
func (st *story) run() {
	st.t.Helper()
	ctx := context.Background()
	for id, j := range st.w.jobs {
		if j.Due.After(st.w.now) {
			continue
		}
		do := map[string]func(context.Context, string) error{CarryOutJob: st.CarryOut, FinalJob: st.Finish, RectifyJob: st.Overdue, SettleJob: st.Settle}[j.Kind]
		if do == nil {
			continue
		}
		for range 2 {
			if err := do(ctx, j.Key); err != nil {
				st.t.Errorf("job %s: %v", id, err)
			}
		}
		delete(st.w.jobs, id)
	}
}

// heard takes a case about the first body to its hearing.
func (st *story) heard(in Report, intended ...MeasureKind) Case {
	st.t.Helper()
	ctx := context.Background()
	if in.Title == "" {
		in.Title, in.Text = "考场无人监考", "第一考场开考后二十分钟内无监考人员。"
	}
	c := st.must(st.Report(ctx, inspector, in))
	st.must(st.AddEvidence(ctx, officer, c.ID, "巡查记录", nil))
	st.must(st.Establish(ctx, officer, c.ID))
	st.must(st.Notify(ctx, officer, c.ID, Announcement{"经查，情况属实。", intended}))
	st.must(st.State(ctx, officer, c.ID, "机构书面说明", false))
	return st.must(st.Hear(ctx, officer, c.ID, "当事人对事实无异议。"))
}

// decided takes a case to its decision.
func (st *story) decided(in Report, m Measure) Case {
	st.t.Helper()
	ctx := context.Background()
	c := st.heard(in, m.Kind)
	st.must(st.Propose(ctx, officer, c.ID, Proposal{Facts: "认定属实。", Measures: []Measure{m}, Notice: "考场管理严重失职。"}))
	return st.must(st.Approve(ctx, reviewer, c.ID))
}

var aboutBody = Report{Body: "b1"}

func exits(kind MeasureKind) Measure { return Measure{Kind: kind, Running: standing.FinishSupervised} }

func auditEntry(stream, object, what string, at time.Time) audit.Entry {
	return audit.Entry{Stream: stream, Object: object, What: what, At: at}
}
