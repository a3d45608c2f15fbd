package web

import (
	"slices"

	"kaoping/bank"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
)

type resultsPage struct {
	exam.Sitting
	Rows                []resultRow
	Examiners           []string // names, over the columns
	Tally               tally
	TheoryMean          string
	PracticalMean       string
	TheoryMark          bank.Points
	PracticalMark       bank.Points
	MarkRule            string
	Foreseen            *shown // why the results would not be confirmed, or the certificates not issued
	Published           bool
	Missing             int // came, but have no practical score
	MayPublish, Confirm bool
	MayIssue            bool
}

// resultRow is one candidate's results.
type resultRow struct {
	exam.Enrolment
	Sheets      []*exam.PracticalScore // by examiner; nil until all have scored
	Scored      int
	Of          int // examiners who score the candidate
	Certificate *certify.Certificate
	Waits       int // place in the queue for the cap (R06), 0 for none
}

func (s *Server) showResults(r *request) error { return s.results(r, r.Param("id")) }

func (s *Server) results(r *request, id string) error {
	page, err := s.resultsOf(r, id)
	if err != nil {
		return err
	}
	return r.render(deskFrame, "results", page.Title, page)
}

func (s *Server) resultsOf(r *request, id string) (resultsPage, error) {
	ctx := r.Request.Context()
	sitting, list, err := s.Exam.Results(ctx, r.actor, id)
	if err != nil {
		return resultsPage{}, err
	}
	may := s.sittingMay(r, sitting)
	page := resultsPage{Sitting: sitting, Tally: tallyOf(list), Published: published(sitting), MayPublish: may.Publish, Confirm: may.Confirm}
	if may.Confirm {
		page.Foreseen = s.foresee(r, sittingMay{Confirm: true}, sitting)
	}
	page.MayIssue = sitting.State == exam.Confirmed && r.may("certificate:issue", sitting.Scope())
	if page.MayIssue && r.fault == nil {
		page.Foreseen = r.foreseen("The certificates cannot be issued", s.Certify.IssueRefusal(ctx, sitting))
	}
	mark, rule := s.Exam.PassMark(sitting)
	page.TheoryMark, page.PracticalMark, page.MarkRule = mark, mark, rule.Rule
	if sitting.Paper != "" {
		paper, err := s.Bank.Brief(ctx, sitting.Paper)
		if err != nil {
			return page, err
		}
		page.TheoryMark = max(mark, paper.PassMark)
	}
	names, err := s.Exam.StaffNames(ctx, r.actor, sitting)
	if err != nil {
		return page, err
	}
	for _, examiner := range sitting.Examiners {
		page.Examiners = append(page.Examiners, names[examiner])
	}
	certificates, err := s.certificatesOf(r, sitting, len(list))
	if err != nil {
		return page, err
	}
	waits := map[string]int{}
	if sitting.State == exam.Confirmed {
		turns, err := s.Certify.WaitingOf(ctx, r.actor, sitting.ID)
		if err != nil {
			return page, err
		}
		for _, turn := range turns {
			waits[turn.Enrolment] = turn.Now
		}
	}
	var theory, practical []bank.Points
	for _, e := range list {
		row := resultRow{Enrolment: e, Scored: len(e.Practical.Scores), Of: s.Exam.Scorers(sitting, e), Certificate: certificates[e.ID], Waits: waits[e.ID]}
		if e.Practical.Mean != nil {
			practical = append(practical, *e.Practical.Mean)
			row.Sheets = sheetsBy(sitting.Examiners, e.Practical.Scores)
		}
		if e.Theory != nil {
			theory = append(theory, *e.Theory)
			if e.Practical.Mean == nil {
				page.Missing++
			}
		}
		page.Rows = append(page.Rows, row)
	}
	page.TheoryMean, page.PracticalMean = mean(theory), mean(practical)
	return page, nil
}

// sheetsBy puts scores in the order of the examiners.
func sheetsBy(examiners []string, scores []exam.PracticalScore) []*exam.PracticalScore {
	sheets := make([]*exam.PracticalScore, len(examiners))
	for i := range scores {
		if at := slices.Index(examiners, scores[i].Examiner); at >= 0 {
			sheets[at] = &scores[i]
		}
	}
	return sheets
}

// mean is the mean of scores to the nearest tenth, "—" of none.
func mean(scores []bank.Points) string {
	if len(scores) == 0 {
		return "—"
	}
	sum := 0
	for _, p := range scores {
		sum += int(p)
	}
	n := 10 * len(scores)
	return bank.Points((2*sum + n) / (2 * n) * 10).String()
}

// certificatesOf finds a sitting's certificates by enrolment.
func (s *Server) certificatesOf(r *request, sitting exam.Sitting, most int) (map[string]*certify.Certificate, error) {
	found := map[string]*certify.Certificate{}
	if sitting.State != exam.Confirmed || !r.may("certificate:read", sitting.Scope()) {
		return found, nil
	}
	list, err := s.Certify.Certificates(r.Request.Context(), r.actor, certify.Query{Sitting: sitting.ID, Limit: most + 1})
	for i := range list {
		found[list[i].Enrolment] = &list[i]
	}
	return found, err
}

// exportResults sends the results as a sheet.
func (s *Server) exportResults(r *request) error {
	page, err := s.resultsOf(r, r.Param("id"))
	if err != nil {
		return err
	}
	t := table{columns: []column{{r.T("Ticket number"), 20}, {r.T("Name"), 14}, {r.T("ID number"), 22}, {r.T("Seat"), 14}, {r.T("Theory"), 10}}}
	for _, name := range page.Examiners {
		t.columns = append(t.columns, column{r.T("Practical") + " · " + name, 16})
	}
	t.columns = append(t.columns, column{r.T("Practical mean"), 12}, column{r.T("Outcome"), 10}, column{r.T("Certificate"), 26})
	for _, row := range page.Rows {
		cells := []any{row.Ticket, row.Name, row.IDMasked, seat(row.Enrolment), number(row.Theory)}
		for i := range page.Examiners {
			var cell any
			if row.Sheets != nil && row.Sheets[i] != nil && !row.Sheets[i].Absent {
				cell = number(&row.Sheets[i].Total)
			}
			cells = append(cells, cell)
		}
		cells = append(cells, number(row.Practical.Mean))
		var outcome, certificate any
		if row.Outcome != "" {
			outcome = r.T("state " + string(row.Outcome))
		}
		if row.Certificate != nil {
			certificate = row.Certificate.Number
		}
		t.rows = append(t.rows, append(cells, outcome, certificate))
	}
	return r.sendTable(page.Title+".xlsx", t)
}

// number is points as a sheet's number.
func number(p *bank.Points) any {
	if p == nil {
		return nil
	}
	return float64(*p) / 100
}

// issueCertificate issues what confirmation left out: a record whose
// certificate could not be made at the time.
func (s *Server) issueCertificate(r *request) error {
	ctx := r.Request.Context()
	e, err := s.Exam.Enrolment(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	c, err := s.Certify.Issue(ctx, r.actor, e.ID)
	if err == nil && c.State == certify.Waits {
		return r.done("/sittings/"+e.Sitting+"/results", "The certificate waits for the cap and is issued in its turn.")
	}
	if err == nil && c.State != certify.Issued {
		err = fault.New(fault.Unavailable, "web.issueCertificate", "the certificate is being made: try again shortly")
	}
	if err != nil {
		return r.again(err, func(r *request) error { return s.results(r, e.Sitting) })
	}
	return r.done("/sittings/"+e.Sitting+"/results", "The certificate is issued.")
}
