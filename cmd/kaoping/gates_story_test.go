package main

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// TestTheTwoGates plays how the bureau's paper reaches twenty candidates of two
// bodies (R05), and how their certificates wait for the city's cap (R06).
func TestTheTwoGates(t *testing.T) {
	t.Parallel()
	g := newGates(t)
	g.levelCertificates(g.bodies[0], time.Date(2026, 11, 26, 9, 0, 0, 0, rulebook.Shanghai), 18)
	g.setterWritesAndAnotherReviews()
	g.bodiesChooseThePaper()
	g.twoKeepersSeal()
	g.nobodyOpensItEarly()
	g.twoKeepersUnseal()
	g.candidatesSitItInTheirOwnOrder()
	g.examinersScoreItsTasks()
	g.someCertificatesWait()
	g.levelCertificatesFreeTheQueue()
	g.boardAndFormShowIt()
	g.isSound(t)
}

// formOf is a form's questions as the setter's sheet has them: ten that
// choose, ten that judge.
func formOf(letter string) [][]string {
	rows := [][]string{{"题型", "知识点", "题干", "选项A", "选项B", "选项C", "选项D", "答案", "解析"}}
	for i := range 10 {
		rows = append(rows,
			[]string{"单选题", "家政服务", fmt.Sprintf("示例题：统一命题 %s 卷单选第 %d 题的正确做法是", letter, i+1), "先确认", "先忽略", "先离开", "先拒绝", "A", ""},
			[]string{"判断题", "家政服务", fmt.Sprintf("示例题：统一命题 %s 卷判断第 %d 题所述正确。", letter, i+1), "", "", "", "", "正确", ""})
	}
	return rows
}

func (g *gates) login(who string) *window {
	g.t.Helper()
	return g.testApp.login(g.chrome, who)
}

func (g *gates) paperPath() string { return "/central-papers/" + g.paper }

func (g *gates) setterWritesAndAnotherReviews() {
	w := g.login("mc-setter1")
	w.open("/central-papers/new")
	w.fill("#name", "家政服务员结业统一卷（测试）", "#region", gatesCounty, "#track", "completion", "#trade", gatesTrade, "#level", fmt.Sprint(int(demoLevel)),
		"#starts-at", gatesStart.Format("2006-01-02T15:04"), "#minutes", "90", "#pass-mark", "60")
	w.press("#save")
	g.paper = path.Base(w.path())
	for _, letter := range central.Letters {
		w.press("#put-" + letter)
		w.attach("#file", workbook(g.t, letter+".xlsx", formOf(letter)))
		w.fill("[name=each_single]", "5", "[name=each_true_false]", "5")
		for i := range 6 { // as many lines as the example has
			row, name, points := fmt.Sprintf("table.entry tbody tr:nth-child(%d) ", i+1), "", ""
			if i < len(demoTasks) {
				name, points = letter+"·"+demoTasks[i].Name, demoTasks[i].Points.String()
			}
			w.fill(row+"[name=task_name]", name, row+"[name=task_points]", points)
		}
		w.press("#keep")
		w.sees("#forms", "20")
	}
	w.press("#submit")
	w.sees("#done")
	if read[bool](w, `document.querySelector("#review") !== null`) {
		g.t.Error("the setter can review the own paper")
	}
	w = g.login("mc-setter2")
	w.open(g.paperPath())
	w.press("#open-A")
	w.sees("main", "统一命题 A 卷单选第 1 题")
	w.open(g.paperPath())
	w.press("#review")
	w.sees("#done")
}

// bodiesChooseThePaper: each body drafts, enrols and staffs its sitting; a paper
// of its own is refused with R05.
func (g *gates) bodiesChooseThePaper() {
	officer := g.as(g.t, "mc-officer")
	for i, c := range g.bodies {
		scheduler := g.as(g.t, c.login("scheduler"))
		draft := map[string]any{
			"body": c.body.ID, "site": c.body.Sites[0].ID, "trade": gatesTrade, "level": int(demoLevel), "track": "completion",
			"title": fmt.Sprintf("家政服务员结业考核 %d", i+1), "starts_at": gatesStart.Format(time.RFC3339),
		}
		c.sitting = scheduler.post("/api/v1/sittings", draft).ok(g.t, http.StatusCreated).text("id")
		rows := [][]string{{"姓名", "证件号码", "培训方式", "学时", "满意度"}}
		for _, p := range c.candidates(10) {
			rows = append(rows, []string{p.Name, p.IDNumber, "线下", "40", "95%"})
		}
		if r := scheduler.sheet(g.t, "/api/v1/sittings/"+c.sitting+"/enrolments", rows).ok(g.t, http.StatusOK); r.json["added"] != 10.0 {
			g.t.Fatal(r.body)
		}
		scheduler.post("/api/v1/sittings/"+c.sitting+"/notice", nil).ok(g.t, http.StatusOK)
		officer.post("/api/v1/sittings/"+c.sitting+"/acceptance", nil).ok(g.t, http.StatusOK)
		own := scheduler.put("/api/v1/sittings/"+c.sitting+"/staffing", map[string]any{"paper": c.paper.ID, "invigilators": map[string]any{}, "examiners": []string{}})
		own.refused(g.t, http.StatusUnprocessableEntity, "refused")
		if own.text("rule.id") != "R05" {
			g.t.Error(own.body)
		}
		w := g.login(c.login("scheduler"))
		w.open("/sittings/" + c.sitting)
		w.press("#staff")
		w.click("[name=paper][value='" + g.paper + "']")
		for _, invigilator := range []string{"invigilator1", "invigilator2"} {
			w.click("[name=invigilators-0][value='" + c.people[invigilator].ID + "']")
		}
		for _, examiner := range examiners {
			w.click("[name=examiners][value='" + c.people[examiner].ID + "']")
		}
		if shown := w.sees("main"); strings.Contains(shown, "示例题") {
			g.t.Error("the scheduler sees a question")
		}
		w.press("#staff-form button.p")
		w.sees("#done")
		c.list = g.enrolled(g.t, c.sitting)
	}
}

func (g *gates) twoKeepersSeal() {
	first := g.login("mc-keeper1")
	first.open("/custody")
	first.press("#seal tbody a")
	first.press("#seal")
	first.sees("#done")
	if read[bool](first, `document.querySelector("#seal") !== null`) {
		g.t.Error("one keeper can seal alone")
	}
	g.secondHand("seal")
	for _, c := range g.bodies {
		if sitting, err := g.store.Sitting(g.t.Context(), c.sitting); err != nil || sitting.State != exam.Sealed {
			g.t.Errorf("%s %v", sitting.State, err)
		}
	}
}

// secondHand has the second keeper do what the first began and cannot do twice.
func (g *gates) secondHand(what string) {
	g.t.Helper()
	alone := g.as(g.t, "mc-keeper1").post("/api/v1/central-papers/"+g.paper+"/"+what, nil)
	if alone.status/100 == 2 || alone.text("rule.id") != "R20" {
		g.t.Error("one keeper has both hands:", alone.body)
	}
	second := g.login("mc-keeper2")
	second.open(g.paperPath())
	second.press("#" + what)
	second.sees("#done")
	g.tick(g.t.Context())
}

func (g *gates) nobodyOpensItEarly() {
	g.clock.set(gatesStart.Add(-31 * time.Minute))
	w := g.login("mc-keeper1")
	w.open(g.paperPath())
	w.sees("#countdown", "00:01")
	early := g.as(g.t, "mc-keeper1").post("/api/v1/central-papers/"+g.paper+"/unseal", nil)
	early.refused(g.t, http.StatusForbidden, "early")
	if early.text("rule.id") != "R20" {
		g.t.Error(early.body)
	}
	if _, err := g.central.Open(g.t.Context(), g.paper, central.FormA); !fault.Is(err, fault.Early) {
		g.t.Error("opened while sealed:", err)
	}
}

func (g *gates) twoKeepersUnseal() {
	g.clock.set(gatesStart.Add(-25 * time.Minute))
	first := g.login("mc-keeper1")
	first.open(g.paperPath())
	first.press("#unseal")
	first.sees("#done")
	g.secondHand("unseal")
	if _, err := g.central.Open(g.t.Context(), g.paper, central.FormA); !fault.Is(err, fault.Early) {
		g.t.Error("opened before its hour:", err)
	}
}

// candidatesSitItInTheirOwnOrder: one candidate of each body at a browser, the
// others beside them.
func (g *gates) candidatesSitItInTheirOwnOrder() {
	ctx := g.t.Context()
	var waiting []*seat
	for _, c := range g.bodies {
		w := g.login(c.login("invigilator1"))
		w.press("main tbody a")
		w.press("#open-room")
		code := w.sees("#room-code")
		s := g.seat(g.chrome, c.demoSeed.paper, c.list[0])
		s.enter(code)
		s.sees("#countdown", "00:")
		waiting = append(waiting, s)
	}
	g.clock.set(gatesStart)
	opened, err := g.central.Open(ctx, g.paper, central.FormA)
	if err != nil {
		g.t.Fatal(err)
	}
	g.tick(ctx)
	for _, s := range waiting {
		s.open("/room/exam")
		s.sees("#stage .stem", "统一命题 A 卷")
		s.paper = opened.Theory
		s.answerOn(1, 2, 3)
		s.stored()
	}
	var orders []string
	for _, c := range g.bodies {
		level := c.demoSeed.paper
		c.demoSeed.paper = opened.Theory
		for i, e := range c.list[1:] {
			if err := c.sit(ctx, e, 96-i, gatesStart.Add(40*time.Minute)); err != nil {
				g.t.Fatal(err)
			}
		}
		c.demoSeed.paper = level
	}
	g.clock.set(gatesStart.Add(41 * time.Minute))
	for _, s := range waiting {
		for number := 4; number <= 19; number++ {
			s.answerOn(number)
		}
		s.stored()
		s.handIn("20")
	}
	for _, c := range g.bodies {
		for _, e := range c.list {
			attempt, err := g.store.Attempt(ctx, e.ID)
			if err != nil {
				g.t.Fatal(err)
			}
			orders = append(orders, fmt.Sprint(opened.Theory.Order(attempt.Seed)))
		}
	}
	slices.Sort(orders)
	if len(slices.Compact(orders)) != 20 {
		g.t.Error("two candidates had the paper in the same order")
	}
}

func (g *gates) examinersScoreItsTasks() {
	ctx := g.t.Context()
	for _, c := range g.bodies {
		w := g.login(c.login("examiner1"))
		w.open("/scoring/" + c.sitting)
		w.press("main tbody a")
		w.sees("main", "A·"+demoTasks[0].Name)
		for i, e := range c.list {
			total := 90
			if i == 9 {
				total = 40 // does not pass
			}
			if err := c.scorePractical(ctx, e, total); err != nil {
				g.t.Fatal(err)
			}
		}
		g.conclude(c, c.sitting, gatesStart)
	}
}

// certified counts the certificates of the completion sittings, and who waits.
func (g *gates) certified() (issued, waiting int) {
	g.t.Helper()
	for _, c := range g.bodies {
		for _, e := range c.list {
			cert, err := g.store.CertificateOf(g.t.Context(), e.ID)
			switch {
			case err == nil && cert.State == certify.Issued:
				issued++
			case fault.Is(err, fault.NotFound):
				if w, err := g.store.WaitingOf(g.t.Context(), e.ID); err == nil && w.State == certify.InQueue {
					waiting++
				}
			default:
				g.t.Errorf("%s: %s %v", e.Ticket, cert.State, err)
			}
		}
	}
	return issued, waiting
}

// someCertificatesWait: eighteen others were issued in the city, so two may be
// issued and stay at a tenth of all; sixteen wait.
func (g *gates) someCertificatesWait() {
	if issued, waiting := g.certified(); issued != 2 || waiting != 16 {
		g.t.Errorf("%d issued, %d wait; want 2 and 16", issued, waiting)
	}
	w := g.login("mc-officer")
	w.open("/board/queue?region=" + gatesCounty)
	w.sees("#waiting tbody tr:nth-child(1)", "1")
	w.sees("#waiting tbody tr:nth-child(16)", "16")
}

// levelCertificatesFreeTheQueue: with eighteen more, two more may be issued:
// those who have waited longest.
func (g *gates) levelCertificatesFreeTheQueue() {
	ctx := g.t.Context()
	var first []string
	for _, c := range g.bodies {
		for _, e := range c.list {
			if w, err := g.store.WaitingOf(ctx, e.ID); err == nil && w.State == certify.InQueue && w.Place <= 2 {
				first = append(first, e.ID)
			}
		}
	}
	g.levelCertificates(g.bodies[1], time.Date(2026, 12, 8, 9, 0, 0, 0, rulebook.Shanghai), 18)
	g.tick(ctx)
	if issued, waiting := g.certified(); issued != 4 || waiting != 14 {
		g.t.Errorf("%d issued, %d wait; want 4 and 14", issued, waiting)
	}
	for _, e := range first {
		if c, err := g.store.CertificateOf(ctx, e); err != nil || c.State != certify.Issued {
			g.t.Errorf("who waited longest has no certificate: %+v %v", c, err)
		}
	}
}

func (g *gates) boardAndFormShowIt() {
	w := g.login("mc-officer")
	w.open("/board?region=" + gatesCounty + "&year=2026")
	w.sees("#all", "40")
	w.sees("#capped", "4")
	w.sees("#waiting", "14")
	if !read[bool](w, `document.querySelector("#chart svg") !== null`) {
		g.t.Error("the board draws no share against the cap")
	}
	w.sees("#districts", "渑池县")
	// Those of the first body came first, and all of the four are theirs.
	for i, obtained := range []string{"4", "0"} {
		w.open("/completion?sitting=" + g.bodies[i].sitting)
		w.sees("#took", "10")
		if got := w.sees("#obtained"); got != obtained {
			g.t.Errorf("the form of body %d shows %s certificates, want %s", i+1, got, obtained)
		}
		w.sees("#held", g.people["mc-inspector"].Name)
	}
	w.press("#form")
	w.sees("#completion-form", g.people["mc-inspector"].Name)
}
