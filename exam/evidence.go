package exam

import "time"

// Mode is how a course was taught.
type Mode string

// The modes of a course.
const (
	OnSite  Mode = "on_site" // 线下
	Blended Mode = "blended" // 线上线下结合
	Online  Mode = "online"  // 纯线上
)

// Modes lists the modes.
var Modes = []Mode{OnSite, Blended, Online}

// Applicant is who applies for the examination (R09).
type Applicant string

// The applicants, in the words of the rulebook.
const (
	ForBody       Applicant = "body"       // a training body for its trainees (培训机构)
	ForEnterprise Applicant = "enterprise" // 企业
	ForSelf       Applicant = "individual" // 劳动者个人
)

// Applicants lists the applicants.
var Applicants = []Applicant{ForBody, ForEnterprise, ForSelf}

// Evidence is what a training course leaves behind about one trainee (培训情况).
// Numbers of class hours and shares are pointers where not knowing differs from 0.
type Evidence struct {
	Course        string
	Begins, Ends  time.Time // legal days, zero when unknown
	Mode          Mode
	Platform      string // of on-line lessons, "" for none
	Hours         *int   // taught class hours (学时), those made up included
	PracticeHours *int   // of them practised on site
	MissedHours   int
	MadeUpHours   int
	Leave         bool      // asked for in writing before (书面请假)
	Consent       bool      // the bureau agreed to the making up
	Recorded      bool      // the making up was recorded in full
	Satisfaction  *int      // of the class, in hundredths of a percent
	RectifiedFrom time.Time // first and last legal day on which the class was put right (整改)
	RectifiedTo   time.Time
	Defects       []string // of on-line training, in the words of the rulebook (R10)
	Applicant     Applicant
	Subsidised    bool
	Previous      *PreviousCourse // the trainee's subsidised course before this one
	By            string          // account id of who gave it
	At            time.Time
}

// PreviousCourse is the subsidised course before (R11).
type PreviousCourse struct {
	Name       string
	ExaminedOn time.Time // zero: not examined
}

// Override lets a candidate sit whom a rule refuses: an officer's reason and
// another person's signature (复核).
type Override struct {
	By, Name     string
	At           time.Time
	Reason       string
	Rules        []string // ids of the rules that refused when it was asked for
	SignedBy     string   // "" while it waits for the second signature
	SignedName   string
	SignedAt     time.Time
	TurnedDown   bool // the second person did not sign
	TurnedReason string
}

// Stands reports whether two people have signed.
func (o *Override) Stands() bool { return o != nil && o.SignedBy != "" && !o.TurnedDown }
