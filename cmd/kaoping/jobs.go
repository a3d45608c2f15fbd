package main

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kaoping/internal/outbox"
)

// jobMetrics are the figures of background work: what was run here is counted,
// what is stored is looked up when the metrics are read.
type jobMetrics struct {
	count func(ctx context.Context, now time.Time) (outbox.Counts, error)
	now   func() time.Time

	runs              *prometheus.CounterVec
	jobs, oldestAfter *prometheus.Desc

	mu     sync.Mutex
	last   outbox.Counts
	looked time.Time
}

// jobMetrics makes the figures and has the worker tell its runs.
func (a *app) jobMetrics() *jobMetrics {
	m := &jobMetrics{
		count: a.store.CountJobs, now: a.now,
		runs:        prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kaoping_outbox_runs_total", Help: "Runs of background work by kind and result: done, failed, dead, lost."}, []string{"kind", "result"}),
		jobs:        prometheus.NewDesc("kaoping_outbox_jobs", "Background work that is stored, by state: waiting, due, dead.", []string{"state"}, nil),
		oldestAfter: prometheus.NewDesc("kaoping_outbox_oldest_due_seconds", "For how long the longest overdue work is due; 0 when none is.", nil, nil),
	}
	a.worker.Ran = func(kind string, result outbox.Result) { m.runs.WithLabelValues(kind, string(result)).Inc() }
	return m
}

// Describe names the figures.
func (m *jobMetrics) Describe(to chan<- *prometheus.Desc) {
	m.runs.Describe(to)
	to <- m.jobs
	to <- m.oldestAfter
}

// How long counting may take, and how old a count may be: whoever reads the
// metrics more often than that asks the store no more often.
const (
	countFor  = 2 * time.Second
	countOnce = time.Second
)

// Collect sends the figures; those of the store only while it answers.
func (m *jobMetrics) Collect(to chan<- prometheus.Metric) {
	m.runs.Collect(to)
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if age := time.Since(m.looked); age > countOnce {
		ctx, cancel := context.WithTimeout(context.Background(), countFor)
		defer cancel()
		counts, err := m.count(ctx, now)
		if err != nil {
			return
		}
		m.last, m.looked = counts, time.Now()
	}
	for _, state := range outbox.States {
		to <- prometheus.MustNewConstMetric(m.jobs, prometheus.GaugeValue, float64(m.last.Of(state)), string(state))
	}
	overdue := time.Duration(0)
	if !m.last.Oldest.IsZero() {
		overdue = max(0, now.Sub(m.last.Oldest))
	}
	to <- prometheus.MustNewConstMetric(m.oldestAfter, prometheus.GaugeValue, overdue.Seconds())
}
