package web

// roomRoutes lists the pages of the exam room, of practical scoring and of candidates.
func (s *Server) roomRoutes() {
	get, post := s.engine.GET, s.engine.POST
	get("/rooms", s.member(s.showRooms))
	get("/rooms/:sitting/:room", s.member(s.showRoom))
	get("/rooms/:sitting/:room/live", s.member(s.showLive))
	post("/rooms/:sitting/:room", s.member(s.workRoom))
	get("/scoring", s.member(s.showScoring))
	get("/scoring/:sitting", s.member(s.showScoreList))
	get("/scoring/:sitting/:enrolment", s.member(s.showScoreSheet))
	post("/scoring/:sitting/:enrolment", s.member(s.recordScore))
	post("/scoring/:sitting/:enrolment/recusal", s.member(s.recuse))
	get("/room", s.page(s.showDoor))
	post("/room", s.page(s.door(s.showDoor, s.enter)))
	get("/room/wait", s.page(s.inRoom(s.showWait)))
	get(roomPaperPath+":digest", s.page(s.inRoom(s.sendRoomPaper)))
	get(roomReleasePath, s.page(s.inRoom(s.releaseEvents)))
	get(examPath, s.page(s.inRoom(s.showExam)))
	get("/my/login", s.page(s.showMyLogin))
	post("/my/login", s.page(s.door(s.showMyLogin, s.consult)))
	get("/my", s.page(s.candidate("/my/login", s.showMy)))
	get("/my/certificate.pdf", s.page(s.candidate("/my/login", s.myCertificate)))
}
