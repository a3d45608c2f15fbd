package amend

import (
	"context"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// CalendarYear is a year of public holidays that an administrator added. A year
// that is there already is corrected by adding it again.
type CalendarYear struct {
	ID       string
	Version  int
	Calendar rulebook.Year
	AddedBy  string
	AddedAt  time.Time
}

// MayAddYear refuses who is not an administrator of the installation
// (calendar:add): the calendar holds in all of it.
func (s *Service) MayAddYear(actor access.Actor) error {
	return s.Policy.Decide(actor, "calendar:add", access.Installation)
}

// AddYear adds a year to the calendar (calendar:add; Invalid names the fields).
// It counts from the next legal day on.
func (s *Service) AddYear(ctx context.Context, actor access.Actor, y rulebook.Year) (CalendarYear, error) {
	const op = "amend.AddYear"
	if err := s.MayAddYear(actor); err != nil {
		return CalendarYear{}, err
	}
	y.Notice = strings.TrimSpace(y.Notice)
	issues := y.Check()
	if len([]rune(y.Notice)) > clauseMost {
		issues = append(issues, fault.Issue{Column: "notice", Text: fault.Textf("this has %d characters; at most %d fit", len([]rune(y.Notice)), clauseMost)})
	}
	if len(issues) > 0 {
		return CalendarYear{}, fault.New(fault.Invalid, op, "the year is not right").With(issues...)
	}
	now := s.Now()
	y.From = Earliest(now).Format(time.DateOnly)
	added := CalendarYear{ID: ulid.Make().String(), Calendar: y, AddedBy: actor.ID, AddedAt: now}
	entry := audit.Entry{Stream: national, Object: "calendaryear/" + added.ID, At: now, Who: actor.ID, What: "calendar:add", Note: y.Notice, Rules: s.Book.Hash()}
	if err := s.Store.PutCalendarYear(ctx, &added, entry); err != nil {
		return CalendarYear{}, fault.Wrap(op, err)
	}
	return added, s.Refresh(ctx)
}

// ParseHolidays reads one holiday a line: name, first day and last day, which
// may be left out for one day (元旦 2027-01-01 2027-01-03). Days are read with
// the year's own checks later; a line of another form is kept so that they
// name it.
func ParseHolidays(text string) []rulebook.Holiday {
	var list []rulebook.Holiday
	for line := range strings.Lines(text) {
		parts := strings.Fields(line)
		switch len(parts) {
		case 0:
		case 2:
			list = append(list, rulebook.Holiday{Name: parts[0], First: parts[1], Last: parts[1]})
		case 3:
			list = append(list, rulebook.Holiday{Name: parts[0], First: parts[1], Last: parts[2]})
		default:
			list = append(list, rulebook.Holiday{Name: strings.TrimSpace(line)})
		}
	}
	return list
}

// ParseDays reads days with blanks, commas or lines between them.
func ParseDays(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,，、;；", r) })
}
