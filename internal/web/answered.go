package web

import (
	"slices"
	"strings"

	"kaoping/bank"
)

// typeWords are the item types as pages name them, keys of the catalogue.
var typeWords = map[bank.ItemType]string{
	bank.TrueFalse: "True-or-false items", bank.Single: "Single-choice items", bank.Multiple: "Multiple-choice items", bank.FillIn: "Fill-in items",
}

// kindChoices lists the item types.
func (l language) kindChoices(chosen string) []choice {
	var list []choice
	for _, kind := range bank.ItemTypes {
		list = append(list, choice{string(kind), l.T(typeWords[kind]), string(kind) == chosen})
	}
	return list
}

// answered is the answer of an item or a question as its author reads it.
type answered struct {
	Kind    string         // a key of the catalogue
	Choices []answerChoice // none where the type has no options
	Answer  string         // 正确, ABD, or the accepted texts of the blanks
}

type answerChoice struct {
	Letter, Text string
	Right        bool
}

func answeredOf(kind bank.ItemType, options []string, key []int, accept [][]string) answered {
	a := answered{Kind: typeWords[kind]}
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
