package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"time"
)

type benchRoomCommand struct {
	Candidates int           `default:"2000" help:"How many candidates sit the examination (1 to 9999)."`
	For        time.Duration `default:"60s" help:"How long they save answers, on each engine."`
	Max        bool          `help:"Save as fast as the server takes it, rather than about every ten seconds each, and compare with the raw limit of each engine."`
	Data       string        `type:"existingdir" help:"Folder on the disk to measure; folders of its own are made in it and removed again (default: the system's folder for temporary files)."`
	Profiles   string        `type:"existingdir" help:"Folder for a processor profile of each server, ENGINE.pprof."`
	JSON       bool          `help:"Report as one JSON object."`
}

// The modes of a measurement.
const (
	modePaced = "paced"
	modeMax   = "max"
)

// cpuTick is the least processor time that the operating system counts, in seconds.
const cpuTick = .01

// Run measures SQLite and, where the settings name a MongoDB, that too, on a
// database of its own. It reports, and fails when an answer was lost or refused.
func (cmd benchRoomCommand) Run(ctx context.Context, c *config) error {
	if cmd.Candidates < 1 || cmd.Candidates > hallMost {
		return fmt.Errorf("--candidates is 1 to %d", hallMost)
	}
	report := roomReport{Mode: modePaced, Candidates: cmd.Candidates}
	if cmd.Max {
		report.Mode = modeMax
	}
	servers := []string{""} // of MongoDB
	if c.MongoURI != "" {
		servers = append(servers, c.MongoURI)
	}
	for _, mongoURI := range servers {
		figures, err := cmd.measure(ctx, mongoURI, os.Stderr)
		if err != nil {
			return err
		}
		report.Engines = append(report.Engines, figures)
	}
	var err error
	if cmd.JSON {
		err = json.NewEncoder(os.Stdout).Encode(report)
	} else {
		err = report.print(os.Stdout)
	}
	for _, f := range report.Engines {
		if f.Lost+int(f.Errors) > 0 {
			err = errors.Join(err, fmt.Errorf("%s: %d confirmed answers are lost, %d requests failed", f.Engine, f.Lost, f.Errors))
		}
	}
	return err
}

// measure plays the examination on one engine, and with max measures the engine.
func (cmd benchRoomCommand) measure(ctx context.Context, mongoURI string, progress io.Writer) (f roomFigures, err error) {
	err = cmd.onScratch(mongoURI, func(s scratch) error {
		f.Engine = s.engine()
		return cmd.examination(ctx, s, &f, progress)
	})
	if err == nil && cmd.Max {
		err = cmd.limits(ctx, mongoURI, &f, progress)
	}
	return f, err
}

// onScratch does something on an empty installation.
func (cmd benchRoomCommand) onScratch(mongoURI string, do func(scratch) error) error {
	s, err := newScratch(cmd.Data, mongoURI)
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.remove())
}

// examination seeds an installation, serves it from a process of its own and
// plays the examination against it.
func (cmd benchRoomCommand) examination(ctx context.Context, s scratch, f *roomFigures, progress io.Writer) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	if s.Listen, err = freeAddress(); err != nil {
		return err
	}
	s.PublicURL = "http://" + s.Listen
	if cmd.Profiles != "" {
		s.Profile = filepath.Join(cmd.Profiles, f.Engine+".pprof")
	}
	fmt.Fprintf(progress, "%s: preparing a sitting: %d candidates\n", f.Engine, cmd.Candidates)
	h, err := seedHall(ctx, &s.config, cmd.Candidates, slog.New(slog.DiscardHandler))
	if err != nil {
		return fmt.Errorf("the sitting cannot be prepared: %w", err)
	}
	server, err := startChild(ctx, binary, s.config)
	if err != nil {
		return err
	}
	d := &driver{candidates: h.candidates(s.Listen), progress: progress}
	if err := cmd.play(ctx, d, server, f); err != nil {
		return errors.Join(err, server.kill())
	}
	if err := server.stop(); err != nil {
		return fmt.Errorf("the server ended badly: %w", err)
	}
	f.Errors = d.errors.Load()
	f.Lost, err = d.lost(ctx, s)
	return err
}

// play is the examination, from the door to the hand-in.
func (cmd benchRoomCommand) play(ctx context.Context, d *driver, server *child, f *roomFigures) error {
	f.EnterS = seconds(d.each(ctx, "entering", (*candidate).enter))
	starts := make([][]byte, len(d.candidates))
	f.StartBurstS = seconds(d.each(ctx, "starting", func(c *candidate) (err error) {
		starts[c.number], err = c.start()
		return err
	}))
	for i, c := range d.candidates {
		if err := c.take(starts[i]); err != nil {
			return fmt.Errorf("candidate %d has no lease: %w", i, err)
		}
	}

	before, err := server.usage()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.progress, "saving: %s\n", cmd.For)
	driverBefore, began := ownCPU(), time.Now()
	save := d.paced
	if cmd.Max {
		save = d.flood
	}
	saved := save(ctx, began.Add(cmd.For))
	f.Seconds = seconds(time.Since(began))
	if err := ctx.Err(); err != nil {
		return err
	}
	f.DriverCPU = rounded(ownCPU() - driverBefore)
	after, err := server.usage()
	if err != nil {
		return err
	}
	f.Saves, f.P50, f.P99, f.Slowest = len(saved), saved.quantile(.5), saved.quantile(.99), saved.quantile(1)
	f.ServerCPU, f.ServerRSS = max(rounded(after.cpu-before.cpu), cpuTick), math.Round(after.rss/(1<<20))
	f.SavesPerS, f.SavesPerCoreS = math.Round(float64(f.Saves)/f.Seconds), math.Round(float64(f.Saves)/f.ServerCPU)
	f.SavesPerCommit = rounded((after.changes - before.changes) / max(1, after.commits-before.commits))

	f.HandInS = seconds(d.each(ctx, "handing in", (*candidate).handIn))
	return ctx.Err()
}

// lost compares what every candidate knows to be saved with what is stored.
func (d *driver) lost(ctx context.Context, s scratch) (lost int, err error) {
	fmt.Fprintln(d.progress, "comparing what was confirmed with what is stored")
	store, err := openRecords(ctx, &s.config, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	for _, c := range d.candidates {
		stored, err := store.Answers(ctx, c.attempt)
		if err != nil {
			return lost, err
		}
		lost += c.lost(stored)
	}
	return lost, nil
}

func seconds(d time.Duration) float64 { return rounded(d.Seconds()) }

func rounded(f float64) float64 { return math.Round(f*1000) / 1000 }
