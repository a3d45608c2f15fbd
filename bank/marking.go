package bank

import (
	"slices"
	"strings"
)

// Answer is what a candidate answered to one question.
type Answer struct {
	Choice []int    // chosen options, by their index in the paper, whatever order was shown; TrueFalse: 0 right, 1 wrong
	Text   []string // FillIn: one text for each blank
}

// Empty reports whether nothing is answered.
func (a Answer) Empty() bool {
	return len(a.Choice) == 0 && !slices.ContainsFunc(a.Text, func(s string) bool { return fold(s) != "" })
}

// Sheet is a marked paper (评分).
type Sheet struct {
	Total       Points            // 0 to FullMarks
	PerQuestion map[string]Points // by Question.ID, 0 where nothing was earned
	Answered    int               // questions with a non-empty answer
}

// Mark adds up the paper. Answers to questions that it does not have are ignored.
func (p Paper) Mark(answers map[string]Answer) Sheet {
	sheet := Sheet{PerQuestion: make(map[string]Points, len(p.Questions))}
	for _, q := range p.Questions {
		answer := answers[q.ID]
		if !answer.Empty() {
			sheet.Answered++
		}
		earned := q.Mark(answer, p.Partial)
		sheet.PerQuestion[q.ID] = earned
		sheet.Total += earned
	}
	return sheet
}

// Mark says what an answer is worth, 0 to q.Points. A choice earns all or
// nothing; with partial, a Multiple answer that is part of the key and has no
// wrong choice earns half, rounded down to a hundredth. The points of a fill-in
// question are spread evenly over its blanks, the remainder on the last.
func (q Question) Mark(a Answer, partial bool) Points {
	switch q.Type {
	case TrueFalse, Single, Multiple:
		return q.markChoice(a.Choice, partial && q.Type == Multiple)
	case FillIn:
		return q.markBlanks(a.Text)
	}
	return 0
}

func (q Question) markChoice(choice []int, partial bool) Points {
	chosen := slices.Clone(choice)
	slices.Sort(chosen)
	chosen = slices.Compact(chosen)
	wrong := slices.ContainsFunc(chosen, func(i int) bool { return !slices.Contains(q.Key, i) })
	switch {
	case len(chosen) == 0 || wrong:
		return 0
	case len(chosen) == len(q.Key):
		return q.Points
	case partial:
		return q.Points / 2
	}
	return 0
}

func (q Question) markBlanks(texts []string) Points {
	var earned Points
	blanks := len(q.Accept)
	for i, accept := range q.Accept {
		if i >= len(texts) || !accepted(accept, texts[i]) {
			continue
		}
		earned += q.Points / Points(blanks)
		if i == blanks-1 {
			earned += q.Points % Points(blanks)
		}
	}
	return earned
}

// accepted compares without regard to space, full or half width, and case.
func accepted(accept []string, text string) bool {
	got := strings.ToLower(fold(text))
	return got != "" && slices.ContainsFunc(accept, func(want string) bool { return strings.ToLower(fold(want)) == got })
}
