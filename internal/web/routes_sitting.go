package web

// sittingRoutes is the work around a sitting: notice, candidates, staff, print,
// results, certificates.
func (s *Server) sittingRoutes() {
	get, post := s.engine.GET, s.engine.POST
	get("/sittings", s.member(s.showSittings))
	get("/sittings/export.xlsx", s.member(s.exportSittings))
	get("/sittings/new", s.member(s.newSitting))
	post("/sittings/new", s.member(s.draftSitting))
	get("/sittings/:id", s.member(s.showSitting))
	get("/sittings/:id/edit", s.member(s.editSitting))
	post("/sittings/:id/edit", s.member(s.redraftSitting))
	post("/sittings/:id/notify", s.member(s.act(s.Exam.Notify, "The notice is submitted.", s.showSitting)))
	post("/sittings/:id/accept", s.member(s.act(s.Exam.Accept, "The notice is accepted.", s.showSitting)))
	post("/sittings/:id/return", s.member(s.returnSitting))
	post("/sittings/:id/sign", s.member(s.signSitting))
	post("/sittings/:id/publish", s.member(s.act(s.Exam.Publish, "The results are published.", s.showResults)))
	post("/sittings/:id/confirm", s.member(s.act(s.Exam.Confirm, "The results are confirmed; the certificates follow.", s.showSitting)))
	get("/sittings/:id/enrolment", s.member(s.showEnrolment))
	post("/sittings/:id/enrolment", s.member(s.enrolByHand))
	post("/sittings/:id/enrolment/import", s.member(s.importCandidates))
	get("/sittings/:id/staff", s.member(s.showStaff))
	post("/sittings/:id/staff", s.member(s.staff))
	get("/sittings/:id/tickets", s.member(s.print("tickets", "Admission tickets")))
	get("/sittings/:id/signin", s.member(s.print("signin", "Sign-in sheets")))
	get("/sittings/:id/scoresheet", s.member(s.print("scoresheet", "Blank score sheets")))
	get("/sittings/:id/results", s.member(s.showResults))
	get("/sittings/:id/results.xlsx", s.member(s.exportResults))
	get("/enrolments/template.xlsx", s.member(s.sendCandidateTemplate))
	get("/enrolments/:id", s.member(s.showCandidate))
	get("/enrolments/:id/photo", s.member(s.showPhoto))
	post("/enrolments/:id/photo", s.member(s.setPhoto))
	post("/enrolments/:id/withdraw", s.member(s.withdraw))
	post("/enrolments/:id/certificate", s.member(s.issueCertificate))
	get("/certificates", s.member(s.showCertificates))
	get("/certificates/export.xlsx", s.member(s.exportCertificates))
	get("/certificates/:file", s.member(s.sendCertificate))
}
