package exam

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// examining are the roles that score a practical part.
var examining = []access.Role{access.Examiner, access.Senior}

// register is the person of a body's register who works with an account.
func register(body standing.Body, account string) (standing.Staff, bool) {
	at := slices.IndexFunc(body.Staff, func(p standing.Staff) bool { return account != "" && p.Account == account })
	if at < 0 {
		return standing.Staff{}, false
	}
	return body.Staff[at], true
}

// qualified says why an account may not examine in a sitting on a day: without
// the role, or by R19 for its trade and level. Whom the body's register knows
// is asked for a certificate of the trade; who is not on it, for the role:
// senior examiners examine every level. Where no rule names the levels, the role is all.
func (s *Service) qualified(body standing.Body, sitting Sitting, account access.Account, day time.Time) *fault.Issue {
	holds := func(role access.Role) bool { return account.Holds(role, sitting.Body, day) }
	if !slices.ContainsFunc(examining, holds) {
		return &fault.Issue{Column: "examiners", Text: fault.Textf("an examiner must hold that role in this body")}
	}
	levels, set := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "examiner_levels")
	if !set {
		return nil
	}
	junior := levels.Has(fmt.Sprint(int(min(sitting.Level, rulebook.JuniorWorker)))) // an apprentice is below them
	person, known := register(body, account.ID)
	if !known {
		if junior || holds(access.Senior) {
			return nil
		}
		return &fault.Issue{Column: "examiners", Rule: levels.Rule, Text: fault.Textf("%s is no senior examiner: level %s is examined by senior examiners", account.Name, sitting.Level)}
	}
	valid := func(p standing.Proof) bool { return !rulebook.Day(day).After(rulebook.Day(p.Until)) }
	covers := func(p standing.Proof) bool { return p.Trade == sitting.Trade && (p.Senior || junior) }
	switch {
	case slices.ContainsFunc(person.Proofs, func(p standing.Proof) bool { return covers(p) && valid(p) }):
		return nil
	case slices.ContainsFunc(person.Proofs, covers):
		return &fault.Issue{Column: "examiners", Rule: levels.Rule, Text: fault.Textf("the examiner's certificate of %s is no longer valid on %s", person.Name, rulebook.Day(day))}
	default:
		return &fault.Issue{Column: "examiners", Rule: levels.Rule, Text: fault.Textf("%s has no examiner's certificate for this trade at level %s", person.Name, sitting.Level)}
	}
}

// checkExaminers names what is wrong with a sitting's examiners: their number
// (R17), role, certificate and level, and those who stand too near to a
// candidate (R19). It asks the gate about everybody who works in the sitting:
// who is barred is refused at once.
func (s *Service) checkExaminers(ctx context.Context, sitting Sitting, list []Enrolment) ([]fault.Issue, error) {
	var issues []fault.Issue
	if least, n := s.number(sitting, "examiners_least"), len(sitting.Examiners); n < least || n%2 == 0 {
		issues = append(issues, fault.Issue{Rule: "R17", Column: "examiners", Text: fault.Textf("at least %d examiners and an odd number are needed, %d are given", least, n)})
	}
	body, err := s.Bodies.Body(ctx, sitting.Body)
	if err != nil {
		return nil, err
	}
	for _, id := range sitting.staff() {
		if err := s.clearStaff(ctx, standing.ToStaff, body, id); err != nil {
			return nil, err
		}
	}
	for _, id := range sitting.Examiners {
		account, err := s.People.Account(ctx, id)
		if fault.Is(err, fault.NotFound) {
			account, err = access.Account{ID: id}, nil
		}
		if err != nil {
			return nil, err
		}
		if issue := s.qualified(body, sitting, account, sitting.StartsAt); issue != nil {
			issues = append(issues, *issue)
			continue
		}
		for _, e := range list {
			if rule, recused := s.recused(sitting, e, id); recused {
				issues = append(issues, fault.Issue{Rule: rule.Rule, Column: "examiners", Text: fault.Textf("%s does not examine %s (%s), for kinship or for having taught the class", account.Name, e.Name, e.Ticket)})
				break
			}
		}
	}
	return issues, nil
}

// clearStaff asks the gate about a person whom the body's register knows.
func (s *Service) clearStaff(ctx context.Context, act standing.Act, body standing.Body, account string) error {
	person, known := register(body, account)
	if !known || person.IDHash == "" {
		return nil
	}
	return s.Gate.Clear(ctx, act, standing.PersonParty(person.IDHash))
}

// mayScore refuses an examiner who may not score a record now: barred, without
// a valid certificate (R19) on the day of the examination, or recused.
func (s *Service) mayScore(ctx context.Context, op string, actor access.Actor, sitting Sitting, e Enrolment) error {
	if rule, recused := s.recused(sitting, e, actor.ID); recused {
		return fault.New(fault.Refused, op, "you do not examine this candidate, for kinship or for having taught the class").By(rule.Cite())
	}
	body, err := s.Bodies.Body(ctx, sitting.Body)
	if err != nil {
		return err
	}
	if err := s.clearStaff(ctx, standing.ToScore, body, actor.ID); err != nil {
		return err
	}
	account, err := s.People.Account(ctx, actor.ID)
	if err != nil {
		return err
	}
	issue := s.qualified(body, sitting, account, sitting.StartsAt)
	if issue == nil {
		return nil
	}
	refusal := &fault.Error{Code: fault.Refused, Op: op, Message: issue.Text}
	if rule, set := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "examiner_levels"); set && issue.Rule != "" {
		return refusal.By(rule.Cite())
	}
	return refusal
}

// number is a rule's number for a sitting, 0 where the region sets none.
func (s *Service) number(sitting Sitting, name string) int {
	p, set := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, name)
	if !set {
		return 0
	}
	return p.Int()
}
