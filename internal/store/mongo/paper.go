package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
)

var papers = collection[bank.Paper]{
	kind: "paper", name: "papers",
	key: func(p *bank.Paper) (string, *int) { return p.ID, &p.Version },
	fields: func(p bank.Paper) bson.D {
		return bson.D{{Key: "owner", Value: p.Owner}}
	},
	missing: "there is no such paper",
}

// Paper returns a paper (NotFound).
func (s *Store) Paper(ctx context.Context, id string) (bank.Paper, error) {
	return papers.find(ctx, s, "mongo.Paper", "_id", id)
}

// Papers lists an owner's papers, newest first.
func (s *Store) Papers(ctx context.Context, owner string) ([]bank.Paper, error) {
	return papers.list(ctx, s, "mongo.Papers", ofOwner(owner))
}

// AddPaper stores a new paper with its entry (Conflict when it exists: a paper
// is never changed).
func (s *Store) AddPaper(ctx context.Context, v *bank.Paper, e audit.Entry) error {
	const op = "mongo.AddPaper"
	if v.Version != 0 {
		return fault.New(fault.Conflict, op, existsAlready)
	}
	return papers.put(ctx, s, op, v, e)
}
