package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

var caseFiles = collection[cases.Case]{
	kind: "case", name: "cases",
	key: func(c *cases.Case) (string, *int) { return c.ID, &c.Version },
	fields: func(c cases.Case) bson.D {
		return bson.D{
			{Key: "rank", Value: c.Rank}, {Key: "state", Value: string(c.State)}, {Key: "waits", Value: string(c.Waits)}, {Key: "kind", Value: string(c.Kind)},
			{Key: "source", Value: string(c.Source)}, {Key: "party", Value: c.Party.String()}, {Key: "reporter", Value: c.Reporter},
			{Key: "title", Value: c.Title}, {Key: "name", Value: c.Name},
		}
	},
	missing: "there is no such case",
}

// Case returns a case (NotFound).
func (s *Store) Case(ctx context.Context, id string) (cases.Case, error) {
	return caseFiles.find(ctx, s, "mongo.Case", "_id", id)
}

// Cases lists cases by rank.
func (s *Store) Cases(ctx context.Context, q cases.Query) ([]cases.Case, error) {
	f := filter{order: by("rank"), limit: q.Limit}
	if len(q.States) > 0 {
		var states bson.A
		for _, state := range q.States {
			states = append(states, string(state))
		}
		f.and("state", bson.D{{Key: "$in", Value: states}})
	}
	f.is("waits", string(q.Waits))
	f.is("kind", string(q.Kind))
	f.is("source", string(q.Source))
	if q.Party != (standing.Party{}) {
		f.and("party", q.Party.String())
	}
	f.is("reporter", q.Reporter)
	f.has(q.Text, "title", "name")
	f.after("rank", q.After)
	return caseFiles.list(ctx, s, "mongo.Cases", f)
}

// PutCase stores a case with its audit entry and jobs (Conflict).
func (s *Store) PutCase(ctx context.Context, v *cases.Case, e audit.Entry, jobs ...outbox.Job) error {
	return caseFiles.put(ctx, s, "mongo.PutCase", v, e, jobs...)
}
