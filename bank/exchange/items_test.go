package exchange_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"kaoping/bank"
	"kaoping/bank/exchange"
	"kaoping/internal/fault"
)

const head = "题型,知识点,题干,选项A,选项B,选项C,选项D,答案,解析\n"

func read(t *testing.T, name, text string) exchange.Result {
	t.Helper()
	result, err := exchange.Read(name, strings.NewReader(text), exchange.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// told lists issues as "row column: sentence".
func told(issues []fault.Issue) []string {
	var out []string
	for _, issue := range issues {
		out = append(out, fmt.Sprintf("%d %s: %s", issue.Row, issue.Column, issue.Text))
	}
	return out
}

func TestEachTypeIsRead(t *testing.T) {
	got := read(t, "题库.csv", head+
		"判断题,安全,铜是导体。,,,,,正确,因为有自由电子\n"+
		"单选,安全,先做什么？,验电,合闸,,,a,\n"+
		"多项选择题,材料,哪些是导体？,铜,瓷,铝,银,Ａ、C，d,\n"+
		"填空题,基础,频率____赫兹，周期____秒。,,,,,50|五十；0.02,\n")
	want := []bank.Item{
		{Type: bank.TrueFalse, Topic: "安全", Stem: "铜是导体。", Key: []int{0}, Explanation: "因为有自由电子", Source: "题库.csv"},
		{Type: bank.Single, Topic: "安全", Stem: "先做什么？", Options: []string{"验电", "合闸"}, Key: []int{0}, Source: "题库.csv"},
		{Type: bank.Multiple, Topic: "材料", Stem: "哪些是导体？", Options: []string{"铜", "瓷", "铝", "银"}, Key: []int{0, 2, 3}, Source: "题库.csv"},
		{Type: bank.FillIn, Topic: "基础", Stem: "频率____赫兹，周期____秒。", Accept: [][]string{{"50", "五十"}, {"0.02"}}, Source: "题库.csv"},
	}
	if !reflect.DeepEqual(got.Items, want) || len(got.Issues) > 0 || got.Rows != 4 || !slices.Equal(got.ItemRows, []int{2, 3, 4, 5}) {
		t.Errorf("%+v", got)
	}
}

func TestJudgements(t *testing.T) {
	for _, c := range []struct {
		options, answer string
		want            int
	}{
		{",", "正确", 0}, {",", "对", 0}, {",", "√", 0}, {",", "T", 0}, {",", "TRUE", 0}, {",", "Ａ", 0}, {",", "✔", 0},
		{",", "错误", 1}, {",", "错", 1}, {",", "×", 1}, {",", "ｆ", 1}, {",", "b", 1}, {",", " 否 ", 1},
		{"正确,错误", "A", 0}, {"错误,正确", "A", 1}, {"对,错", "错", 1}, {"错,对", "B", 0},
	} {
		got := read(t, "x.csv", "题型,知识点,题干,选项A,选项B,答案\n判断,安全,题,"+c.options+","+c.answer+"\n")
		if len(got.Items) != 1 || got.Items[0].Key[0] != c.want || got.Items[0].Options != nil {
			t.Errorf("options %q answer %q: %+v", c.options, c.answer, got)
		}
	}
}

func TestGoodRowsAreKeptAndBadOnesNamed(t *testing.T) {
	got := read(t, "x.csv", "电工题库,,,,\n\n"+head+ // the header stands in row 3
		"单选题,安全,好题一,甲,乙,,,B,\n"+ // 4
		"简答题,安全,题二,甲,乙,,,B,\n"+
		"单选题,,题三,甲,乙,,,AB,\n"+
		"单选题,安全,\"题四\n第二行\",甲,,丙,,C,\n"+ // 7
		",,,,,,,,\n"+
		"单选题,安全,题五,甲,乙,,,丁,\n"+
		"单选题,安全,题\"六,甲,乙,,,A,\n"+ // 10
		"单选题, 安全,好 题一,乙,甲,,,A,\n"+
		"判断题,安全,题八,甲,乙,,,A,\n"+
		"判断题,安全,题九,,,,,可能,\n"+
		"多选题,安全,题十,甲,乙,,,,\n"+
		"填空题,安全,电压____伏____相,,,,,220,\n"+
		"单选题,安全,题十二,甲,乙,,,E,\n"+
		"单选题,安全,好题二,丙,丁,,,A,\n") // 17
	want := []string{
		"5 题型: the type “简答题” is not known: use 判断题, 单项选择题, 多项选择题 or 填空题",
		"6 知识点: this is empty",
		"6 答案: too many right options (2): an item of this type has at most 1",
		"7 选项B: this is empty",
		"9 答案: “丁” is not an answer of this type: write option letters (ABD), or 正确 or 错误 for a true-or-false item",
		"10 : a double quotation mark stands inside a cell: put the whole cell in quotation marks and write those inside it twice",
		"11 题干: this repeats the item of row 4",
		"12 选项A: a true-or-false item has no options, or just 正确 and 错误",
		"12 答案: the answer is empty",
		"13 答案: “可能” is not an answer of this type: write option letters (ABD), or 正确 or 错误 for a true-or-false item",
		"14 答案: the answer is empty",
		"15 答案: the stem has 2 blanks and the answer has 1",
		"16 答案: the answer names an option that the item does not have",
	}
	if lines := told(got.Issues); !slices.Equal(lines, want) {
		t.Errorf("issues:\n%s", strings.Join(lines, "\n"))
	}
	if !slices.Equal(got.ItemRows, []int{4, 17}) {
		t.Errorf("kept rows %v", got.ItemRows)
	}
}

func TestUnclosedQuotationMarkNamesTheRowsItSwallows(t *testing.T) {
	got := read(t, "x.csv", head+"单选题,安全,好题,甲,乙,,,B,\n单选题,安全,\"题二,甲,乙,,,B,\n单选题,安全,题三,甲,乙,,,B,\n")
	want := []string{"3 : a quotation mark opened here is not closed where its cell ends, so the rows to 4 were not read"}
	if lines := told(got.Issues); !slices.Equal(lines, want) || len(got.Items) != 1 {
		t.Errorf("%q", lines)
	}
}

func TestAnUnquotedDelimiterIsNoticed(t *testing.T) {
	got := read(t, "x.csv", head+"单选题,安全,先,做什么？,验电,合闸,走开,停,A,无\n")
	if lines := told(got.Issues); len(lines) != 1 || !strings.HasPrefix(lines[0], "2 : this row has more cells than the header") {
		t.Error(lines)
	}
}

func TestTidying(t *testing.T) {
	got := read(t, "x.csv", "序号,题型（必填）,考点,题目,A,B,C,正确答案*\n"+
		"1,单选题,安全,先做什么？,A．验电,B、合闸,C: 走开,B\n"+
		"2,填空题,基础,频率（ ）赫兹，周期(　)秒,,,,50;0.02\n"+
		"3,填空题,基础,电压________伏,,,,220\n"+
		"4,,,,,,,\n")
	if len(got.Issues) > 0 || len(got.Items) != 3 || got.Rows != 3 {
		t.Fatalf("%+v", got)
	}
	if want := []string{"验电", "合闸", "走开"}; !slices.Equal(got.Items[0].Options, want) {
		t.Errorf("options %q", got.Items[0].Options)
	}
	for i, want := range map[int]string{1: "频率____赫兹，周期____秒", 2: "电压____伏"} {
		if got.Items[i].Stem != want {
			t.Errorf("stem %q", got.Items[i].Stem)
		}
	}
}

func TestANinthOptionIsRefusedNotLost(t *testing.T) {
	got := read(t, "x.csv", "题型,知识点,题干,A,B,C,D,E,F,G,H,I,答案\n单选题,安全,题,1,2,3,4,5,6,7,8,9,A\n")
	if lines := told(got.Issues); len(lines) != 1 || lines[0] != "2 选项I: too many options (9): at most 8 fit" {
		t.Error(lines)
	}
}

func TestPicturesAreRefusedNotLost(t *testing.T) {
	got := read(t, "x.csv", "题型,知识点,题干,A,B,答案,图片\n单选题,安全,图中是什么？,铜,铝,A,1.png\n")
	if lines := told(got.Issues); len(lines) != 1 || !strings.HasPrefix(lines[0], "2 题目图片: pictures") {
		t.Error(lines)
	}
}

func TestOptionPerRowSheets(t *testing.T) {
	got := read(t, "x.csv", "题目序号,题目类型,题目内容,整体解析,所属题库,是否正确项,选项内容,选项解析\n"+
		"1,1,哪个是导体？,看自由电子,材料,0,瓷,绝缘体\n"+
		"1,,,,,1,铜,\n"+
		"2,3,铁是导体。,,材料,1,正确,\n"+
		"2,,,,,0,错误,\n"+
		"3,多选,哪些是导体？,,材料,是,铝,\n"+
		"3,,,,,或许,银,\n"+
		"4,填空,____,,材料,1,铝,\n"+
		"5,1,没有答案,,材料,0,铝,\n"+
		"5,,,,,0,银,\n")
	want := []bank.Item{
		{Type: bank.Single, Topic: "材料", Stem: "哪个是导体？", Options: []string{"瓷", "铜"}, Key: []int{1}, Explanation: "看自由电子\n瓷：绝缘体", Source: "x.csv"},
		{Type: bank.TrueFalse, Topic: "材料", Stem: "铁是导体。", Key: []int{0}, Source: "x.csv"},
	}
	if !reflect.DeepEqual(got.Items, want) {
		t.Errorf("%+v", got.Items)
	}
	issues := []string{
		"6 答案: too few right options (1): an item of this type has at least 2",
		"7 是否正确项: “或许” says neither right nor wrong: write 1 or 0",
		"8 题型: fill-in items are read only from sheets with the column 答案",
		"9 答案: the answer is empty",
	}
	if lines := told(got.Issues); !slices.Equal(lines, issues) {
		t.Errorf("%q", lines)
	}
}

func TestEncodingsAndDelimiters(t *testing.T) {
	text := head + "单选题,安全,先做什么？,验电,合闸,,,A,\n"
	want := read(t, "x.csv", text).Items
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(text, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"mark":      "\ufeff" + text,
		"GBK":       gbk,
		"UTF-16":    utf16,
		"tabs":      strings.ReplaceAll(text, ",", "\t"),
		"semicolon": strings.ReplaceAll(text, ",", ";"),
		"CRLF":      strings.ReplaceAll(text, "\n", "\r\n"),
		"CR":        strings.ReplaceAll(text, "\n", "\r"),
	} {
		if got := read(t, "x.csv", text); !reflect.DeepEqual(got.Items, want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestUnreadableFilesAreRefused(t *testing.T) {
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(head + "单选题,安全,先做什么？,验电,合闸,,,A,\n")
	if err != nil {
		t.Fatal(err)
	}
	row := "单选题,安全,题,甲,乙,,,A,\n"
	for name, c := range map[string]struct{ file, data, says string }{
		"empty":           {"x.csv", "", "empty"},
		"old workbook":    {"x.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1…", ".xls"},
		"other format":    {"x.docx.pdf", "%PDF", "x.docx.pdf"},
		"not a workbook":  {"x.xlsx", head, "x.xlsx"},
		"damaged zip":     {"x.xlsx", "PK\x03\x04 and nothing else", "damaged"},
		"no header":       {"x.csv", "1,2,3\n", "题型、题干、答案"},
		"half a header":   {"x.csv", "题型,题目,甲\n", "lacks the columns 答案"},
		"late header":     {"x.csv", strings.Repeat("说明\n", 10) + head, "no header"},
		"two stems":       {"x.csv", "题型,题干,题干,答案\n", "two columns"},
		"damaged UTF-8":   {"x.csv", head + row + "单选题,安全,\xff\xff,甲,乙,,,A,\n", "row 3"},
		"damaged GB18030": {"x.csv", gbk + "\xb5\xff\n", "row 3"},
		"too many rows":   {"x.csv", head + strings.Repeat(row, 6), "more than 5 rows"},
		"too large":       {"x.csv", head + strings.Repeat("x", 2000), "larger than"},
	} {
		_, err := exchange.Read(c.file, strings.NewReader(c.data), exchange.Limits{MaxRows: 5, MaxBytes: 2000})
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A list of candidates is read by the same code.
func TestReadSheetKnowsNoItems(t *testing.T) {
	candidates := exchange.Columns{
		Known:    []exchange.Column{{Name: "姓名", Synonyms: []string{"考生姓名"}}, {Name: "证件号码", Synonyms: []string{"身份证号", "身份证号码"}}, {Name: "手机"}},
		Required: [][]string{{"姓名", "证件号码"}},
	}
	got, err := exchange.ReadSheet("名单.csv", strings.NewReader("报名表\n考生 姓名,备注,身份证号（必填）\n陈示例,无,X1\n , ,\n"), exchange.Limits{}, candidates)
	want := exchange.Sheet{Header: []string{"姓名", "证件号码"}, HeaderRow: 2, Rows: []exchange.Row{{Number: 3, Cells: map[string]string{"姓名": "陈示例", "证件号码": "X1"}}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
	if got.Has("手机") || !got.Has("姓名") {
		t.Error("Has is wrong")
	}
}

// root is the repository's root.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	t.Fatal("no go.mod above the test")
	return ""
}

func TestSheetOfAnotherProgramIsRead(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root(t), "..", "shared", "fixtures", "exam-templates", "试题导入模板.xlsx"))
	if err != nil {
		t.Skip("NOT TESTED: the fixtures are not beside the repository")
	}
	got, err := exchange.Read("试题导入模板.xlsx", bytes.NewReader(data), exchange.Limits{})
	if err != nil || len(got.Issues) > 0 || len(got.Items) != 4 || got.Rows != 14 {
		t.Fatalf("%+v %v", got, err)
	}
	var types []bank.ItemType
	for _, it := range got.Items {
		types = append(types, it.Type)
	}
	if !slices.Equal(types, []bank.ItemType{bank.Single, bank.Single, bank.Multiple, bank.TrueFalse}) {
		t.Error(types)
	}
	if port := got.Items[1]; port.Topic == "" || !slices.Equal(port.Options, []string{"21", "25", "80", "443"}) || !slices.Equal(port.Key, []int{2}) {
		t.Errorf("%+v", port)
	}
}

func TestDemonstrationBankIsSound(t *testing.T) {
	file := filepath.Join(root(t), "bank", "demobank", "low-voltage-electrician.csv")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := exchange.Read(filepath.Base(file), bytes.NewReader(data), exchange.Limits{})
	if err != nil || len(got.Issues) > 0 || len(got.Items) != got.Rows || got.Rows == 0 {
		t.Errorf("%d of %d rows, %v, %v", len(got.Items), got.Rows, told(got.Issues), err)
	}
}
