package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// homeRegion is whose rules the page shows to a visitor without a region.
const homeRegion = "410400"

// rulesPage is every rule in one region on one day.
type rulesPage struct {
	Regions     []choice
	Day         string
	Where       string
	Text        string
	Only        bool // only rules with a parameter in force
	Edition     string
	EditionFrom string // since when the edition was used, "" for today's
	Rules       []ruleSection
	Query       string // of this page, for the sheet
	MayPropose  bool
}

// ruleSection is one rule, to which a refusal links.
type ruleSection struct {
	rulebook.Rule
	Kept, KeptClass string
	Params          []ruleRow
}

// rulesOf reads the page's filters and looks the rules up.
func (s *Server) rulesOf(r *request) (rulesPage, error) {
	region := r.DefaultQuery("region", s.ownRegion(r))
	day := rulebook.Day(s.Now())
	if typed := r.Query("day"); typed != "" {
		parsed, err := time.ParseInLocation(time.DateOnly, typed, rulebook.Shanghai)
		if err != nil {
			r.fault = fault.New(fault.Invalid, "web.showRules", "“%s” is not a date: write it as 2026-11-21", typed)
		} else {
			day = parsed
		}
	}
	if _, err := s.Book.Region(region); err != nil {
		r.fault, region = err, homeRegion
	}
	page := rulesPage{
		Day: day.Format(time.DateOnly), Where: s.regionName(region), Regions: s.regionChoices(region), Text: strings.TrimSpace(r.Query("q")),
		Only: r.Query("only") != "", Edition: s.Book.Hash(), Query: r.Request.URL.RawQuery, MayPropose: s.mayPropose(r),
	}
	book := s.Book
	if hash := strings.TrimSpace(r.Query("edition")); hash != "" && hash != page.Edition {
		past, edition, err := s.Rules.Past(r.Request.Context(), hash)
		if err != nil {
			return page, err
		}
		book, page.Edition, page.EditionFrom = past, hash, r.Moment(edition.Since)
	}
	inForce := map[string][]ruleRow{}
	for _, p := range book.InForce(region, day) {
		inForce[p.Rule] = append(inForce[p.Rule], s.ruleRow(r, p, region))
	}
	for _, rule := range s.Book.Rules() {
		section := s.ruleSection(rule, inForce[rule.ID])
		if (!page.Only || len(section.Params) > 0) && r.speaksOf(section, page.Text) {
			page.Rules = append(page.Rules, section)
		}
	}
	return page, nil
}

func (s *Server) ruleSection(rule rulebook.Rule, rows []ruleRow) ruleSection {
	return ruleSection{Rule: rule, Kept: kindWords[rule.Kind], KeptClass: kindChips[rule.Kind], Params: rows}
}

// speaksOf reports whether a rule has the text that is searched for.
func (r *request) speaksOf(x ruleSection, text string) bool {
	if text == "" || strings.EqualFold(x.ID, text) || strings.Contains(r.T(x.What), text) {
		return true
	}
	return slices.ContainsFunc(x.Params, func(p ruleRow) bool {
		return strings.Contains(p.What+p.Name+p.Amount+p.Quote, text)
	})
}

// showRules lists the rules in force (适用规则), for anyone.
func (s *Server) showRules(r *request) error {
	page, err := s.rulesOf(r)
	if err != nil {
		return err
	}
	return r.render(deskFrame, "rules", r.T("Rules in force"), page)
}

// exportRules is the rules in force as a sheet.
func (s *Server) exportRules(r *request) error {
	page, err := s.rulesOf(r)
	if err != nil {
		return err
	}
	sheet := table{columns: []column{
		{r.T("Rule"), 8}, {r.T("What it says"), 50}, {r.T("Parameter"), 40}, {r.T("Value"), 24}, {r.T("Tracks"), 24}, {r.T("Set by"), 18},
		{r.T("First day"), 14}, {r.T("Last day"), 14}, {r.T("Kind"), 16}, {r.T("Regulation"), 44}, {r.T("Clause"), 14}, {r.T("Quotation"), 60}, {r.T("Enforced in"), 60},
	}}
	for _, rule := range page.Rules {
		var where []string
		for _, p := range rule.Points {
			where = append(where, p.At+": "+r.T(p.What))
		}
		if rule.Reason != "" {
			where = append(where, r.T(rule.Reason))
		}
		enforced := strings.Join(where, "\n")
		for _, p := range rule.Params {
			sheet.rows = append(sheet.rows, []any{rule.ID, r.T(rule.What), p.What, p.Amount, r.joined(p.Tracks), p.Origin, p.From, p.Until, r.T(p.Kept), p.Document, p.Clause, p.Quote, enforced})
		}
		if len(rule.Params) == 0 {
			sheet.rows = append(sheet.rows, []any{rule.ID, r.T(rule.What), nil, nil, nil, nil, nil, nil, r.T(rule.Kept), nil, nil, nil, enforced})
		}
	}
	return r.sendTable(r.T("Rules in force")+" "+page.Where+" "+page.Day+".xlsx", sheet)
}

// rulePage is one rule everywhere and at all times.
type rulePage struct {
	ruleSection
	Changes    []changeRow
	Seen       bool // whether the actor sees changes at all
	Parameters []rulebook.Declared
	MayPropose bool
}

// showRule shows one rule with every setting of its parameters.
func (s *Server) showRule(r *request) error {
	rule, err := s.Book.Rule(r.Param("id"))
	if err != nil {
		return err
	}
	page := rulePage{ruleSection: s.ruleSection(rule, nil), MayPropose: s.mayPropose(r)}
	for _, p := range s.Book.Settings(rule.ID) {
		page.Params = append(page.Params, s.ruleRow(r, p, ""))
	}
	for _, d := range s.Book.Schema() {
		if slices.Contains(d.Rules, rule.ID) {
			page.Parameters = append(page.Parameters, d)
		}
	}
	if page.Seen = s.seesChanges(r); page.Seen {
		rows, err := s.changeRows(r)
		if err != nil {
			return err
		}
		page.Changes = slices.DeleteFunc(rows, func(c changeRow) bool { return c.Param.Rule != rule.ID })
	}
	return r.render(deskFrame, "rule", rule.ID+" · "+r.T(rule.What), page)
}

// mayPropose reports whether the actor proposes changes anywhere.
func (s *Server) mayPropose(r *request) bool { return len(s.proposing(r)) > 0 }

// proposing lists the provinces and cities that the actor proposes changes for.
func (s *Server) proposing(r *request) []string {
	var codes []string
	for _, code := range r.actor.Regions(access.Officer) {
		if rank := s.Book.Rank(code); rank == 1 || rank == 2 {
			codes = append(codes, code)
		}
	}
	return codes
}

// ownRegion is the region that the actor works in, or homeRegion.
func (s *Server) ownRegion(r *request) string {
	for _, g := range r.actor.Grants {
		if g.Region != "" {
			return g.Region
		}
		if body, err := s.Standing.Store.Body(r.Request.Context(), g.Body); err == nil {
			return body.Region
		}
	}
	return homeRegion
}

// regionName is a region's full name; the nation's has nothing before it.
func (s *Server) regionName(code string) string {
	if code == rulebook.Nation {
		region, _ := s.Book.Region(code)
		return region.Name
	}
	return cmp.Or(s.Book.FullName(code), code)
}

// regionChoices lists all regions, each set in under the one that contains it.
func (s *Server) regionChoices(chosen string) []choice {
	var list []choice
	for _, region := range s.Book.Regions() {
		depth := max(0, len(s.Book.Lineage(region.Code))-2)
		list = append(list, choice{region.Code, strings.Repeat("　", depth) + region.Name, region.Code == chosen})
	}
	return list
}
