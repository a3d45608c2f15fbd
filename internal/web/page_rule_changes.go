package web

import (
	"slices"
	"strconv"
	"strings"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/rulebook/amend"
)

// changesPath is the list of the changes of rules.
const changesPath = "/rule-changes"

// changeRoles see the changes of rules in their regions.
var changeRoles = []access.Role{access.Officer, access.Reviewer, access.Auditor}

// changeRow is a proposed change in words.
type changeRow struct {
	amend.Change
	In                ruleRow
	Proposer, Decider string
	MayDecide         bool
}

func (s *Server) seesChanges(r *request) bool { return seenBy(r.actor, changeRoles) }

func (s *Server) changeRow(r *request, c amend.Change, names map[string]string) changeRow {
	row := changeRow{Change: c, In: s.ruleRow(r, c.Param, ""), MayDecide: s.Rules.MayDecide(r.actor, c) == nil, Proposer: s.whoDid(r, c.ProposedBy, names)}
	if c.DecidedBy != "" {
		row.Decider = s.whoDid(r, c.DecidedBy, names)
	}
	return row
}

// changeRows lists the changes that the actor sees, newest first.
func (s *Server) changeRows(r *request) ([]changeRow, error) {
	changes, err := s.Rules.Changes(r.Request.Context(), r.actor)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	var rows []changeRow
	for _, c := range changes {
		rows = append(rows, s.changeRow(r, c, names))
	}
	return rows, nil
}

// changesPage is a page of the changes of rules.
type changesPage struct {
	States     []choice
	State      string
	Text       string
	Rows       []changeRow
	Pager      pager
	MayPropose bool
}

// showChanges lists the proposed changes of rules (规则变更).
func (s *Server) showChanges(r *request) error {
	if !s.seesChanges(r) {
		return s.Policy.Decide(r.actor, "rule:approve", access.Scope{})
	}
	all, err := s.changeRows(r)
	if err != nil {
		return err
	}
	page := changesPage{State: r.Query("state"), Text: strings.TrimSpace(r.Query("q")), MayPropose: s.mayPropose(r)}
	for _, state := range amend.States {
		page.States = append(page.States, choice{string(state), r.T("state " + string(state)), string(state) == page.State})
	}
	rows := slices.DeleteFunc(all, func(c changeRow) bool {
		return page.State != "" && string(c.State) != page.State || !strings.Contains(c.Param.Rule+" "+c.In.What+" "+c.In.Origin, page.Text)
	})
	id := func(x changeRow) string { return x.ID }
	rows, pages := paged(r, changesPath, "after", since(r, "after", rows, id), id)
	page.Rows, page.Pager = rows, pages
	return r.render(deskFrame, "rule_changes", r.T("Changes of rules"), page)
}

// showChange shows a proposed change with the decision on it.
func (s *Server) showChange(r *request) error {
	c, err := s.Rules.Change(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	now, set := s.Book.At(c.Param.Region, s.Now(), firstTrack(c.Param.Tracks), c.Param.Name)
	data := map[string]any{"Change": s.changeRow(r, c, map[string]string{}), "Beside": r.beside()}
	if set {
		data["Today"] = s.ruleRow(r, now, c.Param.Region)
	}
	if refusal := s.Rules.MayDecide(r.actor, c); refusal != nil && c.State == amend.Proposed && r.fault == nil && fault.Is(refusal, fault.Refused) {
		data["Own"] = r.show(refusal).Detail
	}
	return r.render(deskFrame, "rule_change", c.Param.Rule+" · "+s.ruleRow(r, c.Param, "").What, data)
}

func firstTrack(tracks []rulebook.Track) rulebook.Track {
	if len(tracks) == 0 {
		return ""
	}
	return tracks[0]
}

// decideChange approves or rejects a change.
func (s *Server) decideChange(r *request) error {
	ctx, id := r.Request.Context(), r.Param("id")
	switch r.PostForm("do") {
	case "approve":
		if _, err := s.Rules.Approve(ctx, r.actor, id); err != nil {
			return r.again(err, s.showChange)
		}
		return r.done(changesPath+"/"+id, "The change is approved and holds from its day on.")
	case "reject":
		if _, err := s.Rules.Reject(ctx, r.actor, id, r.PostForm("reason")); err != nil {
			return r.again(err, s.showChange)
		}
		return r.done(changesPath+"/"+id, "The change is rejected.")
	}
	return r.again(fault.New(fault.Invalid, "web.decideChange", "the form does not say what to do"), s.showChange)
}

// proposalPage is the form of a proposed change.
type proposalPage struct {
	Regions    []choice
	Parameters []choice
	Name       string
	Declared   rulebook.Declared
	Today      []ruleRow // how it stands in the actor's region
	Form       string    // what a value looks like
	Words      []choice  // of an enum or a set, each with its word
	Units      []choice
	Tracks     []choice
	Earliest   string
	Beside     beside
}

// showProposal is the form that proposes a change: first the parameter, then
// its value.
func (s *Server) showProposal(r *request) error {
	codes := s.proposing(r)
	if len(codes) == 0 {
		return s.Policy.Decide(r.actor, "rule:propose", access.Scope{})
	}
	form := func(key string) string {
		if typed := r.PostForm(key); typed != "" {
			return typed
		}
		return r.Query(key)
	}
	page := proposalPage{Name: form("name"), Earliest: amend.Earliest(s.Now()).Format("2006-01-02"), Beside: r.beside()}
	for _, code := range codes {
		page.Regions = append(page.Regions, choice{code, s.regionName(code), code == form("region")})
	}
	for _, d := range s.Book.Schema() {
		page.Parameters = append(page.Parameters, choice{d.Name, d.Rules[0] + " " + r.T(d.What), d.Name == page.Name})
	}
	if d, err := s.Book.Declared(page.Name); err == nil {
		page.Declared = d
		s.proposalFields(r, &page, codes[0])
	}
	return r.render(deskFrame, "rule_proposal", r.T("Propose a change"), page)
}

// proposalFields fills in what the chosen parameter asks for.
func (s *Server) proposalFields(r *request, page *proposalPage, region string) {
	d := page.Declared
	for _, issue := range d.Check("", "") {
		if issue.Column == "value" {
			page.Form = r.Text(issue.Text)
		}
	}
	for _, word := range d.Vocabulary() {
		page.Words = append(page.Words, choice{word, r.T(d.Words[word]), slices.Contains(r.PostFormArray("words"), word) || word == r.PostForm("value")})
	}
	for _, unit := range d.Units {
		page.Units = append(page.Units, choice{unit, strings.TrimSpace(r.counted("", unit)), unit == r.PostForm("unit")})
	}
	for _, track := range rulebook.Tracks {
		page.Tracks = append(page.Tracks, choice{string(track), r.term(track.String()), slices.Contains(r.PostFormArray("tracks"), string(track))})
	}
	for _, p := range s.Book.InForce(region, s.Now()) {
		if p.Name == d.Name {
			page.Today = append(page.Today, s.ruleRow(r, p, region))
		}
	}
}

// propose puts a change up for approval.
func (s *Server) propose(r *request) error {
	text := func(key string) string { return strings.TrimSpace(r.PostForm(key)) }
	p := rulebook.Param{
		Name: text("name"), Region: text("region"), Value: text("value"), Unit: text("unit"), From: text("from"), Until: text("until"),
		Document: text("document"), Clause: text("clause"), Quote: text("quote"), Note: text("note"),
	}
	if d, err := s.Book.Declared(p.Name); err == nil {
		p.Rule = d.Rules[0]
		if words := r.PostFormArray("words"); len(words) > 0 && p.Value == "" {
			p.Value = strings.Join(words, ",")
		}
	}
	for _, track := range r.PostFormArray("tracks") {
		p.Tracks = append(p.Tracks, rulebook.Track(track))
	}
	if r.PostForm("end") != "" {
		p.Value, p.Unit = rulebook.None, ""
	}
	c, err := s.Rules.Propose(r.Request.Context(), r.actor, p)
	if err != nil {
		return r.again(err, s.showProposal)
	}
	return r.done(changesPath+"/"+c.ID, "The change is proposed: another person decides it.")
}

// changesWaiting counts the proposals that the actor can decide, "" for none.
func (s *Server) changesWaiting(r *request) string {
	changes, err := s.Rules.Changes(r.Request.Context(), r.actor)
	if err != nil {
		return "" // the list itself will say so
	}
	n := 0
	for _, c := range changes {
		if s.Rules.MayDecide(r.actor, c) == nil {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
