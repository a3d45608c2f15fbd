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
	post("/sittings/:id/publish", s.member(s.act(s.Exam.Publish, "The results are published.", s.showSitting)))
	post("/sittings/:id/confirm", s.member(s.act(s.Exam.Confirm, "The results are confirmed; the certificates follow.", s.showSitting)))
}
