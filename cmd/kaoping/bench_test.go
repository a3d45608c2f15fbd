package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"

	"kaoping/bank"
	"kaoping/exam"
)

// TestBenchRoomReports runs the real program's measurement, small and short.
func TestBenchRoomReports(t *testing.T) {
	binary := program(t)
	for _, mode := range []string{"paced", "max"} {
		t.Run(mode, func(t *testing.T) {
			bench := exec.Command(binary, "bench", "room", "--candidates", "200", "--for", "3s", "--json")
			if mode == "max" {
				bench.Args = append(bench.Args, "--max")
			}
			var progress bytes.Buffer
			bench.Stderr = &progress
			out, err := bench.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, progress.Bytes())
			}
			var figures map[string]any
			if err := json.Unmarshal(out, &figures); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			for _, name := range []string{"candidates", "saves", "saves_per_s", "p50_ms", "p99_ms", "server_cpu_s", "saves_per_core_s", "start_burst_s"} {
				if n, _ := figures[name].(float64); n <= 0 {
					t.Errorf("%s is %v", name, figures[name])
				}
			}
			for _, name := range []string{"errors", "lost"} {
				if n, ok := figures[name].(float64); !ok || n != 0 {
					t.Errorf("%s is %v", name, figures[name])
				}
			}
			if figures["mode"] != mode {
				t.Errorf("the mode is %v", figures["mode"])
			}
		})
	}
}

// TestLostAnswersAreSeen takes away what a candidate has confirmed, in each
// way in which a store could.
func TestLostAnswersAreSeen(t *testing.T) {
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
