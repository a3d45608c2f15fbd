package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/rulebook/amend"
)

func (a *jsonAPI) rules() {
	public(a, huma.Operation{
		OperationID: "listRules", Method: http.MethodGet, Path: "/rules", Tags: []string{"rules"}, Summary: "Rules in force in a region on a day",
		Description: "Each parameter with its value, unit, document and clause, with inheritance applied. A rule that is absent does not hold there. With an edition: as that edition of the rules, whose hash an audit entry carries, had them.",
		Errors:      refusals(fault.NotFound),
	}, a.listRules)
	public(a, huma.Operation{
		OperationID: "getRule", Method: http.MethodGet, Path: "/rules/{rule}", Tags: []string{"rules"}, Summary: "A rule of the catalogue",
		Description: "What it says, where it is enforced or why not, and every setting of its parameters in all regions and at all times.",
		Errors:      refusals(fault.NotFound),
	}, a.getRule)
	operation(a, huma.Operation{
		OperationID: "listRuleChanges", Method: http.MethodGet, Path: "/rule-changes", Tags: []string{"rules"}, Summary: "Proposed changes of rules (规则变更)",
		Description: "Newest first, of the regions in which the caller proposes, approves or audits.",
	}, a.listRuleChanges)
	operation(a, huma.Operation{
		OperationID: "proposeRule", Method: http.MethodPost, Path: "/rule-changes", Tags: []string{"rules"}, Summary: "Propose another value of a parameter",
		Description: "By an officer of a province or a city. It begins on a later day than its approval. The value none ends what the region has set itself.",
		Errors:      refusals(fault.Invalid, fault.Refused),
	}, a.proposeRule)
	operation(a, huma.Operation{
		OperationID: "approveRule", Method: http.MethodPost, Path: "/rule-changes/{change}/approve", Tags: []string{"rules"}, Summary: "Approve a change",
		Description: "By a reviewer who did not propose it.", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.approveRule)
	operation(a, huma.Operation{
		OperationID: "rejectRule", Method: http.MethodPost, Path: "/rule-changes/{change}/reject", Tags: []string{"rules"}, Summary: "Reject a change",
		Description: "By a reviewer who did not propose it.", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.rejectRule)
	public(a, huma.Operation{
		OperationID: "listCalendarYears", Method: http.MethodGet, Path: "/calendar", Tags: []string{"rules"}, Summary: "The working-day calendar (工作日历)",
		Description: "Years newest first. In a year that is not here Monday to Friday are counted, and what was counted says so.",
	}, a.listCalendarYears)
	operation(a, huma.Operation{
		OperationID: "addCalendarYear", Method: http.MethodPost, Path: "/calendar", Tags: []string{"rules"}, Summary: "Add a year to the calendar",
		Description: "By an administrator of the installation. A year that is there already is corrected. It counts from the next legal day.",
		Errors:      refusals(fault.Invalid),
	}, a.addCalendarYear)
	public(a, huma.Operation{
		OperationID: "countDays", Method: http.MethodGet, Path: "/calendar/count", Tags: []string{"rules"}, Summary: "Count calendar or working days from a day",
		Description: "The day on which a count ends, as rules count.",
	}, a.countDays)
}

type parameterJSON struct {
	Rule     string   `json:"rule" example:"R02"`
	Name     string   `json:"name" example:"notice_days"`
	Region   string   `json:"region" doc:"Where it is set: the region itself, or one that contains it"`
	Tracks   []string `json:"tracks" doc:"Tracks that it holds for; empty: every track"`
	From     string   `json:"from,omitempty" doc:"First legal day"`
	Until    string   `json:"until,omitempty" doc:"Last legal day"`
	Value    string   `json:"value" example:"3"`
	Unit     string   `json:"unit" example:"calendar_day" doc:"Empty for a value that counts nothing"`
	Kind     string   `json:"kind" enum:"seed,found,open,region" doc:"Binding from the documents; found in other public regulations; an assumption; decided by the region"`
	Document string   `json:"document"`
	Clause   string   `json:"clause,omitempty"`
	Quote    string   `json:"quote,omitempty"`
	Note     string   `json:"note,omitempty"`
	Change   string   `json:"change,omitempty" doc:"Id of the approved change that set it"`
}

func parameterForm(p rulebook.Param) parameterJSON {
	return parameterJSON{p.Rule, p.Name, p.Region, texts(p.Tracks), p.From, p.Until, p.Value, p.Unit, string(p.Kind), p.Document, p.Clause, p.Quote, p.Note, p.Change}
}

type rulesQuery struct {
	Region  string `query:"region" required:"true" minLength:"6" maxLength:"6" example:"410423"`
	Date    string `query:"date" format:"date" doc:"Legal day; today when absent"`
	Edition string `query:"edition" maxLength:"64" doc:"Hash of an edition of the rules; the current one when absent"`
}

// legal reads a day whose form is checked; now where there is none.
func (a *jsonAPI) legal(day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, rulebook.Shanghai)
	if err != nil {
		return a.Now()
	}
	return t
}

func (a *jsonAPI) listRules(ctx context.Context, in *rulesQuery) (listJSON[parameterJSON], error) {
	if _, err := a.Book.Region(in.Region); err != nil {
		return listJSON[parameterJSON]{}, err
	}
	book := a.Book
	if in.Edition != "" && in.Edition != book.Hash() {
		past, _, err := a.Rules.Past(ctx, in.Edition)
		if err != nil {
			return listJSON[parameterJSON]{}, err
		}
		book = past
	}
	return every(book.InForce(in.Region, a.legal(in.Date)), parameterForm), nil
}

type ruleEntryJSON struct {
	ID       string          `json:"id" example:"R02"`
	Kind     string          `json:"kind" enum:"seed,found,open"`
	What     string          `json:"what"`
	Points   []pointJSON     `json:"points" doc:"Where it is enforced"`
	Reason   string          `json:"reason,omitempty" doc:"Why it is enforced nowhere, or what of it is not yet"`
	Settings []parameterJSON `json:"settings"`
}

type pointJSON struct {
	At   string `json:"at" example:"exam.Service.Notify"`
	What string `json:"what"`
}

// OfRule is the part of an input that names a rule.
type OfRule struct {
	ID string `path:"rule" doc:"Id in the rule catalogue" example:"R02"`
}

func (a *jsonAPI) getRule(ctx context.Context, in *OfRule) (ruleEntryJSON, error) {
	rule, err := a.Book.Rule(in.ID)
	if err != nil {
		return ruleEntryJSON{}, err
	}
	l := callOf(ctx).language
	form := ruleEntryJSON{ID: rule.ID, Kind: string(rule.Kind), What: l.T(rule.What), Points: []pointJSON{}, Settings: []parameterJSON{}}
	if rule.Reason != "" {
		form.Reason = l.T(rule.Reason)
	}
	for _, p := range rule.Points {
		form.Points = append(form.Points, pointJSON{p.At, l.T(p.What)})
	}
	for _, p := range a.Book.Settings(rule.ID) {
		form.Settings = append(form.Settings, parameterForm(p))
	}
	return form, nil
}

type ruleChangeJSON struct {
	ID         string        `json:"id"`
	State      string        `json:"state" enum:"proposed,approved,rejected"`
	Parameter  parameterJSON `json:"parameter"`
	ProposedBy string        `json:"proposed_by" doc:"Account id"`
	ProposedAt time.Time     `json:"proposed_at"`
	DecidedBy  string        `json:"decided_by,omitempty" doc:"Account id"`
	DecidedAt  *time.Time    `json:"decided_at,omitempty"`
	Reason     string        `json:"reason,omitempty" doc:"Of a rejection"`
}

func ruleChangeForm(c amend.Change) ruleChangeJSON {
	return ruleChangeJSON{ID: c.ID, State: string(c.State), Parameter: parameterForm(c.Param), ProposedBy: c.ProposedBy, ProposedAt: moment(c.ProposedAt), DecidedBy: c.DecidedBy, DecidedAt: momentOrNone(c.DecidedAt), Reason: c.Reason}
}

func (a *jsonAPI) listRuleChanges(ctx context.Context, actor access.Actor, in *Paging) (listJSON[ruleChangeJSON], error) {
	list, err := a.Rules.Changes(ctx, actor)
	if err != nil {
		return listJSON[ruleChangeJSON]{}, err
	}
	return whole(list, *in, func(c amend.Change) string { return c.ID }, ruleChangeForm)
}

type proposalJSON struct {
	Name     string   `json:"name" maxLength:"60" example:"notice_days"`
	Region   string   `json:"region" minLength:"6" maxLength:"6" example:"410400"`
	Tracks   []string `json:"tracks,omitempty" maxItems:"6" doc:"Empty: every track"`
	From     string   `json:"from" format:"date" doc:"First legal day: later than the approval"`
	Until    string   `json:"until,omitempty" format:"date" doc:"Last legal day"`
	Value    string   `json:"value" maxLength:"1000" example:"5" doc:"In the form of the parameter's type; none ends what the region has set itself"`
	Unit     string   `json:"unit,omitempty" maxLength:"40" example:"working_day"`
	Document string   `json:"document" maxLength:"120"`
	Clause   string   `json:"clause" maxLength:"60"`
	Quote    string   `json:"quote" maxLength:"1000" doc:"The clause word for word"`
	Note     string   `json:"note,omitempty" maxLength:"1000"`
}

type proposalInput struct{ Body proposalJSON }

func (a *jsonAPI) proposeRule(ctx context.Context, actor access.Actor, in *proposalInput) (ruleChangeJSON, error) {
	b := in.Body
	p := rulebook.Param{Name: b.Name, Region: b.Region, From: b.From, Until: b.Until, Value: b.Value, Unit: b.Unit, Document: b.Document, Clause: b.Clause, Quote: b.Quote, Note: b.Note}
	if d, err := a.Book.Declared(b.Name); err == nil {
		p.Rule = d.Rules[0]
	}
	for _, t := range b.Tracks {
		p.Tracks = append(p.Tracks, rulebook.Track(t))
	}
	c, err := a.Rules.Propose(ctx, actor, p)
	return ruleChangeForm(c), err
}

// OfRuleChange is the part of an input that names a change of a rule.
type OfRuleChange struct {
	ID string `path:"change" doc:"Id of the change"`
}

func (a *jsonAPI) approveRule(ctx context.Context, actor access.Actor, in *OfRuleChange) (ruleChangeJSON, error) {
	c, err := a.Rules.Approve(ctx, actor, in.ID)
	return ruleChangeForm(c), err
}

type rejectRuleInput struct {
	OfRuleChange
	Body struct {
		Reason string `json:"reason" maxLength:"1000"`
	}
}

func (a *jsonAPI) rejectRule(ctx context.Context, actor access.Actor, in *rejectRuleInput) (ruleChangeJSON, error) {
	c, err := a.Rules.Reject(ctx, actor, in.ID, in.Body.Reason)
	return ruleChangeForm(c), err
}

type calendarYearJSON struct {
	Year      int           `json:"year" minimum:"2019" maximum:"2100" example:"2026"`
	Notice    string        `json:"notice" maxLength:"60" doc:"Number of the State Council's notice"`
	Published string        `json:"published,omitempty" format:"date" doc:"Day of the notice"`
	Holidays  []holidayJSON `json:"holidays" maxItems:"20"`
	Work      []string      `json:"work" maxItems:"40" doc:"Weekend days that are worked"`
	From      string        `json:"from,omitempty" readOnly:"true" doc:"Legal day from which counts go by it; absent: as shipped"`
}

type holidayJSON struct {
	Name  string `json:"name" maxLength:"40"`
	First string `json:"first" format:"date"`
	Last  string `json:"last" format:"date"`
}

func calendarForm(y rulebook.Year) calendarYearJSON {
	form := calendarYearJSON{Year: y.Year, Notice: y.Notice, Published: y.Published, From: y.From, Holidays: []holidayJSON{}, Work: append([]string{}, y.Work...)}
	for _, h := range y.Holidays {
		form.Holidays = append(form.Holidays, holidayJSON(h))
	}
	return form
}

func (a *jsonAPI) listCalendarYears(context.Context, *struct{}) (listJSON[calendarYearJSON], error) {
	return every(a.Book.Years(), calendarForm), nil
}

type calendarInput struct{ Body calendarYearJSON }

func (a *jsonAPI) addCalendarYear(ctx context.Context, actor access.Actor, in *calendarInput) (calendarYearJSON, error) {
	y := rulebook.Year{Year: in.Body.Year, Notice: in.Body.Notice, Published: in.Body.Published, Work: in.Body.Work}
	for _, h := range in.Body.Holidays {
		y.Holidays = append(y.Holidays, rulebook.Holiday(h))
	}
	added, err := a.Rules.AddYear(ctx, actor, y)
	return calendarForm(added.Calendar), err
}

type countQuery struct {
	From string `query:"from" format:"date" doc:"Legal day on which the count begins; today when absent"`
	Days int    `query:"days" required:"true" minimum:"0" maximum:"366"`
	Unit string `query:"unit" enum:"working_day,calendar_day" default:"working_day"`
}

type countJSON struct {
	Day     string `json:"day" format:"date"`
	Unknown []int  `json:"unknown" doc:"Years whose public holidays the calendar does not have: Monday to Friday were counted"`
}

func (a *jsonAPI) countDays(_ context.Context, in *countQuery) (countJSON, error) {
	due := a.Book.AddDays(a.legal(in.From), in.Days, in.Unit)
	return countJSON{Day: legalDay(due.Day), Unknown: append([]int{}, due.Unknown...)}, nil
}
