package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/internal/audit"
	"kaoping/policies/access"
)

var accounts = collection[access.Account]{
	kind: "account", name: "accounts",
	key: func(a *access.Account) (string, *int) { return a.ID, &a.Version },
	fields: func(a access.Account) bson.D {
		return bson.D{{Key: "login", Value: a.Login}}
	},
	missing: "there is no such account",
	taken:   map[string]string{"accounts_login": "this login name is taken"},
}

// Account returns an account (NotFound).
func (s *Store) Account(ctx context.Context, id string) (access.Account, error) {
	return accounts.find(ctx, s, "mongo.Account", "_id", id)
}

// AccountByLogin returns the account with a login name (NotFound).
func (s *Store) AccountByLogin(ctx context.Context, login string) (access.Account, error) {
	return accounts.find(ctx, s, "mongo.AccountByLogin", "login", login)
}

// Accounts lists all accounts by login name.
func (s *Store) Accounts(ctx context.Context) ([]access.Account, error) {
	return accounts.list(ctx, s, "mongo.Accounts", filter{order: by("login")})
}

// PutAccount stores an account with its entry (Conflict, also for a login name
// that is taken).
func (s *Store) PutAccount(ctx context.Context, v *access.Account, e audit.Entry) error {
	return accounts.put(ctx, s, "mongo.PutAccount", v, e)
}
