package web

import "kaoping/policies/access"

// Where the pages of central papers are.
const (
	centralPath = "/central-papers"
	custodyPath = "/custody"
)

// centralRoles see the list of central papers; custodyRoles what is to be
// sealed and unsealed.
var (
	centralRoles = []access.Role{access.Setter, access.Keeper, access.Officer, access.Reviewer, access.Auditor}
	custodyRoles = []access.Role{access.Keeper}
)

// centralRoutes is the work on central papers (统一命题, R05).
func (s *Server) centralRoutes() {
	get, post := s.engine.GET, s.engine.POST
	get(centralPath, s.member(s.showCentralPapers))
	get(centralPath+"/new", s.member(s.newCentralPaper))
	post(centralPath+"/new", s.member(s.createCentralPaper))
	get(centralPath+"/template.xlsx", s.member(s.sendItemTemplate))
	get(centralPath+"/:id", s.member(s.showCentralPaper))
	get(centralPath+"/:id/edit", s.member(s.editCentralPaper))
	post(centralPath+"/:id/edit", s.member(s.redraftCentralPaper))
	get(centralPath+"/:id/forms/:form", s.member(s.showCentralForm))
	post(centralPath+"/:id/forms/:form", s.member(s.putCentralForm))
	post(centralPath+"/:id/forms/:form/content", s.member(s.inspectCentralForm))
	post(centralPath+"/:id/submit", s.member(s.submitCentralPaper))
	post(centralPath+"/:id/review", s.member(s.reviewCentralPaper))
	post(centralPath+"/:id/return", s.member(s.returnCentralPaper))
	post(centralPath+"/:id/seal", s.member(s.sealCentralPaper))
	post(centralPath+"/:id/unseal", s.member(s.unsealCentralPaper))
	post(centralPath+"/:id/print", s.member(s.printCentralPaper))
	get(centralPath+"/:id/replacement", s.member(s.showReplacement))
	post(centralPath+"/:id/replacement", s.member(s.proposeReplacement))
	post(centralPath+"/:id/replacement/approve", s.member(s.approveReplacement))
	post(centralPath+"/:id/replacement/decline", s.member(s.declineReplacement))
	get(custodyPath, s.member(s.showCustody))
}
