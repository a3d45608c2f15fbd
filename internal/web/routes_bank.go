package web

// bankRoutes is the item bank, and the body's own filing.
func (s *Server) bankRoutes() {
	get, post := s.engine.GET, s.engine.POST
	get("/items", s.member(s.showItems))
	get("/items/export.xlsx", s.member(s.exportItems))
	get("/items/template.xlsx", s.member(s.sendItemTemplate))
	get("/items/import", s.member(s.showItemImport))
	post("/items/import", s.member(s.importItems))
	get("/blueprints", s.member(s.showBlueprints))
	post("/blueprints", s.member(s.saveBlueprint))
	get("/blueprints/new", s.member(s.newBlueprint))
	get("/blueprints/:id", s.member(s.showBlueprint))
	post("/blueprints/:id", s.member(s.saveBlueprint))
	post("/blueprints/:id/papers", s.member(s.drawPaper))
	get("/papers", s.member(s.showPapers))
	get("/papers/:id", s.member(s.showPaper))
	get("/papers/:id/print", s.member(s.printPaper))
	get("/body", s.member(s.showBody))
}
