package web

// bureauRoutes lists the pages of the bureau, of auditors and of administrators.
func (s *Server) bureauRoutes() {}
