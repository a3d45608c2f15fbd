package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"kaoping/internal/web"
)

type serveCommand struct {
	Demo bool `help:"Fill an empty installation with demonstration data and show its accounts."`
}

type demoCommand struct{}

// Run is serve --demo.
func (demoCommand) Run(ctx context.Context, c *config) error {
	return serveCommand{Demo: true}.Run(ctx, c)
}

// How often due work is looked for, and how long open requests may take to
// finish once nobody new is listened to.
const (
	tickEvery = time.Second
	finishFor = 20 * time.Second
)

// Run serves until the context ends. Then it leaves: it says that it is not
// ready and refuses who comes anew, for as long as a balancer needs to notice,
// and ends when what is under way is finished.
func (s serveCommand) Run(ctx context.Context, c *config) error {
	log, err := logger(c)
	if err != nil {
		return err
	}
	leave, err := c.drain()
	if err != nil {
		return err
	}
	e, err := openEngines(ctx, c, log)
	if err != nil {
		return err
	}
	defer e.Close()
	var accounts []web.DemoAccount
	var story *demonstration
	if s.Demo {
		if story, err = seedDemo(ctx, c, e, log); err != nil {
			return fmt.Errorf("demonstration data: %w", err)
		}
		accounts = story.accounts
	}
	a, err := wire(c, e, e.now, log)
	if err != nil {
		return err
	}
	if err := a.rules.Refresh(ctx); err != nil {
		return err
	}
	if err := a.policy.Learn(); err != nil {
		return err
	}
	server, err := a.web(c, accounts)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	log.Info("serving", "address", listener.Addr().String(), "data", c.Data, "rulebook", a.book.Hash()[:12])
	if story != nil {
		story.print(os.Stdout, c)
	}

	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	var workers sync.WaitGroup
	workers.Go(func() { a.run(work) })
	httpServer := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	served := make(chan error, 1)
	go func() {
		if c.TLSCert != "" {
			served <- httpServer.ServeTLS(listener, c.TLSCert, c.TLSKey)
		} else {
			served <- httpServer.Serve(listener)
		}
	}()
	select {
	case err = <-served:
	case <-ctx.Done():
		server.Leave()
		log.Info("leaving", "listening for", leave)
		select {
		case err = <-served:
		case <-time.After(leave):
			limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishFor)
			defer cancel()
			server.Drain()
			err = httpServer.Shutdown(limit)
		}
	}
	stopWork()
	workers.Wait()
	return err
}

// run does every duty once a second until the context ends. Each has its own
// round: certificates that take minutes hold up no hand-in.
func (a *app) run(ctx context.Context) {
	var rounds sync.WaitGroup
	for what, do := range a.duties() {
		rounds.Go(func() {
			ticker := time.NewTicker(tickEvery)
			defer ticker.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-ticker.C:
					a.perform(ctx, what, do)
				}
			}
		})
	}
	rounds.Wait()
}

func logger(c *config) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, fmt.Errorf("log_level: %w", err)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})), nil
}
