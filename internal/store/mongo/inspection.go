package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/internal/audit"
	"kaoping/policies/standing/inspection"
)

var plans = collection[inspection.Plan]{
	kind: "plan", name: "plans",
	key:     func(p *inspection.Plan) (string, *int) { return p.ID, &p.Version },
	fields:  func(p inspection.Plan) bson.D { return bson.D{{Key: "region", Value: p.Region}} },
	missing: "there is no such plan",
}

var visits = collection[inspection.Visit]{
	kind: "visit", name: "visits",
	key: func(v *inspection.Visit) (string, *int) { return v.ID, &v.Version },
	fields: func(v inspection.Visit) bson.D {
		return bson.D{{Key: "plan", Value: v.Plan}, {Key: "kind", Value: string(v.Kind)}, {Key: "body", Value: v.Body}, {Key: "region", Value: v.Region},
			{Key: "state", Value: string(v.State)}, {Key: "day", Value: nanoseconds(v.On)}, {Key: "inspectors", Value: v.Inspectors}}
	},
	missing: "there is no such visit",
}

var credits = collection[inspection.Credit]{
	kind: "credit", name: "credits",
	key:     func(c *inspection.Credit) (string, *int) { return c.ID, &c.Version },
	fields:  func(c inspection.Credit) bson.D { return bson.D{{Key: "body", Value: c.Body}} },
	missing: "there is no such grade",
}

// Plan returns an inspection plan (NotFound).
func (s *Store) Plan(ctx context.Context, id string) (inspection.Plan, error) {
	return plans.find(ctx, s, "mongo.Plan", "_id", id)
}

// Plans lists inspection plans, newest first.
func (s *Store) Plans(ctx context.Context, q inspection.Query) ([]inspection.Plan, error) {
	f := filter{order: by("-_id"), limit: q.Limit}
	f.is("region", q.Region)
	f.before("_id", q.Before)
	return plans.list(ctx, s, "mongo.Plans", f)
}

// PutPlan stores an inspection plan with its entry (Conflict).
func (s *Store) PutPlan(ctx context.Context, v *inspection.Plan, e audit.Entry) error {
	return plans.put(ctx, s, "mongo.PutPlan", v, e)
}

// Visit returns the record of a visit (NotFound).
func (s *Store) Visit(ctx context.Context, id string) (inspection.Visit, error) {
	return visits.find(ctx, s, "mongo.Visit", "_id", id)
}

// Visits lists visits, newest first.
func (s *Store) Visits(ctx context.Context, q inspection.Query) ([]inspection.Visit, error) {
	f := filter{order: by("-_id"), limit: q.Limit}
	f.is("plan", q.Plan)
	f.is("body", q.Body)
	f.is("region", q.Region)
	f.is("inspectors", q.Inspector)
	if len(q.Kinds) > 0 {
		f.and("kind", bson.D{{Key: "$in", Value: q.Kinds}})
	}
	if len(q.States) > 0 {
		f.and("state", bson.D{{Key: "$in", Value: q.States}})
	}
	if !q.From.IsZero() {
		f.and("day", bson.D{{Key: "$gte", Value: nanoseconds(q.From)}})
	}
	f.before("_id", q.Before)
	return visits.list(ctx, s, "mongo.Visits", f)
}

// PutVisit stores the record of a visit with its entry (Conflict).
func (s *Store) PutVisit(ctx context.Context, v *inspection.Visit, e audit.Entry) error {
	return visits.put(ctx, s, "mongo.PutVisit", v, e)
}

// Credit returns a credit grade (NotFound).
func (s *Store) Credit(ctx context.Context, id string) (inspection.Credit, error) {
	return credits.find(ctx, s, "mongo.Credit", "_id", id)
}

// Credits lists the grades of a body, newest first.
func (s *Store) Credits(ctx context.Context, body string) ([]inspection.Credit, error) {
	f := filter{order: by("-_id")}
	f.is("body", body)
	return credits.list(ctx, s, "mongo.Credits", f)
}

// PutCredit stores a credit grade with its entry (Conflict).
func (s *Store) PutCredit(ctx context.Context, v *inspection.Credit, e audit.Entry) error {
	return credits.put(ctx, s, "mongo.PutCredit", v, e)
}
