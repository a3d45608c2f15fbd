package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaoping/bank/demobank"
	"kaoping/policies/rulebook"
)

// sheetOf writes part of the demonstration's items to a file, as a setter has them.
func sheetOf(t *testing.T, form int) string {
	t.Helper()
	counts, seen := map[string]int{"判断题": 20, "单项选择题": 30, "多项选择题": 10, "填空题": 5}, map[string]int{}
	var out strings.Builder
	for i, line := range strings.Split(string(demobank.CSV), "\n") {
		kind, _, _ := strings.Cut(line, ",")
		at, n := seen[kind], counts[kind]
		seen[kind]++
		if i == 0 || at >= form*n && at < (form+1)*n {
			out.WriteString(line + "\n")
		}
	}
	file := filepath.Join(t.TempDir(), "items.csv")
	if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// From the setter's form to the unsealed paper, by the pages alone: one keeper
// is not enough, and no time but the window will do.
func TestACentralPaperByItsPages(t *testing.T) {
	t.Parallel()
	a, c := newApp(t), startChrome(t)
	hour := testNow.Add(3 * time.Hour)
	setter := a.login(c, "setter1")
	setter.open("/central-papers/new")
	setter.fill("#name", "电工五级结业考核统一试卷", "#starts-at", hour.In(rulebook.Shanghai).Format("2006-01-02T15:04"))
	read[bool](setter, `(() => { document.querySelector("#trade").value = "`+demoTrade+`"; document.querySelector("#track").value = "completion"; return true })()`)
	setter.press("#save")
	setter.sees("#done", "A 卷和 B 卷")
	paper := setter.path()
	for i, letter := range []string{"A", "B"} {
		setter.press("#put-" + letter)
		setter.attach("#file", sheetOf(t, i))
		read[bool](setter, `(() => { for (const [k, v] of Object.entries({true_false: "1", single: "1.5", multiple: "2.5", fill_in: "2"})) document.querySelector("[name=each_" + k + "]").value = v; return true })()`)
		if i == 0 {
			read[bool](setter, `(() => { document.querySelector("[name=each_fill_in]").value = "3"; return true })()`)
			if status := setter.press("#keep"); status != http.StatusUnprocessableEntity {
				t.Errorf("105 points: %d", status)
			}
			setter.sees("#fault", "R15")
			setter.attach("#file", sheetOf(t, i))
			read[bool](setter, `(() => { document.querySelector("[name=each_fill_in]").value = "2"; return true })()`)
		}
		setter.press("#keep")
		setter.sees("#done", "加密")
	}
	setter.press("#submit")
	setter.sees("h1", "待审")

	reviewer := a.login(c, "setter2")
	reviewer.open(paper)
	reviewer.press("#open-B")
	reviewer.sees("main", "本次打开已记录", "判断题")
	reviewer.open(paper)
	reviewer.press("#review")
	reviewer.sees("h1", "已审定")

	first, second := a.login(c, "keeper1"), a.login(c, "keeper2")
	first.open("/custody")
	first.sees("#seal", "电工五级结业考核统一试卷")
	first.open(paper)
	first.press("#seal")
	first.sees("h1", "封存中")
	if n := read[int](first, `document.querySelectorAll("#seal").length`); n != 0 {
		t.Error("a keeper is offered the second hand, too")
	}
	if status, page := a.as(t, "keeper1").form(paper + "/seal"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "R20") {
		t.Errorf("one keeper seals alone: %d", status)
	}
	second.open(paper)
	second.press("#seal")
	second.sees("h1", "已封存")

	if status, _ := a.as(t, "setter1").form(paper + "/forms/A/content"); status != http.StatusUnprocessableEntity {
		t.Errorf("the setter opens a sealed form: %d", status)
	}
	first.open(paper)
	if status := first.press("#unseal"); status != http.StatusForbidden {
		t.Errorf("an early try: %d", status)
	}
	first.sees("#fault", "启封", "R20")

	a.clock.set(hour.Add(-20 * time.Minute))
	first.open(paper)
	first.press("#unseal")
	first.sees("h1", "启封中")
	if n := read[int](first, `document.querySelectorAll("#print-form").length`); n != 0 {
		t.Error("a paper that one keeper has unsealed can be printed")
	}
	second.open(paper)
	second.press("#unseal")
	second.sees("h1", "已启封")
	second.sees("#print-form", "份数")
	second.sees("#trail", "20") // the tries are there, too
}
