package exam

import (
	"context"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// Candidate is a record with what the rules say of it.
type Candidate struct {
	Enrolment Enrolment
	Judged    Judged
}

// Candidate shows a record and what the rules say of it (enrolment:read).
func (s *Service) Candidate(ctx context.Context, actor access.Actor, id string) (Sitting, Candidate, error) {
	const op = "exam.Candidate"
	e, err := s.Store.Enrolment(ctx, id)
	if err != nil {
		return Sitting{}, Candidate{}, fault.Wrap(op, err)
	}
	sitting, err := s.sittingFor(ctx, actor, "enrolment:read", e.Sitting)
	if err != nil {
		return Sitting{}, Candidate{}, err
	}
	return sitting, Candidate{e, Judge(s.Book, sitting, e)}, nil
}

// Eligibility lists a sitting's candidates with what the rules say of each, in
// ticket order, and counts the answers (enrolment:read).
func (s *Service) Eligibility(ctx context.Context, actor access.Actor, sitting string) ([]Candidate, map[Eligibility]int, error) {
	of, err := s.sittingFor(ctx, actor, "enrolment:read", sitting)
	if err != nil {
		return nil, nil, err
	}
	list, err := s.judgeAll(ctx, of)
	counts := map[Eligibility]int{}
	for _, c := range list {
		counts[c.Judged.Answer]++
	}
	return list, counts, err
}

func (s *Service) judgeAll(ctx context.Context, sitting Sitting) ([]Candidate, error) {
	list, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: sitting.ID})
	if err != nil {
		return nil, fault.Wrap("exam.Eligibility", err)
	}
	judged := make([]Candidate, len(list))
	for i, e := range list {
		judged[i] = Candidate{e, Judge(s.Book, sitting, e)}
	}
	return judged, nil
}

// OverrideState is how far an override is.
type OverrideState string

// The states of an override.
const (
	OverrideWaits  OverrideState = "waits"  // 待复核
	OverrideSigned OverrideState = "signed" // 已同意
	OverrideTurned OverrideState = "turned" // 未同意
)

// State is how far the override is.
func (o Override) State() OverrideState {
	switch {
	case o.SignedBy == "":
		return OverrideWaits
	case o.TurnedDown:
		return OverrideTurned
	default:
		return OverrideSigned
	}
}

// Exception is a candidate for whom an override was asked for, with the sitting.
type Exception struct {
	Sitting Sitting
	Candidate
}

// ExceptionQuery selects overrides, those of the newest sittings first.
type ExceptionQuery struct {
	State  OverrideState // "" for all
	Before string        // id of the last sitting of the page before
	Limit  int           // a page ends with the sitting that reaches it
}

// Overrides lists the overrides that were asked for in the sittings that the
// actor may see candidates of (enrolment:read). next is where the next page
// begins, "" after the last.
func (s *Service) Overrides(ctx context.Context, actor access.Actor, q ExceptionQuery) (list []Exception, next string, err error) {
	const op, step = "exam.Overrides", 200
	for {
		page, err := s.Store.Sittings(ctx, SittingQuery{Before: q.Before, Limit: step})
		if err != nil {
			return nil, "", fault.Wrap(op, err)
		}
		for _, sitting := range page {
			if q.Before = sitting.ID; !sitting.Excepted || s.Policy.Decide(actor, "enrolment:read", sitting.Scope()) != nil {
				continue
			}
			candidates, err := s.judgeAll(ctx, sitting)
			if err != nil {
				return nil, "", err
			}
			for _, c := range candidates {
				if o := c.Enrolment.Override; o != nil && (q.State == "" || o.State() == q.State) {
					list = append(list, Exception{sitting, c})
				}
			}
			if len(list) >= q.Limit {
				return list, q.Before, nil
			}
		}
		if len(page) < step {
			return list, "", nil
		}
	}
}
