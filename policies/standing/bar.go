package standing

import (
	"slices"
	"time"

	"kaoping/internal/fault"
)

// PartyKind says whom a bar is about.
type PartyKind string

// The kinds of parties.
const (
	OfBody     PartyKind = "body"     // an evaluation body, by its id
	OfPerson   PartyKind = "person"   // a candidate, examiner or other person, by the keyed hash of the ID number
	OfPlatform PartyKind = "platform" // an on-line training platform (R41), by its name
)

// Party is whom a bar is about. People are matched by the hash of their ID
// number only: a name alone never blocks anybody.
type Party struct {
	Kind PartyKind
	Key  string
}

// String is the party as it is looked up: "body/01J…".
func (p Party) String() string { return string(p.Kind) + "/" + p.Key }

// The parties as gates name them: BodyParty by id, PersonParty by the keyed hash of
// the ID number, PlatformParty by name.
func BodyParty(id string) Party       { return Party{OfBody, id} }
func PersonParty(idHash string) Party { return Party{OfPerson, idHash} }
func PlatformParty(name string) Party { return Party{OfPlatform, name} }

// Act is what a gate is asked about, at its own moment.
type Act string

// The acts that a bar can forbid.
const (
	ToNotify   Act = "notify"   // give notice of a sitting (报备)
	ToEnrol    Act = "enrol"    // enrol, or be enrolled
	ToStaff    Act = "staff"    // be set to work in a sitting
	ToAdmit    Act = "admit"    // enter a room, or have one running
	ToScore    Act = "score"    // record a practical score
	ToConfirm  Act = "confirm"  // have results confirmed
	ToIssue    Act = "issue"    // issue a certificate, or be issued one
	ToTrain    Act = "train"    // have training count as evidence
	ToSubsidy  Act = "subsidy"  // take part in subsidised evaluation (R34)
	ToEvaluate Act = "evaluate" // be filed at all
)

// Acts lists the acts.
var Acts = []Act{ToNotify, ToEnrol, ToStaff, ToAdmit, ToScore, ToConfirm, ToIssue, ToTrain, ToSubsidy, ToEvaluate}

// BarKind is the measure that a bar carries out.
type BarKind string

// The kinds of bars.
const (
	Blacklisted BarKind = "blacklisted" // 黑名单 (R33)
	Delisted    BarKind = "delisted"    // 退出目录, by cancelling the filing (R33, R42)
	Suspension  BarKind = "suspension"  // 暂停 (R42)
	Exclusion   BarKind = "exclusion"   // 禁考, 禁评, 不得参与补贴: named acts for a term (R34, R41, R43)
)

// RunningChoice is what becomes of a body's sittings that run at the instant of
// its exit; the decision chooses.
type RunningChoice string

// The choices.
const (
	FinishSupervised RunningChoice = "finish" // go on to the end, under an inspector's eyes
	VoidRunning      RunningChoice = "void"   // end now; nothing counts
)

// The jobs that follow from a body's bar, and from the end of one; the key is
// the bar's id. Their handlers are idempotent.
const (
	ExitJob    = "body-exit"    // sittings cancelled, candidates told and moved, certificates held
	RestoreJob = "body-restore" // certificates that were held are issued
)

// Bar is one entry that keeps a party from acts, from its instant on (黑名单、
// 禁止条目). It never ends by itself unless it has a term, and is never
// deleted: it is lifted.
type Bar struct {
	ID      string
	Version int
	Party   Party
	Kind    BarKind
	Acts    []Act     // empty: every act
	Name    string    // of the party, as officers see it
	Region  string    // whose decision it is; the bar holds everywhere
	From    time.Time // the instant of the decision
	Until   time.Time // end of the term, exclusive; zero: until it is lifted
	Rule    fault.Rule
	Case    string        // the case that decided it
	Reason  string        // as the public may read it (R66)
	Public  bool          // on the public exit list
	Running RunningChoice // for a body that leaves
	Revoke  []string      // numbers of issued certificates that the decision names
	Lifted  time.Time
	LiftBy  string // the decision that lifted it: appeal, repair, correction
}

// Holds reports whether the bar keeps its party from an act at a moment.
func (b Bar) Holds(act Act, at time.Time) bool {
	return !at.Before(b.From) && (b.Until.IsZero() || at.Before(b.Until)) && (b.Lifted.IsZero() || at.Before(b.Lifted)) &&
		(len(b.Acts) == 0 || slices.Contains(b.Acts, act))
}

// BarQuery selects bars; empty fields select all.
type BarQuery struct {
	Parties []Party
	Case    string
	Public  bool // only those on the public list
	Region  string
	Before  string // id of the last one of the page before
	Limit   int
}
