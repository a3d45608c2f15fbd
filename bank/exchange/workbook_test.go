package exchange_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"kaoping/bank"
	"kaoping/bank/exchange"
	"kaoping/internal/fault"
)

// workbook makes an .xlsx of named sheets.
func workbook(t testing.TB, sheets map[string][][]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for _, title := range slices.Sorted(keys(sheets)) {
		if _, err := book.NewSheet(title); err != nil {
			t.Fatal(err)
		}
		for i, cells := range sheets[title] {
			if err := book.SetSheetRow(title, fmt.Sprintf("A%d", i+1), &cells); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := book.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func keys(m map[string][][]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

var titles = []any{"题型", "知识点", "题干", "选项A", "选项B", "选项C", "答案"}

func readBook(t testing.TB, data []byte) exchange.Result {
	t.Helper()
	result, err := exchange.Read("x.xlsx", bytes.NewReader(data), exchange.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestCellsAreReadAsTheWorkbookShowsThem(t *testing.T) {
	got := readBook(t, workbook(t, map[string][][]any{"题": {
		{"电工题库"}, nil, titles, nil,
		{"单选题", "安全", "哪个数最大？", 380, 0.1, 220.50, "A"},
		{"判断题", "安全", "铜是导体。", nil, nil, nil, true},
		{"单选题", "安全", "哪一天？", time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), "五月二日", nil, "A"},
	}}))
	if len(got.Issues) > 0 || !slices.Equal(got.ItemRows, []int{5, 6, 7}) {
		t.Fatalf("%+v", got)
	}
	if want := []string{"380", "0.1", "220.5"}; !slices.Equal(got.Items[0].Options, want) {
		t.Errorf("numbers %q", got.Items[0].Options)
	}
	if got.Items[1].Key[0] != 0 {
		t.Error("a TRUE cell means right")
	}
	if day := got.Items[2].Options[0]; strings.Contains(day, "46143") {
		t.Errorf("a date cell was read as %q", day)
	}
}

func TestFurtherSheetsAreNamed(t *testing.T) {
	item := []any{"判断题", "安全", "铜是导体。", nil, nil, nil, "对"}
	data := workbook(t, map[string][][]any{"0说明": {{"说明"}}, "1判断": {titles, item}, "2单选": {titles, item}, "3空表": {titles}})
	got := readBook(t, data)
	want := []string{"0 : only the sheet “1判断” was read; put the rows of the sheet “2单选” there, too, or into a file of their own"}
	if lines := told(got.Issues); !slices.Equal(lines, want) || len(got.Items) != 1 {
		t.Errorf("%q %+v", lines, got.Items)
	}
}

func TestHiddenSheetsAreNotRead(t *testing.T) {
	book, err := excelize.OpenReader(bytes.NewReader(workbook(t, map[string][][]any{"1": {titles, {"x"}}, "2": {titles}})))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	book.SetActiveSheet(1)
	if err := book.SetSheetVisible("1", false); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	if got := readBook(t, out.Bytes()); got.Rows != 0 || len(got.Issues) > 0 {
		t.Errorf("%+v", got)
	}
}

// repack changes one part of a workbook.
func repack(t testing.TB, data []byte, part string, change func(string) string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, file := range in.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		to, err := w.Create(file.Name)
		if err != nil {
			t.Fatal(err)
		}
		if file.Name == part {
			text = []byte(change(string(text)))
		}
		if _, err := to.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const firstSheet = "xl/worksheets/sheet1.xml"

func TestHostileAndDamagedWorkbooksAreRefused(t *testing.T) {
	var template bytes.Buffer
	if err := exchange.WriteTemplate(&template); err != nil {
		t.Fatal(err)
	}
	cut := func(s string) string { return s[:len(s)*2/3] }
	for name, c := range map[string]struct {
		part   string
		change func(string) string
		says   string
	}{
		"cut sheet": {firstSheet, cut, "damaged"},
		"cut texts": {"xl/sharedStrings.xml", cut, "damaged"},
		"control character": {firstSheet, func(s string) string {
			return strings.Replace(s, "</sheetData>", "<row r=\"9\"><c t=\"inlineStr\"><is><t>&#1;</t></is></c></row></sheetData>", 1)
		}, "damaged"},
		"wrong cell name": {firstSheet, func(s string) string { return strings.Replace(s, `r="A2"`, `r="2A"`, 1) }, "damaged"},
		"bomb of texts": {"xl/sharedStrings.xml", func(s string) string {
			return strings.Replace(s, "</sst>", strings.Repeat("<si/>", 2_000_001)+"</sst>", 1)
		}, "unpacks"},
	} {
		data := repack(t, template.Bytes(), c.part, c.change)
		_, err := exchange.Read("x.xlsx", bytes.NewReader(data), exchange.Limits{})
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDeclaredSizesAreHeldToTheLimit(t *testing.T) {
	for _, size := range []uint64{65 << 20, 1<<63 + 1} { // the second is negative as an int64
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		if _, err := w.CreateRaw(&zip.FileHeader{Name: firstSheet, UncompressedSize64: size}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := exchange.Read("x.xlsx", &out, exchange.Limits{})
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "unpacks") {
			t.Errorf("%d: %v", size, err)
		}
	}
}

func TestStrayRowsFarDownAreNoObstacle(t *testing.T) {
	var template bytes.Buffer
	if err := exchange.WriteTemplate(&template); err != nil {
		t.Fatal(err)
	}
	data := repack(t, template.Bytes(), firstSheet, func(s string) string {
		return strings.Replace(s, "</sheetData>", `<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row></sheetData>`, 1)
	})
	if got := readBook(t, data); len(got.Items) != 4 || len(got.Issues) > 0 {
		t.Errorf("%+v", got)
	}
}

func TestTemplateIsItsOwnBestExample(t *testing.T) {
	var out bytes.Buffer
	if err := exchange.WriteTemplate(&out); err != nil {
		t.Fatal(err)
	}
	got := readBook(t, out.Bytes())
	var types []bank.ItemType
	for _, it := range got.Items {
		types = append(types, it.Type)
	}
	if len(got.Issues) > 0 || !slices.Equal(types, bank.ItemTypes) {
		t.Errorf("%+v", got)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	choices, err := book.GetDataValidations("试题")
	if err != nil || len(choices) != 1 || !strings.Contains(choices[0].Formula1, "单项选择题") {
		t.Errorf("data validation %+v %v", choices, err)
	}
	if rows, err := book.GetRows("说明"); err != nil || len(rows) < 7 {
		t.Errorf("instructions %v %v", rows, err)
	}
}

// texts are as awkward as people's: formulas, dates, marks, lines.
var texts = rapid.OneOf(
	rapid.SampledFrom([]string{"=1+1", "1/2", "007", "<b>&amp;</b>", "甲，乙；丙", "_x0041_x0042_", "_x005F_", "a\nb", "\"引号\"", "TRUE", "3.10", "'单", "-1", "@x", "1E3", "A和B"}),
	rapid.StringMatching(`[一-龥a-z0-9,.%℃ΩＡ]{1,12}`),
)

func item(t *rapid.T, n int) bank.Item {
	it := bank.Item{
		Type: rapid.SampledFrom(bank.ItemTypes).Draw(t, "type"), Topic: texts.Draw(t, "topic"),
		Stem: fmt.Sprintf("第%d题：%s", n, texts.Draw(t, "stem")), Source: "x.xlsx",
	}
	if rapid.Bool().Draw(t, "explained") {
		it.Explanation = texts.Draw(t, "explanation")
	}
	switch it.Type {
	case bank.TrueFalse:
		it.Key = []int{rapid.IntRange(0, 1).Draw(t, "key")}
	case bank.Single, bank.Multiple:
		count := rapid.IntRange(2, bank.MaxOptions).Draw(t, "options")
		for i := range count {
			it.Options = append(it.Options, fmt.Sprintf("%s（%d）", texts.Draw(t, "option"), i))
		}
		order := rapid.Permutation(sequence(count)).Draw(t, "key")
		it.Key = order[:1]
		if it.Type == bank.Multiple {
			it.Key = slices.Sorted(slices.Values(order[:rapid.IntRange(2, count).Draw(t, "right")]))
		}
	case bank.FillIn:
		for range rapid.IntRange(1, 3).Draw(t, "blanks") {
			it.Stem += "，____"
			it.Accept = append(it.Accept, rapid.SliceOfN(rapid.StringMatching(`[一-龥a-z0-9.]{1,8}`), 1, 3).Draw(t, "accept"))
		}
	}
	return it
}

func sequence(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := make([]bank.Item, rapid.IntRange(1, 5).Draw(t, "count"))
		for i := range items {
			items[i] = item(t, i)
		}
		var out bytes.Buffer
		if err := exchange.Write(&out, items); err != nil {
			t.Fatal(err)
		}
		got, err := exchange.Read("x.xlsx", &out, exchange.Limits{})
		if err != nil || len(got.Issues) > 0 || !reflect.DeepEqual(got.Items, items) {
			t.Fatalf("%v %q\ngot  %+v\nwant %+v", err, told(got.Issues), got.Items, items)
		}
	})
}

func TestItemsThatASheetCannotHoldAreNotWritten(t *testing.T) {
	sound := bank.Item{Type: bank.FillIn, Topic: "基础", Stem: "____", Accept: [][]string{{"50"}}}
	parted, unsound := sound, sound
	parted.Accept = [][]string{{"int a;"}}
	unsound.Topic = ""
	err := exchange.Write(io.Discard, []bank.Item{sound, parted, unsound})
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "row 3 答案") || !strings.Contains(err.Error(), "row 4 知识点") {
		t.Error(err)
	}
}

func BenchmarkRead10000Rows(b *testing.B) {
	items := make([]bank.Item, 10_000)
	for i := range items {
		items[i] = bank.Item{
			Type: bank.Single, Topic: "安全用电", Stem: fmt.Sprintf("第%d题：使用验电器之前，应当先做什么？", i), Key: []int{1},
			Options: []string{"在带电体上确认验电器完好", "把验电器接地", "断开验电器的电池", "用手触摸被测导体"}, Explanation: "先确认验电器完好。",
		}
	}
	var book bytes.Buffer
	if err := exchange.Write(&book, items); err != nil {
		b.Fatal(err)
	}
	text := bytes.NewBufferString(head)
	for _, it := range items {
		fmt.Fprintf(text, "单选题,%s,%s,%s,B,%s\n", it.Topic, it.Stem, strings.Join(it.Options, ","), it.Explanation)
	}
	for name, data := range map[string][]byte{"xlsx": book.Bytes(), "csv": text.Bytes()} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				got, err := exchange.Read("x."+name, bytes.NewReader(data), exchange.Limits{})
				if err != nil || len(got.Items) != len(items) {
					b.Fatal(len(got.Items), err)
				}
			}
		})
	}
}
