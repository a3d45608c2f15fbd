package exam

import (
	"context"
	"slices"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Nearness is why an examiner does not examine a candidate (回避事由).
type Nearness string

// The reasons of R19.
const (
	Kin    Nearness = "kin"    // 亲属
	Taught Nearness = "taught" // 考培分离: taught the class
)

// nearRules are the parameters that a reason is a rule by.
var nearRules = map[Nearness]string{Kin: "recusal_of_kin", Taught: "teaching_apart_from_examining"}

// Recusal says that an examiner does not examine a candidate (回避, R19).
type Recusal struct {
	Account string // of the examiner
	Name    string
	Why     Nearness
	By      string // account id of who declared it
	At      time.Time
}

// Recuse declares that an examiner does not examine a candidate (R19): by the
// examiner (practical:score) or the scheduler (sitting:staff), until results are
// published. In a sitting that is under way the other examiners score the
// candidate. Refused once the examiner has scored it, or when nobody would be left.
func (s *Service) Recuse(ctx context.Context, actor access.Actor, enrolment, account string, why Nearness) (Enrolment, error) {
	const op = "exam.Recuse"
	if nearRules[why] == "" {
		return Enrolment{}, fault.New(fault.Invalid, op, "an examiner is kin of the candidate, or taught the class").With(fault.Issue{Column: "why", Text: fault.Textf("an examiner is kin of the candidate, or taught the class")})
	}
	person, err := s.People.Account(ctx, account)
	if err != nil {
		return Enrolment{}, fault.Wrap(op, err)
	}
	action := access.Action("sitting:staff")
	if actor.ID == account {
		action = "practical:score"
	}
	var after Enrolment
	err = s.changeEnrolment(ctx, enrolment, func(e *Enrolment) (audit.Entry, error) {
		sitting, err := s.sittingFor(ctx, actor, action, e.Sitting)
		if err != nil {
			return audit.Entry{}, err
		}
		if err := sitting.in(op, Drafted, Returned, Notified, Accepted, Staffed, Sealed, Unsealed, Running, Closed, Marked); err != nil {
			return audit.Entry{}, err
		}
		if !slices.ContainsFunc(examining, func(role access.Role) bool { return person.Holds(role, sitting.Body, sitting.StartsAt) }) {
			return audit.Entry{}, fault.New(fault.Refused, op, "an examiner must hold that role in this body")
		}
		if err := s.recuse(sitting, e, Recusal{account, person.Name, why, actor.ID, s.Now()}); err != nil {
			return audit.Entry{}, err
		}
		entry := s.entry(actor, sitting.ID, "enrolment/"+e.ID, "examiner:recuse")
		entry.Rule, entry.Note = "R19", "examiner="+account+" why="+string(why)
		after = *e
		return entry, nil
	})
	return after, fault.Wrap(op, err)
}

func (s *Service) recuse(sitting Sitting, e *Enrolment, r Recusal) error {
	const op = "exam.Recuse"
	by := func(x PracticalScore) bool { return x.Examiner == r.Account }
	if slices.ContainsFunc(e.Practical.Scores, by) || slices.ContainsFunc(e.Practical.Before, by) {
		return fault.New(fault.Refused, op, "%s has scored this candidate already: report it to the bureau", r.Name)
	}
	if slices.ContainsFunc(e.Recusals, func(old Recusal) bool { return old.Account == r.Account && old.Why == r.Why }) {
		return fault.New(fault.Refused, op, "this is declared already")
	}
	e.Recusals = append(slices.Clip(e.Recusals), r)
	if slices.Contains([]State{Running, Closed, Marked}, sitting.State) {
		if len(s.scorers(sitting, *e)) == 0 {
			return fault.New(fault.Refused, op, "nobody would be left to examine this candidate")
		}
		s.combine(sitting, *e, &e.Practical)
	}
	return nil
}

// recused reports whether an examiner does not examine a candidate, by a rule
// that the region sets (R19).
func (s *Service) recused(sitting Sitting, e Enrolment, account string) (rulebook.Param, bool) {
	for _, r := range e.Recusals {
		if r.Account != account {
			continue
		}
		if rule, set := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, nearRules[r.Why]); set && rule.Flag() {
			return rule, true
		}
	}
	return rulebook.Param{}, false
}

// Scorers is how many examiners score a candidate: all but those recused.
func (s *Service) Scorers(sitting Sitting, e Enrolment) int { return len(s.scorers(sitting, e)) }

// scorers are the examiners of a sitting who score a candidate.
func (s *Service) scorers(sitting Sitting, e Enrolment) []string {
	return slices.DeleteFunc(slices.Clone(sitting.Examiners), func(id string) bool {
		_, recused := s.recused(sitting, e, id)
		return recused
	})
}
