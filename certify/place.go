package certify

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// errSame is a change of a mix that turned out to be none.
var errSame = errors.New("nothing to change")

// places is what this process remembers of the mixes: who changes one now, so
// that compare-and-set meets other instances only, and which intents are done,
// so that the next change drops them without a look.
type places struct {
	mu      sync.Mutex
	turns   map[string]chan struct{}   // by city
	done    map[string]map[intent]bool // by mix
	counted bool                       // what was issued before mixes were kept is counted
}

// intent names an intent within a mix.
type intent struct {
	kind      IntentKind
	enrolment string
	place     int
	seen      int
}

func (p Intent) key() intent { return intent{p.Kind, p.Enrolment, p.Place, p.Seen} }

// enter waits until nobody else of this process changes the city's mixes.
func (p *places) enter(ctx context.Context, city string) (end func(), err error) {
	p.mu.Lock()
	if p.turns == nil {
		p.turns = map[string]chan struct{}{}
	}
	if p.turns[city] == nil {
		p.turns[city] = make(chan struct{}, 1)
	}
	turn := p.turns[city]
	p.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "certify.enter", "this took too long or was given up: try again").Because(ctx.Err())
	}
}

// finish remembers that what an intent announced is stored.
func (p *places) finish(mix string, of Intent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == nil {
		p.done = map[string]map[intent]bool{}
	}
	if p.done[mix] == nil {
		p.done[mix] = map[intent]bool{}
	}
	p.done[mix][of.key()] = true
}

// finished lists what is remembered to be done.
func (p *places) finished(m Mix) (done []intent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, i := range m.Pending {
		if p.done[m.ID][i.key()] {
			done = append(done, i.key())
		}
	}
	return done
}

// forget ends the memory of intents that are dropped.
func (p *places) forget(mix string, list []intent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, i := range list {
		delete(p.done[mix], i)
	}
}

// step is a change of a mix: what it says in the audit stream, and the jobs
// that follow. It reads what it depends on after the mix was read, and says
// errSame where there is nothing to do.
type step func(ctx context.Context, m *Mix, at time.Time) (e audit.Entry, jobs []outbox.Job, err error)

// inCity changes the city's mix of this year.
func (s *Service) inCity(ctx context.Context, city string, do step) error {
	return s.change(ctx, city, func(ctx context.Context) (Mix, time.Time, error) { return s.current(ctx, city) }, do)
}

// inMix changes a mix of any year.
func (s *Service) inMix(ctx context.Context, id string, do step) error {
	city, _, err := parseMixID(id)
	if err != nil {
		return err
	}
	return s.change(ctx, city, func(ctx context.Context) (Mix, time.Time, error) {
		m, err := s.Store.Mix(ctx, id)
		if fault.Is(err, fault.NotFound) { // of certificates from before mixes were kept
			if err = s.countEarly(ctx); err == nil {
				m, err = s.Store.Mix(ctx, id)
			}
		}
		return m, s.Now(), err
	}, do)
}

func parseMixID(id string) (city string, year int, err error) {
	if _, err := fmt.Sscanf(id, "%6s-%d", &city, &year); err != nil || MixID(city, year) != id {
		return "", 0, fault.New(fault.NotFound, "certify.Mix", "no certificates were counted for this city and year")
	}
	return city, year, nil
}

// change reads, changes and stores a mix until nobody else was faster. One
// process changes a city's mixes one after the other; between instances the
// slower one waits a moment and tries again, until its context ends.
func (s *Service) change(ctx context.Context, city string, read func(context.Context) (Mix, time.Time, error), do step) error {
	end, err := s.places.enter(ctx, city)
	if err != nil {
		return err
	}
	defer end()
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		err := s.changeOnce(ctx, read, do)
		if errors.Is(err, errSame) {
			return nil
		}
		if !fault.Is(err, fault.Conflict) {
			return err
		}
		select {
		case <-ctx.Done():
			return fault.New(fault.Unavailable, "certify.change", "this took too long or was given up: try again").Because(ctx.Err())
		case <-time.After(rand.N(wait)):
		}
	}
}

func (s *Service) changeOnce(ctx context.Context, read func(context.Context) (Mix, time.Time, error), do step) error {
	m, at, err := read(ctx)
	if err != nil {
		return err
	}
	before := m.Queue()
	entry, jobs, err := do(ctx, &m, at)
	if err != nil {
		return err
	}
	done := s.places.finished(m)
	drop := map[intent]bool{}
	for _, i := range done {
		drop[i] = true
	}
	m.drop(func(p Intent) bool { return drop[p.key()] })
	if before > 0 && s.frees(m, at) {
		jobs = append(jobs, outbox.Job{ID: fmt.Sprintf("%s:%s:%d", ReleaseJob, m.ID, m.Version+1), Kind: ReleaseJob, Key: m.City, Due: s.Now()})
	}
	if err := s.Store.PutMix(ctx, &m, entry, jobs...); err != nil {
		return err
	}
	s.places.forget(m.ID, done)
	return nil
}

// frees reports whether the queue's next may be let go as the mix stands. Which
// of the capped tracks that is the release sees.
func (s *Service) frees(m Mix, at time.Time) bool {
	if m.Closed || m.Queue() == 0 {
		return false
	}
	for _, track := range capped {
		if m.Ratio().Admits(s.limit(m.City, at, track)) {
			return true
		}
	}
	return false
}

// limit is the cap of a city for a track on the legal day of a moment (R06).
func (s *Service) limit(city string, at time.Time, track rulebook.Track) Limit {
	p, ok := s.Book.At(city, at, track, "mix_cap")
	if !ok {
		return Limit{}
	}
	return Limit{Set: true, Cap: p.Ratio(), By: p.Cite()}
}

// current is the city's mix of the year that it is, opened where it is the
// first of the year. The moment is now, but never before the mix's year: where
// this clock is behind one that has closed the old year already, the new one
// has begun.
func (s *Service) current(ctx context.Context, city string) (Mix, time.Time, error) {
	at := s.Now()
	for {
		year := at.In(rulebook.Shanghai).Year()
		m, err := s.Store.Mix(ctx, MixID(city, year))
		if fault.Is(err, fault.NotFound) {
			m, err = s.openYear(ctx, city, year)
		}
		if err != nil || !m.Closed {
			return m, at, err
		}
		at = time.Date(year+1, time.January, 1, 0, 0, 0, 0, rulebook.Shanghai)
	}
}

// openYear begins a city's year: first every intent of the year before is
// brought to its end, then that year is closed by the version that was looked
// at, then the new one goes on with its queue. Cut short anywhere it is gone on
// with by the next who comes; of many who do it together one succeeds in each step.
func (s *Service) openYear(ctx context.Context, city string, year int) (Mix, error) {
	if err := s.countEarly(ctx); err != nil {
		return Mix{}, err
	}
	list, err := s.Store.Mixes(ctx, MixQuery{City: city, Limit: 1})
	if err != nil {
		return Mix{}, err
	}
	next := Mix{ID: MixID(city, year), City: city, Year: year}
	if len(list) > 0 {
		last := list[0]
		if last.Year == year {
			return last, nil
		}
		if last.Year > year { // this clock is a year behind
			return Mix{Closed: true}, nil
		}
		if !last.Closed {
			if err := s.settle(ctx, last, time.Time{}); err != nil {
				return Mix{}, err
			}
			last.Closed, last.Pending = true, nil
			if err := s.Store.PutMix(ctx, &last, s.mixEntry(access.System(), last, "mix:close", Intent{}, Limit{}, s.Now())); err != nil {
				return Mix{}, err
			}
		}
		next.Head, next.Tail = last.Head, last.Tail
	}
	err = s.Store.PutMix(ctx, &next, s.mixEntry(access.System(), next, "mix:open", Intent{}, Limit{}, s.Now()))
	return next, err
}

// mixEntry is what the audit stream of a mix says: everything that a replay
// needs to see that the cap held and the queue was kept. Of a release by
// exception, a revocation or a skipped place the limit does not decide.
func (s *Service) mixEntry(actor access.Actor, m Mix, what string, p Intent, l Limit, at time.Time) audit.Entry {
	r := m.Ratio()
	return audit.Entry{
		Stream: "mix/" + m.ID, Object: "mix/" + m.ID, At: at, Who: actor.ID, What: what, Rule: "R06", Rules: s.Book.Hash(),
		Note: fmt.Sprintf("track=%s enrolment=%s place=%d capped=%d all=%d head=%d tail=%d cap=%s", p.Counted.Track, p.Enrolment, p.Place, r.Capped, r.All, m.Head, m.Tail, l),
	}
}
