package web

import (
	"slices"
	"strings"

	"kaoping/bank"
)

// answered is the answer of an item or a question as its author reads it.
type answered struct {
	Choices []answerChoice // none where the type has no options
	Answer  string         // 正确, ABD, or the accepted texts of the blanks
}

type answerChoice struct {
	Letter, Text string
	Right        bool
}

func answeredOf(kind bank.ItemType, options []string, key []int, accept [][]string) answered {
	var a answered
	switch kind {
	case bank.TrueFalse:
		a.Answer = "错误"
		if slices.Equal(key, []int{0}) {
			a.Answer = "正确"
		}
		return a
	case bank.FillIn:
		blanks := make([]string, len(accept))
		for i, texts := range accept {
			blanks[i] = strings.Join(texts, " | ")
		}
		a.Answer = strings.Join(blanks, "；")
		return a
	}
	for i, text := range options {
		c := answerChoice{string(rune('A' + i)), text, slices.Contains(key, i)}
		a.Choices = append(a.Choices, c)
		if c.Right {
			a.Answer += c.Letter
		}
	}
	return a
}
