package access

import (
	"context"
	"slices"
	"strings"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/fault"
)

// Create adds a person's account (account:manage; Conflict when the login is
// taken; Invalid names the field; Refused by the separation of duties).
func (s *Accounts) Create(ctx context.Context, actor Actor, login, name, password string, grants []Grant) (Account, error) {
	return s.add(ctx, actor, Account{Login: login, Name: name, Grants: grants}, password)
}

// CreateProgram adds an account for a program (account:manage): it has no
// password, and of the roles only Client. Its tokens say what it may.
func (s *Accounts) CreateProgram(ctx context.Context, actor Actor, login, name string, grants []Grant) (Account, error) {
	return s.add(ctx, actor, Account{Login: login, Name: name, Program: true, Grants: grants}, "")
}

func (s *Accounts) add(ctx context.Context, actor Actor, a Account, password string) (Account, error) {
	const op = "access.Create"
	if err := s.grantable(ctx, actor, &a, a.Grants); err != nil {
		return Account{}, err
	}
	a.ID, a.Login, a.Name = ulid.Make().String(), strings.ToLower(strings.TrimSpace(a.Login)), strings.TrimSpace(a.Name)
	if a.Login == "" || a.Name == "" {
		return Account{}, fault.New(fault.Invalid, op, "an account needs a login name and a person's name")
	}
	var err error
	if !a.Program {
		if a.Password, err = HashPassword(password); err != nil {
			return Account{}, err
		}
	}
	err = s.Store.PutAccount(ctx, &a, s.entry(actor, a.ID, "account:create", ""))
	return a, fault.Wrap(op, err)
}

// Grant gives an account a role (account:manage where the account's grants are
// and where the new one is; Refused by the separation of duties).
func (s *Accounts) Grant(ctx context.Context, actor Actor, id string, g Grant) error {
	g.DelegatedBy = ""
	return s.change(ctx, actor, id, "account:grant", func(a *Account) (string, error) {
		if err := s.manages(ctx, actor, a.Grants, nil); err != nil {
			return "", err
		}
		held := slices.Clone(a.Grants)
		if err := s.grantable(ctx, actor, a, append(held, g)); err != nil {
			return "", err
		}
		return g.Key(), nil
	})
}

// grantable checks grants and gives them to the account, all or none.
func (s *Accounts) grantable(ctx context.Context, actor Actor, a *Account, grants []Grant) error {
	const op = "access.Grant"
	for i := range grants {
		if err := grants[i].check(); err != nil {
			return err
		}
		if (grants[i].Role == Client) != a.Program {
			return fault.New(fault.Refused, op, "a program's account has the role %s and no other", Client)
		}
		if slices.ContainsFunc(grants[:i], func(g Grant) bool { return g.Key() == grants[i].Key() }) {
			return fault.New(fault.Refused, op, "the account has this grant already")
		}
	}
	if len(grants) > GrantsMost {
		return fault.New(fault.Refused, op, "an account has at most %d grants: give one in a larger region", GrantsMost)
	}
	if err := s.manages(ctx, actor, grants, nil); err != nil {
		return err
	}
	a.Grants = grants
	return s.apart(ctx, grants)
}

// Revoke takes a grant away (account:manage), at once on every instance. Who
// lent it may take it back, and who borrowed it may give it back. Nobody else
// takes own grants away (Refused), so that no place loses its administrator by
// a slip.
func (s *Accounts) Revoke(ctx context.Context, actor Actor, id, key string) error {
	const op = "access.Revoke"
	return s.change(ctx, actor, id, "account:revoke", func(a *Account) (string, error) {
		at := slices.IndexFunc(a.Grants, func(g Grant) bool { return g.Key() == key })
		lent := at >= 0 && a.Grants[at].DelegatedBy != ""
		switch {
		case lent && (a.Grants[at].DelegatedBy == actor.ID || a.ID == actor.ID):
		case a.ID == actor.ID:
			return "", fault.New(fault.Refused, op, "your own grants can only be taken away by another administrator")
		default:
			if err := s.manages(ctx, actor, a.Grants, nil); err != nil {
				return "", err
			}
		}
		if at < 0 {
			return "", fault.New(fault.NotFound, op, "the account has no such grant")
		}
		a.Grants = slices.Delete(slices.Clone(a.Grants), at, at+1)
		return key, nil
	})
}

// Disable shuts an account out, at once on every instance (account:manage;
// Refused for the own one).
func (s *Accounts) Disable(ctx context.Context, actor Actor, id string) error {
	if id == actor.ID {
		return fault.New(fault.Refused, "access.Disable", "your own account can only be disabled by another administrator")
	}
	return s.able(ctx, actor, id, "account:disable", true)
}

// Enable lets a disabled account in again (account:manage).
func (s *Accounts) Enable(ctx context.Context, actor Actor, id string) error {
	return s.able(ctx, actor, id, "account:enable", false)
}

func (s *Accounts) able(ctx context.Context, actor Actor, id, what string, disabled bool) error {
	return s.change(ctx, actor, id, what, func(a *Account) (string, error) {
		a.Disabled = disabled
		return "", s.manages(ctx, actor, a.Grants, nil)
	})
}

// change changes and stores an account, again if somebody else was faster.
func (s *Accounts) change(ctx context.Context, actor Actor, id, what string, change func(*Account) (note string, err error)) error {
	return fault.Wrap("access."+what, fault.Retry(func() error {
		a, err := s.Store.Account(ctx, id)
		if err != nil {
			return err
		}
		note, err := change(&a)
		if err != nil {
			return err
		}
		return s.Store.PutAccount(ctx, &a, s.entry(actor, a.ID, what, note))
	}))
}

// Account shows an account: the own one, or one that the actor manages.
func (s *Accounts) Account(ctx context.Context, actor Actor, id string) (Account, error) {
	const op = "access.Account"
	if actor.Anonymous() {
		return Account{}, fault.New(fault.Unauthenticated, op, "log in first")
	}
	a, err := s.Store.Account(ctx, id)
	if err != nil {
		return Account{}, fault.Wrap(op, err)
	}
	if a.ID != actor.ID {
		err = s.manages(ctx, actor, a.Grants, nil)
	}
	return a, err
}

// List shows the accounts that the actor manages, by login name: those whose
// grants all lie where the actor's do.
func (s *Accounts) List(ctx context.Context, actor Actor) ([]Account, error) {
	const op = "access.List"
	if !actor.Has(Administrator) {
		return nil, fault.New(fault.Forbidden, op, "your roles do not allow %s here", Action("account:manage"))
	}
	all, err := s.Store.Accounts(ctx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	regions := map[string]string{}
	return slices.DeleteFunc(all, func(a Account) bool { return s.manages(ctx, actor, a.Grants, regions) != nil }), nil
}

// manages asks whether the actor manages accounts in every place that the
// grants reach (account:manage). An account without grants is any
// administrator's. regions remembers where bodies are; nil for none.
func (s *Accounts) manages(ctx context.Context, actor Actor, grants []Grant, regions map[string]string) error {
	if actor.Anonymous() || len(grants) == 0 && !actor.Has(Administrator) && !actor.Has(system) {
		return fault.New(fault.Forbidden, "access.Grant", "your roles do not allow %s here", Action("account:manage"))
	}
	for _, g := range grants {
		region, known := regions[g.Body]
		if !known {
			var err error
			if region, err = s.region(ctx, g); err != nil {
				return err
			}
			if regions != nil && g.Body != "" {
				regions[g.Body] = region
			}
		}
		if err := s.Policy.Decide(actor, "account:manage", Scope{Region: region, Body: g.Body}); err != nil {
			return err
		}
	}
	return nil
}
