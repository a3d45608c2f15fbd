package web

// statisticsRoutes lists the counts of a bureau and of a body.
func (s *Server) statisticsRoutes() {
	get := s.engine.GET
	get(completionPath, s.member(s.showCompletion))
	get(completionPath+"/form", s.member(s.showCompletionForm))
	get(completionPath+"/form.pdf", s.member(s.printCompletion))
	get(completionPath+"/export.xlsx", s.member(s.exportCompletion))
}
