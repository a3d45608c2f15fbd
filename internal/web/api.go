package web

// api registers the JSON API under /api/v1.
func (s *Server) api() {}
