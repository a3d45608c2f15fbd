package access

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/vault"
	"kaoping/policies/rulebook"
)

// Token lets a program in. Its text is shown once and never stored.
type Token struct {
	ID      string
	Hash    string // SHA-256 of the text
	Name    string // what it is for
	Scopes  []Action
	Made    time.Time
	MadeBy  string    // account id
	Until   time.Time // last legal day
	Revoked time.Time // zero while it is not
}

// How long a token may live, and how many good ones a program may have.
const (
	TokenLongest = 366 * 24 * time.Hour
	TokensMost   = 20
)

// Good reports whether the token lets in at a moment.
func (t Token) Good(at time.Time) bool {
	return t.Revoked.IsZero() && at.Before(t.Until.Add(24*time.Hour))
}

// tokenPrefix tells what the text is, to people and to scanners for secrets.
const tokenPrefix = "kaoping_"

// IssueToken makes a token for a program (account:manage). Scopes are actions
// that the policy lets a client do; Invalid names the field. The text is the
// only copy.
func (s *Accounts) IssueToken(ctx context.Context, actor Actor, id, name string, scopes []Action, until time.Time) (text string, token Token, err error) {
	const op = "access.IssueToken"
	var issues []fault.Issue
	wrong := func(ok bool, column, format string, args ...any) {
		if !ok {
			issues = append(issues, fault.Issue{Column: column, Text: fault.Textf(format, args...)})
		}
	}
	now, most := s.Now(), s.Policy.Effect(Client)
	until = rulebook.Day(until)
	scopes = slices.Clone(scopes)
	slices.Sort(scopes)
	scopes = slices.Compact(scopes)
	name = strings.TrimSpace(name)
	wrong(name != "" && len([]rune(name)) <= 60, "name", "say what the token is for, in at most 60 characters")
	wrong(len(scopes) > 0, "scopes", "choose at least one scope")
	for _, scope := range scopes {
		wrong(slices.Contains(most, scope), "scopes", "a program cannot be given %s", scope)
	}
	wrong(!until.Before(rulebook.Day(now)) && until.Sub(now) <= TokenLongest, "until", "a token ends today at the earliest and after %d days at the latest", int(TokenLongest/(24*time.Hour)))
	err = s.change(ctx, actor, id, "token:issue", func(a *Account) (string, error) {
		if err := s.manages(ctx, actor, a.Grants, nil); err != nil {
			return "", err
		}
		if len(issues) > 0 {
			return "", fault.New(fault.Invalid, op, "the token is not complete").With(issues...)
		}
		if !a.Program {
			return "", fault.New(fault.Refused, op, "tokens are for the accounts of programs; a person logs in")
		}
		good := slices.DeleteFunc(slices.Clone(a.Tokens), func(t Token) bool { return !t.Good(now) })
		if len(good) >= TokensMost {
			return "", fault.New(fault.Refused, op, "the program has %d tokens: revoke one first", len(good))
		}
		text = tokenPrefix + a.ID + "_" + vault.Token()
		token = Token{ID: ulid.Make().String(), Hash: audit.Digest([]byte(text)), Name: name, Scopes: scopes, Made: now, MadeBy: actor.ID, Until: until}
		a.Tokens = append(slices.Clone(a.Tokens), token)
		return token.ID, nil
	})
	if err != nil {
		return "", Token{}, err
	}
	return text, token, nil
}

// RevokeToken ends a token, at once on every instance (account:manage).
func (s *Accounts) RevokeToken(ctx context.Context, actor Actor, id, token string) error {
	return s.change(ctx, actor, id, "token:revoke", func(a *Account) (string, error) {
		if err := s.manages(ctx, actor, a.Grants, nil); err != nil {
			return "", err
		}
		at := slices.IndexFunc(a.Tokens, func(t Token) bool { return t.ID == token })
		if at < 0 {
			return "", fault.New(fault.NotFound, "access.RevokeToken", "there is no such token")
		}
		a.Tokens = slices.Clone(a.Tokens)
		if a.Tokens[at].Revoked.IsZero() {
			a.Tokens[at].Revoked = s.Now()
		}
		return token, nil
	})
}

// Bearer finds the program of a token (Unauthenticated when it is unknown,
// over or revoked; Throttled after wrong tries for the same account).
func (s *Accounts) Bearer(ctx context.Context, text string) (Actor, error) {
	const op = "access.Bearer"
	refusal := fault.New(fault.Unauthenticated, op, "the token is not known, over or revoked")
	id, _, ok := strings.Cut(strings.TrimPrefix(text, tokenPrefix), "_")
	if !ok || !strings.HasPrefix(text, tokenPrefix) {
		return Actor{}, refusal
	}
	account, err := s.Store.Account(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Actor{}, fault.Wrap(op, err)
	}
	// Many requests of a program come at once, and no token can be guessed: they
	// take no turns.
	tally := guessTally(s.Hash(guessPurpose, "token:"+id), account.ID != "")
	if err := s.guessAllowed(ctx, op, tally); err != nil {
		return Actor{}, err
	}
	hash := []byte(audit.Digest([]byte(text)))
	at := slices.IndexFunc(account.Tokens, func(t Token) bool { return subtle.ConstantTimeCompare([]byte(t.Hash), hash) == 1 })
	if at < 0 {
		return Actor{}, s.guessFailed(ctx, op, tally, refusal)
	}
	if account.Disabled || !account.Tokens[at].Good(s.Now()) {
		return Actor{}, refusal
	}
	grants, err := s.inForce(ctx, account.Grants)
	return Actor{ID: account.ID, Name: account.Name, Grants: grants, Token: account.Tokens[at].Scopes}, err
}
