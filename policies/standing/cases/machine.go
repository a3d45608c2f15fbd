package cases

import (
	"slices"

	"kaoping/internal/fault"
)

// State is where a case stands.
type State string

// The states of a case, in their order.
const (
	Reported  State = "reported"  // 已立项: reported, nothing is proved
	Evidenced State = "evidenced" // 已取证: the party is known and the evidence is complete
	Notified  State = "notified"  // 已告知: the party may state its side
	Heard     State = "heard"     // 已听取: the party was heard, or let its time pass
	Decided   State = "decided"   // 已决定: in force; the party may appeal
	Appealed  State = "appealed"  // 申诉中
	Final     State = "final"     // 已生效终结
	Dismissed State = "dismissed" // 不予处理
	Upheld    State = "upheld"    // 申诉成立: the decision is undone
)

// States lists the states of a case in their order.
var States = []State{Reported, Evidenced, Notified, Heard, Decided, Appealed, Final, Dismissed, Upheld}

// Open lists the states in which somebody must still act.
var Open = []State{Reported, Evidenced, Notified, Heard, Decided, Appealed}

// Ended reports whether nothing can follow.
func (s State) Ended() bool { return !slices.Contains(Open, s) }

// Op is a step that somebody takes in a case.
type Op string

// The steps.
const (
	OpReport    Op = "report"
	OpEvidence  Op = "evidence"  // one more piece of evidence
	OpIdentify  Op = "identify"  // whom it is about
	OpEstablish Op = "establish" // the evidence is complete
	OpDismiss   Op = "dismiss"   // not taken up
	OpNotify    Op = "notify"
	OpState     Op = "state"
	OpSummon    Op = "summon" // a hearing in person is set
	OpHear      Op = "hear"
	OpPropose   Op = "propose"
	OpReturn    Op = "return" // a proposal goes back
	OpApprove   Op = "approve"
	OpDecide    Op = "stand" // the effects stand
	OpAppeal    Op = "appeal"
	OpRuling    Op = "ruling"   // what to do about an appeal is proposed
	OpOverrule  Op = "overrule" // that proposal goes back
	OpRule      Op = "rule"     // it is approved
	OpUphold    Op = "uphold"   // the decision is undone
	OpRectified Op = "rectified"
	OpFinal     Op = "final" // the time for an appeal is over
)

// Ops lists the steps.
var Ops = []Op{OpReport, OpEvidence, OpIdentify, OpEstablish, OpDismiss, OpNotify, OpState, OpSummon, OpHear, OpPropose, OpReturn,
	OpApprove, OpDecide, OpAppeal, OpRuling, OpOverrule, OpRule, OpUphold, OpRectified, OpFinal}

// from is the state machine: the states in which a step can be taken, by the
// kind of case. What is not here cannot be done.
var from = map[Kind]map[Op][]State{
	Violation: {
		OpEvidence:  {Reported, Evidenced, Notified, Heard, Appealed},
		OpIdentify:  {Reported},
		OpEstablish: {Reported},
		OpDismiss:   {Reported},
		OpNotify:    {Evidenced, Heard}, // again, for a heavier measure
		OpState:     {Notified},
		OpSummon:    {Notified},
		OpHear:      {Notified},
		OpPropose:   {Heard},
		OpReturn:    {Heard},
		OpApprove:   {Heard},
		OpDecide:    {Heard},
		OpAppeal:    {Decided},
		OpRuling:    {Appealed},
		OpOverrule:  {Appealed},
		OpRule:      {Appealed},
		OpUphold:    {Appealed},
		OpRectified: {Decided, Appealed, Final},
		OpFinal:     {Decided},
	},
	Repair: {
		OpEvidence:  {Reported, Evidenced},
		OpEstablish: {Reported},
		OpDismiss:   {Reported},
		OpPropose:   {Evidenced},
		OpReturn:    {Evidenced},
		OpApprove:   {Evidenced},
		OpDecide:    {Evidenced},
	},
}

// May reports whether a step can be taken in the case as it stands.
func (c Case) May(op Op) bool { return c.may("", op) == nil }

// may refuses a step out of order, and every step but the last while a decision
// is being carried out.
func (c Case) may(method string, op Op) error {
	if !slices.Contains(from[c.Kind][op], c.State) {
		return fault.New(fault.Refused, method, "the case is %s: this cannot be done now", c.State)
	}
	if c.Deciding() && op != OpDecide && op != OpUphold {
		return fault.New(fault.Refused, method, "the decision is being carried out: read it again in a moment")
	}
	return nil
}
