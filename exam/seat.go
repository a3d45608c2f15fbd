package exam

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// place is a seat of the sitting.
type place struct {
	room string
	seat int
}

// seating is a record and the place that it gets.
type seating struct {
	e  Enrolment
	at place
}

// giveSeats seats everybody who has none, in ticket order on the first free
// seats. Who has a seat keeps it: the ticket may be printed already.
//
// Others may give seats of the same rooms at the same moment: another instance,
// or the other bodies of a joint sitting. So it looks again until there is
// nothing to do, and who is the last to write sees all the others. Everybody
// agrees on who moves where two have one seat.
func (s *Service) giveSeats(ctx context.Context, actor access.Actor, sitting Sitting) error {
	for {
		list, err := s.unseated(ctx, sitting)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, next := range list {
			err := s.changeEnrolment(ctx, next.e.ID, func(e *Enrolment) (audit.Entry, error) {
				if e.Room != next.e.Room || e.Seat != next.e.Seat { // somebody else was faster
					return audit.Entry{}, errRecorded
				}
				e.Room, e.Seat = next.at.room, next.at.seat
				entry := s.entry(actor, e.Sitting, "enrolment/"+e.ID, "enrolment:seat")
				entry.Note = fmt.Sprintf("%s %02d", e.Room, e.Seat)
				return entry, nil
			})
			if err != nil && !errors.Is(err, errRecorded) && !fault.Is(err, fault.NotFound) { // withdrawn
				return err
			}
		}
	}
}

// unseated finds seats for those of a sitting who have none, and for those of
// every cohort in its rooms whose seat somebody before them has: cohorts in the
// order of their ids, candidates in that of their tickets.
func (s *Service) unseated(ctx context.Context, sitting Sitting) ([]seating, error) {
	cohorts, err := s.cohorts(ctx, sitting)
	if err != nil {
		return nil, err
	}
	cohorts = append(cohorts, sitting)
	slices.SortFunc(cohorts, func(a, b Sitting) int { return strings.Compare(a.ID, b.ID) })
	free := map[place]bool{}
	var seats []place
	for _, room := range sitting.Rooms {
		for seat := 1; seat <= room.Seats; seat++ {
			seats = append(seats, place{room.Name, seat})
			free[place{room.Name, seat}] = true
		}
	}
	var list []seating
	enrolled := 0
	for _, cohort := range cohorts {
		members, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: cohort.ID})
		if err != nil {
			return nil, err
		}
		if cohort.ID == sitting.ID {
			enrolled = len(members)
		}
		for _, e := range members {
			at := place{e.Room, e.Seat}
			if _, there := free[at]; free[at] {
				free[at] = false
			} else if there || cohort.ID == sitting.ID {
				list = append(list, seating{e: e})
			}
		}
	}
	for i := range list {
		for len(seats) > 0 && !free[seats[0]] {
			seats = seats[1:]
		}
		if len(seats) == 0 {
			return nil, fault.New(fault.Refused, "exam.Staff", "%d candidates are enrolled, the rooms have %d seats", enrolled, sitting.Seats())
		}
		list[i].at, seats = seats[0], seats[1:]
	}
	return list, nil
}
