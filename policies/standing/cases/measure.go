package cases

import (
	"slices"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/standing"
)

// MeasureKind is what a decision does to a party, in the words of the rulebook.
type MeasureKind string

// The measures: the ladder for bodies, the tiers for candidates, the rest.
const (
	Interview    MeasureKind = "interview"     // 约谈 (R42)
	Rectify      MeasureKind = "rectify"       // 限期整改 (R42)
	Suspend      MeasureKind = "suspend"       // 暂停 (R42)
	CancelFiling MeasureKind = "cancel_filing" // 取消备案、退出目录 (R33, R42)
	Blacklist    MeasureKind = "blacklist"     // 黑名单 (R33)
	NoSubsidy    MeasureKind = "no_subsidy"    // 不得开展补贴性评价 (R34)

	SubjectVoid MeasureKind = "subject_void" // 该科目成绩无效 (R43)
	Cheating    MeasureKind = "cheating"     // 作弊，本次成绩无效 (R43)
	YearBarred  MeasureKind = "year_barred"  // 成绩全部无效，当年禁考 (R43)
	Heavier     MeasureKind = "heavier"      // 成绩全部无效，从重禁考 (R43)

	StaffBar    MeasureKind = "staff_bar"    // 不得担任考务、考评人员 (K12)
	PlatformBar MeasureKind = "platform_bar" // 平台不得参与补贴培训 (R41)
)

// effect is what a measure does.
type effect struct {
	kind  MeasureKind
	party standing.PartyKind // whom it is for
	bar   standing.BarKind   // "" for none
	acts  []standing.Act     // of the bar; none: every act
	state standing.State     // of the body, "" for unchanged
	void  bool               // the candidate's record
}

// effects lists the measures in the order of their ladders.
var effects = []effect{
	{kind: Interview, party: standing.OfBody},
	{kind: Rectify, party: standing.OfBody, state: standing.Rectifying},
	{kind: Suspend, party: standing.OfBody, bar: standing.Suspension, state: standing.Suspended,
		acts: []standing.Act{standing.ToNotify, standing.ToEnrol, standing.ToStaff, standing.ToAdmit, standing.ToIssue, standing.ToEvaluate}},
	{kind: CancelFiling, party: standing.OfBody, bar: standing.Delisted, state: standing.Exited},
	{kind: Blacklist, party: standing.OfBody, bar: standing.Blacklisted, state: standing.Exited},
	{kind: NoSubsidy, party: standing.OfBody, bar: standing.Exclusion, acts: []standing.Act{standing.ToSubsidy}},
	{kind: SubjectVoid, party: standing.OfPerson, void: true},
	{kind: Cheating, party: standing.OfPerson, void: true},
	{kind: YearBarred, party: standing.OfPerson, void: true, bar: standing.Exclusion, acts: barredCandidate},
	{kind: Heavier, party: standing.OfPerson, void: true, bar: standing.Exclusion, acts: barredCandidate},
	{kind: StaffBar, party: standing.OfPerson, bar: standing.Exclusion, acts: []standing.Act{standing.ToStaff, standing.ToScore}},
	{kind: PlatformBar, party: standing.OfPlatform, bar: standing.Exclusion, acts: []standing.Act{standing.ToTrain, standing.ToSubsidy}},
}

var barredCandidate = []standing.Act{standing.ToEnrol, standing.ToAdmit, standing.ToIssue}

// MeasureKinds lists the measures that there are for a kind of party, from the
// lightest.
func MeasureKinds(party standing.PartyKind) []MeasureKind {
	var list []MeasureKind
	for _, e := range effects {
		if e.party == party {
			list = append(list, e.kind)
		}
	}
	return list
}

// effect returns what the measure does; a kind that is none does nothing.
func (k MeasureKind) effect() effect {
	i := slices.IndexFunc(effects, func(e effect) bool { return e.kind == k })
	if i < 0 {
		return effect{}
	}
	return effects[i]
}

// Exits reports whether a body leaves by the measure.
func (k MeasureKind) Exits() bool { return k.effect().state == standing.Exited }

// Voids reports whether the measure voids a candidate's record.
func (k MeasureKind) Voids() bool { return k.effect().void }

// Acts lists what the measure's bar forbids; none means every act, and bars is
// false for a measure without a bar.
func (k MeasureKind) Acts() (acts []standing.Act, bars bool) {
	e := k.effect()
	return e.acts, e.bar != ""
}

// State is where the measure puts a body, "" for where it is.
func (k MeasureKind) State() standing.State { return k.effect().state }

// Part is a part of a candidate's record.
type Part string

// The parts that one subject can be.
const (
	Theory    Part = "theory"
	Practical Part = "practical"
)

// Measure is one measure of a decision.
type Measure struct {
	Kind    MeasureKind
	By      time.Time // of Rectify: the last legal day
	Until   time.Time // end of the bar's term, exclusive; zero: until it is lifted
	Part    Part      // of SubjectVoid
	Running standing.RunningChoice
	Revoke  []string   // numbers of certificates that are revoked
	Rule    fault.Rule // that it goes by
}
