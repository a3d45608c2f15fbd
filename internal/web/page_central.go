package web

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"kaoping/bank/central"
	"kaoping/exam"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// centralRow is a central paper in a list.
type centralRow struct {
	central.Brief
	TradeName, Place string
	Opens            time.Time
	Open             bool // it can be unsealed now
}

func (s *Server) centralRow(b central.Brief) centralRow {
	row := centralRow{Brief: b, TradeName: s.tradeName(b.Trade), Place: s.Book.FullName(b.Region), Opens: s.Central.Opens(b.Paper)}
	row.Open = !s.Now().Before(row.Opens) && s.Now().Before(b.Ends())
	return row
}

// showCentralPapers lists the central papers that the actor may know of, newest
// first, without their content.
func (s *Server) showCentralPapers(r *request) error {
	if !seenBy(r.actor, centralRoles) {
		return s.Policy.Decide(r.actor, "paper:brief", access.Scope{})
	}
	q := central.Query{Before: r.Query("before"), Limit: rowsMost + 1}
	if state := central.State(r.Query("state")); slices.Contains(central.States, state) {
		q.States = []central.State{state}
	}
	list, err := s.Central.List(r.Request.Context(), r.actor, q)
	if err != nil {
		return err
	}
	list, pages := paged(r, centralPath, "before", list, func(x central.Brief) string { return x.ID })
	var rows []centralRow
	for _, b := range list {
		rows = append(rows, s.centralRow(b))
	}
	var states []choice
	for _, state := range central.States {
		states = append(states, choice{string(state), r.T("paper state " + string(state)), string(state) == r.Query("state")})
	}
	return r.render(deskFrame, "central", r.T("Central papers"), map[string]any{
		"Rows": rows, "States": states, "Filtered": q.States != nil, "MaySet": r.actor.Has(access.Setter),
		"Pager": pages,
	})
}

// custodyPage is what keepers have before them.
type custodyPage struct {
	Seal, Unseal, Open []centralRow
	Now                time.Time
	Script             string
	Next               *centralRow // the next one to be unsealed
	Start, Until       int64       // milliseconds, for the countdown
	Left               string
}

// showCustody lists what waits for a keeper: papers to seal, papers to unseal
// with their windows by the server's clock, and those that are open (R20).
func (s *Server) showCustody(r *request) error {
	if !seenBy(r.actor, custodyRoles) {
		return s.Policy.Decide(r.actor, "paper:seal", access.Scope{})
	}
	page := custodyPage{Now: s.Now(), Script: s.assetURL("live.js")}
	list, err := s.Central.List(r.Request.Context(), r.actor, central.Query{
		States: []central.State{central.Reviewed, central.Sealing, central.Sealed, central.Unsealing, central.Unsealed}, Limit: 200,
	})
	if err != nil {
		return err
	}
	for _, b := range list {
		if !s.Now().Before(b.Ends()) {
			continue
		}
		row := s.centralRow(b)
		switch b.State {
		case central.Reviewed, central.Sealing:
			page.Seal = append(page.Seal, row)
		case central.Unsealed:
			page.Open = append(page.Open, row)
		default:
			page.Unseal = append(page.Unseal, row)
		}
	}
	for _, rows := range [][]centralRow{page.Seal, page.Unseal, page.Open} {
		slices.SortStableFunc(rows, func(a, b centralRow) int { return a.StartsAt.Compare(b.StartsAt) })
	}
	for i := range page.Unseal {
		if row := &page.Unseal[i]; !row.Open && row.Opens.Sub(s.Now()) < 24*time.Hour {
			page.Next, page.Start, page.Until, page.Left = row, s.Now().UnixMilli(), row.Opens.UnixMilli(), span(row.Opens.Sub(s.Now()))
			break
		}
	}
	return r.render(deskFrame, "custody", r.T("Sealing and unsealing"), page)
}

// centralWaiting counts what waits for the actor behind an entry of the side list.
func (s *Server) centralWaiting(r *request, path string) string {
	var states []central.State
	switch {
	case path == custodyPath:
		states = []central.State{central.Reviewed, central.Sealing, central.Unsealing}
	case path == centralPath && r.actor.Has(access.Setter):
		states = []central.State{central.Submitted, central.Returned}
	default:
		return ""
	}
	list, err := s.Central.List(r.Request.Context(), r.actor, central.Query{States: states, Limit: waitingMost})
	if err != nil {
		return ""
	}
	mine := 0
	for _, b := range list {
		switch own := b.SetBy == r.actor.ID; {
		case b.State == central.Submitted && !own, b.State == central.Returned && own, path == custodyPath && s.Now().Before(b.Ends()):
			mine++
		}
	}
	if mine == 0 {
		return ""
	}
	return strconv.Itoa(mine)
}

// centralMay says which steps the page of a paper offers.
type centralMay struct {
	Edit, Submit, Inspect, Review, Seal, Unseal, Print, Propose, Approve, Audit bool
}

func (s *Server) centralMay(r *request, p central.Paper) centralMay {
	in := func(states ...central.State) bool { return slices.Contains(states, p.State) }
	own := p.SetBy == r.actor.ID
	hand := func(hands []central.Hand) bool {
		return slices.ContainsFunc(hands, func(h central.Hand) bool { return h.Account == r.actor.ID })
	}
	var unsealed []central.Hand
	if form, err := p.Form(p.Current); err == nil {
		unsealed = form.Unsealed
	}
	edit := own && in(central.Drafted, central.Returned) && r.may("paper:set", p.Scope())
	review := !own && in(central.Submitted) && r.may("paper:inspect", p.Scope())
	return centralMay{
		Edit: edit, Submit: edit && len(p.Forms) == len(central.Letters), Inspect: edit || review, Review: review,
		Seal:    in(central.Reviewed, central.Sealing) && !hand(p.Sealed) && r.may("paper:seal", p.Scope()),
		Unseal:  in(central.Sealed, central.Unsealing) && !hand(unsealed) && r.may("paper:unseal", p.Scope()),
		Print:   in(central.Unsealed) && r.may("paper:print", p.Scope()),
		Propose: !in(central.Revoked) && !p.Replacement.Pending() && s.Now().Before(p.Ends()) && r.may("paper:revoke", p.Scope()),
		Approve: p.Replacement.Pending() && p.Replacement.By != r.actor.ID && r.may("paper:approve", p.Scope()),
		Audit:   r.may("paper:brief", p.Scope()),
	}
}

// centralPage is one paper with its hands, its sittings and its trail.
type centralPage struct {
	centralRow
	May     centralMay
	Steps   []step
	Names   map[string]string // of accounts
	Letters []string
	Serves  []servedBody
	Served  int
	Trail   []entryRow
	Now     time.Time
	Start   int64 // milliseconds, for the countdown to the window
	Until   int64
	Left    string
	Script  string
	Copies  int
	Formats []choice
	Beside  beside
}

// servedBody is how many sittings of a body sit a paper.
type servedBody struct {
	Name     string
	Sittings []exam.Sitting
	Rooms    int
}

func (s *Server) showCentralPaper(r *request) error {
	ctx := r.Request.Context()
	brief, err := s.Central.Show(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	page := centralPage{
		centralRow: s.centralRow(brief), May: s.centralMay(r, brief.Paper), Letters: central.Letters, Now: s.Now(), Script: s.assetURL("live.js"),
		Copies: brief.Copies, Beside: r.beside(),
	}
	if page.Names, err = s.Inspection.Names(ctx); err != nil {
		return err
	}
	page.Steps = centralSteps(brief.Paper, page.Names)
	if wait := page.Opens.Sub(s.Now()); page.May.Unseal && wait > 0 && wait < 24*time.Hour {
		page.Start, page.Until, page.Left = s.Now().UnixMilli(), page.Opens.UnixMilli(), span(wait)
	}
	if page.Serves, page.Served, err = s.served(r, brief.Paper); err != nil {
		return err
	}
	if page.May.Audit {
		if page.Trail, err = s.trail(r, "paper/"+brief.ID, page.Names); err != nil {
			return err
		}
	}
	for _, f := range printKinds {
		page.Formats = append(page.Formats, choice{f.value, r.T(f.label), f.value == cmp.Or(r.PostForm("what"), printKinds[0].value)})
	}
	return r.render(deskFrame, "centralpaper", brief.Name, page)
}

// served groups the sittings of a paper that the actor may see by body.
func (s *Server) served(r *request, p central.Paper) (bodies []servedBody, sittings int, err error) {
	list, err := s.Exam.Sittings(r.Request.Context(), r.actor, exam.SittingQuery{Central: p.ID})
	if err != nil {
		return nil, 0, err
	}
	for _, sitting := range list {
		i := slices.IndexFunc(bodies, func(b servedBody) bool { return b.Name == sitting.BodyName })
		if i < 0 {
			i, bodies = len(bodies), append(bodies, servedBody{Name: sitting.BodyName})
		}
		bodies[i].Sittings = append(bodies[i].Sittings, sitting)
		bodies[i].Rooms += len(sitting.Rooms)
	}
	slices.SortFunc(bodies, func(a, b servedBody) int { return cmp.Compare(a.Name, b.Name) })
	return bodies, len(list), nil
}

// trailMost is how many of the last entries the page of a paper shows.
const trailMost = 200

// trail is the end of a stream in words, newest first.
func (s *Server) trail(r *request, stream string, names map[string]string) ([]entryRow, error) {
	ctx := r.Request.Context()
	count, err := s.countEntries(ctx, stream)
	if err != nil {
		return nil, err
	}
	entries, err := s.Audit.Entries(ctx, stream, max(0, count-trailMost), trailMost)
	if err != nil {
		return nil, err
	}
	rows := make([]entryRow, len(entries))
	for i, e := range entries {
		row := s.entryRow(r, e, e, names)
		row.Note = r.noteWords(e.Note)
		rows[len(entries)-1-i] = row
	}
	return rows, nil
}

// centralSteps is how far a paper has come, and by whose hands.
func centralSteps(p central.Paper, names map[string]string) []step {
	reviewed := p.ReviewedBy != "" && p.State != central.Returned && p.State != central.Drafted && p.State != central.Submitted
	steps := []step{
		{Label: "Drafted", At: p.SetAt, Note: names[p.SetBy], Done: true},
		{Label: "Handed in for review", Done: p.State != central.Drafted && p.State != central.Returned},
	}
	if p.State == central.Returned {
		steps = append(steps, step{Label: "Returned by the reviewer", Note: p.Reason, Done: true})
	}
	review := step{Label: "Reviewed", Done: reviewed}
	if reviewed {
		review.At, review.Note = p.ReviewedAt, names[p.ReviewedBy]
	}
	steps = append(steps, review)
	hands := func(label string, hands []central.Hand) {
		for i := range max(2, len(hands)) {
			next := step{Label: label + [2]string{", first hand", ", second hand"}[min(i, 1)]}
			if i < len(hands) {
				next.At, next.Note, next.Done = hands[i].At, hands[i].Name, true
			}
			steps = append(steps, next)
		}
	}
	hands("Sealed", p.Sealed)
	var unsealed []central.Hand
	if form, err := p.Form(p.Current); err == nil {
		unsealed = form.Unsealed
	}
	hands("Unsealed", unsealed)
	if p.State == central.Revoked {
		steps = append(steps, step{Label: "Paper revoked", Note: p.Reason, Done: true})
	} else {
		steps = append(steps, step{Label: "Theory examination", At: p.StartsAt})
	}
	return steps
}

// centralTracks lists the tracks of a paper; those that the rulebook marks as
// centrally issued in the region come with their rule.
func (s *Server) centralTracks(r *request, region string, chosen rulebook.Track) []choice {
	var list []choice
	for _, t := range rulebook.Tracks {
		label := r.term(t.String())
		if _, ok := s.Book.CentralPapers(region, s.Now(), t); ok {
			label += " · R05"
			if chosen == "" {
				chosen = t
			}
		}
		list = append(list, choice{string(t), label, t == chosen})
	}
	return list
}
