package exam

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kaoping/internal/fault"
)

func TestAccepts(t *testing.T) {
	deadline := today.Add(time.Hour)
	lease := LeaseState{Lease: "L", Open: true, Seq: 5, Digest: "five", Deadline: deadline}
	closed := lease
	closed.Open = false
	save := func(seq int64, at, queued time.Time) Save {
		return Save{Lease: "L", Seq: seq, Digest: "new", At: at, Changes: []Change{{Question: "q001", QueuedAt: queued}}}
	}
	before, after := deadline.Add(-time.Second), deadline.Add(Travel)
	other := save(6, before, before)
	other.Lease = "old"
	again := save(5, before, before)
	again.Digest = "five"
	againLate := again
	againLate.At = deadline.Add(Grace + time.Hour)
	for _, c := range []struct {
		what   string
		lease  LeaseState
		save   Save
		code   fault.Code
		reason string
		repeat bool
	}{
		{"the next", lease, save(6, before, before), "", "", false},
		{"a gap is the browser's business", lease, save(9, before, before), "", "", false},
		{"an old lease", lease, other, fault.Superseded, ReasonLease, false},
		{"a retry", lease, again, "", "", true},
		{"a retry after everything is over", closed, againLate, "", "", true},
		{"the same number with other content: another tab", lease, save(5, before, before), fault.Superseded, ReasonSequence, false},
		{"an old sequence", lease, save(4, before, before), fault.Superseded, ReasonSequence, false},
		{"at the last moment", lease, save(6, deadline.Add(-time.Nanosecond), before), "", "", false},
		{"at the deadline, queued before", lease, save(6, deadline, before), "", "", false},
		{"in the grace, queued before", lease, save(6, deadline.Add(Grace), before), "", "", false},
		{"in the grace, queued before, on its way for long", lease, save(6, after, deadline.Add(Travel)), "", "", false},
		{"in the grace, queued after", lease, save(6, deadline.Add(time.Minute), deadline.Add(Travel+1)), fault.Late, "", false},
		{"after the grace", lease, save(6, deadline.Add(Grace+1), before), fault.Late, "", false},
		{"after hand-in", closed, save(6, before, before), fault.Late, "", false},
	} {
		repeat, err := c.lease.Accepts(c.save)
		if fault.CodeOf(err) != c.code || Reason(err) != c.reason || repeat != c.repeat {
			t.Errorf("%s: repeat %v, %v", c.what, repeat, err)
		}
	}
}

// TestNothingQueuedAfterTheDeadlineIsEverTaken is the property that the clock rests on.
func TestNothingQueuedAfterTheDeadlineIsEverTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lease := LeaseState{Lease: "L", Open: rapid.Bool().Draw(t, "open"), Seq: 1, Deadline: today}
		arrives := today.Add(time.Duration(rapid.Int64Range(-7200, 7200).Draw(t, "arrives")) * time.Second)
		age := time.Duration(rapid.Int64Range(0, 7200).Draw(t, "age")) * time.Second
		queued := arrives.Add(-age)
		_, err := lease.Accepts(Save{Lease: "L", Seq: 2, At: arrives, Changes: []Change{{QueuedAt: queued}}})
		if err == nil && (queued.After(today.Add(Travel)) || arrives.After(today.Add(Grace)) || !lease.Open) {
			t.Fatalf("taken: queued %v, arrived %v, open %v", queued, arrives, lease.Open)
		}
		if err != nil && lease.Open && arrives.Before(today) {
			t.Fatalf("refused in time: %v", err)
		}
	})
}
