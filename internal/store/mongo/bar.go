package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/standing"
)

var bars = collection[standing.Bar]{
	kind: "bar", name: "bars",
	key: func(b *standing.Bar) (string, *int) { return b.ID, &b.Version },
	fields: func(b standing.Bar) bson.D {
		return bson.D{{Key: "party", Value: b.Party.String()}, {Key: "case", Value: b.Case}, {Key: "region", Value: b.Region}, {Key: "public", Value: b.Public}}
	},
	missing: "there is no such entry",
}

// Bar returns an entry that bars a party (NotFound).
func (s *Store) Bar(ctx context.Context, id string) (standing.Bar, error) {
	return bars.find(ctx, s, "mongo.Bar", "_id", id)
}

// Bars lists entries, newest first.
func (s *Store) Bars(ctx context.Context, q standing.BarQuery) ([]standing.Bar, error) {
	f := filter{order: by("-_id"), limit: q.Limit}
	if len(q.Parties) > 0 {
		var parties bson.A
		for _, p := range q.Parties {
			parties = append(parties, p.String())
		}
		f.and("party", bson.D{{Key: "$in", Value: parties}})
	}
	f.is("case", q.Case)
	f.is("region", q.Region)
	if q.Public {
		f.and("public", true)
	}
	f.before("_id", q.Before)
	return bars.list(ctx, s, "mongo.Bars", f)
}

// PutBar stores an entry with its audit entry and jobs (Conflict).
func (s *Store) PutBar(ctx context.Context, v *standing.Bar, e audit.Entry, jobs ...outbox.Job) error {
	return bars.put(ctx, s, "mongo.PutBar", v, e, jobs...)
}
