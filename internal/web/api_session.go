package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

func (a *jsonAPI) sessions() {
	session(a, huma.Operation{
		OperationID: "login", Method: http.MethodPost, Path: "/login", Tags: []string{"session"}, Summary: "Log in with an account",
		Description: "Sets the session cookie. After five wrong tries a name is locked for 15 minutes (429).",
		Errors:      refusals(fault.Unauthenticated, fault.Throttled),
	}, a.login)
	session(a, huma.Operation{
		OperationID: "enterRoom", Method: http.MethodPost, Path: "/room/login", Tags: []string{"exam room"}, Summary: "Enter the exam room as a candidate",
		Description: "Ticket number (准考证号), the last six characters of the ID number, and the code that the room shows. Sets the session cookie with which startAttempt begins.",
		Errors:      refusals(fault.Unauthenticated, fault.Throttled, fault.Refused),
	}, a.enterRoom)
	session(a, huma.Operation{
		OperationID: "consultResult", Method: http.MethodPost, Path: "/result/login", Tags: []string{"results"}, Summary: "Log in as a candidate, to see the own result",
		Description: "Ticket number and the last six characters of the ID number. The session opens no examination.",
		Errors:      refusals(fault.Unauthenticated, fault.Throttled),
	}, a.consultResult)
	register(a, huma.Operation{
		OperationID: "logout", Method: http.MethodPost, Path: "/logout", Tags: []string{"session"}, Summary: "Log out",
		Description: "Ends the session, if there is one.",
	}, a.logout)
	operation(a, huma.Operation{
		OperationID: "me", Method: http.MethodGet, Path: "/me", Tags: []string{"session"}, Summary: "Who is logged in",
		Description: "The account with its grants, or the candidate's enrolment.",
	}, a.me)
}

// session registers an operation that opens a session and sets its cookie.
func session[In any](a *jsonAPI, op huma.Operation, open func(context.Context, *In) (token string, err error)) {
	op = a.beginning(op)
	op.DefaultStatus, op.MaxBodyBytes = http.StatusNoContent, roomMost
	op.Responses = map[string]*huma.Response{"204": {
		Description: "The session cookie is set.",
		Headers:     map[string]*huma.Param{"Set-Cookie": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	register(a, op, func(ctx context.Context, in *In) (*struct{}, error) {
		token, err := open(ctx, in)
		if err == nil {
			a.setSession(callOf(ctx).gin, token)
		}
		return nil, err
	})
}

type credentials struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"100"`
		Password string `json:"password" minLength:"1" maxLength:"200"`
	}
}

func (a *jsonAPI) login(ctx context.Context, in *credentials) (string, error) {
	return a.Accounts.Login(ctx, in.Body.Login, in.Body.Password)
}

type roomTicket struct {
	Body struct {
		Ticket  string `json:"ticket" minLength:"1" maxLength:"40" doc:"准考证号"`
		LastSix string `json:"last_six" minLength:"6" maxLength:"6" doc:"Last six characters of the ID number"`
		Code    string `json:"code" minLength:"1" maxLength:"12" doc:"What the room shows"`
	}
}

func (a *jsonAPI) enterRoom(ctx context.Context, in *roomTicket) (string, error) {
	return a.Exam.Enter(ctx, in.Body.Ticket, in.Body.LastSix, in.Body.Code)
}

type resultTicket struct {
	Body struct {
		Ticket  string `json:"ticket" minLength:"1" maxLength:"40" doc:"准考证号"`
		LastSix string `json:"last_six" minLength:"6" maxLength:"6" doc:"Last six characters of the ID number"`
	}
}

func (a *jsonAPI) consultResult(ctx context.Context, in *resultTicket) (string, error) {
	return a.Exam.Consult(ctx, in.Body.Ticket, in.Body.LastSix)
}

func (a *jsonAPI) logout(ctx context.Context, _ *struct{}) (*struct{}, error) {
	c := callOf(ctx).gin
	if token, err := c.Cookie(sessionCookie); err == nil {
		if err := a.Accounts.Logout(ctx, token); err != nil {
			return nil, err
		}
	}
	a.dropSession(c)
	return nil, nil
}

type personJSON struct {
	ID        string      `json:"id"`
	Name      string      `json:"name,omitempty"`
	Enrolment string      `json:"enrolment,omitempty" doc:"Of a candidate"`
	Grants    []grantJSON `json:"grants"`
}

type grantJSON struct {
	Key         string      `json:"key" doc:"Names the grant within its account"`
	Role        access.Role `json:"role"`
	Region      string      `json:"region,omitempty" doc:"The region that the role holds in, with its sub-regions"`
	Body        string      `json:"body,omitempty" doc:"Or the one body that it holds in"`
	Trades      []string    `json:"trades,omitempty" doc:"Occupation codes that it is limited to; absent: all"`
	From        string      `json:"from,omitempty" format:"date" doc:"First legal day"`
	Until       string      `json:"until,omitempty" format:"date" doc:"Last legal day"`
	DelegatedBy string      `json:"delegated_by,omitempty" doc:"Account that lent it; it ends with theirs"`
}

func grantForm(g access.Grant) grantJSON {
	return grantJSON{g.Key(), g.Role, g.Region, g.Body, g.Trades, legalDayOrNone(g.From), legalDayOrNone(g.Until), g.DelegatedBy}
}

func (a *jsonAPI) me(_ context.Context, actor access.Actor, _ *struct{}) (personJSON, error) {
	person := personJSON{ID: actor.ID, Name: actor.Name, Enrolment: actor.Enrolment, Grants: []grantJSON{}}
	for _, g := range actor.Grants {
		person.Grants = append(person.Grants, grantForm(g))
	}
	return person, nil
}
