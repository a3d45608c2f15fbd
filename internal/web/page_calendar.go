package web

import (
	"strconv"
	"strings"
	"time"

	"kaoping/policies/rulebook"
	"kaoping/policies/rulebook/amend"
)

// calendarRow is a calendar year in words.
type calendarRow struct {
	rulebook.Year
	Holidays  []holidayRow
	Worked    []string
	Announced string
	Since     string // from which day of asking it counts, "" for as shipped
}

type holidayRow struct{ Name, Days string }

// calendarPage is the working days.
type calendarPage struct {
	Rows   []calendarRow
	Next   []int // years that are not there yet
	MayAdd bool
	Beside beside
}

// ahead is how many years after this one the page looks for.
const ahead = 1

// showCalendar lists the years of the working-day calendar (工作日历), for anyone.
func (s *Server) showCalendar(r *request) error {
	page := calendarPage{MayAdd: s.Rules.MayAddYear(r.actor) == nil, Beside: r.beside()}
	known := map[int]bool{}
	for _, y := range s.Book.Years() {
		known[y.Year] = true
		row := calendarRow{Year: y, Announced: r.dayText(y.Published), Since: r.dayText(y.From)}
		for _, h := range y.Holidays {
			days := r.monthDay(h.First)
			if h.Last != h.First {
				days += " – " + r.monthDay(h.Last)
			}
			row.Holidays = append(row.Holidays, holidayRow{h.Name, days})
		}
		for _, day := range y.Work {
			row.Worked = append(row.Worked, r.monthDay(day))
		}
		page.Rows = append(page.Rows, row)
	}
	this := s.Now().In(rulebook.Shanghai).Year()
	for year := this; year <= this+ahead; year++ {
		if !known[year] {
			page.Next = append(page.Next, year)
		}
	}
	return r.render(deskFrame, "calendar", r.T("Working days"), page)
}

// monthDay shows a day within its year: 10月1日, 1 Oct.
func (l language) monthDay(day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, rulebook.Shanghai)
	switch {
	case err != nil:
		return day
	case l.Code == "zh":
		return l.T("%d/%d of the year", int(t.Month()), t.Day())
	}
	return t.Format("2 Jan")
}

// addYear adds a year to the calendar.
func (s *Server) addYear(r *request) error {
	year, _ := strconv.Atoi(strings.TrimSpace(r.PostForm("year"))) // what is no number is no year
	_, err := s.Rules.AddYear(r.Request.Context(), r.actor, rulebook.Year{
		Year: year, Notice: r.PostForm("notice"), Published: strings.TrimSpace(r.PostForm("published")),
		Holidays: amend.ParseHolidays(r.PostForm("holidays")), Work: amend.ParseDays(r.PostForm("work")),
	})
	if err != nil {
		return r.again(err, s.showCalendar)
	}
	return r.done("/calendar", "The year is added: it counts from the next legal day.")
}
