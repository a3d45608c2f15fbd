package web

import (
	"mime"
	"net/http"
	"net/url"
	"strings"

	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
)

type certificatesPage struct {
	Rows    []certify.Certificate
	Pager   pager
	Text    string
	Sitting *exam.Sitting // of the filter
	Export  string
}

func certificateQuery(r *request) certify.Query {
	return certify.Query{Text: strings.TrimSpace(r.Query("q")), Sitting: r.Query("sitting"), After: r.Query("after")}
}

func (s *Server) showCertificates(r *request) error {
	ctx := r.Request.Context()
	q := certificateQuery(r)
	q.Limit = rowsMost + 1
	list, err := s.Certify.Certificates(ctx, r.actor, q)
	if err != nil {
		return err
	}
	list, pages := paged(r, "/certificates", "after", list, func(x certify.Certificate) string { return x.Number })
	page := certificatesPage{Rows: list, Text: q.Text, Pager: pages}
	filter := url.Values{}
	if q.Text != "" {
		filter.Set("q", q.Text)
	}
	if q.Sitting != "" {
		sitting, err := s.Exam.Sitting(ctx, r.actor, q.Sitting)
		if err != nil {
			return err
		}
		page.Sitting = &sitting
		filter.Set("sitting", q.Sitting)
	}
	page.Export = address("/certificates/export.xlsx", filter)
	return r.render(deskFrame, "certificates", r.T("Certificates"), page)
}

// exportCertificates sends the list as the ledger that bureaus keep (证书台账).
func (s *Server) exportCertificates(r *request) error {
	q := certificateQuery(r)
	q.After, q.Limit = "", exportMost
	list, err := s.Certify.Certificates(r.Request.Context(), r.actor, q)
	if err != nil {
		return err
	}
	t := table{columns: []column{
		{r.T("Certificate number"), 28}, {r.T("Name"), 14}, {r.T("ID number"), 22}, {r.T("Trade"), 20}, {r.T("Level"), 16},
		{r.T("Evaluation body"), 30}, {r.T("Issued on"), 14}, {r.T("State"), 10}, {"SHA-256", 66},
	}}
	for _, c := range list {
		t.rows = append(t.rows, []any{c.Number, c.Name, c.IDMasked, c.TradeName, r.term(c.Level.String()), c.BodyName, sheetDay(c.IssuedOn), r.T("state " + string(c.State)), c.SHA256})
	}
	return r.sendTable(r.T("Certificates")+".xlsx", t)
}

// sendCertificate shows the document of a certificate in the browser.
func (s *Server) sendCertificate(r *request) error {
	number, ok := strings.CutSuffix(r.Param("file"), ".pdf")
	if !ok {
		return fault.New(fault.NotFound, "web.sendCertificate", "there is no such page")
	}
	return r.sendDocument(number, "inline")
}

// sendDocument answers with a certificate's document, or sends the browser to
// it where browsers reach the store themselves.
func (r *request) sendDocument(number, disposition string) error {
	ctx, header := r.Request.Context(), documentHeader(number, disposition)
	link, err := r.s.Certify.Link(ctx, r.actor, number, header)
	if err != nil {
		return err
	}
	if link != "" {
		r.Redirect(http.StatusSeeOther, link)
		return nil
	}
	content, err := r.s.Certify.Document(ctx, r.actor, number)
	if err != nil {
		return err
	}
	r.Header("Content-Disposition", header)
	r.Data(http.StatusOK, "application/pdf", content)
	return nil
}

// documentHeader is the Content-Disposition of a certificate's document.
func documentHeader(number, disposition string) string {
	return mime.FormatMediaType(disposition, map[string]string{"filename": number + ".pdf"})
}
