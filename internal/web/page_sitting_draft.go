package web

import (
	"net/http"
	"strings"
	"time"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

type draftPage struct {
	Sitting    exam.Sitting // zero for a new one
	Action     string
	Sites      []choice
	Scopes     []choice
	Tracks     []choice
	Senders    []choice // employers and schools of the city, whose people may sit (R38)
	Hosts      []choice // sittings of other bodies to sit together with (R14)
	Subsidised bool
	ForWhy     string
	Title      string
	StartsAt   string
	Earliest   time.Time // first day that R02 allows, zero where there is no rule
	NoticeDays int
	Working    bool   // the days are working days
	Remark     string // what the calendar does not know, "" for nothing
	Beside     beside
}

// draftBodies lists the bodies that the actor drafts sittings for.
func (s *Server) draftBodies(r *request) ([]standing.Body, error) {
	all, err := s.Standing.Bodies(r.Request.Context(), r.actor)
	if err != nil {
		return nil, err
	}
	var mine []standing.Body
	for _, b := range all {
		if r.may("sitting:draft", access.Scope{Region: b.Region, Body: b.ID}) {
			mine = append(mine, b)
		}
	}
	if len(mine) == 0 {
		return nil, fault.New(fault.Forbidden, "web.draft", "your roles do not allow %s here", access.Action("sitting:draft"))
	}
	return mine, nil
}

func (s *Server) newSitting(r *request) error {
	bodies, err := s.draftBodies(r)
	if err != nil {
		return err
	}
	page, err := s.draftForm(r, bodies, exam.Sitting{Track: rulebook.SkillLevel, Region: bodies[0].Region, Body: bodies[0].ID})
	if err != nil {
		return err
	}
	if r.Request.PostForm == nil && !page.Earliest.IsZero() {
		page.StartsAt = page.Earliest.Add(9 * time.Hour).Format("2006-01-02T15:04")
	}
	page.Action = "/sittings/new"
	return r.render(deskFrame, "sitting_draft", r.T("New notice"), page)
}

func (s *Server) editSitting(r *request) error {
	sitting, bodies, err := s.draftOf(r)
	if err != nil {
		return err
	}
	if sitting.State != exam.Drafted && sitting.State != exam.Returned {
		r.Redirect(http.StatusSeeOther, "/sittings/"+sitting.ID)
		return nil
	}
	page, err := s.draftForm(r, bodies, sitting)
	if err != nil {
		return err
	}
	page.Action = "/sittings/" + sitting.ID + "/edit"
	return r.render(deskFrame, "sitting_draft", sitting.Title, page)
}

// draftOf finds the sitting of the address and its body.
func (s *Server) draftOf(r *request) (exam.Sitting, []standing.Body, error) {
	ctx := r.Request.Context()
	sitting, err := s.Exam.Sitting(ctx, r.actor, r.Param("id"))
	if err != nil {
		return exam.Sitting{}, nil, err
	}
	if err := s.Policy.Decide(r.actor, "sitting:draft", sitting.Scope()); err != nil {
		return exam.Sitting{}, nil, err
	}
	body, err := s.Standing.Body(ctx, r.actor, sitting.Body)
	return sitting, []standing.Body{body}, err
}

// draftForm fills the form with what was typed, else with the sitting.
func (s *Server) draftForm(r *request, bodies []standing.Body, sitting exam.Sitting) (draftPage, error) {
	page := draftPage{Sitting: sitting, Title: sitting.Title, Subsidised: sitting.Subsidised, ForWhy: sitting.ForWhy, Beside: r.beside()}
	if !sitting.StartsAt.IsZero() {
		page.StartsAt = sitting.StartsAt.In(rulebook.Shanghai).Format("2006-01-02T15:04")
	}
	site, scope, track, sender, joint := sitting.Site, tradeLevelValue(sitting.Trade, sitting.Level), string(sitting.Track), sitting.For, sitting.Joint
	if form := r.Request.PostForm; form != nil {
		site, scope, track, sender = form.Get("site"), form.Get("scope"), form.Get("track"), form.Get("for")
		page.Title, page.StartsAt = form.Get("title"), form.Get("starts_at")
		joint = form.Get("joint")
		page.Subsidised, page.ForWhy = form.Get("subsidised") != "", form.Get("for_why")
	}
	var scopes []standing.Scope
	for _, b := range bodies {
		scopes = append(scopes, b.Scopes...)
		for _, x := range b.Sites {
			label := x.Name
			if len(bodies) > 1 {
				label = b.Name + " · " + x.Name
			}
			page.Sites = append(page.Sites, choice{x.ID, label, x.ID == site})
		}
	}
	page.Scopes = r.tradeLevels(scopes, scope)
	for _, t := range rulebook.Tracks {
		page.Tracks = append(page.Tracks, choice{string(t), r.term(t.String()), string(t) == track})
	}
	var err error
	if page.Senders, err = s.senders(r, sitting, sender); err != nil {
		return page, err
	}
	if page.Hosts, err = s.hosts(r, sitting.Body, joint); err != nil {
		return page, err
	}
	if first, rule, ok := s.Exam.EarliestDay(sitting.Region, sitting.Track); ok {
		page.Earliest, page.NoticeDays, page.Working = first.Day, rule.Int(), rule.Unit == rulebook.WorkingDay
		if remark, ok := first.Remark(); ok {
			page.Remark = r.Text(remark)
		}
	}
	return page, nil
}

// senders are the employers and schools on the public list of the sitting's
// city whose people another body may examine (R38).
func (s *Server) senders(r *request, sitting exam.Sitting, chosen string) (list []choice, err error) {
	listed, err := s.Standing.Directory(r.Request.Context(), standing.DirectoryQuery{Region: s.Book.City(sitting.Region)})
	for _, b := range listed {
		if b.ID != sitting.Body && b.Kind != standing.Social {
			list = append(list, choice{b.ID, b.Name, b.ID == chosen})
		}
	}
	return list, err
}

// readDraft reads the form; the site says which body it is for.
func readDraft(r *request, bodies []standing.Body) exam.Draft {
	d := exam.Draft{
		Body: bodies[0].ID, Site: r.PostForm("site"), Track: rulebook.Track(r.PostForm("track")),
		Title: strings.TrimSpace(r.PostForm("title")), StartsAt: parseLocal(r.PostForm("starts_at")),
		Subsidised: r.PostForm("subsidised") != "", Joint: r.PostForm("joint"), For: r.PostForm("for"), ForWhy: r.PostForm("for_why"),
	}
	d.Trade, d.Level = parseTradeLevel(r.PostForm("scope"))
	for _, b := range bodies {
		if _, err := b.Site(d.Site); err == nil {
			d.Body = b.ID
		}
	}
	return d
}

// hosts are the sittings that one of the body could sit together with (R14).
func (s *Server) hosts(r *request, body, chosen string) (list []choice, err error) {
	joinable, err := s.Exam.Joinable(r.Request.Context(), r.actor, body)
	for _, x := range joinable {
		label := strings.Join([]string{x.BodyName, s.tradeName(x.Trade), r.term(x.Level.String()), r.Moment(x.StartsAt), x.SiteName}, " · ")
		list = append(list, choice{x.ID, label, x.ID == chosen})
	}
	return list, err
}

func (s *Server) draftSitting(r *request) error {
	bodies, err := s.draftBodies(r)
	if err != nil {
		return err
	}
	sitting, err := s.Exam.Draft(r.Request.Context(), r.actor, readDraft(r, bodies))
	if err != nil {
		return r.again(err, s.newSitting)
	}
	return r.done("/sittings/"+sitting.ID, "The draft is saved.")
}

func (s *Server) redraftSitting(r *request) error {
	sitting, bodies, err := s.draftOf(r)
	if err != nil {
		return err
	}
	if _, err := s.Exam.Redraft(r.Request.Context(), r.actor, sitting.ID, readDraft(r, bodies)); err != nil {
		return r.again(err, s.editSitting)
	}
	return r.done("/sittings/"+sitting.ID, "The draft is saved.")
}
