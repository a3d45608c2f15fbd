package web

import (
	"context"
	"time"

	"kaoping/policies/access"
	"kaoping/policies/standing/inspection"
)

// OfGrade is the part of an input that names a credit grade.
type OfGrade struct {
	ID string `path:"grade" doc:"Id of the grade"`
}

type gradeJSON struct {
	ID      string                 `json:"id"`
	Version int                    `json:"version" doc:"Rises with each change"`
	Body    string                 `json:"body" doc:"Id of the body"`
	Name    string                 `json:"name" doc:"Of the body"`
	Region  string                 `json:"region"`
	From    string                 `json:"from" format:"date" doc:"First day that was looked at"`
	To      string                 `json:"to" format:"date" doc:"Last day that was looked at"`
	Points  int                    `json:"points" minimum:"0" maximum:"100"`
	Grade   inspection.Grade       `json:"grade" enum:"A,B,C,D"`
	Facts   []gradeFactJSON        `json:"facts" doc:"What takes points off"`
	Weights []gradeFactJSON        `json:"weights" doc:"What each fact takes off a hundred points"`
	State   inspection.CreditState `json:"state" enum:"proposed,stands,appealed,replaced"`
	Reason  string                 `json:"reason,omitempty" doc:"Of a credit repair"`
	At      time.Time              `json:"at"`
	Signed  *time.Time             `json:"signed_at,omitempty"`
	Appeal  string                 `json:"appeal,omitempty"`
	Answer  string                 `json:"answer,omitempty"`
}

type gradeFactJSON struct {
	What   string `json:"what"`
	Times  int    `json:"times" doc:"1 for a weight"`
	Points int    `json:"points" doc:"Below zero where points come back"`
}

func gradeForm(c inspection.Credit) gradeJSON {
	form := gradeJSON{
		ID: c.ID, Version: c.Version, Body: c.Body, Name: c.BodyName, Region: c.Region, From: legalDay(c.From), To: legalDay(c.To), Points: c.Points, Grade: c.Grade,
		Facts: []gradeFactJSON{}, Weights: []gradeFactJSON{}, State: c.State, Reason: c.Reason, At: moment(c.At), Signed: momentOrNone(c.SignedAt), Appeal: c.Appeal, Answer: c.Answer,
	}
	for _, f := range c.Facts {
		form.Facts = append(form.Facts, gradeFactJSON(f))
	}
	for _, w := range inspection.Weights {
		form.Weights = append(form.Weights, gradeFactJSON{w.What, 1, w.Points})
	}
	return form
}

type rateInput struct {
	OfBody
	Body struct {
		From   string `json:"from" format:"date" doc:"First day to look at"`
		To     string `json:"to" format:"date" doc:"Last day to look at"`
		Reason string `json:"reason,omitempty" maxLength:"300" doc:"Of a repair: what was made good"`
		Points int    `json:"points,omitempty" minimum:"0" maximum:"100" doc:"Of a repair"`
	}
}

func (a *jsonAPI) rateBody(ctx context.Context, actor access.Actor, in *rateInput) (gradeJSON, error) {
	c, err := a.Inspection.Rate(ctx, actor, in.BodyID, parseDay(in.Body.From), parseDay(in.Body.To), in.Body.Reason, in.Body.Points)
	return gradeForm(c), err
}

func (a *jsonAPI) approveGrade(ctx context.Context, actor access.Actor, in *OfGrade) (gradeJSON, error) {
	c, err := a.Inspection.Approve(ctx, actor, in.ID)
	return gradeForm(c), err
}

type gradeTextInput struct {
	OfGrade
	Body struct {
		Text string `json:"text" maxLength:"2000"`
	}
}

func (a *jsonAPI) appealGrade(ctx context.Context, actor access.Actor, in *gradeTextInput) (gradeJSON, error) {
	c, err := a.Inspection.Object(ctx, actor, in.ID, in.Body.Text)
	return gradeForm(c), err
}

func (a *jsonAPI) upholdGrade(ctx context.Context, actor access.Actor, in *gradeTextInput) (gradeJSON, error) {
	c, err := a.Inspection.Uphold(ctx, actor, in.ID, in.Body.Text)
	return gradeForm(c), err
}

func (a *jsonAPI) getGrade(ctx context.Context, in *OfBody) (gradeJSON, error) {
	c, err := a.Inspection.Credit(ctx, in.BodyID)
	c.Appeal, c.Answer = "", "" // between the body and the bureau
	return gradeForm(c), err
}
