package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

func (a *jsonAPI) completions() {
	operation(a, huma.Operation{
		OperationID: "getCompletion", Method: http.MethodGet, Path: "/completion", Tags: []string{"statistics"}, Summary: "The examination section of the training form (结业考核)",
		Description: "Of one sitting, or of the sittings of a body or a region that began within days (R61). Counts only, no names of candidates; the inspector's signature is R40's.",
		Errors:      refusals(fault.Invalid, fault.NotFound, fault.Refused),
	}, a.getCompletion)
}

type completionInput struct {
	Sitting string `query:"sitting" doc:"Id of a sitting; or"`
	BodyID  string `query:"body" doc:"id of a body; or"`
	Region  string `query:"region" doc:"a region, with those in it" example:"410423"`
	From    string `query:"from" format:"date" doc:"First day; none: the first of the year of the last"`
	To      string `query:"to" format:"date" doc:"Last day; none: today"`
}

type completionJSON struct {
	Name         string              `json:"name" doc:"Of the sitting, the body or the region"`
	Region       string              `json:"region" doc:"Whose form it is"`
	From         string              `json:"from" format:"date"`
	To           string              `json:"to" format:"date"`
	Fields       []string            `json:"fields" doc:"That the region's form holds; none where no form is set"`
	Enrolled     int                 `json:"enrolled"`
	Candidates   int                 `json:"candidates" doc:"Who took part"`
	Certificates int                 `json:"certificates" doc:"In force that followed"`
	Entered      int                 `json:"entered" doc:"Sittings whose results are in the system"`
	Signed       int                 `json:"signed" doc:"Sittings whose record an inspector signed"`
	Signatures   []inspectorJSON     `json:"signatures" doc:"The last one of each inspector"`
	Tracks       []examinedTrackJSON `json:"tracks" doc:"In the order of the form"`
	Sittings     []examinedJSON      `json:"sittings" doc:"By their start"`
}

type inspectorJSON struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

type examinedTrackJSON struct {
	Track        rulebook.Track `json:"track"`
	Candidates   int            `json:"candidates"`
	Certificates int            `json:"certificates"`
}

type examinedJSON struct {
	Sitting      string         `json:"sitting"`
	Title        string         `json:"title"`
	Body         string         `json:"body"`
	BodyName     string         `json:"body_name"`
	Region       string         `json:"region"`
	Track        rulebook.Track `json:"track"`
	StartsAt     time.Time      `json:"starts_at"`
	Enrolled     int            `json:"enrolled"`
	Candidates   int            `json:"candidates"`
	Certificates int            `json:"certificates"`
	Entered      bool           `json:"entered"`
	Signed       *inspectorJSON `json:"signed,omitempty"`
}

func inspectorForm(s exam.Signature) inspectorJSON { return inspectorJSON{s.Name, moment(s.At)} }

func (a *jsonAPI) getCompletion(ctx context.Context, actor access.Actor, in *completionInput) (completionJSON, error) {
	q := certify.CompletionQuery{Sitting: in.Sitting, Body: in.BodyID, Region: in.Region}
	q.From, q.To = period(parseDay(in.From), parseDay(in.To), a.Now())
	c, err := a.Certify.Completion(ctx, actor, q)
	if err != nil {
		return completionJSON{}, err
	}
	form := completionJSON{
		Name: c.Name, Region: c.Place, From: legalDay(c.From), To: legalDay(c.To), Fields: []string{}, Enrolled: c.Enrolled, Candidates: c.Candidates, Certificates: c.Certificates,
		Entered: c.Entered, Signed: c.Signed, Signatures: []inspectorJSON{}, Tracks: []examinedTrackJSON{}, Sittings: []examinedJSON{},
	}
	if c.Ruled {
		form.Fields = c.Form.Words()
	}
	for _, s := range c.Signatures() {
		form.Signatures = append(form.Signatures, inspectorForm(s))
	}
	for _, line := range c.Lines {
		form.Tracks = append(form.Tracks, examinedTrackJSON(line))
	}
	for _, s := range c.Sittings {
		row := examinedJSON{
			Sitting: s.ID, Title: s.Title, Body: s.Sitting.Body, BodyName: s.BodyName, Region: s.Region, Track: s.Track, StartsAt: moment(s.StartsAt),
			Enrolled: s.Enrolled, Candidates: s.Candidates, Certificates: s.Certificates, Entered: s.Entered(),
		}
		if s.Signed.By != "" {
			row.Signed = new(inspectorForm(s.Signed))
		}
		form.Sittings = append(form.Sittings, row)
	}
	return form, nil
}

// period fills in the days of a report: until today, from the first of the year
// of the last day.
func period(from, to, now time.Time) (time.Time, time.Time) {
	if to.IsZero() {
		to = rulebook.Day(now)
	}
	if from.IsZero() {
		from = time.Date(to.In(rulebook.Shanghai).Year(), 1, 1, 0, 0, 0, 0, rulebook.Shanghai)
	}
	return from, to
}
