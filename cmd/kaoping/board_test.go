package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kaoping/certify"
	"kaoping/policies/access"
)

// TestTheBoardIsTheSameEverywhere holds the board's numbers on its page, in
// Excel and from the API against the certificates themselves.
func TestTheBoardIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	a := boardOf(t)
	city := a.as(t, "city")
	board := city.get("/api/v1/board?region=410400").ok(t, http.StatusOK)
	issued, err := a.certify.Certificates(context.Background(), a.people["city"], certify.Query{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	special, level, lushan := 0, 0, 0
	for _, c := range issued {
		if c.Track == "special_skill" {
			special++
		} else {
			level++
		}
		if c.Region == demoCounty {
			lushan++
		}
	}
	ratio := board.json["ratio"].(map[string]any)
	if special == 0 || level == 0 || ratio["all"] != float64(len(issued)) || ratio["capped"] != float64(special) || board.text("city_ratio.share") != ratio["share"] {
		t.Errorf("%d level and %d special skill certificates, and the board has %v", level, special, ratio)
	}
	if 10*special > len(issued) {
		t.Errorf("%d of %d passes the cap", special, len(issued))
	}
	waiting := len(a.queue(t))
	if waiting == 0 || board.json["waiting"] != float64(waiting) || board.text("cap") != "10%" || board.text("warning") != "nearer" {
		t.Errorf("%d wait: %s", waiting, board.body)
	}
	skilled := board.json["skilled"].(map[string]any)
	if skilled["people"] != float64(level) || skilled["target"] != 80.0 || skilled["share"] != fmt.Sprintf("%d.%d%%", level*100/80, level*1000/80%10) {
		t.Error(skilled)
	}
	districts := board.json["districts"].([]any)
	if len(districts) != 12 {
		t.Errorf("%d districts", len(districts))
	}
	sum := 0.0
	for _, d := range districts {
		sum += d.(map[string]any)["ratio"].(map[string]any)["all"].(float64)
	}
	if sum != float64(len(issued)) {
		t.Errorf("the districts have %v certificates together", sum)
	}
	months := board.json["months"].([]any)
	if last := months[len(months)-1].(map[string]any); len(months) != 11 || last["so_far"].(map[string]any)["all"] != ratio["all"] || last["cap"] != "10%" {
		t.Error(last)
	}

	page := city.get("/board?region=410400").body
	for _, want := range []string{
		fmt.Sprintf(`<b id="all">%d</b>`, len(issued)), fmt.Sprintf(`<b id="capped">%d</b>`, special), fmt.Sprintf(`<b id="waiting">%d</b>`, waiting),
		"<svg ", board.text("city_ratio.share") + " / 上限 10%", "末次预警", fmt.Sprintf("再发 %v 张其他证书可全部放行", board.json["freed_by"]), "鲁山县",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(page, "style=") {
		t.Error("the page's security policy would not show a style attribute")
	}
	book := bookOf(t, city.get("/board/export.xlsx?region=410400"))
	rows, err := book.GetRows("证书结构")
	if err != nil {
		t.Fatal(err)
	}
	sheet := ""
	for _, row := range rows {
		sheet += strings.Join(row, "|") + "\n"
	}
	for _, want := range []string{fmt.Sprintf("取证总数|%d\n", len(issued)), fmt.Sprintf("专项 + 合格证书|%d|%s\n", special, ratio["share"]), fmt.Sprintf("候发证书|%d", waiting), fmt.Sprintf("新增技能人才|%d", level)} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet has no %s: %s", want, sheet)
		}
	}
	if rows, err := book.GetRows("县（市、区）"); err != nil || len(rows) != 13 {
		t.Errorf("%d rows of districts, %v", len(rows), err)
	}

	// A county has its own share, of the city the ratio, of its neighbour nothing.
	officer := a.as(t, "officer")
	own := officer.get("/api/v1/board?region="+demoCounty).ok(t, http.StatusOK)
	if own.json["ratio"].(map[string]any)["all"] != float64(lushan) || own.text("city_ratio.share") != board.text("city_ratio.share") || len(own.json["districts"].([]any)) != 1 || strings.Contains(own.body, demoNeighbour) {
		t.Error(own.body)
	}
	for _, region := range []string{"410400", demoNeighbour} {
		officer.get("/api/v1/board?region="+region).refused(t, http.StatusForbidden, "forbidden")
		for _, path := range []string{"/board", "/board/export.xlsx", "/board/queue"} {
			if r := officer.get(path + "?region=" + region); r.status != http.StatusForbidden {
				t.Errorf("%s of %s: %d", path, region, r.status)
			}
		}
	}
	// The statistician sees counts and nobody who waits.
	statistician := a.as(t, "statistician")
	if r := statistician.get("/board/queue?region=410400"); r.status != http.StatusForbidden {
		t.Errorf("the queue: %d", r.status)
	}
	if r := statistician.get("/api/v1/board/queue?city=410400").ok(t, http.StatusOK); len(r.json["items"].([]any)) != 0 {
		t.Error(r.body)
	}
	if r := statistician.get("/api/v1/board?region=410400").ok(t, http.StatusOK); r.json["waiting"] != float64(waiting) {
		t.Error(r.body)
	}
	a.isSound(t)
}

// TestTwoOfficersReleaseByException plays an exceptional release by its pages.
func TestTwoOfficersReleaseByException(t *testing.T) {
	t.Parallel()
	a := boardOf(t)
	officer, reviewer := a.as(t, "officer"), a.as(t, "reviewer")
	before := a.queue(t)
	first := before[0].Enrolment
	if status, page := officer.form("/board/queue/"+first+"/release", "region", demoCounty); !strings.Contains(page, "请用不超过") {
		t.Errorf("without a reason: %d %s", status, page)
	}
	reviewer.post("/api/v1/board/queue/"+first+"/approval", nil).refused(t, http.StatusUnprocessableEntity, "refused") // nobody asked
	if status, page := officer.form("/board/queue/"+first+"/release", "region", demoCounty, "reason", "用人单位急需持证上岗"); !strings.Contains(page, "待第二人签字") {
		t.Errorf("%d %s", status, page)
	}
	officer.post("/api/v1/board/queue/"+first+"/approval", nil).refused(t, http.StatusForbidden, "forbidden")
	a.as(t, "neighbour").post("/api/v1/board/queue/"+first+"/release", map[string]string{"reason": "x"}).refused(t, http.StatusForbidden, "forbidden")
	if status, page := reviewer.form("/board/queue/"+first+"/approval", "region", demoCounty); status != http.StatusOK {
		t.Errorf("%d %s", status, page)
	}
	a.tick(t.Context())
	a.tick(t.Context())
	if c, err := a.certify.CertificateOf(t.Context(), access.System(), first); err != nil || c.State != certify.Issued {
		t.Errorf("%s %v", c.State, err)
	}
	if now := a.queue(t); len(now) != len(before)-1 {
		t.Errorf("%d wait, %d before", len(now), len(before))
	}
	page := officer.get("/board").body
	for _, want := range []string{"用人单位急需持证上岗", "王演示", "孙复核", "全市占比已超过上限"} {
		if !strings.Contains(page, want) {
			t.Errorf("the board has no %s", want)
		}
	}
	a.isSound(t)
}

// TestABoardWithoutARule shows a city and year in which no cap is set (R06).
func TestABoardWithoutARule(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	if _, err := a.accounts.Create(t.Context(), access.System(), "sanmenxia", "三门峡演示", demoPassword, []access.Grant{{Role: access.Officer, Region: "411200"}}); err != nil {
		t.Fatal(err)
	}
	officer := a.as(t, "sanmenxia")
	if page := officer.get("/board?year=2021").body; !strings.Contains(page, `id="no-cap"`) || strings.Contains(page, "上限 0%") {
		t.Error("a cap where none is set")
	}
	if r := officer.get("/api/v1/board?region=411200&year=2021").ok(t, http.StatusOK); r.json["cap"] != nil || r.json["waiting"] != 0.0 {
		t.Error(r.body)
	}
	if page := officer.get("/board?region=411221&year=2026").body; !strings.Contains(page, "上限 10%") || !strings.Contains(page, "无人排队") {
		t.Error("no cap where the province sets one")
	}
}

// TestANoticeForetellsTheCap shows on the notice what its certificates would do.
func TestANoticeForetellsTheCap(t *testing.T) {
	t.Parallel()
	a := boardOf(t)
	sitting, err := a.notifiedFor(t.Context(), demoCourse{"special_skill", demoLevel}, "低压线路安装 · 下周", hourOf(testNow, 6, 9), testNow, 12)
	if err != nil {
		t.Fatal(err)
	}
	a.clock.set(testNow)
	officer := a.as(t, "officer")
	forecast := officer.get("/api/v1/sittings/"+sitting.ID+"/forecast").ok(t, http.StatusOK)
	if forecast.json["candidates"] != 12.0 || forecast.json["would_wait"] != 12.0 || forecast.text("warning") != "over" {
		t.Error(forecast.body)
	}
	page := officer.get("/sittings/" + sitting.ID).body
	if want := "如 12 名考生全部合格，全市占比将达 " + forecast.text("then.share"); !strings.Contains(page, want) {
		t.Errorf("the notice says no %s", want)
	}
	if page := officer.get("/sittings/" + a.waitingLevel(t)).body; strings.Contains(page, `id="forecast"`) {
		t.Error("a forecast for certificates that nothing caps")
	}
}

// waitingLevel is a notified sitting of the skill level track.
func (a *testApp) waitingLevel(t *testing.T) string {
	t.Helper()
	sitting, err := a.notified(t.Context(), "电工 · 五级 · 下周", hourOf(testNow, 7, 9), testNow, 3)
	if err != nil {
		t.Fatal(err)
	}
	a.clock.set(testNow)
	return sitting.ID
}
