package web

import (
	"strings"
	"testing"
	"time"

	"kaoping/policies/rulebook"
)

func TestLocalTimeIsShanghaiTime(t *testing.T) {
	got := parseLocal(" 2026-11-24T09:00 ")
	if want := time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("parsed %s, want %s", got, want)
	}
	for _, bad := range []string{"", "2026-11-24", "24.11.2026 09:00", "2026-02-30T09:00"} {
		if got := parseLocal(bad); !got.IsZero() {
			t.Errorf("%q became %s; want no time, so that the service asks for one", bad, got)
		}
	}
}

func TestTradeAndLevelComeBackFromTheirChoice(t *testing.T) {
	for _, level := range []rulebook.Level{rulebook.ChiefTechnician, rulebook.JuniorWorker} {
		trade, got := parseTradeLevel(tradeLevelValue("6-31-01-03", level))
		if trade != "6-31-01-03" || got != level {
			t.Errorf("level %d came back as %s %d", level, trade, got)
		}
	}
	for _, bad := range []string{"", "6-31-01-03", "6-31-01-03/five"} {
		if _, level := parseTradeLevel(bad); level.Valid() {
			t.Errorf("%q was taken for level %d", bad, level)
		}
	}
}

func TestSeed(t *testing.T) {
	if seed, err := parseSeed(" "); err != nil || seed != 0 {
		t.Errorf("an empty seed is %d, %v; want 0 for a random one", seed, err)
	}
	if seed, err := parseSeed("18446744073709551615"); err != nil || seed != 1<<64-1 {
		t.Errorf("the largest seed is %d, %v", seed, err)
	}
	for _, bad := range []string{"0", "-1", "1.5", "18446744073709551616"} {
		if _, err := parseSeed(bad); err == nil {
			t.Errorf("seed %q was taken", bad)
		}
	}
}

func TestRosterNamesNumbersThatLostTheirDigits(t *testing.T) {
	sheet := "考生姓名,身份证号\n陈示例,410423199001010010\n欧阳样例,4.10423E+17\n刘范本,410423199001010000\n赵样本,41042319900101001x\n"
	rows, issues, err := readRoster("名册.csv", strings.NewReader(sheet))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Number != 2 || rows[1].Number != 5 || rows[1].Name != "赵样本" {
		t.Errorf("rows %+v; want those of lines 2 and 5", rows)
	}
	if len(issues) != 2 || issues[0].Row != 3 || issues[1].Row != 4 {
		t.Errorf("issues %+v; want lines 3 and 4", issues)
	}
	for _, issue := range issues {
		if strings.Contains(issue.Text.String(), "4104") {
			t.Errorf("the report shows an ID number: %s", issue.Text)
		}
	}
}
