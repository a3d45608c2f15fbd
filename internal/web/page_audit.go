package web

import (
	"slices"
	"strings"

	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/internal/outbox/desk"
	"kaoping/policies/access"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// auditKinds are the kinds of streams, as the list shows them.
var auditKinds = []struct{ Kind, Label string }{
	{"sitting", "Sittings"}, {"certificate", "Certificates"}, {"body", "Evaluation bodies"}, {"application", "Filing"}, {"case", "Cases"}, {"paper", "Central papers set"}, {"mix", "Certificate mix"}, {"rules", "Changes of rules"}, {"accounts", "Accounts and grants"}, {desk.Stream, "Background work"},
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
	case "application":
		list, err := access.Readable(streamsMost+1, from, func(before string, limit int) ([]standing.Application, error) {
			return s.Standing.Applications(ctx, r.actor, standing.ApplicationQuery{Before: before, Limit: limit})
		}, func(a standing.Application) string { return a.ID }, func(a standing.Application) bool { return strings.Contains(a.Proposal.Name, list.Text) })
		for _, a := range list {
			add(a.ID, "application", a.ID, a.Proposal.Name, r.T("application "+string(a.Kind)), a.State)
		}
		return rows, cursors, err
	case "paper":
		list, err := access.Readable(streamsMost+1, from, func(before string, limit int) ([]central.Brief, error) {
			return s.Central.List(ctx, r.actor, central.Query{Before: before, Limit: limit})
		}, func(p central.Brief) string { return p.ID }, func(p central.Brief) bool { return strings.Contains(p.Name, list.Text) })
		for _, p := range list {
			add(p.ID, "paper", p.ID, p.Name, s.regionName(p.Region), p.State)
		}
		return rows, cursors, err
	case "mix":
		mixes, err := s.Certify.Mixes(ctx, r.actor)
		slices.SortFunc(mixes, func(a, b certify.Mix) int { return strings.Compare(b.ID, a.ID) })
		for _, m := range mixes {
			if title := s.mixTitle(m.City, m.Year); strings.Contains(title, list.Text) && (from == "" || m.ID < from) {
				add(m.ID, "mix", m.ID, title, "", nil)
			}
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
