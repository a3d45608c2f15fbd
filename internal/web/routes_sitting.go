package web

// sittingRoutes is the work around a sitting: notice, candidates, staff, print,
// results, certificates.
func (s *Server) sittingRoutes() {}
