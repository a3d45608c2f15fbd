package cases

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// Kinds of signals that kaoping raises by itself. The words are written into
// the case, in the language of its letters.
const (
	rectificationTitle = "整改逾期未验收"
	rectificationText  = "%s 责令的整改期限已过，系统中尚无整改验收记录。"
	findingTitle       = "检查发现的问题逾期未整改"
	findingText        = "%s检查发现：%s。整改期限至%s，系统中尚无已整改的复查记录。"
	takeoversTitle     = "考试中多次更换设备"
	takeoversText      = "该考生在本场理论考试中经监考批准更换设备 %d 次，达到系统提示的次数，请核实。"
)

// signalTakeovers is how often an attempt moves to another device before a
// person should look at it (K13).
const signalTakeovers = "signal_takeovers"

// SignalJob looks for signals in a sitting that has ended; the key is its id.
const SignalJob = "case-signals"

// AuditLog reads the audit streams.
type AuditLog interface {
	Entries(ctx context.Context, stream string, after int64, limit int) ([]audit.Entry, error)
}

// WatchSitting raises a signal for each candidate of a sitting that has ended
// whose examination moved between devices again and again.
func (s *Service) WatchSitting(ctx context.Context, sitting string) error {
	const op = "cases.WatchSitting"
	region, _, _, err := s.Exams.Place(ctx, sitting)
	if err != nil {
		return fault.Wrap(op, err)
	}
	now := s.Now()
	most, ok := s.Book.At(region, now, "", signalTakeovers)
	if !ok {
		return nil
	}
	last, times, err := s.takeovers(ctx, sitting)
	if err != nil {
		return fault.Wrap(op, err)
	}
	for attempt, n := range times {
		if n < most.Int() {
			continue
		}
		_, err := s.Raise(ctx, Signal{Key: "takeovers/" + attempt, At: last, Report: Report{
			Enrolment: attempt, Title: takeoversTitle, Text: fmt.Sprintf(takeoversText, n), Happened: last,
		}})
		if err != nil && !fault.Is(err, fault.NotFound) { // the record was withdrawn
			return fault.Wrap(op, err)
		}
	}
	return nil
}

// takeovers counts the approved takeovers of a sitting by attempt, and finds
// when the last one was.
func (s *Service) takeovers(ctx context.Context, sitting string) (last time.Time, times map[string]int, err error) {
	const page = 1000
	times = map[string]int{}
	for after := int64(0); ; {
		entries, err := s.Audit.Entries(ctx, "sitting/"+sitting, after, page)
		if err != nil {
			return last, nil, err
		}
		for _, e := range entries {
			if attempt, ok := strings.CutPrefix(e.Object, "attempt/"); ok && e.What == "attempt:takeover" {
				times[attempt]++
				last = e.At
			}
		}
		if len(entries) < page {
			return last, times, nil
		}
		after = entries[len(entries)-1].Seq
	}
}

// Overdue raises a signal for an ordered rectification whose day is over: the
// handler of RectifyJob.
func (s *Service) Overdue(ctx context.Context, id string) error {
	const op = "cases.Overdue"
	c, err := s.Store.Case(ctx, id)
	if err != nil {
		return fault.Wrap(op, err)
	}
	m, ordered := c.Ordered(Rectify)
	if !ordered || !c.Rectified.IsZero() || c.State == Upheld || !dayAfter(m.By, s.Now()) {
		return nil
	}
	letter, _ := c.Letter(DecisionLetter)
	_, err = s.Raise(ctx, Signal{Key: "rectification/" + id, At: m.By, Report: Report{
		Body: c.Party.Key, Title: rectificationTitle, Text: fmt.Sprintf(rectificationText, letter.Number), Happened: m.By,
	}})
	return fault.Wrap(op, err)
}

// OverdueFinding raises a signal for a finding of an inspection that the body
// has not put right by its day.
func (s *Service) OverdueFinding(ctx context.Context, body, finding, text string, found, due time.Time) error {
	_, err := s.Raise(ctx, Signal{Key: "finding/" + finding, At: due, Report: Report{
		Body: body, Finding: finding, Title: findingTitle, Text: fmt.Sprintf(findingText, chineseDay(found), strings.TrimRight(text, "。"), chineseDay(due)), Happened: due,
	}})
	return fault.Wrap("cases.OverdueFinding", err)
}

func chineseDay(t time.Time) string { return t.In(rulebook.Shanghai).Format("2006年1月2日") }
