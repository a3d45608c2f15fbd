package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing/inspection"
)

func (a *jsonAPI) inspections() {
	op := func(id, method, path, summary, description string, codes ...fault.Code) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Tags: []string{"inspections"}, Summary: summary, Description: description, Errors: refusals(codes...),
		}
	}
	step := []fault.Code{fault.NotFound, fault.Refused, fault.Conflict}
	created := func(o huma.Operation) huma.Operation { o.DefaultStatus = http.StatusCreated; return o }
	const get, post, put = http.MethodGet, http.MethodPost, http.MethodPut

	operation(a, created(op("proposeInspection", post, "/inspections", "Plan an inspection (检查计划)", "What is looked at, in which days, at which share of the bodies (R32, R36).")), a.proposeInspection)
	operation(a, op("listInspections", get, "/inspections", "Inspection plans, newest first", "Those of the caller's regions."), a.listInspections)
	operation(a, op("getInspection", get, "/inspections/{plan}", "An inspection plan", "With its draw, and whether its seed gives this draw.", fault.NotFound), a.getInspection)
	operation(a, op("drawInspection", post, "/inspections/{plan}/draw", "Draw bodies and inspectors (双随机)", "Once. Who has an interest in a body is not drawn for it. The draw follows from the seed.", step...), a.drawInspection)
	operation(a, op("inspectionBoard", get, "/inspection-board", "Bodies not inspected in this half-year, and overdue findings", "Those that R32 still asks an inspection of come first.", fault.NotFound), a.inspectionBoard)
	operation(a, op("listVisits", get, "/visits", "Visits, newest first", "Those of the caller's regions; of the own body once they are signed."), a.listVisits)
	operation(a, op("getVisit", get, "/visits/{visit}", "The record of a visit", "The body reads it once it is signed.", fault.NotFound), a.getVisit)
	operation(a, op("noteVisit", put, "/visits/{visit}/record", "Write the record of a visit", "By one of the inspectors who were drawn, until somebody has signed. A breach needs a finding with a day.", step...), a.noteVisit)
	operation(a, op("signVisit", post, "/visits/{visit}/signature", "Sign the record of a visit", "With the last inspector's signature it stands.", step...), a.signVisit)
	operation(a, op("followFinding", post, "/visits/{visit}/findings/{finding}", "Follow a finding up (复查)", "An open finding of a signed record.", step...), a.followFinding)

	operation(a, created(op("rateBody", post, "/bodies/{body}/grades", "Propose a body's credit grade (信用等级)", "By the published weights; with a reason and points it is a repair (信用修复).", fault.NotFound)), a.rateBody)
	operation(a, op("approveGrade", post, "/grades/{grade}/approval", "Approve a credit grade", "By another person than who proposed it. It takes the place of the one before.", step...), a.approveGrade)
	operation(a, op("appealGrade", post, "/grades/{grade}/appeal", "Appeal against a credit grade", "By the body, once for a grade that stands.", step...), a.appealGrade)
	operation(a, op("upholdGrade", post, "/grades/{grade}/answer", "Keep a grade that was appealed", "With the answer to the body. To change it, another grade is proposed and approved.", step...), a.upholdGrade)
	public(a, op("getGrade", get, "/bodies/{body}/grade", "The credit grade of a body that stands", "With the facts that it counts and the weights (R36).", fault.NotFound), a.getGrade)
}

// OfPlan is the part of an input that names an inspection plan.
type OfPlan struct {
	ID string `path:"plan" doc:"Id of the plan"`
}

// OfVisit is the part of an input that names a visit.
type OfVisit struct {
	ID string `path:"visit" doc:"Id of the visit"`
}

type planInput struct {
	Body struct {
		Region    string          `json:"region" example:"410423"`
		Kind      inspection.Kind `json:"kind" enum:"daily,sampling,special,third_party,quality"`
		Title     string          `json:"title" maxLength:"60"`
		From      string          `json:"from" format:"date" doc:"First day"`
		To        string          `json:"to" format:"date" doc:"Last day"`
		Share     int             `json:"share" minimum:"1" maximum:"10000" doc:"Of the bodies, in hundredths of a percent: 10000 is all of them"`
		Each      int             `json:"each,omitempty" minimum:"0" maximum:"20" doc:"Inspectors for one body; two when absent"`
		Checklist []string        `json:"checklist" maxItems:"100" doc:"What to look at"`
		Recusals  []recusalJSON   `json:"recusals,omitempty" maxItems:"500" doc:"Who has an interest in which body"`
	}
}

func (a *jsonAPI) proposeInspection(ctx context.Context, actor access.Actor, in *planInput) (planJSON, error) {
	b := in.Body
	p := inspection.Plan{Region: b.Region, Kind: b.Kind, Title: b.Title, From: parseDay(b.From), To: parseDay(b.To), Share: b.Share, Each: b.Each, Checklist: b.Checklist}
	for _, r := range b.Recusals {
		p.Recusals = append(p.Recusals, inspection.Recusal(r))
	}
	p, err := a.Inspection.Propose(ctx, actor, p)
	return planForm(p), err
}

func (a *jsonAPI) listInspections(ctx context.Context, actor access.Actor, in *Paging) (listJSON[planJSON], error) {
	list, err := a.Inspection.Plans(ctx, actor, inspection.Query{Before: in.Cursor, Limit: in.more()})
	return page(list, *in, func(p inspection.Plan) string { return p.ID }, planForm), err
}

func (a *jsonAPI) getInspection(ctx context.Context, actor access.Actor, in *OfPlan) (planJSON, error) {
	p, err := a.Inspection.Plan(ctx, actor, in.ID)
	return planForm(p), err
}

type drawInput struct {
	OfPlan
	Body struct {
		Seed uint64 `json:"seed,omitempty" maximum:"9007199254740991" doc:"A number thrown in public; a random one when absent"`
	}
}

func (a *jsonAPI) drawInspection(ctx context.Context, actor access.Actor, in *drawInput) (planJSON, error) {
	p, err := a.Inspection.Draw(ctx, actor, in.ID, in.Body.Seed)
	return planForm(p), err
}

type inspectionBoardInput struct {
	Region string `query:"region" required:"true" minLength:"6" maxLength:"6" example:"410423"`
}

func (a *jsonAPI) inspectionBoard(ctx context.Context, actor access.Actor, in *inspectionBoardInput) (inspectionBoardJSON, error) {
	if _, err := a.Book.Region(in.Region); err != nil {
		return inspectionBoardJSON{}, err
	}
	b, err := a.Inspection.Board(ctx, actor, in.Region)
	return inspectionBoardForm(b), err
}

type visitsQuery struct {
	Paging
	Plan   string                  `query:"plan" doc:"Id of a plan"`
	BodyID string                  `query:"body" doc:"Id of a body"`
	Own    bool                    `query:"own" doc:"Only those that the caller was drawn for"`
	States []inspection.VisitState `query:"state" enum:"assigned,noted,signed" doc:"One or more states, with commas between"`
}

func (a *jsonAPI) listVisits(ctx context.Context, actor access.Actor, in *visitsQuery) (listJSON[visitJSON], error) {
	q := inspection.Query{Plan: in.Plan, Body: in.BodyID, States: in.States, Before: in.Cursor, Limit: in.more()}
	if in.Own {
		q.Inspector = actor.ID
	}
	list, err := a.Inspection.Visits(ctx, actor, q)
	return page(list, in.Paging, func(v inspection.Visit) string { return v.ID }, a.visitForm), err
}

func (a *jsonAPI) getVisit(ctx context.Context, actor access.Actor, in *OfVisit) (visitJSON, error) {
	v, err := a.Inspection.Visit(ctx, actor, in.ID)
	return a.visitForm(v), err
}

type noteInput struct {
	OfVisit
	Body struct {
		On       string           `json:"on" format:"date" doc:"Day of the visit"`
		Met      string           `json:"met,omitempty" maxLength:"60" doc:"Whom the inspectors met"`
		Checks   []answeredJSON   `json:"checks" doc:"In the order of the checklist"`
		Findings []newFindingJSON `json:"findings,omitempty" maxItems:"100"`
	}
}

func (a *jsonAPI) noteVisit(ctx context.Context, actor access.Actor, in *noteInput) (visitJSON, error) {
	notes := inspection.Notes{On: parseDay(in.Body.On), Met: in.Body.Met}
	for _, c := range in.Body.Checks {
		notes.Checks = append(notes.Checks, inspection.Check{Result: c.Result, Note: c.Note})
	}
	for _, f := range in.Body.Findings {
		notes.Findings = append(notes.Findings, inspection.Finding{Text: f.Text, Rule: f.Rule, Due: parseDay(f.Due)})
	}
	v, err := a.Inspection.Note(ctx, actor, in.ID, notes)
	return a.visitForm(v), err
}

func (a *jsonAPI) signVisit(ctx context.Context, actor access.Actor, in *OfVisit) (visitJSON, error) {
	v, err := a.Inspection.Sign(ctx, actor, in.ID)
	return a.visitForm(v), err
}

type followInput struct {
	OfVisit
	Finding string `path:"finding" doc:"Id of the finding"`
	Body    struct {
		Text string `json:"text" maxLength:"1000" doc:"What was seen"`
		Done bool   `json:"done,omitempty" doc:"It is put right"`
	}
}

func (a *jsonAPI) followFinding(ctx context.Context, actor access.Actor, in *followInput) (visitJSON, error) {
	v, err := a.Inspection.Follow(ctx, actor, in.ID, in.Finding, in.Body.Text, in.Body.Done)
	return a.visitForm(v), err
}
