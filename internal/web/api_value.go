package web

import (
	"errors"
	"time"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// moment is a time as the API writes it: with the offset of the legal day, to
// the millisecond.
func moment(t time.Time) time.Time { return t.In(rulebook.Shanghai).Truncate(time.Millisecond) }

// momentOrNone is nil for a time that has not come about.
func momentOrNone(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(moment(t))
}

// pointsOrNone is nil for a score that is not known yet.
func pointsOrNone(p *bank.Points) *string {
	if p == nil {
		return nil
	}
	return new(p.String())
}

// legalDay writes a day: 2026-11-21.
func legalDay(t time.Time) string { return t.In(rulebook.Shanghai).Format(time.DateOnly) }

// legalDayOrNone is "" for no day.
func legalDayOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return legalDay(t)
}

// texts is a list of strings that is never null.
func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = string(text)
	}
	return out
}

// pointsReader reads the points of an input and gathers what is no number.
type pointsReader struct{ issues []fault.Issue }

func (r *pointsReader) field(path, text string) bank.Points {
	points, err := bank.ParsePoints(text)
	var f *fault.Error
	if errors.As(err, &f) {
		r.issues = append(r.issues, fault.Issue{Column: path, Text: f.Message})
	}
	return points
}

func (r *pointsReader) err() error {
	if len(r.issues) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "web.api", "the request is not as the API's document describes it").With(r.issues...)
}
