package web

import (
	"kaoping/bank/central"
	"kaoping/exam"
)

// centralChoice is a central paper that a sitting can be staffed with.
type centralChoice struct {
	central.Brief
	Place     string
	Questions int
	On        bool
}

// choosePaper lists the papers that a sitting can have: those that bureaus set
// for its hour, and the body's own where its track allows them (R05).
func (s *Server) choosePaper(r *request, page *staffPage, chosen string) error {
	sitting := page.Sitting
	if rule, must := s.Book.CentralPapers(sitting.Region, sitting.StartsAt, sitting.Track); must {
		cited := rule.Cite()
		page.Must = &cited
	}
	offered, err := s.offered(r, sitting)
	if err != nil {
		return err
	}
	for _, b := range offered {
		c := centralChoice{Brief: b, Place: s.Book.FullName(b.Region), On: b.ID == chosen}
		if form, err := b.Paper.Form(b.Current); err == nil {
			c.Questions = form.Questions
		}
		page.Central = append(page.Central, c)
	}
	if page.Must == nil {
		page.Papers, err = s.paperChoices(r, sitting, chosen)
	}
	return err
}

// offered lists the central papers of a sitting's trade, level, track and hour.
func (s *Server) offered(r *request, sitting exam.Sitting) ([]central.Brief, error) {
	return s.Central.Offered(r.Request.Context(), r.actor, central.Want{
		Region: sitting.Region, Body: sitting.Body, Track: sitting.Track, Trade: sitting.Trade, Level: sitting.Level, StartsAt: sitting.StartsAt,
	})
}
