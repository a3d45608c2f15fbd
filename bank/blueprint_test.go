package bank_test

import (
	"testing"

	"kaoping/bank"
	"kaoping/policies/rulebook"
)

// blueprint is worth 100 points: 20 + 40 + 20 + 20.
func blueprint() bank.Blueprint {
	return bank.Blueprint{
		ID: "bp1", Owner: "body1", Trade: "6-31-01-03", Level: rulebook.MiddleWorker, Name: "电工四级理论",
		PassMark: 60_00, Minutes: 90, Partial: true,
		Lines: []bank.BlueprintLine{
			{Type: bank.Multiple, Topic: "", Count: 5, Each: 4_00},
			{Type: bank.Single, Topic: "", Count: 10, Each: 2_00},
			{Type: bank.TrueFalse, Topic: "安全", Count: 20, Each: 1_00},
			{Type: bank.Single, Topic: "安全", Count: 10, Each: 2_00},
			{Type: bank.FillIn, Topic: "安全", Count: 4, Each: 5_00},
		},
	}
}

func TestBlueprintOfHundredPointsPasses(t *testing.T) {
	if issues := blueprint().Check(); len(issues) > 0 {
		t.Fatal(issues)
	}
	if total := blueprint().Total(); total != bank.FullMarks {
		t.Fatalf("total %s", total)
	}
}

func TestBlueprintRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(*bank.Blueprint)
		row    int
		column string
		rule   string
	}{
		"pass mark under 60": {func(b *bank.Blueprint) { b.PassMark = 59_99 }, 0, "合格线", "R15"},
		"pass mark over 100": {func(b *bank.Blueprint) { b.PassMark = 100_01 }, 0, "合格线", "R15"},
		"under 90 minutes":   {func(b *bank.Blueprint) { b.Minutes = 89 }, 0, "时长", "R18"},
		"over 300 minutes":   {func(b *bank.Blueprint) { b.Minutes = 301 }, 0, "时长", ""},
		"not 100 points":     {func(b *bank.Blueprint) { b.Lines[0].Count++ }, 0, "合计", "R15"},
		"no lines":           {func(b *bank.Blueprint) { b.Lines = nil }, 0, "合计", "R15"},
		"no name":            {func(b *bank.Blueprint) { b.Name = " " }, 0, "名称", ""},
		"no trade":           {func(b *bank.Blueprint) { b.Trade = "" }, 0, "职业", ""},
		"no such level":      {func(b *bank.Blueprint) { b.Level = 9 }, 0, "等级", ""},
		"unknown type":       {func(b *bank.Blueprint) { b.Lines[1].Type = "essay" }, 2, "题型", ""},
		"a line of nothing":  {func(b *bank.Blueprint) { b.Lines = append(b.Lines, bank.BlueprintLine{Type: bank.Single, Each: 1}) }, 6, "题数", ""},
		"a line without worth": {func(b *bank.Blueprint) {
			b.Lines = append(b.Lines, bank.BlueprintLine{Type: bank.Single, Count: 1})
		}, 6, "每题分值", ""},
	} {
		b := blueprint()
		c.spoil(&b)
		issues := b.Check()
		if len(issues) != 1 || issues[0].Row != c.row || issues[0].Column != c.column || issues[0].Rule != c.rule {
			t.Errorf("%s: got %v", name, issues)
		}
	}
}
