package web

// publicRoutes lists the pages that need no login.
func (s *Server) publicRoutes() {
	get, post := s.engine.GET, s.engine.POST
	get("/verify", s.page(s.showVerifyForm))
	get("/verify/:number", s.page(s.showVerdict))
	get("/verify/:number/file", s.page(s.leaveFile))
	post("/verify/:number/file", s.page(s.checkFile))
	get("/rules", s.page(s.showRules))
	get("/rules/export.xlsx", s.page(s.exportRules))
	get("/rules/:id", s.page(s.showRule))
	get("/calendar", s.page(s.showCalendar))
	post("/calendar", s.member(s.addYear))
}
