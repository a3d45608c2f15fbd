package access

import (
	"context"
	"strings"
	"testing"
	"time"

	"kaoping/internal/fault"
)

// program is an account of a program in a body, with a token for reading sittings.
func program(t *testing.T, s *Accounts) (id, text string, token Token) {
	t.Helper()
	ctx := context.Background()
	a, err := s.CreateProgram(ctx, System(), "trainer", "培训管理系统", []Grant{{Role: Client, Body: "b"}})
	if err != nil {
		t.Fatal(err)
	}
	text, token, err = s.IssueToken(ctx, System(), a.ID, "夜间同步", []Action{"sitting:read"}, s.Now().AddDate(0, 0, 30))
	if err != nil {
		t.Fatal(err)
	}
	return a.ID, text, token
}

func TestATokenLetsAProgramDoWhatItNames(t *testing.T) {
	s, store, now := accounts(t)
	ctx := context.Background()
	id, text, token := program(t, s)
	for _, known := range store.accounts["trainer"].Tokens {
		if strings.Contains(text, known.Hash) || known.Hash == "" {
			t.Error("the text can be read from what is stored")
		}
	}
	actor, err := s.Bearer(ctx, text)
	if err != nil || actor.ID != id {
		t.Fatal(actor, err)
	}
	for action, want := range map[Action]fault.Code{"sitting:read": "", "enrolment:read": fault.Forbidden, "account:manage": fault.Forbidden} {
		if err := s.Policy.Decide(actor, action, Scope{Region: "410421", Body: "b"}); fault.CodeOf(err) != want {
			t.Errorf("%s: %v", action, err)
		}
	}
	*now = token.Until.Add(24*time.Hour - time.Second)
	if _, err := s.Bearer(ctx, text); err != nil {
		t.Errorf("on its last day: %v", err)
	}
	*now = token.Until.Add(24 * time.Hour)
	if _, err := s.Bearer(ctx, text); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("after its last day: %v", err)
	}
}

func TestARevokedTokenAndADisabledProgramAreOutAtOnce(t *testing.T) {
	ctx := context.Background()
	for what, end := range map[string]func(s *Accounts, id, token string) error{
		"revoked":  func(s *Accounts, id, token string) error { return s.RevokeToken(ctx, System(), id, token) },
		"disabled": func(s *Accounts, id, _ string) error { return s.Disable(ctx, System(), id) },
	} {
		s, _, _ := accounts(t)
		id, text, token := program(t, s)
		if err := end(s, id, token.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Bearer(ctx, text); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestGuessingTokensLocksTheProgram(t *testing.T) {
	s, _, now := accounts(t)
	ctx := context.Background()
	_, text, _ := program(t, s)
	wrong := text[:len(text)-1] + "!"
	for range GuessesFree {
		if _, err := s.Bearer(ctx, wrong); !fault.Is(err, fault.Unauthenticated) {
			t.Fatal(err)
		}
	}
	if _, err := s.Bearer(ctx, text); !fault.Is(err, fault.Throttled) {
		t.Errorf("the right one while locked: %v", err)
	}
	*now = now.Add(LockFor + time.Second)
	if _, err := s.Bearer(ctx, text); err != nil {
		t.Errorf("after the lock: %v", err)
	}
	for _, other := range []string{"", "kaoping_", "kaoping__", "kaoping_nobody_x", "other_x_y"} {
		if _, err := s.Bearer(ctx, other); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%q: %v", other, err)
		}
	}
}

func TestWhatIsNoTokenIsRefused(t *testing.T) {
	s, store, now := accounts(t)
	ctx := context.Background()
	id, _, _ := program(t, s)
	read := []Action{"sitting:read"}
	for what, c := range map[string]struct {
		id     string
		name   string
		scopes []Action
		until  time.Time
		want   fault.Code
	}{
		"without a name":              {id, " ", read, *now, fault.Invalid},
		"without a scope":             {id, "x", nil, *now, fault.Invalid},
		"with what no program may":    {id, "x", []Action{"paper:read"}, *now, fault.Invalid},
		"that ended yesterday":        {id, "x", read, now.AddDate(0, 0, -1), fault.Invalid},
		"for more than a year":        {id, "x", read, now.AddDate(1, 0, 2), fault.Invalid},
		"for a person":                {store.accounts["officer"].ID, "x", read, *now, fault.Refused},
		"for today":                   {id, "x", read, *now, ""},
		"for nobody":                  {"nobody", "x", read, *now, fault.NotFound},
		"a year from now, to the day": {id, "x", read, now.AddDate(1, 0, 0), ""},
	} {
		if _, _, err := s.IssueToken(ctx, System(), c.id, c.name, c.scopes, c.until); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := s.Login(ctx, "trainer", "there is no such account"); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a program logs in: %v", err)
	}
	if err := s.Grant(ctx, System(), id, Grant{Role: Scheduler, Body: "b"}); !fault.Is(err, fault.Refused) {
		t.Errorf("a person's role for a program: %v", err)
	}
}
