package web

import (
	"context"
	"strconv"
	"strings"

	"kaoping/exam"
	"kaoping/policies/access"
)

// navGroup is a part of the side list; its title is "" for the first.
type navGroup struct {
	Title string
	Items []navItem
}

type navItem struct {
	Path  string
	Label string
	Count string // what waits for the person, "" for nothing
	On    bool
}

// navData is the side list as data: who sees which entry, and which states
// wait behind it.
var navData = []struct {
	group, path, label string
	roles              []access.Role
	waiting            []exam.State
}{
	{"", "/notices", "Notices", []access.Role{access.Officer}, []exam.State{exam.Notified}},
	{"", "/confirmations", "Results to confirm", []access.Role{access.Officer}, []exam.State{exam.Publicised}},
	{"", "/sittings", "Sittings", []access.Role{access.Scheduler, access.Officer, access.Auditor, access.Reviewer, access.Inspector, access.Standing, access.Industry, access.Supervisor, access.Statistician, access.Keeper}, nil},
	{"", "/rooms", "Exam rooms", []access.Role{access.Invigilator}, nil},
	{"", "/scoring", "Practical scoring", []access.Role{access.Examiner, access.Senior}, nil},
	{"", visitsPath, "My visits", []access.Role{access.Inspector}, nil},
	{"", overridesPath, "Overrides of eligibility", []access.Role{access.Officer, access.Reviewer}, nil},
	{"", "/certificates", "Certificates", []access.Role{access.Scheduler, access.Officer, access.Auditor, access.Reviewer, access.Standing}, nil},
	{"Item bank", "/items", "Items", []access.Role{access.Author, access.ItemReviewer}, nil},
	{"Item bank", "/blueprints", "Blueprints", []access.Role{access.Author}, nil},
	{"Item bank", "/papers", "Papers", []access.Role{access.Author, access.Scheduler}, nil},
	{"Central papers", centralPath, "Central papers set", centralRoles, nil},
	{"Central papers", custodyPath, "Sealing and unsealing", custodyRoles, nil},
	{"Supervision", "/bodies", "Evaluation bodies", []access.Role{access.Officer, access.Auditor, access.Reviewer, access.Inspector, access.Standing, access.Statistician}, nil},
	{"Supervision", changesPath, "Changes of rules", changeRoles, nil},
	{"Supervision", filingsPath, "Filing", []access.Role{access.Standing, access.Reviewer, access.Auditor}, nil},
	{"Supervision", inspectionsPath, "Inspections", inspectionRoles, nil},
	{"Supervision", gradesPath, "Credit grades", gradeRoles, nil},
	{"Supervision", casesPath, "Cases", caseRoles, nil},
	{"Supervision", reportsPath, "My reports", reporterRoles, nil},
	{"Supervision", "/audit", "Audit stream", []access.Role{access.Auditor}, nil},
	{"Statistics", mixPath, "Certificate mix", mixRoles, nil},
	{"Statistics", completionPath, "Course completion form", completionRoles, nil},
	{"This body", receivedPath, "Notices received", staffRoles, nil},
	{"This body", filingsPath, "Filing", []access.Role{access.Scheduler}, nil},
	{"This body", visitsPath, "Inspections of this body", []access.Role{access.Scheduler}, nil},
	{"This body", "/body", "Filed scope", []access.Role{access.Scheduler, access.Author}, nil},
	{"System", "/accounts", "Accounts and grants", []access.Role{access.Administrator}, nil},
	{"System", "/grants", "My grants", access.Grantable, nil},
	{"System", jobsPath, "Background work", []access.Role{access.Administrator}, nil},
	{"Public", "/rules", "Rules in force", nil, nil},
	{"Public", "/calendar", "Working days", nil, nil},
	{"Public", directoryPath, "Directory of evaluation bodies", nil, nil},
	{"Public", "/verify", "Verify a certificate", nil, nil},
	{"Public", exitsPath, "Exits", nil, nil},
	{"Public", complaintPath, "Complaints", nil, nil},
}

func (s *Server) nav(r *request) []navGroup {
	var groups []navGroup
	for _, entry := range navData {
		if !seenBy(r.actor, entry.roles) || entry.path == jobsPath && !r.may("outbox:read", access.Installation) {
			continue
		}
		if len(groups) == 0 || groups[len(groups)-1].Title != r.T(entry.group) {
			title := ""
			if entry.group != "" {
				title = r.T(entry.group)
			}
			groups = append(groups, navGroup{Title: title})
		}
		item := navItem{Path: entry.path, Label: r.T(entry.label), Count: s.waiting(r.Request.Context(), r.actor, entry.waiting)}
		if entry.path == changesPath {
			item.Count = s.changesWaiting(r)
		}
		if count := s.casesWaiting(r, entry.path); count != "" {
			item.Count = count
		}
		if count := s.inspectionsWaiting(r, entry.path); count != "" {
			item.Count = count
		}
		if count := s.centralWaiting(r, entry.path); count != "" {
			item.Count = count
		}
		if entry.path == jobsPath {
			item.Count = s.deadJobs(r)
		}
		path := r.Request.URL.Path
		item.On = path == entry.path || strings.HasPrefix(path, entry.path+"/")
		last := &groups[len(groups)-1]
		last.Items = append(last.Items, item)
	}
	return groups
}

func seenBy(actor access.Actor, roles []access.Role) bool {
	for _, role := range roles {
		if actor.Has(role) {
			return true
		}
	}
	return roles == nil
}

// waitingMost is where counting stops: "99+" says enough.
const waitingMost = 100

func (s *Server) waiting(ctx context.Context, actor access.Actor, states []exam.State) string {
	if states == nil {
		return ""
	}
	list, err := s.Exam.Sittings(ctx, actor, exam.SittingQuery{States: states, Limit: waitingMost})
	switch {
	case err != nil || len(list) == 0:
		return ""
	case len(list) == waitingMost:
		return "99+"
	}
	return strconv.Itoa(len(list))
}

// place is the region or the body that the actor works for, beside the brand.
func (s *Server) place(r *request) string {
	for _, g := range r.actor.Grants {
		if g.Body != "" {
			if body, err := s.Standing.Store.Body(r.Request.Context(), g.Body); err == nil {
				return body.Name
			}
		}
		if g.Region != "" {
			return s.Book.FullName(g.Region)
		}
	}
	return ""
}
