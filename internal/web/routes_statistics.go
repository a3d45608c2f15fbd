package web

// statisticsRoutes lists the counts of a bureau and of a body.
func (s *Server) statisticsRoutes() {
	get, post := s.engine.GET, s.engine.POST
	get(mixPath, s.member(s.showMix))
	get(mixPath+"/export.xlsx", s.member(s.exportMix))
	get(queuePath, s.member(s.showQueue))
	post(queuePath+"/:enrolment/release", s.member(s.askRelease))
	post(queuePath+"/:enrolment/approval", s.member(s.approveRelease))
	get(completionPath, s.member(s.showCompletion))
	get(completionPath+"/form", s.member(s.showCompletionForm))
	get(completionPath+"/form.pdf", s.member(s.printCompletion))
	get(completionPath+"/export.xlsx", s.member(s.exportCompletion))
}
