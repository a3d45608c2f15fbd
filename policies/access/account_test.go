package access

import (
	"context"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
)

// memory is a Store of maps.
type memory struct {
	accounts map[string]Account
	sessions map[string]Session
	tallies  map[string]tally
}

// tally is a count that ends.
type tally struct {
	n     int
	until time.Time
}

func (m *memory) Tally(_ context.Context, name string, at time.Time) (int, time.Time, error) {
	if c := m.tallies[name]; at.Before(c.until) {
		return c.n, c.until, nil
	}
	return 0, time.Time{}, nil
}

func (m *memory) CountTally(ctx context.Context, name string, at, until time.Time) (int, error) {
	n, _, err := m.Tally(ctx, name, at)
	m.tallies[name] = tally{n + 1, until}
	return n + 1, err
}

func (m *memory) DropTally(_ context.Context, name string) error {
	delete(m.tallies, name)
	return nil
}

func (m *memory) DropTallies(_ context.Context, before time.Time) error {
	maps.DeleteFunc(m.tallies, func(_ string, c tally) bool { return c.until.Before(before) })
	return nil
}

func (m *memory) Account(_ context.Context, id string) (Account, error) {
	for _, a := range m.accounts {
		if a.ID == id {
			return a, nil
		}
	}
	return Account{}, fault.New(fault.NotFound, "memory", "none")
}

func (m *memory) AccountByLogin(_ context.Context, login string) (Account, error) {
	if a, ok := m.accounts[login]; ok {
		return a, nil
	}
	return Account{}, fault.New(fault.NotFound, "memory", "none")
}

func (m *memory) Accounts(context.Context) ([]Account, error) {
	var all []Account
	for _, a := range m.accounts {
		all = append(all, a)
	}
	return all, nil
}

func (m *memory) PutAccount(_ context.Context, a *Account, _ audit.Entry) error {
	a.Version++
	m.accounts[a.Login] = *a
	return nil
}

func (m *memory) Session(_ context.Context, id string) (Session, error) {
	if s, ok := m.sessions[id]; ok {
		return s, nil
	}
	return Session{}, fault.New(fault.NotFound, "memory", "none")
}

func (m *memory) PutSession(_ context.Context, s Session) error { m.sessions[s.ID] = s; return nil }
func (m *memory) DropSession(_ context.Context, id string) error {
	delete(m.sessions, id)
	return nil
}

func (m *memory) DropSessions(_ context.Context, before time.Time) error {
	for id, s := range m.sessions {
		if s.Expires.Before(before) {
			delete(m.sessions, id)
		}
	}
	return nil
}

const goodPassword = "correct horse battery"

// goodHash is made once: it is slow on purpose.
var goodHash = sync.OnceValue(func() string {
	hash, err := HashPassword(goodPassword)
	if err != nil {
		panic(err)
	}
	return hash
})

// hired adds an account with goodPassword, without making its hash again.
func hired(s *Accounts, a Account) (Account, error) {
	if err := s.grantable(context.Background(), System(), &a, a.Grants); err != nil {
		return a, err
	}
	a.ID, a.Password = ulid.Make().String(), goodHash()
	return a, s.Store.PutAccount(context.Background(), &a, audit.Entry{})
}

func accounts(t *testing.T) (*Accounts, *memory, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)
	store := &memory{map[string]Account{}, map[string]Session{}, map[string]tally{}}
	s := &Accounts{Store: store, Policy: policyAt(t, func() time.Time { return now }), Now: func() time.Time { return now }, BodyRegion: func(context.Context, string) (string, error) { return "410421", nil },
		Hash: func(_, text string) string { return audit.Digest([]byte(text)) }}
	if _, err := hired(s, Account{Login: "officer", Name: "王演示", Grants: []Grant{{Role: Officer, Region: "410423"}}}); err != nil {
		t.Fatal(err)
	}
	return s, store, &now
}

func TestLoginOpensASessionThatExpires(t *testing.T) {
	s, store, now := accounts(t)
	ctx := context.Background()
	token, err := s.Login(ctx, " OFFICER ", goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	for id := range store.sessions {
		if id == token {
			t.Error("the token itself is stored")
		}
	}
	actor, _, err := s.Authenticate(ctx, token)
	if err != nil || actor.Name != "王演示" || !actor.Has(Officer) {
		t.Fatalf("%+v %v", actor, err)
	}
	*now = now.Add(SessionFor + time.Second)
	if _, _, err := s.Authenticate(ctx, token); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("an old session: %v", err)
	}
	if err := s.Sweep(ctx); err != nil || len(store.sessions) != 0 {
		t.Errorf("swept: %d left, %v", len(store.sessions), err)
	}
}

func TestGuessingLocksTheNameAndTheLockEnds(t *testing.T) {
	s, _, now := accounts(t)
	ctx := context.Background()
	for range GuessesFree {
		if _, err := s.Login(ctx, "officer", "wrong password"); !fault.Is(err, fault.Unauthenticated) {
			t.Fatal(err)
		}
	}
	if _, err := s.Login(ctx, "officer", goodPassword); !fault.Is(err, fault.Throttled) {
		t.Errorf("the right password while locked: %v", err)
	}
	*now = now.Add(LockFor + time.Second)
	if _, err := s.Login(ctx, "officer", goodPassword); err != nil {
		t.Errorf("after the lock: %v", err)
	}
}

func TestADisabledAccountIsOutAtOnce(t *testing.T) {
	s, store, _ := accounts(t)
	ctx := context.Background()
	token, err := s.Login(ctx, "officer", goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	id := store.accounts["officer"].ID
	if err := s.Disable(ctx, System(), id); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Authenticate(ctx, token); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("an open session of a disabled account: %v", err)
	}
	if _, err := s.Login(ctx, "officer", goodPassword); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("login of a disabled account: %v", err)
	}
}

func TestOnlyAnAdministratorOfThePlaceManagesAccounts(t *testing.T) {
	s, _, _ := accounts(t)
	ctx := context.Background()
	county := Actor{ID: "a", Grants: []Grant{{Role: Administrator, Region: "410423"}}}
	for _, c := range []struct {
		what  string
		actor Actor
		grant Grant
		want  fault.Code
	}{
		{"in the own county", county, Grant{Role: Officer, Region: "410423"}, ""},
		{"in another county", county, Grant{Role: Officer, Region: "410421"}, fault.Forbidden},
		{"in a body of another county", county, Grant{Role: Scheduler, Body: "b"}, fault.Forbidden},
		{"nowhere", county, Grant{Role: Scheduler}, fault.Invalid},
		{"above the own county", county, Grant{Role: Officer, Region: "4104"}, fault.Forbidden},
		{"by an officer", Actor{ID: "o", Grants: []Grant{{Role: Officer, Region: "41"}}}, Grant{Role: Officer, Region: "410423"}, fault.Forbidden},
	} {
		_, err := s.Create(ctx, c.actor, "new"+c.what, "某某", goodPassword, []Grant{c.grant})
		if fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestAnAdministratorSeesTheOwnPlacesAccountsOnly(t *testing.T) {
	s, _, _ := accounts(t)
	for region, want := range map[string]int{"4104": 1, "410423": 1, "410421": 0} {
		list, err := s.List(context.Background(), Actor{ID: "a", Grants: []Grant{{Role: Administrator, Region: region}}})
		if err != nil || len(list) != want {
			t.Errorf("%s: %d accounts, %v", region, len(list), err)
		}
	}
}

func TestPasswords(t *testing.T) {
	if _, err := HashPassword("short"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a short password: %v", err)
	}
	a, err := HashPassword(goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := HashPassword(goodPassword)
	if a == b {
		t.Error("no salt")
	}
	if !passwordMatches(a, goodPassword) || passwordMatches(a, goodPassword+"x") || passwordMatches("$x", goodPassword) {
		t.Error("matching")
	}
}
