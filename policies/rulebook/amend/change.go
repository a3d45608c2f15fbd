package amend

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// State is where a proposed change stands.
type State string

// The states of a change.
const (
	Proposed State = "proposed" // 待审
	Approved State = "approved" // 已批准
	Rejected State = "rejected" // 已驳回
)

// States lists the states in their order.
var States = []State{Proposed, Approved, Rejected}

// Change is a proposed setting of one parameter in one region.
type Change struct {
	ID         string
	Version    int
	Param      rulebook.Param // as it joins the book when approved
	State      State
	ProposedBy string
	ProposedAt time.Time
	DecidedBy  string
	DecidedAt  time.Time
	Reason     string // of a rejection
}

// Scope is where the change belongs.
func (c Change) Scope() access.Scope { return access.Scope{Region: c.Param.Region} }

// The lengths of what is typed, in characters.
const (
	documentMost = 120
	clauseMost   = 60
	textMost     = 1000
)

// settling is the time in which every instance has read what another one
// approved, with room to spare: an approval later in the evening takes a day more.
const settling = 10 * time.Minute

// Earliest is the first legal day on which a change approved at t can begin.
func Earliest(t time.Time) time.Time {
	return rulebook.Day(t.Add(settling)).AddDate(0, 0, 1)
}

// Propose puts a change up for approval (rule:propose in its region, a province
// or a city; Invalid names the fields). The value rulebook.None ends what the
// region has set itself.
func (s *Service) Propose(ctx context.Context, actor access.Actor, p rulebook.Param) (Change, error) {
	const op = "amend.Propose"
	if _, err := s.Book.Region(p.Region); err != nil {
		return Change{}, fault.New(fault.Invalid, op, "the change is not complete").With(fault.Issue{Column: "region", Text: fault.Textf("choose a region")})
	}
	if err := s.Policy.Decide(actor, "rule:propose", access.Scope{Region: p.Region}); err != nil {
		return Change{}, err
	}
	if rank := s.Book.Rank(p.Region); rank != 1 && rank != 2 {
		return Change{}, fault.New(fault.Refused, op, "%s is neither a province nor a city: a county goes by its city's rules", s.Book.FullName(p.Region))
	}
	now := s.Now()
	p.Kind, p.Change = rulebook.Decided, ulid.Make().String()
	if issues := s.check(p, now); len(issues) > 0 {
		return Change{}, fault.New(fault.Invalid, op, "the change is not complete").With(issues...)
	}
	c := Change{ID: p.Change, Param: p, State: Proposed, ProposedBy: actor.ID, ProposedAt: now}
	return c, fault.Wrap(op, s.Store.PutRuleChange(ctx, &c, s.entry(actor.ID, c, "rule:propose")))
}

// check names what is wrong with a proposed parameter.
func (s *Service) check(p rulebook.Param, now time.Time) []fault.Issue {
	var issues []fault.Issue
	wrong := func(column, format string, args ...any) {
		issues = append(issues, fault.Issue{Column: column, Text: fault.Textf(format, args...)})
	}
	for _, issue := range s.Book.Check(p) {
		if p.Value == rulebook.None && (issue.Column == "value" || issue.Column == "unit") {
			continue
		}
		issues = append(issues, issue)
	}
	if p.Value == rulebook.None && !s.sets(p, now) {
		wrong("value", "%s does not set this parameter itself: there is nothing to end", s.Book.FullName(p.Region))
	}
	switch {
	case p.From == "":
		wrong("from", "give the first day of the change")
	case p.From < Earliest(now).Format(time.DateOnly):
		wrong("from", "a change begins after its approval, so that no past decision moves: on %s at the earliest", Earliest(now))
	}
	for _, text := range []struct {
		column, text string
		most         int
	}{{"document", p.Document, documentMost}, {"clause", p.Clause, clauseMost}, {"quote", p.Quote, textMost}, {"note", p.Note, textMost}} {
		if text.column != "note" && strings.TrimSpace(text.text) == "" {
			wrong(text.column, "name the document, its clause and what it says")
		}
		if len([]rune(text.text)) > text.most {
			wrong(text.column, "this has %d characters; at most %d fit", len([]rune(text.text)), text.most)
		}
	}
	return issues
}

// sets reports whether the region itself sets the parameter from its day on.
func (s *Service) sets(p rulebook.Param, now time.Time) bool {
	day, err := time.ParseInLocation(time.DateOnly, p.From, rulebook.Shanghai)
	if err != nil {
		day = now
	}
	track := rulebook.Track("")
	if len(p.Tracks) > 0 {
		track = p.Tracks[0]
	}
	there, ok := s.Book.At(p.Region, day, track, p.Name)
	return ok && there.Region == p.Region && slices.Equal(there.Tracks, p.Tracks)
}

// Approve makes a change part of the rulebook (rule:approve by another person;
// Refused when its first day has come too near meanwhile, or another approved
// change begins on it).
func (s *Service) Approve(ctx context.Context, actor access.Actor, id string) (Change, error) {
	const op = "amend.Approve"
	c, err := s.decide(ctx, actor, id, func(c *Change, now time.Time) error {
		if earliest := Earliest(now); c.Param.From < earliest.Format(time.DateOnly) {
			return fault.New(fault.Refused, op, "the change was to begin on %s; approved now it can begin on %s at the earliest: reject it, and propose it with a later day", c.Param.From, earliest)
		}
		for _, p := range s.Book.Edition().Params {
			if p.Change != "" && p.Name == c.Param.Name && p.Region == c.Param.Region && p.From == c.Param.From && slices.Equal(p.Tracks, c.Param.Tracks) {
				return fault.New(fault.Refused, op, "another change of this parameter was approved for the same day")
			}
		}
		c.State = Approved
		return nil
	}, "rule:approve")
	if err != nil {
		return c, err
	}
	return c, s.Refresh(ctx)
}

// Reject turns a change down with a reason (rule:approve by another person).
func (s *Service) Reject(ctx context.Context, actor access.Actor, id, reason string) (Change, error) {
	const op = "amend.Reject"
	if reason = strings.TrimSpace(reason); reason == "" || len([]rune(reason)) > textMost {
		return Change{}, fault.New(fault.Invalid, op, "say why the change is rejected").With(fault.Issue{Column: "reason", Text: fault.Textf("say why the change is rejected")})
	}
	return s.decide(ctx, actor, id, func(c *Change, _ time.Time) error {
		c.State, c.Reason = Rejected, reason
		return nil
	}, "rule:reject")
}

func (s *Service) decide(ctx context.Context, actor access.Actor, id string, change func(*Change, time.Time) error, what string) (Change, error) {
	const op = "amend.Decide"
	if err := s.Refresh(ctx); err != nil { // what others approved a moment ago
		return Change{}, err
	}
	c, err := s.Store.RuleChange(ctx, id)
	if err != nil {
		return Change{}, fault.Wrap(op, err)
	}
	if err := s.MayDecide(actor, c); err != nil {
		return c, err
	}
	now := s.Now()
	if err := change(&c, now); err != nil {
		return c, err
	}
	c.DecidedBy, c.DecidedAt = actor.ID, now
	return c, fault.Wrap(op, s.Store.PutRuleChange(ctx, &c, s.entry(actor.ID, c, what)))
}

// MayDecide refuses unless the actor can approve or reject the change now.
func (s *Service) MayDecide(actor access.Actor, c Change) error {
	const op = "amend.Decide"
	if err := s.Policy.Decide(actor, "rule:approve", c.Scope()); err != nil {
		return err
	}
	if c.State != Proposed {
		return fault.New(fault.Refused, op, "this change was decided already")
	}
	if actor.ID == c.ProposedBy {
		return fault.New(fault.Refused, op, "you proposed this change: another person decides it")
	}
	return nil
}

// Changes lists the changes of the regions in which the actor proposes, approves
// or audits, newest first.
func (s *Service) Changes(ctx context.Context, actor access.Actor) ([]Change, error) {
	all, err := s.Store.RuleChanges(ctx)
	if err != nil {
		return nil, fault.Wrap("amend.Changes", err)
	}
	mine := slices.DeleteFunc(all, func(c Change) bool { return !s.sees(actor, c) })
	slices.SortFunc(mine, func(x, y Change) int { return cmp.Compare(y.ID, x.ID) })
	return mine, nil
}

// Change shows a change to those who list it.
func (s *Service) Change(ctx context.Context, actor access.Actor, id string) (Change, error) {
	const op = "amend.Change"
	c, err := s.Store.RuleChange(ctx, id)
	if err != nil {
		return Change{}, fault.Wrap(op, err)
	}
	if !s.sees(actor, c) {
		return Change{}, s.Policy.Decide(actor, "rule:approve", c.Scope())
	}
	return c, nil
}

func (s *Service) sees(actor access.Actor, c Change) bool {
	for _, action := range []access.Action{"rule:propose", "rule:approve", "audit:read"} {
		if s.Policy.Decide(actor, action, c.Scope()) == nil {
			return true
		}
	}
	return false
}

func (s *Service) entry(who string, c Change, what string) audit.Entry {
	return audit.Entry{
		Stream: "rules/" + c.Param.Region, Object: "rulechange/" + c.ID, At: s.Now(), Who: who, What: what,
		Rule: c.Param.Rule, Rules: s.Book.Hash(),
	}
}
