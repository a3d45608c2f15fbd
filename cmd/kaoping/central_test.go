package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// centralCity sets R05 for course completion; its counties inherit it.
const (
	centralCity   = "411200"
	centralCounty = "411221"
	centralOther  = "411224"
)

// What only the content of the central paper holds, never a name or a number.
const (
	markStem   = "暗标题干KX7Q"
	markOption = "暗标选项PW3Z"
	markTask   = "暗标任务RT9V"
)

// setters is an application with a bureau that sets papers and two bodies that
// sit them, each in its own county.
type setters struct {
	*testApp
	t      *testing.T
	start  time.Time
	bodies []standing.Body
	paper  string
}

// bureauStaff are the people of the bureau by login.
var bureauStaff = map[string]access.Role{
	"setter1": access.Setter, "setter2": access.Setter, "keeper1": access.Keeper, "keeper2": access.Keeper, "keeper3": access.Keeper, "officer1": access.Officer,
	"reviewer1": access.Reviewer, "inspector1": access.Inspector, "standing1": access.Standing, "statistician1": access.Statistician, "auditor1": access.Auditor,
}

var siteStaff = map[string]access.Role{
	"scheduler": access.Scheduler, "watch1": access.Invigilator, "watch2": access.Invigilator, "mark1": access.Examiner, "mark2": access.Examiner, "mark3": access.Examiner,
	"author": access.Author, "itemreviewer": access.ItemReviewer, "supervisor": access.Supervisor,
}

func newSetters(t *testing.T, a *testApp) *setters {
	t.Helper()
	b := &setters{testApp: a, t: t, start: hourOf(testNow, 6, 9)}
	hire := func(login string, grant access.Grant) {
		t.Helper()
		login = own(login)
		account, err := a.accounts.Create(t.Context(), access.System(), login, "示例"+login, demoPassword, []access.Grant{grant})
		if err != nil {
			t.Fatal(err)
		}
		a.people[login] = access.Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}
	}
	for login, role := range bureauStaff {
		hire(login, access.Grant{Role: role, Region: centralCity})
	}
	hire("strangekeeper", access.Grant{Role: access.Keeper, Region: demoCounty})
	for i, county := range []string{centralCounty, centralOther} {
		body, err := a.standing.File(t.Context(), access.System(), standing.Body{
			Name: fmt.Sprintf("示范培训学校%d", i+1), Kind: standing.School, Code: fmt.Sprintf("01%02d", i), Region: county,
			Scopes:    []standing.Scope{{Trade: demoTrade, Levels: []rulebook.Level{demoLevel}, Tracks: []rulebook.Track{rulebook.Completion}}},
			Sites:     []standing.Site{{Serial: fmt.Sprintf("00010%d", i), Name: "示范机房", Rooms: []standing.Room{{Name: "第一考场", Seats: 20}}}},
			ValidFrom: testNow.AddDate(-1, 0, 0), ValidUntil: testNow.AddDate(2, 0, 0),
		})
		if err != nil {
			t.Fatal(err)
		}
		b.bodies = append(b.bodies, body)
		for login, role := range siteStaff {
			hire(fmt.Sprintf("%s-%d", login, i), access.Grant{Role: role, Body: body.ID})
		}
	}
	return b
}

// own is the login of one of these people, beside those of the demonstration.
func own(login string) string { return "own." + login }

// at moves the clock and does what is due.
func (b *setters) at(now time.Time) {
	b.t.Helper()
	b.clock.set(now)
	if err := b.worker.RunDue(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// api is what an account is answered.
func (b *setters) api(login string) *client { b.t.Helper(); return b.as(b.t, own(login)).inEnglish() }

func (b *setters) url(path string) string { return "/api/v1/central-papers/" + b.paper + path }

// form is the content of a form, with the letter in each text.
func form(letter string) map[string]any {
	var questions []any
	for i := range 10 {
		questions = append(questions, map[string]any{
			"type": "single", "topic": "测试", "stem": fmt.Sprintf("%s%s%02d", markStem, letter, i),
			"options": []string{"甲" + markOption + letter, "乙", "丙", "丁"}, "key": []int{i % 4},
		})
	}
	return map[string]any{"questions": questions, "each": map[string]string{"single": "10"}, "tasks": []any{
		map[string]string{"name": markTask + letter, "points": "60", "text": "按图完成" + markTask}, map[string]string{"name": markTask + letter + "2", "points": "40"},
	}}
}

// sets has the paper set, reviewed and, by two keepers, sealed.
func (b *setters) sets() {
	b.t.Helper()
	b.drafts()
	t, setter, reviewer := b.t, b.api("setter1"), b.api("setter2")
	setter.post(b.url("/submission"), nil).ok(t, http.StatusOK)
	reviewer.post(b.url("/forms/A/opening"), nil).ok(t, http.StatusOK)
	reviewer.post(b.url("/review"), nil).ok(t, http.StatusOK)
	b.api("keeper1").post(b.url("/seal"), nil).ok(t, http.StatusOK)
	if r := b.api("keeper2").post(b.url("/seal"), nil).ok(t, http.StatusOK); r.text("state") != "sealed" {
		t.Error(r.body)
	}
	b.at(b.clock.now())
}

func (b *setters) drafts() {
	b.t.Helper()
	t, setter := b.t, b.api("setter1")
	b.paper = setter.post("/api/v1/central-papers", map[string]any{
		"region": centralCity, "track": "completion", "trade": demoTrade, "level": int(demoLevel), "name": "结业考核统一卷", "starts_at": b.start.Format(time.RFC3339), "minutes": 90, "pass_mark": "60",
	}).ok(t, http.StatusCreated).text("id")
	for _, letter := range []string{"A", "B"} {
		setter.put(b.url("/forms/"+letter), form(letter)).ok(t, http.StatusOK)
	}
}

// drafted is a sitting of one of the bodies with candidates who may sit it.
func (b *setters) sitting(body, candidates int, central string) string {
	b.t.Helper()
	scheduler := b.api(fmt.Sprintf("scheduler-%d", body))
	draft := map[string]any{
		"body": b.bodies[body].ID, "site": b.bodies[body].Sites[0].ID, "trade": demoTrade, "level": int(demoLevel), "track": "completion", "starts_at": b.start.Format(time.RFC3339),
	}
	if central != "" {
		draft["central"] = central
	}
	id := scheduler.post("/api/v1/sittings", draft).ok(b.t, http.StatusCreated).text("id")
	rows := [][]string{{"姓名", "证件号码", "培训方式", "学时", "满意度"}}
	for _, p := range b.candidates(candidates) {
		rows = append(rows, []string{p.Name, p.IDNumber, "线下", "40", "92%"})
	}
	if r := scheduler.sheet(b.t, "/api/v1/sittings/"+id+"/enrolments", rows).ok(b.t, http.StatusOK); !strings.Contains(r.body, fmt.Sprintf(`"added":%d`, candidates)) {
		b.t.Fatal(r.body)
	}
	return id
}

func (b *setters) staffing(body int, paper string) map[string]any {
	of := func(login string) string { return b.people[own(fmt.Sprintf("%s-%d", login, body))].ID }
	return map[string]any{
		"paper": paper, "examiners": []string{of("mark1"), of("mark2"), of("mark3")}, "invigilators": map[string][]string{"第一考场": {of("watch1"), of("watch2")}},
	}
}

// staffs takes a sitting from its draft to its staffing.
func (b *setters) staffs(body int, sitting string) apiReply {
	b.t.Helper()
	scheduler := b.api(fmt.Sprintf("scheduler-%d", body))
	scheduler.post("/api/v1/sittings/"+sitting+"/notice", nil).ok(b.t, http.StatusOK)
	b.api("officer1").post("/api/v1/sittings/"+sitting+"/acceptance", nil).ok(b.t, http.StatusOK)
	return scheduler.put("/api/v1/sittings/"+sitting+"/staffing", b.staffing(body, b.paper)).ok(b.t, http.StatusOK)
}

func (b *setters) unseals(logins ...string) {
	b.t.Helper()
	for _, login := range logins {
		b.api(login).post(b.url("/unseal"), nil).ok(b.t, http.StatusOK)
	}
	b.at(b.clock.now())
}

// opens the room of a sitting and lets its candidates in.
func (b *setters) opens(body int, sitting string) (exam.Sitting, []*client) {
	b.t.Helper()
	b.api(fmt.Sprintf("watch1-%d", body)).post("/api/v1/sittings/"+sitting+"/rooms/第一考场/opening", nil).ok(b.t, http.StatusOK)
	now, err := b.store.Sitting(b.t.Context(), sitting)
	if err != nil {
		b.t.Fatal(err)
	}
	list, err := b.store.Enrolments(b.t.Context(), exam.EnrolmentQuery{Sitting: sitting})
	if err != nil {
		b.t.Fatal(err)
	}
	var inside []*client
	for _, e := range list {
		inside = append(inside, b.candidate(b.t, now, e).inEnglish())
	}
	return now, inside
}

func (b *setters) state(sitting string) string {
	b.t.Helper()
	s, err := b.store.Sitting(context.Background(), sitting)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(s.State)
}

// byRule fails the test unless a rule refuses with its clause.
func (r apiReply) byRule(t *testing.T, status int, code, rule string) {
	t.Helper()
	r.refused(t, status, code)
	if r.text("rule.id") != rule || r.text("rule.clause") == "" {
		t.Errorf("refused by %q, want %s with its clause: %s", r.text("rule.id"), rule, r.body)
	}
}

// onBothEngines plays a test on the embedded engines and on those of production.
func onBothEngines(t *testing.T, play func(t *testing.T, b *setters)) {
	for engines, start := range map[string]func(*testing.T) *testApp{"embedded": newApp, "production": newProductionApp} {
		t.Run(engines, func(t *testing.T) {
			t.Parallel()
			play(t, newSetters(t, start(t)))
		})
	}
}

// TestACentralPaperIsSetSealedUnsealedAndSat walks a paper through its custody,
// every refusal on the way, and two bodies through their sittings of it.
func TestACentralPaperIsSetSealedUnsealedAndSat(t *testing.T) {
	t.Parallel()
	onBothEngines(t, setAndSat)
}

func setAndSat(t *testing.T, b *setters) {
	b.drafts()
	setter, reviewer, keeper1, keeper2 := b.api("setter1"), b.api("setter2"), b.api("keeper1"), b.api("keeper2")
	first, second := b.sitting(0, 3, b.paper), b.sitting(1, 2, "")

	reviewer.post(b.url("/forms/A/opening"), nil).refused(t, http.StatusUnprocessableEntity, "refused") // not handed in yet
	keeper1.post(b.url("/seal"), nil).refused(t, http.StatusUnprocessableEntity, "refused")
	setter.post(b.url("/submission"), nil).ok(t, http.StatusOK)
	setter.post(b.url("/review"), nil).refused(t, http.StatusUnprocessableEntity, "refused") // setter = reviewer
	if r := reviewer.post(b.url("/forms/A/opening"), nil).ok(t, http.StatusOK); !strings.Contains(r.body, markStem+"A00") {
		t.Error(r.body)
	}
	scheduler := b.api("scheduler-0")
	scheduler.post("/api/v1/sittings/"+first+"/notice", nil).ok(t, http.StatusOK)
	b.api("officer1").post("/api/v1/sittings/"+first+"/acceptance", nil).ok(t, http.StatusOK)
	scheduler.put("/api/v1/sittings/"+first+"/staffing", b.staffing(0, b.paper)).byRule(t, http.StatusUnprocessableEntity, "refused", "R05") // not reviewed
	scheduler.put("/api/v1/sittings/"+first+"/staffing", b.staffing(0, "own")).byRule(t, http.StatusUnprocessableEntity, "refused", "R05")
	reviewer.post(b.url("/review"), nil).ok(t, http.StatusOK)
	if r := scheduler.get("/api/v1/sittings/"+first+"/central-papers").ok(t, http.StatusOK); !strings.Contains(r.body, b.paper) {
		t.Error(r.body)
	}
	if r := scheduler.put("/api/v1/sittings/"+first+"/staffing", b.staffing(0, b.paper)).ok(t, http.StatusOK); r.text("state") != "staffed" || r.text("central") != b.paper {
		t.Error(r.body)
	}

	keeper1.post(b.url("/seal"), nil).ok(t, http.StatusOK)
	reviewer.post(b.url("/forms/A/opening"), nil).refused(t, http.StatusUnprocessableEntity, "refused")
	keeper1.post(b.url("/seal"), nil).byRule(t, http.StatusUnprocessableEntity, "refused", "R20") // the same keeper
	b.api("strangekeeper").post(b.url("/seal"), nil).refused(t, http.StatusForbidden, "forbidden")
	if r := keeper2.post(b.url("/seal"), nil).ok(t, http.StatusOK); r.text("state") != "sealed" {
		t.Error(r.body)
	}
	b.at(b.clock.now())
	if got := b.state(first); got != "sealed" {
		t.Errorf("the first sitting is %s", got)
	}
	if r := b.staffs(1, second); r.text("state") != "sealed" { // staffed after the seal
		t.Error(r.body)
	}

	room := "/api/v1/sittings/" + first + "/rooms/第一考场/opening"
	b.at(b.start.Add(-31 * time.Minute))
	keeper1 = b.api("keeper1") // the sessions of last week are over
	keeper1.post(b.url("/unseal"), nil).byRule(t, http.StatusForbidden, "early", "R20")
	b.api("watch1-0").post(room, nil).byRule(t, http.StatusUnprocessableEntity, "refused", "R20")
	b.at(b.start.Add(-30 * time.Minute))
	b.api("strangekeeper").post(b.url("/unseal"), nil).refused(t, http.StatusForbidden, "forbidden")
	keeper1.post(b.url("/unseal"), nil).ok(t, http.StatusOK)
	keeper1.post(b.url("/unseal"), nil).byRule(t, http.StatusUnprocessableEntity, "refused", "R20") // one alone
	b.api("watch1-0").post(room, nil).byRule(t, http.StatusUnprocessableEntity, "refused", "R20")
	b.unseals("keeper3")
	if b.state(first) != "unsealed" || b.state(second) != "unsealed" {
		t.Errorf("the sittings are %s and %s", b.state(first), b.state(second))
	}

	_, one := b.opens(0, first)
	_, two := b.opens(1, second)
	early := one[0].post("/api/v1/attempts", struct{}{})
	early.refused(t, http.StatusForbidden, "early")
	if r := b.api("mark1-0").get("/api/v1/sittings/" + first + "/scoring"); strings.Contains(r.body, markTask) {
		t.Error("an examiner sees the tasks before the release")
	}
	b.at(b.start)
	orders := map[string]bool{}
	for _, c := range append(one, two...) {
		r := c.post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK)
		if !strings.Contains(r.body, markStem+"A00") || strings.Contains(r.body, `"key"`) {
			t.Error("the paper, without keys, is what a candidate gets")
		}
		var in attempt
		r.into(t, &in)
		var order []string
		for _, q := range in.Sections[0].Questions {
			order = append(order, q.ID)
		}
		orders[strings.Join(order, " ")] = true
	}
	if len(orders) < 4 {
		t.Errorf("five candidates see %d orders", len(orders))
	}
	if r := b.api("mark1-0").get("/api/v1/sittings/"+first).ok(t, http.StatusOK); !strings.Contains(r.body, markTask+"A") {
		t.Error("an examiner has no tasks after the release:", r.body)
	}

	audit := b.api("auditor1").get(b.url("/audit")).ok(t, http.StatusOK).body
	for _, what := range []string{"paper:set", "paper:inspect", "paper:review", "paper:seal", "paper:unseal", "paper:refused", "code=early", "from=127.0.0.1"} {
		if !strings.Contains(audit, what) {
			t.Errorf("the audit stream lacks %s", what)
		}
	}
	if strings.Contains(audit, markStem) || strings.Contains(audit, markTask) {
		t.Error("the audit stream shows content")
	}
	if v, err := b.verify(t.Context()); err != nil || len(v.Damaged) > 0 {
		t.Errorf("%+v %v", v, err)
	}
}

// TestOnlyTheRightCentralPaperWillDo tries every wrong one at the draft, the
// notice, the staffing, the room and the start.
func TestOnlyTheRightCentralPaperWillDo(t *testing.T) {
	t.Parallel()
	b := newSetters(t, newApp(t))
	b.sets()
	right := b.paper
	other, err := b.store.CentralPaper(t.Context(), right)
	if err != nil {
		t.Fatal(err)
	}
	for what, wrong := range map[string]func(){
		"another track":  func() { other.Track = rulebook.SkillLevel },
		"another trade":  func() { other.Trade = "6-18-02-04" },
		"another level":  func() { other.Level = rulebook.MiddleWorker },
		"another hour":   func() { other.StartsAt = b.start.Add(time.Hour) },
		"another region": func() { other.Region = centralOther },
		"revoked":        func() { other.State = "revoked" },
	} {
		t.Run(what, func(t *testing.T) {
			b.t = t
			other, err = b.store.CentralPaper(t.Context(), right)
			if err != nil {
				t.Fatal(err)
			}
			wrong()
			other.ID, other.Version = strings.ReplaceAll(what, " ", "-"), 0
			if err := b.store.PutCentralPaper(t.Context(), &other, (&world{}).entry()); err != nil {
				t.Fatal(err)
			}
			b.clock.set(testNow)
			scheduler := b.api("scheduler-0")
			id := b.sitting(0, 1, other.ID)
			at := "/api/v1/sittings/" + id
			scheduler.post(at+"/notice", nil).byRule(t, http.StatusUnprocessableEntity, "refused", "R05")
			change := func(state exam.State, central string) {
				t.Helper()
				s, err := b.store.Sitting(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				s.State, s.Central, s.Minutes = state, central, 90
				if err := b.store.PutSitting(t.Context(), &s, (&world{}).entry()); err != nil {
					t.Fatal(err)
				}
			}
			change(exam.Accepted, "")
			scheduler.put(at+"/staffing", b.staffing(0, other.ID)).byRule(t, http.StatusUnprocessableEntity, "refused", "R05")
			scheduler.put(at+"/staffing", b.staffing(0, "")).byRule(t, http.StatusUnprocessableEntity, "refused", "R05")
			scheduler.put(at+"/staffing", b.staffing(0, right)).ok(t, http.StatusOK)
			change(exam.Unsealed, other.ID)
			b.clock.set(b.start.Add(-20 * time.Minute))
			b.api("watch1-0").post(at+"/rooms/第一考场/opening", nil).byRule(t, http.StatusUnprocessableEntity, "refused", "R05")
		})
	}
}
