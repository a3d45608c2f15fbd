package chart

import (
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

var months = []string{"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"}

func TestChartsAreAsTheyWere(t *testing.T) {
	same := func(n, times int) []int {
		list := make([]int, times)
		for i := range list {
			list[i] = n
		}
		return list
	}
	for name, share := range map[string]Share{
		"below":    {Title: "占比 9.5%，上限 10.0%", Labels: months, Values: []int{61, 64, 62, 70, 74, 73, 80, 85, 89, 92, 95}, Caps: same(100, 12), Cap: "上限 10.0%（R06）"},
		"over":     {Title: "占比 23.4%", Labels: months, Values: []int{0, 234}, Caps: same(200, 12), Cap: "上限 20.0%"},
		"changed":  {Title: "上限自七月起", Labels: months, Values: []int{30, 44, 50}, Caps: append(same(-1, 6), same(100, 6)...), Cap: "上限 10.0%"},
		"uncapped": {Title: "没有上限", Labels: months, Values: []int{1000}},
		"empty":    {Title: "没有证书 <0 & 0>", Labels: months, Caps: same(100, 12), Cap: "上限 10.0%"},
	} {
		got, file := share.SVG(), filepath.Join("testdata", name+".svg")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || got != string(want) {
			t.Errorf("%s is not its golden file (%v): go test ./internal/chart -update, and look at it", name, err)
		}
		if strings.Contains(got, "style=") || strings.Contains(got, "<script") {
			t.Errorf("%s: the page's security policy would not show it", name)
		}
		decoder := xml.NewDecoder(strings.NewReader(got))
		for {
			if _, err := decoder.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s is no XML: %v", name, err)
			}
		}
	}
}

func TestPercent(t *testing.T) {
	for tenths, want := range map[int]string{0: "0.0%", 5: "0.5%", 95: "9.5%", 100: "10.0%", 1000: "100.0%"} {
		if got := Percent(tenths); got != want {
			t.Errorf("%d: %s, want %s", tenths, got, want)
		}
	}
}
