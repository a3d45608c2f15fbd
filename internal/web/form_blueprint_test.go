package web

import (
	"net/url"
	"testing"

	"kaoping/bank"
	"kaoping/policies/rulebook"
)

func TestBlueprintFormGivesBackTheBlueprint(t *testing.T) {
	want := bank.Blueprint{
		Name: "电工五级", Trade: "6-31-01-03", Level: rulebook.JuniorWorker, PassMark: 60_00, Minutes: 90, Partial: true,
		Lines: []bank.BlueprintLine{{Type: bank.TrueFalse, Topic: "安全用电", Count: 20, Each: 1_00}, {Type: bank.Single, Count: 32, Each: 2_50}},
	}
	got, issues := readBlueprint(formOf(want))
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	if got.Name != want.Name || got.Trade != want.Trade || got.Level != want.Level || got.PassMark != want.PassMark || got.Minutes != want.Minutes || !got.Partial {
		t.Errorf("read %+v", got)
	}
	if len(got.Lines) != 2 || got.Lines[0] != want.Lines[0] || got.Lines[1] != want.Lines[1] || got.Total() != bank.FullMarks {
		t.Errorf("lines %+v", got.Lines)
	}
}

func TestBlueprintFormNamesLinesAsTheyAreShown(t *testing.T) {
	form := url.Values{
		"name": {"x"}, "scope": {"6-31-01-03/5"}, "pass_mark": {"sixty"}, "minutes": {"90"},
		"line_type": {"single", "multiple", "fill_in"}, "line_topic": {"", "", "接地"}, "line_count": {"", "ten", "5"}, "line_each": {"", "1", "1,5"},
	}
	b, issues := readBlueprint(form)
	if len(b.Lines) != 2 {
		t.Fatalf("lines %+v; the empty one is left out", b.Lines)
	}
	type at struct {
		row    int
		column string
	}
	want := []at{{0, "合格线"}, {1, "题数"}, {2, "每题分值"}}
	for i, issue := range issues {
		if i >= len(want) || (at{issue.Row, issue.Column}) != want[i] {
			t.Errorf("issue %d is %+v", i, issue)
		}
	}
	if len(issues) != len(want) {
		t.Errorf("%d issues, want %d", len(issues), len(want))
	}
}

func TestStockCountsWhatALineCanDraw(t *testing.T) {
	five := func(kind bank.ItemType, topic string) stockKey {
		return stockKey{"6-31-01-03", rulebook.JuniorWorker, kind, topic}
	}
	k := stock{five(bank.Single, "接地"): 3, five(bank.Single, "照明"): 4, five(bank.Multiple, "接地"): 5,
		{"6-31-01-03", rulebook.MiddleWorker, bank.Single, "电机"}: 7}
	const scope = "6-31-01-03/5"
	if n := k.count(scope, bank.Single, ""); n != 7 {
		t.Errorf("%d single of any topic, want 7: other levels do not count", n)
	}
	if n := k.count(scope, bank.Single, "接地"); n != 3 {
		t.Errorf("%d single of 接地, want 3", n)
	}
	if topics := k.topics(scope); len(topics) != 2 {
		t.Errorf("topics %v", topics)
	}
}

func TestExampleLinesAreWholeMarks(t *testing.T) {
	if total := (bank.Blueprint{Lines: exampleLines}).Total(); total != bank.FullMarks {
		t.Errorf("the example adds up to %s points", total)
	}
}
