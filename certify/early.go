package certify

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// earlyPage is how many certificates one read takes.
const earlyPage = 1000

// countEarly makes the mixes of the certificates that were issued before mixes
// were kept, once: what is stored already stands, so several instances may
// start together. A process does it at most once, since none such is issued any
// more. Nobody's first certificate is known of them, so they count no people.
func (s *Service) countEarly(ctx context.Context) error {
	s.places.mu.Lock()
	counted := s.places.counted
	s.places.mu.Unlock()
	if counted {
		return nil
	}
	found, revoked := map[string]*Mix{}, map[string][]outbox.Job{}
	err := s.each(ctx, Query{Early: true}, func(c Certificate) {
		id, cell := s.cell(c)
		m := found[id]
		if m == nil {
			city, year, _ := parseMixID(id)
			m = &Mix{ID: id, City: city, Year: year, Closed: year < s.Now().In(rulebook.Shanghai).Year()}
			found[id] = m
		}
		m.add(cell, +1)
		if c.State == Revoked && !c.Counted.Returned { // counted, and given back by the way that all go
			revoked[id] = append(revoked[id], returnJob(c.Number, c.Version, s.Now()))
		}
	})
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		m := found[id]
		err := s.Store.PutMix(ctx, m, s.mixEntry(access.System(), *m, "mix:open", Intent{}, Limit{}, s.Now()), revoked[id]...)
		if err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	s.places.mu.Lock()
	s.places.counted = true
	s.places.mu.Unlock()
	return nil
}

// each goes through certificates by number.
func (s *Service) each(ctx context.Context, q Query, do func(Certificate)) error {
	q.Limit = earlyPage
	for {
		page, err := s.Store.Certificates(ctx, q)
		if err != nil {
			return err
		}
		for _, c := range page {
			do(c)
		}
		if len(page) < q.Limit {
			return nil
		}
		q.After = page[len(page)-1].Number
	}
}

// VerifyMixes counts all certificates and all who wait anew, and reports each
// mix that says otherwise. What is pending in a mix explains a difference: it is
// counted, and its certificate is yet to come, or the other way round. Beside a
// running service a mix can change meanwhile, so what looks wrong is looked at
// again, and only what is wrong both times is reported.
func (s *Service) VerifyMixes(ctx context.Context, report func(audit.Damage)) error {
	found, err := s.recount(ctx)
	if err != nil || len(found) == 0 {
		return err
	}
	again, err := s.recount(ctx)
	for _, d := range again {
		if slices.Contains(found, d) {
			report(d)
		}
	}
	return err
}

func (s *Service) recount(ctx context.Context) (found []audit.Damage, err error) {
	wrong := func(id, format string, args ...any) {
		found = append(found, audit.Damage{Record: "mix/" + id, What: fmt.Sprintf(format, args...)})
	}
	list, err := s.Store.Mixes(ctx, MixQuery{})
	if err != nil {
		return nil, err
	}
	recounted, valid := map[string]*Mix{}, map[string]Certificate{}
	of := func(id string) *Mix {
		if recounted[id] == nil {
			recounted[id] = &Mix{ID: id}
		}
		return recounted[id]
	}
	pending := map[string]bool{}
	for _, m := range list {
		for _, p := range m.Pending {
			pending[p.Enrolment] = true
		}
	}
	err = s.each(ctx, Query{}, func(c Certificate) {
		if id, cell := s.cell(c); !c.Counted.Returned {
			of(id).add(cell, +1)
		}
		if pending[c.Enrolment] {
			valid[c.Enrolment] = c
		}
	})
	if err != nil {
		return nil, err
	}
	tails := map[string]Mix{} // by city, the year that is open
	for _, m := range list {
		t := of(m.ID)
		for _, p := range m.Pending {
			c, issued := valid[p.Enrolment]
			switch {
			case p.Kind == ToIssue && (!issued || c.Counted.Returned):
				t.add(p.Counted, +1)
			case p.Kind == ToReturn && issued && !c.Counted.Returned && c.Version == p.Seen:
				t.add(p.Counted, -1)
			}
		}
		if missing := difference(m.Cells, t.Cells); missing != "" {
			wrong(m.ID, "the count is not that of the certificates: %s", missing)
		}
		if m.Head < 0 || m.Head > m.Tail {
			wrong(m.ID, "the queue has head %d and tail %d", m.Head, m.Tail)
		}
		if _, seen := tails[m.City]; !seen { // the latest year comes first
			tails[m.City] = m
		}
		delete(recounted, m.ID)
	}
	for id, t := range recounted {
		if t.Ratio().All > 0 && s.placesCounted() {
			wrong(id, "%d certificates are not counted", t.Ratio().All)
		}
	}
	return found, s.requeue(ctx, tails, wrong)
}

// placesCounted reports whether the early certificates were counted: until then
// theirs are no mixes to miss.
func (s *Service) placesCounted() bool {
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	return s.places.counted
}

// difference names the first cell in which two counts differ, "" for none.
func difference(stored, counted []Cell) string {
	type kind struct{ Cell }
	sums := map[kind][2]Cell{}
	for i, list := range [][]Cell{stored, counted} {
		for _, c := range list {
			k := kind{Cell{Month: c.Month, County: c.County, Track: c.Track, Level: c.Level}}
			pair := sums[k]
			pair[i] = Cell{N: c.N, Skilled: c.Skilled, High: c.High}
			sums[k] = pair
		}
	}
	first := ""
	for k, pair := range sums {
		if pair[0] != pair[1] {
			text := fmt.Sprintf("month %d, %s, %s, level %d: %d/%d/%d stored, %d/%d/%d counted", k.Month, k.County, k.Track, int(k.Level),
				pair[0].N, pair[0].Skilled, pair[0].High, pair[1].N, pair[1].Skilled, pair[1].High)
			if first == "" || text < first {
				first = text
			}
		}
	}
	return first
}

// requeue compares who waits with the places of the mixes: a place that waits
// is between head and tail, and no two are one.
func (s *Service) requeue(ctx context.Context, mixes map[string]Mix, wrong func(id, format string, args ...any)) error {
	list, err := s.Store.Waitings(ctx, WaitingQuery{States: []WaitingState{InQueue}})
	if err != nil {
		return err
	}
	held := map[string]string{}
	for _, w := range list {
		m := mixes[w.City]
		at := fmt.Sprintf("%s/%d", w.City, w.Place)
		if _, released := m.intent(ToIssue, w.Enrolment); !released && (w.Place <= m.Head || w.Place > m.Tail) {
			wrong(m.ID, "the enrolment %s waits at place %d, and the queue is from %d to %d", w.Enrolment, w.Place, m.Head+1, m.Tail)
		}
		if other, taken := held[at]; taken {
			wrong(m.ID, "the enrolments %s and %s wait at one place, %d", other, w.Enrolment, w.Place)
		}
		held[at] = w.Enrolment
	}
	return nil
}
