package main

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"kaoping/bank"
	"kaoping/exam"
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

// TestStory goes from the item sheet to the verified certificate, on the
// embedded engines and on those of production.
func TestStory(t *testing.T) {
	t.Parallel()
	for engines, start := range map[string]func(*testing.T) *testApp{"embedded": newApp, "production": newProductionApp} {
		t.Run(engines, func(t *testing.T) {
			t.Parallel()
			play(&story{testApp: start(t), t: t, chrome: startChrome(t)})
		})
	}
}

func play(s *story) {
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
		s.t.Errorf("verify after the story: %+v %v", v, err)
	}
}

func (s *story) login(who string) *window {
	s.t.Helper()
	return s.testApp.login(s.chrome, who)
}

// workbook writes a sheet of text cells to a file.
func workbook(t *testing.T, name string, rows [][]string) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range rows {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), name)
	if err := book.SaveAs(file); err != nil {
		t.Fatal(err)
	}
	return file
}

func (s *story) authorFillsTheBankAndDrawsAPaper() {
	const topic = "新编试题"
	w := s.login("author")
	w.open("/items/import")
	w.fill("#scope", fmt.Sprintf("%s/%d", demoTrade, demoLevel))
	w.attach("#import-file", workbook(s.t, "新编试题.xlsx", [][]string{
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
	w.attach("#import-file", workbook(s.t, "考生.xlsx", [][]string{
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
