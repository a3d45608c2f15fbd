package web

import (
	"time"

	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

type caseJSON struct {
	ID        string              `json:"id"`
	Version   int                 `json:"version" doc:"Rises with each change"`
	Kind      cases.Kind          `json:"kind" enum:"violation,repair"`
	Region    string              `json:"region" doc:"Of the bureau that handles it"`
	State     cases.State         `json:"state" enum:"reported,evidenced,notified,heard,decided,appealed,final,dismissed,upheld"`
	Waits     cases.Actor         `json:"waits,omitempty" enum:"officer,reviewer,party" doc:"Who must act"`
	Due       *time.Time          `json:"due,omitempty" doc:"The legal day by which the next step is due"`
	Overdue   bool                `json:"overdue,omitempty"`
	Party     standing.PartyKind  `json:"party,omitempty" enum:"body,person,platform"`
	Body      string              `json:"body,omitempty" doc:"Id of the body that is the party"`
	Name      string              `json:"name,omitempty" doc:"Of the party"`
	IDNumber  string              `json:"id_number,omitempty" doc:"Of a person, masked"`
	Claim     string              `json:"claim,omitempty" doc:"Whom a complaint means, in its own words"`
	Source    cases.Source        `json:"source,omitempty" enum:"inspector,invigilator,supervisor,scheduler,officer,public,system,party"`
	Title     string              `json:"title"`
	Happened  string              `json:"happened" format:"date" doc:"Day of the breach"`
	Sitting   string              `json:"sitting,omitempty"`
	Enrolment string              `json:"enrolment,omitempty"`
	Target    string              `json:"target,omitempty" doc:"Of a repair: the case whose bars it is about"`
	Facts     string              `json:"facts,omitempty" doc:"As the notice told them"`
	Intended  []cases.MeasureKind `json:"intended,omitempty" enum:"interview,rectify,suspend,cancel_filing,blacklist,no_subsidy,subject_void,cheating,year_barred,heavier,staff_bar,platform_bar"`
	Statement string              `json:"statement,omitempty"`
	Asked     *time.Time          `json:"hearing_asked,omitempty" doc:"When the party asked to be heard in person"`
	Hearing   *time.Time          `json:"hearing,omitempty"`
	Place     string              `json:"hearing_place,omitempty"`
	Steps     []caseStepJSON      `json:"steps"`
	Evidence  []evidenceJSON      `json:"evidence,omitempty"`
	Letters   []caseLetterJSON    `json:"letters,omitempty"`
	Decision  *decisionJSON       `json:"decision,omitempty" doc:"Proposed or taken: decided_at says which"`
	Appeal    *appealJSON         `json:"appeal,omitempty"`
}

type caseStepJSON struct {
	What string     `json:"what" example:"notify"`
	At   time.Time  `json:"at"`
	Name string     `json:"name,omitempty"`
	Text string     `json:"text,omitempty"`
	Due  *time.Time `json:"due,omitempty" doc:"The deadline that the step set"`
}

type evidenceJSON struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Name   string    `json:"name" doc:"Who added it"`
	Text   string    `json:"text,omitempty"`
	File   string    `json:"file,omitempty"`
	Size   int       `json:"size,omitempty" doc:"Bytes"`
	SHA256 string    `json:"sha256,omitempty"`
}

type caseLetterJSON struct {
	Kind   cases.LetterKind `json:"kind" enum:"notice,hearing,decision,ruling"`
	Number string           `json:"number" example:"410423-决-2026-0001"`
	At     time.Time        `json:"at"`
}

type measureJSON struct {
	Kind    cases.MeasureKind      `json:"kind"`
	By      *time.Time             `json:"by,omitempty" doc:"Of rectify: the last day"`
	Until   *time.Time             `json:"until,omitempty" doc:"End of the bar, exclusive; until it is lifted when absent"`
	Part    cases.Part             `json:"part,omitempty"`
	Running standing.RunningChoice `json:"running,omitempty"`
	Revoke  []string               `json:"revoke,omitempty"`
	Rule    ruleJSON               `json:"rule"`
}

type decisionJSON struct {
	Facts      string        `json:"facts"`
	Measures   []measureJSON `json:"measures"`
	Lift       bool          `json:"lift,omitempty"`
	Public     bool          `json:"public,omitempty"`
	Notice     string        `json:"notice,omitempty"`
	ProposedBy string        `json:"proposed_by,omitempty" doc:"Name"`
	ApprovedBy string        `json:"approved_by,omitempty" doc:"Name"`
	DecidedAt  *time.Time    `json:"decided_at,omitempty" doc:"From when on it holds; absent while it is only proposed"`
	Rulebook   string        `json:"rulebook,omitempty" doc:"SHA-256 of the rules that it went by"`
}

type appealJSON struct {
	At     time.Time   `json:"at"`
	Text   string      `json:"text"`
	Ruling *rulingJSON `json:"ruling,omitempty"`
}

type rulingJSON struct {
	Uphold     bool       `json:"uphold"`
	Reason     string     `json:"reason"`
	ProposedBy string     `json:"proposed_by,omitempty" doc:"Name"`
	ApprovedBy string     `json:"approved_by,omitempty" doc:"Name"`
	DecidedAt  *time.Time `json:"decided_at,omitempty"`
}

type complaintReceiptJSON struct {
	ID    string      `json:"id" doc:"The receipt"`
	At    time.Time   `json:"at"`
	State cases.State `json:"state" enum:"reported,evidenced,notified,heard,decided,appealed,final,dismissed,upheld"`
}

type exitJSON struct {
	Name   string             `json:"name"`
	Party  standing.PartyKind `json:"party" enum:"body,platform"`
	Body   string             `json:"body,omitempty" doc:"Id of the body"`
	Kind   standing.BarKind   `json:"kind" enum:"blacklisted,delisted,suspension,exclusion"`
	Region string             `json:"region"`
	From   time.Time          `json:"from"`
	Until  *time.Time         `json:"until,omitempty" doc:"Until it is lifted when absent"`
	Reason string             `json:"reason"`
	Rule   ruleJSON           `json:"rule"`
}

func exitForm(b standing.Bar) exitJSON {
	form := exitJSON{Name: b.Name, Party: b.Party.Kind, Kind: b.Kind, Region: b.Region, From: moment(b.From), Until: momentOrNone(b.Until), Reason: b.Reason,
		Rule: ruleJSON{b.Rule.ID, b.Rule.Document, b.Rule.Clause, b.Rule.Quote}}
	if b.Party.Kind == standing.OfBody {
		form.Body = b.Party.Key
	}
	return form
}

func (a *jsonAPI) caseForm(c cases.Case) caseJSON {
	form := caseJSON{
		ID: c.ID, Version: c.Version, Kind: c.Kind, Region: c.Region, State: c.State, Waits: c.Waits, Due: momentOrNone(c.Due), Overdue: c.Overdue(a.Now()),
		Party: c.Party.Kind, Name: c.Name, IDNumber: c.Masked, Claim: c.Claim, Source: c.Source, Title: c.Title, Happened: legalDay(c.Happened),
		Sitting: c.Sitting, Enrolment: c.Enrolment, Target: c.Target, Facts: c.Facts, Intended: c.Intended, Statement: c.Statement, Asked: momentOrNone(c.Asked), Hearing: momentOrNone(c.Hearing), Place: c.Place,
		Steps: []caseStepJSON{},
	}
	if c.Party.Kind == standing.OfBody {
		form.Body = c.Party.Key
	}
	for _, st := range c.Steps {
		form.Steps = append(form.Steps, caseStepJSON{string(st.What), moment(st.At), st.Name, st.Text, momentOrNone(st.Due)})
	}
	for _, e := range c.Evidence {
		form.Evidence = append(form.Evidence, evidenceJSON{e.ID, moment(e.At), e.Name, e.Text, e.File, e.Size, e.SHA256})
	}
	for _, l := range c.Letters {
		form.Letters = append(form.Letters, caseLetterJSON{l.Kind, l.Number, moment(l.At)})
	}
	if d := c.Decision; d != nil {
		form.Decision = &decisionJSON{
			Facts: d.Facts, Measures: []measureJSON{}, Lift: d.Lift, Public: d.Public, Notice: d.Notice, ProposedBy: d.ProposedName, ApprovedBy: d.ApprovedName,
			DecidedAt: momentOrNone(d.At), Rulebook: d.Book,
		}
		for _, m := range d.Measures {
			form.Decision.Measures = append(form.Decision.Measures, measureJSON{
				m.Kind, momentOrNone(m.By), momentOrNone(m.Until), m.Part, m.Running, m.Revoke, ruleJSON{m.Rule.ID, m.Rule.Document, m.Rule.Clause, m.Rule.Quote},
			})
		}
	}
	if c.Appeal != nil {
		form.Appeal = &appealJSON{At: moment(c.Appeal.At), Text: c.Appeal.Text}
		if r := c.Appeal.Ruling; r != nil {
			form.Appeal.Ruling = &rulingJSON{r.Uphold, r.Reason, r.ProposedName, r.ApprovedName, momentOrNone(r.At)}
		}
	}
	return form
}
