package access

// Role is what a person is, in the words of the rule catalogue.
type Role string

// The roles of the rule catalogue.
const (
	Officer       Role = "officer"       // 人社局经办
	Reviewer      Role = "reviewer"      // 人社局复核: the second signature
	Inspector     Role = "inspector"     // 督导, 考核巡查人员
	Keeper        Role = "keeper"        // 保密员
	Standing      Role = "standing"      // 监管专员: filing, violations, blacklist, exit
	Statistician  Role = "statistician"  // 统计
	Industry      Role = "industry"      // 行业主管部门, for its trades
	Setter        Role = "setter"        // 命题(人社): central papers
	Scheduler     Role = "scheduler"     // 考务
	Author        Role = "author"        // 命题
	ItemReviewer  Role = "itemreviewer"  // 审题
	Supervisor    Role = "supervisor"    // 内督
	Invigilator   Role = "invigilator"   // 监考
	Examiner      Role = "examiner"      // 考评员
	Senior        Role = "senior"        // 高级考评员
	Candidate     Role = "candidate"     // 考生
	Auditor       Role = "auditor"       // 审计
	Administrator Role = "administrator" // 管理员
	Client        Role = "client"        // a program with an API token (接口账号)
	system        Role = "system"
)

// Grantable lists the roles that an account can be given: the bureau's, a
// body's, those of the whole installation.
var Grantable = []Role{
	Officer, Reviewer, Inspector, Keeper, Standing, Statistician, Industry, Setter,
	Scheduler, Author, ItemReviewer, Supervisor, Invigilator, Examiner, Senior,
	Auditor, Administrator, Client,
}

var roleNames = map[Role]string{
	Officer: "人社经办", Reviewer: "人社复核", Inspector: "考核巡查", Keeper: "保密员", Standing: "监管专员",
	Statistician: "统计", Industry: "行业主管部门", Setter: "人社命题",
	Scheduler: "考务", Author: "命题", ItemReviewer: "审题", Supervisor: "内督", Invigilator: "监考",
	Examiner: "考评员", Senior: "高级考评员",
	Candidate: "考生", Auditor: "审计", Administrator: "管理员", Client: "接口账号",
}

// Chinese is the role's name on pages.
func (r Role) Chinese() string { return roleNames[r] }

// Scope is where an action happens: the region and the body that a thing
// belongs to, its trade where it has one, and the enrolment, where it is one
// candidate's own.
type Scope struct {
	Region    string
	Body      string
	Trade     string // occupation code, "" for things of no one trade
	Enrolment string
}

// Installation is where the things of the whole installation belong: accounts
// as a stream, background work. It is the province's.
var Installation = Scope{Region: "410000"}

// Actor is who asks: an account with its grants, a program with its token's
// scopes, or a candidate with the one enrolment that the ticket opened.
type Actor struct {
	ID        string // account id, or enrolment id of a candidate
	Name      string
	Grants    []Grant
	Token     []Action // of a program: what its token names
	Enrolment string   // set for candidates only
	From      string   // the network address that asks, "" where it is not known; for records, never for decisions
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
