package web

import "kaoping/policies/access"

// Where the pages of inspections are.
const (
	inspectionsPath = "/inspections"
	plansPath       = inspectionsPath + "/plans"
	visitsPath      = "/visits"
	gradesPath      = "/grades"
)

// inspectionRoles see the board and the plans; gradeRoles the grades.
var (
	inspectionRoles = []access.Role{access.Standing, access.Inspector, access.Reviewer, access.Officer, access.Auditor, access.Statistician}
	gradeRoles      = []access.Role{access.Standing, access.Reviewer, access.Officer, access.Auditor}
)

// inspectionRoutes is the work on inspections (检查) and credit grades.
func (s *Server) inspectionRoutes() {
	get, post := s.engine.GET, s.engine.POST
	get(inspectionsPath, s.member(s.showBoardOfInspections))
	get(inspectionsPath+"/export.xlsx", s.member(s.exportInspections))
	get(plansPath, s.member(s.showPlans))
	get(plansPath+"/new", s.member(s.newPlan))
	post(plansPath+"/new", s.member(s.proposePlan))
	get(plansPath+"/:id", s.member(s.showPlan))
	post(plansPath+"/:id/draw", s.member(s.drawPlan))

	get(visitsPath, s.member(s.showVisits))
	get(visitsPath+"/:id", s.member(s.showVisit))
	get(visitsPath+"/:id/record", s.member(s.printVisit))
	post(visitsPath+"/:id/record", s.member(s.noteVisit))
	post(visitsPath+"/:id/photos", s.member(s.addVisitPhoto))
	get(visitsPath+"/:id/photos/:n", s.member(s.sendVisitPhoto))
	post(visitsPath+"/:id/signature", s.member(s.signVisit))
	post(visitsPath+"/:id/findings/:finding", s.member(s.followFinding))

	get(gradesPath, s.member(s.showGrades))
	get(gradesPath+"/:id", s.member(s.showGrade))
	post(gradesPath+"/:id/:step", s.member(s.decideGrade))
	post("/bodies/:id/grade", s.member(s.rateBody))
}
