package central

import (
	"slices"
	"time"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/internal/vault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// State is where a paper stands.
type State string

// The states of a central paper.
const (
	Drafted   State = "drafted"   // 命制中
	Submitted State = "submitted" // 待审
	Returned  State = "returned"  // 已退回
	Reviewed  State = "reviewed"  // 已审定
	Sealing   State = "sealing"   // 封存中: the first keeper's hand is on it
	Sealed    State = "sealed"    // 已封存
	Unsealing State = "unsealing" // 启封中
	Unsealed  State = "unsealed"  // 已启封
	Revoked   State = "revoked"   // 已作废
)

// States lists the states in the order in which a paper walks them.
var States = []State{Drafted, Returned, Submitted, Reviewed, Sealing, Sealed, Unsealing, Unsealed, Revoked}

// The letters of the forms.
const (
	FormA = "A"
	FormB = "B" // 备用卷
)

// Letters lists the forms; every paper has all of them before it is submitted.
var Letters = []string{FormA, FormB}

// Paper is a central paper. It serves every sitting of its track, trade and
// level that starts at its hour in its region or below.
type Paper struct {
	ID       string
	Version  int
	Region   string // of the bureau that sets it
	Track    rulebook.Track
	Trade    string
	Level    rulebook.Level
	Name     string
	StartsAt time.Time   // the hour at which it is sat
	Minutes  int         // of the theory part
	PassMark bank.Points // 60 to 100 points (R15)
	Partial  bool        // as in bank.Blueprint
	State    State

	SetBy      string
	SetAt      time.Time
	ReviewedBy string
	ReviewedAt time.Time
	Reason     string // of a return or a revocation

	Forms       []Form // by letter
	Current     string // letter of the form that is sat
	Choice      Choice // for attempts begun on form A, once form B took its place
	Sealed      []Hand
	Replacement *Replacement // the last one proposed

	Openings int // how often its content was opened before the release
	Copies   int // printed
	Refusals int // refused tries of staff
}

// Form is one of a paper's two forms, all of it unreadable without the keys.
type Form struct {
	Letter    string
	Content   []byte        // Content, sealed
	Key       vault.Wrapped // what opens Content
	Room      []byte        // RoomPaper, sealed; made when the paper is sealed
	RoomKey   vault.Wrapped // what opens Room
	Digest    string        // SHA-256 of Content as stored, hex
	Questions int
	Tasks     int
	Unsealed  []Hand
}

// Hand is one keeper's part in sealing or unsealing.
type Hand struct {
	Account string
	Name    string
	At      time.Time
	From    string // network address
}

// Choice is what becomes of attempts already begun when a form is replaced.
type Choice string

// The choices; the rulebook says which a region allows.
const (
	Restart Choice = "restart" // begin again on the backup form, with the full time
	Finish  Choice = "finish"  // finish on the form that they began
)

// Replacement is a proposal to replace the form that is sat by the backup
// form, or to revoke the paper, and what became of it. The officer proposes,
// the reviewer approves.
type Replacement struct {
	Revoke     bool // the whole paper, rather than its form A
	By         string
	At         time.Time
	Reason     string
	Choice     Choice // "" with Revoke
	ApprovedBy string
	ApprovedAt time.Time
	Declined   bool // ApprovedBy turned it down
}

// Pending reports whether the proposal waits for its second signature.
func (r *Replacement) Pending() bool { return r != nil && r.ApprovedBy == "" }

// Replaced reports whether the backup form took the place of the first.
func (p Paper) Replaced() bool { return p.Current == FormB }

// Scope is where the paper belongs, for access.Decide.
func (p Paper) Scope() access.Scope { return access.Scope{Region: p.Region, Trade: p.Trade} }

// Ends is when a sitting that began at the paper's hour ends.
func (p Paper) Ends() time.Time { return p.StartsAt.Add(time.Duration(p.Minutes) * time.Minute) }

// Approved reports whether the paper can be given to sittings: reviewed or
// later, and not revoked.
func (p Paper) Approved() bool {
	return slices.Contains([]State{Reviewed, Sealing, Sealed, Unsealing, Unsealed}, p.State)
}

// Form returns a form by its letter (NotFound).
func (p *Paper) Form(letter string) (*Form, error) {
	for i := range p.Forms {
		if p.Forms[i].Letter == letter {
			return &p.Forms[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "central.Form", "the paper has no form %s", letter)
}

// UnsealedAt is when the last keeper unsealed a form, zero if that is not so.
func (p Paper) UnsealedAt(letter string, keepers int) time.Time {
	form, err := p.Form(letter)
	if err != nil || len(form.Unsealed) < keepers {
		return time.Time{}
	}
	return form.Unsealed[len(form.Unsealed)-1].At
}

// in refuses unless the paper is in one of the states.
func (p Paper) in(op string, states ...State) error {
	if slices.Contains(states, p.State) {
		return nil
	}
	return fault.New(fault.Refused, op, "the paper is %s: this cannot be done now", p.State)
}

func accounts(hands []Hand) []string {
	list := make([]string, len(hands))
	for i, h := range hands {
		list[i] = h.Account
	}
	return list
}
