package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"kaoping/internal/fault"
	"kaoping/internal/outbox"
)

// recordJobs stores jobs with a change.
func recordJobs(t *testing.T, s Store, jobs ...outbox.Job) {
	t.Helper()
	v := sitting(1)
	if stored, err := s.Sitting(t.Context(), v.ID); err == nil {
		v = stored
	}
	must(t, s.PutSitting(t.Context(), &v, entry("stream", "sitting/"+v.ID, "sitting:publicise"), jobs...))
}

// claimJobs claims for a minute.
func claimJobs(t *testing.T, s Store, now time.Time, limit int) []outbox.Job {
	t.Helper()
	list, err := s.ClaimJobs(t.Context(), now, now.Add(time.Minute), limit)
	must(t, err)
	return list
}

func claimOne(t *testing.T, s Store, now time.Time) outbox.Job {
	t.Helper()
	list := claimJobs(t, s, now, 10)
	if len(list) != 1 {
		t.Fatalf("claimed %+v, want one job", list)
	}
	return list[0]
}

// claimed is a job as its first claim returns it.
func claimed(j outbox.Job, until time.Time) outbox.Job {
	j.Due, j.Tries, j.Fence = until, j.Tries+1, j.Fence+1
	return j
}

var why = outbox.Failure{At: at.Add(time.Second), Text: "the store is closed"}

func jobsWithChange(t *testing.T, s Store) {
	jobs := []outbox.Job{
		{ID: "later", Kind: "issue", Key: "c", Due: at.Add(time.Hour)},
		{ID: "second", Kind: "publish", Key: "b", Due: at},
		{ID: "first", Kind: "issue", Key: "a", Due: at.Add(-time.Hour)},
	}
	recordJobs(t, s, jobs...)
	recordJobs(t, s, outbox.Job{ID: "second", Kind: "other", Key: "other", Due: at.Add(-2 * time.Hour)}) // recorded already

	until := at.Add(time.Minute)
	first := claimJobs(t, s, at, 10)
	if want := []outbox.Job{claimed(jobs[2], until), claimed(jobs[1], until)}; !slices.Equal(first, want) {
		t.Errorf("claimed %+v, want the two that are due: %+v", first, want)
	}
	if got := claimJobs(t, s, until.Add(-time.Millisecond), 10); len(got) != 0 {
		t.Errorf("claimed while hidden: %+v", got)
	}
	again := claimJobs(t, s, until, 1)
	if len(again) != 1 || again[0].Tries != 2 || again[0].Fence != 2 || again[0].ID != "first" && again[0].ID != "second" {
		t.Fatalf("claimed %+v, want one of the two once more", again)
	}
	must(t, s.RetryJob(t.Context(), again[0], at.Add(30*time.Minute), why))
	if got := claimJobs(t, s, at.Add(30*time.Minute), 10); len(got) != 2 || got[1].ID != again[0].ID || got[1].Last != why || got[1].Fence != 3 {
		t.Errorf("claimed %+v, want both, the one that failed with its failure", got)
	} else {
		for _, j := range got {
			must(t, s.FinishJob(t.Context(), j))
		}
	}
	if got := claimOne(t, s, at.Add(time.Hour)); got != claimed(jobs[0], at.Add(time.Hour+time.Minute)) {
		t.Errorf("claimed %+v, want the later one", got)
	}
}

func jobsClaimedOnce(t *testing.T, s Store) {
	ctx := t.Context()
	const all = 200
	var jobs []outbox.Job
	for n := range all {
		jobs = append(jobs, outbox.Job{ID: fmt.Sprintf("job-%03d", n), Kind: "issue", Key: "k", Due: at.Add(-time.Duration(n) * time.Second)})
	}
	recordJobs(t, s, jobs...)
	var mu sync.Mutex
	claims := map[string]int{}
	together(8, func(int) {
		for {
			list, err := s.ClaimJobs(ctx, at, at.Add(time.Minute), 7)
			if err != nil {
				t.Error(err)
			}
			if len(list) == 0 {
				return
			}
			mu.Lock()
			for _, j := range list {
				claims[j.ID]++
			}
			mu.Unlock()
		}
	})
	if len(claims) != all {
		t.Errorf("%d jobs claimed, want %d", len(claims), all)
	}
	for name, n := range claims {
		if n != 1 {
			t.Errorf("%s was claimed %d times while hidden", name, n)
		}
	}
}

// jobsFenced has a worker that was stopped for longer than its claim held.
func jobsFenced(t *testing.T, s Store) {
	ctx := t.Context()
	recordJobs(t, s, outbox.Job{ID: "j", Kind: "issue", Key: "k", Due: at})
	old := claimOne(t, s, at)
	must(t, s.ExtendJob(ctx, old, at.Add(5*time.Minute)))
	if got := claimJobs(t, s, at.Add(5*time.Minute-time.Millisecond), 10); len(got) != 0 {
		t.Errorf("claimed in spite of the extension: %+v", got)
	}
	current := claimOne(t, s, at.Add(5*time.Minute))
	refused := func(when string) {
		t.Helper()
		for what, err := range map[string]error{
			"extend": s.ExtendJob(ctx, old, at.Add(time.Hour)),
			"finish": s.FinishJob(ctx, old),
			"retry":  s.RetryJob(ctx, old, at, why),
			"bury":   s.BuryJob(ctx, old, why),
		} {
			wantCode(t, what+" under a lost claim "+when, err, fault.Superseded)
		}
	}
	refused("while another holds the job")
	stored, err := s.Jobs(ctx, outbox.Query{})
	if must(t, err); len(stored) != 1 || stored[0] != current {
		t.Errorf("a lost claim has changed the job: %+v, want %+v", stored, current)
	}
	must(t, s.RetryJob(ctx, current, at.Add(10*time.Minute), why))
	refused("when it is to be tried again")
	current = claimOne(t, s, at.Add(10*time.Minute))
	must(t, s.BuryJob(ctx, current, why))
	refused("when it is dead")
	wantCode(t, "finish what is dead", s.FinishJob(ctx, current), fault.Superseded)
	must(t, s.ReviveJob(ctx, "j", at.Add(11*time.Minute), entry("jobs", "", "outbox:retry")))
	current = claimOne(t, s, at.Add(11*time.Minute))
	refused("when it was revived")
	must(t, s.FinishJob(ctx, current))
	refused("when it is done")
}

func jobsDead(t *testing.T, s Store) {
	ctx := t.Context()
	job := outbox.Job{ID: "j", Kind: "issue", Key: "k", Due: at}
	revive := func() error { return s.ReviveJob(ctx, "j", at.Add(time.Hour), entry("jobs", "", "outbox:retry")) }
	wantCode(t, "revive what is not there", revive(), fault.NotFound)
	recordJobs(t, s, job)
	wantCode(t, "revive what is due", revive(), fault.Refused)
	must(t, s.BuryJob(ctx, claimOne(t, s, at), why))

	recordJobs(t, s, job) // once more: it stays dead
	if got := claimJobs(t, s, at.AddDate(1, 0, 0), 10); len(got) != 0 {
		t.Errorf("claimed what is dead: %+v", got)
	}
	want := outbox.Job{ID: "j", Kind: "issue", Key: "k", Tries: 1, Fence: 1, Last: why, Dead: true}
	if list, err := s.Jobs(ctx, outbox.Query{}); err != nil || len(list) != 1 || list[0] != want {
		t.Errorf("stored %+v, %v, want %+v", list, err, want)
	}
	if n := len(chain(t, s, "jobs")); n != 0 {
		t.Errorf("%d entries before the revival", n)
	}
	must(t, revive())
	wantCode(t, "revive it again", revive(), fault.Refused)
	all := chain(t, s, "jobs")
	if len(all) != 1 || all[0].Object != "job/j" || all[0].Version != 1 || all[0].What != "outbox:retry" || all[0].Who != id(1) {
		t.Errorf("entries of the revival: %+v", all)
	}
	if got := claimJobs(t, s, at.Add(time.Hour-time.Millisecond), 10); len(got) != 0 {
		t.Errorf("claimed before it is due: %+v", got)
	}
	got := claimOne(t, s, at.Add(time.Hour))
	if got.Tries != 1 || got.Fence != 2 || got.Last != why || got.Dead {
		t.Errorf("revived as %+v, want it with new tries and its last failure", got)
	}
	must(t, s.FinishJob(ctx, got))
	wantCode(t, "revive what is done", revive(), fault.NotFound)
	checkAudit(t, s, nil)
}

// jobsRevivedOnce has several administrators revive one job.
func jobsRevivedOnce(t *testing.T, s Store) {
	ctx := t.Context()
	recordJobs(t, s, outbox.Job{ID: "j", Kind: "issue", Key: "k", Due: at})
	must(t, s.BuryJob(ctx, claimOne(t, s, at), why))
	together(8, func(int) {
		if err := s.ReviveJob(ctx, "j", at, entry("jobs", "", "outbox:retry")); err != nil && !fault.Is(err, fault.Refused) {
			t.Error(err)
		}
	})
	if n := len(chain(t, s, "jobs")); n != 1 {
		t.Errorf("%d entries, want one", n)
	}
	claimOne(t, s, at)
}

func jobsListed(t *testing.T, s Store) {
	ctx := t.Context()
	if c, err := s.CountJobs(ctx, at); err != nil || c.Waiting+c.Due+c.DeadInAll() != 0 || !c.Oldest.IsZero() {
		t.Errorf("counts of nothing: %+v, %v", c, err)
	}
	var jobs []outbox.Job
	for n := range 9 { // three of each state, in turn
		due := []time.Time{at.Add(-time.Hour), at.Add(-time.Duration(n) * time.Minute), at.Add(time.Hour)}[n%3]
		jobs = append(jobs, outbox.Job{ID: fmt.Sprint("j", n), Kind: []string{"issue", "publish"}[n/3%2], Key: "k", Due: due})
	}
	recordJobs(t, s, jobs...)
	for range 3 {
		list, err := s.ClaimJobs(ctx, at.Add(-time.Hour), at, 1)
		must(t, err)
		must(t, s.BuryJob(ctx, list[0], why))
	}
	for _, c := range []struct {
		what string
		q    outbox.Query
		want []string
	}{
		{"all", outbox.Query{}, []string{"j0", "j1", "j2", "j3", "j4", "j5", "j6", "j7", "j8"}},
		{"dead", outbox.Query{State: outbox.Dead}, []string{"j0", "j3", "j6"}},
		{"dead of a kind", outbox.Query{State: outbox.Dead, Kind: "issue"}, []string{"j0", "j6"}},
		{"due", outbox.Query{State: outbox.Due}, []string{"j1", "j4", "j7"}},
		{"waiting", outbox.Query{State: outbox.Waiting}, []string{"j2", "j5", "j8"}},
		{"a page", outbox.Query{Limit: 2, After: "j3"}, []string{"j4", "j5"}},
		{"a page of a state", outbox.Query{State: outbox.Due, Limit: 2, After: "j3"}, []string{"j4", "j7"}},
		{"the last page", outbox.Query{Limit: 2, After: "j8"}, nil},
	} {
		c.q.Now = at
		list, err := s.Jobs(ctx, c.q)
		same(t, c.what, list, err, func(j outbox.Job) string { return j.ID }, c.want...)
	}
	c, err := s.CountJobs(ctx, at)
	if err != nil || c.Waiting != 3 || c.Due != 3 || c.Dead["issue"] != 2 || c.Dead["publish"] != 1 || c.DeadInAll() != 3 {
		t.Errorf("counts: %+v, %v", c, err)
	}
	if want := at.Add(-7 * time.Minute); !c.Oldest.Equal(want) {
		t.Errorf("the longest overdue one is due since %s, want %s", c.Oldest, want)
	}
}
