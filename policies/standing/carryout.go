package standing

import (
	"context"
	"fmt"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// FilingJob is the kind of outbox job that carries out a granted application;
// its key is the application's id.
const FilingJob = "filing"

// provinceCode is the code of a body that is filed with a province (R51).
const provinceCode = "0000"

// CarryOut makes a granted application's proposal the filing: the handler of
// FilingJob, and idempotent. A new body has the id of its application. It is
// on the public list at once, because the list is this register (R35).
func (s *Service) CarryOut(ctx context.Context, application string) error {
	const op = "standing.CarryOut"
	a, err := s.Store.Application(ctx, application)
	if err != nil || a.State != Granted {
		return fault.Wrap(op, err)
	}
	if a.Kind == ToFile {
		err = s.enlist(ctx, a)
	} else {
		err = fault.Retry(func() error { return s.amend(ctx, a) })
	}
	return fault.Wrap(op, err)
}

// enlist files a new body.
func (s *Service) enlist(ctx context.Context, a Application) error {
	if _, err := s.Store.Body(ctx, a.ID); !fault.Is(err, fault.NotFound) {
		return err
	}
	b := a.Proposal
	serial, err := s.Store.Next(ctx, "body/"+b.Region)
	if err != nil {
		return err
	}
	if b.Code = fmt.Sprintf("%04d", serial); s.Book.Rank(b.Region) < cityRank {
		b.Code = provinceCode
	}
	b.ID, b.Version, b.State, b.Filing = a.ID, 0, Listed, a.ID
	b.Number = fmt.Sprintf("%s%s%04d", b.Kind.Letter(), b.Region, serial)
	err = s.Store.PutBody(ctx, &b, s.entryOf(b, a))
	if fault.Is(err, fault.Conflict) { // somebody else carries it out right now
		return nil
	}
	return err
}

// cityRank is the rank of a city in the region tree; provinces lie above it.
const cityRank = 2

// amend changes a filed body. What supervision has decided meanwhile stays.
func (s *Service) amend(ctx context.Context, a Application) error {
	b, err := s.Store.Body(ctx, a.Body)
	if err != nil || b.Filing == a.ID {
		return err
	}
	p := a.Proposal
	switch a.Kind {
	case ToChange:
		b.Name, b.Scopes, b.Sites, b.Staff = p.Name, p.Scopes, p.Sites, tied(p.Staff, b.Staff)
	case ToRenew:
		b.ValidFrom, b.ValidUntil = p.ValidFrom, p.ValidUntil
		if b.State == Expired {
			if b.State = Listed; !b.RectifyBy.IsZero() {
				b.State = Rectifying
			}
		}
	case ToWithdraw:
		if b.OnList() || b.State == Filed {
			b.State = Withdrawn
		}
	}
	b.Filing = a.ID
	return s.Store.PutBody(ctx, &b, s.entryOf(b, a))
}

func (s *Service) entryOf(b Body, a Application) audit.Entry {
	return audit.Entry{
		Stream: "body/" + b.ID, Object: "body/" + b.ID, At: s.Now(), Who: access.System().ID, What: "body:" + string(a.Kind),
		Rule: Filing.ID, Rules: s.Book.Hash(), Note: "application=" + a.ID,
	}
}

// Sweep lets filings expire whose last day is over, once a day. New notices are
// refused from that day on whether or not it ran. It is for one goroutine.
func (s *Service) Sweep(ctx context.Context) error {
	const op = "standing.Sweep"
	if s.swept.Equal(rulebook.Day(s.Now())) {
		return nil
	}
	all, err := s.Store.Bodies(ctx)
	if err != nil {
		return fault.Wrap(op, err)
	}
	today := rulebook.Day(s.Now())
	for _, b := range all {
		if !b.OnList() && b.State != Filed || !today.After(rulebook.Day(b.ValidUntil)) {
			continue
		}
		b.State = Expired
		err := s.Store.PutBody(ctx, &b, audit.Entry{Stream: "body/" + b.ID, Object: "body/" + b.ID, At: s.Now(), Who: access.System().ID, What: "body:expire", Rule: Filing.ID, Rules: s.Book.Hash()})
		if err != nil && !fault.Is(err, fault.Conflict) {
			return fault.Wrap(op, err)
		}
	}
	s.swept = today
	return nil
}
