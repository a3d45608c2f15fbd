package bank

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"time"

	"kaoping/policies/rulebook"
)

// Paper is a theory paper (试卷). It holds its own copies of the items, with
// their keys, so it is confidential until it is unsealed and its keys always.
type Paper struct {
	ID          string
	Version     int
	Owner       string
	Trade       string
	Level       rulebook.Level
	Name        string
	BlueprintID string
	Seed        uint64 // what Assemble drew with
	PassMark    Points
	Minutes     int
	Partial     bool
	Questions   []Question // in the order of ItemTypes
	CreatedBy   string
	CreatedAt   time.Time
}

// Question is an item as it stands in a paper.
type Question struct {
	ID          string // "q001" …, stable in the paper
	ItemID      string
	ItemVersion int
	Type        ItemType
	Topic       string
	Stem        string
	Options     []string
	Key         []int      // as in Item
	Accept      [][]string // as in Item
	Points      Points
	Explanation string
}

// Blanks is the number of blanks that a candidate fills in; 0 for the types
// that are answered by choosing.
func (q Question) Blanks() int {
	if q.Type != FillIn {
		return 0
	}
	return strings.Count(q.Stem, BlankMark)
}

// Order is the order in which one candidate sees a paper.
type Order struct {
	Questions []int   // indexes into Paper.Questions, in the order shown
	Options   [][]int // for each of Paper.Questions, by its index there: indexes into its Options, in the order shown; nil where it has none
}

// Order derives a candidate's own order from a seed, the same one each time:
// questions move within the section of their type, options within their
// question.
func (p Paper) Order(seed uint64) Order {
	rng := newRand(seed)
	order := Order{Questions: identity(len(p.Questions)), Options: make([][]int, len(p.Questions))}
	for start := 0; start < len(p.Questions); {
		end := start
		for end < len(p.Questions) && p.Questions[end].Type == p.Questions[start].Type {
			end++
		}
		shuffle(rng, order.Questions[start:end])
		start = end
	}
	for i, q := range p.Questions {
		if len(q.Options) == 0 {
			continue
		}
		order.Options[i] = identity(len(q.Options))
		if (q.Type == Single || q.Type == Multiple) && !q.ordered() {
			shuffle(rng, order.Options[i])
		}
	}
	return order
}

// otherOptions matches an option that speaks of others: by their place ("以上
// 都是") or by their letters ("A和C").
var otherOptions = regexp.MustCompile(`^(?:以上|上述)|^[A-HＡ-Ｈ]\s*(?:[、，,和及与]\s*[A-HＡ-Ｈ]\s*)+`)

// ordered reports whether the options must stay as written, because one of
// them would be untrue in another order.
func (q Question) ordered() bool {
	for _, option := range q.Options {
		if otherOptions.MatchString(option) {
			return true
		}
	}
	return false
}

// newRand is the only source of chance in this package. Its second word is
// fixed, so that a paper or an order follows from its seed alone.
func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x6b616f70696e67)) }

func identity(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func shuffle[T any](rng *rand.Rand, s []T) {
	rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}
