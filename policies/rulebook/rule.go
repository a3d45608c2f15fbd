package rulebook

import (
	"kaoping/internal/fault"
)

// Rule is a rule of the catalogue: what it says and where it bites.
type Rule struct {
	ID     string  `yaml:"id"`
	Kind   Kind    `yaml:"kind"`
	What   string  `yaml:"what"`   // English sentence
	Points []Point `yaml:"points"` // where it is enforced
	Reason string  `yaml:"reason"` // English sentence: why it is enforced nowhere, or not whole
}

// Point is a place in the code where a rule bites.
type Point struct {
	At   string `yaml:"at"`   // Go symbol: exam.Notify, standing.Body.MayEvaluate
	What string `yaml:"what"` // English sentence: what it does there
}

// Rules lists the rules in the order of their ids.
func (b *Book) Rules() []Rule { return b.rules }

// Rule returns a rule by its id (NotFound).
func (b *Book) Rule(id string) (Rule, error) {
	for _, r := range b.rules {
		if r.ID == id {
			return r, nil
		}
	}
	return Rule{}, fault.New(fault.NotFound, "rulebook.Rule", "there is no rule %s", id)
}
