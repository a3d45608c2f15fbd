package storetest

import (
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/fault"
)

// begin stores an attempt that is open until ninety minutes after at.
func begin(t *testing.T, s Store, n int) exam.Attempt {
	t.Helper()
	v := attempt(n)
	putAttempt(t, s, &v)
	return v
}

func putAttempt(t *testing.T, s Store, v *exam.Attempt) {
	t.Helper()
	must(t, s.PutAttempt(t.Context(), v, entry("sitting/sitting-1", "attempt/"+v.ID, "attempt:change")))
}

// save is a save of choices, by question, that arrives a second after the
// attempt began for each number.
func save(a exam.Attempt, seq int64, choices map[string]int) exam.Save {
	s := exam.Save{Attempt: a.ID, Lease: a.Lease, Seq: seq, Digest: fmt.Sprint(choices), At: a.StartedAt.Add(time.Duration(seq) * time.Second)}
	for question, choice := range choices {
		s.Changes = append(s.Changes, exam.Change{Question: question, Answer: bank.Answer{Choice: []int{choice}}, QueuedAt: s.At})
	}
	return s
}

func savesDecided(t *testing.T, s Store) {
	ctx := t.Context()
	a := begin(t, s, 1)
	five := save(a, 5, map[string]int{"q001": 1})
	if r, err := s.SaveAnswers(ctx, five); err != nil || r != (exam.Receipt{Seq: 5, SavedAt: five.At, Deadline: a.Deadline}) {
		t.Errorf("the first save: %+v, %v", r, err)
	}
	want := exam.LeaseState{Lease: a.Lease, Open: true, Seq: 5, Digest: five.Digest, Deadline: a.Deadline}
	if l, err := s.Lease(ctx, a.ID); err != nil || l != want {
		t.Errorf("the lease: %+v, %v, want %+v", l, err, want)
	}

	refuse := func(what string, v exam.Save, code fault.Code, reason string) {
		t.Helper()
		r, err := s.SaveAnswers(ctx, v)
		if fault.CodeOf(err) != code || exam.Reason(err) != reason || r != (exam.Receipt{}) {
			t.Errorf("%s: %+v, %v, want %s because of %q", what, r, err, code, reason)
		}
	}
	other := save(a, 6, map[string]int{"q001": 3})
	other.Lease = "another"
	refuse("another lease", other, fault.Superseded, exam.ReasonLease)
	refuse("the number again with other answers", save(a, 5, map[string]int{"q001": 2}), fault.Superseded, exam.ReasonSequence)
	refuse("an older number", save(a, 4, map[string]int{"q001": 2}), fault.Superseded, exam.ReasonSequence)
	unknown := save(a, 6, map[string]int{"q001": 2})
	unknown.Attempt = id(2)
	refuse("no such attempt", unknown, fault.NotFound, "")
	_, err := s.Lease(ctx, id(2))
	wantCode(t, "the lease of no attempt", err, fault.NotFound)
	if got, err := s.Answers(ctx, id(2)); err != nil || len(got) != 0 {
		t.Errorf("answers of no attempt: %v, %v", got, err)
	}

	got, err := s.Answers(ctx, a.ID)
	only := map[string]exam.Answer{"q001": {Answer: bank.Answer{Choice: []int{1}}, Seq: 5, SavedAt: five.At}}
	if err != nil || !reflect.DeepEqual(got, only) {
		t.Errorf("after the refusals: %+v, %v, want %+v", got, err, only)
	}
}

func savesMerge(t *testing.T, s Store) {
	ctx := t.Context()
	a, other := begin(t, s, 1), begin(t, s, 2)
	for _, v := range []exam.Save{
		save(a, 1, map[string]int{"q001": 1, "q002": 2}),
		save(a, 2, map[string]int{"q002": 0, "q003": 3}),
		save(other, 1, map[string]int{"q001": 7}),
	} {
		_, err := s.SaveAnswers(ctx, v)
		must(t, err)
	}
	text := save(a, 3, nil)
	text.Changes = []exam.Change{{Question: "q004", Answer: bank.Answer{Text: []string{"零线 & <地线>", ""}}, Flagged: true, QueuedAt: text.At}}
	_, err := s.SaveAnswers(ctx, text)
	must(t, err)

	second := func(n int) time.Time { return a.StartedAt.Add(time.Duration(n) * time.Second) }
	want := map[string]exam.Answer{
		"q001": {Answer: bank.Answer{Choice: []int{1}}, Seq: 1, SavedAt: second(1)},
		"q002": {Answer: bank.Answer{Choice: []int{0}}, Seq: 2, SavedAt: second(2)},
		"q003": {Answer: bank.Answer{Choice: []int{3}}, Seq: 2, SavedAt: second(2)},
		"q004": {Answer: bank.Answer{Text: []string{"零线 & <地线>", ""}}, Flagged: true, Seq: 3, SavedAt: second(3)},
	}
	if got, err := s.Answers(ctx, a.ID); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("answers: %+v, %v, want %+v", got, err, want)
	}
	if got, err := s.Attempt(ctx, a.ID); err != nil || got.Version != a.Version {
		t.Errorf("saving changed the attempt: version %d, %v", got.Version, err)
	}
}

func savesRepeated(t *testing.T, s Store) {
	ctx := t.Context()
	a := begin(t, s, 1)
	first := save(a, 1, map[string]int{"q001": 1})
	receipt, err := s.SaveAnswers(ctx, first)
	must(t, err)
	retry := first
	retry.At = first.At.Add(time.Minute)
	together(16, func(int) {
		if r, err := s.SaveAnswers(ctx, retry); err != nil || r != receipt {
			t.Errorf("a retry: %+v, %v, want %+v as at first", r, err, receipt)
		}
	})
	if got, err := s.Answers(ctx, a.ID); err != nil || len(got) != 1 || !got["q001"].SavedAt.Equal(first.At) {
		t.Errorf("answers: %+v, %v, want the first save's", got, err)
	}

	a.State, a.SubmittedBy = exam.Submitted, exam.ByCandidate
	putAttempt(t, s, &a)
	if r, err := s.SaveAnswers(ctx, retry); err != nil || r != receipt {
		t.Errorf("a retry after the hand-in: %+v, %v, want %+v", r, err, receipt)
	}
}

// savesConcurrent has 64 candidates who save in their own order, each save sent
// twice at once as an impatient network does.
func savesConcurrent(t *testing.T, s Store) {
	const candidates, each = 64, 20
	var attempts []exam.Attempt
	for n := range candidates {
		attempts = append(attempts, begin(t, s, n))
	}
	together(candidates, func(n int) {
		for seq := int64(1); seq <= each; seq++ {
			v := save(attempts[n], seq, map[string]int{fmt.Sprintf("q%03d", seq): n, "q000": int(seq)})
			together(2, func(int) {
				if r, err := s.SaveAnswers(t.Context(), v); err != nil || r.Seq != seq || !r.SavedAt.Equal(v.At) {
					t.Errorf("candidate %d save %d: %+v, %v", n, seq, r, err)
				}
			})
		}
	})
	for n, a := range attempts {
		got, err := s.Answers(t.Context(), a.ID)
		if err != nil || len(got) != each+1 || got["q000"].Choice[0] != each || got["q000"].Seq != each || got["q007"].Choice[0] != n {
			t.Errorf("candidate %d: %d answers, %v, last %+v", n, len(got), err, got["q000"])
		}
	}
}

// savesOneWins has 64 pages of one candidate that all hold the same lease.
func savesOneWins(t *testing.T, s Store) {
	a := begin(t, s, 1)
	for seq := int64(1); seq <= 3; seq++ {
		var winner atomic.Int64
		winner.Store(-1)
		together(64, func(i int) {
			_, err := s.SaveAnswers(t.Context(), save(a, seq, map[string]int{"q001": i}))
			switch {
			case err == nil && !winner.CompareAndSwap(-1, int64(i)):
				t.Errorf("two saves with number %d", seq)
			case err != nil && exam.Reason(err) != exam.ReasonSequence:
				t.Errorf("a slower save: %v", err)
			}
		})
		got, err := s.Answers(t.Context(), a.ID)
		if err != nil || len(got) != 1 || int64(got["q001"].Choice[0]) != winner.Load() || got["q001"].Seq != seq {
			t.Errorf("answers: %+v, %v, want number %d by %d", got, err, seq, winner.Load())
		}
	}
}
