package exchange_test

import (
	"bytes"
	"strings"
	"testing"

	"kaoping/bank/exchange"
	"kaoping/internal/fault"
)

// checkRead holds whatever the bytes: an unreadable file is Invalid; what is
// read is sound, named by row, and can be written and read again.
func checkRead(t *testing.T, name string, data []byte) {
	got, err := exchange.Read(name, bytes.NewReader(data), exchange.Limits{MaxRows: 1000, MaxBytes: 1 << 20})
	if err != nil {
		if !fault.Is(err, fault.Invalid) {
			t.Fatalf("not Invalid: %v", err)
		}
		return
	}
	if len(got.Items) > got.Rows || len(got.Items) != len(got.ItemRows) {
		t.Fatalf("%d items of %d rows", len(got.Items), got.Rows)
	}
	if got.Rows > len(got.Items) && len(got.Issues) == 0 && !bytes.Contains(data, []byte("选项内容")) && name == "x.csv" {
		t.Fatalf("%d of %d rows were lost without a word", got.Rows-len(got.Items), got.Rows)
	}
	for _, it := range got.Items {
		if issues := it.Check(); len(issues) > 0 {
			t.Fatalf("an unsound item was kept: %v", issues)
		}
	}
	var out bytes.Buffer
	if err := exchange.Write(&out, got.Items); err != nil {
		t.Fatalf("what was read cannot be written: %v", err)
	}
	again, err := exchange.Read("x.xlsx", &out, exchange.Limits{})
	if err != nil || len(again.Items) != len(got.Items) {
		t.Fatalf("read back %d of %d: %v %v", len(again.Items), len(got.Items), told(again.Issues), err)
	}
	for i, it := range again.Items {
		if it.Fingerprint() != got.Items[i].Fingerprint() {
			t.Fatalf("read back %q, was %q", it.Stem, got.Items[i].Stem)
		}
	}
}

func FuzzReadText(f *testing.F) {
	f.Add([]byte(head + "判断题,安全,铜是导体。,,,,,正确,\n单选,安全,\"先做\n什么？\",验电,合闸,,,a,\n填空题,基础,频率____赫兹。,,,,,50|五十,\n"))
	f.Add([]byte("题目序号;题目类型;题目内容;是否正确项;选项内容\n1;1;哪个是导体？;0;瓷\n1;;;1;铜\n"))
	f.Add([]byte("\xff\xfe\x98\x98"))
	f.Add([]byte("\xcc\xe2\xd0\xcd,\xcc\xe2\xb8\xc9,\xb4\xf0\xb0\xb8\n"))
	f.Fuzz(func(t *testing.T, data []byte) { checkRead(t, "x.csv", data) })
}

func FuzzReadWorkbook(f *testing.F) {
	var template bytes.Buffer
	if err := exchange.WriteTemplate(&template); err != nil {
		f.Fatal(err)
	}
	f.Add(template.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) { checkRead(t, "x.xlsx", data) })
}

// FuzzReadParts changes the parts of a workbook, for bytes of a changed archive
// seldom get past its check sums.
func FuzzReadParts(f *testing.F) {
	var template bytes.Buffer
	if err := exchange.WriteTemplate(&template); err != nil {
		f.Fatal(err)
	}
	parts := []string{firstSheet, "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
	for i, part := range parts {
		repack(f, template.Bytes(), part, func(s string) string {
			f.Add(i, s)
			return s
		})
	}
	f.Fuzz(func(t *testing.T, i int, text string) {
		if len(text) > 1<<16 {
			return
		}
		part := parts[uint(i)%uint(len(parts))]
		checkRead(t, "x.xlsx", repack(t, template.Bytes(), part, func(string) string { return strings.Clone(text) }))
	})
}
