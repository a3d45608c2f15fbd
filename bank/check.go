package bank

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kaoping/internal/fault"
)

// Limits of the texts of an item, in characters (runes).
const (
	MaxTopicRunes       = 60
	MaxOptionRunes      = 500
	MaxAcceptRunes      = 100
	MaxExplanationRunes = 2000
)

// OptionColumn is the template's column of the option with this index: 选项A
// for 0.
func OptionColumn(i int) string { return "选项" + string(rune('A'+i)) }

// checkItem lists the faults of an item in the order of the template's columns.
func checkItem(it Item) []fault.Issue {
	var c checklist
	if it.Type.Chinese() == "" {
		c.add("题型", "the type “%s” is not known: use 判断题, 单项选择题, 多项选择题 or 填空题", string(it.Type))
	}
	c.text("知识点", it.Topic, 1, MaxTopicRunes)
	c.text("题干", it.Stem, 1, MaxStemRune)
	switch it.Type {
	case TrueFalse:
		c.noOptions(it)
		c.key(it.Key, 2, 1, 1)
	case Single, Multiple:
		c.options(it.Options)
		if it.Type == Single {
			c.key(it.Key, len(it.Options), 1, 1)
		} else {
			c.key(it.Key, len(it.Options), 2, MaxOptions)
		}
	case FillIn:
		c.noOptions(it)
		c.blanks(it)
	}
	if it.Type != FillIn && len(it.Accept) > 0 {
		c.add("答案", "only a fill-in item has accepted texts")
	}
	c.text("解析", it.Explanation, 0, MaxExplanationRunes)
	return c
}

// checklist gathers issues.
type checklist []fault.Issue

func (c *checklist) add(column, format string, args ...any) {
	*c = append(*c, fault.Issue{Column: column, Text: fault.Textf(format, args...)})
}

// text checks one text: its length in characters, and that it can be printed.
func (c *checklist) text(column, s string, least, most int) {
	switch n := utf8.RuneCountInString(s); {
	case least > 0 && strings.TrimSpace(s) == "":
		c.add(column, "this is empty")
	case n > most:
		c.add(column, "this has %d characters; at most %d fit", n, most)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unprintable):
		c.add(column, "this contains a control character or a broken character")
	}
}

func unprintable(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

func (c *checklist) noOptions(it Item) {
	if len(it.Options) > 0 {
		c.add(OptionColumn(0), "an item of type %s has no options", it.Type.Chinese())
	}
	if it.Type == FillIn && len(it.Key) > 0 {
		c.add("答案", "a fill-in item is marked by its accepted texts, not by option letters")
	}
}

func (c *checklist) options(options []string) {
	if len(options) < 2 {
		c.add(OptionColumn(len(options)), "too few options (%d): at least 2 are needed", len(options))
	}
	if len(options) > MaxOptions {
		c.add(OptionColumn(MaxOptions), "too many options (%d): at most %d fit", len(options), MaxOptions)
		return
	}
	first := make(map[string]int, len(options))
	for i, option := range options {
		c.text(OptionColumn(i), option, 1, MaxOptionRunes)
		folded := fold(option)
		if before, seen := first[folded]; seen && folded != "" {
			c.add(OptionColumn(i), "this option says the same as %s", OptionColumn(before))
		} else {
			first[folded] = i
		}
	}
}

// key checks option indexes: their count, their range, and that they ascend.
func (c *checklist) key(key []int, options, least, most int) {
	switch {
	case len(key) == 0:
		c.add("答案", "the answer is empty")
	case len(key) < least:
		c.add("答案", "too few right options (%d): an item of this type has at least %d", len(key), least)
	case len(key) > most:
		c.add("答案", "too many right options (%d): an item of this type has at most %d", len(key), most)
	case slices.Min(key) < 0 || slices.Max(key) >= options:
		c.add("答案", "the answer names an option that the item does not have")
	default:
		for i := 1; i < len(key); i++ {
			if key[i] <= key[i-1] {
				c.add("答案", "the answer names an option twice or out of order")
				return
			}
		}
	}
}

func (c *checklist) blanks(it Item) {
	marks := strings.Count(it.Stem, BlankMark)
	switch {
	case marks == 0:
		c.add("题干", "a fill-in item marks each blank with four underscores (____)")
	case len(it.Accept) == 0:
		c.add("答案", "the answer is empty")
	case marks != len(it.Accept):
		c.add("答案", "the stem has %d blanks and the answer has %d", marks, len(it.Accept))
	}
	for i, accept := range it.Accept {
		if len(accept) == 0 {
			c.add("答案", "blank %d has no accepted text", i+1)
		}
		for _, text := range accept {
			switch n := utf8.RuneCountInString(text); {
			case fold(text) == "":
				c.add("答案", "blank %d has an empty accepted text", i+1)
			case n > MaxAcceptRunes:
				c.add("答案", "an accepted text of blank %d has %d characters; at most %d fit", i+1, n, MaxAcceptRunes)
			default:
				c.text("答案", text, 1, MaxAcceptRunes)
			}
		}
	}
}

// Fingerprint identifies what an item asks: SHA-256, in hex, over its type, its
// stem and the set of its options, without regard to space, full or half width
// and the order of options. Two items of one bank with the same fingerprint
// are duplicates, even where their keys differ.
func (it Item) Fingerprint() string {
	options := make([]string, len(it.Options))
	for i, option := range it.Options {
		options[i] = fold(option)
	}
	slices.Sort(options)
	// fold leaves no line breaks in a part, so that they can part the parts.
	whole := strings.Join(append([]string{string(it.Type), fold(it.Stem)}, options...), "\n")
	sum := sha256.Sum256([]byte(whole))
	return hex.EncodeToString(sum[:])
}
