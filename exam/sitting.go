package exam

import (
	"slices"
	"time"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// State is where a sitting stands (the sitting's state machine of the rule catalogue).
type State string

// The states of a sitting, in their order. Sealing and unsealing belong to
// central papers (R05) and are not walked by the other tracks.
const (
	Drafted    State = "drafted"    // 草稿
	Notified   State = "notified"   // 已报备, waits for the bureau
	Accepted   State = "accepted"   // 已受理
	Returned   State = "returned"   // 已退回
	Staffed    State = "staffed"    // 已排考
	Sealed     State = "sealed"     // 已封存, the central paper
	Unsealed   State = "unsealed"   // 已启封
	Running    State = "running"    // 考试中
	Closed     State = "closed"     // 已结束, answers may still be settling
	Marked     State = "marked"     // 已评阅
	Publicised State = "publicised" // 已公示
	Confirmed  State = "confirmed"  // 已确认
	Cancelled  State = "cancelled"  // 已取消
	Voided     State = "voided"     // 已作废, after it began
)

// States lists the states in the order in which a sitting walks them.
var States = []State{Drafted, Returned, Notified, Accepted, Staffed, Sealed, Unsealed, Running, Closed, Marked, Publicised, Confirmed, Cancelled, Voided}

// Sitting is one examination of one trade and level at one site (考核场次).
type Sitting struct {
	ID       string
	Version  int
	Body     string
	BodyName string
	Region   string
	Site     string
	SiteName string
	Trade    string
	Level    rulebook.Level
	Track    rulebook.Track
	// Subsidised says that public money pays for it (补贴性评价): R34 and R37 ask.
	Subsidised bool
	Host       string   // region of a site in another region than the body's, "" at home (R37)
	Joint      string   // the sitting of another body in whose rooms it is held, "" for none (R14)
	Guests     []string // sittings of other bodies that are held in its rooms
	For        string   // body id of the employer or school whose people sit, "" for none (R38)
	ForName    string
	ForWhy     string // why that body does not examine its own people
	Title      string
	Serial     int // running number in region and year, in every ticket number
	StartsAt   time.Time
	Minutes    int // of the theory paper; 0 until a paper is set
	State      State

	DraftedBy  string
	DraftedAt  time.Time
	NotifiedAt time.Time
	DecidedBy  string
	DecidedAt  time.Time
	Reason     string    // of a return, for the scheduler
	Consents   []Consent // of the bureaus, to a sitting across regions
	Opinions   []Remark  // of industry departments
	Internal   Remark    // of the body's internal supervisor (R40)

	Paper       string    // of the body; "" where a central one is sat
	Central     string    // id of the central paper (R05), "" for none
	Until       time.Time // end of the theory for who begins on a backup form, zero for none
	Rooms       []Room
	Examiners   []string  // account ids, at least three and odd (R17)
	Tasks       []Task    // practical task sheet, 100 points in all
	Excepted    bool      // an override of eligibility was asked for in it
	Signed      Signature // the inspector's, on the record (R40)
	Publicised  time.Time
	Confirmed   time.Time
	ConfirmedBy string

	Exit       string // the bar by which the body left while the sitting was on its way
	ExitTold   bool   // every candidate knows
	Supervised bool   // goes on to its end under an inspector's eyes, though the body has left
}

// Room is a computer room of the sitting.
type Room struct {
	Name         string
	Seats        int
	Invigilators []string // account ids
	Code         string   // shown in the room, "" until it is opened
	OpenedAt     time.Time
}

// Task is one line of the practical task sheet (实操评分项).
type Task struct {
	Name   string
	Points bank.Points
	Text   string // what is to be done, from a central paper after its release
}

// Scope is where the sitting belongs, for access.Decide.
func (s Sitting) Scope() access.Scope {
	return access.Scope{Region: s.Region, Body: s.Body, Trade: s.Trade}
}

// Deadline is when the theory paper ends for everybody without added time; it
// is later where a backup form came after the start.
func (s Sitting) Deadline() time.Time {
	end := s.StartsAt.Add(time.Duration(s.Minutes) * time.Minute)
	if s.Until.After(end) {
		return s.Until
	}
	return end
}

// Room returns a room by name (NotFound).
func (s *Sitting) Room(name string) (*Room, error) {
	for i := range s.Rooms {
		if s.Rooms[i].Name == name {
			return &s.Rooms[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "exam.Room", "the sitting has no room %s", name)
}

// Seats is the number of seats in all rooms.
func (s Sitting) Seats() int {
	n := 0
	for _, r := range s.Rooms {
		n += r.Seats
	}
	return n
}

// staff are the accounts that work in the sitting.
func (s Sitting) staff() []string {
	staff := slices.Clone(s.Examiners)
	for _, room := range s.Rooms {
		staff = append(staff, room.Invigilators...)
	}
	return staff
}

// in refuses unless the sitting is in one of the states.
func (s Sitting) in(op string, states ...State) error {
	if slices.Contains(states, s.State) {
		return nil
	}
	return fault.New(fault.Refused, op, "the sitting is %s: this cannot be done now", s.State)
}
