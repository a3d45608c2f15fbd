package access

import (
	"context"
	"slices"

	"kaoping/internal/fault"
)

// Weighed is a grant with what it comes to in a question.
type Weighed struct {
	Grant   Grant
	Verdict Verdict
}

// Explanation is why somebody may do something somewhere, or may not.
type Explanation struct {
	Action   Action
	Scope    Scope
	Allowed  bool
	Disabled bool      // the account is disabled: no grant of it counts
	Grants   []Weighed // every grant, with what it comes to
	Roles    []Role    // that the policy lets do this at all
}

// Explain answers what Decide would, and says what each grant comes to. It
// weighs the grants as Decide does, so the two never differ.
func (p *Policy) Explain(actor Actor, action Action, scope Scope) (Explanation, error) {
	e := Explanation{Action: action, Scope: scope}
	if !slices.Contains(p.actions, action) {
		return e, fault.New(fault.Invalid, "access.Explain", "there is no such action").With(fault.Issue{Column: "action", Text: fault.Textf("there is no such action")})
	}
	for _, role := range Grantable {
		if ok, err := p.may(role, action); err != nil {
			return e, err
		} else if ok {
			e.Roles = append(e.Roles, role)
		}
	}
	places, now := p.lineage(scope.Region), p.now()
	for _, g := range actor.Grants {
		verdict, err := p.weigh(&actor, &g, action, scope, places, now)
		if err != nil {
			return e, err
		}
		if verdict == Elsewhere && !slices.Contains(e.Roles, g.Role) {
			verdict = OtherRole // says more: no place would do
		}
		e.Grants = append(e.Grants, Weighed{g, verdict})
		e.Allowed = e.Allowed || verdict == Allows
	}
	return e, nil
}

// Explain answers for an account: why it may do an action in a scope, or why
// not. Everybody may ask about the own account, an administrator about those
// that they manage (account:manage). Of a program it answers for all its
// tokens together.
func (s *Accounts) Explain(ctx context.Context, actor Actor, id string, action Action, scope Scope) (Explanation, error) {
	a, err := s.Account(ctx, actor, id)
	if err != nil {
		return Explanation{}, err
	}
	asking := Actor{ID: a.ID, Name: a.Name, Grants: a.Grants}
	for _, t := range a.Tokens {
		if t.Good(s.Now()) {
			asking.Token = append(asking.Token, t.Scopes...)
		}
	}
	e, err := s.Policy.Explain(asking, action, scope)
	if err != nil {
		return e, err
	}
	e.Allowed, e.Disabled = false, a.Disabled
	for i, w := range e.Grants {
		stands, err := s.original(ctx, w.Grant)
		if err != nil {
			return e, err
		}
		if w.Verdict == Allows && !stands {
			e.Grants[i].Verdict = Withdrawn
		}
		e.Allowed = e.Allowed || e.Grants[i].Verdict == Allows && !a.Disabled
	}
	return e, nil
}
