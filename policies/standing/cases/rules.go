package cases

import (
	"slices"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// The parameters that cases go by. No source document sets the days (K11) nor
// the terms (K12): they are assumptions that a region can override.
const (
	evidenceDays  = "case_evidence_days"
	noticeDays    = "case_notice_days"
	statementDays = "case_statement_days"
	decisionDays  = "case_decision_days"
	appealDays    = "case_appeal_days"
	answerDays    = "case_appeal_answer_days"
)

// terms are the terms of bars by measure.
var terms = map[MeasureKind]string{YearBarred: "year_barred_years", Heavier: "heavier_barred_years", StaffBar: "staff_barred_years"}

// due is the last legal day of a step that begins now, zero where the region
// sets none.
func (s *Service) due(region, name string, now time.Time) (day time.Time, rule string) {
	p, ok := s.Book.At(region, now, "", name)
	if !ok {
		return time.Time{}, ""
	}
	return s.Book.AddDays(now, p.Int(), p.Unit).Day, p.Rule
}

// deadlines are the parameters of the party's deadlines, by the step that sets them.
var deadlines = map[Op]string{OpNotify: statementDays, OpDecide: appealDays}

// deadline finds the rule that set the party's deadline when a step was taken
// for the last time; ok is false where the region had none.
func (s *Service) deadline(c Case, what Op) (p rulebook.Param, ok bool) {
	for _, st := range slices.Backward(c.Steps) {
		if st.What == what {
			return s.Book.At(c.Region, st.At, "", deadlines[what])
		}
	}
	return p, false
}

// DeadlineRule is the rule that set the party's deadline by a step, "" for none.
func (s *Service) DeadlineRule(c Case, what Op) string {
	p, _ := s.deadline(c, what)
	return p.Rule
}

// late is the refusal of what came after the party's deadline, by its rule.
func (s *Service) late(op string, c Case, what Op, format string, day time.Time) error {
	refusal := fault.New(fault.Late, op, format, day)
	if p, ok := s.deadline(c, what); ok {
		return refusal.By(p.Cite())
	}
	return refusal
}

// dayAfter reports whether now is on a later legal day than day.
func dayAfter(day, now time.Time) bool { return rulebook.Day(now).After(rulebook.Day(day)) }

// norule is the refusal of a measure that a region's rules do not have.
func norule(region string, kind MeasureKind) error {
	return fault.New(fault.Refused, "cases.basis", "no rule in force in %s has the measure %s", region, kind)
}

// basis finds the rule of a measure as it stands in the case's region (Refused
// where none has it) and the end of its term, where the rule sets one. Rules are
// those of the day of the discovery for R34 and R41, of today for the rest.
func (s *Service) basis(c Case, m Measure, now time.Time) (Measure, error) {
	const op = "cases.basis"
	name := s.Book.FullName(c.Region)
	at := func(day time.Time, param string) (rulebook.Param, bool) { return s.Book.At(c.Region, day, "", param) }
	has := func(param, word string) (p rulebook.Param, ok bool) {
		p, ok = at(now, param)
		return p, ok && p.Has(word)
	}
	var p rulebook.Param
	ok := false
	switch m.Kind {
	case Interview, Rectify, Suspend:
		p, ok = has("measures", string(m.Kind))
	case Blacklist:
		p, ok = has("serious_problem_measures", "blacklist")
	case CancelFiling:
		for _, word := range []string{"delist", "exit"} {
			if !ok {
				p, ok = has("serious_problem_measures", word)
			}
		}
		if !ok {
			p, ok = has("measures", string(m.Kind))
		}
	case NoSubsidy:
		if p, ok = at(now, "problems_bar_since"); ok {
			if since := p.Date(); c.Found.Before(since) {
				return m, fault.New(fault.Refused, op, "this bar is for problems found since %s; this one was found on %s", since, rulebook.Day(c.Found)).By(p.Cite())
			}
		}
	case PlatformBar:
		if p, ok = at(c.Found, "platform_ban"); ok {
			m.Until = platformTerm(p.Term(), c)
		}
	case SubjectVoid, Cheating, YearBarred, Heavier:
		p, ok = has("candidate_measures", string(m.Kind))
	case StaffBar:
		p, ok = at(now, terms[StaffBar])
	}
	if !ok {
		return m, norule(name, m.Kind)
	}
	m.Rule = p.Cite()
	if term, set := at(now, terms[m.Kind]); set && terms[m.Kind] != "" {
		m.Until = rulebook.Day(now).AddDate(term.Int(), 0, 0)
	}
	return m, nil
}

// platformTerm is the end of a platform's bar: years from the breach, or from
// its discovery; zero where the rule sets no end. One that is over bars nobody.
func platformTerm(term rulebook.Term, c Case) time.Time {
	if term.N == 0 {
		return time.Time{}
	}
	day := c.Happened
	if term.From == "discovery" {
		day = c.Found
	}
	return rulebook.Day(day).AddDate(term.N, 0, 0)
}

// ladder lists the measures that can be decided in the case today, from the
// lightest.
func (s *Service) ladder(c Case, now time.Time) []Measure {
	var list []Measure
	for _, kind := range MeasureKinds(c.Party.Kind) {
		if kind.Voids() && c.Enrolment == "" {
			continue
		}
		if m, err := s.basis(c, Measure{Kind: kind}, now); err == nil {
			list = append(list, m)
		}
	}
	return list
}
