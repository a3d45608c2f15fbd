package mongo

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
)

const callers = 256

func benchID(caller int) string { return fmt.Sprintf("01BENCH%019d", caller) }

// together has every caller do something, at once.
func together(b *testing.B, do func(caller int) error) {
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			if err := do(caller); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
}

// BenchmarkSaveAnswers has 256 callers who save as fast as the server takes it,
// one change a save, to a paper of a hundred questions. RawLimit is what to
// compare it with: kaoping bench room --max does.
func BenchmarkSaveAnswers(b *testing.B) {
	s, now := openNew(b), time.Now()
	together(b, func(caller int) error {
		a := exam.Attempt{ID: benchID(caller), Lease: "lease", State: exam.Open, Deadline: now.Add(time.Hour)}
		return s.PutAttempt(b.Context(), &a, audit.Entry{Stream: fmt.Sprintf("sitting/%d", caller)})
	})
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	together(b, func(caller int) error {
		for seq := int64(1); left.Add(-1) >= 0; seq++ {
			change := exam.Change{Question: fmt.Sprintf("q%03d", seq%100), Answer: bank.Answer{Choice: []int{int(seq % 4)}}, QueuedAt: now}
			save := exam.Save{Attempt: benchID(caller), Lease: "lease", Seq: seq, Digest: "0123456789abcdef", Changes: []exam.Change{change}, At: now}
			if _, err := s.SaveAnswers(b.Context(), save); err != nil {
				return err
			}
		}
		return nil
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
}
