package web

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"kaoping/certify"
	"kaoping/certify/document"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

const completionPath = "/completion"

// completionRoles are who counts examinations: the bureau's, of a region, and
// the scheduler's, of the own body.
var completionRoles = []access.Role{access.Officer, access.Reviewer, access.Statistician, access.Auditor, access.Scheduler}

// tookWords are the lines of the section as the form words them, by track.
var tookWords = map[rulebook.Track]string{
	rulebook.Qualification: "Took the national qualification examination", rulebook.SkillLevel: "Took the skill level evaluation",
	rulebook.SpecialWork: "Took the special operations examination", rulebook.Equipment: "Took the special equipment examination",
	rulebook.SpecialSkill: "Took the special skill examination", rulebook.Completion: "Took the course completion examination",
}

// completionPage is the section with what leads to it and from it.
type completionPage struct {
	certify.Completion
	Regions  []choice
	Days     [2]string
	Lines    []completionLine
	Query    string // of the links to the form and the files
	May      bool   // see the sittings themselves
	Unsigned int
	Signers  string // the inspectors with the day of their last signature
	ExamTime string
	Results  string // whether they are in the system
}

type completionLine struct {
	Label                    string
	Candidates, Certificates int
}

// completionQuery reads what the section is about: from the address, or else
// the own body or region, this year.
func (r *request) completionQuery() certify.CompletionQuery {
	q := certify.CompletionQuery{Sitting: r.Query("sitting"), Body: r.Query("body"), Region: r.Query("region")}
	if q.Sitting == "" && q.Body == "" && q.Region == "" {
		if q.Region = firstOf(r.actor.Regions(completionRoles...)); q.Region == "" {
			q.Body = r.bodyAs(access.Scheduler)
		}
	}
	q.From, q.To = period(parseDay(r.Query("from")), parseDay(r.Query("to")), r.s.Now())
	return q
}

// completion counts the section that the address names.
func (s *Server) completion(r *request) (completionPage, error) {
	q := r.completionQuery()
	c, err := s.Certify.Completion(r.Request.Context(), r.actor, q)
	if err != nil {
		return completionPage{}, err
	}
	page := completionPage{Completion: c, Days: [2]string{sheetDay(q.From), sheetDay(q.To)}, Unsigned: len(c.Sittings) - c.Signed, Signers: r.signers(c), ExamTime: r.examTime(c), Results: r.entered(c)}
	for _, line := range c.Lines {
		page.Lines = append(page.Lines, completionLine{r.T(tookWords[line.Track]), line.Candidates, line.Certificates})
	}
	query := url.Values{}
	switch {
	case q.Sitting != "":
		query.Set("sitting", q.Sitting)
	case q.Body != "":
		query.Set("body", q.Body)
	default:
		query.Set("region", q.Region)
	}
	if q.Sitting == "" {
		query.Set("from", page.Days[0])
		query.Set("to", page.Days[1])
	}
	page.Query = query.Encode()
	return page, nil
}

// signers names the inspectors with the day of their last signature.
func (r *request) signers(c certify.Completion) string {
	var list []string
	for _, signed := range c.Signatures() {
		list = append(list, signed.Name+" "+r.Day(signed.At))
	}
	return strings.Join(list, r.T(", "))
}

// showCompletion shows the examination section for a region, a body or a
// sitting, with the sittings that it counts (R61).
func (s *Server) showCompletion(r *request) error {
	page, err := s.completion(r)
	if err != nil {
		return err
	}
	page.Regions = r.regionsOf("completion:read", page.Region)
	page.May = seenBy(r.actor, completionRoles)
	return r.render(deskFrame, "completion", r.T("Course completion form"), page)
}

// regionsOf are the regions in which the actor may do something, as choices.
func (r *request) regionsOf(action access.Action, chosen string) []choice {
	var list []choice
	for _, region := range r.s.Book.Regions() {
		if region.Code != rulebook.Nation && r.may(action, access.Scope{Region: region.Code}) {
			list = append(list, choice{region.Code, r.s.Book.FullName(region.Code), region.Code == chosen})
		}
	}
	return list
}

// showCompletionForm is the section on paper.
func (s *Server) showCompletionForm(r *request) error {
	page, err := s.completion(r)
	if err != nil {
		return err
	}
	return r.render(printFrame, "completion_form", r.T("Course completion form"), page)
}

// exportCompletion is the section as a workbook: the form, and the sittings.
func (s *Server) exportCompletion(r *request) error {
	page, err := s.completion(r)
	if err != nil {
		return err
	}
	form := table{columns: []column{{r.T("Course completion examination"), 44}, {page.Name, 30}, {r.T("Certificates obtained"), 16}}}
	for _, row := range r.completionRows(page) {
		form.rows = append(form.rows, []any{row.label, row.value, row.certificates})
	}
	list := table{columns: []column{
		{r.T("Title"), 40}, {r.T("Evaluation body"), 30}, {r.T("Region"), 28}, {r.T("Track"), 22}, {r.T("Start"), 18}, {r.T("Enrolled"), 10}, {r.T("Took part"), 10},
		{r.T("Certificates"), 10}, {r.T("Results entered"), 14}, {r.T("Inspector's signature"), 24},
	}}
	for _, sitting := range page.Sittings {
		list.rows = append(list.rows, []any{
			sitting.Title, sitting.BodyName, s.Book.FullName(sitting.Region), r.term(sitting.Track.String()), sheetTime(sitting.StartsAt), sitting.Enrolled, sitting.Candidates,
			sitting.Certificates, r.yesNo(sitting.Entered()), signed(sitting.Signed),
		})
	}
	return r.sendTables(r.T("Course completion form")+" "+page.Name+".xlsx", named{r.T("Course completion form"), form}, named{r.T("Sittings"), list})
}

func signed(by exam.Signature) string {
	if by.By == "" {
		return ""
	}
	return by.Name + " " + sheetDay(by.At)
}

func (r *request) yesNo(yes bool) string {
	if yes {
		return r.T("yes")
	}
	return r.T("no")
}

// completionRow is a line of the section in files: what, its value, and for a
// track the certificates.
type completionRow struct {
	field, label        string
	value, certificates any
}

// completionRows are the fields that the region's form holds, in its order; all
// of them where there is no form.
func (r *request) completionRows(page completionPage) []completionRow {
	rows := []completionRow{{"", r.T("Days"), page.Days[0] + " – " + page.Days[1], nil}}
	add := func(field, label string, value any) {
		if !page.Ruled || page.Holds(field) {
			rows = append(rows, completionRow{field, r.T(label), value, nil})
		}
	}
	add("exam_time", "Time of the examination", page.ExamTime)
	add("candidates", "Candidates who took part", page.Candidates)
	if !page.Ruled || page.Holds("track_candidates") {
		for _, line := range page.Lines {
			rows = append(rows, completionRow{"", line.Label, line.Candidates, line.Certificates})
		}
	}
	add("results_entered", "Results entered in the system", page.Results)
	add("certificates", "Certificates in all", page.Certificates)
	add("inspector_signature", "Inspector's signature", cmp.Or(page.Signers, "—"))
	add("bureau_opinion", "Opinion of the bureau", "")
	return rows
}

// examTime is when the sittings began.
func (r *request) examTime(page certify.Completion) string {
	began, ended := page.Began(), page.Ended()
	if began.Equal(ended) {
		return r.Moment(began)
	}
	return r.Day(began) + " – " + r.Day(ended)
}

// entered says whether the results are in the system, and of how many sittings
// where it is not all.
func (r *request) entered(page certify.Completion) string {
	switch n := len(page.Sittings); {
	case n == 0:
		return "—"
	case page.Entered == n:
		return r.T("yes")
	case page.Entered == 0:
		return r.T("no")
	default:
		return r.T("of %d of %d sittings", page.Entered, n)
	}
}

// printCompletion is the section as a PDF. Refused where no form is set.
func (s *Server) printCompletion(r *request) error {
	const op = "web.printCompletion"
	page, err := s.completion(r)
	if err != nil {
		return err
	}
	if !page.Ruled {
		return fault.New(fault.Refused, op, "no form is set for this region on this day: the numbers are shown on its page")
	}
	form := document.Form{
		Title: r.T("Course completion examination"), Subject: page.Name, Days: page.Days[0] + " – " + page.Days[1], Source: page.Form.Document + " " + page.Form.Clause, At: s.Now(),
	}
	for _, row := range r.completionRows(page)[1:] { // the days stand above
		fact := document.Fact{Label: row.label, Value: fmt.Sprint(row.value), Tall: row.field == "bureau_opinion"}
		if row.certificates != nil {
			fact.Beside = [2]string{r.T("Certificates obtained"), fmt.Sprint(row.certificates)}
		}
		form.Facts = append(form.Facts, fact)
	}
	if page.Sitting == "" {
		form.Columns = []document.Column{
			{Title: r.T("Title"), Share: 0.26}, {Title: r.T("Evaluation body"), Share: 0.22}, {Title: r.T("Start"), Share: 0.16}, {Title: r.T("Took part"), Share: 0.08, Number: true},
			{Title: r.T("Certificates"), Share: 0.08, Number: true}, {Title: r.T("Inspector's signature"), Share: 0.2},
		}
		for _, sitting := range page.Sittings {
			form.Rows = append(form.Rows, []string{sitting.Title, sitting.BodyName, r.Moment(sitting.StartsAt), strconv.Itoa(sitting.Candidates), strconv.Itoa(sitting.Certificates), signed(sitting.Signed)})
		}
	} else {
		form.Days = page.Days[0]
	}
	fonts, err := s.Certify.Fonts()
	if err != nil {
		return err
	}
	content, err := document.RenderForm(form, fonts)
	if err != nil {
		return err
	}
	r.Header("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": r.T("Course completion form") + " " + page.Name + ".pdf"}))
	r.Data(http.StatusOK, "application/pdf", content)
	return nil
}
