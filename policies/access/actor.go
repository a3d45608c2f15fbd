package access

// Role is what a person is, in the words of the rule catalogue.
type Role string

// The roles of this release.
const (
	Officer       Role = "officer"       // 人社局经办
	Scheduler     Role = "scheduler"     // 考务
	Author        Role = "author"        // 命题
	Invigilator   Role = "invigilator"   // 监考
	Examiner      Role = "examiner"      // 考评员
	Candidate     Role = "candidate"     // 考生
	Auditor       Role = "auditor"       // 审计
	Administrator Role = "administrator" // 管理员
	system        Role = "system"
)

// Grantable lists the roles that an account can be given.
var Grantable = []Role{Officer, Scheduler, Author, Invigilator, Examiner, Auditor, Administrator}

var roleNames = map[Role]string{
	Officer: "人社经办", Scheduler: "考务", Author: "命题", Invigilator: "监考", Examiner: "考评员",
	Candidate: "考生", Auditor: "审计", Administrator: "管理员",
}

// Chinese is the role's name on pages.
func (r Role) Chinese() string { return roleNames[r] }

// Grant gives a role in a region (with its sub-regions) or in one body, never both.
type Grant struct {
	Role   Role
	Region string // region code, "" for a grant in a body
	Body   string // body id, "" for a grant in a region
}

// Scope is where an action happens: the region and the body that a thing
// belongs to, and the enrolment, where it is one candidate's own.
type Scope struct {
	Region    string
	Body      string
	Enrolment string
}

// Actor is who asks: an account with its grants, or a candidate with the one
// enrolment that the ticket opened.
type Actor struct {
	ID        string // account id, or enrolment id of a candidate
	Name      string
	Grants    []Grant
	Enrolment string // set for candidates only
}

// System is kaoping itself.
func System() Actor { return Actor{ID: "system", Name: "kaoping", Grants: []Grant{{Role: system}}} }

// Anonymous reports whether nobody is logged in.
func (a Actor) Anonymous() bool { return a.ID == "" }

// Has reports whether the actor holds the role anywhere: for menus, never for decisions.
func (a Actor) Has(role Role) bool {
	for _, g := range a.Grants {
		if g.Role == role {
			return true
		}
	}
	return role == Candidate && a.Enrolment != ""
}

// Body is the first body that the actor is granted a role in, "" if none.
func (a Actor) Body() string {
	for _, g := range a.Grants {
		if g.Body != "" {
			return g.Body
		}
	}
	return ""
}

// Regions lists the regions that the actor holds one of the roles in.
func (a Actor) Regions(roles ...Role) []string {
	var list []string
	for _, g := range a.Grants {
		for _, role := range roles {
			if g.Role == role && g.Region != "" {
				list = append(list, g.Region)
			}
		}
	}
	return list
}
