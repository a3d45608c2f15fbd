package bank_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kaoping/bank"
)

func paper(t interface{ Fatal(...any) }) bank.Paper {
	b := blueprint()
	p, err := bank.Assemble(b, fullStock(b), 11)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOrderIsAPermutationWithinSections(t *testing.T) {
	p := paper(t)
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		order := p.Order(seed)
		if !reflect.DeepEqual(order, p.Order(seed)) {
			t.Fatal("a seed gives one order")
		}
		if !isPermutation(order.Questions, len(p.Questions)) || len(order.Options) != len(p.Questions) {
			t.Fatalf("questions %v", order.Questions)
		}
		for place, i := range order.Questions {
			if p.Questions[i].Type != p.Questions[place].Type {
				t.Fatalf("question %d left its section", i)
			}
		}
		for i, q := range p.Questions {
			if !isPermutation(order.Options[i], len(q.Options)) {
				t.Fatalf("options of %s: %v", q.ID, order.Options[i])
			}
		}
	})
}

func isPermutation(s []int, n int) bool {
	sorted := slices.Sorted(slices.Values(s))
	for i, v := range sorted {
		if v != i {
			return false
		}
	}
	return len(sorted) == n
}

func TestTwoCandidatesSeeTwoOrders(t *testing.T) {
	p := paper(t)
	if reflect.DeepEqual(p.Order(1), p.Order(2)) {
		t.Error("two seeds gave one order")
	}
}

func TestOptionsThatSpeakOfOthersStay(t *testing.T) {
	for _, last := range []string{"以上都是", "上述均不对", "A和B", "Ａ、Ｃ"} {
		p := bank.Paper{Questions: []bank.Question{{Type: bank.Single, Options: []string{"甲", "乙", "丙", last}, Key: []int{3}}}}
		for seed := range uint64(20) {
			if got := p.Order(seed).Options[0]; !slices.IsSorted(got) {
				t.Fatalf("%s: %v", last, got)
			}
		}
	}
	p := bank.Paper{Questions: []bank.Question{{Type: bank.Single, Options: []string{"A相", "B相", "C相", "N线"}, Key: []int{3}}}}
	moved := false
	for seed := range uint64(20) {
		moved = moved || !slices.IsSorted(p.Order(seed).Options[0])
	}
	if !moved {
		t.Error("options that merely begin with a letter should move")
	}
}

func TestBlanks(t *testing.T) {
	for want, q := range map[int]bank.Question{
		2: {Type: bank.FillIn, Stem: "____和____"},
		0: {Type: bank.Single, Stem: "____是？"},
	} {
		if got := q.Blanks(); got != want {
			t.Errorf("%s: %d", q.Stem, got)
		}
	}
}
