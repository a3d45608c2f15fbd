package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

func (a *jsonAPI) filings() {
	op := func(id, method, path, summary, description string, codes ...fault.Code) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Tags: []string{"filings"}, Summary: summary, Description: description, Errors: refusals(codes...),
		}
	}
	step := []fault.Code{fault.NotFound, fault.Refused, fault.Conflict}
	const get, post = http.MethodGet, http.MethodPost

	apply := op("applyFiling", post, "/filings", "Apply for a filing, its change, renewal or end (备案申请)", "A first filing is taken in by the bureau's counter, every other one is the body's own. Refused (R33) while the body or its staff are barred; a conflict while another application of the body is open.", step...)
	apply.DefaultStatus = http.StatusCreated
	operation(a, apply, a.applyFiling)
	operation(a, op("mendFiling", post, "/filings/{filing}/mend", "Send an application in again", "While it waits for the officer, or was sent back. It stays in its region.", step...), a.mendFiling)
	operation(a, op("listFilings", get, "/filings", "Applications, newest first", "Those of the caller's regions, or of the own body."), a.listFilings)
	operation(a, op("getFiling", get, "/filings/{filing}", "An application", "With its proposal and the opinions so far.", fault.NotFound), a.getFiling)
	operation(a, op("examineFiling", post, "/filings/{filing}/examination", "The officer's opinion (经办)", "examined passes it on to the reviewer; sent_back and declined need a reason.", step...), a.examineFiling)
	operation(a, op("reviewFiling", post, "/filings/{filing}/review", "The reviewer's decision (复核)", "By another person than the officer. granted takes effect at once; sent_back and declined need a reason.", step...), a.reviewFiling)
	public(a, op("listDirectory", get, "/directory", "The published list of evaluation bodies (目录清单)", "Bodies that are on the list today (R35), with the credit grade that stands (R36).", fault.NotFound), a.listDirectory)
}

// OfFiling is the part of an input that names an application.
type OfFiling struct {
	ID string `path:"filing" doc:"Id of the application"`
}

// filedBodyJSON is a body as it is to be filed.
type filedBodyJSON struct {
	Name   string           `json:"name" maxLength:"60"`
	Kind   standing.Kind    `json:"kind,omitempty" enum:"employer,school,social" doc:"Of a first filing"`
	Region string           `json:"region,omitempty" doc:"Of a first filing"`
	Scopes []scopeJSON      `json:"scopes" maxItems:"200"`
	Sites  []filedSiteJSON  `json:"sites" maxItems:"50"`
	Staff  []filedStaffJSON `json:"staff,omitempty" maxItems:"500" doc:"Absent: the register stays as it is"`
}

type filedSiteJSON struct {
	ID      string         `json:"id,omitempty" doc:"Of a site that is filed already; a new one without"`
	Serial  string         `json:"serial" doc:"Six digits of a certificate number (R51)"`
	Name    string         `json:"name"`
	Address string         `json:"address,omitempty"`
	Region  string         `json:"region,omitempty" doc:"Where it lies, of a site in another region than the body's (R37)"`
	Cameras int            `json:"cameras,omitempty" minimum:"0"`
	Rooms   []roomSizeJSON `json:"rooms"`
}

type filedStaffJSON struct {
	ID       string      `json:"id,omitempty"`
	Name     string      `json:"name"`
	IDNumber string      `json:"id_number,omitempty" doc:"Given in full, answered masked"`
	Proofs   []proofJSON `json:"proofs,omitempty"`
}

type proofJSON struct {
	Number string `json:"number"`
	Trade  string `json:"trade"`
	Senior bool   `json:"senior,omitempty" doc:"高级考评员: every level; else levels 5 to 3 (R19)"`
	Until  string `json:"until" format:"date" doc:"Last day"`
}

func (p filedBodyJSON) body() standing.Body {
	b := standing.Body{Name: p.Name, Kind: p.Kind, Region: p.Region}
	for _, s := range p.Scopes {
		b.Scopes = append(b.Scopes, standing.Scope(s))
	}
	for _, s := range p.Sites {
		site := standing.Site{ID: s.ID, Serial: s.Serial, Name: s.Name, Address: s.Address, Region: s.Region, Cameras: s.Cameras}
		for _, r := range s.Rooms {
			site.Rooms = append(site.Rooms, standing.Room(r))
		}
		b.Sites = append(b.Sites, site)
	}
	for _, s := range p.Staff {
		person := standing.Staff{ID: s.ID, Name: s.Name, IDNumber: s.IDNumber}
		for _, proof := range s.Proofs {
			person.Proofs = append(person.Proofs, standing.Proof{Number: proof.Number, Trade: proof.Trade, Senior: proof.Senior, Until: parseDay(proof.Until)})
		}
		b.Staff = append(b.Staff, person)
	}
	return b
}

func filedBodyForm(b standing.Body) filedBodyJSON {
	p := filedBodyJSON{Name: b.Name, Kind: b.Kind, Region: b.Region, Scopes: []scopeJSON{}, Sites: []filedSiteJSON{}}
	for _, s := range b.Scopes {
		p.Scopes = append(p.Scopes, scopeJSON(s))
	}
	for _, s := range b.Sites {
		site := filedSiteJSON{ID: s.ID, Serial: s.Serial, Name: s.Name, Address: s.Address, Region: s.Region, Cameras: s.Cameras, Rooms: []roomSizeJSON{}}
		for _, r := range s.Rooms {
			site.Rooms = append(site.Rooms, roomSizeJSON(r))
		}
		p.Sites = append(p.Sites, site)
	}
	for _, s := range b.Staff {
		person := filedStaffJSON{ID: s.ID, Name: s.Name, IDNumber: s.IDMasked}
		for _, proof := range s.Proofs {
			person.Proofs = append(person.Proofs, proofJSON{proof.Number, proof.Trade, proof.Senior, legalDay(proof.Until)})
		}
		p.Staff = append(p.Staff, person)
	}
	return p
}

type filingJSON struct {
	ID       string                    `json:"id"`
	Version  int                       `json:"version" doc:"Rises with each change"`
	Kind     standing.ApplicationKind  `json:"kind" enum:"file,change,renew,withdraw"`
	Body     string                    `json:"body,omitempty" doc:"Id of the body; of a first filing once it is granted"`
	Region   string                    `json:"region"`
	State    standing.ApplicationState `json:"state" enum:"handed_in,sent_back,examined,granted,declined"`
	At       time.Time                 `json:"at" doc:"When it was handed in"`
	Proposal filedBodyJSON             `json:"proposal"`
	Until    string                    `json:"valid_until,omitempty" format:"date" doc:"Last day that is applied for"`
	Opinions []opinionJSON             `json:"opinions"`
}

type opinionJSON struct {
	At     time.Time                 `json:"at"`
	Name   string                    `json:"name"`
	To     standing.ApplicationState `json:"to" doc:"What it led to"`
	Reason string                    `json:"reason,omitempty"`
}

func filingForm(x standing.Application) filingJSON {
	form := filingJSON{
		ID: x.ID, Version: x.Version, Kind: x.Kind, Body: x.Body, Region: x.Region, State: x.State, At: moment(x.At), Proposal: filedBodyForm(x.Proposal),
		Until: legalDayOrNone(x.Proposal.ValidUntil), Opinions: []opinionJSON{},
	}
	if x.Kind == standing.ToFile && x.State == standing.Granted {
		form.Body = x.ID
	}
	for _, o := range x.Opinions {
		form.Opinions = append(form.Opinions, opinionJSON{moment(o.At), o.Name, o.To, o.Reason})
	}
	return form
}

type applyInput struct {
	Body struct {
		Kind     standing.ApplicationKind `json:"kind" enum:"file,change,renew,withdraw"`
		Body     string                   `json:"body,omitempty" doc:"Id of the body; none for a first filing"`
		Proposal *filedBodyJSON           `json:"proposal,omitempty" doc:"Of file and change"`
	}
}

// staffed takes over the staff of the body where a proposal names none.
func (a *jsonAPI) staffed(ctx context.Context, actor access.Actor, body string, p *standing.Body) error {
	if len(p.Staff) > 0 || body == "" {
		return nil
	}
	b, err := a.Standing.Body(ctx, actor, body)
	p.Staff = b.Staff
	return err
}

func (a *jsonAPI) applyFiling(ctx context.Context, actor access.Actor, in *applyInput) (filingJSON, error) {
	x := standing.Application{Kind: in.Body.Kind, Body: in.Body.Body}
	if in.Body.Proposal != nil {
		x.Proposal = in.Body.Proposal.body()
	}
	if x.Kind == standing.ToChange {
		if err := a.staffed(ctx, actor, x.Body, &x.Proposal); err != nil {
			return filingJSON{}, err
		}
	}
	x, err := a.Standing.Apply(ctx, actor, x)
	return filingForm(x), err
}

type mendInput struct {
	OfFiling
	Body filedBodyJSON
}

func (a *jsonAPI) mendFiling(ctx context.Context, actor access.Actor, in *mendInput) (filingJSON, error) {
	before, err := a.Standing.Read(ctx, actor, in.ID)
	if err != nil {
		return filingJSON{}, err
	}
	proposal := in.Body.body()
	if len(proposal.Staff) == 0 {
		proposal.Staff = before.Proposal.Staff
	}
	x, err := a.Standing.Mend(ctx, actor, in.ID, proposal, before.Papers)
	return filingForm(x), err
}

type filingsQuery struct {
	Paging
	States []standing.ApplicationState `query:"state" enum:"handed_in,sent_back,examined,granted,declined" doc:"One or more states, with commas between"`
}

func (a *jsonAPI) listFilings(ctx context.Context, actor access.Actor, in *filingsQuery) (listJSON[filingJSON], error) {
	list, err := a.Standing.Applications(ctx, actor, standing.ApplicationQuery{States: in.States, Before: in.Cursor, Limit: in.more()})
	return page(list, in.Paging, func(x standing.Application) string { return x.ID }, filingForm), err
}

func (a *jsonAPI) getFiling(ctx context.Context, actor access.Actor, in *OfFiling) (filingJSON, error) {
	x, err := a.Standing.Read(ctx, actor, in.ID)
	return filingForm(x), err
}

type opinionInput struct {
	OfFiling
	Body struct {
		To     standing.ApplicationState `json:"to" enum:"examined,granted,sent_back,declined"`
		Reason string                    `json:"reason,omitempty" maxLength:"1000"`
	}
}

func (a *jsonAPI) examineFiling(ctx context.Context, actor access.Actor, in *opinionInput) (filingJSON, error) {
	x, err := a.Standing.Examine(ctx, actor, in.ID, in.Body.To, in.Body.Reason)
	return filingForm(x), err
}

func (a *jsonAPI) reviewFiling(ctx context.Context, actor access.Actor, in *opinionInput) (filingJSON, error) {
	x, err := a.Standing.Review(ctx, actor, in.ID, in.Body.To, in.Body.Reason)
	return filingForm(x), err
}

type directoryInput struct {
	Paging
	Region string         `query:"region" doc:"Code of a region, with all within it"`
	Kind   standing.Kind  `query:"kind" enum:"employer,school,social"`
	Trade  string         `query:"trade" doc:"Occupation code"`
	Level  rulebook.Level `query:"level" default:"99" doc:"One of the levels of R53; all when absent"`
	Track  rulebook.Track `query:"track" enum:"qualification,skill_level,special_work,special_skill,completion,equipment" doc:"That the filing covers"`
	Text   string         `query:"text" doc:"Part of the name or of the filing number"`
}

// listedJSON is a body as the public sees it.
type listedJSON struct {
	bodyJSON
	Number string `json:"number,omitempty" doc:"Filing number"`
	Grade  string `json:"grade,omitempty" enum:"A,B,C,D" doc:"Credit grade that stands"`
}

func (a *jsonAPI) listDirectory(ctx context.Context, in *directoryInput) (listJSON[listedJSON], error) {
	list, err := a.Standing.Directory(ctx, standing.DirectoryQuery{
		Region: in.Region, Kind: in.Kind, Trade: in.Trade, Level: in.Level, Leveled: in.Level.Valid(), Track: in.Track, Text: in.Text,
	})
	if err != nil {
		return listJSON[listedJSON]{}, err
	}
	grades, err := a.Inspection.Published(ctx)
	if err != nil {
		return listJSON[listedJSON]{}, err
	}
	return whole(list, in.Paging, func(b standing.Body) string { return b.ID }, func(b standing.Body) listedJSON {
		return listedJSON{bodyForm(b), b.Number, string(grades[b.ID])}
	})
}
