package web

// publicRoutes lists the pages that need no login.
func (s *Server) publicRoutes() {}
