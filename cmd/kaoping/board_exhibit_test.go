package main

import (
	"context"
	"testing"
	"time"

	"kaoping/certify"
	"kaoping/exam"
	"kaoping/policies/rulebook"
)

// boardOf is an application in which several months were examined in two
// counties, with certificates that wait for the cap.
func boardOf(t *testing.T) *testApp {
	t.Helper()
	a, ctx := newApp(t), context.Background()
	for _, step := range []func(context.Context, time.Time) error{a.earlier, a.finished, a.capped} {
		if err := step(ctx, testNow); err != nil {
			t.Fatal(err)
		}
	}
	a.clock.set(testNow)
	return a
}

// queue is those who wait for the cap in the demonstration's city.
func (a *testApp) queue(t *testing.T) []certify.Turn {
	t.Helper()
	list, err := a.certify.Queue(context.Background(), a.people["officer"], certify.QueueQuery{City: "410400"})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// statistics visits the boards, the queue and the completion form.
func statistics(t *testing.T, g *gallery, c *chrome) {
	a := boardOf(t)
	x := &exhibition{testApp: a, t: t}
	sittings, err := a.store.Sittings(context.Background(), exam.SittingQuery{Body: a.body.ID, States: []exam.State{exam.Confirmed}})
	x.must(err)
	waiting := a.queue(t)
	_, err = a.certify.AskException(context.Background(), a.people["officer"], waiting[0].Enrolment, "用人单位急需持证上岗，已逐级请示，同意先行发证（演示理由）。")
	x.must(err)
	coming, err := a.notifiedFor(context.Background(), demoCourse{rulebook.SpecialSkill, demoLevel}, "低压线路安装 · 下周", hourOf(testNow, 6, 9), testNow, 12)
	x.must(err)
	a.clock.set(testNow)
	for _, visit := range []struct {
		who   string
		pages [][2]string
	}{
		{"officer", [][2]string{
			{"mix-county", "/board"}, {"queue", "/board/queue"}, {"completion", "/completion"}, {"completion-none", "/completion?from=2026-01-01&to=2026-01-02"},
			{"completion-form", "/completion/form"}, {"completion-sitting", "/completion?sitting=" + sittings[0].ID}, {"completion-sitting-form", "/completion/form?sitting=" + sittings[0].ID},
			{"completion-body", "/completion?body=" + a.body.ID}, {"sitting-forecast", "/sittings/" + coming.ID},
		}},
		{"reviewer", [][2]string{{"queue-approve", "/board/queue"}}},
		{"city", [][2]string{{"mix", "/board"}, {"mix-2022", "/board?year=2022"}, {"mix-empty", "/board?year=2025"}, {"completion-city", "/completion"}, {"completion-paper-city", "/completion/form"}}},
		{"statistician", [][2]string{{"mix-statistician", "/board"}}},
		{"neighbour", [][2]string{{"queue-empty", "/board/queue"}, {"mix-forbidden", "/board?region=" + demoCounty}}},
		{"admin", [][2]string{{"completion-forbidden", "/completion?region=411300"}}},
		{"scheduler", [][2]string{{"completion-own", "/completion"}}},
	} {
		w := x.login(c, visit.who)
		for _, page := range visit.pages {
			if status := w.open(page[1]); status >= 500 {
				g.t.Errorf("%s (%s): %d", page[0], page[1], status)
			}
			g.look(w, page[0], deskSizes)
		}
	}
}
