package access

import (
	"context"
	"errors"
	"strings"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/vault"
)

// Account is a person who works with kaoping, or a program. Candidates have
// none: their ticket opens a session.
type Account struct {
	ID       string
	Version  int
	Login    string // lower case, unique
	Name     string
	Password string // argon2id, "" for a program
	Grants   []Grant
	Disabled bool
	Program  bool // a machine client: API tokens and no password
	Tokens   []Token
}

// Session is one login of one device. Its ID is the SHA-256 of the token that
// only the device has.
type Session struct {
	ID         string
	Account    string // account id, or ""
	Enrolment  string // enrolment id of a candidate, or ""
	Consulting bool   // a candidate who came for results, not through the exam room's door
	Expires    time.Time
}

// Store keeps accounts and sessions.
type Store interface {
	Account(ctx context.Context, id string) (Account, error)
	AccountByLogin(ctx context.Context, login string) (Account, error)
	Accounts(ctx context.Context) ([]Account, error)
	PutAccount(ctx context.Context, a *Account, e audit.Entry) error
	Session(ctx context.Context, id string) (Session, error)
	PutSession(ctx context.Context, s Session) error
	DropSession(ctx context.Context, id string) error
	DropSessions(ctx context.Context, before time.Time) error

	// Tally is how high a count that ends by itself stands at a moment, and until
	// when; 0 for none.
	Tally(ctx context.Context, name string, at time.Time) (n int, until time.Time, err error)
	// CountTally counts it up, from 1 where it is over at a moment, and lets it
	// end at another. A number is given once while it lasts.
	CountTally(ctx context.Context, name string, at, until time.Time) (n int, err error)
	DropTally(ctx context.Context, name string) error
	DropTallies(ctx context.Context, before time.Time) error // those that ended
}

// SessionFor is how long a session lives.
const SessionFor = 12 * time.Hour

// Accounts is the service of accounts and sessions.
type Accounts struct {
	Store  Store
	Policy *Policy
	Now    func() time.Time
	// BodyRegion tells which region a body belongs to: who manages accounts
	// there manages the grants in its bodies.
	BodyRegion func(ctx context.Context, body string) (string, error)
	// Hash is the installation's keyed hash, hex: names that are tried are
	// counted under it.
	Hash func(purpose, text string) string

	turns turns
}

// Login checks a name and password and opens a session (Unauthenticated,
// Throttled). The answer never says which of the two was wrong.
func (s *Accounts) Login(ctx context.Context, login, password string) (token string, err error) {
	const op = "access.Login"
	login = strings.ToLower(strings.TrimSpace(login))
	account, err := s.Store.AccountByLogin(ctx, login)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", fault.Wrap(op, err)
	}
	stored := account.Password
	if stored == "" {
		stored = nobody
	}
	name := "login:" + login
	err = s.Guess(ctx, op, name, account.ID != "", func() error {
		if !passwordMatches(stored, password) || account.Password == "" || account.Disabled {
			return fault.New(fault.Unauthenticated, op, "the name or the password is not right")
		}
		return fault.Wrap(op, s.forgive(ctx, name))
	})
	if err != nil {
		return "", err
	}
	return s.OpenSession(ctx, Session{Account: account.ID})
}

// OpenSession starts a session and returns its token, which is not stored.
func (s *Accounts) OpenSession(ctx context.Context, session Session) (token string, err error) {
	token = vault.Token()
	session.ID = audit.Digest([]byte(token))
	session.Expires = s.Now().Add(SessionFor)
	if err := s.Store.PutSession(ctx, session); err != nil {
		return "", fault.Wrap("access.OpenSession", err)
	}
	return token, nil
}

// Authenticate finds the actor of a session token, with the grants that hold
// now (Unauthenticated when it is unknown, expired or the account is disabled).
// It reads the store every time, so what is taken away is gone on every
// instance at the next request.
func (s *Accounts) Authenticate(ctx context.Context, token string) (Actor, Session, error) {
	const op = "access.Authenticate"
	expired := fault.New(fault.Unauthenticated, op, "log in first")
	session, err := s.Store.Session(ctx, audit.Digest([]byte(token)))
	if fault.Is(err, fault.NotFound) || err == nil && s.Now().After(session.Expires) {
		return Actor{}, Session{}, expired
	}
	if err != nil {
		return Actor{}, Session{}, fault.Wrap(op, err)
	}
	if session.Enrolment != "" {
		return Actor{ID: session.Enrolment, Enrolment: session.Enrolment}, session, nil
	}
	account, err := s.Store.Account(ctx, session.Account)
	if err != nil {
		return Actor{}, Session{}, fault.Wrap(op, err)
	}
	if account.Disabled {
		return Actor{}, Session{}, expired
	}
	grants, err := s.inForce(ctx, account.Grants)
	return Actor{ID: account.ID, Name: account.Name, Grants: grants}, session, err
}

// Logout ends the session of a token.
func (s *Accounts) Logout(ctx context.Context, token string) error {
	return fault.Wrap("access.Logout", s.Store.DropSession(ctx, audit.Digest([]byte(token))))
}

// Sweep drops sessions that have expired, and counts that are over.
func (s *Accounts) Sweep(ctx context.Context) error {
	now := s.Now()
	return fault.Wrap("access.Sweep", errors.Join(s.Store.DropSessions(ctx, now), s.Store.DropTallies(ctx, now)))
}

// entry records what an actor did to an account.
func (s *Accounts) entry(actor Actor, id, what, note string) audit.Entry {
	return audit.Entry{Stream: "accounts", Object: "account/" + id, At: s.Now(), Who: actor.ID, What: what, Note: note}
}
