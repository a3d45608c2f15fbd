package central

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/internal/vault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// FollowJob is what sittings do after a paper was sealed, unsealed, released,
// replaced or revoked; its key is the paper's id. Its handler is idempotent.
const FollowJob = "central-paper"

// Bodies finds evaluation bodies.
type Bodies interface {
	Body(ctx context.Context, id string) (standing.Body, error)
}

// Touched is how much a replacement touches.
type Touched struct {
	Sittings int // that sit the paper and are not over
	Rooms    int // of them that are open
	Writing  int // attempts that are open: the choice is about them
	HandedIn int // attempts that were handed in: they stay
}

// Service keeps central papers.
type Service struct {
	Store  Store
	Bodies Bodies
	Policy *access.Policy
	Book   *rulebook.Book
	Keys   *vault.Keyring
	Now    func() time.Time
	Log    *slog.Logger
	// Touched counts what sits a paper.
	Touched func(ctx context.Context, paper string) (Touched, error)

	released sync.Map // PaperRef to Opened, after the release only: a sealed form never changes
}

func (s *Service) entry(actor access.Actor, p *Paper, what access.Action, notes ...string) audit.Entry {
	if actor.From != "" {
		notes = append(notes, "from="+actor.From)
	}
	return audit.Entry{
		Stream: "paper/" + p.ID, Object: "central/" + p.ID, At: s.Now(), Who: actor.ID, What: string(what),
		Note: strings.Join(notes, " "), Rules: s.Book.Hash(),
	}
}

// follow is the job by which sittings follow the version of p that is stored
// next, at a moment.
func (s *Service) follow(p *Paper, due time.Time) outbox.Job {
	return outbox.Job{ID: fmt.Sprintf("%s:%s:%d:%d", FollowJob, p.ID, p.Version+1, due.Unix()), Kind: FollowJob, Key: p.ID, Due: due}
}

// change is one step of a paper: what it does to it, and what follows.
type change func(*Paper) (audit.Entry, []outbox.Job, error)

// act decides, changes and stores a paper, again if somebody else changed it
// meanwhile. A try that is refused is recorded.
func (s *Service) act(ctx context.Context, actor access.Actor, action access.Action, id string, do change) (Paper, error) {
	var p Paper
	err := fault.Retry(func() (err error) {
		if p, err = s.Store.CentralPaper(ctx, id); err != nil {
			return err
		}
		if err := s.Policy.Decide(actor, action, p.Scope()); err != nil {
			return err
		}
		entry, jobs, err := do(&p)
		if err != nil {
			return err
		}
		return s.Store.PutCentralPaper(ctx, &p, entry, jobs...)
	})
	if err != nil {
		s.refused(ctx, actor, action, id, err)
	}
	return p, fault.Wrap("central."+string(action), err)
}

// refusals are the codes of a try that is recorded.
var refusals = []fault.Code{fault.Forbidden, fault.Refused, fault.Early, fault.Late}

// refused records a refused try of staff whom the policy knows in the paper's
// region or in a body there. Strangers are turned away without a trace here,
// so that nobody without a grant can make the store write.
func (s *Service) refused(ctx context.Context, actor access.Actor, action access.Action, id string, cause error) {
	if !slices.Contains(refusals, fault.CodeOf(cause)) {
		return
	}
	err := fault.Retry(func() error {
		p, err := s.Store.CentralPaper(ctx, id)
		if err != nil {
			return err
		}
		known, err := s.knows(ctx, actor, p)
		if err != nil || !known {
			return err
		}
		p.Refusals++
		entry := s.entry(actor, &p, "paper:refused", "action="+string(action), "code="+string(fault.CodeOf(cause)))
		return s.Store.PutCentralPaper(ctx, &p, entry)
	})
	if err != nil {
		s.Log.Warn("a refused try at a central paper could not be recorded", "paper", id, "who", actor.ID, "action", action, "error", err)
	}
}

// knows reports whether the actor holds a grant where the paper may be sat.
func (s *Service) knows(ctx context.Context, actor access.Actor, p Paper) (bool, error) {
	if actor.Anonymous() || actor.Enrolment != "" {
		return false, nil
	}
	for _, g := range actor.Grants {
		region := g.Region
		if g.Body != "" {
			body, err := s.Bodies.Body(ctx, g.Body)
			if err != nil {
				return false, err
			}
			region = body.Region
		}
		if g.In(s.Now()) && (s.Book.Covers(region, p.Region) || s.Book.Covers(p.Region, region)) {
			return true, nil
		}
	}
	return false, nil
}

// keepers is how many hands seal and unseal a paper, and the rule that says so (R20).
func (s *Service) keepers(p Paper) (int, rulebook.Param) {
	rule, ok := s.Book.At(p.Region, p.StartsAt, p.Track, "paper_keepers")
	if !ok {
		return keepersLeast, rule
	}
	return max(rule.Int(), keepersLeast), rule
}

// keepersLeast is below what no region can go.
const keepersLeast = 2

// by names the rule that refuses, where there is one.
func by(e *fault.Error, rule rulebook.Param) error {
	if rule.Rule == "" {
		return e
	}
	return e.By(rule.Cite())
}
