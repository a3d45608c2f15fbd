package inspection

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// HalfYear is the first and the last day of the half-year that a moment is in.
func HalfYear(t time.Time) (first, last time.Time) {
	year, month, _ := t.In(rulebook.Shanghai).Date()
	start := time.January
	if month >= time.July {
		start = time.July
	}
	first = time.Date(year, start, 1, 0, 0, 0, 0, rulebook.Shanghai)
	return first, first.AddDate(0, 6, -1)
}

// Standing is a body on the board.
type Standing struct {
	Body, Name, Region string
	Inspected          int       // special inspections in this half-year
	Last               time.Time // day of the last signed visit of any kind, zero for none
	Due                bool      // R32 asks for one more by the end of the half-year
}

// Late is an overdue finding on the board.
type Late struct {
	Visit   Visit
	Finding Finding
}

// Board is what a bureau has to see to (R32, R36).
type Board struct {
	From, To time.Time // the half-year
	Rule     *rulebook.Param
	Bodies   []Standing // those due first, then by name
	Late     []Late     // longest overdue first
	Open     int        // findings that are not overdue
}

// Board shows which bodies of a region were not inspected in this half-year and
// what is overdue (body:read there).
func (s *Service) Board(ctx context.Context, actor access.Actor, region string) (Board, error) {
	const op = "inspection.Board"
	if err := s.Policy.Decide(actor, "body:read", access.Scope{Region: region}); err != nil {
		return Board{}, err
	}
	names, err := s.population(ctx, region)
	if err != nil {
		return Board{}, fault.Wrap(op, err)
	}
	now := s.Now()
	var b Board
	b.From, b.To = HalfYear(now)
	standings := map[string]*Standing{}
	for id, name := range names {
		standings[id] = &Standing{Body: id, Name: name}
	}
	err = s.eachSigned(ctx, func(v Visit) {
		if !s.Book.Covers(region, v.Region) {
			return
		}
		if st := standings[v.Body]; st != nil {
			if v.On.After(st.Last) {
				st.Last = v.On
			}
			if v.Kind == Special && !v.On.Before(b.From) && !v.On.After(b.To) {
				st.Inspected++
			}
		}
		for _, f := range v.Findings {
			switch {
			case f.Overdue(now):
				b.Late = append(b.Late, Late{v, f})
			case f.State == Open:
				b.Open++
			}
		}
	})
	if err != nil {
		return Board{}, fault.Wrap(op, err)
	}
	for id, st := range standings {
		body, err := s.Bodies.Body(ctx, id)
		if err != nil {
			return Board{}, fault.Wrap(op, err)
		}
		st.Region = body.Region
		if least, set := s.Book.At(body.Region, now, "", "special_inspections_least"); set {
			st.Due, b.Rule = st.Inspected < least.Int(), &least
		}
		b.Bodies = append(b.Bodies, *st)
	}
	slices.SortFunc(b.Bodies, func(x, y Standing) int {
		if x.Due != y.Due {
			if x.Due {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Body, y.Body))
	})
	slices.SortFunc(b.Late, func(x, y Late) int { return x.Finding.Due.Compare(y.Finding.Due) })
	return b, nil
}

// Sweep raises a signal for every finding that is overdue, once.
func (s *Service) Sweep(ctx context.Context) error {
	const op = "inspection.Sweep"
	var failed []error
	err := s.eachSigned(ctx, func(v Visit) {
		for _, f := range v.Findings {
			if !f.Overdue(s.Now()) || f.Signaled {
				continue
			}
			if err := s.Signal(ctx, v, f); err != nil {
				failed = append(failed, err)
				continue
			}
			failed = append(failed, s.signaled(ctx, v.ID, f.ID))
		}
	})
	return fault.Wrap(op, errors.Join(append(failed, err)...))
}

// signedPage is how many visits one read takes: over the years they are many.
const signedPage = 200

// eachSigned calls do for every visit that was signed, the newest first.
func (s *Service) eachSigned(ctx context.Context, do func(Visit)) error {
	q := Query{States: []VisitState{Signed}, Limit: signedPage}
	for {
		page, err := s.Store.Visits(ctx, q)
		if err != nil {
			return err
		}
		for _, v := range page {
			do(v)
			q.Before = v.ID
		}
		if len(page) < signedPage {
			return nil
		}
	}
}

// signaled notes that a case was raised about a finding.
func (s *Service) signaled(ctx context.Context, visit, finding string) error {
	return fault.Retry(func() error {
		v, err := s.Store.Visit(ctx, visit)
		if err != nil {
			return err
		}
		v.Findings = slices.Clone(v.Findings)
		for i := range v.Findings {
			if v.Findings[i].ID == finding {
				v.Findings[i].Signaled = true
			}
		}
		return s.Store.PutVisit(ctx, &v, s.entryOf(v, access.System(), "finding:overdue"))
	})
}
