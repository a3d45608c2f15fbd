package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// roomReport is the report of bench room: the engines side by side.
type roomReport struct {
	Mode       string        `json:"mode"` // paced or max
	Candidates int           `json:"candidates"`
	Engines    []roomFigures `json:"engines"`
}

// roomFigures is what was measured on one engine. Times of saves are from the
// candidate's side; processor time is user and system, while answers were saved.
type roomFigures struct {
	Engine  string  `json:"engine"`  // sqlite or mongodb
	Seconds float64 `json:"seconds"` // of saving
	Saves   int     `json:"saves"`   // confirmed
	saveRate
	P50         float64   `json:"p50_ms"`
	P99         float64   `json:"p99_ms"`
	Slowest     float64   `json:"max_ms"`
	Errors      int64     `json:"errors"` // in all phases
	Lost        int       `json:"lost"`   // confirmed answers that are not stored
	ServerCPU   float64   `json:"server_cpu_s"`
	DriverCPU   float64   `json:"driver_cpu_s"` // what it took to play the candidates
	ServerRSS   float64   `json:"server_rss_mb"`
	EnterS      float64   `json:"enter_s"`         // all entered by the door
	StartBurstS float64   `json:"start_burst_s"`   // all began at once
	HandInS     float64   `json:"hand_in_s"`       // all handed in at once, and were marked
	Store       *saveRate `json:"store,omitempty"` // without a server; with max only
}

// saveRate is how fast saves are stored, beside the raw limit of the engine:
// bare group commits or bulk writes of the same size, durability and number at
// a time. A core-second is one of processor time of the process that saves: the
// server's or, without a server, this one's; a database server has its own.
type saveRate struct {
	SavesPerS      float64 `json:"saves_per_s"`
	SavesPerCoreS  float64 `json:"saves_per_core_s"`
	SavesPerCommit float64 `json:"saves_per_commit"`         // that shared a group commit or a bulk write
	RawPerS        float64 `json:"raw_per_s,omitempty"`      // with max only
	RawPerCoreS    float64 `json:"raw_per_core_s,omitempty"` // with max only
	ShareOfRaw     float64 `json:"share_of_raw,omitempty"`   // SavesPerS / RawPerS
}

func (r roomReport) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 2, 4, 3, ' ', 0)
	row := func(name string, cell func(f roomFigures) string) {
		line := []string{name}
		for _, f := range r.Engines {
			line = append(line, cell(f))
		}
		fmt.Fprintln(t, strings.Join(line, "\t"))
	}
	row(fmt.Sprintf("%d candidates, %s", r.Candidates, r.Mode), func(f roomFigures) string { return f.Engine })
	row("saves", func(f roomFigures) string { return fmt.Sprintf("%d in %.1f s", f.Saves, f.Seconds) })
	row("saves a second", func(f roomFigures) string { return fmt.Sprintf("%.0f", f.SavesPerS) })
	row("  a commit", func(f roomFigures) string { return fmt.Sprintf("%.1f", f.SavesPerCommit) })
	row("confirmed after, median", func(f roomFigures) string { return fmt.Sprintf("%.2f ms", f.P50) })
	row("  99 of 100", func(f roomFigures) string { return fmt.Sprintf("%.1f ms", f.P99) })
	row("  slowest", func(f roomFigures) string { return fmt.Sprintf("%.1f ms", f.Slowest) })
	row("errors, lost answers", func(f roomFigures) string { return fmt.Sprintf("%d, %d", f.Errors, f.Lost) })
	row("server's processor time", func(f roomFigures) string { return fmt.Sprintf("%.2f s", f.ServerCPU) })
	row("  saves a core-second", func(f roomFigures) string { return fmt.Sprintf("%.0f", f.SavesPerCoreS) })
	row("driver's processor time", func(f roomFigures) string { return fmt.Sprintf("%.2f s", f.DriverCPU) })
	row("server's memory", func(f roomFigures) string { return fmt.Sprintf("%.0f MiB", f.ServerRSS) })
	row("all enter", func(f roomFigures) string { return fmt.Sprintf("%.2f s", f.EnterS) })
	row("all start", func(f roomFigures) string { return fmt.Sprintf("%.2f s", f.StartBurstS) })
	row("all hand in", func(f roomFigures) string { return fmt.Sprintf("%.2f s", f.HandInS) })
	if r.Mode == modeMax {
		row("bare commits as large", func(f roomFigures) string { return f.rawCell() })
		row("the store alone", func(f roomFigures) string {
			return fmt.Sprintf("%.0f saves/s, %.0f a core-second, %.1f a commit", f.Store.SavesPerS, f.Store.SavesPerCoreS, f.Store.SavesPerCommit)
		})
		row("bare commits as large", func(f roomFigures) string { return f.Store.rawCell() })
	}
	return t.Flush()
}

func (r saveRate) rawCell() string {
	return fmt.Sprintf("%.0f saves/s, %.0f a core-second: %.0f %% reached", r.RawPerS, r.RawPerCoreS, 100*r.ShareOfRaw)
}
