package sqlite

import (
	"context"
	"strings"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

var caseFiles = collection[cases.Case]{
	kind: "case", table: "cases",
	key:     func(c *cases.Case) (string, *int) { return c.ID, &c.Version },
	missing: "there is no such case",
}

// Case returns a case (NotFound).
func (s *Store) Case(ctx context.Context, id string) (cases.Case, error) {
	return caseFiles.find(ctx, s, "sqlite.Case", "id", id)
}

// Cases lists cases by rank.
func (s *Store) Cases(ctx context.Context, q cases.Query) ([]cases.Case, error) {
	f := filter{order: "rank", limit: q.Limit}
	if len(q.States) > 0 {
		var states []any
		for _, state := range q.States {
			states = append(states, string(state))
		}
		f.and("state IN (?"+strings.Repeat(", ?", len(states)-1)+")", states...)
	}
	f.is("waits", string(q.Waits))
	f.is("kind", string(q.Kind))
	f.is("source", string(q.Source))
	if q.Party != (standing.Party{}) {
		f.and("party = ?", q.Party.String())
	}
	f.is("reporter", q.Reporter)
	f.has(q.Text, "title", "name")
	if q.After != "" {
		f.and("rank > ?", q.After)
	}
	return caseFiles.list(ctx, s, "sqlite.Cases", f)
}

// PutCase stores a case with its audit entry and jobs (Conflict).
func (s *Store) PutCase(ctx context.Context, v *cases.Case, e audit.Entry, jobs ...outbox.Job) error {
	return caseFiles.put(ctx, s, "sqlite.PutCase", v, e, func(t *tx) error { return t.enqueue(jobs) })
}
