package access

import (
	_ "embed"
	"fmt"
	"strings"

	"kaoping/internal/fault"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"
)

//go:embed model.conf
var modelText string

//go:embed policy.csv
var policyText string

// Action is what somebody wants to do: "sitting:notify".
type Action string

// Policy decides. It is read once; Casbin's answer for a role and an action
// never changes while the process runs, so it is remembered.
type Policy struct {
	enforcer *casbin.SyncedCachedEnforcer
	covers   func(outer, inner string) bool
}

// Open reads the embedded model and policy. covers says whether one region is
// or contains another.
func Open(covers func(outer, inner string) bool) (*Policy, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("access: model: %w", err)
	}
	enforcer, err := casbin.NewSyncedCachedEnforcer(m, stringadapter.NewAdapter(withoutComments(policyText)))
	if err != nil {
		return nil, fmt.Errorf("access: policy: %w", err)
	}
	return &Policy{enforcer: enforcer, covers: covers}, nil
}

func withoutComments(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// Decide allows the action in the scope or says Forbidden. A decision that
// cannot be made is a refusal too (Internal).
func (p *Policy) Decide(actor Actor, action Action, scope Scope) error {
	if actor.Anonymous() {
		return fault.New(fault.Unauthenticated, "access.Decide", "log in first")
	}
	for _, grant := range actor.Grants {
		if !p.holds(grant, scope) {
			continue
		}
		if ok, err := p.may(grant.Role, action); ok || err != nil {
			return err
		}
	}
	if actor.Enrolment != "" && actor.Enrolment == scope.Enrolment {
		if ok, err := p.may(Candidate, action); ok || err != nil {
			return err
		}
	}
	return fault.New(fault.Forbidden, "access.Decide", "your roles do not allow %s here", action)
}

func (p *Policy) holds(grant Grant, scope Scope) bool {
	switch {
	case grant.Role == system:
		return true
	case grant.Body != "":
		return grant.Body == scope.Body
	default:
		return grant.Region != "" && p.covers(grant.Region, scope.Region)
	}
}

func (p *Policy) may(role Role, action Action) (bool, error) {
	ok, err := p.enforcer.Enforce(string(role), string(action))
	if err != nil {
		return false, fault.New(fault.Internal, "access.Decide", "something went wrong here").Because(err)
	}
	return ok, nil
}
