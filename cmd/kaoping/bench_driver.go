package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// atOnce is how many candidates wait for an answer at the same time when all
// of them act as fast as they can.
const atOnce = 256

// saveEvery is how often a candidate saves, give or take a third.
const saveEvery = 10 * time.Second

// driver plays a hall full of candidates.
type driver struct {
	candidates []*candidate
	progress   io.Writer

	errors atomic.Int64
	first  sync.Once // the first error is told, the rest are counted
}

// failed counts an error and reports whether there is one.
func (d *driver) failed(what string, err error) bool {
	if err == nil {
		return false
	}
	d.errors.Add(1)
	d.first.Do(func() { fmt.Fprintf(d.progress, "the first error, at %s: %v\n", what, err) })
	return true
}

// each has every candidate do something once, as fast as it goes, and returns
// how long that took.
func (d *driver) each(ctx context.Context, what string, do func(*candidate) error) time.Duration {
	fmt.Fprintf(d.progress, "%s: %d candidates\n", what, len(d.candidates))
	began := time.Now()
	var next atomic.Int64
	together(min(atOnce, len(d.candidates)), func(int) {
		for ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= len(d.candidates) {
				return
			}
			d.failed(what, do(d.candidates[i]))
		}
	})
	return time.Since(began)
}

// waits is how long each confirmed save waited for its confirmation.
type waits []time.Duration

// paced has every candidate save about every ten seconds until the time is over.
func (d *driver) paced(ctx context.Context, until time.Time) waits {
	return d.saving(len(d.candidates), func(worker int, save func(*candidate)) {
		for pause := upTo(saveEvery); time.Now().Add(pause).Before(until); pause = saveEvery*2/3 + upTo(saveEvery*2/3) {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
				save(d.candidates[worker])
			}
		}
	})
}

func upTo(d time.Duration) time.Duration { return time.Duration(rand.Int64N(int64(d))) }

// flood has the candidates save one after the other without a pause, so many
// at once, until the time is over.
func (d *driver) flood(ctx context.Context, until time.Time) waits {
	workers := min(atOnce, len(d.candidates))
	return d.saving(workers, func(worker int, save func(*candidate)) {
		for {
			for i := worker; i < len(d.candidates); i += workers {
				if ctx.Err() != nil || time.Now().After(until) {
					return
				}
				save(d.candidates[i])
			}
		}
	})
}

// saving runs workers that save, and collects how long the saves waited.
func (d *driver) saving(workers int, work func(worker int, save func(*candidate))) waits {
	each := make([]waits, workers)
	together(workers, func(worker int) {
		work(worker, func(c *candidate) {
			began := time.Now()
			if !d.failed("saving", c.save()) {
				each[worker] = append(each[worker], time.Since(began))
			}
		})
	})
	all := slices.Concat(each...)
	slices.Sort(all)
	return all
}

// together runs workers and returns when all of them have ended.
func together(workers int, work func(worker int)) {
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() { work(worker) })
	}
	group.Wait()
}

// quantile is the wait that a share of the saves did not pass, in milliseconds.
func (w waits) quantile(share float64) float64 {
	if len(w) == 0 {
		return 0
	}
	return float64(w[int(share*float64(len(w)-1))].Microseconds()) / 1000
}
