package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kaoping/exam"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// sittingRow is a sitting in the list.
type sittingRow struct {
	exam.Sitting
	TradeName  string
	Candidates int // -1 for who may not know
}

type sittingsPage struct {
	Rows     []sittingRow
	Pager    pager
	State    string
	Text     string
	States   []exam.State
	Filtered bool
	MayDraft bool
	Export   string
}

// sittingQuery reads the filters of the list from the address.
func sittingQuery(r *request) exam.SittingQuery {
	q := exam.SittingQuery{Text: strings.TrimSpace(r.Query("q")), Before: r.Query("before")}
	if state := exam.State(r.Query("state")); slices.Contains(exam.States, state) {
		q.States = []exam.State{state}
	}
	return q
}

func (s *Server) showSittings(r *request) error {
	q := sittingQuery(r)
	q.Limit = rowsMost + 1
	rows, err := s.sittingRows(r, q)
	if err != nil {
		return err
	}
	rows, pages := paged(r, "/sittings", "before", rows, func(x sittingRow) string { return x.ID })
	return r.render(deskFrame, "sittings", r.T("Sittings"), sittingsPage{
		Rows: rows, Pager: pages,
		State: r.Query("state"), Text: q.Text, States: exam.States, Filtered: q.Text != "" || q.States != nil,
		MayDraft: r.actor.Has(access.Scheduler), Export: r.filtered("/sittings/export.xlsx"),
	})
}

func (s *Server) sittingRows(r *request, q exam.SittingQuery) ([]sittingRow, error) {
	ctx := r.Request.Context()
	list, err := s.Exam.Sittings(ctx, r.actor, q)
	if err != nil {
		return nil, err
	}
	rows := make([]sittingRow, len(list))
	for i, sitting := range list {
		rows[i] = sittingRow{Sitting: sitting, TradeName: s.tradeName(sitting.Trade), Candidates: -1}
		if !r.may("enrolment:read", sitting.Scope()) {
			continue
		}
		if _, rows[i].Candidates, err = s.Exam.Enrolments(ctx, r.actor, exam.EnrolmentQuery{Sitting: sitting.ID, Limit: 1}); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// exportMost is how many rows one export holds.
const exportMost = 10_000

func (s *Server) exportSittings(r *request) error {
	q := sittingQuery(r)
	q.Before, q.Limit = "", exportMost
	rows, err := s.sittingRows(r, q)
	if err != nil {
		return err
	}
	t := table{columns: []column{
		{r.T("Title"), 40}, {r.T("Evaluation body"), 30}, {r.T("Trade"), 20}, {r.T("Level"), 16}, {r.T("Track"), 22},
		{r.T("Start"), 20}, {r.T("Site"), 26}, {r.T("State"), 12}, {r.T("Candidates"), 10},
	}}
	for _, row := range rows {
		var candidates any
		if row.Candidates >= 0 {
			candidates = row.Candidates
		}
		t.rows = append(t.rows, []any{
			row.Title, row.BodyName, row.TradeName, r.term(row.Level.String()), r.term(row.Track.String()),
			sheetTime(row.StartsAt), row.SiteName, r.T("state " + string(row.State)), candidates,
		})
	}
	return r.sendTable(r.T("Sittings")+".xlsx", t)
}

// sheetTime is a moment as a sheet's text, in Shanghai time.
func sheetTime(t time.Time) string { return t.In(rulebook.Shanghai).Format("2006-01-02 15:04") }

// sheetDay is a legal day as a sheet's text.
func sheetDay(t time.Time) string { return t.In(rulebook.Shanghai).Format(time.DateOnly) }

// seat is a candidate's room and seat, "" before seats are given.
func seat(e exam.Enrolment) string {
	if e.Seat == 0 {
		return ""
	}
	return fmt.Sprintf("%s %02d", e.Room, e.Seat)
}
