package web

import (
	"net/url"
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

// lineRow is a line of the form as typed.
type lineRow struct {
	Kind      string
	Types     []choice
	Topic     string
	Count     string
	Each      string
	Available string // items that fit, "" for an empty line
	Short     bool   // fewer than asked for
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

// formOf writes a blueprint into the fields of the form.
func formOf(b bank.Blueprint) url.Values {
	form := url.Values{
		"version": {strconv.Itoa(b.Version)}, "name": {b.Name}, "pass_mark": {b.PassMark.String()}, "minutes": {strconv.Itoa(b.Minutes)},
	}
	if b.Trade != "" {
		form.Set("scope", tradeLevelValue(b.Trade, b.Level))
	}
	if b.Partial {
		form.Set("partial", "on")
	}
	for _, line := range b.Lines {
		form.Add("line_type", string(line.Type))
		form.Add("line_topic", line.Topic)
		form.Add("line_count", strconv.Itoa(line.Count))
		form.Add("line_each", line.Each.String())
	}
	return form
}

// lineAt reads one line of the form; ok is false for an empty one.
func lineAt(form url.Values, i int) (line lineRow, ok bool) {
	at := func(field string) string {
		if values := form[field]; i < len(values) {
			return strings.TrimSpace(values[i])
		}
		return ""
	}
	line = lineRow{Kind: at("line_type"), Topic: at("line_topic"), Count: at("line_count"), Each: at("line_each")}
	return line, line.Topic != "" || line.Count != "" || line.Each != ""
}

// lineRows are the lines to show: those that say something, then empty ones,
// so that a row number means the same line in the form and in a refusal.
func (r *request) lineRows(form url.Values, items stock, scope string) []lineRow {
	var rows []lineRow
	for i := range form["line_type"] {
		line, ok := lineAt(form, i)
		if !ok {
			continue
		}
		there := items.count(scope, bank.ItemType(line.Kind), line.Topic)
		wanted, err := strconv.Atoi(line.Count)
		line.Available, line.Short = strconv.Itoa(there), err == nil && there < wanted
		line.Types = r.kindChoices(line.Kind)
		rows = append(rows, line)
	}
	for len(rows) < blueprintLines {
		rows = append(rows, lineRow{Types: r.kindChoices("")})
	}
	return rows
}

// readBlueprint reads the form; empty lines are left out and do not count. Its
// issues name the lines and fields that hold no number.
func readBlueprint(form url.Values) (bank.Blueprint, []fault.Issue) {
	var issues []fault.Issue
	points := func(row int, column, text string) bank.Points {
		p, err := bank.ParsePoints(text)
		if err != nil {
			issues = append(issues, fault.Issue{Row: row, Column: column, Text: fault.Textf("“%s” is not a number of points (0 to 10000, at most two decimals)", text)})
		}
		return p
	}
	whole := func(row int, column, text string) int {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 || n > 10_000 {
			issues = append(issues, fault.Issue{Row: row, Column: column, Text: fault.Textf("“%s” is not a whole number", text)})
			return 0
		}
		return n
	}
	b := bank.Blueprint{Name: strings.TrimSpace(form.Get("name")), Partial: form.Get("partial") != ""}
	b.Trade, b.Level = parseTradeLevel(form.Get("scope"))
	b.PassMark = points(0, "合格线", form.Get("pass_mark"))
	b.Minutes = whole(0, "时长", form.Get("minutes"))
	for i := range form["line_type"] {
		line, ok := lineAt(form, i)
		if !ok {
			continue
		}
		row := len(b.Lines) + 1
		b.Lines = append(b.Lines, bank.BlueprintLine{
			Type: bank.ItemType(line.Kind), Topic: line.Topic, Count: whole(row, "题数", line.Count), Each: points(row, "每题分值", line.Each),
		})
	}
	return b, issues
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

// parseSeed reads a seed; 0, a random one, for an empty field.
func parseSeed(text string) (uint64, error) {
	if text = strings.TrimSpace(text); text == "" {
		return 0, nil
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil || seed == 0 {
		return 0, fault.New(fault.Invalid, "web.parseSeed", "a seed is a whole number from 1 on").
			With(fault.Issue{Column: "seed", Text: fault.Textf("a seed is a whole number from 1 on")})
	}
	return seed, nil
}
