package storetest

import (
	"fmt"
	"slices"
	"testing"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
)

// checkAudit verifies every stream, that the last entry of each object
// describes it as it is stored, and how many entries the named objects have.
func checkAudit(t *testing.T, s Store, want map[string]int) {
	t.Helper()
	ctx := t.Context()
	last, count := map[string]audit.Entry{}, map[string]int{}
	for stream, err := range s.Streams(ctx) {
		must(t, err)
		for _, e := range chain(t, s, stream) {
			if e.Version > last[e.Object].Version {
				last[e.Object] = e
			}
			count[e.Object]++
		}
	}
	for o, err := range s.Objects(ctx) {
		must(t, err)
		if e := last[o.Name]; e.Version != o.Version || e.Digest != o.Digest {
			t.Errorf("%s is stored as version %d %.8s, its entry says %d %.8s", o.Name, o.Version, o.Digest, e.Version, e.Digest)
		}
		delete(last, o.Name)
	}
	for name, e := range last {
		if e.Digest != "" {
			t.Errorf("%s is described and not stored", name)
		}
	}
	for name, n := range want {
		if count[name] != n {
			t.Errorf("%s has %d entries, want %d", name, count[name], n)
		}
	}
}

// chain reads a stream page by page and checks that entry follows entry.
func chain(t *testing.T, s Store, stream string) []audit.Entry {
	t.Helper()
	var all []audit.Entry
	var last audit.Entry
	for {
		page, err := s.Entries(t.Context(), stream, last.Seq, 7)
		must(t, err)
		for _, e := range page {
			if err := audit.Check(last, e); err != nil || e.Stream != stream {
				t.Errorf("stream %s: %v in %+v", stream, err, e)
			}
			all, last = append(all, e), e
		}
		if len(page) == 0 {
			return all
		}
	}
}

func auditChain(t *testing.T, s Store) {
	const writers, each = 32, 8
	together(writers, func(i int) {
		v := sitting(i)
		for n := range each {
			v.Title = fmt.Sprint("round ", n)
			if err := s.PutSitting(t.Context(), &v, entry("shared", "sitting/"+v.ID, "sitting:draft")); err != nil {
				t.Error(err)
				return
			}
		}
	})
	want := map[string]int{}
	for i := range writers {
		want["sitting/"+id(i)] = each
	}
	checkAudit(t, s, want)
	all := chain(t, s, "shared")
	if len(all) != writers*each {
		t.Fatalf("%d entries, want %d", len(all), writers*each)
	}
	got := all[0]
	got.Seq, got.Object, got.Version, got.Digest, got.Prev, got.Hash = 0, "", 0, "", "", ""
	if got != entry("shared", "", "sitting:draft") {
		t.Errorf("the author's part of an entry came back as %+v", got)
	}
}

func refusedLeavesNothing(t *testing.T, s Store) {
	ctx := t.Context()
	v := sitting(1)
	must(t, s.PutSitting(ctx, &v, entry("stream", "sitting/"+v.ID, "sitting:draft")))
	stale := v
	stale.Version = 7
	job := outbox.Job{ID: "job-1", Kind: "kind", Key: "key", Due: at}
	err := s.PutSitting(ctx, &stale, entry("stream", "sitting/"+v.ID, "sitting:draft"), job)
	wantCode(t, "a stale version", err, fault.Conflict)
	if n := len(chain(t, s, "stream")); n != 1 {
		t.Errorf("%d entries, want the first one only", n)
	}
	if jobs, err := s.ClaimJobs(ctx, at, at, 10); err != nil || len(jobs) != 0 {
		t.Errorf("jobs of a refused change: %v, %v", jobs, err)
	}
	_, err = s.Lease(ctx, id(1))
	wantCode(t, "a lease that nobody made", err, fault.NotFound)
}

func streamsPaged(t *testing.T, s Store) {
	ctx := t.Context()
	var want []string
	for n := range 30 {
		v := exam.Sitting{ID: id(n)}
		for range 3 {
			must(t, s.PutSitting(ctx, &v, entry("sitting/"+v.ID, "sitting/"+v.ID, "sitting:draft")))
		}
		want = append(want, "sitting/"+v.ID)
	}
	var got []string
	for stream, err := range s.Streams(ctx) {
		must(t, err)
		got = append(got, stream)
	}
	if !slices.Equal(got, want) {
		t.Errorf("streams %q, want %q", got, want)
	}
	for range s.Streams(ctx) {
		break // a caller may stop early
	}
	page, err := s.Entries(ctx, want[0], 1, 1)
	if err != nil || len(page) != 1 || page[0].Seq != 2 {
		t.Errorf("one entry after the first: %+v, %v", page, err)
	}
	if page, err := s.Entries(ctx, "nothing", 0, 10); err != nil || len(page) != 0 {
		t.Errorf("entries of no stream: %+v, %v", page, err)
	}
	checkAudit(t, s, nil)
}
