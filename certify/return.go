package certify

import (
	"context"
	"fmt"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// returnJob gives the place of a revoked certificate back.
func returnJob(number string, version int, due time.Time) outbox.Job {
	return outbox.Job{ID: fmt.Sprintf("%s:%s:%d", ReturnJob, number, version), Kind: ReturnJob, Key: number, Due: due}
}

// countedIn is the mix that a certificate counts in, and the month.
func (s *Service) countedIn(c Certificate) (mix string, month time.Month) {
	if c.Counted.Mix != "" {
		return c.Counted.Mix, c.Counted.Month
	}
	day := c.IssuedOn.In(rulebook.Shanghai)
	return MixID(s.Book.City(c.Region), day.Year()), day.Month()
}

// cell is what a certificate counts for.
func (s *Service) cell(c Certificate) (mix string, cell Cell) {
	mix, month := s.countedIn(c)
	cell = Cell{Month: month, County: c.Region, Track: c.Track, Level: c.Level, N: 1}
	if c.Counted.Skilled {
		cell.Skilled = 1
	}
	if c.Counted.High {
		cell.High = 1
	}
	return mix, cell
}

// GiveBack takes a revoked certificate out of the count of the year in which it
// was counted, once: the handler of ReturnJob.
func (s *Service) GiveBack(ctx context.Context, number string) error {
	const op = "certify.GiveBack"
	c, err := s.Store.Certificate(ctx, number)
	if err != nil {
		return fault.Wrap(op, err)
	}
	mix, _ := s.countedIn(c)
	var back Intent
	err = s.inMix(ctx, mix, func(ctx context.Context, m *Mix, at time.Time) (e audit.Entry, jobs []outbox.Job, err error) {
		back = Intent{}
		c, err := s.Store.Certificate(ctx, number)
		if err != nil {
			return e, nil, err
		}
		in, cell := s.cell(c)
		if c.State != Revoked || c.Counted.Returned || in != m.ID {
			return e, nil, errSame
		}
		back = Intent{Kind: ToReturn, Enrolment: c.Enrolment, At: at, Counted: cell, Number: number, Seen: c.Version}
		for _, p := range m.Pending {
			if p.key() == back.key() {
				return e, nil, errSame
			}
		}
		m.giveBack(back)
		return s.mixEntry(access.System(), *m, "mix:return", back, Limit{}, at), nil, nil
	})
	if err == nil && back.Kind == ToReturn {
		err = s.returned(ctx, mix, back)
	}
	return fault.Wrap(op, err)
}

// returned marks the certificate that it counts no more, unless it was changed
// since: then it was marked already, and may have been reinstated.
func (s *Service) returned(ctx context.Context, mix string, p Intent) error {
	c, err := s.Store.Certificate(ctx, p.Number)
	if err != nil {
		return err
	}
	if c.Version == p.Seen {
		c.Counted.Returned = true
		entry := s.entry(access.System(), c.Number, "certificate:uncount")
		entry.Rule = "R06"
		if err := s.Store.PutCertificate(ctx, &c, entry); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	s.places.finish(mix, p)
	return nil
}
