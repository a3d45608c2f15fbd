package access

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

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
	enforcer *casbin.SyncedEnforcer
	known    sync.Map // asked to bool
	lineage  func(region string) []string
	now      func() time.Time
	actions  []Action
}

// asked is one question to Casbin.
type asked struct {
	role   Role
	action Action
}

// Open reads the embedded model and policy. lineage lists a region and all
// that contain it; now says whether a grant's days have come.
func Open(lineage func(region string) []string, now func() time.Time) (*Policy, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("access: model: %w", err)
	}
	enforcer, err := casbin.NewSyncedEnforcer(m, stringadapter.NewAdapter(withoutComments(policyText)))
	if err != nil {
		return nil, fmt.Errorf("access: policy: %w", err)
	}
	p := &Policy{enforcer: enforcer, lineage: lineage, now: now}
	rules, err := enforcer.GetPolicy()
	if err != nil {
		return nil, fmt.Errorf("access: policy: %w", err)
	}
	for _, rule := range rules {
		if action := Action(rule[1]); !slices.Contains(p.actions, action) {
			p.actions = append(p.actions, action)
		}
	}
	slices.Sort(p.actions)
	return p, nil
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

// Actions lists every action that the policy gives to some role, in order.
func (p *Policy) Actions() []Action { return slices.Clone(p.actions) }

// Learn asks Casbin every question that there is, so that no request waits for
// a first answer.
func (p *Policy) Learn() error {
	for _, role := range Grantable {
		for _, action := range p.actions {
			if _, err := p.may(role, action); err != nil {
				return err
			}
		}
	}
	return nil
}

// Effect lists what the policy lets a role do.
func (p *Policy) Effect(role Role) []Action {
	return slices.DeleteFunc(p.Actions(), func(action Action) bool {
		ok, err := p.may(role, action)
		return !ok || err != nil
	})
}

// Decide allows the action in the scope or says Forbidden. A decision that
// cannot be made is a refusal too (Internal).
func (p *Policy) Decide(actor Actor, action Action, scope Scope) error {
	if actor.Anonymous() {
		return fault.New(fault.Unauthenticated, "access.Decide", "log in first")
	}
	places, now := p.lineage(scope.Region), p.now()
	for i := range actor.Grants {
		if !reaches(&actor.Grants[i], &scope, places) {
			continue // most grants of an actor with many: nothing to ask
		}
		verdict, err := p.weigh(&actor, &actor.Grants[i], action, scope, places, now)
		if err != nil || verdict == Allows {
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

// Verdict is what one grant comes to in a question.
type Verdict string

// The verdicts, in the order in which a grant is weighed.
const (
	Allows     Verdict = "allows"
	Elsewhere  Verdict = "elsewhere"   // the grant is in another place
	OtherRole  Verdict = "other-role"  // the role may not do this anywhere
	OtherTrade Verdict = "other-trade" // the grant is for other trades
	NotYet     Verdict = "not-yet"     // its first day has not come
	Over       Verdict = "over"        // its last day is over
	NotInToken Verdict = "not-in-token"
	Withdrawn  Verdict = "withdrawn" // it was lent, and the original is gone
)

// reaches reports whether the scope lies where the grant holds. The system's
// grant names no place and holds everywhere.
func reaches(g *Grant, scope *Scope, places []string) bool {
	if g.Body != "" {
		return g.Body == scope.Body
	}
	return slices.Contains(places, g.Region) || g.Role == system
}

// weigh says what a grant comes to; places is the scope's region with all that
// contain it.
func (p *Policy) weigh(actor *Actor, g *Grant, action Action, scope Scope, places []string, now time.Time) (Verdict, error) {
	if g.Role == system { // sweeping, marking, issuing what an officer confirmed
		return Allows, nil
	}
	if !reaches(g, &scope, places) {
		return Elsewhere, nil
	}
	if ok, err := p.may(g.Role, action); err != nil || !ok {
		return OtherRole, err
	}
	switch {
	case len(g.Trades) > 0 && !slices.Contains(g.Trades, scope.Trade):
		return OtherTrade, nil
	case !g.begun(now):
		return NotYet, nil
	case g.over(now):
		return Over, nil
	case g.Role == Client && !slices.Contains(actor.Token, action):
		return NotInToken, nil
	}
	return Allows, nil
}

// may asks Casbin whether the role may do the action at all.
func (p *Policy) may(role Role, action Action) (bool, error) {
	question := asked{role, action}
	if answer, ok := p.known.Load(question); ok {
		return answer.(bool), nil
	}
	answer, err := p.enforcer.Enforce(string(role), string(action))
	if err != nil {
		return false, fault.New(fault.Internal, "access.Decide", "something went wrong here").Because(err)
	}
	p.known.Store(question, answer)
	return answer, nil
}
