package exam

import (
	"context"
	"slices"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// places are the sittings of other bodies that can take candidates, the
// earliest first, each with its free seats.
type places struct {
	sittings []Sitting
	free     map[string]int
}

// elsewhere finds sittings of other bodies for the candidates of a cancelled
// one: accepted, of the same trade, level, track and city, not before it, and
// with seats. A body that is itself barred from enrolling is none.
func (s *Service) elsewhere(ctx context.Context, cancelled Sitting) (*places, error) {
	all, err := s.Store.Sittings(ctx, SittingQuery{States: []State{Accepted, Staffed, Sealed}})
	if err != nil {
		return nil, err
	}
	p := &places{free: map[string]int{}}
	for _, sitting := range all {
		if sitting.Body == cancelled.Body || sitting.Trade != cancelled.Trade || sitting.Level != cancelled.Level || sitting.Track != cancelled.Track ||
			sitting.StartsAt.Before(cancelled.StartsAt) || !sitting.StartsAt.After(s.Now()) || s.Book.City(sitting.Region) != s.Book.City(cancelled.Region) {
			continue
		}
		if err := s.clear(ctx, standing.ToEnrol, sitting); err != nil {
			if fault.Is(err, fault.Refused) {
				continue
			}
			return nil, err
		}
		enrolled, err := s.Store.CountEnrolments(ctx, EnrolmentQuery{Sitting: sitting.ID})
		if err != nil {
			return nil, err
		}
		if p.free[sitting.ID] = sitting.Seats() - enrolled; p.free[sitting.ID] > 0 {
			p.sittings = append(p.sittings, sitting)
		}
	}
	slices.SortFunc(p.sittings, func(a, b Sitting) int { return a.StartsAt.Compare(b.StartsAt) })
	return p, nil
}

// next is the earliest place that is left.
func (p *places) next() (Sitting, bool) {
	for _, sitting := range p.sittings {
		if p.free[sitting.ID] > 0 {
			return sitting, true
		}
	}
	return Sitting{}, false
}

// move enrols a candidate of a cancelled sitting elsewhere and returns the
// notice that says so, nil where no other sitting takes the candidate. The
// choice is recorded first, so that a second try does not make another.
func (s *Service) move(ctx context.Context, b standing.Bar, e Enrolment, p *places) (*Notice, error) {
	for {
		var target Sitting
		if e.MovedTo != "" {
			var err error
			if target, err = s.Store.Sitting(ctx, e.MovedTo); err != nil {
				return nil, err
			}
		} else {
			var ok bool
			if target, ok = p.next(); !ok {
				return nil, nil
			}
			e.MovedTo = target.ID
			if err := s.Store.PutEnrolment(ctx, &e, s.entryOf(b, e.Sitting, "enrolment/"+e.ID, "candidate:move")); err != nil {
				return nil, err
			}
		}
		moved, refused, err := s.enrolMoved(ctx, e, target)
		if err != nil {
			return nil, err
		}
		if !refused {
			p.free[target.ID]--
			return &Notice{ID: exitNotice(b), Kind: NoticeMoved, At: s.Now(), Body: target.BodyName, Ticket: moved.Ticket, StartsAt: target.StartsAt, Site: target.SiteName}, nil
		}
		p.free[target.ID] = 0
		e.MovedTo = ""
	}
}

// enrolMoved enrols the candidate in the target, unless that is done; refused
// when the target cannot take the candidate any more.
func (s *Service) enrolMoved(ctx context.Context, e Enrolment, target Sitting) (moved Enrolment, refused bool, err error) {
	find := func() (found Enrolment, ok bool, err error) {
		list, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: target.ID, Person: e.IDHash})
		if err != nil || len(list) == 0 {
			return Enrolment{}, false, err
		}
		return list[0], true, nil
	}
	moved, there, err := find()
	if err != nil {
		return Enrolment{}, false, err
	}
	if !there {
		if target.in("exam.move", Accepted, Staffed, Sealed) != nil {
			return Enrolment{}, true, nil
		}
		number, err := s.IDNumber(e)
		if err != nil {
			return Enrolment{}, false, err
		}
		moved = Enrolment{Name: e.Name, Photo: e.Photo}
		issue, err := s.enrol(ctx, access.System(), target, &moved, number, Row{})
		if err != nil {
			return Enrolment{}, false, err
		}
		if issue != nil { // barred meanwhile, or enrolled by the body itself
			if moved, there, err = find(); err != nil || !there {
				return Enrolment{}, true, err
			}
		}
	}
	if slices.Contains(prepared, target.State) && moved.Seat == 0 {
		if err := s.giveSeats(ctx, access.System(), target); fault.Is(err, fault.Refused) {
			return Enrolment{}, true, s.Store.DropEnrolment(ctx, moved, s.entry(access.System(), target.ID, "enrolment/"+moved.ID, "enrolment:withdraw"))
		} else if err != nil {
			return Enrolment{}, false, err
		}
	}
	return moved, false, nil
}
