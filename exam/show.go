package exam

import "kaoping/bank"

// Section is the questions of one type, as a candidate sees them.
type Section struct {
	Type      bank.ItemType
	Questions []Shown
}

// Shown is a question without its key.
type Shown struct {
	ID      string
	Number  int // from 1, through all sections
	Type    bank.ItemType
	Points  bank.Points
	Stem    string
	Options []ShownOption
	Blanks  int
}

// ShownOption is an option in the candidate's order; Index is its place in the
// paper, which is what an answer names.
type ShownOption struct {
	Index int
	Text  string
}

// Show lays a paper out in the order that a seed gives, without keys,
// accepted texts or explanations.
func Show(paper bank.Paper, seed uint64) []Section {
	order := paper.Order(seed)
	var sections []Section
	for number, at := range order.Questions {
		q := paper.Questions[at]
		if len(sections) == 0 || sections[len(sections)-1].Type != q.Type {
			sections = append(sections, Section{Type: q.Type})
		}
		shown := Shown{ID: q.ID, Number: number + 1, Type: q.Type, Points: q.Points, Stem: q.Stem, Blanks: q.Blanks()}
		for _, option := range order.Options[at] {
			if len(q.Options) > 0 {
				shown.Options = append(shown.Options, ShownOption{Index: option, Text: q.Options[option]})
			}
		}
		last := &sections[len(sections)-1]
		last.Questions = append(last.Questions, shown)
	}
	return sections
}
