package mongo

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/standing"
)

var applications = collection[standing.Application]{
	kind: "application", name: "applications",
	key: func(a *standing.Application) (string, *int) { return a.ID, &a.Version },
	fields: func(a standing.Application) bson.D {
		undecided := "none/" + a.ID
		if a.Body != "" && slices.Contains(standing.Undecided, a.State) {
			undecided = a.Body
		}
		return bson.D{{Key: "body", Value: a.Body}, {Key: "region", Value: a.Region}, {Key: "state", Value: string(a.State)}, {Key: "undecided", Value: undecided}}
	},
	missing: "there is no such application",
	taken:   map[string]string{"applications_undecided": "the body has an application that is not decided yet"},
}

// Application returns an application to be filed (NotFound).
func (s *Store) Application(ctx context.Context, id string) (standing.Application, error) {
	return applications.find(ctx, s, "mongo.Application", "_id", id)
}

// Applications lists applications, newest first.
func (s *Store) Applications(ctx context.Context, q standing.ApplicationQuery) ([]standing.Application, error) {
	f := filter{order: by("-_id"), limit: q.Limit}
	f.is("body", q.Body)
	f.is("region", q.Region)
	if len(q.States) > 0 {
		f.and("state", bson.D{{Key: "$in", Value: q.States}})
	}
	f.before("_id", q.Before)
	return applications.list(ctx, s, "mongo.Applications", f)
}

// PutApplication stores an application with its entry and jobs (Conflict).
func (s *Store) PutApplication(ctx context.Context, v *standing.Application, e audit.Entry, jobs ...outbox.Job) error {
	return applications.put(ctx, s, "mongo.PutApplication", v, e, jobs...)
}
