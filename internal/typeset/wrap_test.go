package typeset

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func em(r rune) float64 {
	if r < 0x2E80 {
		return 0.5
	}
	return 1
}

func TestWrap(t *testing.T) {
	for text, want := range map[string][]string{
		"":                   {""},
		"一二三四":               {"一二三四"},
		"一二三四五六":             {"一二三四", "五六"},
		"一二三四，五六":            {"一二三", "四，五六"}, // no comma begins a line
		"一二三（四五）":            {"一二三", "（四五）"}, // no bracket ends one
		"一二 abc 三":           {"一二 abc", "三"},
		"阿依·买买提":             {"阿依·买", "买提"},
		"abcdefghijk":        {"abcdefgh", "ijk"}, // wider than a line
		"一\n二":               {"一", "二"},
		"S0000 410000 电工二三四": {"S0000", "410000", "电工二三", "四"},
	} {
		if got := wrap(text, 4, em); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestBalanceLeavesNoOrphan(t *testing.T) {
	if got, want := balance("一二三四五六七八九", 8, em), []string{"一二三四五", "六七八九"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWrapLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("一二三，。（）「」·… \nabcZ09-/.")), 0, 200, -1).Draw(t, "text")
		width := rapid.Float64Range(1, 30).Draw(t, "width")
		for _, lines := range [][]string{wrap(text, width, em), balance(text, width, em)} {
			if spaceless(strings.Join(lines, "")) != spaceless(text) {
				t.Fatalf("%q became %q", text, lines)
			}
			for _, line := range lines {
				if measure(line, em) > width && utf8.RuneCountInString(line) > 1 {
					t.Fatalf("%q is wider than %v", line, width)
				}
			}
		}
	})
}

func spaceless(s string) string { return strings.Join(strings.Fields(s), "") }
