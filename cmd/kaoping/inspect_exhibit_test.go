package main

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"

	"kaoping/exam"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
	"kaoping/policies/standing/inspection"
)

const longBody = "鲁山县农村劳动力转移就业与职业技能提升综合实训评价中心（示范）"

// aPicture is a photo of nothing.
func aPicture() []byte {
	picture := image.NewGray(image.Rect(0, 0, 320, 240))
	for i := range picture.Pix {
		picture.Pix[i] = color.Gray{Y: uint8(i / 320)}.Y
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// supervision shows filings, inspections and grades in every state to those who
// see them.
func (x *exhibition) supervision(g *gallery, c *chrome) {
	ctx, officer, reviewer := context.Background(), x.people["standing"], x.people["reviewer"]
	x.clock.set(testNow)
	proposal := standing.Body{
		Name: longBody, Kind: standing.Social, Region: demoCounty,
		Scopes: []standing.Scope{{Trade: demoTrade, Levels: []rulebook.Level{rulebook.JuniorWorker, rulebook.Level(4), rulebook.SeniorWorker}}},
		Sites:  []standing.Site{{Serial: "000009", Name: "第一示范考点（新校区综合实训楼）", Address: "鲁山县示范路一百二十八号综合实训楼三层", Cameras: 6, Rooms: []standing.Room{{Name: "第一考场", Seats: 40}, {Name: "第二考场", Seats: 40}}}},
		Staff: []standing.Staff{{Name: "欧阳示例长姓名", IDNumber: "41049919900307001" + string(exam.CheckCharacter("41049919900307001")),
			Proofs: []standing.Proof{{Number: "KP-2026-000001", Trade: demoTrade, Senior: true, Until: rulebook.Day(testNow.AddDate(2, 0, 0))}}}},
	}
	filing := func(to ...standing.ApplicationState) string {
		a, err := x.standing.Apply(ctx, officer, standing.Application{Kind: standing.ToFile, Proposal: proposal})
		x.must(err)
		for _, state := range to {
			if state == standing.Granted {
				_, err = x.standing.Review(ctx, reviewer, a.ID, state, "")
			} else {
				_, err = x.standing.Examine(ctx, officer, a.ID, state, "场地证明复印件不清晰，请补充加盖公章的场地使用证明和消防验收材料。")
			}
			x.must(err)
		}
		return "/filings/" + a.ID
	}
	handedIn, sentBack, examined := filing(), filing(standing.SentBack), filing(standing.Examined)
	granted := filing(standing.Examined, standing.Granted)

	x.clock.set(testNow.AddDate(0, -2, 0))
	propose := func(title string) inspection.Plan {
		p, err := x.inspection.Propose(ctx, officer, inspection.Plan{
			Region: demoCounty, Kind: inspection.Special, Title: title, From: testNow.AddDate(0, -2, 0), To: testNow.AddDate(0, 1, 0), Share: 100_00,
			Checklist: []string{"考场、机位、监控设备与备案一致", "考评人员持证上岗，人数符合要求", "考务资料、试卷和成绩记录完整，保管符合保密规定，随机抽取三场考核的原始资料核对"},
		})
		x.must(err)
		return p
	}
	drawn, err := x.inspection.Draw(ctx, officer, propose("下半年专项检查（双随机、一公开）").ID, 20260921)
	x.must(err)
	x.clock.set(testNow.AddDate(0, -1, 0))
	inspectors := map[string]access.Actor{x.people["inspector"].ID: x.people["inspector"], x.people["inspector2"].ID: x.people["inspector2"]}
	signed := inspection.VisitID(drawn.ID, x.body.ID)
	notes := inspection.Notes{
		On: testNow.AddDate(0, -1, 0), Met: "陈示例（考务负责人）",
		Checks: []inspection.Check{{Result: inspection.Fine}, {Result: inspection.Breach, Note: "一名考评人员证书已过有效期，仍参加考评"}, {Result: inspection.NotSo, Note: "本期间未组织考核"}},
		Findings: []inspection.Finding{
			{Text: "考评人员证书过期，应于期限内更换人员并补办证书，整改材料报县人力资源和社会保障局备查", Rule: "R19", Due: testNow.AddDate(0, 0, -10)},
			{Text: "第二考场监控录像保存不足", Due: testNow.AddDate(0, 0, 20)},
		},
	}
	_, err = x.inspection.Note(ctx, x.people["inspector"], signed, notes)
	x.must(err)
	_, err = x.inspection.AddPhoto(ctx, x.people["inspector"], signed, aPicture(), "第二考场监控主机")
	x.must(err)
	var v inspection.Visit
	for _, id := range []string{x.people["inspector"].ID, x.people["inspector2"].ID} {
		v, err = x.inspection.Sign(ctx, inspectors[id], signed)
		x.must(err)
	}
	_, err = x.inspection.Follow(ctx, officer, signed, v.Findings[0].ID, "现场复查，人员尚未更换。", false)
	x.must(err)
	rivalBody := ""
	for _, a := range drawn.Drawn {
		if a.Body != x.body.ID {
			rivalBody = a.Body
		}
	}
	noted := inspection.VisitID(drawn.ID, rivalBody)

	x.clock.set(testNow)
	undrawn := propose("年末按比例抽查暨农村劳动力转移就业技能提升行动专项检查（第二批）")
	rate := func(from int, body string) string {
		credit, err := x.inspection.Rate(ctx, officer, body, testNow.AddDate(0, from, 0), testNow, "", 0)
		x.must(err)
		return credit.ID
	}
	stands := rate(-6, x.body.ID)
	_, err = x.inspection.Approve(ctx, reviewer, stands)
	x.must(err)
	proposed := rate(-1, rivalBody)
	x.must(x.inspection.Sweep(ctx))

	for _, visit := range []struct {
		who   string
		pages [][2]string
	}{
		{"standing", [][2]string{
			{"filings", "/filings"}, {"filings-none", "/filings?state=declined"}, {"filing-new", "/filings/new?kind=file"}, {"filing-handed-in", handedIn}, {"filing-sent-back", sentBack}, {"filing-granted", granted},
			{"inspections", "/inspections"}, {"inspections-forbidden", "/inspections?region=140000"}, {"plans", "/inspections/plans"}, {"plan-new", "/inspections/plans/new"}, {"plan-undrawn", "/inspections/plans/" + undrawn.ID},
			{"plan", "/inspections/plans/" + drawn.ID}, {"visits-all", "/visits?all=1"}, {"visit-follow", "/visits/" + signed}, {"body-graded", "/bodies/" + x.body.ID}, {"grades", "/grades"}, {"grade-proposed-own", "/grades/" + proposed},
		}},
		{"reviewer", [][2]string{{"filing-examined", examined}, {"grade-proposed", "/grades/" + proposed}, {"inspections-reviewer", "/inspections"}}},
		{"inspector", [][2]string{{"visits", "/visits"}, {"visits-none", "/visits?state=noted"}, {"visit", "/visits/" + noted}, {"visit-signed", "/visits/" + signed}, {"visit-record", "/visits/" + signed + "/record"}, {"visit-record-empty", "/visits/" + noted + "/record"}}},
		{"scheduler", [][2]string{{"filings-body", "/filings"}, {"filing-change", "/filings/new?kind=change"}, {"filing-renew", "/filings/new?kind=renew"}, {"filing-withdraw", "/filings/new?kind=withdraw"}, {"visits-body", "/visits"}, {"visit-body", "/visits/" + signed}, {"grade-stands", "/grades/" + stands}}},
		{rival, [][2]string{{"filings-empty", "/filings"}, {"visits-empty", "/visits"}}},
		{"neighbour", [][2]string{{"inspections-neighbour", "/inspections"}, {"plans-empty", "/inspections/plans"}, {"grades-empty", "/grades"}, {"visit-forbidden", "/visits/" + signed}}},
	} {
		w := x.login(c, visit.who)
		for _, page := range visit.pages {
			w.open(page[1])
			g.look(w, page[0], deskSizes)
			switch page[0] {
			case "visit":
				w.fill("[name=finding]", "第一考场门口未张贴考场规则")
				w.press("#note")
				g.look(w, "visit-refused", deskSizes)
			case "plan-new":
				w.fill("[name=title]", "示例", "[name=kind]", "special", "[name=from]", "2026-12-31", "main [name=to]", "2026-12-01", "[name=checklist]", "示例", "[name=share]", "200")
				w.press("#propose")
				g.look(w, "plan-refused", deskSizes)
			case "plan-undrawn":
				w.fill("[name=seed]", "一")
				w.press("#draw-lots")
				g.look(w, "plan-seed-refused", deskSizes)
			}
		}
	}
	w := c.window("a seeker", x.url)
	for _, page := range [][2]string{{"directory", "/directory"}, {"directory-none", "/directory?q=没有"}} {
		w.open(page[1])
		g.look(w, page[0], openSizes)
	}
}
