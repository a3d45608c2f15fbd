package access

import (
	"context"
	"slices"

	"kaoping/internal/fault"
)

// Loan is a grant that its holder lends to a colleague for a time (委托).
type Loan struct {
	Original string // key of the holder's own grant
	To       string // the colleague's login name
	Grant    Grant  // place, trades and days; an empty place or trades are the original's
}

// Delegate lends one of the actor's own grants (grant:delegate by its role) to
// a colleague: an account that has a grant of its own in the same region.
// Refused when it would go further than the original in place, trades or days,
// when it is itself lent, and by the separation of duties. It ends with the
// original, whatever its days: that is looked up at every request.
func (s *Accounts) Delegate(ctx context.Context, actor Actor, loan Loan) error {
	const op = "access.Delegate"
	original, err := s.own(ctx, actor, loan.Original)
	if err != nil {
		return err
	}
	lent := loan.Grant
	lent.Role, lent.DelegatedBy = original.Role, actor.ID
	if lent.Region == "" && lent.Body == "" {
		lent.Region, lent.Body = original.Region, original.Body
	}
	if len(lent.Trades) == 0 {
		lent.Trades = slices.Clone(original.Trades)
	}
	if err := lent.check(); err != nil {
		return err
	}
	switch {
	case lent.From.IsZero() || lent.Until.IsZero():
		return fault.New(fault.Invalid, op, "a grant is lent from a day until a day").With(fault.Issue{Column: "until", Text: fault.Textf("give the first and the last day")})
	case lent.over(s.Now()):
		return fault.New(fault.Invalid, op, "the last day is over").With(fault.Issue{Column: "until", Text: fault.Textf("the last day is over")})
	case !s.Policy.within(lent, original):
		return fault.New(fault.Refused, op, "what is lent goes no further than the original: its place, its trades, its days")
	}
	colleagues, err := s.Colleagues(ctx, actor, original.Region)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(colleagues, func(a Account) bool { return a.Login == loan.To })
	if at < 0 {
		return fault.New(fault.Refused, op, "a grant is lent to a colleague: somebody with a grant of their own in the same region")
	}
	return s.change(ctx, actor, colleagues[at].ID, "grant:delegate", func(a *Account) (string, error) {
		if slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Key() == lent.Key() }) {
			return "", fault.New(fault.Refused, op, "the account has this grant already")
		}
		a.Grants = append(slices.Clone(a.Grants), lent)
		return lent.Key(), s.apart(ctx, a.Grants)
	})
}

// own finds a grant that the actor holds now and may lend.
func (s *Accounts) own(ctx context.Context, actor Actor, key string) (Grant, error) {
	const op = "access.Delegate"
	forbidden := fault.New(fault.Forbidden, op, "your roles do not allow %s here", Action("grant:delegate"))
	holder, err := s.Store.Account(ctx, actor.ID)
	if fault.Is(err, fault.NotFound) { // a candidate
		return Grant{}, forbidden
	}
	if err != nil {
		return Grant{}, fault.Wrap(op, err)
	}
	at := slices.IndexFunc(holder.Grants, func(g Grant) bool { return g.Key() == key && g.In(s.Now()) })
	if at < 0 {
		return Grant{}, fault.New(fault.NotFound, op, "you have no such grant")
	}
	g := holder.Grants[at]
	if g.DelegatedBy != "" {
		return Grant{}, fault.New(fault.Refused, op, "a grant that was lent is not lent on")
	}
	if ok, err := s.Policy.may(g.Role, "grant:delegate"); err != nil || !ok {
		return Grant{}, forbidden.Because(err)
	}
	return g, nil
}

// Colleagues lists who a grant in a region can be lent to: people with a grant
// of their own in that region that holds now. It asks for a grant of the actor
// there that can be lent.
func (s *Accounts) Colleagues(ctx context.Context, actor Actor, region string) ([]Account, error) {
	const op = "access.Colleagues"
	if !slices.ContainsFunc(actor.Grants, func(g Grant) bool {
		lends, err := s.Policy.may(g.Role, "grant:delegate")
		return g.Region == region && err == nil && lends
	}) {
		return nil, fault.New(fault.Forbidden, op, "your roles do not allow %s here", Action("grant:delegate"))
	}
	all, err := s.Store.Accounts(ctx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return slices.DeleteFunc(all, func(a Account) bool {
		return a.ID == actor.ID || a.Disabled || a.Program || !slices.ContainsFunc(a.Grants, func(g Grant) bool {
			return g.Region == region && region != "" && g.DelegatedBy == "" && g.In(s.Now())
		})
	}), nil
}

// Lent is a grant that the actor has lent, with who has it.
type Lent struct {
	By    Account
	Grant Grant
}

// Lent lists the grants that the actor has lent.
func (s *Accounts) Lent(ctx context.Context, actor Actor) ([]Lent, error) {
	if actor.Anonymous() {
		return nil, fault.New(fault.Unauthenticated, "access.Lent", "log in first")
	}
	all, err := s.Store.Accounts(ctx)
	if err != nil {
		return nil, fault.Wrap("access.Lent", err)
	}
	var lent []Lent
	for _, a := range all {
		for _, g := range a.Grants {
			if g.DelegatedBy == actor.ID {
				lent = append(lent, Lent{a, g})
			}
		}
	}
	return lent, nil
}
