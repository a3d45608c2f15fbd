package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
)

// measureMost is how long the store alone and the raw limits are measured, each.
const measureMost = 5 * time.Second

// limits measures the store without a server, and what the engine takes at most
// in commits as large as the server's and as the store's were.
func (cmd benchRoomCommand) limits(ctx context.Context, mongoURI string, f *roomFigures, progress io.Writer) error {
	long := min(cmd.For, measureMost)
	fmt.Fprintf(progress, "saving without a server: %s\n", long)
	f.Store = &saveRate{}
	err := cmd.onScratch(mongoURI, func(s scratch) error { return s.saveAlone(ctx, cmd.Candidates, long, f.Store) })
	for _, rate := range []*saveRate{&f.saveRate, f.Store} {
		if err != nil {
			return err
		}
		batch := max(1, int(math.Round(rate.SavesPerCommit)))
		fmt.Fprintf(progress, "bare commits of %d saves: %s\n", batch, long)
		err = cmd.onScratch(mongoURI, func(s scratch) (err error) {
			before := ownCPU()
			rate.RawPerS, err = s.rawLimit(ctx, cmd.Candidates, batch, long)
			rate.RawPerCoreS = math.Round(rate.RawPerS * long.Seconds() / max(cpuTick, ownCPU()-before))
			return err
		})
		rate.ShareOfRaw, rate.RawPerS = rounded(rate.SavesPerS/rate.RawPerS), math.Round(rate.RawPerS)
	}
	return err
}

// saveAlone saves to the store itself, as many at once as the driver has.
func (s scratch) saveAlone(ctx context.Context, attempts int, long time.Duration, rate *saveRate) (err error) {
	store, err := openRecords(ctx, &s.config, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	now := time.Now()
	id := func(n int) string { return fmt.Sprintf("01ALONE%019d", n) }
	if err := eachInTurn(attempts, now, func(n int, _ int64) error {
		a := exam.Attempt{ID: id(n), Lease: "lease", State: exam.Open, Deadline: now.Add(time.Hour)}
		return store.PutAttempt(ctx, &a, audit.Entry{Stream: fmt.Sprintf("sitting/%d", n), At: now})
	}); err != nil {
		return err
	}

	commits, changes := store.Commits()
	var saves atomic.Int64
	before, began := ownCPU(), time.Now()
	err = eachInTurn(attempts, began.Add(long), func(n int, seq int64) error {
		change := exam.Change{Question: fmt.Sprintf("q%03d", seq%100), Answer: bank.Answer{Choice: []int{int(seq % 4)}}, QueuedAt: now}
		_, err := store.SaveAnswers(ctx, exam.Save{Attempt: id(n), Lease: "lease", Seq: seq, Digest: "0123456789abcdef", Changes: []exam.Change{change}, At: now})
		saves.Add(1)
		return err
	})
	rate.SavesPerS = math.Round(float64(saves.Load()) / time.Since(began).Seconds())
	rate.SavesPerCoreS = math.Round(float64(saves.Load()) / max(cpuTick, ownCPU()-before))
	commitsAfter, changesAfter := store.Commits()
	rate.SavesPerCommit = rounded(float64(changesAfter-changes) / float64(max(1, commitsAfter-commits)))
	return err
}

// eachInTurn has workers go round the numbers below n, all of them once and
// then until the time is over.
func eachInTurn(n int, until time.Time, do func(i int, round int64) error) error {
	workers := min(atOnce, n)
	failed := make([]error, workers)
	together(workers, func(worker int) {
		for round := int64(1); round == 1 || time.Now().Before(until); round++ {
			for i := worker; i < n; i += workers {
				if failed[worker] = do(i, round); failed[worker] != nil {
					return
				}
			}
		}
	})
	return errors.Join(failed...)
}
