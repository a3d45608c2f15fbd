package web

import (
	"strings"
	"time"

	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// bodyRow is a filed body in the list.
type bodyRow struct {
	standing.Body
	Place   string
	Seats   int
	Expired bool
}

func (s *Server) bodyRow(b standing.Body) bodyRow {
	row := bodyRow{Body: b, Place: s.regionName(b.Region), Expired: rulebook.Day(s.Now()).After(rulebook.Day(b.ValidUntil))}
	for _, site := range b.Sites {
		for _, room := range site.Rooms {
			row.Seats += room.Seats
		}
	}
	return row
}

// showBodies lists the bodies that the actor may read (评价机构), by name.
func (s *Server) showBodies(r *request) error {
	rows, err := s.bodyRows(r)
	if err != nil {
		return err
	}
	id := func(x bodyRow) string { return x.ID }
	rows, pages := paged(r, "/bodies", "after", since(r, "after", rows, id), id)
	return r.render(deskFrame, "bodies", r.T("Evaluation bodies"), map[string]any{
		"Rows": rows, "Text": strings.TrimSpace(r.Query("q")), "Pager": pages,
	})
}

// bodyRows is the bodies whose name or code has the text that is searched for.
func (s *Server) bodyRows(r *request) ([]bodyRow, error) {
	bodies, err := s.Standing.Bodies(r.Request.Context(), r.actor)
	if err != nil {
		return nil, err
	}
	text := strings.TrimSpace(r.Query("q"))
	var rows []bodyRow
	for _, b := range bodies {
		if strings.Contains(b.Name, text) || strings.Contains(b.Code, text) {
			rows = append(rows, s.bodyRow(b))
		}
	}
	return rows, nil
}

// exportBodies is the directory of bodies (目录清单) as a sheet.
func (s *Server) exportBodies(r *request) error {
	rows, err := s.bodyRows(r)
	if err != nil {
		return err
	}
	sheet := table{columns: []column{
		{r.T("Evaluation body"), 36}, {r.T("Kind"), 24}, {r.T("Code"), 10}, {r.T("Region"), 28}, {r.T("State"), 12},
		{r.T("Filed trades and levels"), 60}, {r.T("Sites"), 40}, {r.T("Seats"), 10}, {r.T("Valid from"), 14}, {r.T("Valid until"), 14},
	}}
	for _, b := range rows {
		var sites []string
		for _, site := range b.Sites {
			sites = append(sites, site.Name)
		}
		day := func(t time.Time) string { return t.In(rulebook.Shanghai).Format(time.DateOnly) }
		sheet.rows = append(sheet.rows, []any{b.Name, r.term(b.Kind.Chinese()), b.Code, b.Place, r.T("state " + string(b.State)),
			strings.Join(r.filedFor(b.Scopes), "；"), strings.Join(sites, "；"), b.Seats, day(b.ValidFrom), day(b.ValidUntil)})
	}
	return r.sendTable(r.T("Evaluation bodies")+".xlsx", sheet)
}

// showFiledBody shows what a body is filed for.
func (s *Server) showFiledBody(r *request) error {
	b, err := s.Standing.Body(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	row := s.bodyRow(b)
	grades, err := s.gradesOf(r, b)
	if err != nil {
		return err
	}
	return r.render(deskFrame, "filedbody", b.Name, map[string]any{"Grades": grades, "Body": row, "Scopes": s.scopeRows(r, b), "MayAudit": r.may("audit:read", s.bodyScope(b))})
}

// scopeRow is one trade of a filing in words.
type scopeRow struct {
	Trade, Code    string
	Levels, Tracks []string
}
