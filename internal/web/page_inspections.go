package web

import (
	"cmp"
	"time"

	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing/inspection"
)

// standingRow is a body on the board.
type standingRow struct {
	inspection.Standing
	Place string
}

// lateRow is an overdue finding on the board.
type lateRow struct {
	inspection.Late
	Days int // over the last day
}

type boardPage struct {
	inspection.Board
	Rows    []standingRow
	Late    []lateRow
	Due     int // bodies that R32 asks one more inspection of
	Regions []choice
	Export  string
	MayPlan bool
}

// boardRegion is the region that a board is of: the one asked for, or the actor's.
func (r *request) boardRegion() string {
	return cmp.Or(r.Query("region"), firstOf(r.actor.Regions(inspectionRoles...)))
}

// inspectionBoard reads the board with its rows in words.
func (s *Server) inspectionBoard(r *request) (boardPage, error) {
	if !seenBy(r.actor, inspectionRoles) {
		return boardPage{}, s.Policy.Decide(r.actor, "inspection:plan", access.Scope{})
	}
	b, err := s.Inspection.Board(r.Request.Context(), r.actor, r.boardRegion())
	page := boardPage{Board: b, MayPlan: r.actor.Has(access.Standing)}
	for _, body := range b.Bodies {
		if body.Due {
			page.Due++
		}
		page.Rows = append(page.Rows, standingRow{body, s.Book.FullName(body.Region)})
	}
	today := rulebook.Day(s.Now())
	for _, late := range b.Late {
		page.Late = append(page.Late, lateRow{late, int(today.Sub(rulebook.Day(late.Finding.Due)).Hours() / 24)})
	}
	return page, err
}

// showBoardOfInspections shows which bodies of a region were not inspected in
// this half-year, and what is overdue (R32).
func (s *Server) showBoardOfInspections(r *request) error {
	page, err := s.inspectionBoard(r)
	if err != nil {
		return err
	}
	for _, region := range s.Book.Regions() {
		if region.Code != rulebook.Nation && r.may("body:read", access.Scope{Region: region.Code}) {
			page.Regions = append(page.Regions, choice{region.Code, s.Book.FullName(region.Code), region.Code == r.boardRegion()})
		}
	}
	query := r.Request.URL.Query()
	query.Del("done")
	page.Export = address(inspectionsPath+"/export.xlsx", query)
	return r.render(deskFrame, "inspections", r.T("Inspections"), page)
}

// exportInspections is the board's bodies as a sheet.
func (s *Server) exportInspections(r *request) error {
	page, err := s.inspectionBoard(r)
	if err != nil {
		return err
	}
	sheet := table{columns: []column{{r.T("Evaluation body"), 36}, {r.T("Region"), 28}, {r.T("Special inspections in this half-year"), 26}, {r.T("Last visit"), 14}, {r.T("Still due"), 12}}}
	for _, row := range page.Rows {
		last, due := "", ""
		if !row.Last.IsZero() {
			last = sheetDay(row.Last)
		}
		if row.Due {
			due = r.T("yes")
		}
		sheet.rows = append(sheet.rows, []any{row.Name, row.Place, row.Inspected, last, due})
	}
	return r.sendTable(r.T("Inspections")+" "+page.From.In(rulebook.Shanghai).Format(time.DateOnly)+".xlsx", sheet)
}
