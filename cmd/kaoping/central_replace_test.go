package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kaoping/exam"
)

// replaces has form A replaced by two people, with a choice for attempts begun.
func (b *setters) replaces(choice string) {
	b.t.Helper()
	t, officer, reviewer := b.t, b.api("officer1"), b.api("reviewer1")
	in := map[string]any{"reason": "A 卷泄密（测试）", "choice": choice}
	officer.post(b.url("/replacement"), map[string]any{"reason": "x", "choice": ""}).refused(t, http.StatusUnprocessableEntity, "invalid")
	officer.post(b.url("/replacement"), in).ok(t, http.StatusOK)
	officer.post(b.url("/replacement"), in).refused(t, http.StatusUnprocessableEntity, "refused")
	officer.post(b.url("/replacement/approval"), nil).refused(t, http.StatusForbidden, "forbidden") // one alone
	if r := reviewer.post(b.url("/replacement/approval"), nil).ok(t, http.StatusOK); r.text("current") != "B" || r.text("state") != "sealed" {
		t.Error(r.body)
	}
	b.at(b.clock.now())
}

// shows reports which form a candidate's paper is of.
func shows(r apiReply) string {
	for _, letter := range []string{"A", "B"} {
		if strings.Contains(r.body, markStem+letter+"00") {
			return letter
		}
	}
	return ""
}

// TestAPaperIsReplacedBeforeItsSitting has form A leak after it was unsealed:
// everybody sits form B, which two keepers unseal anew.
func TestAPaperIsReplacedBeforeItsSitting(t *testing.T) {
	t.Parallel()
	b := newSetters(t, newApp(t))
	b.sets()
	id := b.sitting(0, 2, b.paper)
	b.staffs(0, id)
	b.at(b.start.Add(-20 * time.Minute))
	b.unseals("keeper1", "keeper2")
	b.replaces("finish")
	if got := b.state(id); got != "sealed" {
		t.Errorf("after the replacement the sitting is %s", got)
	}
	b.api("watch1-0").post("/api/v1/sittings/"+id+"/rooms/第一考场/opening", nil).byRule(t, http.StatusUnprocessableEntity, "refused", "R20")
	b.unseals("keeper1", "keeper2")
	_, inside := b.opens(0, id)
	b.at(b.start)
	for _, c := range inside {
		if r := c.post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK); shows(r) != "B" {
			t.Error("a candidate does not sit form B")
		}
	}
	b.api("officer1").post(b.url("/replacement"), map[string]any{"reason": "x", "choice": "finish"}).refused(t, http.StatusUnprocessableEntity, "refused")
	if s, err := b.store.Sitting(t.Context(), id); err != nil || len(s.Tasks) != 2 || s.Tasks[0].Name != markTask+"B" {
		t.Errorf("%+v %v", s.Tasks, err)
	}
}

// TestAPaperIsReplacedDuringItsSitting plays both choices: begin again on form
// B with the full time, or finish on form A.
func TestAPaperIsReplacedDuringItsSitting(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, b *setters) {
		t.Run("restart", func(t *testing.T) { b.t = t; beginAgain(t, b) })
		b.clock.set(testNow)
		b.t = t
		t.Run("finish", func(t *testing.T) { b.t = t; finishOnA(t, b) })
	})
}

func beginAgain(t *testing.T, b *setters) {
	b.sets()
	id := b.sitting(0, 4, b.paper)
	b.staffs(0, id)
	b.at(b.start.Add(-20 * time.Minute))
	b.unseals("keeper1", "keeper2")
	_, inside := b.opens(0, id)
	b.at(b.start)
	begun := make([]attempt, 3) // the last one has not come yet
	for i := range begun {
		inside[i].post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK).into(t, &begun[i])
	}
	inside[0].answer(begun[0], 1, "a001", 0).ok(t, http.StatusOK)
	inside[2].answer(begun[2], 1, "a001", 0).ok(t, http.StatusOK)
	inside[2].handIn(begun[2]).ok(t, http.StatusOK)

	b.at(b.start.Add(30 * time.Minute))
	preview := b.api("officer1").get(b.url("/replacement/preview")).ok(t, http.StatusOK)
	for _, part := range []string{`"sittings":1`, `"rooms":1`, `"writing":2`, `"handed_in":1`, `"restart"`, `"finish"`} {
		if !strings.Contains(preview.body, part) {
			t.Errorf("the preview lacks %s: %s", part, preview.body)
		}
	}
	b.replaces("restart")
	inside[0].answer(begun[0], 2, "a002", 1).superseded(t, "paper")
	if clock := inside[0].get("/api/v1/attempts/"+begun[0].Attempt+"/clock?lease="+begun[0].Lease).ok(t, http.StatusOK); clock.text("state") != "replaced" {
		t.Error(clock.body)
	}
	inside[0].post("/api/v1/attempts", struct{}{}).refused(t, http.StatusForbidden, "early") // form B is sealed
	b.at(b.start.Add(40 * time.Minute))
	b.unseals("keeper2", "keeper3")

	again := b.start.Add(50 * time.Minute)
	b.at(again)
	var second attempt
	r := inside[0].post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK)
	r.into(t, &second)
	if shows(r) != "B" || len(second.Answers) != 0 || second.Lease == begun[0].Lease || !second.Deadline.Equal(again.Add(90*time.Minute)) {
		t.Errorf("%s %v %s", shows(r), second.Answers, second.Deadline)
	}
	for i := range 10 {
		inside[0].answer(second, int64(2+i), []string{"b001", "b002", "b003", "b004", "b005", "b006", "b007", "b008", "b009", "b010"}[i], i%4).ok(t, http.StatusOK)
	}
	if r := inside[3].post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK); shows(r) != "B" {
		t.Error("who comes later sits form B")
	}
	// The sitting does not end before those who began again have had their time.
	b.at(b.start.Add(95 * time.Minute))
	b.sweeps()
	if got := b.state(id); got != "running" {
		t.Errorf("after its first end the sitting is %s", got)
	}
	inside[0].handIn(second).ok(t, http.StatusOK)
	b.at(b.start.Add(6 * time.Hour))
	b.sweeps()
	if got := b.state(id); got != "marked" {
		t.Errorf("at last the sitting is %s", got)
	}
	list, err := b.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: id})
	if err != nil {
		t.Fatal(err)
	}
	if e := list[0]; e.Theory == nil || *e.Theory != 100_00 {
		t.Errorf("all right on form B: %v", e.Theory)
	}
	if e := list[1]; e.Theory != nil {
		t.Errorf("who did not begin again is absent: %v", e.Theory)
	}
	if e := list[2]; e.Theory == nil || *e.Theory != 10_00 {
		t.Errorf("who had handed in keeps that: %v", e.Theory)
	}
	if v, err := b.verify(t.Context()); err != nil || len(v.Damaged) > 0 {
		t.Errorf("%+v %v", v, err)
	}
}

func finishOnA(t *testing.T, b *setters) {
	b.start = b.start.Add(24 * time.Hour)
	b.sets()
	id := b.sitting(0, 2, b.paper)
	b.staffs(0, id)
	b.at(b.start.Add(-20 * time.Minute))
	b.unseals("keeper1", "keeper2")
	_, inside := b.opens(0, id)
	b.at(b.start)
	var first attempt
	inside[0].post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK).into(t, &first)
	b.at(b.start.Add(10 * time.Minute))
	b.replaces("finish")
	inside[0].answer(first, 1, "a001", 0).ok(t, http.StatusOK)
	inside[1].post("/api/v1/attempts", struct{}{}).refused(t, http.StatusForbidden, "early")
	b.unseals("keeper1", "keeper2")
	if r := inside[1].post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK); shows(r) != "B" {
		t.Error("who begins after the replacement sits form B")
	}
	inside[0].handIn(first).ok(t, http.StatusOK)
	list, err := b.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: id})
	if err != nil {
		t.Fatal(err)
	}
	if e := list[0]; e.Theory == nil || *e.Theory != 10_00 {
		t.Errorf("form A is marked as form A: %v", e.Theory)
	}
}

func (b *setters) sweeps() {
	b.t.Helper()
	for range 3 {
		if err := b.exam.Sweep(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
	}
}

// answer saves one choice.
func (c *client) answer(in attempt, seq int64, question string, choice int) apiReply {
	c.t.Helper()
	return c.put("/api/v1/attempts/"+in.Attempt+"/answers", map[string]any{
		"lease": in.Lease, "seq": seq, "changes": []any{map[string]any{"question": question, "choice": []int{choice}, "text": []string{}, "flagged": false, "age_ms": 0}},
	})
}
