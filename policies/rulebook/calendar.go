package rulebook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaoping/internal/fault"
)

// Year is a year's public holidays and the weekend days that are worked for
// them (调休), by the State Council's notice.
type Year struct {
	Year      int       `yaml:"year"`
	Notice    string    `yaml:"notice"`    // 国办发明电〔2025〕7号
	Published string    `yaml:"published"` // day of the notice, "" where it is not certain
	Holidays  []Holiday `yaml:"holidays"`
	Work      []string  `yaml:"work"` // weekend days that are worked, 2026-01-04
	From      string    `yaml:"-"`    // first legal day of asking that counts by it; "" for what is shipped
}

// Holiday is a span of days off, weekends within it included.
type Holiday struct {
	Name  string `yaml:"name"`
	First string `yaml:"first"` // 2026-10-01
	Last  string `yaml:"last"`  // the same for one day
}

// statutory are the days that every year's notice frees.
var statutory = []string{"01-01", "05-01", "10-01", "10-02", "10-03"}

// The years that a calendar can have, and the longest span of days off.
const (
	yearFirst    = 2019
	yearLast     = 2100
	holidayMost  = 16
	holidaysMost = 20
)

// Check names what is wrong with a year, by its field.
func (y Year) Check() []fault.Issue {
	var issues []fault.Issue
	wrong := func(column, format string, args ...any) {
		issues = append(issues, fault.Issue{Column: column, Text: fault.Textf(format, args...)})
	}
	if y.Year < yearFirst || y.Year > yearLast {
		wrong("year", "a year from %d to %d is needed", yearFirst, yearLast)
	}
	if strings.TrimSpace(y.Notice) == "" {
		wrong("notice", "name the State Council's notice by its number")
	}
	if !dated(y.Published) {
		wrong("published", "a date is needed, such as 2026-11-21")
	}
	off, freed := map[string]bool{}, 0
	if len(y.Holidays) > holidaysMost {
		wrong("holidays", "a year has at most %d holidays", holidaysMost)
		return issues
	}
	for _, h := range y.Holidays {
		first, last, ok := h.span()
		switch {
		case strings.TrimSpace(h.Name) == "" || !ok || last.Sub(first) > holidayMost*24*time.Hour:
			wrong("holidays", "a holiday has a name, a first day and a last day not before it: “%s %s %s” is none", h.Name, h.First, h.Last)
			continue
		case first.Year() != y.Year || last.Year() != y.Year:
			wrong("holidays", "%s is not within %d", h.Name, y.Year)
		}
		for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
			if !weekend(d) {
				freed++
			}
			if off[d.Format(time.DateOnly)] {
				wrong("holidays", "%s is in two holidays", d)
			}
			off[d.Format(time.DateOnly)] = true
		}
	}
	for _, day := range statutory {
		if !off[fmt.Sprintf("%d-%s", y.Year, day)] {
			wrong("holidays", "%s is a public holiday by law and must be among the days off", fmt.Sprintf("%d-%s", y.Year, day))
		}
	}
	seen := map[string]bool{}
	for _, day := range y.Work {
		d, err := time.ParseInLocation(time.DateOnly, day, Shanghai)
		switch {
		case err != nil:
			wrong("work", "“%s” is not a date: write it as 2026-11-21", day)
		case d.Year() != y.Year:
			wrong("work", "%s is not within %d", day, y.Year)
		case !weekend(d):
			wrong("work", "%s is a weekday and worked anyway: only weekend days are named", day)
		case off[day]:
			wrong("work", "%s is a day off already", day)
		case seen[day]:
			wrong("work", "%s is named twice", day)
		}
		seen[day] = true
	}
	if len(y.Work) > freed {
		wrong("work", "%d weekend days are worked for %d weekdays off: there cannot be more", len(y.Work), freed)
	}
	return issues
}

func (h Holiday) span() (first, last time.Time, ok bool) {
	first, err := time.ParseInLocation(time.DateOnly, h.First, Shanghai)
	if err != nil {
		return first, last, false
	}
	last, err = time.ParseInLocation(time.DateOnly, h.Last, Shanghai)
	return first, last, err == nil && !last.Before(first)
}

func weekend(d time.Time) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// calendar is a year made ready for looking days up.
type calendar struct {
	from      string
	off, work map[string]bool
}

func (y Year) ready() calendar {
	c := calendar{from: y.From, off: map[string]bool{}, work: map[string]bool{}}
	for _, h := range y.Holidays {
		first, last, _ := h.span()
		for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
			c.off[d.Format(time.DateOnly)] = true
		}
	}
	for _, day := range y.Work {
		c.work[day] = true
	}
	return c
}

// Due is the day that a count of days ends on. Unknown are the years in it
// whose public holidays the calendar does not have: their Mondays to Fridays
// were counted.
type Due struct {
	Day     time.Time
	Unknown []int
}

// Remark says that the count went by weekdays alone, and in which years; ok is
// false where the calendar had every day.
func (d Due) Remark() (remark fault.Text, ok bool) {
	if len(d.Unknown) == 0 {
		return fault.Text{}, false
	}
	years := make([]string, len(d.Unknown))
	for i, year := range d.Unknown {
		years[i] = strconv.Itoa(year)
	}
	return fault.Textf("the public holidays of %s are not in the calendar yet: Monday to Friday are counted as working days", strings.Join(years, ", ")), true
}

// AddDays returns the legal day that lies n days of the unit after that of t.
// Working days go by the calendar as it was known on the day of t, so that a
// year added later moves nothing that was counted before.
func (b *Book) AddDays(t time.Time, n int, unit string) Due {
	due := Due{Day: Day(t)}
	if unit != WorkingDay {
		due.Day = due.Day.AddDate(0, 0, max(n, 0))
		return due
	}
	for n > 0 {
		due.Day = due.Day.AddDate(0, 0, 1)
		working, known := b.Working(due.Day, t)
		if !known && !slices.Contains(due.Unknown, due.Day.Year()) {
			due.Unknown = append(due.Unknown, due.Day.Year())
		}
		if working {
			n--
		}
	}
	return due
}

// Working reports whether a legal day is a working day as known on the day of
// asked, and whether the calendar has its year; where it does not, Monday to
// Friday are.
func (b *Book) Working(day, asked time.Time) (working, known bool) {
	day = Day(day)
	working = !weekend(day)
	from := ""
	text, on := day.Format(time.DateOnly), asked.In(Shanghai).Format(time.DateOnly)
	for _, c := range b.current.Load().years[day.Year()] {
		if c.from <= on && (!known || c.from >= from) {
			working, known, from = c.work[text] || !weekend(day) && !c.off[text], true, c.from
		}
	}
	return working, known
}

// Years lists the calendar's years, newest first, corrections of a year by the
// day from which they hold.
func (b *Book) Years() []Year {
	list := slices.Clone(b.current.Load().Years)
	slices.SortStableFunc(list, func(x, y Year) int {
		if x.Year != y.Year {
			return y.Year - x.Year
		}
		return strings.Compare(y.From, x.From)
	})
	return list
}
