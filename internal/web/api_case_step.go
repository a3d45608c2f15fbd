package web

import (
	"context"
	"encoding/base64"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// told is a case after a step, as the actor may see it: the body that is its
// party sees less.
func (a *jsonAPI) told(actor access.Actor, c cases.Case, err error) (caseJSON, error) {
	if err == nil && a.Policy.Decide(actor, "case:read", c.Scope()) != nil {
		c = c.ForParty()
	}
	return a.caseForm(c), err
}

type partyInput struct {
	OfCase
	Body partyJSON
}

func (a *jsonAPI) identifyParty(ctx context.Context, actor access.Actor, in *partyInput) (caseJSON, error) {
	c, err := a.Cases.Identify(ctx, actor, in.ID, in.Body.report())
	return a.told(actor, c, err)
}

type evidenceInput struct {
	OfCase
	Body struct {
		Text    string `json:"text,omitempty" maxLength:"4000"`
		File    string `json:"file,omitempty" maxLength:"200" doc:"Name of the file"`
		Content string `json:"content,omitempty" contentEncoding:"base64" doc:"The file itself, in base64"`
	}
}

func (a *jsonAPI) addEvidence(ctx context.Context, actor access.Actor, in *evidenceInput) (caseJSON, error) {
	var file *cases.File
	if in.Body.Content != "" {
		raw, err := base64.StdEncoding.DecodeString(in.Body.Content)
		if err != nil {
			return caseJSON{}, fault.New(fault.Invalid, "web.addEvidence", "the file is not in base64").With(fault.Issue{Column: "content", Text: fault.Textf("the file is not in base64")})
		}
		file = &cases.File{Name: in.Body.File, Content: raw}
	}
	c, err := a.Cases.AddEvidence(ctx, actor, in.ID, in.Body.Text, file)
	return a.told(actor, c, err)
}

func (a *jsonAPI) establishCase(ctx context.Context, actor access.Actor, in *OfCase) (caseJSON, error) {
	c, err := a.Cases.Establish(ctx, actor, in.ID)
	return a.told(actor, c, err)
}

// caseTextInput is a step that is one text.
type caseTextInput struct {
	OfCase
	Body struct {
		Text string `json:"text" maxLength:"4000"`
	}
}

func (a *jsonAPI) dismissCase(ctx context.Context, actor access.Actor, in *caseTextInput) (caseJSON, error) {
	c, err := a.Cases.Dismiss(ctx, actor, in.ID, in.Body.Text)
	return a.told(actor, c, err)
}

// statementInput is what the party says, and whether it asks for a hearing.
type statementInput struct {
	OfCase
	Body struct {
		Text    string `json:"text" maxLength:"4000"`
		Hearing bool   `json:"hearing,omitempty" doc:"The party asks to be heard in person (听证)"`
	}
}

func (a *jsonAPI) stateCase(ctx context.Context, actor access.Actor, in *statementInput) (caseJSON, error) {
	c, err := a.Cases.State(ctx, actor, in.ID, in.Body.Text, in.Body.Hearing)
	return a.told(actor, c, err)
}

func (a *jsonAPI) hearCase(ctx context.Context, actor access.Actor, in *caseTextInput) (caseJSON, error) {
	c, err := a.Cases.Hear(ctx, actor, in.ID, in.Body.Text)
	return a.told(actor, c, err)
}

func (a *jsonAPI) returnDecision(ctx context.Context, actor access.Actor, in *caseTextInput) (caseJSON, error) {
	c, err := a.Cases.Return(ctx, actor, in.ID, in.Body.Text)
	return a.told(actor, c, err)
}

func (a *jsonAPI) appealCase(ctx context.Context, actor access.Actor, in *caseTextInput) (caseJSON, error) {
	c, err := a.Cases.Lodge(ctx, actor, in.ID, in.Body.Text)
	return a.told(actor, c, err)
}

func (a *jsonAPI) returnRuling(ctx context.Context, actor access.Actor, in *caseTextInput) (caseJSON, error) {
	c, err := a.Cases.ReturnRuling(ctx, actor, in.ID, in.Body.Text)
	return a.told(actor, c, err)
}

func (a *jsonAPI) acceptRectification(ctx context.Context, actor access.Actor, in *caseTextInput) (caseJSON, error) {
	c, err := a.Cases.AcceptRectification(ctx, actor, in.ID, in.Body.Text)
	return a.told(actor, c, err)
}

func (a *jsonAPI) applyRepair(ctx context.Context, actor access.Actor, in *caseTextInput) (caseJSON, error) {
	c, err := a.Cases.Repair(ctx, actor, in.ID, in.Body.Text)
	return a.told(actor, c, err)
}

type noticeInput struct {
	OfCase
	Body struct {
		Facts    string              `json:"facts" maxLength:"4000"`
		Intended []cases.MeasureKind `json:"intended" minItems:"1" maxItems:"3" enum:"interview,rectify,suspend,cancel_filing,blacklist,no_subsidy,subject_void,cheating,year_barred,heavier,staff_bar,platform_bar"`
	}
}

func (a *jsonAPI) notifyParty(ctx context.Context, actor access.Actor, in *noticeInput) (caseJSON, error) {
	c, err := a.Cases.Notify(ctx, actor, in.ID, cases.Announcement{Facts: in.Body.Facts, Intended: in.Body.Intended})
	return a.told(actor, c, err)
}

type summonsInput struct {
	OfCase
	Body struct {
		At    time.Time `json:"at"`
		Place string    `json:"place" maxLength:"60"`
	}
}

func (a *jsonAPI) summonParty(ctx context.Context, actor access.Actor, in *summonsInput) (caseJSON, error) {
	c, err := a.Cases.Summon(ctx, actor, in.ID, in.Body.At, in.Body.Place)
	return a.told(actor, c, err)
}

type newMeasureJSON struct {
	Kind    cases.MeasureKind      `json:"kind" enum:"interview,rectify,suspend,cancel_filing,blacklist,no_subsidy,subject_void,cheating,year_barred,heavier,staff_bar,platform_bar"`
	By      string                 `json:"by,omitempty" format:"date" doc:"Of rectify: the last day"`
	Until   string                 `json:"until,omitempty" format:"date" doc:"Of suspend: the last day; until it is lifted when absent"`
	Part    cases.Part             `json:"part,omitempty" enum:"theory,practical" doc:"Of subject_void"`
	Running standing.RunningChoice `json:"running,omitempty" enum:"finish,void" doc:"Of cancel_filing and blacklist: what becomes of sittings that run"`
	Revoke  []string               `json:"revoke,omitempty" doc:"Of cancel_filing and blacklist: certificates that are revoked"`
}

type decisionInput struct {
	OfCase
	Body struct {
		Facts    string           `json:"facts" maxLength:"4000"`
		Measures []newMeasureJSON `json:"measures" maxItems:"2" doc:"None: nothing is done"`
		Lift     bool             `json:"lift,omitempty" doc:"Of a repair: the bars end"`
		Public   bool             `json:"public,omitempty" doc:"Name the body or the platform on the public list"`
		Notice   string           `json:"notice,omitempty" maxLength:"300" doc:"As the public reads it, without personal data"`
	}
}

func (a *jsonAPI) proposeDecision(ctx context.Context, actor access.Actor, in *decisionInput) (caseJSON, error) {
	p := cases.Proposal{Facts: in.Body.Facts, Lift: in.Body.Lift, Public: in.Body.Public, Notice: in.Body.Notice}
	for _, m := range in.Body.Measures {
		p.Measures = append(p.Measures, cases.Measure{Kind: m.Kind, By: parseDay(m.By), Until: dayEnd(m.Until), Part: m.Part, Running: m.Running, Revoke: m.Revoke})
	}
	c, err := a.Cases.Propose(ctx, actor, in.ID, p)
	return a.told(actor, c, err)
}

func (a *jsonAPI) approveDecision(ctx context.Context, actor access.Actor, in *OfCase) (caseJSON, error) {
	c, err := a.Cases.Approve(ctx, actor, in.ID)
	return a.told(actor, c, err)
}

type rulingInput struct {
	OfCase
	Body struct {
		Uphold bool   `json:"uphold" doc:"The decision is undone"`
		Reason string `json:"reason" maxLength:"4000"`
	}
}

func (a *jsonAPI) proposeRuling(ctx context.Context, actor access.Actor, in *rulingInput) (caseJSON, error) {
	c, err := a.Cases.ProposeRuling(ctx, actor, in.ID, in.Body.Uphold, in.Body.Reason)
	return a.told(actor, c, err)
}

func (a *jsonAPI) approveRuling(ctx context.Context, actor access.Actor, in *OfCase) (caseJSON, error) {
	c, err := a.Cases.ApproveRuling(ctx, actor, in.ID)
	return a.told(actor, c, err)
}
