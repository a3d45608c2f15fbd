package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"slices"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

type benchReleaseCommand struct {
	Rooms     int           `default:"1000" help:"How many waiting pages are connected (1 to 9999)."`
	Instances int           `default:"2" help:"How many servers they are spread over on MongoDB; SQLite has one."`
	Lead      time.Duration `default:"90s" help:"How long from now the paper is released; everything is prepared and connected before."`
	Data      string        `type:"existingdir" help:"As for room."`
	JSON      bool          `help:"Report as one JSON object."`
}

// releaseFigures is what was measured on one engine: from the hour of a sealed
// paper to when a waiting page has what opens it.
type releaseFigures struct {
	Engine    string  `json:"engine"`
	Instances int     `json:"instances"`
	Rooms     int     `json:"rooms"`
	First     float64 `json:"first_ms"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	Last      float64 `json:"last_ms"`
	Errors    int64   `json:"errors"`
}

// Run measures SQLite and, where the settings name a MongoDB, that too. It
// fails when a page did not hear of the release.
func (cmd benchReleaseCommand) Run(ctx context.Context, c *config) error {
	if cmd.Rooms < 1 || cmd.Rooms > hallMost || cmd.Instances < 1 {
		return fmt.Errorf("--rooms is 1 to %d, --instances at least 1", hallMost)
	}
	servers := []string{""}
	if c.MongoURI != "" {
		servers = append(servers, c.MongoURI)
	}
	var report []releaseFigures
	for _, mongoURI := range servers {
		s, err := newScratch(cmd.Data, mongoURI)
		if err != nil {
			return err
		}
		f, err := cmd.measure(ctx, s)
		if err = errors.Join(err, s.remove()); err != nil {
			return err
		}
		report = append(report, f)
	}
	if cmd.JSON {
		return json.NewEncoder(os.Stdout).Encode(report)
	}
	t := tabwriter.NewWriter(os.Stdout, 2, 4, 3, ' ', 0)
	fmt.Fprintln(t, "engine\tinstances\tpages\tfirst ms\tmedian ms\t99 of 100 ms\tlast ms\terrors")
	for _, f := range report {
		fmt.Fprintf(t, "%s\t%d\t%d\t%.0f\t%.0f\t%.0f\t%.0f\t%d\n", f.Engine, f.Instances, f.Rooms, f.First, f.P50, f.P99, f.Last, f.Errors)
	}
	return t.Flush()
}

func (cmd benchReleaseCommand) measure(ctx context.Context, s scratch) (f releaseFigures, err error) {
	f = releaseFigures{Engine: s.engine(), Instances: 1, Rooms: cmd.Rooms}
	if s.MongoURI != "" {
		f.Instances = cmd.Instances
	}
	hour := time.Now().Add(cmd.Lead).Truncate(time.Millisecond)
	fmt.Fprintf(os.Stderr, "%s: preparing a sealed paper for %s and %d candidates\n", f.Engine, hour.Format(time.TimeOnly), cmd.Rooms)
	h, err := seedRelease(ctx, &s.config, hour, cmd.Rooms)
	if err != nil {
		return f, fmt.Errorf("the sitting cannot be prepared: %w", err)
	}
	binary, err := os.Executable()
	if err != nil {
		return f, err
	}
	d := &driver{progress: os.Stderr, candidates: h.candidates("")}
	for i := range f.Instances {
		settings := s.config
		if settings.Listen, err = freeAddress(); err != nil {
			return f, err
		}
		settings.PublicURL = "http://" + settings.Listen
		server, err := startChild(ctx, binary, settings)
		if err != nil {
			return f, err
		}
		defer func() { err = errors.Join(err, server.kill()) }()
		for at := i; at < len(d.candidates); at += f.Instances {
			d.candidates[at].address = settings.Listen
		}
	}
	d.each(ctx, "entering", (*candidate).enter)
	streams := make([]net.Conn, len(d.candidates))
	d.each(ctx, "waiting", func(c *candidate) (err error) {
		streams[c.number], err = c.waitForRelease()
		return err
	})
	if time.Until(hour) < 0 || d.errors.Load() > 0 {
		return f, fmt.Errorf("not all pages were connected before the release (%d errors): give a longer --lead", d.errors.Load())
	}
	took := make(waits, len(streams))
	var missed atomic.Int64
	together(len(streams), func(i int) {
		defer streams[i].Close()
		if err := hearRelease(streams[i], hour.Add(time.Minute)); err != nil {
			missed.Add(1)
			return
		}
		took[i] = time.Since(hour)
	})
	took = slices.DeleteFunc(took, func(d time.Duration) bool { return d == 0 })
	f.Errors = missed.Load()
	if len(took) > 0 {
		slices.Sort(took)
		f.First, f.P50, f.P99, f.Last = milliseconds(took[0]), took.quantile(.5), took.quantile(.99), took.quantile(1)
	}
	if f.Errors > 0 {
		return f, fmt.Errorf("%d pages did not hear of the release", f.Errors)
	}
	return f, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// seedRelease makes an installation with a sitting whose central paper is
// unsealed and whose rooms are open, before its hour.
func seedRelease(ctx context.Context, c *config, hour time.Time, candidates int) (hall, error) {
	e, err := openEngines(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		return hall{}, err
	}
	defer e.Close()
	at := &clock{at: time.Now()}
	a, err := wire(c, e, at.now, slog.New(slog.DiscardHandler))
	if err != nil {
		return hall{}, err
	}
	d := &demoSeed{app: a, clock: at, people: map[string]access.Actor{}}
	if err := d.bodyAndStaff(ctx, hour.AddDate(0, 0, -10)); err != nil {
		return hall{}, err
	}
	paper, err := d.centralPaper(ctx, "电工五级统一试卷（测量）", rulebook.SkillLevel, hour, hour.AddDate(0, 0, -7), true)
	if err != nil {
		return hall{}, err
	}
	d.paper.ID = paper.ID
	return d.hall(ctx, hour, candidates)
}

// waitForRelease opens the stream of the waiting page on a connection of its
// own, and returns when the server has taken it.
func (c *candidate) waitForRelease() (net.Conn, error) {
	conn, err := net.DialTimeout("tcp", c.address, callLimit)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(callLimit)); err != nil {
		return nil, err
	}
	if _, err := conn.Write(c.request("GET", "/room/release", nil)); err != nil {
		return nil, err
	}
	head := make([]byte, 12) // HTTP/1.1 200
	if _, err := io.ReadFull(conn, head); err != nil {
		return nil, err
	}
	if !bytes.HasSuffix(head, []byte(" 200")) {
		return nil, &refusal{"GET /room/release", head}
	}
	return conn, nil
}

// hearRelease reads a stream up to its event, which carries what opens the paper.
func hearRelease(conn net.Conn, until time.Time) error {
	if err := conn.SetDeadline(until); err != nil {
		return err
	}
	for lines := bufio.NewReader(conn); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return err
		}
		if bytes.HasPrefix(line, []byte("data: ")) && bytes.Contains(line, []byte(`"opens":"`)) {
			return nil
		}
	}
}
