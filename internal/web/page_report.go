package web

import (
	"strings"
	"time"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing/cases"
)

// reportPage is the form of a report.
type reportPage struct {
	About     string // body, record, person or platform
	Bodies    []choice
	Regions   []choice
	Record    *exam.Enrolment // the candidate that it is about, where one was chosen
	Sitting   string          // id of the sitting that it happened in
	Where     string          // its title
	Today     string
	MayRead   bool
	TitleMost int
	Beside    beside
}

// newReport is the form in which staff report a violation. A link from a
// candidate or a sitting fills in what it is about.
func (s *Server) newReport(r *request) error {
	if !seenBy(r.actor, reporterRoles) {
		return s.Policy.Decide(r.actor, "case:report", access.Scope{})
	}
	ctx := r.Request.Context()
	asked := func(name string) string {
		if r.PostForm(name) != "" {
			return r.PostForm(name)
		}
		return r.Query(name)
	}
	page := reportPage{About: asked("about"), Sitting: asked("sitting"), Today: s.Now().In(rulebook.Shanghai).Format(time.DateOnly), TitleMost: cases.TitleMost, Beside: r.beside()}
	if id := asked("enrolment"); id != "" {
		e, err := s.Exam.Store.Enrolment(ctx, id)
		if err != nil {
			return err
		}
		if err := s.mayReport(r, e.Scope()); err != nil {
			return err
		}
		page.Record, page.Sitting = &e, e.Sitting
		if page.About == "" {
			page.About = "record"
		}
	}
	if page.Sitting != "" {
		sitting, err := s.Exam.Sitting(ctx, r.actor, page.Sitting)
		if err != nil {
			return err
		}
		page.Where = sitting.Title
	}
	var err error
	if page.Bodies, err = s.bodyChoices(r, asked("body")); err != nil {
		return err
	}
	if page.About == "" && len(page.Bodies) > 0 {
		page.About = "body"
	}
	for _, code := range r.actor.Regions(reporterRoles...) {
		for _, region := range s.Book.Regions() {
			if region.Code != rulebook.Nation && s.Book.Covers(code, region.Code) {
				page.Regions = append(page.Regions, choice{region.Code, s.Book.FullName(region.Code), region.Code == asked("region")})
			}
		}
	}
	return r.render(deskFrame, "report", r.T("Report a violation"), page)
}

// mayReport refuses who may not report what happened somewhere.
func (s *Server) mayReport(r *request, where access.Scope) error {
	return s.Policy.Decide(r.actor, "case:report", access.Scope{Region: where.Region, Body: where.Body})
}

// report opens a case and leads to it, or to the list of own reports.
func (s *Server) report(r *request) error {
	in := r.reportForm()
	if in.Region == "" && in.Sitting == "" && in.Body == "" && in.Enrolment == "" {
		if body := r.bodyAs(reporterRoles...); body != "" {
			own, err := s.Standing.Body(r.Request.Context(), r.actor, body)
			if err != nil {
				return r.again(err, s.newReport)
			}
			in.Region = own.Region
		}
	}
	c, err := s.Cases.Report(r.Request.Context(), r.actor, in)
	if err != nil {
		return r.again(err, s.newReport)
	}
	if r.may("case:read", c.Scope()) {
		return r.done(casesPath+"/"+c.ID, "The report is recorded.")
	}
	return r.done(reportsPath, "The report is recorded.")
}

// showReports lists what the actor has reported, and how far it is.
func (s *Server) showReports(r *request) error {
	if !seenBy(r.actor, reporterRoles) {
		return s.Policy.Decide(r.actor, "case:report", access.Scope{})
	}
	list, err := s.Cases.Reported(r.Request.Context(), r.actor, cases.Query{After: r.Query("after"), Limit: rowsMost + 1})
	if err != nil {
		return err
	}
	list, pages := paged(r, reportsPath, "after", list, func(x cases.Case) string { return x.Rank })
	return r.render(deskFrame, "reports", r.T("My reports"), map[string]any{
		"Rows": s.caseRows(list), "Pager": pages, "MayRead": seenBy(r.actor, caseRoles),
	})
}

// complaintPage is the form of the public.
type complaintPage struct {
	Regions []choice
	Beside  beside
}

// showComplaint is the form in which anybody complains (投诉举报). It asks for
// nothing about the person who does.
func (s *Server) showComplaint(r *request) error {
	page := complaintPage{Beside: r.beside()}
	for _, region := range s.Book.Regions() {
		if region.Code != rulebook.Nation {
			page.Regions = append(page.Regions, choice{region.Code, s.Book.FullName(region.Code), region.Code == r.PostForm("region")})
		}
	}
	return r.render(plainFrame, "complaint", r.T("Complaints"), page)
}

// complain records a complaint and shows its receipt.
func (s *Server) complain(r *request) error {
	in := cases.Report{Region: r.PostForm("region"), Name: r.PostForm("name"), Title: r.PostForm("title"), Text: r.PostForm("text"), Happened: parseDay(r.PostForm("happened"))}
	c, err := s.Cases.Complain(r.Request.Context(), r.ClientIP(), in)
	if err != nil {
		return r.again(err, s.showComplaint)
	}
	return r.done(complaintPath+"/receipt?number="+c.ID, "The complaint is recorded.")
}

// receiptPage says how far a complaint is.
type receiptPage struct {
	Asked   string
	Receipt *cases.Receipt
}

// showReceipt shows how far a complaint is to who has its receipt.
func (s *Server) showReceipt(r *request) error {
	page := receiptPage{Asked: strings.TrimSpace(r.Query("number"))}
	if page.Asked != "" {
		receipt, err := s.Cases.Receipt(r.Request.Context(), page.Asked)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil {
			page.Receipt = &receipt
		} else {
			s.note(r.FullPath(), err)
			r.fault = err
		}
	}
	return r.render(plainFrame, "receipt", r.T("Complaints"), page)
}
