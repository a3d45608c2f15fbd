package web

// bureauRoutes lists the pages of the bureau, of auditors and of administrators.
func (s *Server) bureauRoutes() {
	get, post := s.engine.GET, s.engine.POST
	get("/notices", s.member(s.showNotices))
	get("/confirmations", s.member(s.showConfirmations))
	get("/bodies", s.member(s.showBodies))
	get("/bodies/export.xlsx", s.member(s.exportBodies))
	get("/bodies/:id", s.member(s.showFiledBody))
	get(changesPath, s.member(s.showChanges))
	get(changesPath+"/new", s.member(s.showProposal))
	post(changesPath+"/new", s.member(s.propose))
	get(changesPath+"/:id", s.member(s.showChange))
	post(changesPath+"/:id", s.member(s.decideChange))
	get("/audit", s.member(s.showAudit))
	get("/audit/accounts", s.member(s.showStream))
	get("/audit/jobs", s.member(s.showStream))
	get("/audit/:kind/:id", s.member(s.showStream))
	get(jobsPath, s.member(s.showJobs))
	post(jobsPath+"/retry", s.member(s.retryJobs))
}
