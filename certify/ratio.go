package certify

import (
	"fmt"
	"math"
	"slices"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// capped are the tracks whose certificates R06 caps as a share of all.
var capped = []rulebook.Track{rulebook.SpecialSkill, rulebook.Completion}

// Capped reports whether R06 caps the certificates of a track: 专项职业能力 and
// 培训合格.
func Capped(t rulebook.Track) bool { return slices.Contains(capped, t) }

// whole is all, in the hundredths of a percent that the rulebook counts in.
const whole = 100_00

// Limit is the cap that a city has on a day (R06); without Set it has none.
type Limit struct {
	Set bool
	Cap int // hundredths of a percent: 10% is 1000
	By  fault.Rule
}

// String is the cap as audit entries carry it: 1000, or none.
func (l Limit) String() string {
	if !l.Set {
		return "none"
	}
	return fmt.Sprint(l.Cap)
}

// Ratio is how many of all certificates are of the capped tracks. All its
// arithmetic is of whole numbers.
type Ratio struct{ Capped, All int }

// With is the ratio after so many more of each.
func (r Ratio) With(capped, others int) Ratio {
	return Ratio{r.Capped + capped, r.All + capped + others}
}

// Within reports whether the ratio keeps the limit: exactly the cap does.
func (r Ratio) Within(l Limit) bool { return !l.Set || r.Capped*whole <= l.Cap*r.All }

// Admits reports whether the limit lets one more certificate of a capped track
// be issued: (capped + 1) ÷ (all + 1) ≤ cap. Of a year without certificates it
// is 1 ÷ 1, so under any cap below 100 % the first one waits for others.
func (r Ratio) Admits(l Limit) bool { return r.With(1, 0).Within(l) }

// Tenths is the ratio in tenths of a percent, rounded half up: 113 is 11.3 %.
// Of no certificates at all it is 0.
func (r Ratio) Tenths() int {
	if r.All == 0 {
		return 0
	}
	return (2*1000*r.Capped + r.All) / (2 * r.All)
}

// String is the ratio with one decimal: 11.3%.
func (r Ratio) String() string { return fmt.Sprintf("%d.%d%%", r.Tenths()/10, r.Tenths()%10) }

// Frees is the least number of other certificates after which the one at a
// place in the queue is issued, 1 being the next: those before it go first.
// ok is false where no number would do.
func (r Ratio) Frees(place int, l Limit) (others int, ok bool) {
	if !l.Set {
		return 0, true
	}
	if l.Cap == 0 {
		return 0, false
	}
	all := ((r.Capped+place)*whole + l.Cap - 1) / l.Cap // the least that the capped ones are within
	return max(0, all-r.All-place), true
}

// Room is how many certificates of the capped tracks could be issued one after
// the other now.
func (r Ratio) Room(l Limit) int {
	if !l.Set || l.Cap >= whole {
		return math.MaxInt
	}
	return max(0, (l.Cap*r.All-whole*r.Capped)/(whole-l.Cap))
}

// Reaches reports whether the ratio is at so many hundredths of a percent of
// the limit, or over it.
func (r Ratio) Reaches(share int, l Limit) bool {
	return l.Set && r.All > 0 && r.Capped*whole*whole >= share*l.Cap*r.All
}
