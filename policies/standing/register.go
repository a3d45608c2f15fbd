package standing

import (
	"context"
	"slices"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// Register shows the people of a body's register to who manages its accounts
// (account:manage).
func (s *Service) Register(ctx context.Context, actor access.Actor, body string) ([]Staff, error) {
	b, err := s.Store.Body(ctx, body)
	if err != nil {
		return nil, fault.Wrap("standing.Register", err)
	}
	return b.Staff, s.Policy.Decide(actor, "account:manage", access.Scope{Region: b.Region, Body: b.ID})
}

// Tie says with which account a person of a body's register works, "" for none
// (account:manage; Refused for an account that is another person's there). From
// then on the person's certificates (R19) and bars (R33) hold for what the
// account does, and the person reads cases about itself.
func (s *Service) Tie(ctx context.Context, actor access.Actor, body, person, account string) error {
	const op = "standing.Tie"
	return fault.Wrap(op, fault.Retry(func() error {
		b, err := s.Store.Body(ctx, body)
		if err != nil {
			return err
		}
		if err := s.Policy.Decide(actor, "account:manage", access.Scope{Region: b.Region, Body: b.ID}); err != nil {
			return err
		}
		at := slices.IndexFunc(b.Staff, func(p Staff) bool { return p.ID == person })
		if at < 0 {
			return fault.New(fault.NotFound, op, "the register has no such person")
		}
		if other := slices.IndexFunc(b.Staff, func(p Staff) bool { return account != "" && p.Account == account }); other >= 0 && other != at {
			return fault.New(fault.Refused, op, "%s works with this account: untie it first", b.Staff[other].Name)
		}
		if b.Staff[at].Account == account {
			return nil
		}
		b.Staff = slices.Clone(b.Staff)
		b.Staff[at].Account = account
		entry := audit.Entry{Stream: "body/" + b.ID, Object: "body/" + b.ID, At: s.Now(), Who: actor.ID, What: "body:tie", Note: "person=" + person + " account=" + account}
		return s.Store.PutBody(ctx, &b, entry)
	}))
}

// tied is a new register with the ids and accounts of those who were on the old
// one: people are the same by the hash of their ID number.
func tied(register, before []Staff) []Staff {
	register = slices.Clone(register)
	for i, p := range register {
		at := slices.IndexFunc(before, func(old Staff) bool { return p.IDHash != "" && old.IDHash == p.IDHash })
		if register[i].Account = ""; at >= 0 {
			register[i].ID, register[i].Account = before[at].ID, before[at].Account
		}
	}
	return register
}
