package cases

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

func TestABlacklistingFromReportToTheEndOfItsAppeal(t *testing.T) {
	st, ctx := begin(t), t.Context()
	c := st.heard(aboutBody, Blacklist)
	if c.State != Heard || c.Waits != ForOfficer || c.Region != lushan {
		t.Errorf("%+v", c)
	}
	c = st.must(st.Propose(ctx, officer, c.ID, Proposal{Facts: "认定属实。", Measures: []Measure{exits(Blacklist)}, Public: true, Notice: "考场管理严重失职。"}))
	if c.Waits != ForReviewer || len(st.w.bars) > 0 {
		t.Errorf("a proposal has effects: %+v %v", c, st.w.bars)
	}
	if err := st.gate.Clear(ctx, standing.ToNotify, c.Party); err != nil {
		t.Error("barred before the decision", err)
	}
	c = st.must(st.Approve(ctx, reviewer, c.ID))
	body := st.w.bodies["b1"]
	bar := st.w.bars[c.Decision.Bars[0]]
	if c.State != Decided || c.Decision.At.IsZero() || c.Decision.Book == "" || c.Decision.Before != standing.Listed || body.State != standing.Exited || c.Waits != ForParty {
		t.Errorf("%+v %+v", c, body)
	}
	if bar.Kind != standing.Blacklisted || !bar.Public || bar.Reason == "" || bar.Rule.ID != "R33" || !strings.Contains(bar.Rule.Quote, "黑名单") || bar.From.After(c.Decision.At) || bar.Case != c.ID {
		t.Errorf("%+v", bar)
	}
	for _, act := range standing.Acts {
		st.refused(string(act), fault.Refused, "R33", st.gate.Clear(ctx, act, c.Party))
	}
	if _, there := st.w.jobs[standing.ExitJob+":"+bar.ID]; !there {
		t.Error("no exit follows", st.w.jobs)
	}
	list, err := st.Exits(ctx, "410400", "", "", 10)
	if err != nil || len(list) != 1 || list[0].Name != "示例机构b1" {
		t.Error(list, err)
	}
	st.w.now = c.Due.Add(23 * time.Hour) // the last day of the appeal
	st.must(st.Lodge(ctx, scheduler, c.ID, "处理过重。"))
	if list, _ := st.OwnCases(ctx, scheduler, "b1", Query{}); len(list) != 1 || list[0].Evidence != nil || list[0].Reporter != "" {
		t.Errorf("%+v", list)
	}
	st.refused("a ruling by who proposed", fault.Forbidden, "", second(st.ProposeRuling(ctx, officer, c.ID, true, "理由")))
	st.must(st.ProposeRuling(ctx, officer2, c.ID, true, "证据不足。"))
	st.refused("a ruling by who approved", fault.Forbidden, "", second(st.ApproveRuling(ctx, reviewer, c.ID)))
	c = st.must(st.ApproveRuling(ctx, reviewer2, c.ID))
	if c.State != Upheld || st.w.bodies["b1"].State != standing.Listed || c.Closed.IsZero() || !c.Due.IsZero() {
		t.Errorf("%+v %+v", c, st.w.bodies["b1"])
	}
	if err := st.gate.Clear(ctx, standing.ToNotify, c.Party); err != nil {
		t.Error("barred after the appeal", err)
	}
	if _, there := st.w.jobs[standing.RestoreJob+":"+bar.ID]; !there {
		t.Error("nothing is restored", st.w.jobs)
	}
	if list, err := st.Exits(ctx, "", "", "", 10); err != nil || len(list) != 0 {
		t.Error("a lifted entry is still public", list, err)
	}
	for _, kind := range LetterKinds {
		if l, ok := c.Letter(kind); ok == (kind == Summons) || ok && !strings.HasPrefix(l.Number, lushan+"-") {
			t.Errorf("letter %s: %v %v", kind, l, ok)
		}
	}
}

func second(_ Case, err error) error { return err }

func TestStepsOutOfOrderAreRefused(t *testing.T) {
	st, ctx := begin(t), t.Context()
	c := st.must(st.Report(ctx, inspector, Report{Region: lushan, Title: "某平台挂机", Text: "学员反映"}))
	st.refused("evidence without a party", fault.Refused, "", second(st.Establish(ctx, officer, c.ID)))
	st.refused("a notice of a report", fault.Refused, "", second(st.Notify(ctx, officer, c.ID, Announcement{"事实", []MeasureKind{Rectify}})))
	st.refused("a proposal of a report", fault.Refused, "", second(st.Propose(ctx, officer, c.ID, Proposal{Facts: "x"})))
	st.refused("an approval of a report", fault.Refused, "", second(st.Approve(ctx, reviewer, c.ID)))
	st.refused("an appeal of a report", fault.Refused, "", second(st.Lodge(ctx, officer, c.ID, "x")))
	st.must(st.Identify(ctx, officer, c.ID, aboutBody))
	st.refused("no evidence", fault.Refused, "", second(st.Establish(ctx, officer, c.ID)))
	st.must(st.AddEvidence(ctx, officer, c.ID, "截图", &File{"a.png", append([]byte("\x89PNG\r\n\x1a\n"), 1)}))
	st.must(st.Establish(ctx, officer, c.ID))
	st.refused("dismissed by one person with evidence", fault.Refused, "", second(st.Dismiss(ctx, officer, c.ID, "x")))
	st.refused("a hearing before the notice", fault.Refused, "", second(st.Hear(ctx, officer, c.ID, "x")))
	st.must(st.Notify(ctx, officer, c.ID, Announcement{"事实", []MeasureKind{Rectify}}))
	st.refused("heard before the party had its time", fault.Early, "", second(st.Hear(ctx, officer, c.ID, "x")))
	st.w.now = st.w.cases[c.ID].Due.Add(24 * time.Hour)
	st.must(st.Hear(ctx, officer, c.ID, "逾期未陈述"))
	st.refused("a statement after the hearing", fault.Refused, "", second(st.State(ctx, scheduler, c.ID, "x", false)))
	st.refused("a measure heavier than announced", fault.Refused, "", second(st.Propose(ctx, officer, c.ID, Proposal{Facts: "x", Measures: []Measure{exits(Blacklist)}, Notice: "x"})))
	st.must(st.Notify(ctx, officer, c.ID, Announcement{"事实", []MeasureKind{Blacklist}}))
	st.must(st.Summon(ctx, officer, c.ID, st.w.now.AddDate(0, 0, 3), "三楼会议室"))
	st.refused("heard before the hearing", fault.Early, "", second(st.Hear(ctx, officer, c.ID, "x")))
}

func TestWhoMayNot(t *testing.T) {
	st, ctx := begin(t), t.Context()
	c := st.heard(aboutBody, Rectify)
	st.refused("read by a neighbour", fault.Forbidden, "", second(st.Case(ctx, neighbour, c.ID)))
	st.refused("evidence by a neighbour", fault.Forbidden, "", second(st.AddEvidence(ctx, neighbour, c.ID, "x", nil)))
	st.refused("read by the party as an officer", fault.Forbidden, "", second(st.Case(ctx, scheduler, c.ID)))
	st.refused("read by a rival", fault.Forbidden, "", second(st.OwnCase(ctx, rival, c.ID)))
	st.refused("stated by a rival", fault.Forbidden, "", second(st.State(ctx, rival, c.ID, "x", false)))
	st.refused("reported elsewhere", fault.Forbidden, "", second(st.Report(ctx, neighbour, Report{Body: "b1", Title: "x", Text: "x"})))
	st.refused("proposed by a reviewer", fault.Forbidden, "", second(st.Propose(ctx, reviewer, c.ID, Proposal{Facts: "x"})))
	st.must(st.Propose(ctx, officer, c.ID, Proposal{Facts: "x", Measures: []Measure{{Kind: Rectify, By: st.w.now.AddDate(0, 1, 0)}}}))
	both := officer
	both.Grants = append(both.Grants, reviewer.Grants...)
	st.refused("both signatures by one person", fault.Forbidden, "", second(st.Approve(ctx, both, c.ID)))
	reporter := inspector
	reporter.Grants = append(reporter.Grants, reviewer.Grants...)
	st.refused("signed by who reported", fault.Forbidden, "", second(st.Approve(ctx, reporter, c.ID)))
	st.must(st.Return(ctx, reviewer, c.ID, "再核实"))
	st.refused("approved after the return", fault.Refused, "", second(st.Approve(ctx, reviewer, c.ID)))
}

func TestDeadlinesCountWorkingDays(t *testing.T) {
	st, ctx := begin(t), t.Context()
	st.w.now = time.Date(2026, 9, 30, 23, 59, 0, 0, rulebook.Shanghai) // the eve of the October holiday; 10 October is worked
	c := st.decided(aboutBody, Measure{Kind: Interview})
	if want := time.Date(2026, 10, 27, 0, 0, 0, 0, rulebook.Shanghai); !c.Due.Equal(want) {
		t.Errorf("due %s, want %s", c.Due, want)
	}
	if c.Overdue(c.Due.Add(24*time.Hour - time.Second)) {
		t.Error("overdue on its last day")
	}
	st.w.now = c.Due.Add(24 * time.Hour)
	if !c.Overdue(st.w.now) {
		t.Error("not overdue on the day after")
	}
	st.refused("a late appeal", fault.Late, "", second(st.Lodge(ctx, scheduler, c.ID, "x")))
	st.run()
	if c := st.w.cases[c.ID]; c.State != Final || c.Waits != ForNobody {
		t.Errorf("%+v", c)
	}
	st.refused("an appeal of what is final", fault.Late, "", second(st.Lodge(ctx, scheduler, c.ID, "x")))
}

func TestOverdueCasesStandFirstAndClosedOnesLast(t *testing.T) {
	st, ctx := begin(t), t.Context()
	var ids []string
	for range 3 {
		ids = append(ids, st.must(st.Report(ctx, inspector, Report{Body: "b1", Title: "x", Text: "x"})).ID)
		st.days(7)
	}
	st.must(st.Dismiss(ctx, officer, ids[0], "查无此事"))
	list, err := st.Cases(ctx, officer, Query{})
	if err != nil || len(list) != 3 || list[0].ID != ids[1] || list[1].ID != ids[2] || list[2].ID != ids[0] {
		t.Error(list, err)
	}
	if list, err := st.Cases(ctx, neighbour, Query{}); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
}

func TestEvidenceFiles(t *testing.T) {
	st, ctx := begin(t), t.Context()
	c := st.must(st.Report(ctx, inspector, Report{Body: "b1", Title: "x", Text: "x"}))
	st.refused("nothing", fault.Invalid, "", second(st.AddEvidence(ctx, officer, c.ID, " ", nil)))
	st.refused("a page of the web", fault.Invalid, "", second(st.AddEvidence(ctx, officer, c.ID, "", &File{"a.png", []byte("<html>")})))
	st.refused("too large", fault.Invalid, "", second(st.AddEvidence(ctx, officer, c.ID, "", &File{"a.pdf", append([]byte("%PDF-"), bytes.Repeat([]byte("x"), FileMost)...)})))
	c = st.must(st.AddEvidence(ctx, officer, c.ID, "监控录像", &File{`C:\录像\1.mp4`, []byte("\x00\x00\x00\x20ftypisom")}))
	e := c.Evidence[0]
	if e.Type != "video/mp4" || e.File != "1.mp4" || e.Size != 12 || len(e.SHA256) != 64 {
		t.Errorf("%+v", e)
	}
	if _, content, err := st.EvidenceFile(ctx, reviewer, c.ID, e.ID); err != nil || len(content) != 12 {
		t.Error(content, err)
	}
	st.w.files[e.Key] = []byte("other")
	_, _, err := st.EvidenceFile(ctx, reviewer, c.ID, e.ID)
	st.refused("a changed file", fault.Internal, "", err)
	_, _, err = st.EvidenceFile(ctx, neighbour, c.ID, e.ID)
	st.refused("a neighbour's look", fault.Forbidden, "", err)
}

func TestComplaintsOfThePublic(t *testing.T) {
	st, ctx := begin(t), t.Context()
	in := Report{Region: lushan, Name: "某培训学校", Title: "代考", Text: "有人代考"}
	c := st.must(st.Complain(ctx, "1.2.3.4", in))
	if c.Source != ByPublic || c.Party != (standing.Party{}) || c.Claim != "某培训学校" || c.Reporter != "" {
		t.Errorf("%+v", c)
	}
	if r, err := st.Receipt(ctx, strings.ToLower(c.ID)); err != nil || r.State != Reported {
		t.Error(r, err)
	}
	for range complaintsOfOne - 1 {
		st.must(st.Complain(ctx, "1.2.3.4", in))
	}
	st.refused("too many of one", fault.Throttled, "", second(st.Complain(ctx, "1.2.3.4", in)))
	st.must(st.Complain(ctx, "1.2.3.5", in))
	st.w.now = st.w.now.Add(time.Hour)
	st.must(st.Complain(ctx, "1.2.3.4", in))
	st.refused("no region", fault.Invalid, "", second(st.Complain(ctx, "2.2.2.2", Report{Title: "x", Text: "x"})))
	other := st.must(st.Report(ctx, inspector, Report{Body: "b1", Title: "x", Text: "x"}))
	_, err := st.Receipt(ctx, other.ID)
	st.refused("a receipt of what is no complaint", fault.NotFound, "", err)
}

func TestASignalIsRaisedOnce(t *testing.T) {
	st, ctx := begin(t), t.Context()
	st.days(7)
	for range 3 {
		st.w.entries = append(st.w.entries, auditEntry("sitting/s1", "attempt/e1", "attempt:takeover", st.w.now))
	}
	for range 2 {
		if err := st.WatchSitting(ctx, "s1"); err != nil {
			t.Fatal(err)
		}
	}
	if len(st.w.cases) != 1 {
		t.Fatal(st.w.cases)
	}
	for _, c := range st.w.cases {
		if c.Source != BySystem || c.Enrolment != "e1" || c.Party != standing.PersonParty("hash-1") || !strings.Contains(c.Steps[0].Text, "3 次") || c.State != Reported {
			t.Errorf("%+v", c)
		}
	}
	if err := st.gate.Clear(ctx, standing.ToEnrol, standing.PersonParty("hash-1")); err != nil {
		t.Error("a signal bars", err)
	}
}
