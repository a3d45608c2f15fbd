package cases

import (
	"context"
	"time"

	"kaoping/internal/fault"
)

// How many complaints are taken in an hour of the clock: from one address, and
// in all.
const (
	complaintsOfOne = 5
	complaintsOfAll = 200
)

// admit counts a complaint of this hour (Throttled past a limit). Who is past
// one writes nothing.
func (s *Service) admit(ctx context.Context, op, from string) error {
	now := s.Now()
	ends := now.Truncate(time.Hour).Add(time.Hour)
	limits := []struct {
		tally string
		most  int
	}{{"complaints/" + s.Hash("complaint", from), complaintsOfOne}, {"complaints", complaintsOfAll}}
	full := fault.New(fault.Throttled, op, "too many complaints came in this hour: try again in %d minutes", int(ends.Sub(now)/time.Minute)+1)
	for _, l := range limits {
		if n, _, err := s.Store.Tally(ctx, l.tally, now); err != nil {
			return fault.Wrap(op, err)
		} else if n >= l.most {
			return full
		}
	}
	for _, l := range limits {
		if n, err := s.Store.CountTally(ctx, l.tally, now, ends); err != nil {
			return fault.Wrap(op, err)
		} else if n > l.most {
			return full
		}
	}
	return nil
}
