package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/bank/exchange"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// centralFields is the form of what a paper is for.
type centralFields struct {
	ID                              string // "" for a new one
	Action                          string
	Regions, Tracks, Trades, Levels []choice
	Name, StartsAt, Minutes, Pass   string
	Partial                         bool
	Beside                          beside
}

// newCentralPaper is the form of a paper.
func (s *Server) newCentralPaper(r *request) error {
	if !r.actor.Has(access.Setter) {
		return s.Policy.Decide(r.actor, "paper:set", access.Scope{})
	}
	return s.centralDraft(r, central.Paper{Region: firstOf(r.actor.Regions(access.Setter)), Level: rulebook.JuniorWorker, Minutes: bank.MinMinutes, PassMark: bank.MinPassMark}, centralPath+"/new")
}

func (s *Server) editCentralPaper(r *request) error {
	brief, err := s.Central.Show(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	if err := s.Policy.Decide(r.actor, "paper:set", brief.Scope()); err != nil {
		return err
	}
	return s.centralDraft(r, brief.Paper, centralPath+"/"+brief.ID+"/edit")
}

// centralDraft fills the form with what was typed, else with the paper.
func (s *Server) centralDraft(r *request, p central.Paper, action string) error {
	form := centralFields{ID: p.ID, Action: action, Name: p.Name, Minutes: strconv.Itoa(p.Minutes), Pass: p.PassMark.String(), Partial: p.Partial, Beside: r.beside()}
	if !p.StartsAt.IsZero() {
		form.StartsAt = p.StartsAt.In(rulebook.Shanghai).Format("2006-01-02T15:04")
	}
	if typed := r.Request.PostForm; typed != nil {
		d := readCentral(r)
		p.Region, p.Track, p.Trade, p.Level = cmp.Or(d.Region, p.Region), d.Track, d.Trade, d.Level
		form.Name, form.StartsAt, form.Minutes, form.Pass, form.Partial = d.Name, typed.Get("starts_at"), typed.Get("minutes"), typed.Get("pass_mark"), d.Partial
	}
	for _, x := range s.Book.Regions() {
		if x.Code != rulebook.Nation && r.may("paper:set", access.Scope{Region: x.Code}) {
			form.Regions = append(form.Regions, choice{x.Code, s.Book.FullName(x.Code), x.Code == p.Region})
		}
	}
	form.Tracks = s.centralTracks(r, p.Region, p.Track)
	for _, t := range s.Book.Trades() {
		form.Trades = append(form.Trades, choice{t.Code, t.Name + " · " + t.Code, t.Code == p.Trade})
	}
	for level := rulebook.Apprentice; level >= rulebook.ChiefTechnician; level-- {
		form.Levels = append(form.Levels, choice{strconv.Itoa(int(level)), r.term(level.String()), level == p.Level})
	}
	title := r.T("New central paper")
	if p.ID != "" {
		title = p.Name
	}
	return r.render(deskFrame, "centraldraft", title, form)
}

func readCentral(r *request) central.Draft {
	d := central.Draft{
		Region: r.PostForm("region"), Track: rulebook.Track(r.PostForm("track")), Trade: r.PostForm("trade"), Level: noLevel,
		Name: strings.TrimSpace(r.PostForm("name")), StartsAt: parseLocal(r.PostForm("starts_at")), Partial: r.PostForm("partial") != "",
	}
	if level, err := strconv.Atoi(r.PostForm("level")); err == nil {
		d.Level = rulebook.Level(level)
	}
	d.Minutes, _ = strconv.Atoi(r.PostForm("minutes"))        // what is none is 0, which is refused
	d.PassMark, _ = bank.ParsePoints(r.PostForm("pass_mark")) // as above
	return d
}

func (s *Server) createCentralPaper(r *request) error {
	p, err := s.Central.Create(r.Request.Context(), r.actor, readCentral(r))
	if err != nil {
		return r.again(err, s.newCentralPaper)
	}
	return r.done(centralPath+"/"+p.ID, "The paper is drafted. Give it form A and form B.")
}

func (s *Server) redraftCentralPaper(r *request) error {
	p, err := s.Central.Redraft(r.Request.Context(), r.actor, r.Param("id"), readCentral(r))
	if err != nil {
		return r.again(err, s.editCentralPaper)
	}
	return r.done(centralPath+"/"+p.ID, "The draft is saved.")
}

// centralTaskRows is how many lines the task sheet of the form has.
const centralTaskRows = 8

// centralFormPage is the form by which a setter gives the content of one form.
type centralFormPage struct {
	central.Brief
	Letter    string
	There     *central.Form // what it holds now, nil for nothing
	TradeName string
	Types     []typePoints
	Tasks     []centralTask
	Beside    beside
}

// typePoints is an item type with what a question of it is worth.
type typePoints struct{ Kind, Label, Each string }

type centralTask struct{ Name, Points, Text string }

func (s *Server) showCentralForm(r *request) error {
	brief, err := s.Central.Show(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	if err := s.Policy.Decide(r.actor, "paper:set", brief.Scope()); err != nil {
		return err
	}
	page := centralFormPage{Brief: brief, Letter: r.Param("form"), TradeName: s.tradeName(brief.Trade), Beside: r.beside()}
	if !slices.Contains(central.Letters, page.Letter) {
		return fault.New(fault.NotFound, "web.showCentralForm", "the paper has no form %s", page.Letter)
	}
	if form, err := brief.Paper.Form(page.Letter); err == nil {
		page.There = form
	}
	form := r.Request.PostForm
	for _, kind := range bank.ItemTypes {
		each := "1"
		if form != nil {
			each = form.Get("each_" + string(kind))
		}
		page.Types = append(page.Types, typePoints{string(kind), typeWords[kind], each})
	}
	for i := range centralTaskRows {
		task := centralTask{}
		if form != nil && i < len(form["task_name"]) && i < len(form["task_points"]) && i < len(form["task_text"]) {
			task = centralTask{form["task_name"][i], form["task_points"][i], form["task_text"][i]}
		} else if form == nil && i < len(exampleTasks) {
			task = centralTask{Name: exampleTasks[i].Name, Points: exampleTasks[i].Points.String()}
		}
		page.Tasks = append(page.Tasks, task)
	}
	return r.render(deskFrame, "centralform", brief.Name, page)
}

// putCentralForm reads the sheet of items, the points of each type and the task
// sheet into a form, or names the rows that are not right.
func (s *Server) putCentralForm(r *request) error {
	name, file, err := r.upload("file")
	if err != nil {
		return r.again(err, s.showCentralForm)
	}
	defer file.Close() // it was only read
	sheet, err := exchange.Read(name, file, exchange.Limits{})
	if err != nil {
		return r.again(err, s.showCentralForm)
	}
	in := central.FormInput{Items: sheet.Items, Rows: sheet.ItemRows, Unread: sheet.Issues, Each: map[bank.ItemType]bank.Points{}}
	for _, kind := range bank.ItemTypes {
		if each, err := bank.ParsePoints(r.PostForm("each_" + string(kind))); err == nil {
			in.Each[kind] = each
		}
	}
	form := r.Request.PostForm
	for i, name := range form["task_name"] {
		if i >= len(form["task_points"]) || i >= len(form["task_text"]) || strings.TrimSpace(name+form["task_points"][i]+form["task_text"][i]) == "" {
			continue
		}
		task := central.Task{Name: strings.TrimSpace(name), Text: strings.TrimSpace(form["task_text"][i])}
		task.Points, _ = bank.ParsePoints(form["task_points"][i]) // what is none is 0, which is refused
		in.Tasks = append(in.Tasks, task)
	}
	p, err := s.Central.PutForm(r.Request.Context(), r.actor, r.Param("id"), r.Param("form"), in)
	if err != nil {
		return r.again(err, s.showCentralForm)
	}
	return r.done(centralPath+"/"+p.ID, "The form is encrypted and kept.")
}

// inspectPage is the content of a form before it is sealed.
type inspectPage struct {
	central.Brief
	Letter   string
	Sections []paperSection
	Tasks    []central.Task
	At       time.Time
}

// inspectCentralForm opens a form for its setter or its reviewer; it is a
// POST, because every opening is recorded.
func (s *Server) inspectCentralForm(r *request) error {
	ctx, id, letter := r.Request.Context(), r.Param("id"), r.Param("form")
	content, err := s.Central.Inspect(ctx, r.actor, id, letter)
	if err != nil {
		return r.again(err, s.showCentralPaper)
	}
	brief, err := s.Central.Show(ctx, r.actor, id)
	if err != nil {
		return err
	}
	page := inspectPage{Brief: brief, Letter: letter, Tasks: content.Tasks, At: s.Now(), Sections: sectionsOf(content.Questions)}
	return r.render(deskFrame, "centralcontent", brief.Name, page)
}
