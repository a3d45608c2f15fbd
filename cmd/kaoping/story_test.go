package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"kaoping/bank"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// story is a sitting played through the pages, as people would.
type story struct {
	*testApp
	t      *testing.T
	chrome *chrome
	paper  bank.Paper
	path   string // of the sitting's page
	id     string // of the sitting
	code   string // of the room
	first  exam.Enrolment
	second exam.Enrolment
}

// storyStart is when the examination begins: three days after the notice.
var storyStart = time.Date(2026, 11, 24, 9, 0, 0, 0, rulebook.Shanghai)

// TestStory goes from the item sheet to the verified certificate.
func TestStory(t *testing.T) {
	s := &story{testApp: newApp(t), t: t, chrome: startChrome(t)}

	s.authorFillsTheBankAndDrawsAPaper()
	s.schedulerIsToldThatTheNoticeIsTooLate()
	s.schedulerEnrolsCandidatesAndGivesNotice()
	s.neighbourSeesNothing()
	s.officerAccepts()
	s.schedulerStaffs()

	s.invigilatorOpensTheRoom()
	first, second := s.candidatesWaitAndBegin()
	s.answersAreSaved(first)
	s.aNetworkCutLosesNothing(first)
	s.invigilatorAddsTime(first)
	first = s.anotherDeviceTakesOver(first)
	s.firstHandsIn(first)
	s.deadlineHandsInForSecond(second)

	s.examinersScore()
	s.resultsArePublicAndConfirmed(first)
	s.certificateIsHandedOut()
	s.anybodyVerifies()
	s.pagesSpeakEnglish()

	v, err := s.verify(context.Background())
	if err != nil || len(v.Damaged) > 0 || v.Documents == 0 {
		t.Errorf("verify after the story: %+v %v", v, err)
	}
}

func (s *story) login(who string) *window {
	s.t.Helper()
	return s.testApp.login(s.chrome, who)
}

// workbook writes a sheet of text cells to a file.
func (s *story) workbook(name string, rows [][]string) string {
	s.t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range rows {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			s.t.Fatal(err)
		}
	}
	file := filepath.Join(s.t.TempDir(), name)
	if err := book.SaveAs(file); err != nil {
		s.t.Fatal(err)
	}
	return file
}

func (s *story) authorFillsTheBankAndDrawsAPaper() {
	const topic = "新编试题"
	w := s.login("author")
	w.open("/items/import")
	w.fill("#scope", fmt.Sprintf("%s/%d", demoTrade, demoLevel))
	w.attach("#import-file", s.workbook("新编试题.xlsx", [][]string{
		{"题型", "知识点", "题干", "选项A", "选项B", "选项C", "选项D", "答案", "解析"},
		{"判断题", topic, "示例题：断开电源后应先验电再操作。", "", "", "", "", "正确", ""},
		{"单选题", topic, "示例题：低压验电笔检测的对象是", "电压是否存在", "电流大小", "功率因数", "绝缘厚度", "A", ""},
		{"单选题", topic, "示例题：答案指向没有的选项", "甲", "乙", "", "", "D", ""},
		{"多选题", topic, "示例题：停电作业的安全措施包括", "验电", "挂接地线", "悬挂标示牌", "带电清扫", "ABC", ""},
		{"填空题", topic, "示例题：我国工频交流电的频率为____赫兹。", "", "", "", "", "50", ""},
	}))
	w.press("#import")
	w.sees("#report[data-added='4'][data-rejected='1']")
	w.sees("#report tbody tr", "4", "答案")

	w.open("/blueprints/new")
	w.fill("[name=name]", "电工五级理论（测试）", "[name=scope]", fmt.Sprintf("%s/%d", demoTrade, demoLevel), "[name=pass_mark]", "60", "[name=minutes]", "90")
	for i, line := range []struct {
		kind               bank.ItemType
		topic, count, each string
	}{{bank.TrueFalse, "", "4", "5"}, {bank.Single, topic, "1", "5"}, {bank.Single, "", "7", "5"}, {bank.Multiple, "", "3", "10"}, {bank.FillIn, "", "2", "5"}} {
		row := fmt.Sprintf("#lines tbody tr:nth-child(%d) ", i+1)
		w.fill(row+"[name=line_type]", string(line.kind), row+"[name=line_topic]", line.topic, row+"[name=line_count]", line.count, row+"[name=line_each]", line.each)
	}
	w.press("#save")
	w.sees("#done")
	w.sees("#sum", "100")
	w.fill("[name=paper_name]", "电工五级理论 B 卷（测试）", "[name=seed]", "7")
	w.press("#draw-paper")
	w.sees("main", "示例题：低压验电笔检测的对象是")

	var err error
	if s.paper, err = s.store.Paper(context.Background(), path.Base(w.path())); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) schedulerIsToldThatTheNoticeIsTooLate() {
	w := s.login("scheduler")
	w.press("#new")
	w.fill("[name=scope]", fmt.Sprintf("%s/%d", demoTrade, demoLevel), "[name=starts_at]", "2026-11-23T09:00", "[name=title]", "电工 · 五级 · 十一月班")
	w.press("#save")
	w.sees("#fault", "R02", "2026年11月24日") // foreseen before anything is pressed
	if status := w.press("#notify"); status != 422 {
		s.t.Errorf("a late notice: %d", status)
	}
	w.sees("#fault[data-code=refused]", "R02", "平技领办〔2022〕5号", "附件2", "2026年11月24日")
	w.press("#fault .clause a")
	w.sees("#R02", "3")
	w.open("/sittings")
	w.press("#sittings tbody a")
	s.path = w.path()
	s.id = path.Base(s.path)
	w.press("#edit")
	w.fill("[name=starts_at]", storyStart.Format("2006-01-02T15:04"))
	w.press("#save")
	if read[bool](w, `document.querySelector("#fault") !== null`) {
		s.t.Error("three days ahead is in time")
	}
}

func (s *story) schedulerEnrolsCandidatesAndGivesNotice() {
	people := s.candidates(4)
	wrong := people[0].IDNumber[:17] + "0"
	if wrong == people[0].IDNumber {
		wrong = people[0].IDNumber[:17] + "1"
	}
	child := "41049920150101901"
	child += string(exam.CheckCharacter(child))
	w := s.login("scheduler")
	w.open(s.path)
	w.press("#enrol")
	w.attach("#import-file", s.workbook("考生.xlsx", [][]string{
		{"姓名", "证件号码"},
		{people[0].Name, people[0].IDNumber}, {people[1].Name, people[1].IDNumber}, {people[2].Name, people[2].IDNumber},
		{"校验错示例", wrong}, {people[1].Name, people[1].IDNumber}, {"未成年示例", child},
	}))
	w.press("#import")
	w.sees("#report[data-added='3'][data-rejected='3']")
	for i, reason := range []string{"校验", "第 3 行", "16"} {
		w.sees(fmt.Sprintf("#report tbody tr:nth-child(%d)", i+1), fmt.Sprint(i+5), "证件号码", reason)
	}
	w.fill("[name=name]", people[3].Name, "[name=id_number]", people[3].IDNumber)
	w.press("#add")
	w.sees("#candidates tbody tr:nth-child(4)", people[3].Name)
	if shown := w.sees("main"); strings.Contains(shown, people[0].IDNumber) {
		s.t.Error("a page shows an ID number in full")
	}
	w.open(s.path)
	w.press("#notify")
	w.sees("#done")
	list, err := s.store.Enrolments(context.Background(), exam.EnrolmentQuery{Sitting: s.id})
	if err != nil || len(list) != 4 {
		s.t.Fatal(len(list), err)
	}
}

func (s *story) neighbourSeesNothing() {
	w := s.login("neighbour")
	for _, list := range []string{"/notices", "/sittings"} {
		w.open(list)
		w.sees(".empty")
	}
	if status := w.open(s.path); status != 403 {
		s.t.Errorf("the neighbour's officer opens the sitting: %d", status)
	}
	w.sees("#fault[data-code=forbidden]")
}

func (s *story) officerAccepts() {
	w := s.login("officer")
	w.sees("nav a.on .n", "1")
	w.press("main tbody a")
	w.press("#accept")
	w.sees("#done")
}

func (s *story) schedulerStaffs() {
	w := s.login("scheduler")
	w.open(s.path)
	w.press("#staff")
	w.click("[name=paper][value='" + s.paper.ID + "']")
	for _, invigilator := range []string{"invigilator1", "invigilator2"} {
		w.click("[name=invigilators-0][value='" + s.people[invigilator].ID + "']")
	}
	for _, examiner := range examiners {
		w.click("[name=examiners][value='" + s.people[examiner].ID + "']")
	}
	w.press("#staff")
	w.sees("#done")
	list, err := s.store.Enrolments(context.Background(), exam.EnrolmentQuery{Sitting: s.id})
	if err != nil {
		s.t.Fatal(err)
	}
	s.first, s.second = list[0], list[1]
	for _, form := range []string{"/tickets", "/signin", "/scoresheet"} {
		w.open(s.path + form)
		w.sees("body", s.first.Name, s.first.Ticket, s.second.Ticket)
	}
}

func (s *story) invigilatorOpensTheRoom() {
	s.clock.set(storyStart.Add(-20 * time.Minute))
	w := s.login("invigilator1")
	w.press("main tbody a")
	w.sees("#not-open")
	w.press("#open-room")
	s.code = w.sees("#room-code")
}

// candidatesWaitAndBegin has both candidates wait until the start; the pages go
// on by themselves.
func (s *story) candidatesWaitAndBegin() (first, second *seat) {
	first, second = s.seat(s.chrome, s.paper, s.first), s.seat(s.chrome, s.paper, s.second)
	first.enter("000000")
	first.sees("#fault[data-code=unauthenticated]")
	for _, c := range []*seat{first, second} {
		c.enter(s.code)
		c.sees("#countdown", "00:")
		c.sees("dl", c.enrolment.Name, c.enrolment.Ticket)
		c.open("/room/exam")
		c.sees("#notice[data-kind=early] #countdown")
		if _, err := s.store.Attempt(context.Background(), c.enrolment.ID); !fault.Is(err, fault.NotFound) {
			s.t.Error("an attempt began before the start:", err)
		}
	}
	s.clock.set(storyStart.Add(-time.Second))
	for _, c := range []*seat{first, second} {
		c.open("/room/wait")
	}
	s.clock.set(storyStart)
	for _, c := range []*seat{first, second} {
		c.sees("#stage .stem")
		c.sees("#timer", "01:30:00")
	}
	return first, second
}

// answersAreSaved answers one question of each type, by mouse and keyboard, and
// finds all of it again after a reload.
func (s *story) answersAreSaved(c *seat) {
	s.clock.set(storyStart.Add(5 * time.Minute))
	for _, number := range []int{1, 5, 13, 16} { // the first of each type
		for _, how := range []bool{byMouse, byKeyboard} {
			c.turnTo(number)
			c.answer(how, true)
			c.stored()
			number++
		}
	}
	c.turnTo(6)
	c.flag()
	c.stored()
	c.reload()
	c.shows()
}

// aNetworkCutLosesNothing cuts the candidate's cable for a minute, and a second
// time with a reload right after it.
func (s *story) aNetworkCutLosesNothing(c *seat) {
	before := len(c.given)
	c.cable.cut()
	c.answerOn(3, 7, 15)
	c.savedState("offline")
	s.clock.set(storyStart.Add(6 * time.Minute))
	if stored := c.inStore(); len(stored) != before {
		s.t.Errorf("%d answers came through a cut cable", len(stored)-before)
	}
	c.cable.mend()
	c.stored()

	c.cable.cut()
	c.answerOn(4, 8)
	c.savedState("offline")
	c.cable.mend()
	c.reload()
	c.shows()
	c.stored()
}

// invigilatorAddsTime makes up for the cut; the candidate's page says so at once.
func (s *story) invigilatorAddsTime(c *seat) {
	w := s.login("invigilator1")
	w.press("main tbody a")
	w.press("#place-" + s.first.Ticket + " a")
	w.fill("#add-time [name=minutes]", "5", "#add-time [name=note]", "网络中断")
	w.press("#add")
	w.sees("#place-"+s.first.Ticket, "5")
	c.sees("#notice [data-kind=added]", "5", "10:35:00")
}

// anotherDeviceTakesOver: the first computer fails, the invigilator moves the
// examination, and the first one can save no more.
func (s *story) anotherDeviceTakesOver(old *seat) *seat {
	s.clock.set(storyStart.Add(20 * time.Minute))
	old.cable.cut()
	c := s.seat(s.chrome, s.paper, s.first)
	c.given, c.flagged = old.given, old.flagged
	c.enter(s.code)
	c.sees("#notice[data-kind=device]")

	w := s.login("invigilator1")
	w.press("main tbody a")
	w.sees("#places #place-"+s.first.Ticket, fmt.Sprint(len(c.given)))
	w.press("#approve-" + s.first.Ticket)
	w.sees("#done")
	c.shows()

	kept := *old
	kept.given = map[string]bank.Answer{} // not what the examination has
	kept.turnTo(9)
	kept.answer(byMouse, false)
	kept.savedState("offline")
	old.cable.mend()
	old.sees("#notice[data-kind=lease]")
	if read[bool](old.window, `document.querySelector(".opt") !== null`) {
		s.t.Error("the first device can still answer")
	}
	c.stored()
	return c
}

func (s *story) firstHandsIn(c *seat) {
	s.clock.set(storyStart.Add(40 * time.Minute))
	c.answerOn(9, 10, 11)
	c.stored()
	c.handIn("12")
	attempt := c.attempt(s.t)
	if attempt.SubmittedBy != exam.ByCandidate || attempt.State != exam.Scored {
		s.t.Errorf("handed in: %+v", attempt)
	}
	s.marksAsThePaperDoes(c)
}

// deadlineHandsInForSecond: the second candidate's cable is cut in the last
// second; what was answered before the deadline arrives after it.
func (s *story) deadlineHandsInForSecond(c *seat) {
	ctx, deadline := context.Background(), storyStart.Add(90*time.Minute)
	s.clock.set(deadline.Add(-time.Second))
	c.turnTo(1)
	c.answer(byKeyboard, true)
	c.turnTo(2)
	c.answer(byMouse, false)
	c.stored()
	c.cable.cut()
	c.turnTo(3)
	last := c.question().ID
	c.answer(byMouse, true)
	c.savedState("offline")

	s.clock.set(deadline)
	s.tick(ctx)
	if attempt := c.attempt(s.t); attempt.State != exam.Submitted || attempt.SubmittedBy != exam.ByDeadline {
		s.t.Errorf("at the deadline: %+v", attempt)
	}
	c.cable.mend()
	c.sees("#ended[data-by=deadline]")
	for id, answer := range c.inStore() {
		if answer.Late != (id == last) {
			s.t.Errorf("answer %s: late is %v", id, answer.Late)
		}
	}

	s.clock.set(deadline.Add(exam.Grace + time.Minute))
	s.tick(ctx)
	if attempt := c.attempt(s.t); attempt.State != exam.Scored || attempt.Late != 1 || attempt.Answered != 3 {
		s.t.Errorf("after the grace: %+v", attempt)
	}
	s.marksAsThePaperDoes(c)
	if sitting, err := s.store.Sitting(ctx, s.id); err != nil || sitting.State != exam.Marked {
		s.t.Errorf("the sitting is %s, want marked: %v", sitting.State, err)
	}
}

// marksAsThePaperDoes compares a candidate's theory score with the paper's own
// marking of what was answered.
func (s *story) marksAsThePaperDoes(c *seat) {
	s.t.Helper()
	want := s.paper.Mark(c.given)
	e, err := s.store.Enrolment(context.Background(), c.enrolment.ID)
	if err != nil || e.Theory == nil || *e.Theory != want.Total || c.attempt(s.t).Answered != want.Answered {
		s.t.Errorf("theory %v for %d answers, want %s for %d: %v", e.Theory, c.attempt(s.t).Answered, want.Total, want.Answered, err)
	}
}

var examiners = []string{"examiner1", "examiner2", "examiner3"}

// examinersScore: the examiners are more than ten points apart over the first
// candidate and score a second time, which stands.
func (s *story) examinersScore() {
	for round, totals := range [][]int{{70, 76, 84}, {80, 82, 84}} {
		for i, who := range examiners {
			w := s.login(who)
			w.press("main tbody a")
			again := round == 1
			if again {
				w.sees("#candidate-" + s.first.Ticket + " .chip.bad")
			}
			s.score(w, s.first, totals[i], again)
			if !again {
				s.score(w, s.second, 50+i, false)
			}
		}
	}
	want := map[string]bank.Points{s.first.ID: 82_00, s.second.ID: 51_00}
	for id, mean := range want {
		e, err := s.store.Enrolment(context.Background(), id)
		if err != nil || e.Practical.Mean == nil || *e.Practical.Mean != mean {
			s.t.Errorf("practical of %s: %+v, want %s: %v", e.Name, e.Practical, mean, err)
		}
	}
}

func (s *story) score(w *window, e exam.Enrolment, percent int, again bool) {
	w.press("#candidate-" + e.Ticket + " a")
	if again {
		w.sees("#second-round")
	}
	sitting, err := s.store.Sitting(context.Background(), s.id)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, task := range sitting.Tasks {
		w.fill(fmt.Sprintf("#points%d", i+1), (task.Points * bank.Points(percent) / 100).String())
	}
	w.press("#record-score")
	w.sees("#done")
}

func (s *story) resultsArePublicAndConfirmed(c *seat) {
	s.clock.set(storyStart.AddDate(0, 0, 1))
	candidate := s.consult(s.first)
	candidate.sees("#result .muted") // not public yet
	w := s.login("scheduler")
	w.open(s.path)
	w.press("#results")
	w.press("#publish")
	w.sees("#done")
	candidate.open("/my")
	candidate.sees("#result", s.paper.Mark(c.given).Total.String(), "82", "合格")
	failed := s.consult(s.second)
	failed.sees("#result", "不合格")

	s.clock.set(storyStart.AddDate(0, 0, 2))
	officer := s.login("officer")
	officer.open("/confirmations")
	officer.press("main tbody a")
	officer.press("#confirm")
	officer.sees("#done")
	s.tick(context.Background())
}

// consult is a window in which a candidate looks up the own result.
func (s *story) consult(e exam.Enrolment) *window {
	id, err := s.exam.IDNumber(e)
	if err != nil {
		s.t.Fatal(err)
	}
	w := s.chrome.window("candidate "+e.Name, s.url)
	w.open("/my/login")
	w.fill("[name=ticket]", e.Ticket, "[name=last_six]", id.LastSix())
	w.press("#consult")
	return w
}

// certificate is the one that the story issues.
func (s *story) certificate() certify.Certificate {
	s.t.Helper()
	c, err := s.certify.CertificateOf(context.Background(), access.System(), s.first.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *story) certificateIsHandedOut() {
	record := s.certificate()
	w := s.login("scheduler")
	w.open(s.path)
	w.press("a[href^='/certificates?sitting=']")
	w.sees("#certificates", record.Number, s.first.Name)
	s.isTheDocument(w.fetch("#certificates a[href$='.pdf']"), record)
	candidate := s.consult(s.first)
	s.isTheDocument(candidate.fetch("#download"), record)
	if count := read[int](w, `document.querySelectorAll("#certificates tbody tr").length`); count != 1 {
		s.t.Errorf("%d certificates for one who passed", count)
	}
}

// isTheDocument holds a downloaded file against the record, and reads it.
func (s *story) isTheDocument(pdf []byte, record certify.Certificate) {
	s.t.Helper()
	sum := sha256.Sum256(pdf)
	if !strings.HasPrefix(string(pdf), "%PDF") || hex.EncodeToString(sum[:]) != record.SHA256 {
		s.t.Fatalf("%d bytes that are not the certificate: %.20q", len(pdf), pdf)
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		missing(s.t, "pdftotext (Debian: apt-get install poppler-utils)")
	}
	file := filepath.Join(s.t.TempDir(), "certificate.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		s.t.Fatal(err)
	}
	text, err := exec.Command(tool, file, "-").Output()
	if err != nil || !containsAll(string(text), []string{record.Number, s.first.Name}) {
		s.t.Errorf("the document says %q: %v", text, err)
	}
}

func (s *story) anybodyVerifies() {
	record := s.certificate()
	w := s.chrome.window("the public", s.url)
	w.open("/verify")
	w.fill("[name=number]", record.Number)
	w.press("#verify")
	w.sees("#verdict[data-valid=true] .seal", "有效")
	if got := w.sees("#name"); got != certify.MaskName(s.first.Name) {
		s.t.Errorf("the name is shown as %s", got)
	}
	w.sees("#sha256", record.SHA256)
	w.fill("#asked-name", "某某某")
	w.press("#compare-name")
	w.sees("#name-differs", "某某某")
	w.fill("#asked-name", s.first.Name)
	w.press("#compare-name")
	w.sees("#name", s.first.Name)
	w.sees("#name-match")
	if status := w.open("/verify/Y000000000000000000000"); status != 404 {
		s.t.Errorf("an unknown number: %d", status)
	}
	w.sees("#verdict[data-valid=false] .seal", "查无此证")
}

func (s *story) pagesSpeakEnglish() {
	w := s.login("officer")
	w.open(s.path)
	w.sees("h1")
	w.press("button[name=lang][value=en]")
	w.sees("main", "Results confirmed", "Candidates", "Passed")
	w.press("button[name=lang][value=zh]")
	w.sees("main", "考生", "合格")
}
