package web

import (
	"net/http"
	"strconv"
	"time"

	"kaoping/exam"
	"kaoping/internal/fault"
)

// candidate is page for candidates only; others are led to a door.
func (s *Server) candidate(door string, handle func(*request) error) func(*request) error {
	return func(r *request) error {
		if r.actor.Enrolment == "" {
			r.Redirect(http.StatusSeeOther, door)
			return nil
		}
		return handle(r)
	}
}

// inRoom is page for candidates who came by the exam room's door.
func (s *Server) inRoom(handle func(*request) error) func(*request) error {
	return s.candidate("/room", func(r *request) error {
		if r.session.Consulting {
			r.Redirect(http.StatusSeeOther, "/room")
			return nil
		}
		return handle(r)
	})
}

// showDoor is the exam room's door (考生进场).
func (s *Server) showDoor(r *request) error {
	inside := r.actor.Enrolment != "" && !r.session.Consulting
	return r.render(plainFrame, "door", r.T("Exam room"), map[string]any{"Inside": inside})
}

// enter opens the door.
func (s *Server) enter(r *request) error {
	token, err := s.Exam.Enter(r.Request.Context(), r.PostForm("ticket"), r.PostForm("last_six"), r.PostForm("code"))
	return s.admit(r, token, err, "/room/wait", s.showDoor)
}

// admit lets a candidate in with a session, or shows the door again with what
// was typed: a wrong ticket is an answer here, not a reason to log in.
func (s *Server) admit(r *request, token string, err error, to string, door func(*request) error) error {
	if fault.Is(err, fault.Unauthenticated) {
		s.note(r.FullPath(), err)
		r.fault = err
		return door(r)
	}
	if err != nil {
		return r.again(err, door)
	}
	s.setSession(r.Context, token)
	r.Redirect(http.StatusSeeOther, to)
	return nil
}

// waitingRoom is the page between the door and the start (候考).
type waitingRoom struct {
	Sitting    exam.Sitting
	Enrolment  exam.Enrolment
	Left       string
	Now, Start int64 // milliseconds since 1970
	Script     string
	Paper      string // address of the sealed paper, "" for none
	Release    string // of the stream that tells its release, "" for none
	Wait       string // script that follows both
	Held       bool   // the start has passed and the paper is not released
}

// waitRefresh is how often the waiting page looks again without a script.
const waitRefresh = 10 * time.Second

// showWait counts down to the start by the server's clock and then goes on.
func (s *Server) showWait(r *request) error {
	sitting, e, err := s.Exam.OwnResult(r.Request.Context(), r.actor)
	if err != nil {
		return err
	}
	now := s.Now()
	left := sitting.StartsAt.Sub(now)
	page := waitingRoom{
		Sitting: sitting, Enrolment: e, Left: span(left), Now: now.UnixMilli(), Start: sitting.StartsAt.UnixMilli(), Script: s.assetURL("live.js"),
		Paper: s.preload(r.Request.Context(), sitting),
	}
	if sitting.Central != "" {
		page.Release, page.Wait = roomReleasePath, s.assetURL("wait.js")
		standing, err := s.roomStanding(r.Request.Context(), sitting.Central)
		if err != nil {
			return err
		}
		page.Held = left <= 0 && standing.UnsealedAt.IsZero()
	}
	if left <= 0 && !page.Held {
		r.Redirect(http.StatusSeeOther, "/room/exam")
		return nil
	}
	look := max(1, int(min(max(left, 0), waitRefresh)/time.Second))
	if page.Held {
		look = int(waitRefresh / time.Second)
	}
	r.Set("refresh", strconv.Itoa(look))
	return r.render(plainFrame, "wait", r.T("Waiting"), page)
}
