package sqlite

import (
	"context"

	"kaoping/internal/audit"
	"kaoping/policies/access"
)

var accounts = collection[access.Account]{
	kind: "account", table: "accounts",
	key:     func(a *access.Account) (string, *int) { return a.ID, &a.Version },
	missing: "there is no such account",
	taken:   map[string]string{"accounts.login": "this login name is taken"},
}

// Account returns an account (NotFound).
func (s *Store) Account(ctx context.Context, id string) (access.Account, error) {
	return accounts.find(ctx, s, "sqlite.Account", "id", id)
}

// AccountByLogin returns the account with a login name (NotFound).
func (s *Store) AccountByLogin(ctx context.Context, login string) (access.Account, error) {
	return accounts.find(ctx, s, "sqlite.AccountByLogin", "login", login)
}

// Accounts lists all accounts by login name.
func (s *Store) Accounts(ctx context.Context) ([]access.Account, error) {
	return accounts.list(ctx, s, "sqlite.Accounts", filter{order: "login"})
}

// PutAccount stores an account with its entry (Conflict, also for a login name
// that is taken).
func (s *Store) PutAccount(ctx context.Context, v *access.Account, e audit.Entry) error {
	return accounts.put(ctx, s, "sqlite.PutAccount", v, e)
}
