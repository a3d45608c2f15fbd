package main

import (
	"context"
	"time"

	"kaoping/bank/central"
	"kaoping/exam"
	"kaoping/policies/rulebook"
)

// custody shows central papers in their states to those who see them. None of
// the pages shows a question but the one that opens a form.
func (x *exhibition) custody(g *gallery, c *chrome) {
	ctx := context.Background()
	hour := testNow.Add(20 * time.Minute).Truncate(time.Minute)
	paper := func(name string, startsAt time.Time, sealed bool) central.Paper {
		p, err := x.centralPaper(ctx, name, rulebook.SkillLevel, startsAt, testNow.AddDate(0, 0, -6), sealed)
		x.must(err)
		x.clock.set(testNow)
		return p
	}
	x.clock.set(testNow)
	draft, err := x.central.Create(ctx, x.people["setter1"], central.Draft{
		Region: demoCounty, Track: rulebook.Completion, Trade: demoTrade, Level: demoLevel, Name: "农村劳动力转移就业技能提升行动结业考核统一试卷（第十二期，电工）",
		StartsAt: hourOf(testNow, 12, 9), Minutes: 90, PassMark: 60_00,
	})
	x.must(err)
	reviewed, sealed, open := paper("电工五级统一试卷（待封存）", hourOf(testNow, 9, 9), false), paper("电工五级统一试卷（待启封）", testNow.Add(2*time.Hour), true), paper("电工五级统一试卷（已启封）", hour, true)
	submitted, err := x.central.Create(ctx, x.people["setter2"], central.Draft{
		Region: demoCounty, Track: rulebook.Completion, Trade: demoTrade, Level: demoLevel, Name: "电工五级统一试卷（待审）", StartsAt: hourOf(testNow, 15, 9), Minutes: 90, PassMark: 60_00,
	})
	x.must(err)
	for i, letter := range central.Letters {
		form, err := demoForm(i)
		x.must(err)
		_, err = x.central.PutForm(ctx, x.people["setter2"], submitted.ID, letter, form)
		x.must(err)
	}
	_, err = x.central.Submit(ctx, x.people["setter2"], submitted.ID)
	x.must(err)

	// A sitting that sits the open one, before it is unsealed and after.
	accepted, err := x.notified(ctx, "电工 · 五级 · 统一试卷场次", hour, hour.AddDate(0, 0, -5), 6)
	x.must(err)
	x.clock.set(hour.AddDate(0, 0, -4))
	_, err = x.exam.Accept(ctx, x.people["officer"], accepted.ID)
	x.must(err)
	x.clock.set(testNow)
	scheduler := x.login(c, "scheduler")
	scheduler.open("/sittings/" + accepted.ID + "/staff")
	g.look(scheduler, "staff-central", deskSizes)
	_, err = x.exam.Staff(ctx, x.people["scheduler"], accepted.ID, exam.Staffing{
		Paper: open.ID, Invigilators: map[string][]string{"第一考场": {x.people["invigilator1"].ID, x.people["invigilator2"].ID}},
		Examiners: []string{x.people["examiner1"].ID, x.people["examiner2"].ID, x.people["examiner3"].ID},
	})
	x.must(err)
	x.must(x.worker.RunDue(ctx))
	scheduler.open("/sittings/" + accepted.ID)
	g.look(scheduler, "sitting-sealed", deskSizes)
	invigilator := x.login(c, "invigilator1")
	invigilator.open(roomPathOf(accepted.ID))
	g.look(invigilator, "room-sealed", deskSizes)

	keeper := x.login(c, "keeper1")
	keeper.open("/custody")
	g.look(keeper, "custody", deskSizes)
	keeper.open("/central-papers/" + sealed.ID)
	g.look(keeper, "central-sealed", deskSizes)
	for _, who := range []string{"keeper1", "keeper2"} {
		_, err = x.central.Unseal(ctx, x.people[who], open.ID)
		x.must(err)
	}
	x.must(x.worker.RunDue(ctx))
	keeper.open("/central-papers/" + open.ID)
	g.look(keeper, "central-unsealed", deskSizes)
	invigilator.open(roomPathOf(accepted.ID))
	g.look(invigilator, "room-unsealed", deskSizes)
	_, err = x.exam.OpenRoom(ctx, x.people["invigilator1"], accepted.ID, "第一考场")
	x.must(err)

	setter := x.login(c, "setter1")
	for _, page := range [][2]string{
		{"central", "/central-papers"}, {"central-none", "/central-papers?state=revoked"}, {"central-new", "/central-papers/new"}, {"central-draft", "/central-papers/" + draft.ID},
		{"central-edit", "/central-papers/" + draft.ID + "/edit"}, {"central-form", "/central-papers/" + draft.ID + "/forms/A"}, {"central-submitted", "/central-papers/" + submitted.ID},
	} {
		setter.open(page[1])
		g.look(setter, page[0], deskSizes)
	}
	setter.open("/central-papers/" + submitted.ID)
	setter.press("#open-A")
	g.look(setter, "central-content", deskSizes)

	officer := x.login(c, "officer")
	officer.open("/central-papers/" + open.ID + "/replacement")
	g.look(officer, "replacement", deskSizes)
	officer.open("/central-papers/" + reviewed.ID)
	g.look(officer, "central-reviewed", deskSizes)
	officer.open("/central-papers/" + open.ID + "/replacement")
	officer.fill("#reason", "甲市一考点试卷袋封口破损，疑似泄露，启用备用卷。")
	officer.click("#choice-restart")
	officer.press("#propose")
	reviewer := x.login(c, "reviewer")
	reviewer.open("/central-papers/" + open.ID + "/replacement")
	g.look(reviewer, "replacement-proposed", deskSizes)
	reviewer.press("#approve")
	g.look(reviewer, "central-replaced", deskSizes)
}

func roomPathOf(sitting string) string { return "/rooms/" + sitting + "/第一考场" }
