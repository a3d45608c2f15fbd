package access

import (
	"context"
	"slices"

	"kaoping/internal/fault"
)

// Exclusion is two roles that nobody holds in one place (不相容岗位), and why.
type Exclusion struct {
	One, Other Role
	Why        string
}

const (
	neverScores = "who inspects a sitting never scores in it"
	seesNoPaper = "an administrator sees no papers, answers or scores"
)

// Exclusions is the separation of duties between roles, as data: refused when
// a grant is given or lent.
var Exclusions = []Exclusion{
	{Inspector, Examiner, neverScores},
	{Inspector, Senior, neverScores},
	{Administrator, Keeper, seesNoPaper},
	{Administrator, Setter, seesNoPaper},
	{Administrator, Author, seesNoPaper},
	{Administrator, ItemReviewer, seesNoPaper},
	{Administrator, Scheduler, seesNoPaper},
	{Administrator, Examiner, seesNoPaper},
	{Administrator, Senior, seesNoPaper},
	{Administrator, Officer, seesNoPaper},
	{Administrator, Reviewer, seesNoPaper},
}

// Duty is a step that another person must take than who took the ones before
// it on the same thing.
type Duty string

// The duties that ask for another person.
const (
	ReviewItem Duty = "item:review"      // author ≠ reviewer of an item
	SignSecond Duty = "second-signature" // officer ≠ reviewer of a record (R64)
	KeepSecond Duty = "second-keeper"    // two keepers of a paper (R20)

	ReviewPaper Duty = "paper:review" // setter ≠ reviewer of a central paper (R05)
	KeepApart   Duty = "keep-apart"   // keepers ≠ setter and reviewer (R20)
)

// Duties says, for each duty, what is refused to the same person.
var Duties = map[Duty]string{
	ReviewItem: "an item is reviewed by another person than its author",
	SignSecond: "the second signature on a record is another person's",
	KeepSecond: "papers are sealed and unsealed by two different keepers",

	ReviewPaper: "a paper is reviewed by another person than its setter",
	KeepApart:   "who set or reviewed a paper does not keep it",
}

// Distinct refuses (Refused, naming the duty) who has taken one of the steps
// before, whose account ids are given; empty ones are nobody.
func Distinct(duty Duty, actor Actor, before ...string) error {
	if actor.ID != "" && !slices.Contains(before, actor.ID) {
		return nil
	}
	return fault.New(fault.Refused, "access.Distinct", "%s", fault.Text{Format: Duties[duty]})
}

// apart refuses (Refused) grants of one account that no one person may hold in
// one place, now or at any time: a grant of the past does not stand in the way.
func (s *Accounts) apart(ctx context.Context, grants []Grant) error {
	for i, g := range grants {
		for _, other := range grants[i+1:] {
			if g.over(s.Now()) || other.over(s.Now()) {
				continue
			}
			why := excluded(g.Role, other.Role)
			if why == "" {
				continue
			}
			meet, err := s.meet(ctx, g, other)
			if err != nil {
				return err
			}
			if meet {
				return fault.New(fault.Refused, "access.Grant", "%s and %s are not given to one person in one place: %s", g.Role, other.Role, fault.Text{Format: why})
			}
		}
	}
	return nil
}

func excluded(one, other Role) string {
	for _, x := range Exclusions {
		if x.One == one && x.Other == other || x.One == other && x.Other == one {
			return x.Why
		}
	}
	return ""
}

// meet reports whether the places of two grants share anything.
func (s *Accounts) meet(ctx context.Context, a, b Grant) (bool, error) {
	if a.Body != "" && b.Body != "" {
		return a.Body == b.Body, nil
	}
	one, err := s.region(ctx, a)
	if err != nil {
		return false, err
	}
	other, err := s.region(ctx, b)
	if err != nil {
		return false, err
	}
	// A body lies in its region; a grant in a smaller region does not reach it.
	return a.Body == "" && slices.Contains(s.Policy.lineage(other), one) ||
		b.Body == "" && slices.Contains(s.Policy.lineage(one), other), nil
}

// region is where a grant lies: its region, or its body's.
func (s *Accounts) region(ctx context.Context, g Grant) (string, error) {
	if g.Body == "" {
		return g.Region, nil
	}
	region, err := s.BodyRegion(ctx, g.Body)
	return region, fault.Wrap("access.region", err)
}
