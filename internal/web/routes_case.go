package web

// Where the pages of cases are: of the bureau, of those who report, of the body
// that is the party, and of the public.
const (
	casesPath     = "/cases"
	reportsPath   = "/reports"
	receivedPath  = "/received"
	myCasesPath   = "/my/cases" // a candidate's
	exitsPath     = "/exits"
	complaintPath = "/complaint"
)

// caseRoutes is the work on violations: the bureau's, the reporters', the
// party's and the public's.
func (s *Server) caseRoutes() {
	get, post := s.engine.GET, s.engine.POST
	get(casesPath, s.member(s.showCases))
	get(casesPath+"/export.xlsx", s.member(s.exportCases))
	get(casesPath+"/:id", s.member(s.showCase))
	get(casesPath+"/:id/evidence/:evidence", s.member(s.sendEvidence))
	get(casesPath+"/:id/letters/:kind", s.member(s.showLetter))
	for step, do := range s.caseSteps() {
		post(casesPath+"/:id/"+step, s.member(do))
	}
	get(reportsPath, s.member(s.showReports))
	get(reportsPath+"/new", s.member(s.newReport))
	post(reportsPath+"/new", s.member(s.report))
	get(receivedPath, s.member(s.showReceived))
	get(receivedPath+"/:id", s.member(s.showReceivedCase))
	post(receivedPath+"/:id/:step", s.member(s.answerCase))
	get(myCasesPath+"/:id", s.page(s.candidate("/my/login", s.showMyCase)))
	post(myCasesPath+"/:id/:step", s.page(s.candidate("/my/login", s.answerMyCase)))

	get(exitsPath, s.page(s.showExits))
	get(exitsPath+"/export.xlsx", s.page(s.exportExits))
	get(complaintPath, s.page(s.showComplaint))
	post(complaintPath, s.page(s.complain))
	get(complaintPath+"/receipt", s.page(s.showReceipt))
}
