package bank_test

import (
	"testing"

	"pgregory.net/rapid"

	"kaoping/bank"
)

func TestMarking(t *testing.T) {
	trueFalse := bank.Question{Type: bank.TrueFalse, Key: []int{1}, Points: 1_00}
	single := bank.Question{Type: bank.Single, Options: make([]string, 4), Key: []int{2}, Points: 2_00}
	multiple := bank.Question{Type: bank.Multiple, Options: make([]string, 4), Key: []int{0, 1, 3}, Points: 1_01}
	fillIn := bank.Question{Type: bank.FillIn, Accept: [][]string{{"50Hz", "五十赫兹"}, {"380"}, {"三角形"}}, Points: 1_00}
	choose := func(c ...int) bank.Answer { return bank.Answer{Choice: c} }
	write := func(s ...string) bank.Answer { return bank.Answer{Text: s} }
	for _, c := range []struct {
		q       bank.Question
		a       bank.Answer
		partial bool
		want    bank.Points
	}{
		{trueFalse, choose(1), false, 1_00},
		{trueFalse, choose(0), false, 0},
		{trueFalse, choose(0, 1), false, 0},
		{trueFalse, bank.Answer{}, false, 0},
		{single, choose(2), false, 2_00},
		{single, choose(2, 2), false, 2_00},
		{single, choose(1), true, 0},
		{single, choose(2, 3), true, 0},
		{single, choose(9), false, 0},
		{single, choose(-1), false, 0},
		{multiple, choose(3, 1, 0), false, 1_01},
		{multiple, choose(0, 1), false, 0},
		{multiple, choose(0, 1), true, 50},
		{multiple, choose(0), true, 50},
		{multiple, choose(0, 2), true, 0},
		{multiple, choose(0, 1, 2, 3), true, 0},
		{multiple, bank.Answer{}, true, 0},
		{fillIn, write("50Hz", "380", "三角形"), false, 1_00},
		{fillIn, write(" ５０ｈｚ ", "３８０", "三 角 形"), false, 1_00},
		{fillIn, write("五十赫兹"), false, 33},
		{fillIn, write("", "", "三角形"), false, 34},
		{fillIn, write("380", "50Hz", "星形"), false, 0},
		{fillIn, write("50Hz", "380", "三角形", "多余"), false, 1_00},
		{fillIn, choose(0), false, 0},
	} {
		if got := c.q.Mark(c.a, c.partial); got != c.want {
			t.Errorf("%s %v %v: got %s, want %s", c.q.Type, c.a, c.partial, got, c.want)
		}
	}
}

func fullKey(q bank.Question) bank.Answer {
	a := bank.Answer{Choice: q.Key}
	for _, accept := range q.Accept {
		a.Text = append(a.Text, accept[0])
	}
	return a
}

func TestFullKeyEarnsFullMarks(t *testing.T) {
	p := paper(t)
	answers := map[string]bank.Answer{"q999": {Choice: []int{0}}}
	for _, q := range p.Questions {
		answers[q.ID] = fullKey(q)
	}
	sheet := p.Mark(answers)
	if sheet.Total != bank.FullMarks || sheet.Answered != len(p.Questions) || len(sheet.PerQuestion) != len(p.Questions) {
		t.Errorf("%+v", sheet)
	}
	if empty := p.Mark(nil); empty.Total != 0 || empty.Answered != 0 {
		t.Errorf("%+v", empty)
	}
	if blank := p.Mark(map[string]bank.Answer{"q049": {Text: []string{" ", ""}}}); blank.Answered != 0 {
		t.Error("blank texts are no answer")
	}
}

func TestMarksStayWithinBounds(t *testing.T) {
	p := paper(t)
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.SampledFrom(p.Questions).Draw(t, "question")
		q.Points = bank.Points(rapid.IntRange(1, 10_000).Draw(t, "points"))
		a := bank.Answer{
			Choice: rapid.SliceOf(rapid.IntRange(-2, 9)).Draw(t, "choice"),
			Text:   rapid.SliceOf(rapid.SampledFrom([]string{"", "甲", "乙", " 甲", "丙"})).Draw(t, "text"),
		}
		all, part := q.Mark(a, false), q.Mark(a, true)
		if all < 0 || all > part || part > q.Points {
			t.Fatalf("all-or-nothing %s, partial %s of %s", all, part, q.Points)
		}
		if got := q.Mark(fullKey(q), false); got != q.Points {
			t.Fatalf("the full key earns %s of %s", got, q.Points)
		}
	})
}
