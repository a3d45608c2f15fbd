package web

import (
	"strconv"
	"strings"

	"kaoping/bank"
	"kaoping/internal/fault"
)

// blueprintLines is how many lines the form of a blueprint has.
const blueprintLines = 12

type blueprintsPage struct {
	Rows []blueprintRow
}

type blueprintRow struct {
	bank.Blueprint
	TradeName string
	Questions int
}

func (s *Server) showBlueprints(r *request) error {
	owner, err := r.bankOf()
	if err != nil {
		return err
	}
	list, err := s.Bank.Blueprints(r.Request.Context(), r.actor, owner)
	if err != nil {
		return err
	}
	var page blueprintsPage
	for _, b := range list {
		row := blueprintRow{Blueprint: b, TradeName: s.tradeName(b.Trade)}
		for _, line := range b.Lines {
			row.Questions += line.Count
		}
		page.Rows = append(page.Rows, row)
	}
	return r.render(deskFrame, "blueprints", r.T("Blueprints"), page)
}

// blueprintPage is the form of one blueprint, and drawing papers from it.
type blueprintPage struct {
	bank.Blueprint // zero ID for a new one
	Scopes         []choice
	PassMarkText   string
	MinutesText    string
	Lines          []lineRow
	Sum            bank.Points
	Available      []availableRow // in the chosen trade and level
	Topics         []string
	Name           string
	Beside         beside
	PaperName      string
	Seed           string
}

// availableRow counts the items of one knowledge point by type.
type availableRow struct {
	Topic  string
	Counts []int // in the order of bank.ItemTypes
}

// exampleLines fills the form of a new blueprint: 100 points in all.
var exampleLines = []bank.BlueprintLine{
	{Type: bank.TrueFalse, Count: 20, Each: 1_00}, {Type: bank.Single, Count: 50, Each: 1_00}, {Type: bank.Multiple, Count: 15, Each: 2_00},
}

func (s *Server) newBlueprint(r *request) error {
	return s.blueprint(r, bank.Blueprint{PassMark: bank.MinPassMark, Minutes: bank.MinMinutes, Lines: exampleLines})
}

func (s *Server) showBlueprint(r *request) error {
	b, err := s.blueprintOf(r)
	if err != nil {
		return err
	}
	return s.blueprint(r, b)
}

// blueprintOf finds the blueprint of the address among the author's own.
func (s *Server) blueprintOf(r *request) (bank.Blueprint, error) {
	owner, err := r.bankOf()
	if err != nil {
		return bank.Blueprint{}, err
	}
	list, err := s.Bank.Blueprints(r.Request.Context(), r.actor, owner)
	if err != nil {
		return bank.Blueprint{}, err
	}
	for _, b := range list {
		if b.ID == r.Param("id") {
			return b, nil
		}
	}
	return bank.Blueprint{}, fault.New(fault.NotFound, "web.blueprint", "there is no such blueprint")
}

// blueprint shows the form with what was typed, else with the blueprint.
func (s *Server) blueprint(r *request, b bank.Blueprint) error {
	owner, err := r.bankOf()
	if err != nil {
		return err
	}
	body, err := s.Standing.Body(r.Request.Context(), r.actor, owner)
	if err != nil {
		return err
	}
	items, err := s.stock(r, owner)
	if err != nil {
		return err
	}
	form := formOf(b)
	drawing := strings.HasSuffix(r.FullPath(), "/papers")
	if typed := r.Request.PostForm; typed != nil && !drawing {
		form = typed
	}
	scope := form.Get("scope")
	page := blueprintPage{Blueprint: b, Name: form.Get("name"), PassMarkText: form.Get("pass_mark"), MinutesText: form.Get("minutes"), Beside: r.beside()}
	page.Partial = form.Get("partial") != ""
	if page.Scopes = r.tradeLevels(body.Scopes, scope); scope == "" && len(page.Scopes) > 0 {
		scope = page.Scopes[0].Value
	}
	typed, _ := readBlueprint(form)
	page.Sum = typed.Total()
	page.Lines = r.lineRows(form, items, scope)
	page.Topics = items.topics(scope)
	for _, topic := range page.Topics {
		row := availableRow{Topic: topic}
		for _, kind := range bank.ItemTypes {
			row.Counts = append(row.Counts, items.count(scope, kind, topic))
		}
		page.Available = append(page.Available, row)
	}
	if drawing {
		page.PaperName, page.Seed = r.PostForm("paper_name"), r.PostForm("seed")
	}
	title := b.Name
	if b.ID == "" {
		title = r.T("New blueprint")
	}
	return r.render(deskFrame, "blueprint", title, page)
}

// saveBlueprint stores the form, or only checks it when that was asked for.
func (s *Server) saveBlueprint(r *request) error {
	show, old := s.newBlueprint, bank.Blueprint{}
	if r.Param("id") != "" {
		var err error
		if old, err = s.blueprintOf(r); err != nil {
			return err
		}
		show = s.showBlueprint
	}
	owner, err := r.bankOf()
	if err != nil {
		return err
	}
	r.PostForm("") // parses the form
	b, issues := readBlueprint(r.Request.PostForm)
	checking := r.PostForm("do") == "check"
	if checking && len(issues) == 0 {
		issues = b.Check()
	}
	if len(issues) > 0 {
		return r.again(fault.New(fault.Invalid, "web.saveBlueprint", "the blueprint is not right yet").With(issues...), show)
	}
	if checking {
		return show(r)
	}
	b.ID, b.Owner = old.ID, owner
	if old.ID != "" {
		// The version that was read with the form: who was faster is not overwritten.
		if b.Version, err = strconv.Atoi(r.PostForm("version")); err != nil {
			b.Version = old.Version
		}
	}
	if b, err = s.Bank.SaveBlueprint(r.Request.Context(), r.actor, b); err != nil {
		return r.again(err, show)
	}
	return r.done("/blueprints/"+b.ID, "The blueprint is saved.")
}

// drawPaper draws a paper from a saved blueprint.
func (s *Server) drawPaper(r *request) error {
	seed, err := parseSeed(r.PostForm("seed"))
	if err != nil {
		return r.again(err, s.showBlueprint)
	}
	paper, err := s.Bank.CreatePaper(r.Request.Context(), r.actor, r.Param("id"), strings.TrimSpace(r.PostForm("paper_name")), seed)
	if err != nil {
		return r.again(err, s.showBlueprint)
	}
	return r.done("/papers/"+paper.ID, "The paper is drawn.")
}
