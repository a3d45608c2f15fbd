package main

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kaoping/certify"
	"kaoping/internal/typeset/typesettest"
)

// TestTheCompletionFormIsTheSameEverywhere holds the section of a sitting, of a
// body and of a region (R61) against each other: on its page, on paper, as PDF,
// as Excel and from the API.
func TestTheCompletionFormIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := context.Background()
	if err := a.finished(ctx, testNow); err != nil {
		t.Fatal(err)
	}
	if err := a.runningNow(ctx, testNow); err != nil {
		t.Fatal(err)
	}
	a.clock.set(testNow)
	officer := a.as(t, "officer")
	of := officer.get("/api/v1/completion?region="+demoCounty).ok(t, http.StatusOK)
	// 12 enrolled and 11 came last week; 10 are enrolled today and 5 came so far.
	for name, want := range map[string]float64{"enrolled": 22, "candidates": 16, "entered": 1, "signed": 1} {
		if of.json[name] != want {
			t.Errorf("%s: %v, want %v", name, of.json[name], want)
		}
	}
	held := of.json["sittings"].([]any)
	finished := held[0].(map[string]any)
	if len(held) != 2 || finished["entered"] != true || finished["candidates"] != 11.0 || finished["signed"].(map[string]any)["name"] != "何巡查" {
		t.Fatal(of.body)
	}
	certificates, err := a.certify.Certificates(ctx, a.people["officer"], certify.Query{Limit: 100})
	if err != nil || len(certificates) == 0 || of.json["certificates"] != float64(len(certificates)) {
		t.Errorf("%v certificates of %d, %v", of.json["certificates"], len(certificates), err)
	}
	if fields := of.json["fields"].([]any); len(fields) != 8 { // Pingdingshan's form has the bureau's opinion as well
		t.Error(fields)
	}
	lines := of.json["tracks"].([]any)
	if len(lines) != 5 {
		t.Errorf("%d lines, the form has five", len(lines))
	}
	if same := officer.get("/api/v1/completion?body="+a.body.ID).ok(t, http.StatusOK); same.json["certificates"] != of.json["certificates"] || len(same.json["sittings"].([]any)) != 2 {
		t.Error(same.body)
	}
	if none := officer.get("/api/v1/completion?region="+demoCounty+"&from=2026-01-01&to=2026-01-31").ok(t, http.StatusOK); none.json["candidates"] != 0.0 {
		t.Error(none.body)
	}

	const query = "?region=" + demoCounty
	page := officer.get("/completion" + query).body
	paper := officer.get("/completion/form" + query).body
	pdf := officer.get("/completion/form.pdf" + query)
	book := bookOf(t, officer.get("/completion/export.xlsx"+query))
	rows, err := book.GetRows("结业考核表")
	if err != nil {
		t.Fatal(err)
	}
	sheet := ""
	for _, row := range rows {
		sheet += strings.Join(row, "|") + "\n"
	}
	printed := typesettest.Squeeze(string(typesettest.Run(t, []byte(pdf.body), "pdftotext", "-layout")))
	for _, want := range []struct{ html, sheet, pdf string }{
		{`<th>参加考核人数</th><td class="num">16</td>`, "参加考核人数|16", "参加考核人数16"},
		{`<th>参加职业技能等级评定人数</th><td class="num">16</td><th>取证人数</th><td class="num">` + strconv.Itoa(len(certificates)) + `</td>`,
			"参加职业技能等级评定人数|16|" + strconv.Itoa(len(certificates)), "参加职业技能等级评定人数16取证人数" + strconv.Itoa(len(certificates))},
		{`<th>取证总人数</th><td class="num">` + strconv.Itoa(len(certificates)) + `</td>`, "取证总人数|" + strconv.Itoa(len(certificates)), "取证总人数" + strconv.Itoa(len(certificates))},
		{"何巡查 2026年11月14日", "考核巡查人员签字|何巡查 2026年11月14日", "何巡查2026年11月14日"},
		{"人力资源社会保障部门意见", "人力资源社会保障部门意见", "人力资源社会保障部门意见"},
	} {
		if !strings.Contains(paper, want.html) {
			t.Errorf("on paper: no %s", want.html)
		}
		if !strings.Contains(sheet, want.sheet) {
			t.Errorf("in Excel: no %s in %s", want.sheet, sheet)
		}
		if !strings.Contains(printed, want.pdf) {
			t.Errorf("in the PDF: no %s in %s", want.pdf, printed)
		}
	}
	if !strings.Contains(page, `<b id="took">16</b>`) || !strings.Contains(page, `<b id="obtained">`+strconv.Itoa(len(certificates))+`</b>`) || strings.Contains(page, "陈示例") {
		t.Error("the page's numbers are others, or it names a candidate")
	}
	if one := officer.get("/completion/form?sitting=" + finished["sitting"].(string)).body; !strings.Contains(one, `<th>参加考核人数</th><td class="num">11</td>`) {
		t.Error(one)
	}

	neighbour := a.as(t, "neighbour")
	for _, about := range []string{query, "?body=" + a.body.ID, "?sitting=" + finished["sitting"].(string)} {
		neighbour.get("/api/v1/completion"+about).refused(t, http.StatusForbidden, "forbidden")
		if r := neighbour.get("/completion/form.pdf" + about); r.status != http.StatusForbidden {
			t.Errorf("%s: %d", about, r.status)
		}
	}
	a.as(t, "scheduler").get("/api/v1/completion?body="+a.body.ID).ok(t, http.StatusOK)
	a.as(t, rival).get("/api/v1/completion?body="+a.body.ID).refused(t, http.StatusForbidden, "forbidden")
}

// bookOf opens a workbook that was downloaded.
func bookOf(t *testing.T, r apiReply) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(strings.NewReader(r.ok(t, http.StatusOK).body))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}
