package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/vault"
)

// Account is a person who works with kaoping. Candidates have none: their
// ticket opens a session.
type Account struct {
	ID       string
	Version  int
	Login    string // lower case, unique
	Name     string
	Password string // argon2id
	Grants   []Grant
	Disabled bool
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
}

// How long a session lives, and how guessing is slowed: after GuessesFree
// wrong tries a name is locked for LockFor, counted per name on this instance.
const (
	SessionFor  = 12 * time.Hour
	GuessesFree = 5
	LockFor     = 15 * time.Minute
)

// Accounts is the service of accounts and sessions.
type Accounts struct {
	Store  Store
	Policy *Policy
	Now    func() time.Time
	// BodyRegion tells which region a body belongs to: who manages accounts
	// there manages the grants in its bodies.
	BodyRegion func(ctx context.Context, body string) (string, error)

	guesses guesses
}

// Login checks a name and password and opens a session (Unauthenticated,
// Throttled). The answer never says which of the two was wrong.
func (s *Accounts) Login(ctx context.Context, login, password string) (token string, err error) {
	const op = "access.Login"
	login = strings.ToLower(strings.TrimSpace(login))
	if err := s.GuessAllowed(op, login); err != nil {
		return "", err
	}
	account, err := s.Store.AccountByLogin(ctx, login)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", fault.Wrap(op, err)
	}
	stored := account.Password
	if stored == "" {
		stored = nobody
	}
	if !passwordMatches(stored, password) || account.ID == "" || account.Disabled {
		s.GuessFailed(login)
		return "", fault.New(fault.Unauthenticated, op, "the name or the password is not right")
	}
	s.guesses.forget(login)
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

// Authenticate finds the actor of a session token, with today's grants
// (Unauthenticated when it is unknown, expired or the account is disabled).
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
	return Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}, session, nil
}

// Logout ends the session of a token.
func (s *Accounts) Logout(ctx context.Context, token string) error {
	return fault.Wrap("access.Logout", s.Store.DropSession(ctx, audit.Digest([]byte(token))))
}

// Sweep drops sessions that have expired.
func (s *Accounts) Sweep(ctx context.Context) error {
	return fault.Wrap("access.Sweep", s.Store.DropSessions(ctx, s.Now()))
}

// Create adds an account (account:manage; Conflict when the login is taken;
// Invalid names the field).
func (s *Accounts) Create(ctx context.Context, actor Actor, login, name, password string, grants []Grant) (Account, error) {
	const op = "access.Create"
	if err := s.decideGrants(ctx, actor, grants); err != nil {
		return Account{}, err
	}
	a := Account{ID: ulid.Make().String(), Login: strings.ToLower(strings.TrimSpace(login)), Name: strings.TrimSpace(name), Grants: grants}
	if a.Login == "" || a.Name == "" {
		return Account{}, fault.New(fault.Invalid, op, "an account needs a login name and a person's name")
	}
	var err error
	if a.Password, err = HashPassword(password); err != nil {
		return Account{}, err
	}
	err = s.Store.PutAccount(ctx, &a, s.entry(actor, a.ID, "account:create"))
	return a, fault.Wrap(op, err)
}

// Change sets an account's grants and whether it is disabled (account:manage).
// It takes effect at the person's next request.
func (s *Accounts) Change(ctx context.Context, actor Actor, id string, grants []Grant, disabled bool) error {
	const op = "access.Change"
	a, err := s.Store.Account(ctx, id)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.decideGrants(ctx, actor, append(slices.Clone(a.Grants), grants...)); err != nil {
		return err
	}
	a.Grants, a.Disabled = grants, disabled
	return fault.Wrap(op, s.Store.PutAccount(ctx, &a, s.entry(actor, a.ID, "account:change")))
}

// List shows the accounts that the actor manages: those whose grants all lie
// where the actor's do.
func (s *Accounts) List(ctx context.Context, actor Actor) ([]Account, error) {
	const op = "access.List"
	if !actor.Has(Administrator) {
		return nil, fault.New(fault.Forbidden, op, "your roles do not allow %s here", Action("account:manage"))
	}
	all, err := s.Store.Accounts(ctx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return slices.DeleteFunc(all, func(a Account) bool { return s.decideGrants(ctx, actor, a.Grants) != nil }), nil
}

// decideGrants asks whether the actor manages accounts in every place that the
// grants reach.
func (s *Accounts) decideGrants(ctx context.Context, actor Actor, grants []Grant) error {
	const op = "access.Grant"
	if actor.Anonymous() || len(grants) == 0 && !actor.Has(Administrator) && !actor.Has(system) {
		return fault.New(fault.Forbidden, op, "your roles do not allow %s here", Action("account:manage"))
	}
	for _, g := range grants {
		if (g.Region == "") == (g.Body == "") {
			return fault.New(fault.Invalid, op, "a grant is in a region or in a body, not both and not neither")
		}
		region := g.Region
		if g.Body != "" {
			var err error
			if region, err = s.BodyRegion(ctx, g.Body); err != nil {
				return fault.Wrap(op, err)
			}
		}
		if err := s.Policy.Decide(actor, "account:manage", Scope{Region: region, Body: g.Body}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Accounts) entry(actor Actor, id, what string) audit.Entry {
	return audit.Entry{Stream: "accounts", Object: "account/" + id, At: s.Now(), Who: actor.ID, What: what}
}
