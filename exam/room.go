package exam

import (
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/vault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// How long before the start a room may be opened, and the length of its code.
const (
	openAhead  = 2 * time.Hour
	codeDigits = 6
)

// assigned refuses unless the actor invigilates the room.
func assigned(op string, room *Room, actor access.Actor) error {
	if slices.Contains(room.Invigilators, actor.ID) {
		return nil
	}
	return fault.New(fault.Forbidden, op, "you are not an invigilator of this room")
}

// MayOpen refuses while the rooms of the sitting cannot be opened: by its
// state, or before two hours ahead of its start (Early).
func (s Sitting) MayOpen(now time.Time) error {
	const op = "exam.OpenRoom"
	if err := s.in(op, Staffed, Unsealed, Running); err != nil {
		return err
	}
	if opens := s.StartsAt.Add(-openAhead); now.Before(opens) {
		return fault.New(fault.Early, op, "the room can be opened from %s", opens)
	}
	return nil
}

// OpenRoom opens a room and makes the code that it shows (room:open by an
// invigilator of the room, at most two hours ahead: Early). Refused where the
// staff no longer suffice (R17, R19), and by R30 where the body's filing no
// longer covers the sitting, by R05 and R20 until its central paper is there and
// unsealed. Opening again changes nothing.
func (s *Service) OpenRoom(ctx context.Context, actor access.Actor, id, name string) (Sitting, error) {
	const op = "exam.OpenRoom"
	return s.changeSitting(ctx, actor, "room:open", id, func(sitting *Sitting) (audit.Entry, error) {
		room, err := sitting.Room(name)
		if err != nil {
			return audit.Entry{}, err
		}
		if err := assigned(op, room, actor); err != nil {
			return audit.Entry{}, err
		}
		now := s.Now()
		if room.Code == "" && slices.Contains(append([]State{Running}, prepared...), sitting.State) {
			if err := s.openable(ctx, op, sitting); err != nil {
				return audit.Entry{}, err
			}
		}
		if err := sitting.MayOpen(now); err != nil {
			return audit.Entry{}, err
		}
		if room.Code == "" {
			if err := s.staffed(ctx, *sitting, *room); err != nil {
				return audit.Entry{}, err
			}
			code := vault.Digits(codeDigits)
			if sitting.Joint != "" {
				if code, err = s.hostCode(ctx, op, *sitting, name); err != nil {
					return audit.Entry{}, err
				}
			}
			room.Code, room.OpenedAt = code, now
		}
		sitting.State = Running
		entry := s.entry(actor, id, "sitting/"+id, "room:open")
		entry.Note = name
		return entry, nil
	})
}

// staffed asks again, when a room is opened, what was asked when the sitting
// was staffed: the gate and the filing, the room's invigilators for those who
// sit in it, and, before the first room, the examiners.
func (s *Service) staffed(ctx context.Context, sitting Sitting, room Room) error {
	if err := s.within(ctx, standing.ToAdmit, sitting, sitting.StartsAt); err != nil {
		return err
	}
	list, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: sitting.ID})
	if err != nil {
		return err
	}
	here := 0
	for _, e := range list {
		if e.Room == room.Name {
			here++
		}
	}
	beside, err := s.company(ctx, sitting)
	if err != nil {
		return err
	}
	issues := s.checkInvigilators(ctx, sitting, room, here, beside)
	if sitting.State != Running {
		wrong, err := s.checkExaminers(ctx, sitting, list)
		if err != nil {
			return err
		}
		issues = append(issues, wrong...)
	}
	return s.staffRefusal("exam.OpenRoom", sitting, issues, "the room cannot be opened with these staff: the scheduler staffs the sitting again")
}

// Enter lets a candidate in with ticket number, last six characters of the ID
// number and the room's code, and opens a session (Unauthenticated without
// saying which was wrong; Throttled; Refused while the room is closed).
func (s *Service) Enter(ctx context.Context, ticket, lastSix, code string) (token string, err error) {
	const op = "exam.Enter"
	var sitting Sitting
	e, err := s.candidate(ctx, op, ticket, lastSix, func(e Enrolment) (err error) {
		if sitting, err = s.Store.Sitting(ctx, e.Sitting); err != nil {
			return fault.Wrap(op, err)
		}
		room, err := sitting.Room(e.Room)
		if err != nil || room.Code == "" {
			return fault.New(fault.Refused, op, "your room is not open yet: wait for the invigilator")
		}
		if subtle.ConstantTimeCompare([]byte(room.Code), []byte(strings.TrimSpace(code))) != 1 {
			return errWrongTicket(op)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if err := s.admissible(ctx, op, sitting, e); err != nil {
		return "", err
	}
	return s.Accounts.OpenSession(ctx, access.Session{Enrolment: e.ID})
}

// Consult opens a session in which a candidate sees results and certificates,
// with ticket number and the last six characters of the ID number.
func (s *Service) Consult(ctx context.Context, ticket, lastSix string) (token string, err error) {
	e, err := s.candidate(ctx, "exam.Consult", ticket, lastSix, func(Enrolment) error { return nil })
	if err != nil {
		return "", err
	}
	return s.Accounts.OpenSession(ctx, access.Session{Enrolment: e.ID, Consulting: true})
}

func errWrongTicket(op string) error {
	return fault.New(fault.Unauthenticated, op, "ticket number, ID number or room code is not right")
}

// candidate finds who has a ticket and knows what goes with it: the ID number's
// end, and what more asks for.
func (s *Service) candidate(ctx context.Context, op, ticket, lastSix string, more func(Enrolment) error) (Enrolment, error) {
	ticket = strings.TrimSpace(ticket)
	e, err := s.Store.EnrolmentByTicket(ctx, ticket)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Enrolment{}, fault.Wrap(op, err)
	}
	var number IDNumber
	if err == nil {
		if number, err = s.IDNumber(e); err != nil {
			return Enrolment{}, fault.Wrap(op, err)
		}
	}
	typed := strings.ToUpper(strings.TrimSpace(lastSix))
	return e, s.Accounts.Guess(ctx, op, "ticket:"+ticket, number != "", func() error {
		if number == "" || subtle.ConstantTimeCompare([]byte(number.LastSix()), []byte(typed)) != 1 {
			return errWrongTicket(op)
		}
		return more(e)
	})
}

// Place is one candidate on the invigilator's board.
type Place struct {
	Enrolment Enrolment
	Attempt   *Attempt // nil before the start
	Answered  int      // saved answers, while the attempt is open
}

// Board lists the places of a room for its invigilators (room:supervise).
func (s *Service) Board(ctx context.Context, actor access.Actor, id, name string) (Sitting, []Place, error) {
	const op = "exam.Board"
	sitting, err := s.supervise(ctx, op, actor, id, name)
	if err != nil {
		return Sitting{}, nil, err
	}
	enrolments, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: id, Room: name})
	if err != nil {
		return Sitting{}, nil, fault.Wrap(op, err)
	}
	attempts, err := s.Store.Attempts(ctx, id)
	if err != nil {
		return Sitting{}, nil, fault.Wrap(op, err)
	}
	byID := map[string]*Attempt{}
	for i := range attempts {
		byID[attempts[i].ID] = &attempts[i]
	}
	places := make([]Place, 0, len(enrolments))
	for _, e := range enrolments {
		place := Place{Enrolment: e, Attempt: byID[e.ID]}
		if place.Attempt != nil && place.Attempt.State == Open {
			answers, err := s.Store.Answers(ctx, e.ID)
			if err != nil {
				return Sitting{}, nil, fault.Wrap(op, err)
			}
			for id, a := range answers {
				if a.Given() && place.Attempt.Counts(id) {
					place.Answered++
				}
			}
		} else if place.Attempt != nil {
			place.Answered = place.Attempt.Answered
		}
		places = append(places, place)
	}
	return sitting, places, nil
}

func (s *Service) supervise(ctx context.Context, op string, actor access.Actor, id, name string) (Sitting, error) {
	sitting, err := s.sittingFor(ctx, actor, "room:supervise", id)
	if err != nil {
		return Sitting{}, err
	}
	room, err := sitting.Room(name)
	if err != nil {
		return Sitting{}, err
	}
	return sitting, assigned(op, room, actor)
}

// ApproveTakeover lets the device that asks go on with an attempt; the lease
// of the old one ends at once (room:supervise).
func (s *Service) ApproveTakeover(ctx context.Context, actor access.Actor, attempt string) error {
	return s.superviseAttempt(ctx, actor, attempt, func(a *Attempt) (audit.Entry, error) {
		if a.Takeover == "" || a.State != Open && a.State != Replaced {
			return audit.Entry{}, fault.New(fault.Refused, "exam.ApproveTakeover", "no other device asks for this examination")
		}
		a.Session, a.Takeover, a.Lease = a.Takeover, "", leaseOf(a.Paper)
		return s.entry(actor, a.Sitting, "attempt/"+a.ID, "attempt:takeover"), nil
	})
}

// addedMost is the most time that can be added at once, in minutes.
const addedMost = 60

// AddTime gives a candidate minutes for a disturbance that the note names
// (room:supervise; Invalid outside 1 to 60 or without a note).
func (s *Service) AddTime(ctx context.Context, actor access.Actor, attempt string, minutes int, note string) error {
	const op = "exam.AddTime"
	if note = strings.TrimSpace(note); minutes < 1 || minutes > addedMost || note == "" {
		return fault.New(fault.Invalid, op, "give 1 to %d minutes and the reason", addedMost)
	}
	return s.superviseAttempt(ctx, actor, attempt, func(a *Attempt) (audit.Entry, error) {
		if a.State != Open {
			return audit.Entry{}, late(op)
		}
		a.Deadline = a.Deadline.Add(time.Duration(minutes) * time.Minute)
		entry := s.entry(actor, a.Sitting, "attempt/"+a.ID, "attempt:add-time")
		entry.Note = fmt.Sprintf("+%d min: %s", minutes, note)
		return entry, nil
	})
}

func (s *Service) superviseAttempt(ctx context.Context, actor access.Actor, id string, change func(*Attempt) (audit.Entry, error)) error {
	const op = "exam.supervise"
	err := fault.Retry(func() error {
		a, err := s.Store.Attempt(ctx, id)
		if err != nil {
			return err
		}
		if _, err := s.supervise(ctx, op, actor, a.Sitting, a.Room); err != nil {
			return err
		}
		entry, err := change(&a)
		if err != nil {
			return err
		}
		return s.Store.PutAttempt(ctx, &a, entry)
	})
	if err == nil {
		s.watch.tell(id)
	}
	return fault.Wrap(op, err)
}
