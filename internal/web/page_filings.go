package web

import (
	"io"
	"mime"
	"net/http"
	"slices"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

const (
	filingsPath   = "/filings"
	directoryPath = "/directory"
)

// filingRoles see applications: bureaus and the bodies' schedulers.
var filingRoles = []access.Role{access.Standing, access.Reviewer, access.Auditor, access.Scheduler}

func (s *Server) filingRoutes() {
	get, post := s.engine.GET, s.engine.POST
	get(filingsPath, s.member(s.showFilings))
	get(filingsPath+"/new", s.member(s.showFilingForm))
	post(filingsPath+"/new", s.member(s.applyFiling))
	get(filingsPath+"/:id", s.member(s.showFiling))
	get(filingsPath+"/:id/papers/:n", s.member(s.sendFilingPaper))
	post(filingsPath+"/:id/mend", s.member(s.mendFiling))
	post(filingsPath+"/:id/examine", s.member(s.examineFiling))
	post(filingsPath+"/:id/review", s.member(s.reviewFiling))
	get(directoryPath, s.page(s.showDirectory))
	get(directoryPath+"/export.xlsx", s.page(s.exportDirectory))
}

// filingRow is an application in the list.
type filingRow struct {
	standing.Application
	Place string
}

// showFilings lists applications (备案申请), newest first.
func (s *Server) showFilings(r *request) error {
	if !seenBy(r.actor, filingRoles) {
		return s.Policy.Decide(r.actor, "filing:apply", access.Scope{})
	}
	q := standing.ApplicationQuery{Before: r.Query("before"), Limit: rowsMost + 1}
	state := standing.ApplicationState(r.Query("state"))
	if slices.Contains(standing.ApplicationStates, state) {
		q.States = []standing.ApplicationState{state}
	}
	list, err := s.Standing.Applications(r.Request.Context(), r.actor, q)
	if err != nil {
		return err
	}
	list, pages := paged(r, filingsPath, "before", list, func(x standing.Application) string { return x.ID })
	rows := make([]filingRow, len(list))
	for i, a := range list {
		rows[i] = filingRow{a, s.Book.FullName(a.Region)}
	}
	var states []choice
	for _, x := range standing.ApplicationStates {
		states = append(states, choice{string(x), r.T("state " + string(x)), x == state})
	}
	return r.render(deskFrame, "filings", r.T("Filing"), map[string]any{
		"Rows": rows, "States": states, "Filtered": len(q.States) > 0, "MayFile": r.actor.Has(access.Standing), "MayApply": r.actor.Has(access.Scheduler),
		"Pager": pages,
	})
}

// filingPage is an application with what the actor can do.
type filingPage struct {
	standing.Application
	Place, Body string
	Scopes      []scopeRow
	Text        filingText
	Kinds       []choice
	Named       func(region string) string
	May         struct{ Mend, Examine, Review bool }
	Beside      beside
}

func (s *Server) showFiling(r *request) error {
	a, err := s.Standing.Read(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	page := filingPage{Application: a, Place: s.Book.FullName(a.Region), Scopes: s.scopeRows(r, a.Proposal), Text: textOf(a.Proposal), Named: s.Book.FullName, Kinds: kindChoices(r, a.Proposal.Kind), Beside: r.beside()}
	if a.Body == "" && a.State == standing.Granted {
		page.Application.Body = a.ID
	}
	page.May.Mend = a.State == standing.SentBack && (a.Kind == standing.ToFile || a.Kind == standing.ToChange) && r.may(a.Applying(), a.Scope())
	page.May.Examine = a.State == standing.Submitted && r.may("filing:decide", a.Scope())
	page.May.Review = a.State == standing.Examined && r.may("filing:review", a.Scope())
	return r.render(deskFrame, "filing", a.Proposal.Name, page)
}

func (s *Server) scopeRows(r *request, b standing.Body) (rows []scopeRow) {
	for _, scope := range b.Scopes {
		line := scopeRow{Trade: s.tradeName(scope.Trade), Code: scope.Trade, Tracks: r.tracks(scope.Tracks)}
		for _, level := range scope.Levels {
			line.Levels = append(line.Levels, r.term(level.String()))
		}
		rows = append(rows, line)
	}
	return rows
}

func kindChoices(r *request, chosen standing.Kind) (list []choice) {
	for _, kind := range []standing.Kind{standing.Employer, standing.School, standing.Social} {
		list = append(list, choice{string(kind), r.term(kind.Chinese()), kind == chosen})
	}
	return list
}

// showFilingForm is the form of an application of the kind in the address.
func (s *Server) showFilingForm(r *request) error {
	kind := standing.ApplicationKind(r.Query("kind"))
	if r.Request.Method == http.MethodPost {
		kind = standing.ApplicationKind(r.PostForm("kind"))
	}
	data := map[string]any{"Kind": kind, "Beside": r.beside()}
	text := filingText{Region: firstOf(r.actor.Regions(access.Standing))}
	if kind != standing.ToFile {
		b, err := s.Standing.Body(r.Request.Context(), r.actor, r.bodyAs(access.Scheduler))
		if err != nil {
			return err
		}
		text, data["Body"] = textOf(b), b
	}
	if r.Request.Method == http.MethodPost { // refused: what was typed stays
		text = filingText{r.PostForm("name"), r.PostForm("kind_of_body"), r.PostForm("region"), r.PostForm("scopes"), r.PostForm("sites"), r.PostForm("staff")}
	}
	var regions []choice
	for _, region := range s.Book.Regions() {
		if region.Code != rulebook.Nation && r.may("filing:accept", access.Scope{Region: region.Code}) {
			regions = append(regions, choice{region.Code, s.Book.FullName(region.Code), region.Code == text.Region})
		}
	}
	data["Text"], data["Kinds"], data["Regions"] = text, kindChoices(r, standing.Kind(text.Kind)), regions
	return r.render(deskFrame, "filingform", r.T("application "+string(kind)), data)
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// applyFiling hands an application in.
func (s *Server) applyFiling(r *request) error {
	a := standing.Application{Kind: standing.ApplicationKind(r.PostForm("kind")), Body: r.bodyAs(access.Scheduler)}
	if a.Kind == standing.ToFile {
		a.Body = ""
	}
	if !slices.Contains([]standing.ApplicationKind{standing.ToFile, standing.ToChange, standing.ToRenew, standing.ToWithdraw}, a.Kind) {
		return fault.New(fault.NotFound, "web.applyFiling", "there is no such page")
	}
	var err error
	if a.Kind == standing.ToFile || a.Kind == standing.ToChange {
		if a.Proposal, err = r.filingForm(); err != nil {
			return r.again(err, s.showFilingForm)
		}
	}
	if err := s.keepStaff(r, a.Body, &a.Proposal); err != nil {
		return err
	}
	if a.Papers, err = r.filingPapers(); err == nil {
		a, err = s.Standing.Apply(r.Request.Context(), r.actor, a)
	}
	if err != nil {
		return r.again(err, s.showFilingForm)
	}
	return r.done(filingsPath+"/"+a.ID, "The application is handed in.")
}

// keepStaff takes over the register as it is when no line is given.
func (s *Server) keepStaff(r *request, body string, proposal *standing.Body) error {
	if len(proposal.Staff) > 0 || body == "" {
		return nil
	}
	b, err := s.Standing.Body(r.Request.Context(), r.actor, body)
	proposal.Staff = b.Staff
	return err
}

// filingPapers keeps the one document that a form can carry.
func (r *request) filingPapers() ([]standing.Paper, error) {
	header, err := r.FormFile("paper")
	if err != nil || header.Size == 0 {
		return nil, nil
	}
	name, file, err := r.upload("paper")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, fault.New(fault.Invalid, "web.filing", "the file could not be received: send it again").Because(err)
	}
	p, err := r.s.Standing.KeepPaper(r.Request.Context(), r.actor, name, content)
	return []standing.Paper{p}, err
}

func (s *Server) mendFiling(r *request) error {
	ctx, id := r.Request.Context(), r.Param("id")
	before, err := s.Standing.Read(ctx, r.actor, id)
	if err != nil {
		return err
	}
	proposal, err := r.filingForm()
	if err != nil {
		return r.again(err, s.showFiling)
	}
	if len(proposal.Staff) == 0 {
		proposal.Staff = before.Proposal.Staff
	}
	papers, err := r.filingPapers()
	if err == nil {
		_, err = s.Standing.Mend(ctx, r.actor, id, proposal, append(before.Papers, papers...))
	}
	if err != nil {
		return r.again(err, s.showFiling)
	}
	return r.done(filingsPath+"/"+id, "The application is handed in.")
}

func (s *Server) examineFiling(r *request) error {
	id := r.Param("id")
	if _, err := s.Standing.Examine(r.Request.Context(), r.actor, id, standing.ApplicationState(r.PostForm("to")), r.PostForm("reason")); err != nil {
		return r.again(err, s.showFiling)
	}
	return r.done(filingsPath+"/"+id, "The opinion is recorded.")
}

func (s *Server) reviewFiling(r *request) error {
	id := r.Param("id")
	if _, err := s.Standing.Review(r.Request.Context(), r.actor, id, standing.ApplicationState(r.PostForm("to")), r.PostForm("reason")); err != nil {
		return r.again(err, s.showFiling)
	}
	return r.done(filingsPath+"/"+id, "The decision is recorded.")
}

// sendFilingPaper sends a document of an application.
func (s *Server) sendFilingPaper(r *request) error {
	p, content, err := s.Standing.Paper(r.Request.Context(), r.actor, r.Param("id"), r.Param("n"))
	if err != nil {
		return err
	}
	r.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": p.Name}))
	r.Data(http.StatusOK, p.ContentType, content)
	return nil
}
