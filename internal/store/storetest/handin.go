package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/fault"
)

func takeover(t *testing.T, s Store) {
	ctx := t.Context()
	a := begin(t, s, 1)
	_, err := s.SaveAnswers(ctx, save(a, 4, map[string]int{"q001": 1}))
	must(t, err)
	old := a
	a.Lease = "lease of the new device"
	putAttempt(t, s, &a)

	_, err = s.SaveAnswers(ctx, save(old, 5, map[string]int{"q001": 2}))
	if fault.CodeOf(err) != fault.Superseded || exam.Reason(err) != exam.ReasonLease {
		t.Errorf("the old lease: %v, want superseded", err)
	}
	want := exam.LeaseState{Lease: a.Lease, Open: true, Seq: 4, Digest: "map[q001:1]", Deadline: a.Deadline}
	if l, err := s.Lease(ctx, a.ID); err != nil || l != want {
		t.Errorf("the new lease: %+v, %v, want to go on from %+v", l, err, want)
	}
	_, err = s.SaveAnswers(ctx, save(a, 5, map[string]int{"q002": 2}))
	must(t, err)
	if got, err := s.Answers(ctx, a.ID); err != nil || len(got) != 2 || got["q001"].Choice[0] != 1 {
		t.Errorf("answers: %+v, %v, want those of both devices", got, err)
	}
}

// handIn has candidates who go on saving while their attempt is handed in:
// what was acknowledged is there when the hand-in returns, and nothing that is
// not there is acknowledged afterwards.
func handIn(t *testing.T, s Store) {
	const candidates = 16
	var attempts []exam.Attempt
	for n := range candidates {
		attempts = append(attempts, begin(t, s, n))
	}
	together(candidates, func(n int) {
		ctx, a := t.Context(), attempts[n]
		saved, last := make(chan struct{}, 1), int64(0)
		go func() {
			defer close(saved)
			for ; ; last++ {
				_, err := s.SaveAnswers(ctx, save(a, last+1, map[string]int{fmt.Sprintf("q%03d", last+1): n}))
				if err != nil {
					wantCode(t, "a save after the hand-in", err, fault.Late)
					return
				}
				select {
				case saved <- struct{}{}:
				default: // the hand-in is under way
				}
			}
		}()
		for range 3 {
			<-saved
		}
		handed := a
		handed.State, handed.SubmittedBy = exam.Submitted, exam.ByCandidate
		if err := s.PutAttempt(ctx, &handed, entry("sitting/sitting-1", "attempt/"+a.ID, "attempt:submit")); err != nil {
			t.Error(err)
		}
		atHandIn, err := s.Answers(ctx, a.ID)
		if err != nil {
			t.Error(err)
		}
		for range saved { // until the candidate is refused
		}
		acknowledged := last
		after, err := s.Answers(ctx, a.ID)
		if err != nil || !reflect.DeepEqual(after, atHandIn) {
			t.Errorf("candidate %d: %d answers at the hand-in, %d later, %v", n, len(atHandIn), len(after), err)
		}
		if int64(len(after)) != acknowledged {
			t.Errorf("candidate %d: %d answers stored, %d acknowledged", n, len(after), acknowledged)
		}
		if l, err := s.Lease(ctx, a.ID); err != nil || l.Open || l.Seq != acknowledged {
			t.Errorf("candidate %d: the lease is %+v, %v", n, l, err)
		}
	})
}

func graceAnswers(t *testing.T, s Store) {
	ctx := t.Context()
	a := begin(t, s, 1)
	send := func(seq int64, queued, arrived time.Time) error {
		v := save(a, seq, map[string]int{fmt.Sprintf("q%03d", seq): 1})
		v.At, v.Changes[0].QueuedAt = arrived, queued
		_, err := s.SaveAnswers(ctx, v)
		return err
	}
	tick := time.Millisecond
	must(t, send(1, a.Deadline.Add(-tick), a.Deadline.Add(-tick)))
	must(t, send(2, a.Deadline, a.Deadline)) // before the sweeper came
	a.State, a.SubmittedBy = exam.Submitted, exam.ByDeadline
	putAttempt(t, s, &a)
	must(t, send(3, a.Deadline.Add(-time.Minute), a.Deadline.Add(exam.Grace)))
	wantCode(t, "queued after the deadline", send(4, a.Deadline.Add(time.Minute), a.Deadline.Add(2*time.Minute)), fault.Late)
	wantCode(t, "after the grace period", send(4, a.Deadline.Add(-tick), a.Deadline.Add(exam.Grace+tick)), fault.Late)

	got, err := s.Answers(ctx, a.ID)
	if err != nil || len(got) != 3 || got["q001"].Late || !got["q002"].Late || !got["q003"].Late {
		t.Errorf("answers: %+v, %v; want the second and third marked as late", got, err)
	}

	a.Deadline = a.Deadline.Add(time.Hour) // added time
	a.State = exam.Open
	putAttempt(t, s, &a)
	must(t, send(4, a.Deadline.Add(-tick), a.Deadline.Add(-tick)))
	if got, err := s.Answers(ctx, a.ID); err != nil || got["q004"].Late {
		t.Errorf("in added time: %+v, %v", got["q004"], err)
	}

	a.State = exam.Scored
	putAttempt(t, s, &a)
	wantCode(t, "after marking", send(5, a.Deadline.Add(-tick), a.Deadline.Add(-tick)), fault.Late)
}
