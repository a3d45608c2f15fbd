package cases

import (
	"context"
	"strings"

	"kaoping/internal/fault"
	"kaoping/policies/standing"
)

// Exits is the public list (曝光台、退出名单): the bars for everyone that hold now,
// newest first, of a region and all
// within it ("" for all), by part of the name. It names bodies and platforms,
// never people; an entry that was lifted is gone from it.
func (s *Service) Exits(ctx context.Context, region, text, before string, limit int) ([]standing.Bar, error) {
	q := standing.BarQuery{Public: true, Before: before, Limit: 2 * limit}
	now := s.Now()
	var list []standing.Bar
	for {
		page, err := s.Standing.Bars(ctx, q)
		if err != nil {
			return nil, fault.Wrap("cases.Exits", err)
		}
		for _, b := range page {
			holds := b.Lifted.IsZero() && !now.Before(b.From) && (b.Until.IsZero() || now.Before(b.Until))
			if holds && b.Party.Kind != standing.OfPerson && strings.Contains(b.Name, text) && (region == "" || s.Book.Covers(region, b.Region)) {
				if list = append(list, b); len(list) == limit {
					return list, nil
				}
			}
		}
		if len(page) < q.Limit {
			return list, nil
		}
		q.Before = page[len(page)-1].ID
	}
}
