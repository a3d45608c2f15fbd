package exchange

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"kaoping/bank"
)

// readAnswer sets the options and the key of an item from its cells.
func (d *draft) readAnswer(answer string, options []string) {
	switch d.item.Type {
	case bank.TrueFalse:
		d.readJudgement(answer, options)
	case bank.Single, bank.Multiple:
		d.item.Options = withoutLetters(options)
		d.item.Key = d.letters(answer)
	case bank.FillIn:
		d.item.Options = options
		d.item.Stem = markBlanks(d.item.Stem)
		d.item.Accept = alternatives(answer)
	}
}

// readJudgement reads the answer of a 判断题: a word or a sign for right or
// wrong, or the letter of one of two options that say right and wrong. Without
// options A is right and B is wrong.
func (d *draft) readJudgement(answer string, options []string) {
	if answer == "" {
		return // Check says so
	}
	if len(options) == 0 {
		options = []string{"正确", "错误"}
	}
	if right, ok := judgements[plain(answer)]; ok {
		d.judgeByOption(options, []int{index(options, right)})
		return
	}
	if key := d.letters(answer); key != nil {
		d.judgeByOption(options, key)
	}
}

// judgeByOption sets the key of a 判断题 whose options say right and wrong.
func (d *draft) judgeByOption(options []string, key []int) {
	right, wrong := index(options, true), index(options, false)
	switch {
	case len(options) != 2 || right < 0 || wrong < 0:
		d.add(d.row, bank.OptionColumn(0), "a true-or-false item has no options, or just 正确 and 错误")
	case len(key) == 1 && key[0] == right:
		d.item.Key = []int{0}
	case len(key) == 1 && key[0] == wrong:
		d.item.Key = []int{1}
	case len(key) > 0:
		d.add(d.row, colAnswer, "a true-or-false item has one answer: 正确 or 错误")
	}
}

// index finds the option that says right, or the one that says wrong; -1 if none.
func index(options []string, right bool) int {
	return slices.IndexFunc(options, func(s string) bool {
		says, ok := judgements[plain(s)]
		return ok && says == right
	})
}

// letters reads option letters, in any case and width, one after another or
// with marks between: "ABD", "a,b,d", "Ａ、Ｂ、Ｄ". The key it returns ascends.
func (d *draft) letters(answer string) []int {
	var key []int
	for _, r := range strings.ToUpper(width.Fold.String(answer)) {
		switch {
		case r >= 'A' && r <= 'Z':
			key = append(key, int(r-'A'))
		case !strings.ContainsRune(" \n\t,、;/|.", r):
			d.add(d.row, colAnswer, "“%s” is not an answer of this type: write option letters (ABD), or 正确 or 错误 for a true-or-false item", short(answer))
			return nil
		}
	}
	slices.Sort(key)
	return key
}

// withoutLetters strips "A." and the like from options, if each has its own
// letter: a candidate sees them in another order, under other letters.
func withoutLetters(options []string) []string {
	bare := make([]string, len(options))
	for i, option := range options {
		folded := []rune(width.Fold.String(option)) // rune for rune
		if len(folded) < 2 || unicode.ToUpper(folded[0]) != rune('A'+i) || !strings.ContainsRune(".、:)", folded[1]) {
			return options
		}
		bare[i] = strings.TrimSpace(string([]rune(option)[2:]))
	}
	return bare
}

// alternatives reads the answer of a 填空题: blanks parted by ；, the accepted
// texts of a blank by |.
func alternatives(answer string) [][]string {
	if answer == "" {
		return nil
	}
	var accept [][]string
	for blank := range strings.SplitSeq(strings.ReplaceAll(answer, "；", ";"), ";") {
		var texts []string
		for text := range strings.SplitSeq(strings.ReplaceAll(blank, "｜", "|"), "|") {
			texts = append(texts, strings.TrimSpace(text))
		}
		accept = append(accept, texts)
	}
	return accept
}

var (
	underscores   = regexp.MustCompile(`[_＿]{2,}`)
	emptyBrackets = regexp.MustCompile(`（[\s　]*）|\([\s　]*\)`)
)

// markBlanks writes the blanks of a stem as bank.BlankMark: runs of underscores
// of any length or, where there are none, empty brackets.
func markBlanks(stem string) string {
	if underscores.MatchString(stem) {
		return underscores.ReplaceAllString(stem, bank.BlankMark)
	}
	return emptyBrackets.ReplaceAllString(stem, bank.BlankMark)
}
