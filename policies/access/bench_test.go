package access

import (
	"context"
	"fmt"
	"testing"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// realPolicy decides over the regions of the rulebook.
func realPolicy(b *testing.B) *Policy {
	book, err := rulebook.Open()
	if err != nil {
		b.Fatal(err)
	}
	p, err := Open(book.Lineage, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// BenchmarkDecide decides for one of 10,000 accounts, each with a grant.
func BenchmarkDecide(b *testing.B) {
	p := realPolicy(b)
	actors := make([]Actor, 10_000)
	for i := range actors {
		actors[i] = Actor{ID: fmt.Sprint(i), Grants: []Grant{{Role: Grantable[i%7], Body: fmt.Sprint("body", i)}, {Role: Officer, Region: "410423"}}}
	}
	for i := 0; b.Loop(); i++ {
		if err := p.Decide(actors[i%len(actors)], "sitting:accept", Scope{Region: "410423", Body: "x"}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecideManyGrants decides for one actor whose last grant allows it,
// after all others were weighed: up to the most that an account may have.
func BenchmarkDecideManyGrants(b *testing.B) {
	for _, n := range []int{10, GrantsMost} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := realPolicy(b)
			actor := Actor{ID: "o"}
			for i := range n - 1 {
				actor.Grants = append(actor.Grants, Grant{Role: Scheduler, Body: fmt.Sprintf("01JD0000000000000000%06d", i)})
			}
			actor.Grants = append(actor.Grants, Grant{Role: Officer, Region: "410000"})
			for b.Loop() {
				if err := p.Decide(actor, "sitting:read", Scope{Region: "410423", Body: "01JD0000000000000000zzzzzz"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDecideFirst asks Casbin itself, for a pair that nobody asked before.
func BenchmarkDecideFirst(b *testing.B) {
	p := realPolicy(b)
	actor := Actor{ID: "o", Grants: []Grant{{Role: Client, Region: "410000"}}}
	for b.Loop() {
		p.known.Clear()
		if err := p.Decide(actor, "paper:read", Scope{Region: "410423"}); !fault.Is(err, fault.Forbidden) {
			b.Fatal(err)
		}
	}
}

// BenchmarkAuthenticate is what every request pays before: the account with
// its grants, over a store of maps.
func BenchmarkAuthenticate(b *testing.B) {
	store := &memory{map[string]Account{"o": {ID: "o", Login: "o", Grants: []Grant{{Role: Officer, Region: "410423"}}}}, map[string]Session{}, nil}
	s := &Accounts{Store: store, Policy: realPolicy(b), Now: time.Now}
	token, err := s.OpenSession(context.Background(), Session{Account: "o"})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := s.Authenticate(context.Background(), token); err != nil {
			b.Fatal(err)
		}
	}
}
