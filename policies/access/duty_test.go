package access

import (
	"slices"
	"strings"
	"testing"

	"kaoping/internal/fault"
)

func TestIncompatibleRolesAreNotGivenInOnePlace(t *testing.T) {
	s, _, now := accounts(t) // every body lies in 410421
	inspector := Grant{Role: Inspector, Region: "4104"}
	for _, c := range []struct {
		what   string
		grants []Grant
		want   fault.Code
	}{
		{"an inspector of the city examines in a body there", []Grant{inspector, {Role: Examiner, Body: "b"}}, fault.Refused},
		{"the other way round", []Grant{{Role: Senior, Body: "b"}, inspector}, fault.Refused},
		{"an inspector of another county", []Grant{{Role: Inspector, Region: "410423"}, {Role: Examiner, Body: "b"}}, ""},
		{"an administrator of a body's region schedules there", []Grant{{Role: Administrator, Region: "410421"}, {Role: Scheduler, Body: "b"}}, fault.Refused},
		{"an administrator of the body itself", []Grant{{Role: Administrator, Body: "b"}, {Role: Author, Body: "b"}}, fault.Refused},
		{"an administrator of another body", []Grant{{Role: Administrator, Body: "b"}, {Role: Author, Body: "c"}}, ""},
		{"an administrator of a county confirms in the city", []Grant{{Role: Administrator, Region: "410421"}, {Role: Officer, Region: "4104"}}, fault.Refused},
		{"officer and reviewer: told apart record by record", []Grant{{Role: Officer, Region: "4104"}, {Role: Reviewer, Region: "4104"}}, ""},
		{"an inspection that is over", []Grant{{Role: Inspector, Region: "4104", Until: now.AddDate(0, 0, -1)}, {Role: Examiner, Body: "b"}}, ""},
	} {
		_, err := hired(s, Account{Login: c.what, Name: "某某", Grants: c.grants})
		if fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// TestAnAdministratorIsKeptFromEveryRoleThatSeesPapersOrScores follows the
// policy, so that a role that learns to read them needs its exclusion.
func TestAnAdministratorIsKeptFromEveryRoleThatSeesPapersOrScores(t *testing.T) {
	p := policy(t)
	secret := func(a Action) bool {
		return slices.Contains([]Action{"item:read", "paper:read", "practical:score", "result:confirm", "result:publish"}, a)
	}
	for _, role := range Grantable {
		if slices.ContainsFunc(p.Effect(role), secret) && excluded(Administrator, role) == "" {
			t.Errorf("an administrator may be %s as well", role)
		}
	}
	for _, role := range []Role{Administrator, Inspector} {
		for _, action := range p.Effect(role) {
			if secret(action) || strings.HasPrefix(string(action), "result:") {
				t.Errorf("%s may %s", role, action)
			}
		}
	}
}

func TestAnAuditorChangesNothing(t *testing.T) {
	for _, action := range policy(t).Effect(Auditor) {
		if !strings.HasSuffix(string(action), ":read") && action != "certificate:board" && action != "paper:brief" { // counts and names, to look at
			t.Errorf("an auditor may %s", action)
		}
	}
}

func TestAnotherPersonSigns(t *testing.T) {
	for duty := range Duties {
		if err := Distinct(duty, Actor{ID: "b"}, "a", ""); err != nil {
			t.Errorf("%s by another: %v", duty, err)
		}
		if err := Distinct(duty, Actor{ID: "a"}, "c", "a"); !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), Duties[duty]) {
			t.Errorf("%s by the same: %v", duty, err)
		}
	}
	if Distinct(SignSecond, Actor{}, "") == nil {
		t.Error("nobody signs")
	}
}
