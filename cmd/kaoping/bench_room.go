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
	"text/tabwriter"
	"time"

	"kaoping/internal/store/sqlite"
)

type benchRoomCommand struct {
	Candidates int           `default:"2000" help:"How many candidates sit the examination (1 to 9999)."`
	For        time.Duration `default:"60s" help:"How long they save answers."`
	Max        bool          `help:"Save as fast as the server takes it, rather than about every ten seconds each."`
	Data       string        `type:"existingdir" help:"Folder on the disk to measure; a folder of its own is made in it and removed again (default: the system's folder for temporary files)."`
	JSON       bool          `help:"Report as one JSON object."`
}

// roomFigures is the report of bench room. Times of saves are from the
// candidate's side; the processor time is the server's, user and system, while
// answers were saved.
type roomFigures struct {
	Mode          string  `json:"mode"` // paced or max
	Candidates    int     `json:"candidates"`
	Seconds       float64 `json:"seconds"` // of saving
	Saves         int     `json:"saves"`   // confirmed
	SavesPerS     float64 `json:"saves_per_s"`
	P50           float64 `json:"p50_ms"`
	P99           float64 `json:"p99_ms"`
	Slowest       float64 `json:"max_ms"`
	Errors        int64   `json:"errors"` // in all phases
	Lost          int     `json:"lost"`   // confirmed answers that are not stored
	ServerCPU     float64 `json:"server_cpu_s"`
	SavesPerCoreS float64 `json:"saves_per_core_s"`
	ServerRSS     float64 `json:"server_rss_mb"`
	EnterS        float64 `json:"enter_s"`       // all entered by the door
	StartBurstS   float64 `json:"start_burst_s"` // all began at once
	HandInS       float64 `json:"hand_in_s"`     // all handed in at once, and were marked
}

// cpuTick is the least processor time that the operating system counts, in seconds.
const cpuTick = .01

// Run measures, reports, and fails when an answer was lost or refused.
func (cmd benchRoomCommand) Run(ctx context.Context) error {
	if cmd.Candidates < 1 || cmd.Candidates > hallMost {
		return fmt.Errorf("--candidates is 1 to %d", hallMost)
	}
	figures, err := cmd.measure(ctx, os.Stderr)
	if err != nil {
		return err
	}
	if cmd.JSON {
		err = json.NewEncoder(os.Stdout).Encode(figures)
	} else {
		err = figures.print(os.Stdout)
	}
	if err == nil && figures.Lost+int(figures.Errors) > 0 {
		err = fmt.Errorf("%d confirmed answers are lost, %d requests failed", figures.Lost, figures.Errors)
	}
	return err
}

// measure seeds an installation, serves it from a process of its own and
// plays the examination against it.
func (cmd benchRoomCommand) measure(ctx context.Context, progress io.Writer) (roomFigures, error) {
	var f roomFigures
	data, err := os.MkdirTemp(cmd.Data, "kaoping-bench-")
	if err != nil {
		return f, err
	}
	defer os.RemoveAll(data)
	binary, err := os.Executable()
	if err != nil {
		return f, err
	}
	address, err := freeAddress()
	if err != nil {
		return f, err
	}
	fmt.Fprintf(progress, "preparing a sitting: %d candidates\n", cmd.Candidates)
	settings := config{Data: data, Listen: address, PublicURL: "http://" + address}
	h, err := seedHall(ctx, &settings, cmd.Candidates, slog.New(slog.DiscardHandler))
	if err != nil {
		return f, fmt.Errorf("the sitting cannot be prepared: %w", err)
	}
	server, err := startChild(ctx, binary, settings)
	if err != nil {
		return f, err
	}
	d := &driver{candidates: h.candidates(address), progress: progress}
	if err := cmd.play(ctx, d, server, &f); err != nil {
		return f, errors.Join(err, server.kill())
	}
	if err := server.stop(); err != nil {
		return f, fmt.Errorf("the server ended badly: %w", err)
	}
	f.Errors = d.errors.Load()
	f.Lost, err = d.lost(ctx, filepath.Join(data, "kaoping.db"))
	return f, err
}

// play is the examination, from the door to the hand-in.
func (cmd benchRoomCommand) play(ctx context.Context, d *driver, server *child, f *roomFigures) error {
	f.Mode, f.Candidates = "paced", cmd.Candidates
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
	began := time.Now()
	save := d.paced
	if cmd.Max {
		f.Mode, save = "max", d.flood
	}
	saved := save(ctx, began.Add(cmd.For))
	f.Seconds = seconds(time.Since(began))
	if err := ctx.Err(); err != nil {
		return err
	}
	after, err := server.usage()
	if err != nil {
		return err
	}
	f.Saves, f.P50, f.P99, f.Slowest = len(saved), saved.quantile(.5), saved.quantile(.99), saved.quantile(1)
	f.ServerCPU, f.ServerRSS = max(rounded(after.cpu-before.cpu), cpuTick), math.Round(after.rss/(1<<20))
	f.SavesPerS, f.SavesPerCoreS = math.Round(float64(f.Saves)/f.Seconds), math.Round(float64(f.Saves)/f.ServerCPU)

	f.HandInS = seconds(d.each(ctx, "handing in", (*candidate).handIn))
	return ctx.Err()
}

// lost compares what every candidate knows to be saved with the file.
func (d *driver) lost(ctx context.Context, file string) (int, error) {
	fmt.Fprintln(d.progress, "comparing what was confirmed with what is stored")
	store, err := sqlite.Open(ctx, file, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, err
	}
	defer store.Close()
	lost := 0
	for _, c := range d.candidates {
		stored, err := store.Answers(ctx, c.attempt)
		if err != nil {
			return lost, err
		}
		lost += c.lost(stored)
	}
	return lost, nil
}

func (f roomFigures) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 2, 4, 2, ' ', tabwriter.AlignRight)
	row := func(name, format string, values ...any) {
		fmt.Fprintf(t, "%s\t  "+format+"\n", append([]any{name}, values...)...)
	}
	row("mode", "%s", f.Mode)
	row("candidates", "%d", f.Candidates)
	row("saves", "%d in %.1f s, %.0f a second", f.Saves, f.Seconds, f.SavesPerS)
	row("confirmed after", "%.1f ms (median), %.1f ms (99 of 100), %.1f ms (slowest)", f.P50, f.P99, f.Slowest)
	row("errors", "%d", f.Errors)
	row("lost", "%d", f.Lost)
	row("server", "%.2f s of processor time, %.0f MiB of memory", f.ServerCPU, f.ServerRSS)
	row("saves per core", "%.0f a second", f.SavesPerCoreS)
	row("all enter", "%.2f s", f.EnterS)
	row("all start", "%.2f s", f.StartBurstS)
	row("all hand in", "%.2f s", f.HandInS)
	return t.Flush()
}

func seconds(d time.Duration) float64 { return rounded(d.Seconds()) }

func rounded(f float64) float64 { return math.Round(f*1000) / 1000 }
