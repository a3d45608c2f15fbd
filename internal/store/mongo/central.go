package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/bank/central"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
)

var centralPapers = collection[central.Paper]{
	kind: "central", name: "central_papers",
	key: func(p *central.Paper) (string, *int) { return p.ID, &p.Version },
	fields: func(p central.Paper) bson.D {
		return bson.D{{Key: "region", Value: p.Region}, {Key: "state", Value: string(p.State)}, {Key: "track", Value: string(p.Track)}, {Key: "trade", Value: p.Trade}}
	},
	missing: "there is no such paper",
}

// CentralPaper returns a paper of a bureau (NotFound).
func (s *Store) CentralPaper(ctx context.Context, id string) (central.Paper, error) {
	return centralPapers.find(ctx, s, "mongo.CentralPaper", "_id", id)
}

// CentralPapers lists papers of bureaus, newest first.
func (s *Store) CentralPapers(ctx context.Context, q central.Query) ([]central.Paper, error) {
	f := filter{order: by("-_id"), limit: q.Limit}
	if len(q.Regions) > 0 {
		f.and("region", bson.D{{Key: "$in", Value: q.Regions}})
	}
	if len(q.States) > 0 {
		f.and("state", bson.D{{Key: "$in", Value: q.States}})
	}
	f.is("track", string(q.Track))
	f.is("trade", q.Trade)
	f.before("_id", q.Before)
	return centralPapers.list(ctx, s, "mongo.CentralPapers", f)
}

// PutCentralPaper stores a paper with its entry and jobs (Conflict).
func (s *Store) PutCentralPaper(ctx context.Context, v *central.Paper, e audit.Entry, jobs ...outbox.Job) error {
	return centralPapers.put(ctx, s, "mongo.PutCentralPaper", v, e, jobs...)
}
