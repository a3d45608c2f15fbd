package web

// roomRoutes lists the pages of the exam room, of practical scoring and of candidates.
func (s *Server) roomRoutes() {}
