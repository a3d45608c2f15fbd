package sqlite

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
)

// BenchmarkSaveAnswers has 256 callers who save as fast as the disk takes it,
// one change a save, in a small hall and in a file that holds a busy season.
func BenchmarkSaveAnswers(b *testing.B) {
	for _, attempts := range []int{256, 10240} {
		b.Run(fmt.Sprintf("attempts=%d", attempts), func(b *testing.B) { benchmarkSaves(b, 256, attempts) })
	}
}

func benchmarkSaves(b *testing.B, callers, attempts int) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "bench.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	now := time.Now()
	each := attempts / callers
	attempt := func(caller, n int) string { return fmt.Sprintf("01BENCH%09d%010d", caller, n) }
	all := func(do func(caller int) error) {
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
	all(func(caller int) error {
		for n := range each {
			a := exam.Attempt{ID: attempt(caller, n), Lease: "lease", State: exam.Open, Deadline: now.Add(time.Hour)}
			if err := s.PutAttempt(b.Context(), &a, audit.Entry{Stream: fmt.Sprintf("sitting/%d", caller)}); err != nil {
				return err
			}
		}
		return nil
	})

	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	all(func(caller int) error {
		for i := 0; left.Add(-1) >= 0; i++ {
			seq := int64(i/each + 1)
			change := exam.Change{Question: fmt.Sprintf("q%03d", seq%100), Answer: bank.Answer{Choice: []int{int(seq % 4)}}, QueuedAt: now}
			save := exam.Save{Attempt: attempt(caller, i%each), Lease: "lease", Seq: seq, Digest: "0123456789abcdef", Changes: []exam.Change{change}, At: now}
			if _, err := s.SaveAnswers(b.Context(), save); err != nil {
				return err
			}
		}
		return nil
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
}
