package storetest

import (
	"testing"
	"time"

	"kaoping/certify"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/rulebook"
)

func mix(n int) certify.Mix {
	year := 2020 + n
	return certify.Mix{
		ID: certify.MixID("410400", year), City: "410400", Year: year, Head: 3, Tail: 3,
		Cells: []certify.Cell{{Month: time.March, County: "410423", Track: rulebook.SkillLevel, Level: rulebook.ChiefTechnician, N: 12, Skilled: 7, High: 2}},
	}
}

func pendingIntent() certify.Intent {
	return certify.Intent{
		Kind: certify.ToIssue, Enrolment: id(1), At: at, Place: 4, Excepted: true, Series: "Z410423041726", Person: "hash", Number: "Z1", Seen: 2,
		Counted: certify.Cell{Month: time.March, County: "410423", Track: rulebook.SpecialSkill, Level: rulebook.JuniorWorker, N: 1},
	}
}

func waiting(n int) certify.Waiting {
	return certify.Waiting{
		Enrolment: id(n), City: "410400", County: "410423", Year: 2026, Place: n + 1, Track: rulebook.Completion, Level: rulebook.JuniorWorker, Trade: "6-31-01-03",
		Body: "body-1", BodyName: "示例机构", Sitting: "sitting-1", Name: "陈示例", Since: at, State: certify.InQueue,
		Exception: certify.Exception{Reason: "急需", AskedBy: id(8), AskedAt: at},
	}
}

func mixesVersioned(t *testing.T, s Store) {
	value := mix(1)
	value.Pending = []certify.Intent{pendingIntent()}
	versioned[certify.Mix]{
		object: "mix/" + value.ID, value: value,
		version: func(v *certify.Mix) *int { return &v.Version },
		change:  func(v *certify.Mix, text string) { v.Tail += len(text) },
		put:     func(v *certify.Mix, e audit.Entry) error { return s.PutMix(t.Context(), v, e) },
		get:     func() (certify.Mix, error) { return s.Mix(t.Context(), value.ID) },
	}.check(t, s)
}

func waitingsVersioned(t *testing.T, s Store) {
	versioned[certify.Waiting]{
		object: "waiting/" + id(1), value: waiting(1),
		version: func(v *certify.Waiting) *int { return &v.Version },
		change:  func(v *certify.Waiting, text string) { v.Exception.Reason = text },
		put:     func(v *certify.Waiting, e audit.Entry) error { return s.PutWaiting(t.Context(), v, e) },
		get:     func() (certify.Waiting, error) { return s.WaitingOf(t.Context(), id(1)) },
	}.check(t, s)
}

func mixesSelected(t *testing.T, s Store) {
	ctx := t.Context()
	for n, change := range []func(*certify.Mix){
		func(m *certify.Mix) {},
		func(m *certify.Mix) { m.Tail = 4 },
		func(m *certify.Mix) { m.Pending = []certify.Intent{pendingIntent()} },
		func(m *certify.Mix) { m.City, m.ID = "411100", certify.MixID("411100", 2022) },
	} {
		m := mix(n)
		if n == 3 {
			m.Year = 2022
		}
		change(&m)
		must(t, s.PutMix(ctx, &m, entry("mix/"+m.ID, "mix/"+m.ID, "mix:count"), outbox.Job{ID: "release:" + m.ID, Kind: "release", Key: m.City, Due: at}))
	}
	for what, c := range map[string]struct {
		q    certify.MixQuery
		want []string
	}{
		"all, the latest first":   {certify.MixQuery{}, []string{"410400-2022", "411100-2022", "410400-2021", "410400-2020"}},
		"a city":                  {certify.MixQuery{City: "410400"}, []string{"410400-2022", "410400-2021", "410400-2020"}},
		"its latest":              {certify.MixQuery{City: "410400", Limit: 1}, []string{"410400-2022"}},
		"a year":                  {certify.MixQuery{Year: 2022}, []string{"410400-2022", "411100-2022"}},
		"where something is left": {certify.MixQuery{Busy: true}, []string{"410400-2022", "410400-2021"}},
	} {
		list, err := s.Mixes(ctx, c.q)
		same(t, what, list, err, func(m certify.Mix) string { return m.ID }, c.want...)
	}
	jobs, err := s.ClaimJobs(ctx, at, at.Add(time.Minute), 9)
	if err != nil || len(jobs) != 4 {
		t.Errorf("jobs: %d, %v, want those of four changes", len(jobs), err)
	}
}

func waitingsSelected(t *testing.T, s Store) {
	ctx := t.Context()
	for n, change := range []func(*certify.Waiting){
		func(w *certify.Waiting) { w.Place = 9 },
		func(w *certify.Waiting) { w.State = certify.Released },
		func(w *certify.Waiting) { w.Sitting = "sitting-2" },
		func(w *certify.Waiting) { w.City, w.Place, w.Body = "411100", 1, "body-2" },
	} {
		w := waiting(n)
		change(&w)
		must(t, s.PutWaiting(ctx, &w, entry("sitting/1", "waiting/"+w.Enrolment, "certificate:wait")))
	}
	for what, c := range map[string]struct {
		q     certify.WaitingQuery
		total int
		want  []string
	}{
		"all, by city and place": {certify.WaitingQuery{}, 4, []string{id(1), id(2), id(0), id(3)}},
		"a city":                 {certify.WaitingQuery{City: "410400"}, 3, []string{id(1), id(2), id(0)}},
		"who waits":              {certify.WaitingQuery{City: "410400", States: []certify.WaitingState{certify.InQueue}}, 2, []string{id(2), id(0)}},
		"two states":             {certify.WaitingQuery{City: "410400", States: []certify.WaitingState{certify.InQueue, certify.Released}}, 3, []string{id(1), id(2), id(0)}},
		"a place":                {certify.WaitingQuery{City: "410400", Place: 9}, 1, []string{id(0)}},
		"a sitting":              {certify.WaitingQuery{Sitting: "sitting-2"}, 1, []string{id(2)}},
		"a body":                 {certify.WaitingQuery{Body: "body-2"}, 1, []string{id(3)}},
		"a page":                 {certify.WaitingQuery{City: "410400", Limit: 2}, 3, []string{id(1), id(2)}},
		"the next page":          {certify.WaitingQuery{City: "410400", Limit: 2, After: 3}, 3, []string{id(0)}},
	} {
		list, err := s.Waitings(ctx, c.q)
		same(t, what, list, err, func(w certify.Waiting) string { return w.Enrolment }, c.want...)
		if n, err := s.CountWaitings(ctx, c.q); err != nil || n != c.total {
			t.Errorf("%s: count %d, %v, want %d on all pages", what, n, err, c.total)
		}
	}
}
