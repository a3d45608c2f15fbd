package web

import (
	"strconv"
	"time"

	"kaoping/policies/standing/inspection"
)

type recusalJSON struct {
	Inspector string `json:"inspector" doc:"Id of the account"`
	Body      string `json:"body" doc:"Id of the body"`
	Why       string `json:"why,omitempty"`
}

type planJSON struct {
	ID         string          `json:"id"`
	Version    int             `json:"version" doc:"Rises with each change"`
	Region     string          `json:"region"`
	Kind       inspection.Kind `json:"kind" enum:"daily,sampling,special,third_party,quality"`
	Title      string          `json:"title"`
	From       string          `json:"from" format:"date"`
	To         string          `json:"to" format:"date"`
	Share      int             `json:"share" doc:"In hundredths of a percent"`
	Each       int             `json:"each" doc:"Inspectors for one body"`
	Checklist  []string        `json:"checklist"`
	Recusals   []recusalJSON   `json:"recusals,omitempty"`
	Seed       string          `json:"seed,omitempty" doc:"Of the draw, a whole number; absent before it"`
	Same       bool            `json:"same,omitempty" doc:"The seed gives this draw"`
	DrawnAt    *time.Time      `json:"drawn_at,omitempty"`
	Population []string        `json:"population,omitempty" doc:"Ids of the bodies that could be drawn"`
	Pool       []string        `json:"pool,omitempty" doc:"Ids of the inspectors that could be drawn"`
	Drawn      []drawnJSON     `json:"drawn,omitempty"`
}

type drawnJSON struct {
	Visit      string   `json:"visit" doc:"Id of the visit"`
	Body       string   `json:"body"`
	Name       string   `json:"name" doc:"Of the body"`
	Inspectors []string `json:"inspectors" doc:"Ids of accounts"`
}

func planForm(p inspection.Plan) planJSON {
	form := planJSON{
		ID: p.ID, Version: p.Version, Region: p.Region, Kind: p.Kind, Title: p.Title, From: legalDayOrNone(p.From), To: legalDayOrNone(p.To), Share: p.Share, Each: p.Each,
		Checklist: texts(p.Checklist), Same: p.Again(), DrawnAt: momentOrNone(p.DrawnAt), Population: p.Population, Pool: p.Pool,
	}
	if p.Seed != 0 {
		form.Seed = strconv.FormatUint(p.Seed, 10)
	}
	for _, r := range p.Recusals {
		form.Recusals = append(form.Recusals, recusalJSON(r))
	}
	for _, d := range p.Drawn {
		form.Drawn = append(form.Drawn, drawnJSON{inspection.VisitID(p.ID, d.Body), d.Body, d.BodyName, texts(d.Inspectors)})
	}
	return form
}

type inspectionBoardJSON struct {
	From   string         `json:"from" format:"date" doc:"First day of the half-year"`
	To     string         `json:"to" format:"date" doc:"Last day of the half-year"`
	Bodies []standingJSON `json:"bodies" doc:"Those still due first"`
	Late   []lateJSON     `json:"late" doc:"Overdue findings, longest first"`
	Open   int            `json:"open" doc:"Findings that are not overdue"`
}

type standingJSON struct {
	Body      string `json:"body"`
	Name      string `json:"name"`
	Region    string `json:"region"`
	Inspected int    `json:"inspected" doc:"Special inspections in this half-year"`
	Last      string `json:"last,omitempty" format:"date" doc:"Day of the last signed visit"`
	Due       bool   `json:"due" doc:"R32 asks for one more"`
}

type lateJSON struct {
	Visit   string `json:"visit"`
	Body    string `json:"body"`
	Name    string `json:"name"`
	Finding string `json:"finding"`
	Text    string `json:"text"`
	Due     string `json:"due" format:"date"`
}

func inspectionBoardForm(b inspection.Board) inspectionBoardJSON {
	form := inspectionBoardJSON{From: legalDayOrNone(b.From), To: legalDayOrNone(b.To), Bodies: []standingJSON{}, Late: []lateJSON{}, Open: b.Open}
	for _, s := range b.Bodies {
		form.Bodies = append(form.Bodies, standingJSON{s.Body, s.Name, s.Region, s.Inspected, legalDayOrNone(s.Last), s.Due})
	}
	for _, l := range b.Late {
		form.Late = append(form.Late, lateJSON{l.Visit.ID, l.Visit.Body, l.Visit.BodyName, l.Finding.ID, l.Finding.Text, legalDay(l.Finding.Due)})
	}
	return form
}

type visitJSON struct {
	ID         string                `json:"id"`
	Version    int                   `json:"version" doc:"Rises with each change"`
	Plan       string                `json:"plan"`
	Kind       inspection.Kind       `json:"kind" enum:"daily,sampling,special,third_party,quality"`
	Body       string                `json:"body"`
	Name       string                `json:"name" doc:"Of the body"`
	Region     string                `json:"region"`
	Inspectors []string              `json:"inspectors" doc:"Ids of accounts"`
	State      inspection.VisitState `json:"state" enum:"assigned,noted,signed"`
	On         string                `json:"on,omitempty" format:"date"`
	Met        string                `json:"met,omitempty"`
	Checks     []checkJSON           `json:"checks"`
	Photos     []photoJSON           `json:"photos,omitempty"`
	Findings   []findingJSON         `json:"findings,omitempty"`
	Signatures []visitSignatureJSON  `json:"signatures,omitempty"`
}

type answeredJSON struct {
	Result inspection.Result `json:"result" enum:"fine,breach,none"`
	Note   string            `json:"note,omitempty" maxLength:"300" doc:"Of a breach: what it is"`
}

type checkJSON struct {
	What   string            `json:"what"`
	Result inspection.Result `json:"result,omitempty" enum:"fine,breach,none"`
	Note   string            `json:"note,omitempty"`
}

type photoJSON struct {
	SHA256 string `json:"sha256"`
	Note   string `json:"note,omitempty"`
}

type newFindingJSON struct {
	Text string `json:"text" maxLength:"300"`
	Rule string `json:"rule,omitempty" doc:"Id in the rule catalogue"`
	Due  string `json:"due" format:"date" doc:"Last day by which it is put right"`
}

type findingJSON struct {
	ID       string                  `json:"id"`
	Text     string                  `json:"text"`
	Rule     string                  `json:"rule,omitempty"`
	Due      string                  `json:"due" format:"date"`
	State    inspection.FindingState `json:"state" enum:"open,fixed"`
	Overdue  bool                    `json:"overdue,omitempty"`
	Signaled bool                    `json:"signaled,omitempty" doc:"A case was raised about it"`
	Follow   []followJSON            `json:"follow,omitempty"`
}

type followJSON struct {
	At   time.Time `json:"at"`
	Name string    `json:"name"`
	Text string    `json:"text"`
	Done bool      `json:"done"`
}

type visitSignatureJSON struct {
	At   time.Time `json:"at"`
	Name string    `json:"name"`
}

func (a *jsonAPI) visitForm(v inspection.Visit) visitJSON {
	form := visitJSON{
		ID: v.ID, Version: v.Version, Plan: v.Plan, Kind: v.Kind, Body: v.Body, Name: v.BodyName, Region: v.Region, Inspectors: texts(v.Inspectors), State: v.State,
		On: legalDayOrNone(v.On), Met: v.Met, Checks: []checkJSON{},
	}
	for _, c := range v.Checks {
		form.Checks = append(form.Checks, checkJSON(c))
	}
	for _, p := range v.Photos {
		form.Photos = append(form.Photos, photoJSON{p.SHA256, p.Note})
	}
	for _, f := range v.Findings {
		finding := findingJSON{ID: f.ID, Text: f.Text, Rule: f.Rule, Due: legalDay(f.Due), State: f.State, Overdue: f.Overdue(a.Now()), Signaled: f.Signaled}
		for _, x := range f.Follow {
			finding.Follow = append(finding.Follow, followJSON{moment(x.At), x.Name, x.Text, x.Done})
		}
		form.Findings = append(form.Findings, finding)
	}
	for _, s := range v.Signatures {
		form.Signatures = append(form.Signatures, visitSignatureJSON{moment(s.At), s.Name})
	}
	return form
}
