package mongo

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

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
// one change a save, to a paper of a hundred questions.
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

// BenchmarkBareBulk writes what SaveAnswers writes, without looking first and
// without callers: as many writers as there are lanes, each with batches of the
// callers' share.
func BenchmarkBareBulk(b *testing.B) {
	s := openNew(b)
	c := s.db.Collection(attempts.name) // with its indexes
	var documents []bson.D
	for caller := range callers {
		documents = append(documents, bson.D{{Key: "_id", Value: benchID(caller)}, {Key: "version", Value: 1}, {Key: "seq", Value: 0}})
	}
	if _, err := c.InsertMany(b.Context(), documents); err != nil {
		b.Fatal(err)
	}
	const share = callers / laneCount
	b.ResetTimer()
	var wg sync.WaitGroup
	for lane := range laneCount {
		wg.Go(func() {
			for seq := 1; seq*callers < b.N+callers; seq++ {
				var models []driver.WriteModel
				for caller := lane * share; caller < (lane+1)*share; caller++ {
					models = append(models, driver.NewUpdateOneModel().
						SetFilter(bson.D{{Key: "_id", Value: benchID(caller)}, {Key: "version", Value: 1}, {Key: "seq", Value: seq - 1}}).
						SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: "seq", Value: seq}, {Key: "digest", Value: "0123456789abcdef"}, {Key: "saved", Value: int64(seq)},
							{Key: fmt.Sprintf("answers.q%03d", seq%100), Value: answer{Answer: `{"Choice":[1],"Text":null}`, Seq: int64(seq), Saved: int64(seq)}}}}}))
				}
				if result, err := c.BulkWrite(b.Context(), models, options.BulkWrite().SetOrdered(false)); err != nil || result.MatchedCount != share {
					b.Errorf("%+v, %v", result, err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
}
