package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

func (a *jsonAPI) attempts() {
	operation(a, a.beginning(huma.Operation{
		OperationID: "startAttempt", Method: http.MethodPost, Path: "/attempts", Tags: []string{"exam room"}, Summary: "Begin the examination, or go on with it",
		Description: "By the candidate who entered the room. Gives the paper in the candidate's own order, without keys, what is saved, and the lease that saves carry. " +
			"Before the start: 403 early with starts_at. Open on another device: 409 superseded with reason device; the invigilator can then approve the takeover. After the deadline: 410 late.",
		Errors: refusals(fault.Refused, fault.Superseded, fault.Late), MaxBodyBytes: roomMost,
	}), a.startAttempt)
	a.saving()
	public(a, huma.Operation{
		OperationID: "submitAttempt", Method: http.MethodPost, Path: "/attempts/{id}/submission", Tags: []string{"exam room"}, Summary: "Hand in (交卷)",
		Description: "Under the lease, without a session. Handing in twice is the same as once.", Errors: refusals(fault.NotFound, fault.Superseded, fault.Conflict),
		MaxBodyBytes: roomMost,
	}, a.submitAttempt)
	public(a, huma.Operation{
		OperationID: "attemptClock", Method: http.MethodGet, Path: "/attempts/{id}/clock", Tags: []string{"exam room"}, Summary: "The server's clock, the deadline, and whether the lease holds",
		Description: "For an open page to ask every few seconds, without a session.", Errors: refusals(fault.NotFound),
	}, a.attemptClock)
	a.events()
}

type startInput struct {
	Body *struct {
		Paper string `json:"paper,omitempty" maxLength:"64" doc:"SHA-256, in hex, of the sealed paper that the page has loaded; absent: none"`
	}
}

type startedJSON struct {
	Attempt     string               `json:"attempt" doc:"Id of the attempt, which is that of the enrolment"`
	Lease       string               `json:"lease" doc:"What saves carry; empty once handed in by hand, or held by another device"`
	Seq         int64                `json:"seq" doc:"Sequence number of the last save; the next one is one more"`
	State       string               `json:"state" enum:"open,submitted"`
	Now         time.Time            `json:"now"`
	Deadline    time.Time            `json:"deadline" doc:"With added time"`
	Grace       int                  `json:"grace_s" doc:"For so many seconds after the deadline saves are taken of what was queued before it"`
	Title       string               `json:"title"`
	Candidate   candidateJSON        `json:"candidate"`
	Sections    []sectionJSON        `json:"sections" doc:"Empty once it is over"`
	Opens       string               `json:"opens,omitempty" doc:"In place of sections, for a page that has loaded the sealed paper: what opens it, base64"`
	Order       []orderJSON          `json:"order,omitempty" doc:"With opens: the candidate's order"`
	Answers     map[string]savedJSON `json:"answers" doc:"What is saved, by the id of the question"`
	SubmittedAt *time.Time           `json:"submitted_at,omitempty"`
}

type candidateJSON struct {
	Name   string `json:"name"`
	Ticket string `json:"ticket"`
	Room   string `json:"room"`
	Seat   int    `json:"seat"`
}

type sectionJSON struct {
	Type      bank.ItemType  `json:"type" enum:"true_false,single,multiple,fill_in"`
	Title     string         `json:"title" doc:"The type in the language of the request"`
	Questions []questionJSON `json:"questions"`
}

type questionJSON struct {
	ID      string        `json:"id" example:"q001"`
	Number  int           `json:"number" doc:"From 1, through all sections"`
	Type    bank.ItemType `json:"type" enum:"true_false,single,multiple,fill_in"`
	Points  string        `json:"points" example:"1.5"`
	Stem    string        `json:"stem"`
	Options []optionJSON  `json:"options" doc:"In the candidate's order; empty for true_false and fill_in"`
	Blanks  int           `json:"blanks" doc:"Blanks of a fill_in question"`
}

type optionJSON struct {
	Index int    `json:"index" doc:"What an answer names"`
	Text  string `json:"text"`
}

type savedJSON struct {
	Choice  []int     `json:"choice"`
	Text    []string  `json:"text"`
	Flagged bool      `json:"flagged"`
	SavedAt time.Time `json:"saved_at"`
}

// sectionTitles are keys of the catalogue.
var sectionTitles = map[bank.ItemType]string{
	bank.TrueFalse: "True or false questions", bank.Single: "Single choice questions",
	bank.Multiple: "Multiple choice questions", bank.FillIn: "Fill-in questions",
}

// attemptState is the state as candidates and invigilators see it: that a
// paper is marked is no news for the room.
func attemptState(state exam.AttemptState) string {
	if state == exam.Scored {
		state = exam.Submitted
	}
	return string(state)
}

func (a *jsonAPI) startAttempt(ctx context.Context, actor access.Actor, in *startInput) (startedJSON, error) {
	s, err := a.Exam.Start(ctx, actor, visitorOf(ctx).session)
	if err != nil {
		return startedJSON{}, err
	}
	form := startedJSON{
		Attempt: s.Attempt.ID, Lease: s.Attempt.Lease, Seq: s.Seq, State: attemptState(s.Attempt.State),
		Now: moment(s.Now), Deadline: moment(s.Attempt.Deadline), Grace: int(exam.Grace.Seconds()), Title: s.Title,
		Candidate: candidateJSON{s.Candidate.Name, s.Candidate.Ticket, s.Candidate.Room, s.Candidate.Seat},
		Sections:  []sectionJSON{}, Answers: map[string]savedJSON{}, SubmittedAt: momentOrNone(s.Attempt.SubmittedAt),
	}
	if in.Body != nil {
		var ok bool
		if form.Opens, form.Order, ok = a.sealedAnswer(ctx, s, in.Body.Paper); ok {
			s.Sections = nil
		}
	}
	words := callOf(ctx).language
	for _, section := range s.Sections {
		form.Sections = append(form.Sections, sectionJSON{section.Type, words.T(sectionTitles[section.Type]), questionForms(section.Questions)})
	}
	for id, answer := range s.Answers {
		form.Answers[id] = savedJSON{append([]int{}, answer.Choice...), texts(answer.Text), answer.Flagged, moment(answer.SavedAt)}
	}
	return form, nil
}

func questionForms(list []exam.Shown) []questionJSON {
	forms := make([]questionJSON, len(list))
	for i, q := range list {
		forms[i] = questionJSON{q.ID, q.Number, q.Type, q.Points.String(), q.Stem, []optionJSON{}, q.Blanks}
		for _, option := range q.Options {
			forms[i].Options = append(forms[i].Options, optionJSON(option))
		}
	}
	return forms
}

type submission struct {
	ID   string `path:"id" doc:"Id of the attempt"`
	Body struct {
		Lease string `json:"lease" maxLength:"100"`
	}
}

type submittedJSON struct {
	State       string     `json:"state" enum:"submitted"`
	SubmittedAt *time.Time `json:"submitted_at"`
}

func (a *jsonAPI) submitAttempt(ctx context.Context, in *submission) (submittedJSON, error) {
	attempt, err := a.Exam.Submit(ctx, in.ID, in.Body.Lease)
	return submittedJSON{attemptState(attempt.State), momentOrNone(attempt.SubmittedAt)}, err
}

type clockQuery struct {
	ID    string `path:"id" doc:"Id of the attempt"`
	Lease string `query:"lease" maxLength:"100"`
}

type clockJSON struct {
	Now         time.Time  `json:"now"`
	Deadline    time.Time  `json:"deadline" doc:"With added time"`
	State       string     `json:"state" enum:"open,submitted,replaced" doc:"replaced: the paper was replaced, start the attempt again"`
	LeaseValid  bool       `json:"lease_valid" doc:"False once another device has taken over"`
	SubmittedAt *time.Time `json:"submitted_at,omitempty"`
}

func (a *jsonAPI) attemptClock(ctx context.Context, in *clockQuery) (clockJSON, error) {
	clock, err := a.Exam.Clock(ctx, in.ID, in.Lease)
	return clockForm(clock), err
}

func clockForm(c exam.Clock) clockJSON {
	return clockJSON{moment(c.Now), moment(c.Deadline), attemptState(c.State), c.LeaseValid, momentOrNone(c.Submitted)}
}
