package mongo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/exam"
)

// RawLimit measures how many saves a second an empty database takes at most:
// bare unordered bulk writes of so many saves each, of the updates, the write
// concern and as many at a time as SaveAnswers has, and nothing else. No save
// is encoded, looked up, checked, queued or waited for, and there is no index
// but that of the ids. They go round so many attempts and a hundred questions,
// for as long as it may take.
func RawLimit(ctx context.Context, uri, database string, attempts, batch int, long time.Duration) (perSecond float64, err error) {
	db, err := connect(ctx, uri, database)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Client().Disconnect(context.WithoutCancel(ctx))) }()
	c := db.Collection("raw")
	lanes := make([][]lease, laneCount)
	documents := make([]lease, attempts)
	for i := range documents {
		documents[i] = lease{Attempt: fmt.Sprintf("01RAW%021d", i), Version: 1, Open: true}
		lanes[i%laneCount] = append(lanes[i%laneCount], documents[i])
	}
	if _, err := c.InsertMany(ctx, documents); err != nil {
		return 0, err
	}
	var done atomic.Int64
	failed := make([]error, laneCount)
	began := time.Now()
	var group sync.WaitGroup
	for i, mine := range lanes {
		group.Go(func() {
			for at := 0; failed[i] == nil && len(mine) > 0 && time.Since(began) < long; at++ {
				failed[i] = rawWrite(ctx, c, mine, at, min(batch, len(mine)))
				done.Add(int64(min(batch, len(mine))))
			}
		})
	}
	group.Wait()
	return float64(done.Load()) / time.Since(began).Seconds(), errors.Join(failed...)
}

// rawWrite stores the batch with this number, the next save of each attempt in it.
func rawWrite(ctx context.Context, c *driver.Collection, mine []lease, number, size int) error {
	models := make([]driver.WriteModel, size)
	for i := range models {
		l := &mine[(number*size+i)%len(mine)]
		save := exam.Save{Attempt: l.Attempt, Seq: l.Seq + 1, Digest: "0123456789abcdef", At: time.Now(), Changes: []exam.Change{{Question: fmt.Sprintf("q%03d", l.Seq%100)}}}
		answers := []answer{{Answer: `{"Choice":[1],"Text":null}`, Seq: save.Seq, Saved: nanoseconds(save.At)}}
		models[i] = write{change: &change{save: save, answers: answers}, lease: *l}.model()
		l.Seq++
	}
	result, err := c.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	if err == nil && result.MatchedCount != int64(size) {
		err = fmt.Errorf("%d of %d bare writes found their document", result.MatchedCount, size)
	}
	return err
}
