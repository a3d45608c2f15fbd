package access

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

func day(month time.Month, d int) time.Time {
	return time.Date(2026, month, d, 0, 0, 0, 0, rulebook.Shanghai)
}

// person makes an account with a session.
func person(t *testing.T, s *Accounts, login string, grants ...Grant) (id, token string) {
	t.Helper()
	a, err := hired(s, Account{Login: login, Name: login, Grants: grants})
	if err != nil {
		t.Fatal(err)
	}
	if token, err = s.OpenSession(context.Background(), Session{Account: a.ID}); err != nil {
		t.Fatal(err)
	}
	return a.ID, token
}

// can asks what somebody who is logged in may do.
func can(t *testing.T, s *Accounts, token string, action Action, scope Scope) bool {
	t.Helper()
	actor, _, err := s.Authenticate(context.Background(), token)
	if err != nil {
		t.Fatal(err)
	}
	return s.Policy.Decide(actor, action, scope) == nil
}

func TestAGrantHoldsFromItsFirstToItsLastDay(t *testing.T) {
	s, _, now := accounts(t)
	g := Grant{Role: Officer, Region: "410423", From: day(11, 23), Until: day(11, 24)}
	id, _ := person(t, s, "temporary", g)
	here := Scope{Region: "410423"}
	for _, c := range []struct {
		at   time.Time
		want bool
	}{
		{day(11, 23).Add(-time.Second), false}, {day(11, 23), true}, {day(11, 25).Add(-time.Second), true}, {day(11, 25), false},
	} {
		*now = c.at
		token, err := s.OpenSession(context.Background(), Session{Account: id})
		if err != nil {
			t.Fatal(err)
		}
		if got := can(t, s, token, "sitting:accept", here); got != c.want {
			t.Errorf("at %s: %v", c.at, got)
		}
		if err := s.Policy.Decide(Actor{ID: id, Grants: []Grant{g}}, "sitting:accept", here); (err == nil) != c.want {
			t.Errorf("an actor kept for longer, at %s: %v", c.at, err)
		}
	}
}

func TestAGrantThatIsNoneIsRefused(t *testing.T) {
	s, store, _ := accounts(t)
	id := store.accounts["officer"].ID
	for what, c := range map[string]struct {
		grant Grant
		want  fault.Code
	}{
		"a role that is none":            {Grant{Role: "king", Region: "410423"}, fault.Invalid},
		"the system's own role":          {Grant{Role: system, Region: "410423"}, fault.Invalid},
		"a candidate":                    {Grant{Role: Candidate, Region: "410423"}, fault.Invalid},
		"two places":                     {Grant{Role: Officer, Region: "410423", Body: "b"}, fault.Invalid},
		"the last day before the first":  {Grant{Role: Officer, Region: "410423", From: day(11, 24), Until: day(11, 23)}, fault.Invalid},
		"trades in a body":               {Grant{Role: Scheduler, Body: "b", Trades: []string{"x"}}, fault.Invalid},
		"an industry without its trades": {Grant{Role: Industry, Region: "410423"}, fault.Invalid},
		"what the account has already":   {Grant{Role: Officer, Region: "410423"}, fault.Refused},
		"a program's role for a person":  {Grant{Role: Client, Region: "410423"}, fault.Refused},
		"a second role":                  {Grant{Role: Statistician, Region: "410423"}, ""},
	} {
		if err := s.Grant(context.Background(), System(), id, c.grant); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// bureau is an officer of a county with a colleague, and their administrator.
type bureau struct {
	*Accounts
	officer, colleague           Actor
	officerToken, colleagueToken string
	admin                        Actor
}

func newBureau(t *testing.T) (*bureau, *time.Time) {
	t.Helper()
	s, _, now := accounts(t)
	b := &bureau{Accounts: s, admin: Actor{ID: "admin", Grants: []Grant{{Role: Administrator, Region: "41"}}}}
	_, b.officerToken = person(t, s, "wang", Grant{Role: Officer, Region: "4104", Trades: []string{"1", "2"}})
	b.officer, _, _ = s.Authenticate(context.Background(), b.officerToken)
	id, token := person(t, s, "li", Grant{Role: Statistician, Region: "4104"})
	b.colleague, b.colleagueToken = Actor{ID: id}, token
	person(t, s, "elsewhere", Grant{Role: Officer, Region: "4105"})
	return b, now
}

func (b *bureau) lend(g Grant, to string) error {
	return b.Delegate(context.Background(), b.officer, Loan{Original: b.officer.Grants[0].Key(), To: to, Grant: g})
}

func TestALentGrantGoesNoFurtherThanTheOriginal(t *testing.T) {
	b, _ := newBureau(t)
	from, until := day(11, 21), day(11, 30)
	for _, c := range []struct {
		what string
		to   string
		lent Grant
		want fault.Code
	}{
		{"into another region", "li", Grant{Region: "4105", From: from, Until: until}, fault.Refused},
		{"above the own region", "li", Grant{Region: "41", From: from, Until: until}, fault.Refused},
		{"for another trade", "li", Grant{Trades: []string{"1", "3"}, From: from, Until: until}, fault.Refused},
		{"without an end", "li", Grant{From: from}, fault.Invalid},
		{"for days that are over", "li", Grant{From: day(11, 1), Until: day(11, 20)}, fault.Invalid},
		{"to another region's officer", "elsewhere", Grant{From: from, Until: until}, fault.Refused},
		{"to oneself", "wang", Grant{From: from, Until: until}, fault.Refused},
		{"to nobody", "nobody", Grant{From: from, Until: until}, fault.Refused},
		{"for one trade in a county", "li", Grant{Region: "410423", Trades: []string{"1"}, From: from, Until: until}, ""},
		{"again", "li", Grant{Region: "410423", Trades: []string{"1"}, From: from, Until: until}, fault.Refused},
	} {
		if err := b.lend(c.lent, c.to); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	in := Scope{Region: "410423", Trade: "1"}
	if !can(t, b.Accounts, b.colleagueToken, "sitting:accept", in) {
		t.Error("the colleague cannot accept in the officer's place")
	}
	for what, scope := range map[string]Scope{"in the city": {Region: "4104", Trade: "1"}, "of another trade": {Region: "410423", Trade: "2"}} {
		if can(t, b.Accounts, b.colleagueToken, "sitting:accept", scope) {
			t.Error("the colleague accepts", what)
		}
	}
	colleague, _, _ := b.Authenticate(context.Background(), b.colleagueToken)
	err := b.Delegate(context.Background(), colleague, Loan{Original: colleague.Grants[1].Key(), To: "wang", Grant: Grant{From: from, Until: until}})
	if !fault.Is(err, fault.Refused) {
		t.Errorf("lending on: %v", err)
	}
}

func TestALentGrantEndsWithTheOriginal(t *testing.T) {
	ctx := context.Background()
	in := Scope{Region: "410423", Trade: "1"}
	for what, end := range map[string]func(b *bureau, now *time.Time) error{
		"taken from its holder": func(b *bureau, _ *time.Time) error {
			return b.Revoke(ctx, b.admin, b.officer.ID, b.officer.Grants[0].Key())
		},
		"the holder is disabled": func(b *bureau, _ *time.Time) error { return b.Disable(ctx, b.admin, b.officer.ID) },
		"the last day is over":   func(_ *bureau, now *time.Time) error { *now = day(12, 1); return nil },
		"taken back by the holder": func(b *bureau, _ *time.Time) error {
			lent, err := b.Lent(ctx, b.officer)
			if err != nil || len(lent) != 1 {
				return err
			}
			return b.Revoke(ctx, b.officer, lent[0].By.ID, lent[0].Grant.Key())
		},
		"taken by an administrator": func(b *bureau, _ *time.Time) error {
			a, _ := b.Account(ctx, b.admin, b.colleague.ID)
			return b.Revoke(ctx, b.admin, a.ID, a.Grants[1].Key())
		},
		"given back": func(b *bureau, _ *time.Time) error {
			a, _ := b.Account(ctx, b.colleague, b.colleague.ID)
			return b.Revoke(ctx, b.colleague, a.ID, a.Grants[1].Key())
		},
	} {
		t.Run(what, func(t *testing.T) {
			b, now := newBureau(t)
			if err := b.lend(Grant{From: day(11, 21), Until: day(11, 30)}, "li"); err != nil {
				t.Fatal(err)
			}
			if !can(t, b.Accounts, b.colleagueToken, "sitting:accept", in) {
				t.Fatal("not lent")
			}
			if err := end(b, now); err != nil {
				t.Fatal(err)
			}
			token, err := b.OpenSession(ctx, Session{Account: b.colleague.ID})
			if err != nil {
				t.Fatal(err)
			}
			if can(t, b.Accounts, token, "sitting:accept", in) {
				t.Error("it holds on")
			}
		})
	}
}

func TestALoanKeepsDutiesApart(t *testing.T) {
	s, _, _ := accounts(t)
	_, token := person(t, s, "inspector", Grant{Role: Inspector, Region: "410423"})
	person(t, s, "admin", Grant{Role: Administrator, Region: "410423"}, Grant{Role: Statistician, Region: "410423"})
	_, officer := person(t, s, "other", Grant{Role: Officer, Region: "410423"})
	actor, _, _ := s.Authenticate(context.Background(), officer)
	loan := Loan{Original: actor.Grants[0].Key(), To: "admin", Grant: Grant{From: day(11, 21), Until: day(11, 22)}}
	if err := s.Delegate(context.Background(), actor, loan); !fault.Is(err, fault.Refused) {
		t.Errorf("an administrator borrows an officer's grant: %v", err)
	}
	loan.To = "inspector"
	if err := s.Delegate(context.Background(), actor, loan); err != nil {
		t.Errorf("an inspector borrows it: %v", err)
	}
	if !can(t, s, token, "sitting:accept", Scope{Region: "410423"}) {
		t.Error("not lent")
	}
}

// TestExplainAndDecideNeverDiffer draws grants and questions at random.
func TestExplainAndDecideNeverDiffer(t *testing.T) {
	now := day(11, 21).Add(time.Hour)
	p := policyAt(t, func() time.Time { return now })
	regions, bodies, trades := []string{"41", "4104", "410423", "410421", "14"}, []string{"b1", "b2"}, []string{"", "1", "2"}
	rapid.Check(t, func(t *rapid.T) {
		actor := Actor{ID: "a", Token: rapid.SliceOf(rapid.SampledFrom(p.Actions())).Draw(t, "token")}
		for range rapid.IntRange(0, 5).Draw(t, "grants") {
			g := Grant{Role: rapid.SampledFrom(Grantable).Draw(t, "role")}
			if rapid.Bool().Draw(t, "in a body") {
				g.Body = rapid.SampledFrom(bodies).Draw(t, "body")
			} else {
				g.Region = rapid.SampledFrom(regions).Draw(t, "region")
			}
			if trade := rapid.SampledFrom(trades).Draw(t, "trade"); trade != "" {
				g.Trades = []string{trade}
			}
			g.From = now.AddDate(0, 0, rapid.IntRange(-2, 1).Draw(t, "from"))
			actor.Grants = append(actor.Grants, g)
		}
		action := rapid.SampledFrom(p.Actions()).Draw(t, "action")
		scope := Scope{Region: rapid.SampledFrom(regions).Draw(t, "where"), Body: rapid.SampledFrom(bodies).Draw(t, "whose"), Trade: rapid.SampledFrom(trades).Draw(t, "of trade")}
		e, err := p.Explain(actor, action, scope)
		if err != nil {
			t.Fatal(err)
		}
		if decided := p.Decide(actor, action, scope); (decided == nil) != e.Allowed {
			t.Fatalf("Decide says %v, Explain %+v", decided, e)
		}
	})
}
