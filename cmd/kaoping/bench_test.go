package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kaoping/bank"
	"kaoping/exam"
)

// TestBenchRoomReports runs the real program's measurement, small and short, on
// the embedded engine and, where there is a server, on MongoDB beside it.
func TestBenchRoomReports(t *testing.T) {
	t.Parallel()
	binary := program(t)
	t.Run("paced", func(t *testing.T) { benchRoom(t, binary, modePaced, config{}, "sqlite") })
	t.Run("side by side", func(t *testing.T) {
		needServers(t)
		benchRoom(t, binary, modeMax, config{MongoURI: os.Getenv("KAOPING_TEST_MONGO_URI")}, "sqlite", "mongodb")
	})
}

func benchRoom(t *testing.T, binary, mode string, settings config, engines ...string) {
	data, profiles := t.TempDir(), t.TempDir()
	bench := exec.Command(binary, "bench", "room", "--candidates", "40", "--for", "1s", "--json", "--data", data, "--profiles", profiles)
	if mode == modeMax {
		bench.Args = append(bench.Args, "--max")
	}
	bench.Env = settings.environment()
	var progress bytes.Buffer
	bench.Stderr = &progress
	out, err := bench.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, progress.Bytes())
	}
	var report roomReport
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if report.Mode != mode || report.Candidates != 40 || len(report.Engines) != len(engines) {
		t.Fatalf("not what was asked for: %s", out)
	}
	for i, f := range report.Engines {
		if f.Engine != engines[i] {
			t.Errorf("engine %d is %s", i, f.Engine)
		}
		measured := map[string]float64{"saves": float64(f.Saves), "saves_per_s": f.SavesPerS, "saves_per_commit": f.SavesPerCommit, "p50_ms": f.P50, "p99_ms": f.P99,
			"server_cpu_s": f.ServerCPU, "saves_per_core_s": f.SavesPerCoreS, "start_burst_s": f.StartBurstS}
		if mode == modeMax {
			if f.Store == nil {
				t.Fatalf("%s: the store alone is not measured", f.Engine)
			}
			measured["raw_per_s"], measured["store.saves_per_s"], measured["store.raw_per_s"] = f.RawPerS, f.Store.SavesPerS, f.Store.RawPerS
		}
		for name, value := range measured {
			if value <= 0 {
				t.Errorf("%s: %s is %v", f.Engine, name, value)
			}
		}
		if f.Errors != 0 || f.Lost != 0 {
			t.Errorf("%s: %d errors, %d lost", f.Engine, f.Errors, f.Lost)
		}
		if profile, err := os.Stat(filepath.Join(profiles, f.Engine+".pprof")); err != nil || profile.Size() == 0 {
			t.Errorf("%s: no profile: %v", f.Engine, err)
		}
	}
	if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	var table strings.Builder
	if err := report.print(&table); err != nil || !strings.Contains(table.String(), "saves a second") {
		t.Errorf("the table: %v, %s", err, &table)
	}
}

// TestLostAnswersAreSeen takes away what a candidate has confirmed, in each
// way in which a store could.
func TestLostAnswersAreSeen(t *testing.T) {
	t.Parallel()
	c := &candidate{sent: 21, acked: 20}
	for _, id := range []string{"q001", "q002", "q003", "q004"} {
		c.paper = append(c.paper, bank.Question{ID: id, Type: bank.Single, Options: []string{"甲", "乙", "丙", "丁"}})
	}
	upTo := func(seq int64) map[string]exam.Answer {
		stored := map[string]exam.Answer{}
		for n := int64(1); n <= seq; n++ {
			change := c.change(n)
			stored[change.Question] = exam.Answer{Answer: change.Answer, Flagged: change.Flagged, Seq: n}
		}
		return stored
	}
	last := c.change(c.acked).Question
	for _, x := range []struct {
		what   string
		stored map[string]exam.Answer
		harm   func(map[string]exam.Answer)
		lost   int
	}{
		{"all that was confirmed", upTo(20), nil, 0},
		{"the unconfirmed save too", upTo(21), nil, 0},
		{"not the last save", upTo(19), nil, 1},
		{"nothing", nil, nil, 4},
		{"another choice", upTo(20), func(m map[string]exam.Answer) {
			a := m[last]
			a.Choice = []int{(a.Choice[0] + 1) % 4}
			m[last] = a
		}, 1},
		{"a save that was never sent", upTo(20), func(m map[string]exam.Answer) {
			a := m[last]
			a.Seq = 99
			m[last] = a
		}, 1},
	} {
		if x.harm != nil {
			x.harm(x.stored)
		}
		if lost := c.lost(x.stored); lost != x.lost {
			t.Errorf("%s: %d lost, want %d", x.what, lost, x.lost)
		}
	}
}
