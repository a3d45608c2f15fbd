package mongo

import (
	"context"
	"fmt"
	"hash/fnv"
	"testing"

	"kaoping/exam"
	"kaoping/internal/fault"
)

// resting gives a store lanes that write nothing until the returned function
// is called: a server that does not answer.
func resting(s *Store) (wake func()) {
	s.saver.close()
	next := &saver{attempts: s.saver.attempts, log: s.log}
	for i := range next.lanes {
		next.lanes[i] = &lane{saver: next, queue: make(chan *change, queueMost), known: map[string]lease{}}
	}
	s.saver = next
	return func() {
		for _, lane := range next.lanes {
			next.ended.Go(lane.run)
		}
	}
}

// laneOf is the number of the lane of an attempt.
func laneOf(attempt string) int {
	hash := fnv.New32a()
	hash.Write([]byte(attempt))
	return int(hash.Sum32() % laneCount)
}

func enqueue(t *testing.T, s *Store, a exam.Attempt, seq int64) *change {
	t.Helper()
	c := &change{save: save(a, seq, 1), answers: []answer{{Answer: "{}", Seq: seq}}, done: make(chan struct{})}
	if err := s.saver.enqueue(c); err != nil {
		t.Fatalf("save %d: %v", seq, err)
	}
	return c
}

// TestFullLaneRefusesAtOnce fills a lane while nothing is written: the next
// save is refused without waiting, other lanes take theirs, and in the end all
// that waited is stored.
func TestFullLaneRefusesAtOnce(t *testing.T) {
	s := openNew(t)
	a := begin(t, s, "a")
	other := "b"
	for i := 0; laneOf(other) == laneOf(a.ID); i++ {
		other = fmt.Sprint("b", i)
	}
	b := begin(t, s, other)
	wake := resting(s)
	var waiting []*change
	for range queueMost { // one save, sent again and again by a browser that gets no answer
		waiting = append(waiting, enqueue(t, s, a, 1))
	}
	if _, err := s.SaveAnswers(t.Context(), save(a, 1, 1)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("one too many: %v, want unavailable", err)
	}
	waiting = append(waiting, enqueue(t, s, b, 1))
	if n := s.Waiting(); n != queueMost+1 {
		t.Errorf("%d saves wait, want %d", n, queueMost+1)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := s.SaveAnswers(gone, save(b, 1, 1)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("of a caller who has gone: %v, want unavailable", err)
	}
	wake()
	for _, c := range waiting {
		if <-c.done; c.err != nil {
			t.Fatal(c.err)
		}
	}
	for _, id := range []string{a.ID, b.ID} {
		if got, err := s.Answers(t.Context(), id); err != nil || len(got) != 1 || got["q001"].Seq != 1 {
			t.Errorf("%s: %v, %v", id, got, err)
		}
	}
}

// TestWhileTheServerIsAwayOneAsksForAll: after a batch has failed, one save a
// lane waits to see whether the server is back; the others are told at once.
func TestWhileTheServerIsAwayOneAsksForAll(t *testing.T) {
	s := openNew(t)
	a := begin(t, s, "a")
	wake := resting(s)
	s.saver.failing.Store(true)
	asks := enqueue(t, s, a, 1)
	if _, err := s.SaveAnswers(t.Context(), save(a, 1, 1)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("the second: %v, want unavailable at once", err)
	}
	wake()
	if <-asks.done; asks.err != nil {
		t.Fatal(asks.err)
	}
	if _, err := s.SaveAnswers(t.Context(), save(a, 2, 1)); err != nil {
		t.Errorf("once the server is back: %v", err)
	}
}
