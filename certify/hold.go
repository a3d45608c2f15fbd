package certify

import (
	"context"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// holdPage is how many certificates one look takes.
const holdPage = 500

// Hold fences what a bar keeps from being issued and has its number already:
// who was about to mark such a certificate as issued, and asked the gate before
// the bar was there, meets a Conflict and asks again. What has no number yet is
// asked about after it has one. So from the moment at which Hold returns nothing
// is issued against the bar, by any instance. Doing it again changes nothing.
func (s *Service) Hold(ctx context.Context, bar string) error {
	const op = "certify.Hold"
	b, err := s.Bars.Bar(ctx, bar)
	if err != nil {
		return fault.Wrap(op, err)
	}
	q := Query{Limit: holdPage}
	switch now := s.Now(); {
	case !b.Holds(standing.ToIssue, now) && !b.Holds(standing.ToSubsidy, now):
		return nil
	case b.Party.Kind == standing.OfBody:
		q.Body = b.Party.Key
	case b.Party.Kind == standing.OfPerson:
		q.Person = b.Party.Key
	default: // a platform issues nothing
		return nil
	}
	for {
		page, err := s.Store.Certificates(ctx, q)
		if err != nil {
			return fault.Wrap(op, err)
		}
		for _, c := range page {
			if err := s.hold(ctx, b, c); err != nil {
				return fault.Wrap(op, err)
			}
		}
		if len(page) < holdPage {
			return nil
		}
		q.After = page[len(page)-1].Number
	}
}

func (s *Service) hold(ctx context.Context, b standing.Bar, c Certificate) error {
	for {
		if c.State != Numbered || c.HeldBy == b.ID {
			return nil
		}
		c.HeldBy = b.ID
		entry := s.entry(access.System(), c.Number, "certificate:hold")
		entry.Rule, entry.Note = b.Rule.ID, "bar="+b.ID
		err := s.Store.PutCertificate(ctx, &c, entry)
		if !fault.Is(err, fault.Conflict) {
			return err
		}
		if c, err = s.Store.Certificate(ctx, c.Number); err != nil {
			return err
		}
	}
}
