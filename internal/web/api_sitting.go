package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

func (a *jsonAPI) sittings() {
	operation(a, huma.Operation{
		OperationID: "listSittings", Method: http.MethodGet, Path: "/sittings", Tags: []string{"sittings"}, Summary: "Sittings (考核场次), newest first",
		Description: "Those of the caller's body or regions.",
	}, a.listSittings)
	operation(a, huma.Operation{
		OperationID: "getSitting", Method: http.MethodGet, Path: "/sittings/{id}", Tags: []string{"sittings"}, Summary: "A sitting",
		Description: "With rooms, staff and task sheet; the codes of its rooms are not in it.", Errors: refusals(fault.NotFound),
	}, a.getSitting)
	operation(a, huma.Operation{
		OperationID: "draftSitting", Method: http.MethodPost, Path: "/sittings", Tags: []string{"sittings"}, Summary: "Draft a sitting",
		Description:   "Refused outside the body's filing: trade, level, track, site, validity (R30); a subsidised sitting also to a body barred from those (R34).",
		DefaultStatus: http.StatusCreated, Errors: refusals(fault.NotFound, fault.Refused),
	}, a.draftSitting)
	operation(a, huma.Operation{
		OperationID: "redraftSitting", Method: http.MethodPut, Path: "/sittings/{id}", Tags: []string{"sittings"}, Summary: "Change a draft or a returned notice",
		Description: "As draftSitting; the body stays (R30).", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.redraftSitting)
	operation(a, huma.Operation{
		OperationID: "notifySitting", Method: http.MethodPost, Path: "/sittings/{id}/notice", Tags: []string{"sittings"}, Summary: "Give notice of a sitting (报备)",
		Description: "Refused when it comes later than the region's rule allows, naming the first date that would do (R02), outside the body's filing (R30), for a course completion examination where a stronger certificate can be had (R03, with what and where), in another region that can hold it itself (R37), and without a reason for passing an organisation's own body by (R38).",
		Errors:      refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.notifySitting)
	operation(a, huma.Operation{
		OperationID: "acceptSitting", Method: http.MethodPost, Path: "/sittings/{id}/acceptance", Tags: []string{"sittings"}, Summary: "Accept a notice (受理)",
		Description: "By an officer of the region. Refused as the notice is, and while a consent to a sitting in another region is missing (R37).", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.acceptSitting)
	operation(a, huma.Operation{
		OperationID: "returnSitting", Method: http.MethodPost, Path: "/sittings/{id}/return", Tags: []string{"sittings"}, Summary: "Return a notice with a reason (退回)",
		Description: "By an officer of the region; the body can change it and give notice again.", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.returnSitting)
	operation(a, huma.Operation{
		OperationID: "consentSitting", Method: http.MethodPost, Path: "/sittings/{id}/consent", Tags: []string{"sittings"}, Summary: "Consent to a sitting in another region (跨地域同意)",
		Description: "By an officer of the body's region (own), of the region of the site (host), or of the province where subsidised work passes local bodies by (R37). Each consent is another person's; the notice is accepted when all that are asked for are there.",
		Errors:      refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.consentSitting)
	operation(a, huma.Operation{
		OperationID: "signSitting", Method: http.MethodPost, Path: "/sittings/{id}/signature", Tags: []string{"sittings"}, Summary: "Sign the record of a sitting (考核巡查人员签字)",
		Description: "By an inspector of the region who does not work in it, from its start until its results are confirmed. Where the region's rules ask for it, results are not confirmed without (R40).",
		Errors:      refusals(fault.NotFound, fault.Refused, fault.Early, fault.Conflict),
	}, a.signSitting)
	operation(a, huma.Operation{
		OperationID: "opineSitting", Method: http.MethodPost, Path: "/sittings/{id}/opinion", Tags: []string{"sittings"}, Summary: "An industry department's opinion on a sitting (行业意见)",
		Description: "By an industry department for its trades, from the notice to the start.", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.opineSitting)
	operation(a, huma.Operation{
		OperationID: "superviseSitting", Method: http.MethodPost, Path: "/sittings/{id}/supervision", Tags: []string{"sittings"}, Summary: "The internal supervisor's record of a sitting (内督记录)",
		Description: "By the body's internal supervisor who does not work in it, once, from its start until its results are confirmed (R40).", Errors: refusals(fault.NotFound, fault.Refused, fault.Early, fault.Conflict),
	}, a.superviseSitting)
	operation(a, huma.Operation{
		OperationID: "listJoinable", Method: http.MethodGet, Path: "/bodies/{body}/joinable", Tags: []string{"sittings"}, Summary: "Sittings that one of the body could sit together with (统筹集中考核)",
		Description: "Of other bodies in the same city, accepted and to come, in trades and levels of the body's filing; none where the region's rules allow none (R14).", Errors: refusals(fault.NotFound),
	}, a.listJoinable)
	operation(a, huma.Operation{
		OperationID: "listStaffable", Method: http.MethodGet, Path: "/sittings/{id}/staffable", Tags: []string{"sittings"}, Summary: "Accounts that can be given a role in a sitting",
		Description: "Who holds the role in the sitting's body (R17); of examiners, those who may examine its trade and level (R19).", Errors: refusals(fault.NotFound),
	}, a.listStaffable)
	operation(a, huma.Operation{
		OperationID: "staffSitting", Method: http.MethodPut, Path: "/sittings/{id}/staffing", Tags: []string{"sittings"}, Summary: "Set paper, invigilators, examiners and task sheet (排考)",
		Description: "And give every candidate a seat. Refused for too few invigilators or examiners (R17), for an examiner without a valid certificate of the trade and level or recused for a candidate (R19), for a body's own paper in a track with central papers (R05); the task sheet adds up to 100 points (R15).",
		Errors:      refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.staffSitting)
}

type sittingJSON struct {
	ID          string          `json:"id"`
	Version     int             `json:"version" doc:"Rises with each change"`
	Body        string          `json:"body"`
	BodyName    string          `json:"body_name"`
	Region      string          `json:"region"`
	Site        string          `json:"site"`
	SiteName    string          `json:"site_name"`
	Trade       string          `json:"trade"`
	Level       rulebook.Level  `json:"level"`
	Track       rulebook.Track  `json:"track"`
	Title       string          `json:"title"`
	Serial      int             `json:"serial" doc:"Running number in region and year"`
	StartsAt    time.Time       `json:"starts_at"`
	Minutes     int             `json:"minutes" doc:"Of the theory paper; 0 until one is set"`
	State       exam.State      `json:"state" enum:"drafted,returned,notified,accepted,staffed,sealed,unsealed,running,closed,marked,publicised,confirmed,cancelled,voided"`
	NotifiedAt  *time.Time      `json:"notified_at,omitempty"`
	DecidedAt   *time.Time      `json:"decided_at,omitempty"`
	Reason      string          `json:"reason,omitempty" doc:"Of a return"`
	Paper       string          `json:"paper,omitempty" doc:"The body's own"`
	Central     string          `json:"central,omitempty" doc:"The bureau's (R05)"`
	Rooms       []roomJSON      `json:"rooms"`
	Examiners   []string        `json:"examiners" doc:"Account ids"`
	Tasks       []taskJSON      `json:"tasks" doc:"Practical task sheet (实操评分项)"`
	Subsidised  bool            `json:"subsidised" doc:"补贴性评价 (R34)"`
	Host        string          `json:"host_region,omitempty" doc:"Of a site in another region than the body's (R37)"`
	Consents    []consentJSON   `json:"consents,omitempty" doc:"Given so far (R37)"`
	Joint       string          `json:"joint,omitempty" doc:"Sitting of another body in whose rooms it is held (R14)"`
	Guests      []string        `json:"guests,omitempty" doc:"Sittings of other bodies that are held in its rooms (R14)"`
	For         string          `json:"for,omitempty" doc:"Body id of the employer or school whose people sit (R38)"`
	ForName     string          `json:"for_name,omitempty"`
	ForWhy      string          `json:"for_why,omitempty" doc:"Why its own body does not examine them"`
	Opinions    []signatureJSON `json:"opinions,omitempty" doc:"Of industry departments"`
	Internal    *signatureJSON  `json:"internal,omitempty" doc:"Record of the body's internal supervisor (R40)"`
	Signature   *signatureJSON  `json:"signature,omitempty" doc:"The inspector's, on the record (R40)"`
	PublishedAt *time.Time      `json:"published_at,omitempty"`
	ConfirmedAt *time.Time      `json:"confirmed_at,omitempty"`
}

type consentJSON struct {
	Side   exam.Side `json:"side" enum:"own,host,province"`
	Region string    `json:"region"`
	Name   string    `json:"name"`
	At     time.Time `json:"at"`
	Note   string    `json:"note,omitempty"`
}

type signatureJSON struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
	Note string    `json:"note,omitempty"`
}

type roomJSON struct {
	Name         string     `json:"name"`
	Seats        int        `json:"seats"`
	Invigilators []string   `json:"invigilators" doc:"Account ids"`
	OpenedAt     *time.Time `json:"opened_at,omitempty"`
}

type taskJSON struct {
	Name   string `json:"name"`
	Points string `json:"points" example:"15.5"`
	Text   string `json:"text,omitempty" doc:"Of a central paper, once it is released"`
}

// sittingForm leaves out the codes of the rooms: they are for who is in there.
func sittingForm(s exam.Sitting) sittingJSON {
	form := sittingJSON{
		ID: s.ID, Version: s.Version, Body: s.Body, BodyName: s.BodyName, Region: s.Region, Site: s.Site, SiteName: s.SiteName,
		Trade: s.Trade, Level: s.Level, Track: s.Track, Title: s.Title, Serial: s.Serial, StartsAt: moment(s.StartsAt), Minutes: s.Minutes,
		State: s.State, NotifiedAt: momentOrNone(s.NotifiedAt), DecidedAt: momentOrNone(s.DecidedAt), Reason: s.Reason, Paper: s.Paper, Central: s.Central,
		Rooms: []roomJSON{}, Examiners: texts(s.Examiners), Tasks: taskForms(s.Tasks),
		Subsidised: s.Subsidised, Host: s.Host, Joint: s.Joint, Guests: s.Guests, For: s.For, ForName: s.ForName, ForWhy: s.ForWhy,
		PublishedAt: momentOrNone(s.Publicised), ConfirmedAt: momentOrNone(s.Confirmed),
	}
	for _, c := range s.Consents {
		form.Consents = append(form.Consents, consentJSON{c.Side, c.Region, c.Name, moment(c.At), c.Note})
	}
	for _, r := range s.Opinions {
		form.Opinions = append(form.Opinions, signatureJSON{r.Name, moment(r.At), r.Text})
	}
	if r := s.Internal; r.By != "" {
		form.Internal = &signatureJSON{r.Name, moment(r.At), r.Text}
	}
	if s.Signed.By != "" {
		form.Signature = &signatureJSON{s.Signed.Name, moment(s.Signed.At), s.Signed.Note}
	}
	for _, r := range s.Rooms {
		form.Rooms = append(form.Rooms, roomJSON{r.Name, r.Seats, texts(r.Invigilators), momentOrNone(r.OpenedAt)})
	}
	return form
}

func taskForms(tasks []exam.Task) []taskJSON {
	forms := make([]taskJSON, len(tasks))
	for i, t := range tasks {
		forms[i] = taskJSON{t.Name, t.Points.String(), t.Text}
	}
	return forms
}

// OfSitting is the part of an input that names a sitting.
type OfSitting struct {
	ID string `path:"id" doc:"Id of the sitting"`
}

type sittingsQuery struct {
	Paging
	BodyID string       `query:"body" doc:"Id of an evaluation body"`
	States []exam.State `query:"state" enum:"drafted,returned,notified,accepted,staffed,sealed,unsealed,running,closed,marked,publicised,confirmed,cancelled,voided" doc:"One or more states, with commas between"`
	Text   string       `query:"text" doc:"Part of the title"`
}

func (a *jsonAPI) listSittings(ctx context.Context, actor access.Actor, in *sittingsQuery) (listJSON[sittingJSON], error) {
	list, err := a.Exam.Sittings(ctx, actor, exam.SittingQuery{Body: in.BodyID, States: in.States, Text: in.Text, Before: in.Cursor, Limit: in.more()})
	return page(list, in.Paging, func(s exam.Sitting) string { return s.ID }, sittingForm), err
}

func (a *jsonAPI) getSitting(ctx context.Context, actor access.Actor, in *OfSitting) (sittingJSON, error) {
	sitting, err := a.Exam.Sitting(ctx, actor, in.ID)
	return sittingForm(sitting), err
}

type DraftJSON struct {
	Site     string         `json:"site" doc:"Id of one of the body's sites"`
	Trade    string         `json:"trade" example:"6-31-01-03"`
	Level    rulebook.Level `json:"level"`
	Track    rulebook.Track `json:"track" enum:"qualification,skill_level,special_work,special_skill,completion,equipment"`
	Title    string         `json:"title,omitempty" doc:"Made of trade, level and serial when absent"`
	StartsAt time.Time      `json:"starts_at" doc:"Start of the theory examination"`
	Central  string         `json:"central,omitempty" doc:"Id of a central paper, where it is known already (R05)"`

	Subsidised bool   `json:"subsidised,omitempty" doc:"补贴性评价 (R34)"`
	Joint      string `json:"joint,omitempty" doc:"Sitting of another body to sit together with, of listJoinable (R14)"`
	For        string `json:"for,omitempty" doc:"Body id of the employer or school whose people sit (R38)"`
	ForWhy     string `json:"for_why,omitempty" maxLength:"500" doc:"Why its own body does not examine them"`
}

func (d DraftJSON) draft(body string) exam.Draft {
	return exam.Draft{Body: body, Site: d.Site, Trade: d.Trade, Level: d.Level, Track: d.Track, Title: d.Title, StartsAt: d.StartsAt, Subsidised: d.Subsidised, Joint: d.Joint, For: d.For, ForWhy: d.ForWhy, Central: d.Central}
}

type newSitting struct {
	Body struct {
		BodyID string `json:"body" doc:"Id of the evaluation body"`
		DraftJSON
	}
}

func (a *jsonAPI) draftSitting(ctx context.Context, actor access.Actor, in *newSitting) (sittingJSON, error) {
	sitting, err := a.Exam.Draft(ctx, actor, in.Body.draft(in.Body.BodyID))
	return sittingForm(sitting), err
}

type changedSitting struct {
	OfSitting
	Body DraftJSON
}

func (a *jsonAPI) redraftSitting(ctx context.Context, actor access.Actor, in *changedSitting) (sittingJSON, error) {
	sitting, err := a.Exam.Redraft(ctx, actor, in.ID, in.Body.draft(""))
	return sittingForm(sitting), err
}

func (a *jsonAPI) notifySitting(ctx context.Context, actor access.Actor, in *OfSitting) (sittingJSON, error) {
	sitting, err := a.Exam.Notify(ctx, actor, in.ID)
	return sittingForm(sitting), err
}

func (a *jsonAPI) acceptSitting(ctx context.Context, actor access.Actor, in *OfSitting) (sittingJSON, error) {
	sitting, err := a.Exam.Accept(ctx, actor, in.ID)
	return sittingForm(sitting), err
}

type returnInput struct {
	OfSitting
	Body struct {
		Reason string `json:"reason" maxLength:"500" doc:"For the scheduler"`
	}
}

func (a *jsonAPI) returnSitting(ctx context.Context, actor access.Actor, in *returnInput) (sittingJSON, error) {
	sitting, err := a.Exam.Return(ctx, actor, in.ID, in.Body.Reason)
	return sittingForm(sitting), err
}

type consentInput struct {
	OfSitting
	Body struct {
		Side exam.Side `json:"side" enum:"own,host,province" doc:"Whose consent it is"`
		Note string    `json:"note,omitempty" maxLength:"500"`
	}
}

func (a *jsonAPI) consentSitting(ctx context.Context, actor access.Actor, in *consentInput) (sittingJSON, error) {
	sitting, err := a.Exam.Consent(ctx, actor, in.ID, in.Body.Side, in.Body.Note)
	return sittingForm(sitting), err
}

type remarkInput struct {
	OfSitting
	Body struct {
		Text string `json:"text" maxLength:"500"`
	}
}

func (a *jsonAPI) opineSitting(ctx context.Context, actor access.Actor, in *remarkInput) (sittingJSON, error) {
	sitting, err := a.Exam.Opine(ctx, actor, in.ID, in.Body.Text)
	return sittingForm(sitting), err
}

func (a *jsonAPI) superviseSitting(ctx context.Context, actor access.Actor, in *remarkInput) (sittingJSON, error) {
	sitting, err := a.Exam.Supervise(ctx, actor, in.ID, in.Body.Text)
	return sittingForm(sitting), err
}

type signatureInput struct {
	OfSitting
	Body struct {
		Note string `json:"note,omitempty" maxLength:"500" doc:"What was seen"`
	}
}

func (a *jsonAPI) signSitting(ctx context.Context, actor access.Actor, in *signatureInput) (sittingJSON, error) {
	sitting, err := a.Exam.Sign(ctx, actor, in.ID, in.Body.Note)
	return sittingForm(sitting), err
}

type joinableJSON struct {
	ID       string         `json:"id"`
	BodyName string         `json:"body_name"`
	SiteName string         `json:"site_name"`
	Trade    string         `json:"trade"`
	Level    rulebook.Level `json:"level"`
	Track    rulebook.Track `json:"track"`
	StartsAt time.Time      `json:"starts_at"`
}

func (a *jsonAPI) listJoinable(ctx context.Context, actor access.Actor, in *OfBody) (listJSON[joinableJSON], error) {
	list, err := a.Exam.Joinable(ctx, actor, in.BodyID)
	return every(list, func(s exam.Sitting) joinableJSON {
		return joinableJSON{s.ID, s.BodyName, s.SiteName, s.Trade, s.Level, s.Track, moment(s.StartsAt)}
	}), err
}

type staffableQuery struct {
	OfSitting
	Role access.Role `query:"role" required:"true" enum:"invigilator,examiner"`
}

type accountJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (a *jsonAPI) listStaffable(ctx context.Context, actor access.Actor, in *staffableQuery) (listJSON[accountJSON], error) {
	sitting, err := a.Exam.Sitting(ctx, actor, in.ID)
	if err != nil {
		return listJSON[accountJSON]{}, err
	}
	list, err := a.Exam.Staffable(ctx, actor, sitting, in.Role)
	return every(list, func(a access.Account) accountJSON { return accountJSON{a.ID, a.Name} }), err
}

type staffingInput struct {
	OfSitting
	Body struct {
		Paper        string              `json:"paper" doc:"Id of a paper of the body, trade and level, or of a central one (R05)"`
		Invigilators map[string][]string `json:"invigilators" doc:"Account ids by the name of the room"`
		Examiners    []string            `json:"examiners" doc:"Account ids: at least three, an odd number (R17)"`
		Tasks        []taskJSON          `json:"tasks,omitempty" doc:"100 points in all; those of a central paper come with it"`
	}
}

func (a *jsonAPI) staffSitting(ctx context.Context, actor access.Actor, in *staffingInput) (sittingJSON, error) {
	staffing := exam.Staffing{Paper: in.Body.Paper, Invigilators: in.Body.Invigilators, Examiners: in.Body.Examiners}
	var read pointsReader
	for i, t := range in.Body.Tasks {
		staffing.Tasks = append(staffing.Tasks, exam.Task{Name: t.Name, Points: read.field(fmt.Sprintf("tasks[%d].points", i), t.Points)})
	}
	if err := read.err(); err != nil {
		return sittingJSON{}, err
	}
	sitting, err := a.Exam.Staff(ctx, actor, in.ID, staffing)
	return sittingForm(sitting), err
}
