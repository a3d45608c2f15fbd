package standing

import (
	"context"

	"kaoping/internal/fault"
)

// Gate is what a workflow asks before each act.
type Gate interface {
	// Clear refuses (Refused, by the bar's rule) when a bar keeps one of the
	// parties from the act now. Nothing is remembered between two calls.
	Clear(ctx context.Context, act Act, parties ...Party) error
}

// Clear is the gate on this service's store and clock.
func (s *Service) Clear(ctx context.Context, act Act, parties ...Party) error {
	const op = "standing.Clear"
	if len(parties) == 0 {
		return nil
	}
	bars, err := s.Store.Bars(ctx, BarQuery{Parties: parties})
	if err != nil {
		return fault.Wrap(op, err)
	}
	now := s.Now()
	for _, b := range bars {
		if b.Holds(act, now) {
			return b.refusal(op)
		}
	}
	return nil
}

func (b Bar) refusal(op string) error {
	switch {
	case b.Kind == Blacklisted:
		return fault.New(fault.Refused, op, "%s is on the blacklist since %s", b.Name, b.From).By(b.Rule)
	case b.Until.IsZero():
		return fault.New(fault.Refused, op, "%s is barred from this since %s, until it is lifted", b.Name, b.From).By(b.Rule)
	default:
		return fault.New(fault.Refused, op, "%s is barred from this from %s to %s", b.Name, b.From, b.Until).By(b.Rule)
	}
}
