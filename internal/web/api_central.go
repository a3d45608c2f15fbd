package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/bank/central"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

func (a *jsonAPI) centralPapers() {
	op := func(id, method, path, summary, description string, codes ...fault.Code) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Tags: []string{"central papers"}, Summary: summary, Description: description, Errors: refusals(codes...),
		}
	}
	step := []fault.Code{fault.NotFound, fault.Refused, fault.Conflict}
	hour := append([]fault.Code{fault.Early, fault.Late}, step...)
	created := func(o huma.Operation) huma.Operation { o.DefaultStatus = http.StatusCreated; return o }
	const get, post, put = http.MethodGet, http.MethodPost, http.MethodPut
	const one = "/central-papers/{paper}"

	operation(a, created(op("createCentralPaper", post, "/central-papers", "Begin a paper of the bureau (人社统一命题)", "By a paper setter (paper:set) of the region: county or higher (R05). It serves every sitting of its track, trade, level and hour in the region.")), a.createCentralPaper)
	operation(a, op("listCentralPapers", get, "/central-papers", "Papers of bureaus, newest first, without their content", "Those of the caller's regions (paper:brief)."), a.listCentralPapers)
	operation(a, op("getCentralPaper", get, one, "A paper of a bureau, without its content", "Its state, whose hands sealed and unsealed it, how often it was opened, printed, and tried in vain. No operation hands out its content from the first keeper's hand to its release.", fault.NotFound), a.getCentralPaper)
	operation(a, op("redraftCentralPaper", put, one, "Change what a drafted paper is for", "By its setter.", step...), a.redraftCentralPaper)
	operation(a, op("putPaperForm", put, one+"/forms/{form}", "Give a paper its form A or B", "By its setter, until it is handed in. It is encrypted before it is stored.", step...), a.putPaperForm)
	operation(a, op("importPaperForm", post, one+"/forms/{form}", "Give a paper its form from an item sheet", "As putPaperForm, with the sheet that importItems reads.", step...), a.importPaperForm)
	operation(a, op("inspectPaperForm", post, one+"/forms/{form}/opening", "Open a form before it is sealed", "By its setter while it is drafted, by its reviewer once it is handed in (paper:inspect). Each opening is recorded.", step...), a.inspectPaperForm)
	operation(a, op("submitCentralPaper", post, one+"/submission", "Hand a paper in for review (提交审题)", "With both forms.", step...), a.submitCentralPaper)
	operation(a, op("reviewCentralPaper", post, one+"/review", "Say that a paper is right (审定)", "By another person than its setter.", step...), a.reviewCentralPaper)
	operation(a, op("returnCentralPaper", post, one+"/return", "Send a paper back to its setter", "With the reason.", step...), a.returnCentralPaper)
	operation(a, op("sealCentralPaper", post, one+"/seal", "A keeper's hand in sealing (封存)", "Two different keepers, neither setter nor reviewer (R20). From the first hand on nobody reads it.", step...), a.sealCentralPaper)
	operation(a, op("unsealCentralPaper", post, one+"/unseal", "A keeper's hand in unsealing (启封)", "The form that is sat, by two different keepers, from some minutes before the start on (R20). It is released at the start.", hour...), a.unsealCentralPaper)
	operation(a, op("previewReplacement", get, one+"/replacement/preview", "What a replacement would touch now", "Sittings, rooms and attempts, and the choices that the rulebook gives (K14).", fault.NotFound), a.previewReplacement)
	operation(a, op("proposeReplacement", post, one+"/replacement", "Propose the backup form, or to revoke the paper (换卷、作废)", "By an officer (paper:revoke); nothing changes before another person approves.", hour...), a.proposeReplacement)
	operation(a, op("approveReplacement", post, one+"/replacement/approval", "The second signature on a proposal", "By another person (paper:approve). The backup form is unsealed by two keepers of its own.", hour...), a.approveReplacement)
	operation(a, op("declineReplacement", post, one+"/replacement/refusal", "Turn a proposal down", "By another person than who proposed it (paper:approve).", step...), a.declineReplacement)
	operation(a, op("auditCentralPaper", get, one+"/audit", "The audit stream of a paper", "Every opening, print and refused try, with who and from where (audit:read).", fault.NotFound), a.auditCentralPaper)
	operation(a, op("listOfferedPapers", get, "/sittings/{id}/central-papers", "Central papers that a sitting can have", "For its scheduler (paper:list): reviewed ones of its track, trade, level and hour.", fault.NotFound), a.listOfferedPapers)
}

// OfPaper is the part of an input that names a central paper.
type OfPaper struct {
	ID string `path:"paper" doc:"Id of the central paper"`
}

type centralJSON struct {
	ID          string           `json:"id"`
	Version     int              `json:"version" doc:"Rises with each change"`
	Region      string           `json:"region" doc:"Of the bureau that sets it"`
	Track       rulebook.Track   `json:"track"`
	Trade       string           `json:"trade"`
	Level       rulebook.Level   `json:"level"`
	Name        string           `json:"name"`
	StartsAt    time.Time        `json:"starts_at"`
	Minutes     int              `json:"minutes"`
	PassMark    string           `json:"pass_mark"`
	Partial     bool             `json:"partial"`
	State       central.State    `json:"state" enum:"drafted,returned,submitted,reviewed,sealing,sealed,unsealing,unsealed,revoked"`
	Reason      string           `json:"reason,omitempty" doc:"Of a return or a revocation"`
	SetBy       string           `json:"set_by,omitempty" doc:"Account id"`
	ReviewedBy  string           `json:"reviewed_by,omitempty" doc:"Account id"`
	Current     string           `json:"current" enum:"A,B" doc:"The form that is sat"`
	Opens       time.Time        `json:"unseal_from" doc:"From when it can be unsealed"`
	Forms       []paperFormJSON  `json:"forms"`
	Sealed      []handJSON       `json:"sealed" doc:"Keepers' hands"`
	Replacement *replacementJSON `json:"replacement,omitempty" doc:"The last one that was proposed"`
	Openings    int              `json:"openings" doc:"Before it was sealed"`
	Copies      int              `json:"copies" doc:"Printed"`
	Refusals    int              `json:"refusals" doc:"Refused tries"`
}

type paperFormJSON struct {
	Form      string     `json:"form" enum:"A,B"`
	Questions int        `json:"questions" doc:"How many"`
	Tasks     int        `json:"tasks" doc:"How many"`
	Digest    string     `json:"digest,omitempty" doc:"SHA-256 of the sealed content"`
	Unsealed  []handJSON `json:"unsealed" doc:"Keepers' hands"`
}

type handJSON struct {
	Account string    `json:"account"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	From    string    `json:"from,omitempty" doc:"Network address"`
}

type replacementJSON struct {
	Revoke     bool           `json:"revoke" doc:"The whole paper rather than form A"`
	By         string         `json:"by" doc:"Account id"`
	At         time.Time      `json:"at"`
	Reason     string         `json:"reason"`
	Choice     central.Choice `json:"choice,omitempty" enum:"restart,finish"`
	ApprovedBy string         `json:"approved_by,omitempty" doc:"Account id of the second signature"`
	Declined   bool           `json:"declined"`
}

func (a *jsonAPI) centralForm(p central.Paper) centralJSON {
	form := centralJSON{
		ID: p.ID, Version: p.Version, Region: p.Region, Track: p.Track, Trade: p.Trade, Level: p.Level, Name: p.Name, StartsAt: moment(p.StartsAt),
		Minutes: p.Minutes, PassMark: p.PassMark.String(), Partial: p.Partial, State: p.State, Reason: p.Reason, SetBy: p.SetBy, ReviewedBy: p.ReviewedBy,
		Current: p.Current, Opens: moment(a.Central.Opens(p)), Forms: []paperFormJSON{}, Sealed: handForms(p.Sealed), Openings: p.Openings, Copies: p.Copies, Refusals: p.Refusals,
	}
	for _, f := range p.Forms {
		form.Forms = append(form.Forms, paperFormJSON{f.Letter, f.Questions, f.Tasks, f.Digest, handForms(f.Unsealed)})
	}
	if r := p.Replacement; r != nil {
		form.Replacement = &replacementJSON{r.Revoke, r.By, moment(r.At), r.Reason, r.Choice, r.ApprovedBy, r.Declined}
	}
	return form
}

func handForms(hands []central.Hand) []handJSON {
	forms := make([]handJSON, len(hands))
	for i, h := range hands {
		forms[i] = handJSON{h.Account, h.Name, moment(h.At), h.From}
	}
	return forms
}

func (a *jsonAPI) briefForm(b central.Brief) centralJSON { return a.centralForm(b.Paper) }

// PaperDraft is what a paper is for.
type PaperDraft struct {
	Track    rulebook.Track `json:"track" enum:"qualification,skill_level,special_work,special_skill,completion,equipment"`
	Trade    string         `json:"trade" example:"6-31-01-03"`
	Level    rulebook.Level `json:"level"`
	Name     string         `json:"name"`
	StartsAt time.Time      `json:"starts_at" doc:"The hour at which it is sat"`
	Minutes  int            `json:"minutes" doc:"Of the theory part (R18)"`
	PassMark string         `json:"pass_mark" example:"60" doc:"60 to 100 points (R15)"`
	Partial  bool           `json:"partial,omitempty" doc:"多选题: part of the key without a wrong choice earns half"`
}

func (d PaperDraft) draft(region string) (central.Draft, error) {
	var read pointsReader
	draft := central.Draft{
		Region: region, Track: d.Track, Trade: d.Trade, Level: d.Level, Name: d.Name, StartsAt: d.StartsAt, Minutes: d.Minutes,
		PassMark: read.field("pass_mark", d.PassMark), Partial: d.Partial,
	}
	return draft, read.err()
}

type newPaper struct {
	Body struct {
		Region string `json:"region" example:"411200" doc:"Of the bureau"`
		PaperDraft
	}
}

func (a *jsonAPI) createCentralPaper(ctx context.Context, actor access.Actor, in *newPaper) (centralJSON, error) {
	draft, err := in.Body.draft(in.Body.Region)
	if err != nil {
		return centralJSON{}, err
	}
	return a.centralDone(a.Central.Create(ctx, actor, draft))
}

func (a *jsonAPI) centralDone(p central.Paper, err error) (centralJSON, error) {
	if err != nil {
		return centralJSON{}, err
	}
	return a.centralForm(p), nil
}

type centralQuery struct {
	Paging
	States []central.State `query:"state" enum:"drafted,returned,submitted,reviewed,sealing,sealed,unsealing,unsealed,revoked" doc:"One or more states, with commas between"`
	Trade  string          `query:"trade"`
}

func (a *jsonAPI) listCentralPapers(ctx context.Context, actor access.Actor, in *centralQuery) (listJSON[centralJSON], error) {
	list, err := a.Central.List(ctx, actor, central.Query{States: in.States, Trade: in.Trade, Before: in.Cursor, Limit: in.more()})
	return page(list, in.Paging, func(b central.Brief) string { return b.ID }, a.briefForm), err
}

func (a *jsonAPI) getCentralPaper(ctx context.Context, actor access.Actor, in *OfPaper) (centralJSON, error) {
	b, err := a.Central.Show(ctx, actor, in.ID)
	return a.centralDone(b.Paper, err)
}

type changedPaper struct {
	OfPaper
	Body PaperDraft
}

func (a *jsonAPI) redraftCentralPaper(ctx context.Context, actor access.Actor, in *changedPaper) (centralJSON, error) {
	draft, err := in.Body.draft("")
	if err != nil {
		return centralJSON{}, err
	}
	return a.centralDone(a.Central.Redraft(ctx, actor, in.ID, draft))
}

func (a *jsonAPI) submitCentralPaper(ctx context.Context, actor access.Actor, in *OfPaper) (centralJSON, error) {
	return a.centralDone(a.Central.Submit(ctx, actor, in.ID))
}

func (a *jsonAPI) reviewCentralPaper(ctx context.Context, actor access.Actor, in *OfPaper) (centralJSON, error) {
	return a.centralDone(a.Central.Review(ctx, actor, in.ID))
}

type returnedPaper struct {
	OfPaper
	Body struct {
		Reason string `json:"reason" maxLength:"500" doc:"For the setter; not of the questions themselves"`
	}
}

func (a *jsonAPI) returnCentralPaper(ctx context.Context, actor access.Actor, in *returnedPaper) (centralJSON, error) {
	return a.centralDone(a.Central.Return(ctx, actor, in.ID, in.Body.Reason))
}

func (a *jsonAPI) sealCentralPaper(ctx context.Context, actor access.Actor, in *OfPaper) (centralJSON, error) {
	return a.centralDone(a.Central.Seal(ctx, actor, in.ID))
}

func (a *jsonAPI) unsealCentralPaper(ctx context.Context, actor access.Actor, in *OfPaper) (centralJSON, error) {
	return a.centralDone(a.Central.Unseal(ctx, actor, in.ID))
}

type touchedJSON struct {
	Sittings int              `json:"sittings" doc:"That sit the paper and are not over"`
	Rooms    int              `json:"rooms" doc:"Of them that are open"`
	Writing  int              `json:"writing" doc:"Attempts that are open: the choice is about them"`
	HandedIn int              `json:"handed_in" doc:"Attempts that were handed in: they stay"`
	Choices  []central.Choice `json:"choices" doc:"restart: begin again on the backup form with the full time; finish: finish on the form that they began"`
}

func (a *jsonAPI) previewReplacement(ctx context.Context, actor access.Actor, in *OfPaper) (touchedJSON, error) {
	t, choices, err := a.Central.Preview(ctx, actor, in.ID)
	return touchedJSON{t.Sittings, t.Rooms, t.Writing, t.HandedIn, append([]central.Choice{}, choices...)}, err
}

type replacementInput struct {
	OfPaper
	Body struct {
		Revoke bool           `json:"revoke,omitempty" doc:"The whole paper, before its hour; absent: form A, by the backup form"`
		Reason string         `json:"reason" maxLength:"500"`
		Choice central.Choice `json:"choice,omitempty" enum:"restart,finish" doc:"For attempts already begun; not with revoke"`
	}
}

func (a *jsonAPI) proposeReplacement(ctx context.Context, actor access.Actor, in *replacementInput) (centralJSON, error) {
	return a.centralDone(a.Central.Propose(ctx, actor, in.ID, central.Proposal{Revoke: in.Body.Revoke, Reason: in.Body.Reason, Choice: in.Body.Choice}))
}

func (a *jsonAPI) approveReplacement(ctx context.Context, actor access.Actor, in *OfPaper) (centralJSON, error) {
	return a.centralDone(a.Central.Approve(ctx, actor, in.ID))
}

func (a *jsonAPI) declineReplacement(ctx context.Context, actor access.Actor, in *OfPaper) (centralJSON, error) {
	return a.centralDone(a.Central.Decline(ctx, actor, in.ID))
}

type entryJSON struct {
	Seq  int64     `json:"seq"`
	At   time.Time `json:"at"`
	Who  string    `json:"who" doc:"Account id, or system"`
	What string    `json:"what"`
	Rule string    `json:"rule,omitempty"`
	Note string    `json:"note,omitempty" doc:"With from=, the network address"`
}

type paperAuditQuery struct {
	OfPaper
	After int64 `query:"after" minimum:"0" doc:"Entries after this number"`
}

const auditPage = 500

func (a *jsonAPI) auditCentralPaper(ctx context.Context, actor access.Actor, in *paperAuditQuery) (listJSON[entryJSON], error) {
	subject, err := a.auditSubject(ctx, actor, "paper", in.ID)
	if err != nil {
		return listJSON[entryJSON]{}, err
	}
	list, err := a.Audit.Entries(ctx, subject.Stream, in.After, auditPage)
	return every(list, func(e audit.Entry) entryJSON {
		return entryJSON{e.Seq, moment(e.At), e.Who, e.What, e.Rule, e.Note}
	}), err
}

func (a *jsonAPI) listOfferedPapers(ctx context.Context, actor access.Actor, in *OfSitting) (listJSON[offeredJSON], error) {
	list, err := a.Exam.OfferedPapers(ctx, actor, in.ID)
	return every(list, func(b central.Brief) offeredJSON {
		return offeredJSON{b.ID, b.Region, b.Name, b.State, b.Minutes, b.PassMark.String()}
	}), err
}

type offeredJSON struct {
	ID       string        `json:"id"`
	Region   string        `json:"region" doc:"Of the bureau that set it"`
	Name     string        `json:"name"`
	State    central.State `json:"state"`
	Minutes  int           `json:"minutes"`
	PassMark string        `json:"pass_mark"`
}
