package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

func (a *jsonAPI) rooms() {
	operation(a, huma.Operation{
		OperationID: "openRoom", Method: http.MethodPost, Path: "/sittings/{id}/rooms/{room}/opening", Tags: []string{"rooms"}, Summary: "Open a room and get the code that it shows",
		Description: "By an invigilator of the room (R17), at most two hours ahead (403 early). Opening again gives the same code.",
		Errors:      refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.openRoom)
	operation(a, huma.Operation{
		OperationID: "roomBoard", Method: http.MethodGet, Path: "/sittings/{id}/rooms/{room}", Tags: []string{"rooms"}, Summary: "The places of a room, as they stand",
		Description: "For the room's invigilators: who writes, how far, who asks to move to another device.", Errors: refusals(fault.NotFound),
	}, a.roomBoard)
	command(a, huma.Operation{
		OperationID: "approveTakeover", Method: http.MethodPost, Path: "/attempts/{id}/takeover", Tags: []string{"rooms"}, Summary: "Let the device that asks go on with an examination",
		Description: "By an invigilator of the room. The lease of the old device ends at once.", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.approveTakeover)
	command(a, huma.Operation{
		OperationID: "addTime", Method: http.MethodPost, Path: "/attempts/{id}/time", Tags: []string{"rooms"}, Summary: "Give a candidate minutes for a disturbance",
		Description: "By an invigilator of the room: 1 to 60 minutes and the reason, which is kept in the audit stream.", Errors: refusals(fault.NotFound, fault.Late, fault.Conflict),
	}, a.addTime)
	command(a, huma.Operation{
		OperationID: "closeSitting", Method: http.MethodPost, Path: "/sittings/{id}/closing", Tags: []string{"rooms"}, Summary: "End a running sitting",
		Description: "By an invigilator of the sitting. Refused while somebody writes, or while candidates who have not come still could, unless they are recorded as absent (缺考).",
		Errors:      refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.closeSitting)
}

type roomInput struct {
	OfSitting
	Room string `path:"room" doc:"Name of the room"`
}

type codeJSON struct {
	Code string `json:"code" doc:"Six digits for the candidates in the room"`
}

func (a *jsonAPI) openRoom(ctx context.Context, actor access.Actor, in *roomInput) (codeJSON, error) {
	sitting, err := a.Exam.OpenRoom(ctx, actor, in.ID, in.Room)
	if err != nil {
		return codeJSON{}, err
	}
	room, err := sitting.Room(in.Room)
	if err != nil {
		return codeJSON{}, err
	}
	return codeJSON{room.Code}, nil
}

type boardJSON struct {
	Sitting  string      `json:"sitting"`
	Title    string      `json:"title"`
	Room     string      `json:"room"`
	Code     string      `json:"code,omitempty" doc:"Absent until the room is open"`
	Now      time.Time   `json:"now"`
	StartsAt time.Time   `json:"starts_at"`
	Deadline time.Time   `json:"deadline" doc:"Without added time"`
	Places   []placeJSON `json:"places" doc:"In ticket order"`
}

type placeJSON struct {
	Enrolment   string     `json:"enrolment" doc:"Also the id of the attempt"`
	Ticket      string     `json:"ticket"`
	Name        string     `json:"name"`
	IDMasked    string     `json:"id_masked"`
	Seat        int        `json:"seat"`
	State       string     `json:"state" enum:"waiting,open,submitted" doc:"Waiting: has not begun"`
	Answered    int        `json:"answered"`
	Late        int        `json:"late" doc:"Answers taken after the deadline that were queued before it"`
	Takeover    bool       `json:"takeover" doc:"Another device asks for the examination"`
	StartedAt   *time.Time `json:"started_at,omitempty"`
	Deadline    *time.Time `json:"deadline,omitempty" doc:"With added time"`
	SubmittedAt *time.Time `json:"submitted_at,omitempty"`
}

func placeForm(p exam.Place) placeJSON {
	form := placeJSON{
		Enrolment: p.Enrolment.ID, Ticket: p.Enrolment.Ticket, Name: p.Enrolment.Name, IDMasked: p.Enrolment.IDMasked,
		Seat: p.Enrolment.Seat, State: "waiting", Answered: p.Answered,
	}
	if a := p.Attempt; a != nil {
		form.State, form.Late, form.Takeover = attemptState(a.State), a.Late, a.Takeover != ""
		form.StartedAt, form.Deadline, form.SubmittedAt = momentOrNone(a.StartedAt), momentOrNone(a.Deadline), momentOrNone(a.SubmittedAt)
	}
	return form
}

func (a *jsonAPI) roomBoard(ctx context.Context, actor access.Actor, in *roomInput) (boardJSON, error) {
	sitting, places, err := a.Exam.Board(ctx, actor, in.ID, in.Room)
	if err != nil {
		return boardJSON{}, err
	}
	room, err := sitting.Room(in.Room)
	if err != nil {
		return boardJSON{}, err
	}
	board := boardJSON{
		Sitting: sitting.ID, Title: sitting.Title, Room: room.Name, Code: room.Code, Now: moment(a.Now()),
		StartsAt: moment(sitting.StartsAt), Deadline: moment(sitting.Deadline()), Places: []placeJSON{},
	}
	for _, p := range places {
		board.Places = append(board.Places, placeForm(p))
	}
	return board, nil
}

// ofAttempt is an input that names an attempt.
type ofAttempt struct {
	ID string `path:"id" doc:"Id of the attempt, which is that of the enrolment"`
}

func (a *jsonAPI) approveTakeover(ctx context.Context, actor access.Actor, in *ofAttempt) error {
	return a.Exam.ApproveTakeover(ctx, actor, in.ID)
}

type timeInput struct {
	ID   string `path:"id" doc:"Id of the attempt"`
	Body struct {
		Minutes int    `json:"minutes" doc:"1 to 60"`
		Note    string `json:"note" maxLength:"200" doc:"What the disturbance was"`
	}
}

func (a *jsonAPI) addTime(ctx context.Context, actor access.Actor, in *timeInput) error {
	return a.Exam.AddTime(ctx, actor, in.ID, in.Body.Minutes, in.Body.Note)
}

type closingInput struct {
	OfSitting
	Body struct {
		RecordAbsent bool `json:"record_absent" doc:"Who has not come is absent (缺考)"`
	}
}

func (a *jsonAPI) closeSitting(ctx context.Context, actor access.Actor, in *closingInput) error {
	return a.Exam.Close(ctx, actor, in.ID, in.Body.RecordAbsent)
}
