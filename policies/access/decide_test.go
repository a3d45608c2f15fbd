package access

import (
	"strings"
	"testing"
	"time"

	"kaoping/internal/fault"
)

// lineage is a small region tree by prefix: 41 > 4104 > 410423.
func lineage(region string) []string {
	var line []string
	for ; len(region) >= 2; region = region[:len(region)-2] {
		line = append(line, region)
	}
	return line
}

func policy(t testing.TB) *Policy { return policyAt(t, time.Now) }

func policyAt(t testing.TB, now func() time.Time) *Policy {
	t.Helper()
	p, err := Open(lineage, now)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDecide(t *testing.T) {
	p := policy(t)
	county := Actor{ID: "o", Grants: []Grant{{Role: Officer, Region: "410423"}}}
	city := Actor{ID: "c", Grants: []Grant{{Role: Officer, Region: "4104"}}}
	scheduler := Actor{ID: "s", Grants: []Grant{{Role: Scheduler, Body: "b1"}}}
	admin := Actor{ID: "a", Grants: []Grant{{Role: Administrator, Region: "41"}}}
	auditor := Actor{ID: "u", Grants: []Grant{{Role: Auditor, Region: "41"}}}
	industry := Actor{ID: "i", Grants: []Grant{{Role: Industry, Region: "4104", Trades: []string{"6-31-01-03"}}}}
	candidate := Actor{ID: "e1", Enrolment: "e1"}
	here := Scope{Region: "410423", Body: "b1", Enrolment: "e1"}
	there := Scope{Region: "410421", Body: "b2", Enrolment: "e2"}
	for _, c := range []struct {
		what   string
		actor  Actor
		action Action
		scope  Scope
		want   fault.Code
	}{
		{"nobody", Actor{}, "sitting:read", here, fault.Unauthenticated},
		{"a county officer accepts at home", county, "sitting:accept", here, ""},
		{"a county officer never sees another county", county, "sitting:read", there, fault.Forbidden},
		{"a city officer covers its counties", city, "sitting:accept", there, ""},
		{"an officer never drafts", county, "sitting:draft", here, fault.Forbidden},
		{"a scheduler drafts in the own body", scheduler, "sitting:draft", here, ""},
		{"a scheduler of another body", scheduler, "sitting:draft", there, fault.Forbidden},
		{"a scheduler never accepts", scheduler, "sitting:accept", here, fault.Forbidden},
		{"a scheduler sees no paper", scheduler, "paper:read", here, fault.Forbidden},
		{"an administrator sees no results", admin, "result:read", here, fault.Forbidden},
		{"an administrator sees no papers", admin, "paper:read", here, fault.Forbidden},
		{"an auditor reads", auditor, "result:read", there, ""},
		{"an auditor changes nothing", auditor, "result:confirm", there, fault.Forbidden},
		{"a candidate takes the own attempt", candidate, "attempt:take", here, ""},
		{"a candidate takes no other's attempt", candidate, "attempt:take", there, fault.Forbidden},
		{"a candidate lists nobody", candidate, "enrolment:read", here, fault.Forbidden},
		{"a grant without a place holds nowhere", Actor{ID: "x", Grants: []Grant{{Role: Officer}}}, "sitting:read", Scope{}, fault.Forbidden},
		{"an industry department reads its trades' sittings", industry, "sitting:opine", Scope{Region: "410423", Body: "b1", Trade: "6-31-01-03"}, ""},
		{"an industry department and another trade", industry, "sitting:read", Scope{Region: "410423", Body: "b1", Trade: "6-18-02-04"}, fault.Forbidden},
		{"an industry department and a thing of no trade", industry, "sitting:read", here, fault.Forbidden},
		{"a program with the scope", Actor{ID: "p", Grants: []Grant{{Role: Client, Body: "b1"}}, Token: []Action{"sitting:read"}}, "sitting:read", here, ""},
		{"a program without the scope", Actor{ID: "p", Grants: []Grant{{Role: Client, Body: "b1"}}, Token: []Action{"sitting:draft"}}, "sitting:read", here, fault.Forbidden},
		{"a program beyond what programs may", Actor{ID: "p", Grants: []Grant{{Role: Client, Body: "b1"}}, Token: []Action{"paper:read"}}, "paper:read", here, fault.Forbidden},
		{"the system", System(), "certificate:issue", there, ""},
	} {
		if got := fault.CodeOf(p.Decide(c.actor, c.action, c.scope)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}

func TestEveryPolicyLineNamesAKnownRole(t *testing.T) {
	for line := range strings.Lines(withoutComments(policyText)) {
		role := Role(strings.TrimSpace(strings.Split(line, ",")[1]))
		if roleNames[role] == "" {
			t.Errorf("unknown role %q", role)
		}
	}
}
