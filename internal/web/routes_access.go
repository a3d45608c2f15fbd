package web

// accessRoutes lists the pages of accounts, grants and why.
func (s *Server) accessRoutes() {
	get, post := s.engine.GET, s.engine.POST
	get("/accounts", s.member(s.showAccounts))
	get("/accounts/new", s.member(s.showNewAccount))
	post("/accounts/new", s.member(s.createAccount))
	get("/accounts/:id", s.member(s.showAccount))
	post("/accounts/:id", s.member(s.changeAccount))
	get("/grants", s.member(s.showGrants))
	post("/grants", s.member(s.lend))
	get("/why", s.member(s.showWhy))
}
