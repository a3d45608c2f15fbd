package web

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"time"

	"kaoping/certify"
	"kaoping/internal/chart"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

const (
	mixPath   = "/board"
	queuePath = "/board/queue"
)

// mixRoles are who looks at the certificates of a region as numbers.
var mixRoles = []access.Role{access.Officer, access.Reviewer, access.Standing, access.Statistician, access.Auditor}

// mixYears is how many years, back from this one, a board can be of.
const mixYears = 6

// mixPage is the board of a region and year (R06, R50, R53, R63).
type mixPage struct {
	certify.Board
	Place     string // name of the region
	CityName  string
	IsCity    bool // else a county: its own share, and of the city the ratio only
	Share     certify.Ratio
	Types     []mixType
	Months    []mixMonth
	Districts []mixDistrict
	Skilled   progress
	High      progress
	Targets   [2]int // of the districts together: skilled, highly skilled; 0 where none has one
	Frees     int    // other certificates after which the whole queue is issued
	Never     bool   // no number would do
	Chart     template.HTML
	Excepted  []exceptionRow
	Regions   []choice
	Years     []choice
	Query     string
	MayQueue  bool
	ThisYear  bool // the year that it is
}

// mixType is one of the six types of certificates (R50).
type mixType struct {
	Name   string
	N      int
	Share  string
	Capped bool
}

// mixMonth is a month: of itself, and from January on.
type mixMonth struct {
	Name  string
	Month certify.Ratio
	SoFar certify.Ratio
	Cap   string // at its end, "" for none
}

// mixDistrict is a district beside the others.
type mixDistrict struct {
	Region        string
	Name          string
	All           int
	Special       int // 专项
	Completion    int // 合格
	Ratio         certify.Ratio
	Over          bool // its own share is over the city's cap
	Skilled, High progress
}

// progress is how far a target is reached.
type progress struct {
	N, Target int // Target 0: none is set for the year
	Rule      rulebook.Param
}

// Tenths is the progress in tenths of a percent.
func (p progress) Tenths() int {
	if p.Target == 0 {
		return 0
	}
	return 1000 * p.N / p.Target
}

// Percent shows it: 73.5%.
func (p progress) Percent() string { return chart.Percent(p.Tenths()) }

// exceptionRow is an exceptional release with the names of both who signed.
type exceptionRow struct {
	certify.Waiting
	AskedBy, ApprovedBy string
}

// mixQuery reads region and year from the address: else the first region of
// the actor's that has a board, and this year.
func (s *Server) mixQuery(r *request) (region string, year int) {
	if region = r.Query("region"); region == "" {
		if own := s.mixRegions(r, ""); len(own) > 0 {
			region = own[0].Value
		}
		if mine := firstOf(r.actor.Regions(mixRoles...)); s.Book.Rank(mine) >= 2 {
			region = mine
		}
	}
	year, err := strconv.Atoi(r.Query("year"))
	if now := s.Now().In(rulebook.Shanghai).Year(); err != nil || year > now || year <= now-mixYears {
		year = now
	}
	return region, year
}

// mixRegions are the cities and counties that the actor sees a board of.
func (s *Server) mixRegions(r *request, chosen string) []choice {
	return slices.DeleteFunc(r.regionsOf("certificate:board", chosen), func(c choice) bool { return s.Book.Rank(c.Value) < 2 })
}

// mix reads the board that the address names, with its words and targets.
func (s *Server) mix(r *request) (mixPage, error) {
	region, year := s.mixQuery(r)
	b, err := s.Certify.Board(r.Request.Context(), r.actor, region, year)
	if err != nil {
		return mixPage{}, err
	}
	page := mixPage{
		Board: b, Place: s.Book.FullName(region), CityName: s.Book.FullName(b.City), IsCity: region == b.City, Share: b.Total.Ratio(),
		ThisYear: year == s.Now().In(rulebook.Shanghai).Year(), MayQueue: r.may("certificate:read", access.Scope{Region: region}), Query: url.Values{"region": {region}, "year": {strconv.Itoa(year)}}.Encode(),
	}
	page.Skilled, page.High = s.targets(region, year, b.Total)
	for i, track := range rulebook.Tracks {
		one := certify.Ratio{Capped: b.Total.Tracks[i], All: page.Share.All}
		page.Types = append(page.Types, mixType{r.term(track.Certificate()), one.Capped, one.String(), certify.Capped(track)})
	}
	for _, m := range b.Months {
		row := mixMonth{Name: r.monthName(m.Month), Month: m.Ratio(), SoFar: m.SoFar.Ratio()}
		if limit := s.capIn(b.City, year, m.Month); limit >= 0 {
			row.Cap = rulebook.Percent(limit)
		}
		page.Months = append(page.Months, row)
	}
	for _, c := range b.Counties {
		region, err := s.Book.Region(c.Region)
		if err != nil {
			return page, err
		}
		d := mixDistrict{Region: c.Region, Name: region.Name, Special: c.Of(rulebook.SpecialSkill), Completion: c.Of(rulebook.Completion), Ratio: c.Ratio()}
		d.All, d.Over = d.Ratio.All, !d.Ratio.Within(b.Limit)
		d.Skilled, d.High = s.targets(c.Region, year, c.Tally)
		page.Targets[0] += d.Skilled.Target
		page.Targets[1] += d.High.Target
		page.Districts = append(page.Districts, d)
	}
	if b.Waiting > 0 && page.IsCity {
		frees, ok := b.CityWide.Frees(b.Waiting, b.Limit)
		page.Frees, page.Never = frees, !ok
	}
	page.Chart = r.mixChart(page)
	page.Excepted, err = s.excepted(r, page)
	return page, err
}

// targets holds a tally against the targets that a region has for a year (R63):
// what is set on its last day.
func (s *Server) targets(region string, year int, t certify.Tally) (skilled, high progress) {
	day := time.Date(year, time.December, 31, 12, 0, 0, 0, rulebook.Shanghai)
	of := func(name string, n int) progress {
		p, ok := s.Book.At(region, day, "", name)
		if !ok {
			return progress{N: n}
		}
		return progress{n, p.Int(), p}
	}
	return of("skilled_target", t.Skilled), of("high_skilled_target", t.High)
}

// capIn is the cap of a city at the end of a month, in hundredths of a percent;
// below 0 where none is set.
func (s *Server) capIn(city string, year int, month time.Month) int {
	end := time.Date(year, month+1, 1, 0, 0, 0, 0, rulebook.Shanghai).Add(-time.Second)
	if p, ok := s.Book.At(city, end, rulebook.SpecialSkill, "mix_cap"); ok {
		return p.Ratio()
	}
	return -1
}

// mixChart draws the share of the region from January on, against the cap.
func (r *request) mixChart(page mixPage) template.HTML {
	share := chart.Share{Cap: r.T("cap %s (R06)", rulebook.Percent(page.Limit.Cap))}
	for month := time.January; month <= time.December; month++ {
		share.Labels = append(share.Labels, r.monthName(month))
		limit := r.s.capIn(page.City, page.Year, month)
		if limit >= 0 {
			limit /= 10
		}
		share.Caps = append(share.Caps, limit)
	}
	for _, m := range page.Months {
		share.Values = append(share.Values, m.SoFar.Tenths())
	}
	share.Title = r.T("Share of special skill and training certificates by month, now %s", page.Share.String())
	if page.Limit.Set {
		share.Title += r.T(", ") + share.Cap
	}
	return template.HTML(share.SVG()) // #nosec: numbers, and texts that chart escapes
}

// excepted lists the exceptional releases of the region and year, as far as the
// actor may read them.
func (s *Server) excepted(r *request, page mixPage) ([]exceptionRow, error) {
	if !page.MayQueue {
		return nil, nil
	}
	ctx := r.Request.Context()
	list, err := s.Certify.Queue(ctx, r.actor, certify.QueueQuery{City: page.City, States: []certify.WaitingState{certify.Excepted}})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	names, err := s.Inspection.Names(ctx)
	if err != nil {
		return nil, err
	}
	var rows []exceptionRow
	for _, t := range list {
		if s.Book.Covers(page.Region, t.County) && t.Exception.ApprovedAt.In(rulebook.Shanghai).Year() == page.Year {
			rows = append(rows, exceptionRow{t.Waiting, names[t.Exception.AskedBy], names[t.Exception.ApprovedBy]})
		}
	}
	return rows, nil
}

// showMix is the board of the certificates of a region and year.
func (s *Server) showMix(r *request) error {
	if !seenBy(r.actor, mixRoles) {
		return s.Policy.Decide(r.actor, "certificate:board", access.Scope{})
	}
	page, err := s.mix(r)
	if err != nil {
		return err
	}
	page.Regions = s.mixRegions(r, page.Region)
	for year := s.Now().In(rulebook.Shanghai).Year(); len(page.Years) < mixYears; year-- {
		page.Years = append(page.Years, choice{strconv.Itoa(year), strconv.Itoa(year), year == page.Year})
	}
	return r.render(deskFrame, "mix", r.T("Certificate mix"), page)
}

// monthName is a month under a chart.
func (l language) monthName(m time.Month) string {
	if l.Code == "zh" {
		return strconv.Itoa(int(m)) + "月"
	}
	return m.String()[:3]
}

// exportMix is the board as a workbook: types, months, districts.
func (s *Server) exportMix(r *request) error {
	page, err := s.mix(r)
	if err != nil {
		return err
	}
	limit := r.T("none set")
	if page.Limit.Set {
		limit = rulebook.Percent(page.Limit.Cap)
	}
	types := table{columns: []column{{page.Place + " " + strconv.Itoa(page.Year), 36}, {r.T("Certificates"), 14}, {r.T("Share of all"), 12}}}
	for _, t := range page.Types {
		types.rows = append(types.rows, []any{t.Name, t.N, t.Share})
	}
	types.rows = append(types.rows,
		[]any{r.T("Certificates issued"), page.Share.All, nil}, []any{r.T("Special skill and training certificates"), page.Share.Capped, page.Share.String()},
		[]any{r.T("The city's share"), nil, page.CityWide.String()}, []any{r.T("The city's cap"), nil, limit}, []any{r.T("Waiting for the cap"), page.Waiting, nil},
		[]any{r.T("New skilled people"), page.Skilled.N, nil}, []any{r.T("of them highly skilled"), page.High.N, nil},
	)
	months := table{columns: []column{{r.T("Month"), 10}, {r.T("Certificates"), 14}, {r.T("Special skill and training"), 16}, {r.T("Certificates so far"), 16}, {r.T("Share so far"), 14}, {r.T("Cap"), 10}}}
	for _, m := range page.Months {
		months.rows = append(months.rows, []any{m.Name, m.Month.All, m.Month.Capped, m.SoFar.All, m.SoFar.String(), m.Cap})
	}
	districts := table{columns: []column{
		{r.T("Region"), 16}, {r.T("Certificates"), 14}, {r.T("Special skill"), 12}, {r.T("Training"), 12}, {r.T("Share of all"), 10},
		{r.T("New skilled people"), 16}, {r.T("Target"), 12}, {r.T("Reached"), 10}, {r.T("of them highly skilled"), 16}, {r.T("Target"), 12}, {r.T("Reached"), 10},
	}}
	for _, d := range page.Districts {
		row := []any{d.Name, d.All, d.Special, d.Completion, d.Ratio.String()}
		for _, p := range []progress{d.Skilled, d.High} {
			if p.Target == 0 {
				row = append(row, p.N, nil, nil)
				continue
			}
			row = append(row, p.N, p.Target, p.Percent())
		}
		districts.rows = append(districts.rows, row)
	}
	return r.sendTables(r.T("Certificate mix")+" "+page.Place+" "+strconv.Itoa(page.Year)+".xlsx",
		named{r.T("Certificate mix"), types}, named{r.T("By month"), months}, named{r.T("Districts"), districts})
}
