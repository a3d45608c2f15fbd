package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/certify/document"
	"kaoping/exam"
	"kaoping/internal/outbox"
	"kaoping/internal/outbox/desk"
	"kaoping/internal/typeset"
	"kaoping/internal/web"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/rulebook/amend"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
	"kaoping/policies/standing/inspection"
)

// app is the services on one set of engines and one clock.
type app struct {
	accounts   *access.Accounts
	policy     *access.Policy
	book       *rulebook.Book
	rules      *amend.Service
	standing   *standing.Service
	cases      *cases.Service
	inspection *inspection.Service
	bank       *bank.Service
	central    *central.Service
	exam       *exam.Service
	certify    *certify.Service
	worker     *outbox.Worker
	desk       *desk.Service
	engines    *engines
	store      store
	log        *slog.Logger
	now        func() time.Time
	findings   func(context.Context) error // looks for overdue ones
	mixes      func(context.Context) error // goes on with the queues of the cap
}

// wire builds the services. It opens nothing and starts nothing.
func wire(c *config, e *engines, now func() time.Time, log *slog.Logger) (*app, error) {
	book, err := rulebook.Open()
	if err != nil {
		return nil, err
	}
	policy, err := access.Open(book.Lineage, now)
	if err != nil {
		return nil, err
	}
	a := &app{policy: policy, book: book, engines: e, store: e.store, log: log, now: now}
	a.accounts = &access.Accounts{Store: e.store, Policy: policy, Now: now, BodyRegion: func(ctx context.Context, id string) (string, error) {
		body, err := e.store.Body(ctx, id)
		return body.Region, err
	}, Hash: e.vault.Hash}
	a.rules = &amend.Service{Store: e.store, Policy: policy, Book: book, Now: now}
	a.standing = &standing.Service{Store: e.store, Policy: policy, Book: book, Now: now}
	a.bank = &bank.Service{Store: e.store, Bodies: e.store, Policy: policy, Book: book, Now: now}
	a.central = &central.Service{Store: e.store, Bodies: e.store, Policy: policy, Book: book, Keys: e.keys, Now: now, Log: log}
	a.exam = &exam.Service{
		Store: e.store, Papers: a.bank, Central: a.central, Bodies: e.store, Gate: a.standing, Bars: e.store, Accounts: a.accounts, People: e.store, Documents: e.documents,
		Policy: policy, Book: book, Vault: e.vault, Now: now, Log: log,
	}
	a.central.Touched = a.exam.PaperTouched
	a.certify = &certify.Service{
		Store: e.store, Documents: e.documents, Exams: a.exam, Bodies: e.store, Gate: a.standing, Bars: e.store, Policy: policy, Book: book,
		Fonts: fonts(c.Font), PublicURL: c.PublicURL, Now: now, Log: log,
	}
	a.standing.Documents, a.standing.Identify = e.documents, a.exam.Identify
	a.cases = &cases.Service{
		Store: e.store, Standing: e.store, Exams: a.exam, Issued: a.certify, Documents: e.documents, Audit: e.store, Policy: policy, Book: book, Now: now, Log: log, Hash: e.vault.Hash,
	}
	a.inspection = &inspection.Service{
		Store: e.store, Bodies: e.store, People: e.store, Documents: e.documents, Policy: policy, Book: book, Now: now,
		Signal: func(ctx context.Context, v inspection.Visit, f inspection.Finding) error {
			return a.cases.OverdueFinding(ctx, v.Body, f.ID, f.Text, v.On, f.Due)
		},
	}
	a.findings = seldom(now, time.Hour, a.inspection.Sweep) // they are due by days
	a.mixes = seldom(now, time.Minute, a.certify.SweepMixes)
	a.desk = &desk.Service{Store: e.store, Policy: policy, Now: now}
	lease, err := c.lease()
	if err != nil {
		return nil, err
	}
	a.worker = &outbox.Worker{Queue: e.store, Lease: lease, Now: now, Log: log, Handlers: map[string]outbox.Handler{
		exam.IssueJob:       a.certify.IssueSitting,
		central.FollowJob:   a.exam.FollowPaper,
		standing.FilingJob:  a.standing.CarryOut,
		standing.ExitJob:    a.leaveBody,
		standing.RestoreJob: a.certify.RestoreBody,
		certify.ReleaseJob:  a.certify.ReleaseQueue,
		certify.OneJob:      a.certify.IssueOne,
		certify.ReturnJob:   a.certify.GiveBack,
		certify.ExceptJob:   a.certify.IssueExcepted,
		cases.CarryOutJob:   a.cases.CarryOut,
		cases.FinalJob:      a.cases.Finish,
		cases.RectifyJob:    a.cases.Overdue,
		cases.SettleJob:     a.cases.Settle,
		cases.SignalJob:     a.cases.WatchSitting,
	}}
	return a, nil
}

// leaveBody does what follows from a body's exit, its sittings first.
func (a *app) leaveBody(ctx context.Context, bar string) error {
	if err := a.exam.LeaveBody(ctx, bar); err != nil {
		return err
	}
	return a.certify.LeaveBody(ctx, bar)
}

// seldom does a duty that reads much at most once in a while.
func seldom(now func() time.Time, pause time.Duration, do func(context.Context) error) func(context.Context) error {
	var last time.Time
	return func(ctx context.Context) error {
		if now().Sub(last).Abs() < pause {
			return nil
		}
		last = now()
		return do(ctx)
	}
}

// open wires the services on the configured engines for a command that serves
// nothing. The caller closes the engines.
func open(ctx context.Context, c *config) (*app, error) {
	log, err := logger(c)
	if err != nil {
		return nil, err
	}
	e, err := openEngines(ctx, c, log)
	if err != nil {
		return nil, err
	}
	a, err := wire(c, e, e.now, log)
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return a, nil
}

// fonts looks for fonts when the first certificate needs one; a failed look is
// done again at the next, so that a font can be installed while the service runs.
func fonts(path string) func() (*typeset.Fonts, error) {
	var mu sync.Mutex
	var found *typeset.Fonts
	return func() (*typeset.Fonts, error) {
		mu.Lock()
		defer mu.Unlock()
		if found != nil {
			return found, nil
		}
		var paths []string
		if path != "" {
			paths = []string{path}
		}
		var err error
		found, err = document.FindFonts(paths...)
		return found, err
	}
}

// web builds the HTTP side.
func (a *app) web(c *config, demo []web.DemoAccount) (*web.Server, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	measure := promauto.With(registry)
	measure.NewGaugeFunc(prometheus.GaugeOpts{Name: "kaoping_writer_queue_depth", Help: "Changes that wait to be written."},
		func() float64 { return float64(a.store.Waiting()) })
	measure.NewCounterFunc(prometheus.CounterOpts{Name: "kaoping_writer_commits_total", Help: "Commits that changes share."},
		func() float64 { commits, _ := a.store.Commits(); return float64(commits) })
	measure.NewCounterFunc(prometheus.CounterOpts{Name: "kaoping_writer_changes_total", Help: "Changes in these commits."},
		func() float64 { _, changes := a.store.Commits(); return float64(changes) })
	registry.MustRegister(a.jobMetrics())
	server, err := web.New(web.Services{
		Accounts: a.accounts, Policy: a.policy, Book: a.book, Rules: a.rules, Standing: a.standing, Cases: a.cases, Inspection: a.inspection, Bank: a.bank, Central: a.central, Exam: a.exam,
		Certify: a.certify, Audit: a.store, Jobs: a.desk, Now: a.now, Log: a.log, Metrics: registry, Secure: c.secure(), Proxies: c.proxies(), Demo: demo,
	})
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return server, nil
}

// duties is what every instance looks for again and again: hand-ins, marking,
// closing, issuing, old sessions that are due.
func (a *app) duties() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"clock":    a.engines.synchronise,
		"recover":  a.engines.recover,
		"rules":    a.rules.Refresh,
		"sweep":    a.exam.Sweep,
		"jobs":     a.worker.RunDue,
		"sessions": a.accounts.Sweep,
		"filings":  a.standing.Sweep,
		"findings": a.findings,
		"mixes":    a.mixes,
	}
}

// tick does every duty once.
func (a *app) tick(ctx context.Context) {
	for what, do := range a.duties() {
		a.perform(ctx, what, do)
	}
}

func (a *app) perform(ctx context.Context, what string, do func(context.Context) error) {
	if err := do(ctx); err != nil && ctx.Err() == nil {
		a.log.Error("background work", "what", what, "error", err)
	}
}
