package exam

import (
	"slices"
	"strings"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// Eligibility is what the rules say of a candidate (资格).
type Eligibility string

// The answers, from best to worst.
const (
	Eligible      Eligibility = "eligible"       // 合格
	NeedsEvidence Eligibility = "needs_evidence" // 待补材料
	Ineligible    Eligibility = "refused"        // 不合格
)

// Finding is one rule's objection, with its clause.
type Finding struct {
	Answer Eligibility
	Rule   rulebook.Param
	Text   fault.Text
}

// Judged is a candidate's eligibility with every rule that stands against it.
type Judged struct {
	Answer     Eligibility
	Findings   []Finding
	Overridden bool // two officers let the candidate sit all the same
}

// Judge asks every rule of training evidence (R04, R08–R13) about a record, as
// the rules are on the sitting's day in its region. Where a region sets no rule
// nothing is asked, and a candidate who comes from no course is asked only for
// a course completion examination. It is pure.
func Judge(book *rulebook.Book, sitting Sitting, e Enrolment) Judged {
	j := judge{book: book, sitting: sitting, evidence: e.Evidence}
	if e.Evidence != nil || sitting.Track == rulebook.Completion {
		if j.evidence == nil {
			j.evidence = &Evidence{}
		}
		j.hours()
		j.blended()
		j.online()
		j.defects()
		j.previous()
		j.missed()
		j.satisfaction()
	}
	result := Judged{Answer: Eligible, Findings: j.findings}
	for _, f := range j.findings {
		if result.Answer != Ineligible {
			result.Answer = f.Answer
		}
	}
	if result.Answer != Eligible && e.Override.Stands() {
		result.Answer, result.Overridden = Eligible, true
	}
	return result
}

// Refusal is the first objection as a gate says it, nil for who is eligible.
func (j Judged) Refusal(op string) error {
	if j.Answer == Eligible {
		return nil
	}
	var issues []fault.Issue
	first := j.Findings[0]
	for _, f := range j.Findings {
		issues = append(issues, fault.Issue{Column: f.Rule.Rule, Text: f.Text, Rule: f.Rule.Rule})
		if f.Answer == Ineligible && first.Answer != Ineligible {
			first = f
		}
	}
	refusal := &fault.Error{Code: fault.Refused, Op: op, Message: first.Text}
	return refusal.By(first.Rule.Cite()).With(issues...)
}

// judge collects findings about one record.
type judge struct {
	book     *rulebook.Book
	sitting  Sitting
	evidence *Evidence
	findings []Finding
}

func (j *judge) rule(name string) (rulebook.Param, bool) {
	return j.book.At(j.sitting.Region, j.sitting.StartsAt, j.sitting.Track, name)
}

func (j *judge) refuse(p rulebook.Param, format string, args ...any) {
	j.findings = append(j.findings, Finding{Ineligible, p, fault.Textf(format, args...)})
}

func (j *judge) ask(p rulebook.Param, format string, args ...any) {
	j.findings = append(j.findings, Finding{NeedsEvidence, p, fault.Textf(format, args...)})
}

// hours is R04: the taught hours of a course that can only end in a training certificate.
func (j *judge) hours() {
	least, set := j.rule("completion_hours_least")
	switch {
	case !set || j.sitting.Track != rulebook.Completion:
	case j.evidence.Hours == nil:
		j.ask(least, "the taught class hours are not given: at least %d are needed", least.Int())
	case *j.evidence.Hours < least.Int():
		j.refuse(least, "the course has %d class hours, at least %d are needed", *j.evidence.Hours, least.Int())
	}
}

// blended is R08: on-site practice, and examinations in fixed months.
func (j *judge) blended() {
	least, set := j.rule("blended_practice_hours_least")
	if !set || !j.mode(least, Blended) || !j.ofTrade("blended_trades") {
		return
	}
	switch {
	case j.evidence.PracticeHours == nil:
		j.ask(least, "the class hours of on-site practice are not given: at least %d are needed", least.Int())
	case *j.evidence.PracticeHours < least.Int():
		j.refuse(least, "the course has %d class hours of on-site practice, at least %d are needed", *j.evidence.PracticeHours, least.Int())
	}
	months, set := j.rule("blended_exam_months")
	if month := j.sitting.StartsAt.In(rulebook.Shanghai).Month(); set && !slices.Contains(months.Months(), month) {
		j.refuse(months, "blended courses are examined in months %s only, the sitting is in month %d", months.Value, int(month))
	}
}

// online is R09: who may apply after a purely on-line course.
func (j *judge) online() {
	who, set := j.rule("online_only_applicants")
	if !set || !j.mode(who, Online) || !j.ofTrade("online_only_trades") {
		return
	}
	switch {
	case j.evidence.Applicant == "":
		j.ask(who, "who applies is not given")
	case !who.Has(string(j.evidence.Applicant)):
		j.refuse(who, "after a purely on-line course only enterprises and workers themselves apply")
	}
}

// mode reports whether the course was taught in a mode; not knowing asks once.
func (j *judge) mode(p rulebook.Param, mode Mode) bool {
	if j.evidence.Mode == "" && !slices.ContainsFunc(j.findings, func(f Finding) bool { return f.Text.Format == modeUnknown }) {
		j.ask(p, modeUnknown)
	}
	return j.evidence.Mode == mode
}

const modeUnknown = "how the course was taught is not given: on site, blended or on line"

// ofTrade reports whether the rule is about the sitting's trade: every trade
// where the region lists none.
func (j *judge) ofTrade(list string) bool {
	names, set := j.rule(list)
	if !set {
		return true
	}
	trade, err := j.book.Trade(j.sitting.Trade)
	return err == nil && slices.ContainsFunc(names.Names(), func(name string) bool {
		short, _, _ := strings.Cut(name, "（") // 电子商务师（含跨境电子商务师）
		return short == trade.Name
	})
}

// defects is R10: what makes on-line training void.
func (j *judge) defects() {
	set, ok := j.rule("online_defects")
	if !ok || j.evidence.Mode != Online && j.evidence.Mode != Blended {
		return
	}
	for _, defect := range j.evidence.Defects {
		if set.Has(defect) {
			j.refuse(set, "the on-line training counts as void: %s", fault.Text{Format: j.word("online_defects", defect)})
		}
	}
}

// word is a word of a parameter as a sentence.
func (j *judge) word(name, word string) string {
	declared, err := j.book.Declared(name)
	if err != nil || declared.Words[word] == "" {
		return word
	}
	return declared.Words[word]
}

// previous is R11: the subsidised course before must be examined, a month ago.
func (j *judge) previous() {
	months, set := j.rule("previous_course_months")
	before := j.evidence.Previous
	if !set || !j.evidence.Subsidised || before == nil {
		return
	}
	first := rulebook.Day(before.ExaminedOn).AddDate(0, months.Int(), 0)
	switch {
	case before.ExaminedOn.IsZero():
		j.refuse(months, "the subsidised course before this one was not examined")
	case j.evidence.Begins.IsZero():
		j.ask(months, "the first day of the course is not given")
	case rulebook.Day(j.evidence.Begins).Before(first):
		j.refuse(months, "the course before was examined on %s: the next subsidised one could begin on %s", rulebook.Day(before.ExaminedOn), first)
	}
}

// missed is R12: missed hours are made up, as the region wants it.
func (j *judge) missed() {
	how, set := j.rule("makeup_before_completion")
	if !set || j.evidence.MissedHours == 0 {
		return
	}
	if left := j.evidence.MissedHours - j.evidence.MadeUpHours; left > 0 {
		j.refuse(how, "%d missed class hours are not made up", left)
		return
	}
	switch how.Word() {
	case "written_leave":
		if !j.evidence.Leave {
			j.refuse(how, "hours are made up after leave was asked for in writing")
		}
	case "bureau_consent":
		if !j.evidence.Consent {
			j.refuse(how, "hours are made up with the consent of the bureau")
		}
	case "fully_recorded":
		if !j.evidence.Recorded {
			j.refuse(how, "the making up of hours is recorded in full")
		}
	}
}

// satisfaction is R13: below the threshold a region may pause the examination
// until rectification is over. Where it stops new classes, nothing is said here.
func (j *judge) satisfaction() {
	effect, set := j.rule("satisfaction_effect")
	least, known := j.rule("satisfaction_least")
	if !set || !known || effect.Word() != "pause_examination" {
		return
	}
	if j.evidence.Satisfaction == nil {
		j.ask(least, "the satisfaction of the class is not given")
		return
	}
	if *j.evidence.Satisfaction >= least.Ratio() {
		return
	}
	if j.rectified() {
		return
	}
	j.refuse(least, "%s of the class were satisfied, less than %s: the examination pauses until the class is put right",
		rulebook.Percent(*j.evidence.Satisfaction), least.Value)
}

// rectified reports whether the class was put right for as long as the region
// asks, before the sitting's day.
func (j *judge) rectified() bool {
	months, set := j.rule("satisfaction_rectify_months")
	from, to := j.evidence.RectifiedFrom, j.evidence.RectifiedTo
	if from.IsZero() || to.IsZero() || rulebook.Day(j.sitting.StartsAt).Before(rulebook.Day(to)) {
		return false
	}
	return !set || !rulebook.Day(to).Before(rulebook.Day(from).AddDate(0, months.Int(), 0))
}
