package web

import (
	"slices"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/standing"
)

// printPage is what the paper forms of a sitting are made of.
type printPage struct {
	exam.Sitting
	TradeName string
	Where     standing.Site
	Rooms     []printRoom
	Examiners []string // names
	Door      string   // address of the exam room's page
}

// printRoom is a room with those who sit in it, in seat order.
type printRoom struct {
	exam.Room
	Candidates []printSeat
}

// printSeat is a candidate with the turn of the practical part (R17).
type printSeat struct {
	exam.Enrolment
	Turn int
}

// printable gathers a staffed sitting for printing (enrolment:read).
func (s *Server) printable(r *request) (printPage, error) {
	ctx := r.Request.Context()
	sitting, err := s.Exam.Sitting(ctx, r.actor, r.Param("id"))
	if err != nil {
		return printPage{}, err
	}
	list, _, err := s.Exam.Enrolments(ctx, r.actor, exam.EnrolmentQuery{Sitting: sitting.ID})
	if err != nil {
		return printPage{}, err
	}
	if !s.sittingMay(r, sitting).Print {
		return printPage{}, fault.New(fault.Refused, "web.print", "seats are given when the sitting is staffed: nothing can be printed before")
	}
	page := printPage{Sitting: sitting, TradeName: s.tradeName(sitting.Trade), Door: s.Certify.PublicURL + "/room"}
	if page.Where, err = s.siteOf(r, sitting); err != nil {
		return page, err
	}
	names, err := s.Exam.StaffNames(ctx, r.actor, sitting)
	if err != nil {
		return page, err
	}
	for _, id := range sitting.Examiners {
		page.Examiners = append(page.Examiners, names[id])
	}
	turns := s.Exam.Turns(sitting, len(list))
	for _, room := range sitting.Rooms {
		var here []printSeat
		for i, e := range list {
			if e.Room == room.Name {
				here = append(here, printSeat{e, turns.Of(i + 1)})
			}
		}
		if len(here) == 0 {
			continue
		}
		slices.SortStableFunc(here, func(a, b printSeat) int { return a.Seat - b.Seat })
		page.Rooms = append(page.Rooms, printRoom{room, here})
	}
	return page, nil
}

// print is a page of one paper form.
func (s *Server) print(template, title string) func(*request) error {
	return func(r *request) error {
		page, err := s.printable(r)
		if err != nil {
			return err
		}
		return r.render(printFrame, template, r.T(title), page)
	}
}
