package sqlite

import (
	"context"
	"time"

	"kaoping/internal/audit"
	"kaoping/policies/standing/inspection"
)

var plans = collection[inspection.Plan]{
	kind: "plan", table: "plans",
	key:     func(p *inspection.Plan) (string, *int) { return p.ID, &p.Version },
	missing: "there is no such plan",
}

var visits = collection[inspection.Visit]{
	kind: "visit", table: "visits",
	key:     func(v *inspection.Visit) (string, *int) { return v.ID, &v.Version },
	missing: "there is no such visit",
}

var credits = collection[inspection.Credit]{
	kind: "credit", table: "credits",
	key:     func(c *inspection.Credit) (string, *int) { return c.ID, &c.Version },
	missing: "there is no such grade",
}

// Plan returns an inspection plan (NotFound).
func (s *Store) Plan(ctx context.Context, id string) (inspection.Plan, error) {
	return plans.find(ctx, s, "sqlite.Plan", "id", id)
}

// Plans lists inspection plans, newest first.
func (s *Store) Plans(ctx context.Context, q inspection.Query) ([]inspection.Plan, error) {
	f := filter{order: "id DESC", limit: q.Limit}
	f.is("region", q.Region)
	if q.Before != "" {
		f.and("id < ?", q.Before)
	}
	return plans.list(ctx, s, "sqlite.Plans", f)
}

// PutPlan stores an inspection plan with its entry (Conflict).
func (s *Store) PutPlan(ctx context.Context, v *inspection.Plan, e audit.Entry) error {
	return plans.put(ctx, s, "sqlite.PutPlan", v, e)
}

// Visit returns the record of a visit (NotFound).
func (s *Store) Visit(ctx context.Context, id string) (inspection.Visit, error) {
	return visits.find(ctx, s, "sqlite.Visit", "id", id)
}

// Visits lists visits, newest first.
func (s *Store) Visits(ctx context.Context, q inspection.Query) ([]inspection.Visit, error) {
	f := filter{order: "id DESC", limit: q.Limit}
	f.is("plan", q.Plan)
	f.is("body", q.Body)
	f.is("region", q.Region)
	if q.Inspector != "" {
		f.and("EXISTS (SELECT 1 FROM json_each(doc, '$.Inspectors') AS inspector WHERE inspector.value = ?)", q.Inspector)
	}
	f.any("kind", words(q.Kinds))
	f.any("state", words(q.States))
	if !q.From.IsZero() {
		f.and("julianday(day) >= julianday(?)", q.From.UTC().Format(time.RFC3339))
	}
	if q.Before != "" {
		f.and("id < ?", q.Before)
	}
	return visits.list(ctx, s, "sqlite.Visits", f)
}

// PutVisit stores the record of a visit with its entry (Conflict).
func (s *Store) PutVisit(ctx context.Context, v *inspection.Visit, e audit.Entry) error {
	return visits.put(ctx, s, "sqlite.PutVisit", v, e)
}

// Credit returns a credit grade (NotFound).
func (s *Store) Credit(ctx context.Context, id string) (inspection.Credit, error) {
	return credits.find(ctx, s, "sqlite.Credit", "id", id)
}

// Credits lists the grades of a body, newest first.
func (s *Store) Credits(ctx context.Context, body string) ([]inspection.Credit, error) {
	f := filter{order: "id DESC"}
	f.is("body", body)
	return credits.list(ctx, s, "sqlite.Credits", f)
}

// PutCredit stores a credit grade with its entry (Conflict).
func (s *Store) PutCredit(ctx context.Context, v *inspection.Credit, e audit.Entry) error {
	return credits.put(ctx, s, "sqlite.PutCredit", v, e)
}
