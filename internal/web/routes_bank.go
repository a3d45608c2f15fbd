package web

// bankRoutes is the item bank, and the body's own filing.
func (s *Server) bankRoutes() {}
