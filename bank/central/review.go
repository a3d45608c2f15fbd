package central

import (
	"context"
	"strings"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
)

// Inspect opens a form before it is sealed: for its setter while it is drafted
// or returned, for another setter, who reviews it, once it is handed in
// (paper:inspect). Each opening is recorded before anything is shown. From the
// first keeper's hand on nobody reads it.
func (s *Service) Inspect(ctx context.Context, actor access.Actor, id, letter string) (Content, error) {
	const op = "central.Inspect"
	var content Content
	_, err := s.act(ctx, actor, "paper:inspect", id, func(p *Paper) (audit.Entry, []outbox.Job, error) {
		form, err := p.Form(letter)
		if err != nil {
			return audit.Entry{}, nil, err
		}
		if err := p.readable(op, actor); err != nil {
			return audit.Entry{}, nil, err
		}
		if content, err = s.decrypt(p.ID, form); err != nil {
			return audit.Entry{}, nil, err
		}
		p.Openings++
		return s.entry(actor, p, "paper:inspect", "form="+letter), nil, nil
	})
	if err != nil {
		return Content{}, err
	}
	return content, nil
}

func (p Paper) readable(op string, actor access.Actor) error {
	switch p.State {
	case Drafted, Returned:
		return p.own(op, actor)
	case Submitted:
		return access.Distinct(access.ReviewPaper, actor, p.SetBy)
	}
	return fault.New(fault.Refused, op, "the paper is %s: nobody reads it before its hour", p.State)
}

// Review says that a paper is right (审定; paper:inspect by another person than its setter).
func (s *Service) Review(ctx context.Context, actor access.Actor, id string) (Paper, error) {
	return s.judge(ctx, actor, id, Reviewed, "")
}

// Return sends a paper back to its setter with a reason.
func (s *Service) Return(ctx context.Context, actor access.Actor, id, reason string) (Paper, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return Paper{}, fault.New(fault.Invalid, "central.Return", "say why the paper is returned").With(fault.Issue{Column: "reason", Text: fault.Textf("say why the paper is returned")})
	}
	return s.judge(ctx, actor, id, Returned, reason)
}

func (s *Service) judge(ctx context.Context, actor access.Actor, id string, to State, reason string) (Paper, error) {
	what := map[State]access.Action{Reviewed: "paper:review", Returned: "paper:return"}[to]
	return s.act(ctx, actor, "paper:inspect", id, func(p *Paper) (audit.Entry, []outbox.Job, error) {
		if err := p.in("central.Review", Submitted); err != nil {
			return audit.Entry{}, nil, err
		}
		if err := access.Distinct(access.ReviewPaper, actor, p.SetBy); err != nil {
			return audit.Entry{}, nil, err
		}
		p.State, p.Reason = to, reason
		if to == Reviewed {
			p.ReviewedBy, p.ReviewedAt = actor.ID, s.Now()
		}
		return s.entry(actor, p, what), nil, nil // the reason may speak of questions: it stays out of the stream
	})
}
