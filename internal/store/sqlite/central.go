package sqlite

import (
	"context"

	"kaoping/bank/central"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
)

var centralPapers = collection[central.Paper]{
	kind: "central", table: "central_papers",
	key:     func(p *central.Paper) (string, *int) { return p.ID, &p.Version },
	missing: "there is no such paper",
}

// CentralPaper returns a paper of a bureau (NotFound).
func (s *Store) CentralPaper(ctx context.Context, id string) (central.Paper, error) {
	return centralPapers.find(ctx, s, "sqlite.CentralPaper", "id", id)
}

// CentralPapers lists papers of bureaus, newest first.
func (s *Store) CentralPapers(ctx context.Context, q central.Query) ([]central.Paper, error) {
	f := filter{order: "id DESC", limit: q.Limit}
	f.any("region", words(q.Regions))
	f.any("state", words(q.States))
	f.is("track", string(q.Track))
	f.is("trade", q.Trade)
	if q.Before != "" {
		f.and("id < ?", q.Before)
	}
	return centralPapers.list(ctx, s, "sqlite.CentralPapers", f)
}

// PutCentralPaper stores a paper with its entry and jobs (Conflict).
func (s *Store) PutCentralPaper(ctx context.Context, v *central.Paper, e audit.Entry, jobs ...outbox.Job) error {
	return centralPapers.put(ctx, s, "sqlite.PutCentralPaper", v, e, func(t *tx) error { return t.enqueue(jobs) })
}
