package exam

import (
	"testing"
	"time"

	"kaoping/policies/rulebook"
)

// TestThePracticalPartGoesInTurns: at most five candidates at once for each
// examiner (R17).
func TestThePracticalPartGoesInTurns(t *testing.T) {
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{Book: book}
	sitting := Sitting{Region: "410423", Track: rulebook.SkillLevel, StartsAt: time.Date(2026, 11, 21, 9, 0, 0, 0, rulebook.Shanghai)}
	for _, c := range []struct{ examiners, candidates, turns, of15, of16 int }{
		{0, 20, 0, 0, 0}, {3, 0, 0, 0, 0}, {3, 15, 1, 1, 2}, {3, 16, 2, 1, 2}, {3, 31, 3, 1, 2}, {5, 25, 1, 1, 1}, {5, 26, 2, 1, 1},
	} {
		sitting.Examiners = make([]string, c.examiners)
		turns := s.Turns(sitting, c.candidates)
		if turns.Count != c.turns || turns.Of(15) != c.of15 || turns.Of(16) != c.of16 {
			t.Errorf("%d examiners, %d candidates: %+v, the fifteenth in turn %d, the sixteenth in %d", c.examiners, c.candidates, turns, turns.Of(15), turns.Of(16))
		}
		if turns.Count > 0 && turns.Rule.Rule != "R17" {
			t.Errorf("by %s", turns.Rule.Rule)
		}
	}
}
