package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"time"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// ownRoom is a room that the actor invigilates.
type ownRoom struct {
	Sitting exam.Sitting
	Room    exam.Room
	Path    string
	Days    int // until the sitting, in legal days: 0 is today
}

func roomPath(sitting, room string) string {
	return "/rooms/" + sitting + "/" + url.PathEscape(room)
}

// showRooms lists the rooms that the actor invigilates: today's first, then
// those to come, then those that are over.
func (s *Server) showRooms(r *request) error {
	sittings, pager, err := s.staffed(r)
	if err != nil {
		return err
	}
	var rooms []ownRoom
	for _, sitting := range sittings {
		for _, room := range sitting.Rooms {
			if slices.Contains(room.Invigilators, r.actor.ID) {
				rooms = append(rooms, ownRoom{sitting, room, roomPath(sitting.ID, room.Name), daysUntil(s.Now(), sitting.StartsAt)})
			}
		}
	}
	slices.SortStableFunc(rooms, func(a, b ownRoom) int {
		past := func(room ownRoom) int {
			if room.Days < 0 {
				return 1
			}
			return 0
		}
		if c := cmp.Compare(past(a), past(b)); c != 0 {
			return c
		}
		if past(a) == 1 {
			a, b = b, a
		}
		return a.Sitting.StartsAt.Compare(b.Sitting.StartsAt)
	})
	return r.render(deskFrame, "rooms", r.T("Exam rooms"), map[string]any{"Rooms": rooms, "Pager": pager})
}

// staffed lists one page of the sittings that the actor invigilates or examines.
func (s *Server) staffed(r *request) ([]exam.Sitting, pager, error) {
	query := exam.SittingQuery{Staff: r.actor.ID, Before: r.Query("before"), Limit: rowsMost + 1}
	sittings, err := s.Exam.Sittings(r.Request.Context(), r.actor, query)
	if err != nil {
		return nil, pager{}, err
	}
	sittings, pages := paged(r, r.Request.URL.Path, "before", sittings, func(x exam.Sitting) string { return x.ID })
	return sittings, pages, nil
}

// board is the invigilator's view of one room (考场监控).
type board struct {
	Sitting exam.Sitting
	Room    exam.Room
	Path    string
	Live    string // address of the part that renews itself
	Script  string
	Places  []place
	Chosen  string // attempt for which time is to be added
	CanEnd  bool
	WhyShut string // why the room cannot be opened yet
	Custody string // how the central paper stands, a key of the catalogue; "" without one

	Enrolled, Present, Writing, HandedIn, Absent int

	Now, Start, End int64 // milliseconds since 1970, for the countdown
	Left            string
	Days            int // whole days until the start, 0 on the last
	Before, Over    bool
}

// place is a candidate on the board.
type place struct {
	exam.Place
	Open     bool   // the candidate writes
	Waits    bool   // another device asks for the examination
	Added    int    // minutes of added time
	HandedIn string // time of day
}

func (s *Server) board(r *request) (board, error) {
	sitting, places, err := s.Exam.Board(r.Request.Context(), r.actor, r.Param("sitting"), r.Param("room"))
	if err != nil {
		return board{}, err
	}
	room, err := sitting.Room(r.Param("room"))
	if err != nil {
		return board{}, err
	}
	now := s.Now()
	b := board{Sitting: sitting, Room: *room, Path: roomPath(sitting.ID, room.Name), Script: s.assetURL("live.js"), Chosen: r.DefaultPostForm("attempt", r.Query("add")),
		Enrolled: len(places), Now: now.UnixMilli(), Start: sitting.StartsAt.UnixMilli(), End: sitting.Deadline().UnixMilli(),
		Before: now.Before(sitting.StartsAt), Over: !now.Before(sitting.Deadline())}
	b.Live = b.Path + "/live"
	if err := sitting.MayOpen(now); err != nil && room.Code == "" {
		b.WhyShut = r.show(err).Detail
	}
	if sitting.Central != "" {
		paper, err := s.Central.Standing(r.Request.Context(), sitting.Central)
		if err != nil {
			return board{}, err
		}
		b.Custody = custodyWords(paper, now)
	}
	b.CanEnd = sitting.State == exam.Running && !b.Before
	b.Left = span(sitting.Deadline().Sub(now))
	if b.Before {
		b.Left, b.Days = span(sitting.StartsAt.Sub(now)), int(sitting.StartsAt.Sub(now)/(24*time.Hour))
	}
	for _, p := range places {
		b.count(p)
		b.Places = append(b.Places, placeOf(p, sitting))
	}
	return b, nil
}

func placeOf(p exam.Place, sitting exam.Sitting) place {
	a := p.Attempt
	if a == nil {
		return place{Place: p}
	}
	shown := place{Place: p, Open: a.State == exam.Open, Added: int(a.Deadline.Sub(sitting.Deadline()) / time.Minute)}
	shown.Waits = shown.Open && a.Takeover != ""
	if !shown.Open {
		shown.HandedIn = a.SubmittedAt.In(rulebook.Shanghai).Format(time.TimeOnly)
	}
	return shown
}

func (b *board) count(p exam.Place) {
	switch {
	case p.Attempt == nil:
		b.Absent++
		return
	case p.Attempt.State == exam.Open:
		b.Writing++
	default:
		b.HandedIn++
	}
	b.Present++
}

// span is a length of time as HH:MM:SS; a second that has begun counts.
func span(d time.Duration) string {
	seconds := max(0, int((d+time.Second-1)/time.Second))
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	return two(seconds/3600) + ":" + two(seconds/60%60) + ":" + two(seconds%60)
}

// showRoom is the board of one room.
func (s *Server) showRoom(r *request) error {
	b, err := s.board(r)
	if err != nil {
		return err
	}
	return r.render(deskFrame, "room", b.Room.Name+" · "+b.Sitting.Title, b)
}

// showLive is the part of the board that renews itself.
func (s *Server) showLive(r *request) error {
	b, err := s.board(r)
	if err != nil {
		return err
	}
	return r.part("room", "live", b)
}

// workRoom does what the board's forms ask for.
func (s *Server) workRoom(r *request) error {
	ctx, sitting, room := r.Request.Context(), r.Param("sitting"), r.Param("room")
	err := fault.New(fault.Invalid, "web.workRoom", "the form does not say what to do")
	switch r.PostForm("do") {
	case "open":
		if _, err := s.Exam.OpenRoom(ctx, r.actor, sitting, room); err != nil {
			return r.again(err, s.showRoom)
		}
		return r.done(roomPath(sitting, room), "The room is open: show its code to the candidates.")
	case "approve":
		if err := s.Exam.ApproveTakeover(ctx, r.actor, r.PostForm("attempt")); err != nil {
			return r.again(err, s.showRoom)
		}
		return r.done(roomPath(sitting, room), "The examination goes on at the new device.")
	case "add":
		minutes, _ := strconv.Atoi(r.PostForm("minutes")) // what is no number is 0, which the service refuses
		if err := s.Exam.AddTime(ctx, r.actor, r.PostForm("attempt"), minutes, r.PostForm("note")); err != nil {
			return r.again(err, s.showRoom)
		}
		return r.done(roomPath(sitting, room), "The time is added.")
	case "close":
		if err := s.Exam.Close(ctx, r.actor, sitting, r.PostForm("absent") != ""); err != nil {
			return r.again(err, s.showRoom)
		}
		return r.done(roomPath(sitting, room), "The sitting is ended.")
	}
	return r.again(err, s.showRoom)
}
