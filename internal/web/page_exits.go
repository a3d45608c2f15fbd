package web

import (
	"strings"

	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// exitRow is one line of the public list.
type exitRow struct {
	standing.Bar
	Place string
}

type exitsPage struct {
	Rows     []exitRow
	Pager    pager
	Text     string
	Regions  []choice
	Filtered bool
	Export   string
}

func (s *Server) exitRows(r *request, limit int) ([]exitRow, error) {
	list, err := s.Cases.Exits(r.Request.Context(), r.Query("region"), strings.TrimSpace(r.Query("q")), r.Query("before"), limit)
	rows := make([]exitRow, len(list))
	for i, b := range list {
		rows[i] = exitRow{b, s.Book.FullName(b.Region)}
	}
	return rows, err
}

// showExits is the public list of exits and blacklists (曝光台、退出名单): bodies
// and platforms by name, people never (R66).
func (s *Server) showExits(r *request) error {
	rows, err := s.exitRows(r, rowsMost+1)
	if err != nil {
		return err
	}
	rows, pages := paged(r, exitsPath, "before", rows, func(x exitRow) string { return x.ID })
	page := exitsPage{
		Rows: rows, Pager: pages, Text: strings.TrimSpace(r.Query("q")),
		Filtered: r.Query("region") != "" || strings.TrimSpace(r.Query("q")) != "", Export: r.filtered(exitsPath + "/export.xlsx"),
	}
	for _, region := range s.Book.Regions() {
		if region.Code != rulebook.Nation {
			page.Regions = append(page.Regions, choice{region.Code, s.Book.FullName(region.Code), region.Code == r.Query("region")})
		}
	}
	return r.render(deskFrame, "exits", r.T("Exits"), page)
}

func (s *Server) exportExits(r *request) error {
	rows, err := s.exitRows(r, exportMost)
	if err != nil {
		return err
	}
	t := table{columns: []column{{r.T("Body or platform"), 40}, {r.T("Measure"), 20}, {r.T("Region"), 26}, {r.T("Since"), 14}, {r.T("Until"), 14}, {r.T("Reason"), 60}, {r.T("By"), 50}}}
	for _, b := range rows {
		until := ""
		if !b.Until.IsZero() {
			until = sheetDay(b.Until)
		}
		t.rows = append(t.rows, []any{b.Name, r.T("bar " + string(b.Kind)), b.Place, sheetDay(b.From), until, b.Reason, b.Rule.Document + " " + b.Rule.Clause})
	}
	return r.sendTable(r.T("Exits")+".xlsx", t)
}
