package web

import (
	"strconv"
	"strings"
	"time"

	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
	"kaoping/policies/standing/inspection"
)

// directoryQuery reads the filters of the public list from the address.
func directoryQuery(r *request) standing.DirectoryQuery {
	q := standing.DirectoryQuery{Region: r.Query("region"), Kind: standing.Kind(r.Query("kind")), Track: rulebook.Track(r.Query("track")), Text: strings.TrimSpace(r.Query("q"))}
	if trade, level := parseTradeLevel(r.Query("trade") + "/" + r.Query("level")); trade != "" || level.Valid() {
		q.Trade, q.Level, q.Leveled = trade, level, level.Valid()
	}
	return q
}

// showDirectory is the published list of bodies (目录清单, R35), for anybody.
func (s *Server) showDirectory(r *request) error {
	q := directoryQuery(r)
	list, err := s.Standing.Directory(r.Request.Context(), q)
	if err != nil {
		return err
	}
	id := func(x standing.Body) string { return x.ID }
	list, pages := paged(r, directoryPath, "after", since(r, "after", list, id), id)
	rows := make([]bodyRow, len(list))
	for i, b := range list {
		rows[i] = s.bodyRow(b)
	}
	grades, err := s.Inspection.Published(r.Request.Context())
	if err != nil {
		return err
	}
	var regions, trades, levels []choice
	for _, region := range s.Book.Regions() {
		if region.Code != rulebook.Nation {
			regions = append(regions, choice{region.Code, s.Book.FullName(region.Code), region.Code == q.Region})
		}
	}
	for _, trade := range s.Book.Trades() {
		trades = append(trades, choice{trade.Code, trade.Name, trade.Code == q.Trade})
	}
	for level := rulebook.Apprentice; level >= rulebook.ChiefTechnician; level-- {
		levels = append(levels, choice{strconv.Itoa(int(level)), r.term(level.String()), q.Leveled && level == q.Level})
	}
	var tracks []choice
	for _, track := range rulebook.Tracks {
		tracks = append(tracks, choice{string(track), r.term(track.String()), track == q.Track})
	}
	return r.render(deskFrame, "directory", r.T("Directory of evaluation bodies"), map[string]any{
		"Grades": grades, "Weights": inspection.Weights,
		"Rows": rows, "Regions": regions, "Trades": trades, "Levels": levels, "Tracks": tracks, "Kinds": kindChoices(r, q.Kind), "Text": q.Text, "Filtered": r.filtered("") != "",
		"Export": r.filtered(directoryPath + "/export.xlsx"), "Pager": pages,
	})
}

// exportDirectory is the public list as a sheet.
func (s *Server) exportDirectory(r *request) error {
	list, err := s.Standing.Directory(r.Request.Context(), directoryQuery(r))
	if err != nil {
		return err
	}
	grades, err := s.Inspection.Published(r.Request.Context())
	if err != nil {
		return err
	}
	sheet := table{columns: []column{
		{r.T("Filing number"), 18}, {r.T("Evaluation body"), 36}, {r.T("Kind"), 24}, {r.T("Region"), 28}, {r.T("Filed trades and levels"), 60}, {r.T("Sites"), 40}, {r.T("Valid until"), 14}, {r.T("State"), 12}, {r.T("Credit grade"), 10},
	}}
	for _, b := range list {
		var sites []string
		for _, site := range b.Sites {
			sites = append(sites, site.Name+" "+site.Address)
		}
		sheet.rows = append(sheet.rows, []any{b.Number, b.Name, r.term(b.Kind.Chinese()), s.Book.FullName(b.Region), strings.Join(r.filedFor(b.Scopes), "；"), strings.Join(sites, "；"),
			b.ValidUntil.In(rulebook.Shanghai).Format(time.DateOnly), r.T("state " + string(b.State)), string(grades[b.ID])})
	}
	return r.sendTable(r.T("Directory of evaluation bodies")+".xlsx", sheet)
}
