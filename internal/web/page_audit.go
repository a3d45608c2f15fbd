package web

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox/desk"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing/cases"
)

// auditKinds are the kinds of streams, as the list shows them.
var auditKinds = []struct{ Kind, Label string }{
	{"sitting", "Sittings"}, {"certificate", "Certificates"}, {"body", "Evaluation bodies"}, {"case", "Cases"}, {"rules", "Changes of rules"}, {"accounts", "Accounts and grants"}, {desk.Stream, "Background work"},
}

// auditStream is a stream in the list.
type auditStream struct {
	Path, Title, Note string
	State             any
	Entries           int64
}

// auditList is one page of the streams of one kind that the actor may read.
type auditList struct {
	Kinds   []choice
	Kind    string
	Text    string
	Rows    []auditStream
	Pager   pager
	Refused bool // the actor's region does not reach these
}

// streamsMost is how many streams a page shows: each is counted.
const streamsMost = 25

// showAudit lists the audit streams (审计流). The things that have a stream are
// listed by their own services, which know who may read them.
func (s *Server) showAudit(r *request) error {
	if !r.actor.Has(access.Auditor) {
		return s.Policy.Decide(r.actor, "audit:read", access.Scope{})
	}
	list := auditList{Kind: "sitting", Text: strings.TrimSpace(r.Query("q"))}
	for _, k := range auditKinds {
		if k.Kind == r.Query("kind") {
			list.Kind = k.Kind
		}
	}
	for _, k := range auditKinds {
		list.Kinds = append(list.Kinds, choice{k.Kind, r.T(k.Label), k.Kind == list.Kind})
	}
	rows, cursors, err := s.auditStreams(r, &list)
	if err != nil {
		return err
	}
	more, last := len(rows) > streamsMost, ""
	if rows = rows[:min(len(rows), streamsMost)]; more {
		last = cursors[streamsMost-1]
	}
	for i := range rows {
		if rows[i].Entries, err = s.countEntries(r.Request.Context(), strings.TrimPrefix(rows[i].Path, "/audit/")); err != nil {
			return err
		}
	}
	list.Rows, list.Pager = rows, r.pager("/audit", "from", last, len(rows), more)
	return r.render(deskFrame, "audit", r.T("Audit stream"), list)
}

// auditStreams lists streams of the kind from the cursor on, one more than a
// page holds, with the cursor after each.
func (s *Server) auditStreams(r *request, list *auditList) (rows []auditStream, cursors []string, err error) {
	ctx, from := r.Request.Context(), r.Query("from")
	add := func(cursor, kind, id, title, note string, state any) {
		rows = append(rows, auditStream{Path: "/audit/" + kind + "/" + id, Title: title, Note: note, State: state})
		cursors = append(cursors, cursor)
	}
	switch list.Kind {
	case "sitting":
		sittings, err := s.Exam.Sittings(ctx, r.actor, exam.SittingQuery{Text: list.Text, Before: from, Limit: streamsMost + 1})
		for _, x := range sittings {
			add(x.ID, "sitting", x.ID, x.Title, x.BodyName, x.State)
		}
		return rows, cursors, err
	case "certificate":
		certificates, err := s.Certify.Certificates(ctx, r.actor, certify.Query{Text: list.Text, After: from, Limit: streamsMost + 1})
		for _, c := range certificates {
			add(c.Number, "certificate", c.Number, c.Number, c.Name+" · "+c.BodyName, c.State)
		}
		return rows, cursors, err
	case "body":
		bodies, err := s.bodyRows(r)
		start := slices.IndexFunc(bodies, func(b bodyRow) bool { return b.ID == from }) + 1
		for _, b := range bodies[start:] {
			add(b.ID, "body", b.ID, b.Name, b.Place, b.State)
		}
		return rows, cursors, err
	case "case":
		list, err := s.Cases.Cases(ctx, r.actor, cases.Query{Text: list.Text, After: from, Limit: streamsMost + 1})
		for _, c := range list {
			add(c.Rank, "case", c.ID, c.Title, c.Name, c.State)
		}
		return rows, cursors, err
	case "rules":
		for _, region := range s.Book.Regions() {
			if subject, err := s.auditSubject(ctx, r.actor, "rules", region.Code); err == nil && strings.Contains(subject.Title, list.Text) && region.Code > from {
				some, err := s.Audit.Entries(ctx, subject.Stream, 0, 1)
				if err != nil {
					return nil, nil, err
				}
				if len(some) > 0 {
					add(region.Code, "rules", region.Code, subject.Title, "", nil)
				}
			}
		}
		return rows, cursors, nil
	default:
		subject, err := s.auditSubject(ctx, r.actor, list.Kind, "")
		if fault.Is(err, fault.Forbidden) {
			list.Refused = true
			return nil, nil, nil
		}
		rows = []auditStream{{Path: "/audit/" + list.Kind, Title: r.T(subject.Title)}}
		return rows, []string{""}, err
	}
}

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
	"account": "account", "item": "item", "items": "items", "import": "import of items", "blueprint": "blueprint", "paper": "paper", "rulechange": "change of a rule", "calendaryear": "calendar year", "ruleedition": "edition of the rules", "job": "background work",
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
