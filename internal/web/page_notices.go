package web

import (
	"strings"
	"time"

	"kaoping/exam"
	"kaoping/policies/rulebook"
)

// waitingList is the sittings that wait for the bureau, newest first.
type waitingList struct {
	Confirming bool   // results wait, not notices
	Text       string // searched for in the titles
	Rows       []waitingSitting
	Pager      pager
}

type waitingSitting struct {
	exam.Sitting
	Place string
	Days  int // until the sitting starts, in legal days; negative when it is over
}

// showNotices lists the notices that wait to be accepted or returned (待受理).
func (s *Server) showNotices(r *request) error {
	list, err := s.waitingFor(r, exam.Notified)
	if err != nil {
		return err
	}
	return r.render(deskFrame, "notices", r.T("Notices"), list)
}

// showConfirmations lists the publicised results that wait to be confirmed (待确认).
func (s *Server) showConfirmations(r *request) error {
	list, err := s.waitingFor(r, exam.Publicised)
	if err != nil {
		return err
	}
	list.Confirming = true
	return r.render(deskFrame, "notices", r.T("Results to confirm"), list)
}

func (s *Server) waitingFor(r *request, state exam.State) (waitingList, error) {
	query := exam.SittingQuery{States: []exam.State{state}, Text: strings.TrimSpace(r.Query("q")), Before: r.Query("before"), Limit: rowsMost + 1}
	sittings, err := s.Exam.Sittings(r.Request.Context(), r.actor, query)
	if err != nil {
		return waitingList{}, err
	}
	sittings, pages := paged(r, r.Request.URL.Path, "before", sittings, func(x exam.Sitting) string { return x.ID })
	list := waitingList{Text: query.Text, Pager: pages}
	for _, sitting := range sittings {
		list.Rows = append(list.Rows, waitingSitting{sitting, s.Book.FullName(sitting.Region), daysUntil(s.Now(), sitting.StartsAt)})
	}
	return list, nil
}

// daysUntil counts the legal days from now to t.
func daysUntil(now, t time.Time) int {
	return int(rulebook.Day(t).Sub(rulebook.Day(now)) / (24 * time.Hour))
}
