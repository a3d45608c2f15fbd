package inspection

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kaoping/internal/fault"
)

func TestADrawFollowsFromItsSeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64Min(1).Draw(t, "seed")
		var bodies, inspectors []string
		for i := range rapid.IntRange(1, 40).Draw(t, "bodies") {
			bodies = append(bodies, fmt.Sprintf("body%02d", i))
		}
		for i := range rapid.IntRange(4, 12).Draw(t, "inspectors") {
			inspectors = append(inspectors, fmt.Sprintf("inspector%02d", i))
		}
		recusals := []Recusal{{Inspector: inspectors[0], Body: bodies[0]}, {Inspector: inspectors[1], Body: bodies[len(bodies)-1]}}
		share := rapid.IntRange(1, 100_00).Draw(t, "share")
		list, err := draw(seed, bodies, inspectors, share, 2, recusals)
		if err != nil {
			t.Fatal(err)
		}
		if want := (len(bodies)*share + 100_00 - 1) / 100_00; len(list) != want {
			t.Fatalf("%d drawn, want %d", len(list), want)
		}
		load := map[string]int{}
		seen := map[string]bool{}
		for _, a := range list {
			if seen[a.Body] || len(a.Inspectors) != 2 || a.Inspectors[0] == a.Inspectors[1] {
				t.Fatalf("%+v", a)
			}
			seen[a.Body] = true
			for _, id := range a.Inspectors {
				load[id]++
				if slices.ContainsFunc(recusals, func(r Recusal) bool { return r.Inspector == id && r.Body == a.Body }) {
					t.Fatalf("%s visits %s in spite of an interest", id, a.Body)
				}
			}
		}
		for _, n := range load {
			if n > 2*len(list)/len(inspectors)+2 {
				t.Fatalf("the work is not shared: %v", load)
			}
		}
		slices.Reverse(bodies)
		slices.Reverse(inspectors)
		again, err := draw(seed, bodies, inspectors, share, 2, recusals)
		if err != nil || !slices.EqualFunc(list, again, func(a, b Assignment) bool { return a.Body == b.Body && slices.Equal(a.Inspectors, b.Inspectors) }) {
			t.Fatalf("drawn again: %v, %v", again, err)
		}
	})
}

func TestADrawNeedsTwoWithoutAnInterest(t *testing.T) {
	_, err := draw(1, []string{"body"}, []string{"a", "b", "c"}, 100_00, 2, []Recusal{{Inspector: "a", Body: "body"}, {Inspector: "b", Body: "body"}})
	if !fault.Is(err, fault.Refused) {
		t.Errorf("%v", err)
	}
}
