package demobank

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// The columns of the import template that the checks speak of.
const (
	colType, colTopic, colStem = 0, 1, 2
	colFirstOption, optionCols = 3, 8
	colKey, colExplanation     = 11, 12
)

var header = []string{"题型", "知识点", "题干", "选项A", "选项B", "选项C", "选项D", "选项E", "选项F", "选项G", "选项H", "答案", "解析"}

var topics = []string{"电工基础", "安全用电与触电急救", "电工仪表与测量", "低压电器", "电动机与控制", "照明与内线", "接地与防雷", "电气防火与检修安全"}

// atLeast is the number of items of each type that the demonstration papers need.
var atLeast = map[string]int{"判断题": 70, "单项选择题": 90, "多项选择题": 35, "填空题": 25}

// items returns the rows below the header; a row of another width fails in csv.
func items(t *testing.T) [][]string {
	t.Helper()
	if bytes.HasPrefix(CSV, []byte("\xef\xbb\xbf")) {
		t.Fatal("the file starts with a byte order mark")
	}
	r := csv.NewReader(bytes.NewReader(CSV))
	r.FieldsPerRecord = len(header)
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rows[0], header) {
		t.Fatalf("header is %v", rows[0])
	}
	return rows[1:]
}

func TestEnoughItemsOfEveryTypeAndTopic(t *testing.T) {
	types, cells := map[string]int{}, map[string]int{}
	for i, row := range items(t) {
		if !slices.Contains(topics, row[colTopic]) {
			t.Errorf("row %d: topic %q", i+2, row[colTopic])
		}
		if _, ok := atLeast[row[colType]]; !ok {
			t.Errorf("row %d: type %q", i+2, row[colType])
		}
		types[row[colType]]++
		cells[row[colTopic]+row[colType]]++
	}
	for typ, want := range atLeast {
		if types[typ] < want {
			t.Errorf("%d items of %s, want at least %d", types[typ], typ, want)
		}
		for _, topic := range topics {
			if cells[topic+typ] == 0 {
				t.Errorf("topic %s has no %s", topic, typ)
			}
		}
	}
}

func TestStemsAreDistinctAndExplained(t *testing.T) {
	seen := map[string]int{}
	for i, row := range items(t) {
		bare := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				return r
			}
			return -1
		}, row[colStem])
		if bare == "" || row[colExplanation] == "" {
			t.Errorf("row %d: empty stem or explanation", i+2)
		}
		if first, dup := seen[bare]; dup {
			t.Errorf("row %d repeats the stem of row %d", i+2, first)
		}
		seen[bare] = i + 2
		for c, cell := range row {
			if cell != strings.TrimSpace(cell) || strings.ContainsAny(cell, "\r\n") {
				t.Errorf("row %d, %s: stray space or line break", i+2, header[c])
			}
		}
	}
}

func TestAnswersAreWellFormed(t *testing.T) {
	for i, row := range items(t) {
		if problem := answerProblem(row); problem != "" {
			t.Errorf("row %d (%s): %s; answer %q", i+2, row[colType], problem, row[colKey])
		}
	}
}

// answerProblem says what is wrong with the options and the answer of a row, or "".
func answerProblem(row []string) string {
	key := row[colKey]
	cols := row[colFirstOption : colFirstOption+optionCols]
	given := slices.Index(append(slices.Clone(cols), ""), "")
	options := slices.Clone(cols[:given])
	slices.Sort(options)
	blanks := strings.Count(row[colStem], "____")
	for _, rest := range cols[given:] {
		if rest != "" {
			return "a gap between the options"
		}
	}
	if len(slices.Compact(options)) != given {
		return "an option twice"
	}
	if row[colType] != "填空题" && blanks > 0 {
		return "a blank in the stem"
	}
	switch row[colType] {
	case "判断题":
		if given != 0 || key != "正确" && key != "错误" {
			return "want no options and 正确 or 错误"
		}
	case "单项选择题":
		if given != 4 || len(key) != 1 || key[0] < 'A' || key[0] > 'D' {
			return "want four options and one letter of them"
		}
	case "多项选择题":
		letters := []byte(key)
		if given < 4 || given > 5 || len(letters) < 2 || len(letters) > 4 {
			return "want four or five options and two to four letters"
		}
		if !slices.IsSorted(letters) || len(slices.Compact(letters)) != len(key) {
			return "want distinct letters in ascending order"
		}
		if letters[0] < 'A' || int(key[len(key)-1]-'A') >= given {
			return "want letters of the options given"
		}
	case "填空题":
		answers := strings.Split(key, "；")
		if given != 0 || blanks == 0 || len(answers) != blanks {
			return "want no options and an answer for every blank"
		}
		for _, answer := range answers {
			texts := strings.Split(answer, "|")
			if slices.Contains(texts, "") || hasTwice(texts) {
				return "want distinct accepted texts, none empty"
			}
		}
	}
	return ""
}

func hasTwice(texts []string) bool {
	sorted := slices.Sorted(slices.Values(texts))
	return len(slices.Compact(sorted)) != len(texts)
}

func TestKeysAreNotLopsided(t *testing.T) {
	counts, total := map[string]int{}, map[string]int{}
	for _, row := range items(t) {
		counts[row[colType]+row[colKey]]++
		total[row[colType]]++
	}
	for _, letter := range []string{"A", "B", "C", "D"} {
		if n := counts["单项选择题"+letter]; n*100 > total["单项选择题"]*35 {
			t.Errorf("%s is the key of %d of %d single-choice items", letter, n, total["单项选择题"])
		}
	}
	if wrong := counts["判断题错误"]; wrong*100 < total["判断题"]*40 || wrong*100 > total["判断题"]*60 {
		t.Errorf("%d of %d true-or-false items are wrong", wrong, total["判断题"])
	}
}
