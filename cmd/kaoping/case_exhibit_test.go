package main

import (
	"context"
	"strings"

	"kaoping/exam"
	"kaoping/policies/access"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

const longStory = "第一考场开考后二十分钟内无监考人员，三名考生交头接耳；机位二十一至二十四号的屏幕未遮挡，隔壁考生可见。现场工作人员称监考人员临时离开，未能说明去向，也未按规定填写考场情况记录。"

// violations shows cases in every state to those who see them.
func (x *exhibition) violations(g *gallery, c *chrome) {
	ctx := context.Background()
	x.clock.set(testNow.AddDate(0, 0, -60))
	inspector, officer, reviewer := x.people["inspector"], x.people["standing"], x.people["reviewer"]
	other := func(id string, role access.Role) access.Actor {
		return access.Actor{ID: x.people[id].ID, Name: x.people[id].Name, Grants: []access.Grant{{Role: role, Region: demoCounty}}}
	}
	account, err := x.store.AccountByLogin(ctx, rival)
	x.must(err)
	body := access.Actor{Grants: account.Grants}.Body()
	steps := func(in cases.Report, n int, m cases.Measure) string {
		if in.Title == "" {
			in.Title, in.Text = "考场无人监考，机位屏幕未遮挡，考场情况记录未按规定填写", longStory
		}
		k, err := x.testApp.cases.Report(ctx, inspector, in)
		x.must(err)
		for _, do := range []func() (cases.Case, error){
			func() (cases.Case, error) {
				return x.testApp.cases.AddEvidence(ctx, officer, k.ID, "巡查人员现场拍摄的照片，含时间和机位。", &cases.File{Name: "第一考场-机位二十一至二十四号-现场照片.png", Content: []byte("\x89PNG\r\n\x1a\n")})
			},
			func() (cases.Case, error) { return x.testApp.cases.Establish(ctx, officer, k.ID) },
			func() (cases.Case, error) {
				return x.testApp.cases.Notify(ctx, officer, k.ID, cases.Announcement{Facts: longStory, Intended: []cases.MeasureKind{m.Kind}})
			},
			func() (cases.Case, error) {
				return x.testApp.cases.State(ctx, officer, k.ID, "当日监考人员突发疾病就医，已补充替班制度。", false)
			},
			func() (cases.Case, error) {
				return x.testApp.cases.Hear(ctx, officer, k.ID, "当事人对事实无异议，请求从轻处理。")
			},
			func() (cases.Case, error) {
				return x.testApp.cases.Propose(ctx, officer, k.ID, cases.Proposal{Facts: "认定事实属实。" + longStory, Measures: []cases.Measure{m}, Notice: "考场管理严重失职，多名考生未在监考下作答。", Public: m.Kind.Exits()})
			},
			func() (cases.Case, error) { return x.testApp.cases.Approve(ctx, reviewer, k.ID) },
			func() (cases.Case, error) {
				return x.testApp.cases.Lodge(ctx, officer, k.ID, "处理过重，请求复核。")
			},
			func() (cases.Case, error) {
				return x.testApp.cases.ProposeRuling(ctx, other("officer", access.Standing), k.ID, false, "事实清楚，处理适当。")
			},
			func() (cases.Case, error) {
				return x.testApp.cases.ApproveRuling(ctx, other("auditor", access.Reviewer), k.ID)
			},
		}[:n] {
			_, err := do()
			x.must(err)
		}
		return "/cases/" + k.ID
	}
	rectify := cases.Measure{Kind: cases.Rectify, By: testNow.AddDate(0, 1, 0)}
	blacklist := cases.Measure{Kind: cases.Blacklist, Running: "finish", Revoke: []string{"S000041000001265000001"}}
	cheat := x.of("confirmed", 1)
	overdue := steps(cases.Report{Body: x.body.ID}, 1, rectify)
	x.clock.set(testNow)
	pages := map[string]string{
		"overdue": overdue, "evidenced": steps(cases.Report{Body: body}, 2, rectify), "notified": steps(cases.Report{Body: x.body.ID}, 3, rectify),
		"heard": steps(cases.Report{Body: x.body.ID}, 5, blacklist), "candidate": steps(cases.Report{Enrolment: cheat.ID}, 5, cases.Measure{Kind: cases.YearBarred}),
		"proposed": steps(cases.Report{Body: body}, 6, blacklist), "decided": steps(cases.Report{Body: body}, 7, blacklist),
		"appealed": steps(cases.Report{Body: x.body.ID}, 9, rectify), "final": steps(cases.Report{Body: body}, 10, cases.Measure{Kind: cases.CancelFiling, Running: "void"}),
	}
	const examiner = "410499198001010013"
	x.changeBody(g.t, func(b *standing.Body) {
		b.Staff = append(b.Staff, standing.Staff{ID: "examiner1", Name: "吴考评甲", IDHash: x.exam.Vault.Hash("id-number", examiner), Account: x.people["examiner1"].ID,
			Proofs: []standing.Proof{{Number: "示例", Trade: demoTrade, Until: testNow.AddDate(1, 0, 0)}}})
	})
	pages["of-examiner"] = steps(cases.Report{Region: demoCounty, IDNumber: examiner, Name: "吴考评甲", Title: "未按评分细则评分，与考生有利害关系未申报回避", Text: longStory}, 3, cases.Measure{Kind: cases.StaffBar})
	told, barred := x.of("confirmed", 2), x.of("confirmed", 3)
	pages["of-told"] = steps(cases.Report{Enrolment: told.ID}, 3, cases.Measure{Kind: cases.YearBarred})
	pages["of-barred"] = steps(cases.Report{Enrolment: barred.ID}, 7, cases.Measure{Kind: cases.YearBarred})
	unknown, err := x.testApp.cases.Complain(ctx, "", cases.Report{Region: demoCounty, Name: "某培训学校", Title: "代考", Text: "有人代考，时间在上周六上午。"})
	x.must(err)

	for _, visit := range []struct {
		who   string
		pages [][2]string
	}{
		{"standing", [][2]string{
			{"cases", "/cases"}, {"cases-none", "/cases?q=没有这样的案件"}, {"case-overdue", pages["overdue"]}, {"case-unknown", "/cases/" + unknown.ID}, {"case-evidenced", pages["evidenced"]},
			{"case-notified", pages["notified"]}, {"case-heard", pages["heard"]}, {"case-candidate", pages["candidate"]}, {"case-decided", pages["decided"]}, {"case-final", pages["final"]},
			{"letter-notice", pages["heard"] + "/letters/notice"}, {"letter-decision", pages["decided"] + "/letters/decision"}, {"letter-ruling", pages["final"] + "/letters/ruling"},
			{"report-officer", "/reports/new"},
		}},
		{"reviewer", [][2]string{{"case-proposed", pages["proposed"]}, {"case-appealed", pages["appealed"]}}},
		{"inspector", [][2]string{{"reports", "/reports"}, {"report", "/reports/new"}, {"case-forbidden", pages["heard"]}}},
		{"invigilator1", [][2]string{{"reports-empty", "/reports"}, {"report-candidate", "/reports/new?enrolment=" + x.of("running", 0).ID}}},
		{"scheduler", [][2]string{{"received", "/received"}, {"received-case", strings.Replace(pages["notified"], "/cases", "/received", 1)}, {"received-appealed", strings.Replace(pages["appealed"], "/cases", "/received", 1)}}},
		{"examiner1", [][2]string{{"received-own", "/received"}, {"received-own-case", strings.Replace(pages["of-examiner"], "/cases", "/received", 1)}}},
		{"examiner2", [][2]string{{"received-none", "/received"}}},
		{"admin", [][2]string{{"account-register", "/accounts/" + x.people["examiner1"].ID}}},
		{rival, [][2]string{{"received-decided", strings.Replace(pages["decided"], "/cases", "/received", 1)}, {"received-final", strings.Replace(pages["final"], "/cases", "/received", 1)}}},
		{"auditor", [][2]string{{"audit-cases", "/audit?kind=case"}, {"stream-case", "/audit/case/" + strings.TrimPrefix(pages["final"], "/cases/")}}},
	} {
		w := x.login(c, visit.who)
		for _, page := range visit.pages {
			w.open(page[1])
			g.look(w, page[0], deskSizes)
			if page[0] == "case-heard" {
				w.fill("#propose [name=facts]", "认定事实属实。")
				w.click("#propose [value=blacklist]")
				w.press("#propose button")
				g.look(w, "case-refused", deskSizes)
			}
		}
	}
	for name, e := range map[string]exam.Enrolment{"told": told, "barred": barred} {
		w := x.consult(c, e)
		g.look(w, "my-"+name, openSizes)
		w.press("#cases a")
		g.look(w, "my-case-"+name, openSizes)
		w.press("a[href*='/letters/']")
		g.look(w, "my-letter-"+name, openSizes)
	}
	w := c.window("a passer-by", x.url)
	for _, page := range [][2]string{{"exits", "/exits"}, {"exits-none", "/exits?region=410500"}, {"complaint", "/complaint"}, {"receipt", "/complaint/receipt?number=" + unknown.ID}, {"receipt-none", "/complaint/receipt?number=x"}} {
		w.open(page[1])
		g.look(w, page[0], openSizes)
	}
}
