package web

// routes is every address; each kind of work lists its own.
func (s *Server) routes() {
	s.health()
	get, post := s.engine.GET, s.engine.POST
	get("/assets/:name", s.serveAsset)
	get("/", s.page(s.home))
	get("/login", s.page(s.showLogin))
	post("/login", s.page(s.door(s.showLogin, s.login)))
	post("/logout", s.page(s.logout))
	post("/language", s.page(s.switchLanguage))
	s.sittingRoutes()
	s.bankRoutes()
	s.bureauRoutes()
	s.accessRoutes()
	s.roomRoutes()
	s.publicRoutes()
	s.caseRoutes()
	s.filingRoutes()
	s.inspectionRoutes()
	s.centralRoutes()
	s.statisticsRoutes()
	s.api()
}
