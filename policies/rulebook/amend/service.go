package amend

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Store keeps changes, calendar years and editions.
type Store interface {
	RuleChange(ctx context.Context, id string) (Change, error)
	RuleChanges(ctx context.Context) ([]Change, error) // in the order of their ids
	PutRuleChange(ctx context.Context, c *Change, e audit.Entry) error
	CalendarYears(ctx context.Context) ([]CalendarYear, error) // in the order of their ids
	PutCalendarYear(ctx context.Context, y *CalendarYear, e audit.Entry) error
	RuleEdition(ctx context.Context, hash string) (Edition, error)
	PutRuleEdition(ctx context.Context, v *Edition, e audit.Entry) error
}

// Service changes the rulebook that the other services look things up in.
type Service struct {
	Store  Store
	Policy *access.Policy
	Book   *rulebook.Book
	Now    func() time.Time

	mu   sync.Mutex
	kept string // hash of the edition that is known to be stored
}

// Edition is an edition of the rulebook as it was kept when it came into use.
type Edition struct {
	Version int
	rulebook.Edition
	Since time.Time
}

// national is the stream of what concerns the whole installation.
const national = "rules/" + rulebook.Nation

// Refresh brings the book to what is approved and added by now, on this
// instance or another. An edition is stored before it is used, so that the hash
// of every decision leads to the rules that it was made by.
func (s *Service) Refresh(ctx context.Context) error {
	const op = "amend.Refresh"
	s.mu.Lock()
	defer s.mu.Unlock()
	next, err := s.next(ctx)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if next.Hash == s.kept {
		return nil
	}
	if _, err := s.Store.RuleEdition(ctx, next.Hash); fault.Is(err, fault.NotFound) {
		e := Edition{Edition: next, Since: s.Now()}
		err = s.Store.PutRuleEdition(ctx, &e, audit.Entry{Stream: national, Object: "ruleedition/" + next.Hash, At: s.Now(), Who: audit.System, What: "rule:edition", Rules: next.Hash})
		if err != nil && !fault.Is(err, fault.Conflict) { // another instance was faster
			return fault.Wrap(op, err)
		}
	} else if err != nil {
		return fault.Wrap(op, err)
	}
	s.Book.Adopt(next)
	s.kept = next.Hash
	return nil
}

// next is the edition that the store makes of the shipped one.
func (s *Service) next(ctx context.Context) (rulebook.Edition, error) {
	changes, err := s.Store.RuleChanges(ctx)
	if err != nil {
		return rulebook.Edition{}, err
	}
	changes = slices.DeleteFunc(changes, func(c Change) bool { return c.State != Approved })
	slices.SortFunc(changes, func(x, y Change) int {
		return cmp.Or(x.DecidedAt.Compare(y.DecidedAt), cmp.Compare(x.ID, y.ID))
	})
	params := make([]rulebook.Param, len(changes))
	for i, c := range changes {
		params[i] = c.Param
	}
	added, err := s.Store.CalendarYears(ctx)
	if err != nil {
		return rulebook.Edition{}, err
	}
	years := make([]rulebook.Year, len(added))
	for i, y := range added {
		years[i] = y.Calendar
	}
	return s.Book.With(params, years), nil
}

// Past is the book as the edition with the hash had it (NotFound).
func (s *Service) Past(ctx context.Context, hash string) (*rulebook.Book, Edition, error) {
	e, err := s.Store.RuleEdition(ctx, hash)
	if err != nil {
		return nil, Edition{}, fault.Wrap("amend.Past", err)
	}
	return s.Book.As(e.Edition), e, nil
}
