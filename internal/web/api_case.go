package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

func (a *jsonAPI) cases() {
	op := func(id, method, path, summary, description string, codes ...fault.Code) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Tags: []string{"cases"}, Summary: summary, Description: description, Errors: refusals(codes...),
		}
	}
	step := []fault.Code{fault.NotFound, fault.Refused, fault.Conflict}
	created := func(o huma.Operation) huma.Operation { o.DefaultStatus = http.StatusCreated; return o }
	const get, post = http.MethodGet, http.MethodPost

	operation(a, op("listCases", get, "/cases", "Cases (违规案件), overdue and soonest due first, closed ones last", "Those of the caller's regions."), a.listCases)
	operation(a, op("getCase", get, "/cases/{case}", "A case", "With its history, evidence, letters, decision and appeal.", fault.NotFound), a.getCase)
	operation(a, created(op("reportCase", post, "/cases", "Report a violation", "By an inspector, invigilator, supervisor, scheduler or officer, where it happened. A person is named by ID number or enrolment: nobody is matched by name.", fault.NotFound, fault.Refused)), a.reportCase)
	public(a, created(op("complain", post, "/complaints", "Complain without an account (投诉举报)", "The id is the receipt. Nothing about the sender is asked, or kept with it.", fault.Throttled)), a.complain)
	public(a, op("getComplaint", get, "/complaints/{case}", "How far a complaint is, by its receipt", "No more than its state.", fault.NotFound), a.getComplaint)
	operation(a, op("listReported", get, "/reports", "What the caller has reported", "No more than how far it is."), a.listReported)
	operation(a, op("listReceived", get, "/bodies/{body}/cases", "Cases of which a body was told", "For the body itself: without who reported, evidence, and what is only proposed."), a.listReceived)
	operation(a, op("getReceived", get, "/bodies/{body}/cases/{case}", "A case as the body that is its party sees it", "What it was told and what was decided.", fault.NotFound), a.getReceived)
	operation(a, op("listMyCases", get, "/my/cases", "Cases about the caller's own person, of which it was told", "A candidate's about the own record; for staff those about the person whom a body's register ties to the account."), a.listMyCases)
	operation(a, op("getMyCase", get, "/my/cases/{case}", "A case as the person that it is about sees it", "What was told and what was decided.", fault.NotFound), a.getMyCase)
	operation(a, op("identifyParty", post, "/cases/{case}/party", "Say whom a reported case is about", "By the standing officer.", step...), a.identifyParty)
	large := func(o huma.Operation) huma.Operation { o.MaxBodyBytes = bodyMost; return o }
	operation(a, large(created(op("addEvidence", post, "/cases/{case}/evidence", "Add evidence: a text, a file, or both", "A picture, PDF, video or office file of at most 10 MiB.", step...))), a.addEvidence)
	operation(a, op("establishCase", post, "/cases/{case}/establishment", "Say that the evidence is complete", "Refused without a party or without evidence.", step...), a.establishCase)
	operation(a, op("dismissCase", post, "/cases/{case}/dismissal", "Do not take a report up", "With the reason; once the evidence is complete, two people decide.", step...), a.dismissCase)
	operation(a, op("notifyParty", post, "/cases/{case}/notice", "Notify the party (告知)", "What was found and what is intended. Refused for a measure that the region's rules do not have (R33, R34, R41–R43).", step...), a.notifyParty)
	operation(a, op("stateCase", post, "/cases/{case}/statement", "State the party's side (陈述申辩)", "By the party itself until the last day (Late after it, K11), or by an officer who received it. It can ask to be heard in person.", append(step, fault.Late)...), a.stateCase)
	operation(a, op("summonParty", post, "/cases/{case}/summons", "Set a hearing in person (听证)", "Once for each notice.", step...), a.summonParty)
	operation(a, op("hearCase", post, "/cases/{case}/hearing", "Close the hearing", "Early while the party may still state its side and has not (K11).", append(step, fault.Early)...), a.hearCase)
	operation(a, op("proposeDecision", post, "/cases/{case}/proposal", "Propose the decision", "One measure of the ladder or the tiers (R42, R43), none heavier than the notice announced; none at all ends the case.", step...), a.proposeDecision)
	operation(a, op("returnDecision", post, "/cases/{case}/proposal/return", "Send a proposal back", "By the reviewer, with the reason.", step...), a.returnDecision)
	operation(a, op("approveDecision", post, "/cases/{case}/approval", "Approve the decision", "By another person than who proposed and who reported. From the instant in decided_at on the gates refuse.", step...), a.approveDecision)
	operation(a, op("appealCase", post, "/cases/{case}/appeal", "Appeal a decision (申诉)", "By the party itself, or by an officer who received it. Late after the last day (K11).", append(step, fault.Late)...), a.appealCase)
	operation(a, op("proposeRuling", post, "/cases/{case}/ruling", "Propose what to do about an appeal", "By another person than those who decided.", step...), a.proposeRuling)
	operation(a, op("returnRuling", post, "/cases/{case}/ruling/return", "Send the proposal about an appeal back", "By another person than those who decided, with the reason.", step...), a.returnRuling)
	operation(a, op("approveRuling", post, "/cases/{case}/ruling/approval", "Decide an appeal", "By a fourth person. Upheld, bars are lifted and the body is where it was; rejected, the decision is final.", step...), a.approveRuling)
	operation(a, op("acceptRectification", post, "/cases/{case}/rectification", "Accept an ordered rectification (整改验收)", "The body goes on as before, unless something else holds.", step...), a.acceptRectification)
	operation(a, created(op("applyRepair", post, "/cases/{case}/repair", "Apply for credit repair (信用修复)", "A case of its own; for a final decision whose bars hold (R33).", step...)), a.applyRepair)
	public(a, op("listExits", get, "/exits", "The public list of exits and blacklists, newest first", "Bodies and platforms whose bars hold now; people are never named (R66).", fault.NotFound), a.listExits)
}

// OfCase is the part of an input that names a case.
type OfCase struct {
	ID string `path:"case" doc:"Id of the case"`
}

// CasesQuery is the part of an input that selects cases.
type CasesQuery struct {
	Paging
	States []cases.State `query:"state" enum:"reported,evidenced,notified,heard,decided,appealed,final,dismissed,upheld" doc:"One or more states, with commas between"`
	Waits  cases.Actor   `query:"waits" enum:"officer,reviewer,party" doc:"Who must act"`
	Source cases.Source  `query:"source" enum:"inspector,invigilator,supervisor,scheduler,officer,public,system,party"`
	Text   string        `query:"text" doc:"Part of the title or of the party's name"`
}

func (q CasesQuery) query() cases.Query {
	return cases.Query{States: q.States, Waits: q.Waits, Source: q.Source, Text: q.Text, After: q.Cursor, Limit: q.more()}
}

func rankOf(c cases.Case) string { return c.Rank }

func (a *jsonAPI) listCases(ctx context.Context, actor access.Actor, in *CasesQuery) (listJSON[caseJSON], error) {
	list, err := a.Cases.Cases(ctx, actor, in.query())
	return page(list, in.Paging, rankOf, a.caseForm), err
}

func (a *jsonAPI) getCase(ctx context.Context, actor access.Actor, in *OfCase) (caseJSON, error) {
	c, err := a.Cases.Case(ctx, actor, in.ID)
	return a.caseForm(c), err
}

type receivedCase struct {
	OfCase
	BodyID string `path:"body" doc:"Id of the evaluation body"`
}

func (a *jsonAPI) getReceived(ctx context.Context, actor access.Actor, in *receivedCase) (caseJSON, error) {
	c, err := a.Cases.OwnCase(ctx, actor, in.ID)
	if err == nil && c.Party != standing.BodyParty(in.BodyID) {
		err = fault.New(fault.NotFound, "web.getReceived", "there is no such case")
	}
	return a.caseForm(c), err
}

func (a *jsonAPI) listMyCases(ctx context.Context, actor access.Actor, in *struct{ Paging }) (listJSON[caseJSON], error) {
	list, err := a.Cases.MyCases(ctx, actor, cases.Query{After: in.Cursor, Limit: in.more()})
	return page(list, in.Paging, rankOf, a.caseForm), err
}

func (a *jsonAPI) getMyCase(ctx context.Context, actor access.Actor, in *OfCase) (caseJSON, error) {
	c, err := a.Cases.OwnCase(ctx, actor, in.ID)
	if err == nil && c.Party.Kind != standing.OfPerson {
		err = fault.New(fault.NotFound, "web.getMyCase", "there is no such case")
	}
	return a.caseForm(c), err
}

func (a *jsonAPI) listReported(ctx context.Context, actor access.Actor, in *struct{ Paging }) (listJSON[caseJSON], error) {
	list, err := a.Cases.Reported(ctx, actor, cases.Query{After: in.Cursor, Limit: in.more()})
	return page(list, in.Paging, rankOf, a.caseForm), err
}

type receivedQuery struct {
	CasesQuery
	BodyID string `path:"body" doc:"Id of the evaluation body"`
}

func (a *jsonAPI) listReceived(ctx context.Context, actor access.Actor, in *receivedQuery) (listJSON[caseJSON], error) {
	list, err := a.Cases.OwnCases(ctx, actor, in.BodyID, in.query())
	return page(list, in.Paging, rankOf, a.caseForm), err
}

// partyJSON names whom a case is about: one of the four, or none yet.
type partyJSON struct {
	Body      string `json:"body,omitempty" doc:"Id of an evaluation body"`
	Enrolment string `json:"enrolment,omitempty" doc:"Id of a candidate's enrolment"`
	IDNumber  string `json:"id_number,omitempty" maxLength:"18" doc:"Of a person"`
	Name      string `json:"name,omitempty" maxLength:"60" doc:"Of that person"`
	Platform  string `json:"platform,omitempty" maxLength:"60" doc:"Name of a training platform"`
}

func (p partyJSON) report() cases.Report {
	return cases.Report{Body: p.Body, Enrolment: p.Enrolment, IDNumber: p.IDNumber, Name: p.Name, Platform: p.Platform}
}

type reportInput struct {
	Body struct {
		Party    partyJSON `json:"party" doc:"Whom it is about; empty while nobody knows"`
		Region   string    `json:"region,omitempty" doc:"Of the bureau that handles it, where party and sitting do not say"`
		Sitting  string    `json:"sitting,omitempty" doc:"Id of the sitting that it happened in"`
		Title    string    `json:"title" maxLength:"60"`
		Text     string    `json:"text" maxLength:"4000"`
		Happened string    `json:"happened,omitempty" format:"date" doc:"Day of the breach; today when absent"`
	}
}

func (a *jsonAPI) reportCase(ctx context.Context, actor access.Actor, in *reportInput) (caseJSON, error) {
	r := in.Body.Party.report()
	r.Region, r.Sitting, r.Title, r.Text, r.Happened = in.Body.Region, in.Body.Sitting, in.Body.Title, in.Body.Text, parseDay(in.Body.Happened)
	c, err := a.Cases.Report(ctx, actor, r)
	if err == nil && a.Policy.Decide(actor, "case:read", c.Scope()) != nil {
		c = c.ForParty() // no more than who reports may know
	}
	return a.caseForm(c), err
}

type complaintInput struct {
	Body struct {
		Region   string `json:"region" doc:"Code of the region whose bureau handles it"`
		Name     string `json:"name,omitempty" maxLength:"60" doc:"Whom it is about, as known"`
		Title    string `json:"title" maxLength:"60"`
		Text     string `json:"text" maxLength:"4000"`
		Happened string `json:"happened,omitempty" format:"date" doc:"Day of the breach"`
	}
}

func (a *jsonAPI) complain(ctx context.Context, in *complaintInput) (complaintReceiptJSON, error) {
	b := in.Body
	c, err := a.Cases.Complain(ctx, callOf(ctx).gin.ClientIP(), cases.Report{Region: b.Region, Name: b.Name, Title: b.Title, Text: b.Text, Happened: parseDay(b.Happened)})
	if err != nil {
		return complaintReceiptJSON{}, err
	}
	return complaintReceiptJSON{c.ID, moment(c.Steps[0].At), c.State}, nil
}

func (a *jsonAPI) getComplaint(ctx context.Context, in *OfCase) (complaintReceiptJSON, error) {
	r, err := a.Cases.Receipt(ctx, in.ID)
	return complaintReceiptJSON{r.ID, moment(r.At), r.State}, err
}

type exitsQuery struct {
	Paging
	Region string `query:"region" doc:"Code of a region, with all within it"`
	Text   string `query:"text" doc:"Part of the name"`
}

func (a *jsonAPI) listExits(ctx context.Context, in *exitsQuery) (listJSON[exitJSON], error) {
	list, err := a.Cases.Exits(ctx, in.Region, in.Text, in.Cursor, in.more())
	return page(list, in.Paging, func(b standing.Bar) string { return b.ID }, exitForm), err
}
