package sqlite

import (
	"context"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/standing"
)

var bars = collection[standing.Bar]{
	kind: "bar", table: "bars",
	key:     func(b *standing.Bar) (string, *int) { return b.ID, &b.Version },
	missing: "there is no such entry",
}

// Bar returns an entry that bars a party (NotFound).
func (s *Store) Bar(ctx context.Context, id string) (standing.Bar, error) {
	return bars.find(ctx, s, "sqlite.Bar", "id", id)
}

// Bars lists entries, newest first.
func (s *Store) Bars(ctx context.Context, q standing.BarQuery) ([]standing.Bar, error) {
	f := filter{order: "id DESC", limit: q.Limit}
	var parties []any
	for _, p := range q.Parties {
		parties = append(parties, p.String())
	}
	f.any("party", parties)
	f.is("decided", q.Case)
	f.is("region", q.Region)
	if q.Public {
		f.and("public = 1")
	}
	if q.Before != "" {
		f.and("id < ?", q.Before)
	}
	return bars.list(ctx, s, "sqlite.Bars", f)
}

// PutBar stores an entry with its audit entry and jobs (Conflict).
func (s *Store) PutBar(ctx context.Context, v *standing.Bar, e audit.Entry, jobs ...outbox.Job) error {
	return bars.put(ctx, s, "sqlite.PutBar", v, e, func(t *tx) error { return t.enqueue(jobs) })
}
