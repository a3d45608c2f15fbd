package web

import (
	"cmp"
	"slices"

	"github.com/xuri/excelize/v2"

	"kaoping/exam"
	"kaoping/internal/fault"
)

type enrolPage struct {
	exam.Sitting
	Open   bool // candidates can be added and withdrawn
	List   *candidateList
	Judged map[string]exam.Judged // by enrolment
	Report *importReport
	Name   string // as typed by hand
	Number string
	Beside beside
}

// importReport is what came of a sheet, shown once after it was sent.
type importReport struct {
	File     string
	Added    int
	Updated  int // were there already, and have their evidence anew
	Rejected int // rows that did not come in
	Issues   []shownIssue
	More     int // issues that are not shown
}

// issuesMost is how many rows of a report a page shows.
const issuesMost = 500

func (r *request) report(file string, added int, issues []fault.Issue) *importReport {
	slices.SortStableFunc(issues, func(a, b fault.Issue) int { return cmp.Compare(a.Row, b.Row) })
	shown := issues[:min(len(issues), issuesMost)]
	rows := map[int]bool{}
	for _, issue := range issues {
		rows[issue.Row] = true
	}
	return &importReport{File: file, Added: added, Rejected: len(rows), Issues: r.issues(shown), More: len(issues) - len(shown)}
}

func (s *Server) showEnrolment(r *request) error { return s.enrolment(r, nil) }

func (s *Server) enrolment(r *request, report *importReport) error {
	sitting, err := s.Exam.Sitting(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	page := enrolPage{Sitting: sitting, Open: s.sittingMay(r, sitting).Enrol, Report: report, Beside: r.beside()}
	if page.List, err = s.candidates(r, sitting, "/sittings/"+sitting.ID+"/enrolment"); err != nil {
		return err
	}
	page.Judged = map[string]exam.Judged{}
	for _, e := range page.List.Rows {
		page.Judged[e.ID] = exam.Judge(s.Book, sitting, e)
	}
	if r.fault != nil {
		page.Name = r.PostForm("name")
		// What needs mending is shown again; a sound ID number never is.
		if _, err := exam.ParseIDNumber(r.PostForm("id_number"), s.Now()); err != nil {
			page.Number = r.PostForm("id_number")
		}
	}
	return r.render(deskFrame, "enrol", r.T("Enrol candidates"), page)
}

// importCandidates reads a sheet of candidates and reports each row that did
// not come in. Sending it again adds nobody twice.
func (s *Server) importCandidates(r *request) error {
	name, file, err := r.upload("file")
	if err != nil {
		return r.again(err, s.showEnrolment)
	}
	defer file.Close() // it was only read
	rows, issues, err := readRoster(name, file)
	if err != nil {
		return r.again(err, s.showEnrolment)
	}
	enrolled, err := s.Exam.Enrol(r.Request.Context(), r.actor, r.Param("id"), rows)
	if err != nil {
		return r.again(err, s.showEnrolment)
	}
	report := r.report(name, enrolled.Added, append(issues, byColumn(enrolled.Issues)...))
	report.Updated = enrolled.Updated
	return s.enrolment(r, report)
}

// enrolByHand adds one candidate.
func (s *Server) enrolByHand(r *request) error {
	row := exam.Row{Name: r.PostForm("name"), IDNumber: r.PostForm("id_number")}
	report, err := s.Exam.Enrol(r.Request.Context(), r.actor, r.Param("id"), []exam.Row{row})
	if err == nil && len(report.Issues) > 0 {
		err = fault.New(fault.Invalid, "web.enrolByHand", "the candidate was not added").With(report.Issues...)
	}
	if err != nil {
		return r.again(err, s.showEnrolment)
	}
	return r.done("/sittings/"+r.Param("id")+"/enrolment", "The candidate is enrolled.")
}

// sendCandidateTemplate sends the sheet for candidates, with instructions.
func (s *Server) sendCandidateTemplate(r *request) error {
	book := excelize.NewFile()
	defer book.Close() // in memory only
	if err := writeRosterTemplate(book); err != nil {
		return fault.Wrap("web.sendCandidateTemplate", err)
	}
	return fault.Wrap("web.sendCandidateTemplate", r.sendWorkbook("考生报名模板.xlsx", book))
}
