package central

import (
	"context"
	"errors"
	"strings"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
)

// Proposal is what an officer asks for: the backup form in place of form A, or
// the whole paper revoked.
type Proposal struct {
	Revoke bool
	Reason string
	Choice Choice // what becomes of attempts already begun; "" with Revoke
}

// Choices lists what the region allows for attempts already begun (K14).
func (s *Service) Choices(p Paper) []Choice {
	rule, ok := s.Book.At(p.Region, p.StartsAt, p.Track, "replaced_attempts")
	if !ok {
		return []Choice{Finish}
	}
	var list []Choice
	for _, c := range []Choice{Restart, Finish} {
		if rule.Has(string(c)) {
			list = append(list, c)
		}
	}
	return list
}

// Preview counts what a replacement would touch now, and lists the choices,
// for who proposes it and who approves it.
func (s *Service) Preview(ctx context.Context, actor access.Actor, id string) (Touched, []Choice, error) {
	const op = "central.Preview"
	p, err := s.Store.CentralPaper(ctx, id)
	if err != nil {
		return Touched{}, nil, fault.Wrap(op, err)
	}
	if err := s.Policy.Decide(actor, "paper:revoke", p.Scope()); err != nil {
		if err := s.Policy.Decide(actor, "paper:approve", p.Scope()); err != nil {
			return Touched{}, nil, err
		}
	}
	touched, err := s.Touched(ctx, id)
	return touched, s.Choices(p), fault.Wrap(op, err)
}

// Propose asks for the backup form, or for the paper to be revoked (作废换卷;
// paper:revoke). It changes nothing until another person approves it.
func (s *Service) Propose(ctx context.Context, actor access.Actor, id string, in Proposal) (Paper, error) {
	const op = "central.Propose"
	return s.act(ctx, actor, "paper:revoke", id, func(p *Paper) (audit.Entry, []outbox.Job, error) {
		if err := s.replaceable(op, *p, in.Revoke); err != nil {
			return audit.Entry{}, nil, err
		}
		if p.Replacement.Pending() {
			return audit.Entry{}, nil, fault.New(fault.Refused, op, "a proposal waits for its second signature already")
		}
		in.Reason = strings.TrimSpace(in.Reason)
		if err := s.proposable(op, *p, in); err != nil {
			return audit.Entry{}, nil, err
		}
		p.Replacement = &Replacement{Revoke: in.Revoke, By: actor.ID, At: s.Now(), Reason: in.Reason, Choice: in.Choice}
		return s.entry(actor, p, "paper:propose", in.notes()...), nil, nil
	})
}

func (in Proposal) notes() []string {
	if in.Revoke {
		return []string{"revoke=yes"}
	}
	return []string{"form=" + FormB, "choice=" + string(in.Choice)}
}

func (s *Service) proposable(op string, p Paper, in Proposal) error {
	var issues []fault.Issue
	if in.Reason == "" {
		issues = append(issues, fault.Issue{Column: "reason", Text: fault.Textf("give the reason")})
	}
	allowed := in.Revoke && in.Choice == ""
	for _, c := range s.Choices(p) {
		allowed = allowed || !in.Revoke && c == in.Choice
	}
	if !allowed {
		issues = append(issues, fault.Issue{Column: "choice", Rule: "K14", Text: fault.Textf("choose what becomes of attempts already begun")})
	}
	if len(issues) > 0 {
		return fault.New(fault.Invalid, op, "the proposal is incomplete").With(issues...)
	}
	return nil
}

// replaceable refuses a replacement out of its time: the backup form comes
// once, for a sealed paper, until the sitting ends; a paper that was unsealed
// is replaced, not revoked.
func (s *Service) replaceable(op string, p Paper, revoke bool) error {
	if revoke {
		if !s.Now().Before(p.StartsAt) {
			return fault.New(fault.Late, op, "the sittings of this paper began at %s: it can only be replaced", p.StartsAt)
		}
		return p.in(op, Drafted, Returned, Submitted, Reviewed, Sealing, Sealed)
	}
	if err := p.in(op, Sealed, Unsealing, Unsealed); err != nil {
		return err
	}
	if p.Current == FormB {
		return fault.New(fault.Refused, op, "the backup form is in use already; there is no other")
	}
	if !s.Now().Before(p.Ends()) {
		return fault.New(fault.Late, op, "the sittings of this paper ended at %s", p.Ends())
	}
	return nil
}

// Approve is the second signature on a proposal, of another person
// (paper:approve). The backup form needs its own unsealing.
func (s *Service) Approve(ctx context.Context, actor access.Actor, id string) (Paper, error) {
	const op = "central.Approve"
	return s.act(ctx, actor, "paper:approve", id, func(p *Paper) (audit.Entry, []outbox.Job, error) {
		if err := s.second(op, *p, actor); err != nil {
			return audit.Entry{}, nil, err
		}
		r := *p.Replacement
		if err := s.replaceable(op, *p, r.Revoke); err != nil {
			return audit.Entry{}, nil, err
		}
		r.ApprovedBy, r.ApprovedAt = actor.ID, s.Now()
		p.Replacement = &r
		if r.Revoke {
			p.State, p.Reason = Revoked, r.Reason
		} else {
			p.State, p.Current, p.Choice = Sealed, FormB, r.Choice
		}
		in := Proposal{Revoke: r.Revoke, Choice: r.Choice}
		return s.entry(actor, p, "paper:approve", in.notes()...), []outbox.Job{s.follow(p, s.Now())}, nil
	})
}

// Decline turns a proposal down (paper:approve).
func (s *Service) Decline(ctx context.Context, actor access.Actor, id string) (Paper, error) {
	return s.act(ctx, actor, "paper:approve", id, func(p *Paper) (audit.Entry, []outbox.Job, error) {
		if err := s.second("central.Decline", *p, actor); err != nil {
			return audit.Entry{}, nil, err
		}
		r := *p.Replacement
		r.ApprovedBy, r.ApprovedAt, r.Declined = actor.ID, s.Now(), true
		p.Replacement = &r
		return s.entry(actor, p, "paper:decline"), nil, nil
	})
}

func (s *Service) second(op string, p Paper, actor access.Actor) error {
	if !p.Replacement.Pending() {
		return fault.New(fault.Refused, op, "no proposal waits for a second signature")
	}
	err := access.Distinct(access.SignSecond, actor, p.Replacement.By)
	var refusal *fault.Error
	if errors.As(err, &refusal) {
		_, rule := s.keepers(p)
		return by(refusal, rule)
	}
	return err
}
