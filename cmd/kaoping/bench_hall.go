package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// hallMost is as many candidates as the serial numbers of one sitting tell apart.
const hallMost = 9999

// hallSeats is how many sit in one room: what two invigilators may watch (R17).
const hallSeats = 30

// hall is a sitting that runs now, with as many candidates as a test wants.
type hall struct {
	sitting exam.Sitting
	paper   []bank.Question
	tickets []hallTicket
}

// hallTicket is what a candidate brings to the exam room's door.
type hallTicket struct{ ticket, lastSix, code string }

// seedHall makes a new installation in the configured folder, through the same
// services that people use, and closes it again.
func seedHall(ctx context.Context, c *config, candidates int, log *slog.Logger) (hall, error) {
	e, err := openEngines(ctx, c, log)
	if err != nil {
		return hall{}, err
	}
	defer e.Close()
	now := time.Now()
	at := &clock{at: now}
	a, err := wire(c, e, at.now, log)
	if err != nil {
		return hall{}, err
	}
	d := &demoSeed{app: a, clock: at, people: map[string]access.Actor{}}
	if err := d.bodyAndStaff(ctx, now); err != nil {
		return hall{}, err
	}
	if err := d.bankAndPaper(ctx, now); err != nil {
		return hall{}, err
	}
	return d.hall(ctx, now.Add(-10*time.Minute), candidates)
}

// hall walks a sitting to its start, all rooms open.
func (d *demoSeed) hall(ctx context.Context, start time.Time, candidates int) (hall, error) {
	if err := d.buildRooms(ctx, candidates); err != nil {
		return hall{}, err
	}
	scheduler := d.people["scheduler"]
	d.clock.set(start.AddDate(0, 0, -6))
	sitting, err := d.exam.Draft(ctx, scheduler, exam.Draft{
		Body: d.body.ID, Site: d.body.Sites[0].ID, Trade: demoTrade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: start,
	})
	if err != nil {
		return hall{}, err
	}
	report, err := d.exam.Enrol(ctx, scheduler, sitting.ID, hallRows(candidates))
	if err != nil {
		return hall{}, err
	}
	if len(report.Issues) > 0 {
		return hall{}, fault.New(fault.Internal, "hall", "a made-up candidate is refused").With(report.Issues...)
	}
	d.clock.set(start.AddDate(0, 0, -5))
	if _, err := d.exam.Notify(ctx, scheduler, sitting.ID); err != nil {
		return hall{}, err
	}
	if _, err := d.exam.Accept(ctx, d.people["officer"], sitting.ID); err != nil {
		return hall{}, err
	}
	d.clock.set(start.AddDate(0, 0, -1))
	staffing := exam.Staffing{
		Paper: d.paper.ID, Tasks: demoTasks, Invigilators: map[string][]string{},
		Examiners: []string{d.people["examiner1"].ID, d.people["examiner2"].ID, d.people["examiner3"].ID},
	}
	watchers, err := d.hire(ctx, 2*len(sitting.Rooms))
	if err != nil {
		return hall{}, err
	}
	for i, room := range sitting.Rooms {
		staffing.Invigilators[room.Name] = []string{watchers[2*i].ID, watchers[2*i+1].ID}
	}
	if sitting, err = d.exam.Staff(ctx, scheduler, sitting.ID, staffing); err != nil {
		return hall{}, err
	}
	d.clock.set(start.Add(-30 * time.Minute))
	if sitting.Central != "" {
		for _, keeper := range []string{"keeper1", "keeper2"} {
			if _, err := d.central.Unseal(ctx, d.people[keeper], sitting.Central); err != nil {
				return hall{}, err
			}
		}
	}
	for i, room := range sitting.Rooms {
		if sitting, err = d.exam.OpenRoom(ctx, watchers[2*i], sitting.ID, room.Name); err != nil {
			return hall{}, err
		}
	}
	tickets, err := d.hallTickets(ctx, sitting)
	return hall{sitting, d.paper.Questions, tickets}, err
}

// hire finds invigilators: the demonstration's two, and then made-up ones, who
// cannot log in, because hashing their passwords would take longer than the
// measurement.
func (d *demoSeed) hire(ctx context.Context, n int) ([]access.Actor, error) {
	list := []access.Actor{d.people["invigilator1"], d.people["invigilator2"]}
	for i := len(list); i < n; i++ {
		name := fmt.Sprintf("watcher%03d", i+1)
		a := access.Account{ID: ulid.Make().String(), Login: name, Name: name, Grants: []access.Grant{{Role: access.Invigilator, Body: d.body.ID}}}
		entry := audit.Entry{Stream: "accounts", Object: "account/" + a.ID, At: d.clock.now(), Who: access.System().ID, What: "account:create"}
		if err := d.store.PutAccount(ctx, &a, entry); err != nil {
			return nil, err
		}
		list = append(list, access.Actor{ID: a.ID, Name: a.Name, Grants: a.Grants})
	}
	return list, nil
}

// buildRooms gives the demonstration's school as many rooms as the candidates need.
func (d *demoSeed) buildRooms(ctx context.Context, candidates int) error {
	site := &d.body.Sites[0]
	site.Rooms = nil
	for seats := 0; seats < candidates; seats += hallSeats {
		site.Rooms = append(site.Rooms, standing.Room{Name: fmt.Sprintf("第 %03d 考场", len(site.Rooms)+1), Seats: hallSeats})
	}
	return d.store.PutBody(ctx, &d.body, audit.Entry{Stream: "body/" + d.body.ID, At: d.clock.now(), Who: access.System().ID, What: "body:file"})
}

// hallRows makes people up as the demonstration does, only more of them.
func hallRows(n int) []exam.Row {
	rows := make([]exam.Row, n)
	for i := range rows {
		first17 := fmt.Sprintf("410499%04d%02d%02d%03d", 1980+i/1000, 1+i%12, 1+i%28, i%1000)
		rows[i] = exam.Row{Number: i + 1, Name: fmt.Sprintf("考生示例%04d", i+1), IDNumber: first17 + string(exam.CheckCharacter(first17))}
	}
	return rows
}

func (d *demoSeed) hallTickets(ctx context.Context, sitting exam.Sitting) ([]hallTicket, error) {
	list, err := d.store.Enrolments(ctx, exam.EnrolmentQuery{Sitting: sitting.ID})
	if err != nil {
		return nil, err
	}
	tickets := make([]hallTicket, len(list))
	for i, e := range list {
		number, err := d.exam.IDNumber(e)
		if err != nil {
			return nil, err
		}
		room, err := sitting.Room(e.Room)
		if err != nil {
			return nil, err
		}
		tickets[i] = hallTicket{e.Ticket, number.LastSix(), room.Code}
	}
	return tickets, nil
}
