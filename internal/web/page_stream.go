package web

import (
	"cmp"
	"context"
	"path"
	"strconv"
	"strings"
	"time"

	"kaoping/internal/audit"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing/cases"
)

// countEntries counts the entries of a stream. They are numbered from 1
// without a gap, so the last number is found by halving.
func (s *Server) countEntries(ctx context.Context, stream string) (int64, error) {
	some := func(after int64) (bool, error) {
		entries, err := s.Audit.Entries(ctx, stream, after, 1)
		return len(entries) > 0, err
	}
	low, high := int64(0), int64(64)
	for {
		more, err := some(high)
		if err != nil {
			return 0, err
		}
		if !more {
			break
		}
		low, high = high+1, high*4
	}
	for low < high {
		middle := (low + high) / 2
		more, err := some(middle)
		if err != nil {
			return 0, err
		}
		if more {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

// streamPage is one page of the entries of a stream.
type streamPage struct {
	Subject auditSubject
	Rows    []entryRow
	Broken  int // entries of this page that do not follow from the one before
	Count   int64
	Pager   pager
}

// entryRow is an entry in words.
type entryRow struct {
	audit.Entry
	By      string
	Action  string
	Thing   string // kind of the object
	ShortID string // end of its id, which tells it from its neighbours
	Day     string // legal day, 2026-11-21
	Time    string // of the day, with seconds
	Follows bool
}

// thingWords are the kinds of objects that entries name.
var thingWords = map[string]string{
	"sitting": "sitting", "enrolment": "candidate's record", "attempt": "theory attempt", "certificate": "certificate", "body": "evaluation body", "case": "case", "bar": "bar",
	"account": "account", "item": "item", "items": "items", "import": "import of items", "application": "application", "plan": "inspection plan", "visit": "inspection visit", "credit": "credit grade", "mix": "certificate mix", "waiting": "place in the queue", "blueprint": "blueprint", "paper": "paper", "rulechange": "change of a rule", "calendaryear": "calendar year", "ruleedition": "edition of the rules", "job": "background work",
}

func (s *Server) entryRow(r *request, before, e audit.Entry, names map[string]string) entryRow {
	kind, id, _ := strings.Cut(e.Object, "/")
	row := entryRow{
		Entry: e, By: s.whoDid(r, e.Who, names), Action: r.T("action " + e.What), Thing: kind, ShortID: id[max(0, len(id)-6):],
		Day: e.At.In(rulebook.Shanghai).Format(time.DateOnly), Time: e.At.In(rulebook.Shanghai).Format(time.TimeOnly), Follows: audit.Check(before, e) == nil,
	}
	if words := thingWords[kind]; words != "" {
		row.Thing = r.T(words)
	}
	return row
}

// showStream shows the entries of a stream in their order, and whether each
// follows from the one before it.
func (s *Server) showStream(r *request) error {
	ctx := r.Request.Context()
	subject, err := s.auditSubject(ctx, r.actor, cmp.Or(r.Param("kind"), path.Base(r.Request.URL.Path)), r.Param("id"))
	if err != nil {
		return err
	}
	after, _ := strconv.ParseInt(r.Query("after"), 10, 64) // what is no number is the beginning
	after = max(0, after)
	var before audit.Entry
	if after > 0 {
		entries, err := s.Audit.Entries(ctx, subject.Stream, after-1, 1)
		if err != nil {
			return err
		}
		if len(entries) > 0 {
			before = entries[0]
		}
	}
	entries, err := s.Audit.Entries(ctx, subject.Stream, after, rowsMost+1)
	if err != nil {
		return err
	}
	entries, pages := paged(r, r.Request.URL.Path, "after", entries, func(x audit.Entry) string { return strconv.FormatInt(x.Seq, 10) })
	page := streamPage{Subject: subject, Pager: pages}
	if page.Count, err = s.countEntries(ctx, subject.Stream); err != nil {
		return err
	}
	names := map[string]string{}
	for _, e := range entries {
		row := s.entryRow(r, before, e, names)
		if !row.Follows {
			page.Broken++
		}
		page.Rows = append(page.Rows, row)
		before = e
	}
	return r.render(deskFrame, "stream", r.T(subject.Title), page)
}

// whoDid names the author of an entry: an account, a candidate's ticket, or
// kaoping itself. Names found are kept for the rest of the page.
func (s *Server) whoDid(r *request, id string, names map[string]string) string {
	if id == audit.System {
		return r.T("kaoping itself")
	}
	if id == cases.Public {
		return r.T("the public")
	}
	if name, ok := names[id]; ok {
		return name
	}
	name := id
	if account, err := s.Accounts.Store.Account(r.Request.Context(), id); err == nil {
		name = account.Name
	} else if e, err := s.Exam.Enrolment(r.Request.Context(), access.System(), id); err == nil {
		name = r.T("candidate %s", e.Ticket)
	}
	names[id] = name
	return name
}
