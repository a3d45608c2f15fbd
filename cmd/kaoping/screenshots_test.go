package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kaoping/exam"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/rulebook/amend"
)

// screenshotsVar names a folder: with it, TestEveryPage writes what it sees,
// one PNG for each page and size, and the README's pictures in "readme".
const screenshotsVar = "KAOPING_TEST_SCREENSHOTS"

// The sizes at which pages are looked at.
var (
	deskSizes = [][2]int64{{1280, 800}, {1024, 768}}
	openSizes = append(deskSizes[:2:2], [2]int64{390, 760})
	roomSizes = append(openSizes[:3:3], [2]int64{800, 600})
)

// faultsOnPage finds what no page may have: something wider than the window,
// English on a Chinese page, sentences that are not filled in. Login names,
// names of audit streams, names and values in their notes (late=0) and what is in the item
// bank are as they are.
const faultsOnPage = `(() => {
  const found = [], root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > root.clientWidth + 0.5);
    found.push("wider than the window by " + (root.scrollWidth - root.clientWidth) + ": " + wide.slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(" | "));
  }
  const asItIs = /^(English|[a-z]+=\S*( [a-z]+=\S*)*|http:\/\/\S+|(\/ )?(LOGINS)|\/ [a-z]+\/[\w-]+)$/;
  const check = (where, text) => {
    text = text.trim();
    const english = /[a-z]{4,} [a-z]{3,}/.test(text) || /[a-z]{3,}/.test(text) && !/\p{Script=Han}/u.test(text) && !asItIs.test(text);
    if (english || /\{\{|<no value>|%!|%\[?\d*\]?[sdv]|\bundefined\b|\bNaN\b/.test(text)) found.push(where + ": " + text.slice(0, 120));
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (!texts.currentNode.parentElement.closest("script, noscript, .hash, .choices, .stem, .opt")) check("text", texts.currentNode.data);
  }
  for (const e of document.querySelectorAll("[title]:not(.hash, .what), [placeholder], [alt], [aria-label]")) {
    for (const name of ["title", "placeholder", "alt", "aria-label"]) check(name, e.getAttribute(name) || "");
  }
  check("title", document.title);
  return found;
})()`

// gallery looks at pages.
type gallery struct {
	t      *testing.T
	folder string // "" to write nothing
	faults string // script that finds them
}

// look checks the page on show at each size, and writes it.
func (g *gallery) look(w *window, name string, sizes [][2]int64) {
	g.t.Helper()
	for _, size := range sizes {
		w.resize(size)
		for _, fault := range read[[]string](w, g.faults) {
			g.t.Errorf("%s (%s at %dx%d): %s", name, w.path(), size[0], size[1], fault)
		}
		g.write(w, fmt.Sprintf("%s-%dx%d.png", name, size[0], size[1]), chromedp.FullScreenshot(100))
	}
	w.resize(deskSizes[0])
}

// keep writes one of the README's pictures.
func (g *gallery) keep(w *window, name string, height int64) {
	g.t.Helper()
	w.resize([2]int64{1280, height})
	g.write(w, filepath.Join("readme", name+".png"), chromedp.CaptureScreenshot())
}

func (g *gallery) write(w *window, file string, shot chromedp.Action[[]byte]) {
	g.t.Helper()
	if g.folder == "" {
		return
	}
	file = filepath.Join(g.folder, file)
	w.within("screenshot", func(ctx context.Context) error {
		png, err := chromedp.Run(ctx, shot)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, png, 0o644)
	})
}

// resize gives the window another size.
func (w *window) resize(size [2]int64) {
	w.t.Helper()
	w.within("resize", func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.EmulateViewport(size[0], size[1])) })
}

// exhibition is the demonstration's story, with the states beside it that it lacks.
type exhibition struct {
	*testApp
	t        *testing.T
	sittings map[string]exam.Sitting // by what they show
	changes  []string                // of rules: proposed, approved, rejected
	program  string                  // account id of a program
}

func exhibit(t *testing.T) *exhibition {
	t.Helper()
	x, ctx := &exhibition{testApp: newApp(t), t: t, sittings: map[string]exam.Sitting{}}, context.Background()
	for _, step := range []func(context.Context, time.Time) error{x.finished, x.waiting, x.runningNow} {
		x.must(step(ctx, testNow))
	}
	list, err := x.store.Sittings(ctx, exam.SittingQuery{Body: x.body.ID})
	x.must(err)
	for _, sitting := range list {
		x.sittings[string(sitting.State)] = sitting
	}
	accepted, err := x.notified(ctx, "电工 · 五级 · 结业班丙", hourOf(testNow, 9, 14), testNow.Add(-time.Hour), 26)
	x.must(err)
	x.clock.set(testNow)
	x.sittings["accepted"], err = x.exam.Accept(ctx, x.people["officer"], accepted.ID)
	x.must(err)
	x.sittings["coming"], err = x.ready(ctx, "电工 · 五级 · 上午场", testNow.Add(20*time.Minute), 3)
	x.must(err)
	x.sittings["returned"], err = x.notified(ctx, "电工 · 五级 · 结业班丁", hourOf(testNow, 8, 9), testNow.Add(-time.Hour), 0)
	x.must(err)
	x.clock.set(testNow)
	_, err = x.exam.Return(ctx, x.people["officer"], x.sittings["returned"].ID, "考点联系电话有误，请核实后重新报备。")
	x.must(err)
	x.sittings["late"], err = x.exam.Draft(ctx, x.people["scheduler"], exam.Draft{
		Body: x.body.ID, Site: x.body.Sites[0].ID, Trade: demoTrade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: hourOf(testNow, 2, 9),
		Title: "电工 · 五级 · 农村劳动力转移就业技能提升行动第十二期长期脱产培训班结业考核",
	})
	x.must(err)
	program, err := x.accounts.CreateProgram(ctx, access.System(), "trainer", "鲁山县职业技能培训管理信息系统（示例）", []access.Grant{{Role: access.Client, Body: x.body.ID}})
	x.must(err)
	x.program = program.ID
	x.must(x.accounts.Delegate(ctx, x.people["officer"], access.Loan{Original: x.people["officer"].Grants[0].Key(), To: "standing", Grant: access.Grant{From: testNow, Until: testNow.AddDate(0, 0, 7)}}))
	rows := append(x.candidates(5), exam.Row{Name: "阿依古丽·买买提·示例·长姓名样本", IDNumber: "410499199003070017"})
	rows[5].IDNumber = rows[5].IDNumber[:17] + string(exam.CheckCharacter(rows[5].IDNumber[:17]))
	report, err := x.exam.Enrol(ctx, x.people["scheduler"], x.sittings["late"].ID, rows)
	x.must(err)
	if len(report.Issues) > 0 {
		t.Fatal(report.Issues)
	}
	x.except(t)
	x.bureauOfTheCity(t)
	x.changeRules()
	x.leaveWork()
	return x
}

// except leaves candidates whom a rule refuses, one of them with an override
// that waits for its second signature, and a recusal.
func (x *exhibition) except(t *testing.T) {
	ctx, refused := context.Background(), exam.Evidence{Course: "低压电工技能提升班（示例）", Mode: exam.Blended, Subsidised: true, Previous: &exam.PreviousCourse{Name: "上一班（示例）"}, Defects: []string{"fast_forward", "no_prompt"}, MissedHours: 4, MadeUpHours: 2}
	for _, i := range []int{4, 5} {
		_, err := x.exam.SetEvidence(ctx, x.people["scheduler"], x.of("late", i).ID, refused)
		x.must(err)
	}
	_, err := x.exam.AskOverride(ctx, x.people["officer"], x.of("late", 5).ID, "培训平台已补充全部学习过程核验记录，经现场核查情况属实，申请特准参加考核。")
	x.must(err)
	_, err = x.exam.Recuse(ctx, x.people["scheduler"], x.of("late", 5).ID, x.people["examiner1"].ID, exam.Taught)
	x.must(err)
}

// leaveWork leaves background work in every state, some of it of a kind that
// nobody knows.
func (x *exhibition) leaveWork() {
	ctx, confirmed := context.Background(), x.sittings["confirmed"].ID
	x.recordJobs(x.t,
		outbox.Job{ID: exam.IssueJob + ":" + confirmed, Kind: exam.IssueJob, Key: confirmed, Due: testNow},
		outbox.Job{ID: exam.IssueJob + ":" + x.sittings["late"].ID, Kind: exam.IssueJob, Key: x.sittings["late"].ID, Due: testNow.Add(-time.Minute)},
		outbox.Job{ID: "send-letters:1", Kind: "send-letters", Key: "1", Due: testNow})
	claimed, err := x.store.ClaimJobs(ctx, testNow, testNow.Add(time.Minute), 3)
	x.must(err)
	away := outbox.Failure{At: testNow.Add(-time.Minute), Text: "the store cannot be used at the moment: try again"}
	x.must(x.store.RetryJob(ctx, claimed[0], testNow.Add(2*time.Minute), away))
	x.must(x.store.BuryJob(ctx, claimed[1], away))
	x.must(x.store.BuryJob(ctx, claimed[2], outbox.Failure{At: testNow, Text: "this release does not know this kind of work"}))
}

// changeRules leaves a change of a rule in every state.
func (x *exhibition) changeRules() {
	ctx := context.Background()
	propose := func(rule, name, value, unit string) amend.Change {
		c, err := x.rules.Propose(ctx, x.people["cityofficer"], rulebook.Param{
			Rule: rule, Name: name, Region: "410400", From: "2026-12-01", Value: value, Unit: unit, Document: "平顶山市职业技能评价工作补充通知（示例）", Clause: "三(二)",
			Quote: "示例条款：自2026年12月1日起，按照本通知规定的数值执行，此前已受理的事项仍按原规定办理。", Note: "示例",
		})
		x.must(err)
		x.changes = append(x.changes, c.ID)
		return c
	}
	propose("R02", "notice_days", "5", rulebook.WorkingDay)
	approved := propose("R10", "online_defects", "fast_forward,several_windows,no_prompt,no_live_face_check,order_not_enforced,no_random_snapshot", "")
	_, err := x.rules.Approve(ctx, x.people["cityreviewer"], approved.ID)
	x.must(err)
	_, err = x.rules.Reject(ctx, x.people["cityreviewer"], propose("R13", "satisfaction_effect", "pause_examination", "").ID, "引用的条款与所附文件不一致，请核对后重新提出。")
	x.must(err)
}

func (x *exhibition) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

// candidate is one of a sitting's candidates, in ticket order.
func (x *exhibition) of(sitting string, i int) exam.Enrolment {
	x.t.Helper()
	list, err := x.store.Enrolments(context.Background(), exam.EnrolmentQuery{Sitting: x.sittings[sitting].ID})
	x.must(err)
	return list[i]
}

// TestEveryPage visits every page as those who use it and checks how it stands
// in the window and what language it speaks.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	x, c := exhibit(t), startChrome(t)
	logins := strings.Join(append(slices.Collect(maps.Keys(x.people)), "trainer"), "|")
	g := &gallery{t, os.Getenv(screenshotsVar), strings.Replace(faultsOnPage, "LOGINS", logins, 1)}
	x.desk(g, c)
	x.door(g, c)
	x.room(g, c)
	x.public(g, c)
	x.supervision(g, c)
	x.violations(g, c)
	statistics(t, g, c)
	x.custody(g, c)
}

// desk visits the pages of those who log in.
func (x *exhibition) desk(g *gallery, c *chrome) {
	ctx := context.Background()
	at := func(sitting, rest string) string { return "/sittings/" + x.sittings[sitting].ID + rest }
	blueprints, err := x.store.Blueprints(ctx, x.body.ID)
	x.must(err)
	admin := x.people["admin"]
	room := "/" + x.sittings["running"].Rooms[0].Name
	for _, visit := range []struct {
		who   string
		pages [][2]string // name and path
	}{
		{"scheduler", [][2]string{
			{"sittings", "/sittings"}, {"sittings-none", "/sittings?q=没有"}, {"sitting-new", "/sittings/new"},
			{"sitting-late", at("late", "")}, {"sitting-returned", at("returned", "")}, {"sitting-notified", at("notified", "")}, {"sitting-accepted", at("accepted", "")},
			{"sitting-running", at("running", "")}, {"sitting-confirmed", at("confirmed", "")},
			{"sitting-edit", at("late", "/edit")}, {"enrolment", at("late", "/enrolment")}, {"enrolment-empty", at("returned", "/enrolment")}, {"enrolment-closed", at("running", "/enrolment")},
			{"staff", at("accepted", "/staff")}, {"tickets", at("running", "/tickets")}, {"signin", at("running", "/signin")}, {"scoresheet", at("running", "/scoresheet")},
			{"results-running", at("running", "/results")}, {"results", at("confirmed", "/results")},
			{"certificates", "/certificates"}, {"certificates-none", "/certificates?q=没有"}, {"certificates-of", "/certificates?sitting=" + x.sittings["confirmed"].ID},
			{"candidate", "/enrolments/" + x.of("confirmed", 0).ID}, {"candidate-open", "/enrolments/" + x.of("late", 5).ID}, {"eligibility", at("late", "/eligibility")}, {"eligibility-none", at("late", "/eligibility?answer=needs_evidence")},
			{"papers-scheduler", "/papers"}, {"body", "/body"}, {"not-found", "/sittings/none"}, {"nowhere", "/nowhere"},
		}},
		{"author", [][2]string{
			{"items", "/items"}, {"items-none", "/items?q=没有这样的题"}, {"items-import", "/items/import"},
			{"blueprints", "/blueprints"}, {"blueprint-new", "/blueprints/new"}, {"blueprint", "/blueprints/" + blueprints[0].ID},
			{"papers", "/papers"}, {"paper", "/papers/" + x.paper.ID}, {"paper-print", "/papers/" + x.paper.ID + "/print"}, {"paper-keys", "/papers/" + x.paper.ID + "/print?keys=1"},
		}},
		{"officer", [][2]string{
			{"notices", "/notices"}, {"confirmations-empty", "/confirmations"}, {"sittings-officer", "/sittings"}, {"sitting-decide", at("notified", "")},
			{"bodies", "/bodies"}, {"filedbody", "/bodies/" + x.body.ID}, {"certificates-officer", "/certificates"}, {"results-officer", at("confirmed", "/results")},
			{"rules-desk", "/rules"}, {"rules-none", "/rules?q=没有"}, {"rules-only", "/rules?region=411200&day=2021-04-20&only=1"}, {"rule", "/rules/R02"}, {"rule-targets", "/rules/R63"},
			{"candidate-refused", "/enrolments/" + x.of("late", 4).ID}, {"overrides", "/overrides"}, {"overrides-none", "/overrides?state=signed"},
			{"forbidden", "/accounts"},
		}},
		{"reviewer", [][2]string{{"candidate-override", "/enrolments/" + x.of("late", 5).ID}, {"overrides-reviewer", "/overrides"}}},
		{"inspector", [][2]string{{"sitting-sign", at("running", "")}}},
		{"cityofficer", [][2]string{
			{"rule-changes", "/rule-changes"}, {"rule-changes-none", "/rule-changes?q=没有"}, {"rule-proposal", "/rule-changes/new"}, {"rule-proposal-words", "/rule-changes/new?name=online_defects"},
			{"rule-proposal-enum", "/rule-changes/new?name=satisfaction_effect"}, {"rule-proposal-term", "/rule-changes/new?name=platform_ban"}, {"rule-proposal-days", "/rule-changes/new?name=notice_days"},
			{"rule-change-own", "/rule-changes/" + x.changes[0]}, {"rule-change-approved", "/rule-changes/" + x.changes[1]}, {"rule-change-rejected", "/rule-changes/" + x.changes[2]}, {"rule-history", "/rules/R10"},
		}},
		{"cityreviewer", [][2]string{{"rule-change", "/rule-changes/" + x.changes[0]}}},
		{"neighbour", [][2]string{{"rule-changes-empty", "/rule-changes"}, {"notices-empty", "/notices"}, {"sittings-empty", "/sittings"}, {"bodies-empty", "/bodies"}, {"certificates-empty", "/certificates"}, {"sitting-forbidden", at("running", "")}}},
		{"invigilator1", [][2]string{{"rooms", "/rooms"}, {"board", "/rooms/" + x.sittings["running"].ID + room}, {"board-coming", "/rooms/" + x.sittings["coming"].ID + room}, {"board-over", "/rooms/" + x.sittings["confirmed"].ID + room}}},
		{"examiner1", [][2]string{
			{"scoring", "/scoring"}, {"scores", "/scoring/" + x.sittings["running"].ID}, {"score", "/scoring/" + x.sittings["running"].ID + "/" + x.of("running", 6).ID},
			{"score-final", "/scoring/" + x.sittings["running"].ID + "/" + x.of("running", 0).ID},
		}},
		{"auditor", [][2]string{
			{"audit", "/audit"}, {"audit-certificates", "/audit?kind=certificate"}, {"audit-bodies", "/audit?kind=body"}, {"audit-accounts", "/audit?kind=accounts"}, {"audit-rules", "/audit?kind=rules"}, {"audit-filings", "/audit?kind=application"}, {"audit-papers", "/audit?kind=paper"}, {"audit-mixes", "/audit?kind=mix"}, {"stream-mix", "/audit/mix/410400-2026"}, {"stream-rules", "/audit/rules/410400"}, {"audit-jobs", "/audit?kind=jobs"},
			{"stream-sitting", "/audit/sitting/" + x.sittings["confirmed"].ID}, {"stream-body", "/audit/body/" + x.body.ID}, {"sitting-audited", at("confirmed", "")},
		}},
		{"admin", [][2]string{{"calendar-admin", "/calendar"}, {"jobs", "/jobs"}, {"jobs-dead", "/jobs?state=dead"}, {"jobs-none", "/jobs?state=due"}, {"accounts", "/accounts"}, {"account-new", "/accounts/new"}, {"account", "/accounts/" + x.people["scheduler"].ID}, {"account-own", "/accounts/" + admin.ID}, {"account-program", "/accounts/" + x.program}, {"grants-admin", "/grants"},
			{"why", "/why"}, {"why-not", "/why?action=sitting:accept&region=" + demoNeighbour + "&account=" + x.people["officer"].ID}, {"why-yes", "/why?action=sitting:accept&body=" + x.body.ID + "&account=" + x.people["officer"].ID},
			{"why-refused", "/why?action=sitting:accept"}}},
		{rival, [][2]string{{"scoring-empty", "/scoring"}, {"sittings-first", "/sittings"}, {"papers-empty", "/papers"}, {"body-second", "/body"}}},
	} {
		w := x.login(c, visit.who)
		for _, page := range visit.pages {
			if status := w.open(page[1]); status >= 500 {
				g.t.Errorf("%s (%s): %d", page[0], page[1], status)
			}
			g.look(w, page[0], deskSizes)
			switch page[0] {
			case "sitting-late":
				w.press("#notify")
				g.look(w, "sitting-refused", deskSizes)
				g.keep(w, "sitting", 800)
			case "candidate-open":
				w.fill("[name=hours]", "10", "[name=practice_hours]", "11")
				w.press("#keep-evidence")
				g.look(w, "evidence-refused", deskSizes)
			case "rule-change":
				w.press("#reject")
				g.look(w, "rule-change-refused", deskSizes)
			case "rule-proposal-days":
				w.fill("[name=value]", "五", "[name=document]", "示例", "[name=clause]", "一", "[name=quote]", "示例")
				w.press("#send")
				g.look(w, "rule-proposal-refused", deskSizes)
			case "calendar-admin":
				w.fill("[name=year]", "2031", "[name=notice]", "示例通知", "[name=holidays]", "元旦 2031-01-01 2030-01-03", "[name=work]", "2031-01-06")
				w.press("#add")
				g.look(w, "calendar-refused", deskSizes)
			case "account-program":
				w.fill("[name=name]", "夜间同步", "[name=last]", "2026-12-31")
				w.click("[name=scopes]")
				w.press("#token")
				g.look(w, "account-token", deskSizes)
			case "grants":
				w.fill("#lend-form [name=to]", "reviewer", "[name=from]", "2026-11-21", "[name=until]", "2026-11-22", "[name=trades]", "0-0")
				w.press("#lend")
				g.look(w, "grants-refused", deskSizes)
			case "staff":
				w.click("[name=paper]")
				w.press("button#staff")
				g.look(w, "staff-refused", deskSizes)
			case "results":
				g.keep(w, "results", 800)
			}
		}
	}
}

// door visits the pages without a login, and those of a candidate at home.
func (x *exhibition) door(g *gallery, c *chrome) {
	w := c.window("stranger", x.url)
	for name, path := range map[string]string{"login": "/login", "door": "/room", "my-login": "/my/login"} {
		w.open(path)
		g.look(w, name, openSizes)
	}
	w.open("/login")
	w.fill("[name=login]", "officer", "[name=password]", "not the password")
	w.press("form.card button")
	g.look(w, "login-refused", openSizes)
	for name, e := range map[string]exam.Enrolment{"my-passed": x.of("confirmed", 0), "my-failed": x.of("confirmed", 10), "my-absent": x.of("confirmed", 11), "my-running": x.of("running", 0)} {
		id, err := x.exam.IDNumber(e)
		x.must(err)
		w.open("/my/login")
		w.fill("[name=ticket]", e.Ticket, "[name=last_six]", id.LastSix())
		w.press("#consult")
		w.sees("#result")
		g.look(w, name, openSizes)
	}
}

// room visits the exam room: before, during and after the examination.
func (x *exhibition) room(g *gallery, c *chrome) {
	early := x.seat(c, x.paper, x.of("coming", 0))
	early.enter(x.sittings["coming"].Rooms[0].Code)
	early.sees("#countdown")
	g.look(early.window, "room-wait", roomSizes)
	early.open("/room/exam")
	early.sees("#countdown")
	g.look(early.window, "room-early", roomSizes)

	code := x.sittings["running"].Rooms[0].Code
	s := x.seat(c, x.paper, x.of("running", 6))
	s.enter(code)
	s.sees("#stage .stem")
	s.answerOn(1, 2, 3, 4, 5, 7, 21, 22, 24, 51, 52, 61)
	s.turnTo(4)
	s.flag()
	s.stored()
	for name, number := range map[string]int{"room-true-false": 4, "room-single": 22, "room-multiple": 52, "room-fill-in": 61} {
		s.turnTo(number)
		g.look(s.window, name, roomSizes)
	}
	s.turnTo(52)
	g.keep(s.window, "exam-room", 800)
	s.cable.cut()
	s.answerOn(53)
	s.savedState("offline")
	g.look(s.window, "room-offline", roomSizes)
	s.cable.mend()
	s.stored()

	other := x.seat(c, x.paper, s.enrolment)
	other.enter(code)
	other.sees("#notice[data-kind=device]")
	g.look(other.window, "room-other-device", roomSizes)
	w := x.login(c, "invigilator1")
	w.open("/rooms/" + x.sittings["running"].ID + "/" + x.sittings["running"].Rooms[0].Name)
	g.look(w, "board-takeover", deskSizes)
	g.keep(w, "board", 1000)

	s.click("#hand-in")
	s.sees("#unanswered")
	g.look(s.window, "room-hand-in", roomSizes)
	s.click("#confirm-hand-in")
	s.sees("#ended")
	g.look(s.window, "room-ended", roomSizes)
}

// public visits what anybody may see.
func (x *exhibition) public(g *gallery, c *chrome) {
	certificate, err := x.certify.CertificateOf(context.Background(), access.System(), x.of("confirmed", 0).ID)
	x.must(err)
	to := "/verify/" + certificate.Number
	w := c.window("the public", x.url)
	for _, page := range [][2]string{
		{"verify", "/verify"}, {"verify-valid", to}, {"verify-other-name", to + "?name=某某某"}, {"verify-unknown", "/verify/Y000000000000000000000"},
		{"rules", "/rules"}, {"rules-province", "/rules?region=410000"}, {"rule-public", "/rules/R06"}, {"calendar", "/calendar"}, {"verify-name", to + "?name=" + certificate.Name},
	} {
		w.open(page[1])
		g.look(w, page[0], openSizes)
		if page[0] == "verify-valid" {
			g.keep(w, "verify", 800)
		}
	}
}
