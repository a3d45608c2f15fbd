package access

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestHomeHidesNothing draws actors and things: whatever an actor may do lies
// where Home says that it can lie.
func TestHomeHidesNothing(t *testing.T) {
	p := policy(t)
	regions, bodies := []string{"41", "4104", "410423", "410421"}, []string{"b1", "b2"}
	actions := []Action{"sitting:read", "sitting:consent", "certificate:read"}
	rapid.Check(t, func(t *rapid.T) {
		actor := Actor{ID: "a"}
		for range rapid.IntRange(0, 3).Draw(t, "grants") {
			g := Grant{Role: rapid.SampledFrom(append(Grantable, system)).Draw(t, "role")}
			if rapid.Bool().Draw(t, "in a body") {
				g.Body = rapid.SampledFrom(bodies).Draw(t, "body")
			} else {
				g.Region = rapid.SampledFrom(regions).Draw(t, "region")
			}
			actor.Grants = append(actor.Grants, g)
		}
		if rapid.Bool().Draw(t, "candidate") {
			actor.Enrolment = "e1"
		}
		thing := Scope{Region: rapid.SampledFrom(regions).Draw(t, "thing's region"), Body: rapid.SampledFrom(bodies).Draw(t, "thing's body"), Enrolment: "e1"}
		home, none, err := p.Home(actor, actions...)
		if err != nil {
			t.Fatal(err)
		}
		within := !none && (home.Body == "" || home.Body == thing.Body) && (home.Region == "" || slices.Contains(p.lineage(thing.Region), home.Region))
		for _, action := range actions {
			if p.Decide(actor, action, thing) == nil && !within {
				t.Fatalf("%s is allowed in %+v, which is not in %+v (none: %v)", action, thing, home, none)
			}
		}
	})
}

func TestHomeIsWhereAllGrantsAre(t *testing.T) {
	p := policy(t)
	officer, reviewer := Grant{Role: Officer, Region: "410423"}, Grant{Role: Reviewer, Region: "410423"}
	for _, c := range []struct {
		what   string
		grants []Grant
		home   Scope
		none   bool
	}{
		{"a county officer", []Grant{officer}, Scope{Region: "410423"}, false},
		{"two roles in one county", []Grant{officer, reviewer}, Scope{Region: "410423"}, false},
		{"two counties", []Grant{officer, {Role: Officer, Region: "410421"}}, Scope{}, false},
		{"a role elsewhere that may not", []Grant{officer, {Role: Setter, Region: "410421"}}, Scope{Region: "410423"}, false},
		{"a scheduler", []Grant{{Role: Scheduler, Body: "b1"}}, Scope{Body: "b1"}, false},
		{"who may not at all", []Grant{{Role: Setter, Region: "41"}}, Scope{}, true},
		{"the system", System().Grants, Scope{}, false},
	} {
		home, none, err := p.Home(Actor{ID: "a", Grants: c.grants}, "certificate:read")
		if err != nil || home != c.home || none != c.none {
			t.Errorf("%s: %+v, %v, %v; want %+v, %v", c.what, home, none, err, c.home, c.none)
		}
	}
}
