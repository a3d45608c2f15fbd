package central

import (
	"context"
	"errors"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
)

// Seal is one keeper's hand in sealing a reviewed paper (paper:seal). The
// first hand closes it to its setter and reviewer, the last one seals it. The
// keepers are different people, and neither setter nor reviewer (R20).
func (s *Service) Seal(ctx context.Context, actor access.Actor, id string) (Paper, error) {
	const op = "central.Seal"
	return s.act(ctx, actor, "paper:seal", id, func(p *Paper) (audit.Entry, []outbox.Job, error) {
		if err := p.in(op, Reviewed, Sealing); err != nil {
			return audit.Entry{}, nil, err
		}
		if err := s.apart(*p, actor, p.Sealed); err != nil {
			return audit.Entry{}, nil, err
		}
		p.Sealed = append(p.Sealed, s.hand(actor))
		p.State = Sealing
		need, rule := s.keepers(*p)
		var jobs []outbox.Job
		if len(p.Sealed) >= need {
			p.State = Sealed
			for i := range p.Forms {
				if err := s.lockRoom(*p, &p.Forms[i]); err != nil {
					return audit.Entry{}, nil, err
				}
			}
			jobs = append(jobs, s.follow(p, s.Now()))
		}
		entry := s.entry(actor, p, "paper:seal")
		entry.Rule = rule.Rule
		return entry, jobs, nil
	})
}

// Unseal is one keeper's hand in unsealing the form that is sat (paper:unseal):
// from some minutes before the start, which the rulebook gives, to the end
// (Early, Late; R20). What is unsealed is released at the start.
func (s *Service) Unseal(ctx context.Context, actor access.Actor, id string) (Paper, error) {
	const op = "central.Unseal"
	return s.act(ctx, actor, "paper:unseal", id, func(p *Paper) (audit.Entry, []outbox.Job, error) {
		if err := p.in(op, Sealed, Unsealing); err != nil {
			return audit.Entry{}, nil, err
		}
		if err := s.inWindow(op, *p); err != nil {
			return audit.Entry{}, nil, err
		}
		form, err := p.Form(p.Current)
		if err != nil {
			return audit.Entry{}, nil, err
		}
		if err := s.apart(*p, actor, form.Unsealed); err != nil {
			return audit.Entry{}, nil, err
		}
		form.Unsealed = append(form.Unsealed, s.hand(actor))
		p.State = Unsealing
		need, rule := s.keepers(*p)
		var jobs []outbox.Job
		if len(form.Unsealed) >= need {
			p.State = Unsealed
			jobs = append(jobs, s.follow(p, s.Now()))
			if p.StartsAt.After(s.Now()) {
				jobs = append(jobs, s.follow(p, p.StartsAt))
			}
		}
		entry := s.entry(actor, p, "paper:unseal", "form="+p.Current)
		entry.Rule = rule.Rule
		return entry, jobs, nil
	})
}

// Opens is when a paper can be unsealed from.
func (s *Service) Opens(p Paper) time.Time {
	before, ok := s.Book.At(p.Region, p.StartsAt, p.Track, "unseal_minutes_before")
	if !ok {
		return p.StartsAt
	}
	return p.StartsAt.Add(-time.Duration(before.Int()) * time.Minute)
}

func (s *Service) inWindow(op string, p Paper) error {
	rule, _ := s.Book.At(p.Region, p.StartsAt, p.Track, "unseal_minutes_before")
	now := s.Now()
	if opens := s.Opens(p); now.Before(opens) {
		return by(fault.New(fault.Early, op, "the paper can be unsealed from %s", opens), rule)
	}
	if !now.Before(p.Ends()) {
		return by(fault.New(fault.Late, op, "the paper could be unsealed until %s", p.Ends()), rule)
	}
	return nil
}

// apart refuses a keeper who has a hand on the paper already, or set or reviewed it (R20).
func (s *Service) apart(p Paper, actor access.Actor, hands []Hand) error {
	err := access.Distinct(access.KeepApart, actor, p.SetBy, p.ReviewedBy)
	if err == nil {
		err = access.Distinct(access.KeepSecond, actor, accounts(hands)...)
	}
	var refusal *fault.Error
	if errors.As(err, &refusal) {
		_, rule := s.keepers(p)
		return by(refusal, rule)
	}
	return err
}

func (s *Service) hand(actor access.Actor) Hand {
	return Hand{Account: actor.ID, Name: actor.Name, At: s.Now(), From: actor.From}
}
