package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/policies/access"
)

// attempt is what startAttempt answers, as far as the tests need it.
type attempt struct {
	Attempt     string
	Lease       string
	Seq         int64
	State       string
	Deadline    time.Time
	GraceS      int `json:"grace_s"`
	SubmittedAt *time.Time
	Candidate   struct{ Name, Ticket, Room string }
	Sections    []struct {
		Type, Title string
		Questions   []struct {
			ID, Type, Points, Stem string
			Number, Blanks         int
			Options                []struct {
				Index int
				Text  string
			}
		}
	}
	Answers map[string]struct {
		Choice  []int
		Text    []string
		Flagged bool
	}
}

func (c *client) start(t *testing.T) (in attempt) {
	t.Helper()
	c.post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK).into(t, &in)
	return in
}

// save sends one changed answer that was queued some time ago.
func (c *client) save(of attempt, seq int64, choice int, age time.Duration) apiReply {
	change := map[string]any{"question": "q001", "choice": []int{choice}, "text": []string{}, "flagged": false, "age_ms": age.Milliseconds()}
	return c.put("/api/v1/attempts/"+of.Attempt+"/answers", map[string]any{"lease": of.Lease, "seq": seq, "changes": []any{change}})
}

func (c *client) handIn(of attempt) apiReply {
	return c.post("/api/v1/attempts/"+of.Attempt+"/submission", map[string]string{"lease": of.Lease})
}

// superseded fails the test unless the answer is a 409 for this reason.
func (r apiReply) superseded(t *testing.T, reason string) {
	t.Helper()
	r.refused(t, http.StatusConflict, "superseded")
	if r.text("reason") != reason {
		t.Errorf("reason %q, want %q: %s", r.text("reason"), reason, r.body)
	}
}

func TestThePaperIsNotOpenedEarly(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	start := testNow.Add(time.Hour)
	sitting, err := a.ready(context.Background(), "提前", start, 1)
	if err != nil {
		t.Fatal(err)
	}
	a.clock.set(start.Add(-30 * time.Minute))
	list, err := a.store.Enrolments(context.Background(), exam.EnrolmentQuery{Sitting: sitting.ID})
	if err != nil {
		t.Fatal(err)
	}
	c := a.candidate(t, sitting, list[0])
	for _, before := range []time.Duration{30 * time.Minute, time.Second} {
		a.clock.set(start.Add(-before))
		r := c.post("/api/v1/attempts", struct{}{})
		r.refused(t, http.StatusForbidden, "early")
		if at, err := time.Parse(time.RFC3339, r.text("starts_at")); err != nil || !at.Equal(start) {
			t.Error(r.body, err)
		}
		if strings.Contains(r.body, "stem") {
			t.Error("the refusal shows the paper")
		}
	}
	a.clock.set(start)
	if in := c.start(t); in.State != "open" || in.Lease == "" || len(in.Sections) != 4 || in.GraceS != 900 || !in.Deadline.Equal(sitting.Deadline()) {
		t.Errorf("%+v", in)
	}
}

func TestAnAttemptAfterTheDeadlineIsTooLate(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 1)
	c := a.candidate(t, sitting, list[0])
	a.clock.set(sitting.Deadline())
	c.post("/api/v1/attempts", struct{}{}).refused(t, http.StatusGone, "late")
}

func TestTheDoorNeedsTicketNumberAndCode(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 1)
	id, err := a.exam.IDNumber(list[0])
	if err != nil {
		t.Fatal(err)
	}
	c := a.client(t)
	for _, in := range []map[string]string{
		{"ticket": "0", "last_six": id.LastSix(), "code": sitting.Rooms[0].Code},
		{"ticket": list[0].Ticket, "last_six": "000000", "code": sitting.Rooms[0].Code},
		{"ticket": list[0].Ticket, "last_six": id.LastSix(), "code": "0"},
	} {
		c.post("/api/v1/room/login", in).refused(t, http.StatusUnauthorized, "unauthenticated")
	}
	c.post("/api/v1/attempts", struct{}{}).refused(t, http.StatusUnauthorized, "unauthenticated")
	// Who comes for the result, without the room's code, gets no paper.
	c.post("/api/v1/result/login", map[string]string{"ticket": list[0].Ticket, "last_six": id.LastSix()}).ok(t, http.StatusNoContent)
	c.post("/api/v1/attempts", struct{}{}).refused(t, http.StatusForbidden, "forbidden")
}

func TestOneDeviceAtATime(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 1)
	first, second := a.candidate(t, sitting, list[0]), a.candidate(t, sitting, list[0])
	old := first.start(t)
	first.save(old, 1, 1, 0).ok(t, http.StatusOK)
	second.post("/api/v1/attempts", struct{}{}).superseded(t, exam.ReasonDevice)

	invigilator := a.as(t, "invigilator1")
	board := "/api/v1/sittings/" + sitting.ID + "/rooms/" + url.PathEscape(sitting.Rooms[0].Name)
	if r := invigilator.get(board).ok(t, http.StatusOK); !strings.Contains(r.body, `"takeover":true`) || !strings.Contains(r.body, `"answered":1`) || r.text("code") != sitting.Rooms[0].Code {
		t.Error(r.body)
	}
	first.save(old, 2, 0, 0).ok(t, http.StatusOK) // until it is approved the first one goes on
	invigilator.post("/api/v1/attempts/"+old.Attempt+"/takeover", nil).ok(t, http.StatusNoContent)
	invigilator.post("/api/v1/attempts/"+old.Attempt+"/takeover", nil).refused(t, http.StatusUnprocessableEntity, "refused")

	moved := second.start(t)
	if moved.Seq != 2 || moved.Lease == old.Lease || !slices.Equal(moved.Answers["q001"].Choice, []int{0}) {
		t.Errorf("%+v", moved.Answers)
	}
	first.save(old, 3, 1, 0).superseded(t, exam.ReasonLease)
	first.handIn(old).superseded(t, exam.ReasonLease)
	first.post("/api/v1/attempts", struct{}{}).superseded(t, exam.ReasonDevice)
	if clock := first.get("/api/v1/attempts/"+old.Attempt+"/clock?lease="+old.Lease).ok(t, http.StatusOK); clock.json["lease_valid"] != false || clock.text("state") != "open" {
		t.Error(clock.body)
	}
	second.save(moved, 3, 1, 0).ok(t, http.StatusOK)
}

func TestSavesAreInOrderAndRepeatable(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 1)
	in := a.candidate(t, sitting, list[0]).start(t)
	c := a.withoutCookies(t) // the lease is the capability
	first := c.save(in, 1, 1, 0).ok(t, http.StatusOK)
	if first.json["seq"] != 1.0 || first.text("saved_at") == "" || first.text("now") == "" || first.text("deadline") == "" {
		t.Error(first.body)
	}
	c.save(in, 1, 1, time.Second).ok(t, http.StatusOK)     // a retry
	c.save(in, 1, 0, 0).superseded(t, exam.ReasonSequence) // another save under its number
	c.save(in, 5, 0, 0).ok(t, http.StatusOK)               // a gap is no harm
	c.save(in, 4, 1, 0).superseded(t, exam.ReasonSequence) // older
	c.save(in, 0, 1, 0).refused(t, http.StatusUnprocessableEntity, "invalid")
	c.save(in, 6, 1, -time.Second).refused(t, http.StatusUnprocessableEntity, "invalid")
	forged := in
	forged.Lease = "forged"
	c.save(forged, 6, 1, 0).superseded(t, exam.ReasonLease)
	forged.Attempt = "none"
	c.save(forged, 6, 1, 0).refused(t, http.StatusNotFound, "not_found")
	c.handIn(in).ok(t, http.StatusOK)
	if r := c.handIn(in).ok(t, http.StatusOK); r.text("state") != "submitted" || r.text("submitted_at") == "" {
		t.Error(r.body)
	}
	c.save(in, 6, 1, 0).refused(t, http.StatusGone, "late")
}

func TestWhatWasQueuedBeforeTheDeadlineIsTakenInTheGracePeriod(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 1)
	candidate := a.candidate(t, sitting, list[0])
	in, c := candidate.start(t), a.withoutCookies(t)
	deadline := sitting.Deadline()
	a.clock.set(deadline.Add(-time.Second))
	c.save(in, 1, 1, 0).ok(t, http.StatusOK)
	a.clock.set(deadline.Add(time.Minute))
	a.tick(context.Background())
	late := time.Minute - exam.Travel // the age of what was queued at the last moment and was long on its way
	c.save(in, 2, 0, 0).refused(t, http.StatusGone, "late")
	c.save(in, 2, 0, late-time.Millisecond).refused(t, http.StatusGone, "late")
	c.save(in, 2, 0, late).ok(t, http.StatusOK)
	// A page that is loaded again gets its lease, to send what it had queued, and no paper.
	again := candidate.start(t)
	if again.Lease != in.Lease || again.Seq != 2 || again.State != "submitted" || len(again.Sections) > 0 {
		t.Errorf("%+v", again)
	}
	a.clock.set(deadline.Add(exam.Grace + time.Second))
	c.save(in, 3, 1, exam.Grace+2*time.Second).refused(t, http.StatusGone, "late")
	a.clock.set(deadline.Add(exam.Grace + 2*time.Minute))
	a.tick(context.Background())
	board := "/api/v1/sittings/" + sitting.ID + "/rooms/" + url.PathEscape(sitting.Rooms[0].Name)
	if r := a.as(t, "invigilator1").get(board).ok(t, http.StatusOK); !strings.Contains(r.body, `"late":1`) || !strings.Contains(r.body, `"state":"submitted"`) {
		t.Error(r.body)
	}
}

func TestAddedTimeReachesThePage(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 1)
	in := a.candidate(t, sitting, list[0]).start(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+"/api/v1/attempts/"+in.Attempt+"/events?lease="+in.Lease, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Fatal(response.StatusCode, got)
	}
	lines := bufio.NewScanner(response.Body)
	next := func() (clock struct {
		Deadline   time.Time
		State      string
		LeaseValid bool `json:"lease_valid"`
	}) {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &clock); err != nil {
					t.Fatal(err)
				}
				return clock
			}
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok && name != "clock" {
				t.Errorf("event %s", name)
			}
		}
		t.Fatal("the stream ended", lines.Err())
		return clock
	}
	if clock := next(); !clock.Deadline.Equal(sitting.Deadline()) || !clock.LeaseValid || clock.State != "open" {
		t.Errorf("%+v", clock)
	}
	invigilator := a.as(t, "invigilator1")
	invigilator.post("/api/v1/attempts/"+in.Attempt+"/time", map[string]any{"minutes": 61, "note": "断电"}).refused(t, http.StatusUnprocessableEntity, "invalid")
	invigilator.post("/api/v1/attempts/"+in.Attempt+"/time", map[string]any{"minutes": 10, "note": "断电"}).ok(t, http.StatusNoContent)
	if clock := next(); !clock.Deadline.Equal(sitting.Deadline().Add(10 * time.Minute)) {
		t.Errorf("%+v", clock)
	}
	a.withoutCookies(t).handIn(in).ok(t, http.StatusOK)
	if clock := next(); clock.State != "submitted" {
		t.Errorf("%+v", clock)
	}
	a.withoutCookies(t).get("/api/v1/attempts/none/events?lease=x").refused(t, http.StatusNotFound, "not_found")
}

func TestARoomIsItsInvigilators(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := context.Background()
	if _, err := a.accounts.Create(ctx, access.System(), "invigilator9", "周未派", demoPassword, []access.Grant{{Role: access.Invigilator, Body: a.body.ID}}); err != nil {
		t.Fatal(err)
	}
	sitting, list := a.runningSitting(t, 2)
	in := a.candidate(t, sitting, list[0]).start(t)
	room := "/api/v1/sittings/" + sitting.ID + "/rooms/" + url.PathEscape(sitting.Rooms[0].Name)
	idle := a.as(t, "invigilator9")
	idle.get(room).refused(t, http.StatusForbidden, "forbidden")
	idle.post(room+"/opening", nil).refused(t, http.StatusForbidden, "forbidden")
	idle.post("/api/v1/attempts/"+in.Attempt+"/time", map[string]any{"minutes": 5, "note": "x"}).refused(t, http.StatusForbidden, "forbidden")
	idle.post("/api/v1/sittings/"+sitting.ID+"/closing", map[string]bool{"record_absent": true}).refused(t, http.StatusForbidden, "forbidden")

	invigilator := a.as(t, "invigilator2")
	if r := invigilator.post(room+"/opening", nil).ok(t, http.StatusOK); r.text("code") != sitting.Rooms[0].Code {
		t.Error(r.body)
	}
	if r := a.as(t, "scheduler").get("/api/v1/sittings/"+sitting.ID).ok(t, http.StatusOK); strings.Contains(r.body, sitting.Rooms[0].Code) {
		t.Error("the code of the room is shown outside it")
	}
	closing := "/api/v1/sittings/" + sitting.ID + "/closing"
	invigilator.post(closing, map[string]bool{"record_absent": true}).refused(t, http.StatusUnprocessableEntity, "refused") // one writes
	a.withoutCookies(t).handIn(in).ok(t, http.StatusOK)
	invigilator.post(closing, map[string]bool{"record_absent": false}).refused(t, http.StatusUnprocessableEntity, "refused") // one could come
	invigilator.post(closing, map[string]bool{"record_absent": true}).ok(t, http.StatusNoContent)
	if r := invigilator.get("/api/v1/sittings/"+sitting.ID).ok(t, http.StatusOK); r.text("state") != "marked" {
		t.Error(r.body)
	}
}

func TestARoomIsNotOpenedMoreThanTwoHoursAhead(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	start := testNow.Add(4 * time.Hour)
	sitting, err := a.notified(context.Background(), "提前", start, start.AddDate(0, 0, -5), 1)
	if err != nil {
		t.Fatal(err)
	}
	a.clock.set(testNow)
	a.as(t, "officer").post("/api/v1/sittings/"+sitting.ID+"/acceptance", nil).ok(t, http.StatusOK)
	a.staff(t, sitting.ID)
	r := a.as(t, "invigilator1").post("/api/v1/sittings/"+sitting.ID+"/rooms/"+url.PathEscape("第一考场")+"/opening", nil)
	r.refused(t, http.StatusForbidden, "early")
	if at, err := time.Parse(time.RFC3339, r.text("starts_at")); err != nil || !at.Equal(start.Add(-2*time.Hour)) {
		t.Error(r.body)
	}
}

// staff staffs an accepted sitting through the API, refusals first.
func (a *testApp) staff(t *testing.T, sitting string) {
	t.Helper()
	scheduler := a.as(t, "scheduler").inEnglish()
	var found struct{ Items []struct{ ID, Name string } }
	scheduler.get("/api/v1/sittings/"+sitting+"/staffable?role=examiner").ok(t, http.StatusOK).into(t, &found)
	if len(found.Items) != 3 {
		t.Errorf("%+v", found)
	}
	var tasks []map[string]string
	for _, task := range demoTasks {
		tasks = append(tasks, map[string]string{"name": task.Name, "points": task.Points.String()})
	}
	in := map[string]any{
		"paper": a.paper.ID, "examiners": []string{found.Items[0].ID, found.Items[1].ID}, "tasks": tasks,
		"invigilators": map[string][]string{"第一考场": {a.people["invigilator1"].ID}},
	}
	r := scheduler.put("/api/v1/sittings/"+sitting+"/staffing", in)
	r.refused(t, http.StatusUnprocessableEntity, "refused")
	if list := r.issues(t); r.text("rule.id") != "R17" || len(list) != 2 || list[0].Rule != "R17" || list[0].Column != "第一考场" || list[1].Column != "examiners" {
		t.Error(r.body)
	}
	in["examiners"] = append(in["examiners"].([]string), found.Items[2].ID)
	in["invigilators"] = map[string][]string{"第一考场": {a.people["invigilator1"].ID, a.people["invigilator2"].ID}}
	tasks[0]["points"] = "many"
	if list := scheduler.put("/api/v1/sittings/"+sitting+"/staffing", in).issues(t); len(list) != 1 || list[0].Column != "tasks[0].points" {
		t.Errorf("%+v", list)
	}
	tasks[0]["points"] = demoTasks[0].Points.String()
	if r := scheduler.put("/api/v1/sittings/"+sitting+"/staffing", in).ok(t, http.StatusOK); r.text("state") != "staffed" || r.json["minutes"] != 120.0 {
		t.Error(r.body)
	}
}

// TestCandidatesGetNoKeys gathers everything that a candidate can be answered
// and looks for what only authors may see.
func TestCandidatesGetNoKeys(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 1)
	c := a.candidate(t, sitting, list[0])
	started := c.post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK)
	var in attempt
	started.into(t, &in)
	all := started.body + c.save(in, 1, 1, 0).body + c.get("/api/v1/attempts/"+in.Attempt+"/clock?lease="+in.Lease).body + c.get("/api/v1/me").body +
		c.get("/api/v1/result").body + c.handIn(in).body + c.post("/api/v1/attempts", struct{}{}).body + c.get("/api/v1/result").body
	for _, path := range []string{
		"/bodies/" + a.body.ID + "/items", "/bodies/" + a.body.ID + "/papers", "/bodies/" + a.body.ID + "/blueprints", "/sittings/" + sitting.ID,
		"/sittings/" + sitting.ID + "/results", "/sittings/" + sitting.ID + "/enrolments", "/sittings/" + sitting.ID + "/scoring",
		"/sittings/" + sitting.ID + "/rooms/" + url.PathEscape(sitting.Rooms[0].Name),
	} {
		r := c.get("/api/v1" + path)
		r.refused(t, http.StatusForbidden, "forbidden")
		all += r.body
	}
	for _, name := range []string{`"key"`, `"accept"`, `"explanation"`, `"seed"`, `"theory"`, a.paper.ID} {
		if strings.Contains(all, name) {
			t.Errorf("a candidate is told %s", name)
		}
	}
	questions := 0
	for _, section := range in.Sections {
		if section.Title == "" {
			t.Errorf("section %s has no title", section.Type)
		}
		for _, q := range section.Questions {
			questions++
			if q.Points == "" || q.Number != questions || (q.Type == string(bank.FillIn)) != (q.Blanks > 0) {
				t.Errorf("%+v", q)
			}
		}
	}
	for _, q := range a.paper.Questions {
		if q.Explanation != "" && strings.Contains(all, q.Explanation) {
			t.Errorf("the explanation of %s is told", q.ID)
		}
	}
	if questions != len(a.paper.Questions) {
		t.Errorf("%d of %d questions", questions, len(a.paper.Questions))
	}
}
