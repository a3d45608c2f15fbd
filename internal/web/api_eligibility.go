package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

func (a *jsonAPI) eligibility() {
	op := func(id, method, path, summary, description string, codes ...fault.Code) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"enrolments"}, Summary: summary, Description: description, Errors: refusals(codes...)}
	}
	operation(a, op("listEligibility", http.MethodGet, "/sittings/{id}/eligibility", "What the rules say of each candidate of a sitting, in ticket order",
		"Eligible, refused or in need of evidence, with every rule that says so and its clause (R04, R08–R13).", fault.NotFound), a.listEligibility)
	operation(a, op("getEligibility", http.MethodGet, "/enrolments/{id}/eligibility", "What the rules say of a candidate", "With the evidence of training and the override.", fault.NotFound), a.getEligibility)
	operation(a, op("setEvidence", http.MethodPut, "/enrolments/{id}/evidence", "Keep the evidence of a candidate's training (培训情况)",
		"What is absent is not known. An override that was asked for on other evidence ends. Until the sitting has ended.", fault.NotFound, fault.Refused, fault.Conflict), a.setEvidence)
	operation(a, op("askOverride", http.MethodPost, "/enrolments/{id}/override", "Ask that a candidate may sit whom a rule refuses",
		"By an officer, with the reason; another person signs.", fault.NotFound, fault.Refused, fault.Conflict), a.askOverride)
	operation(a, op("signOverride", http.MethodPost, "/enrolments/{id}/override/signature", "Sign an override, or turn it down",
		"By a reviewer, another person than who asked; to turn it down takes a reason.", fault.NotFound, fault.Refused, fault.Conflict), a.signOverride)
	operation(a, op("listOverrides", http.MethodGet, "/overrides", "Overrides of eligibility, those of the newest sittings first",
		"Of the sittings whose candidates the caller may see. A page ends with a whole sitting, and so may be longer than its limit."), a.listOverrides)
}

type EligibilityJSON struct {
	Enrolment string              `json:"enrolment"`
	Ticket    string              `json:"ticket"`
	Name      string              `json:"name"`
	Answer    exam.Eligibility    `json:"answer" enum:"eligible,needs_evidence,refused"`
	Findings  []objectionJSON     `json:"findings" doc:"Each rule that stands against the candidate"`
	Evidence  *courseEvidenceJSON `json:"evidence,omitempty"`
	Override  *overrideJSON       `json:"override,omitempty"`
}

type objectionJSON struct {
	Answer   exam.Eligibility `json:"answer" enum:"needs_evidence,refused"`
	Text     string           `json:"text"`
	Rule     string           `json:"rule" example:"R04"`
	Document string           `json:"document"`
	Clause   string           `json:"clause"`
	Quote    string           `json:"quote,omitempty"`
}

type overrideJSON struct {
	State  exam.OverrideState `json:"state" enum:"waits,signed,turned"`
	By     string             `json:"by" doc:"Name of who asked"`
	At     time.Time          `json:"at"`
	Reason string             `json:"reason"`
	Rules  []string           `json:"rules"`
	Signer string             `json:"signer,omitempty" doc:"Name of who answered"`
	Answer string             `json:"answer,omitempty" doc:"Why it was turned down"`
}

// courseEvidenceJSON is training evidence; what is absent is not known.
type courseEvidenceJSON struct {
	Course        string         `json:"course,omitempty"`
	Begins        string         `json:"begins,omitempty" format:"date"`
	Ends          string         `json:"ends,omitempty" format:"date"`
	Mode          exam.Mode      `json:"mode,omitempty" enum:"on_site,blended,online"`
	Platform      string         `json:"platform,omitempty" doc:"Of on-line lessons"`
	Hours         *int           `json:"hours,omitempty" doc:"Class hours taught, those made up included"`
	PracticeHours *int           `json:"practice_hours,omitempty" doc:"Of them practised on site"`
	MissedHours   int            `json:"missed_hours,omitempty"`
	MadeUpHours   int            `json:"made_up_hours,omitempty"`
	Leave         bool           `json:"leave,omitempty" doc:"Asked for in writing"`
	Consent       bool           `json:"consent,omitempty" doc:"The bureau agreed to the making up"`
	Recorded      bool           `json:"recorded,omitempty" doc:"The making up was recorded in full"`
	Satisfaction  *int           `json:"satisfaction,omitempty" doc:"Of the class, in hundredths of a percent" example:"9250"`
	RectifiedFrom string         `json:"rectified_from,omitempty" format:"date"`
	RectifiedTo   string         `json:"rectified_to,omitempty" format:"date"`
	Defects       []string       `json:"defects,omitempty" enum:"fast_forward,several_windows,no_prompt,no_live_face_check,order_not_enforced,no_random_snapshot"`
	Applicant     exam.Applicant `json:"applicant,omitempty" enum:"body,enterprise,individual"`
	Subsidised    bool           `json:"subsidised,omitempty"`
	Previous      *previousJSON  `json:"previous,omitempty" doc:"The person's subsidised course before"`
}

type previousJSON struct {
	Name       string `json:"name,omitempty"`
	ExaminedOn string `json:"examined_on,omitempty" format:"date" doc:"Absent: it was not examined"`
}

func (in courseEvidenceJSON) evidence() exam.Evidence {
	v := exam.Evidence{
		Course: in.Course, Begins: parseDay(in.Begins), Ends: parseDay(in.Ends), Mode: in.Mode, Platform: in.Platform, Hours: in.Hours, PracticeHours: in.PracticeHours,
		MissedHours: in.MissedHours, MadeUpHours: in.MadeUpHours, Leave: in.Leave, Consent: in.Consent, Recorded: in.Recorded, Satisfaction: in.Satisfaction,
		RectifiedFrom: parseDay(in.RectifiedFrom), RectifiedTo: parseDay(in.RectifiedTo), Defects: in.Defects, Applicant: in.Applicant, Subsidised: in.Subsidised,
	}
	if in.Previous != nil {
		v.Previous = &exam.PreviousCourse{Name: in.Previous.Name, ExaminedOn: parseDay(in.Previous.ExaminedOn)}
	}
	return v
}

func courseEvidenceForm(v *exam.Evidence) *courseEvidenceJSON {
	if v == nil {
		return nil
	}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return legalDay(t)
	}
	form := courseEvidenceJSON{
		Course: v.Course, Begins: day(v.Begins), Ends: day(v.Ends), Mode: v.Mode, Platform: v.Platform, Hours: v.Hours, PracticeHours: v.PracticeHours,
		MissedHours: v.MissedHours, MadeUpHours: v.MadeUpHours, Leave: v.Leave, Consent: v.Consent, Recorded: v.Recorded, Satisfaction: v.Satisfaction,
		RectifiedFrom: day(v.RectifiedFrom), RectifiedTo: day(v.RectifiedTo), Defects: v.Defects, Applicant: v.Applicant, Subsidised: v.Subsidised,
	}
	if v.Previous != nil {
		form.Previous = &previousJSON{v.Previous.Name, day(v.Previous.ExaminedOn)}
	}
	return &form
}

func eligibilityForm(ctx context.Context, e exam.Enrolment, judged exam.Judged) EligibilityJSON {
	form := EligibilityJSON{Enrolment: e.ID, Ticket: e.Ticket, Name: e.Name, Answer: judged.Answer, Findings: []objectionJSON{}, Evidence: courseEvidenceForm(e.Evidence)}
	for _, f := range judged.Findings {
		form.Findings = append(form.Findings, objectionJSON{f.Answer, callOf(ctx).language.Text(f.Text), f.Rule.Rule, f.Rule.Document, f.Rule.Clause, f.Rule.Quote})
	}
	if o := e.Override; o != nil {
		form.Override = &overrideJSON{o.State(), o.Name, moment(o.At), o.Reason, o.Rules, o.SignedName, o.TurnedReason}
	}
	return form
}

type eligibilityQuery struct {
	OfSitting
	Paging
	Answer exam.Eligibility `query:"answer" enum:"eligible,needs_evidence,refused"`
}

func (a *jsonAPI) listEligibility(ctx context.Context, actor access.Actor, in *eligibilityQuery) (listJSON[EligibilityJSON], error) {
	all, _, err := a.Exam.Eligibility(ctx, actor, in.ID)
	if err != nil {
		return listJSON[EligibilityJSON]{}, err
	}
	var list []exam.Candidate
	for _, c := range all {
		if in.Answer == "" || c.Judged.Answer == in.Answer {
			list = append(list, c)
		}
	}
	return whole(list, in.Paging, func(c exam.Candidate) string { return c.Enrolment.Ticket }, func(c exam.Candidate) EligibilityJSON {
		return eligibilityForm(ctx, c.Enrolment, c.Judged)
	})
}

func (a *jsonAPI) getEligibility(ctx context.Context, actor access.Actor, in *OfEnrolment) (EligibilityJSON, error) {
	_, c, err := a.Exam.Candidate(ctx, actor, in.ID)
	return eligibilityForm(ctx, c.Enrolment, c.Judged), err
}

// judgedJSON is a candidate after something about the own eligibility changed.
// Who changed it need not be one who reads candidates.
type judgedJSON struct {
	Answer   exam.Eligibility `json:"answer" enum:"eligible,needs_evidence,refused"`
	Findings []objectionJSON  `json:"findings"`
}

func judgedForm(ctx context.Context, judged exam.Judged) judgedJSON {
	form := eligibilityForm(ctx, exam.Enrolment{}, judged)
	return judgedJSON{form.Answer, form.Findings}
}

type trainingInput struct {
	OfEnrolment
	Body courseEvidenceJSON
}

func (a *jsonAPI) setEvidence(ctx context.Context, actor access.Actor, in *trainingInput) (judgedJSON, error) {
	judged, err := a.Exam.SetEvidence(ctx, actor, in.ID, in.Body.evidence())
	return judgedForm(ctx, judged), err
}

type askInput struct {
	OfEnrolment
	Body struct {
		Reason string `json:"reason" maxLength:"500"`
	}
}

func (a *jsonAPI) askOverride(ctx context.Context, actor access.Actor, in *askInput) (judgedJSON, error) {
	judged, err := a.Exam.AskOverride(ctx, actor, in.ID, in.Body.Reason)
	return judgedForm(ctx, judged), err
}

type secondInput struct {
	OfEnrolment
	Body struct {
		Sign   bool   `json:"sign" doc:"false turns it down"`
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"Of turning it down"`
	}
}

func (a *jsonAPI) signOverride(ctx context.Context, actor access.Actor, in *secondInput) (judgedJSON, error) {
	judged, err := a.Exam.SignOverride(ctx, actor, in.ID, in.Body.Sign, in.Body.Reason)
	return judgedForm(ctx, judged), err
}

type overridesQuery struct {
	Paging
	State exam.OverrideState `query:"state" enum:"waits,signed,turned"`
}

type exceptionJSON struct {
	Sitting string `json:"sitting"`
	Title   string `json:"title"`
	EligibilityJSON
}

func (a *jsonAPI) listOverrides(ctx context.Context, actor access.Actor, in *overridesQuery) (listJSON[exceptionJSON], error) {
	found, next, err := a.Exam.Overrides(ctx, actor, exam.ExceptionQuery{State: in.State, Before: in.Cursor, Limit: in.Limit})
	list := listJSON[exceptionJSON]{Items: []exceptionJSON{}, Next: next}
	for _, x := range found {
		list.Items = append(list.Items, exceptionJSON{x.Sitting.ID, x.Sitting.Title, eligibilityForm(ctx, x.Enrolment, x.Judged)})
	}
	return list, err
}
