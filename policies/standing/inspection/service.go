package inspection

import (
	"context"
	"time"

	"kaoping/internal/audit"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// Query selects plans or visits; empty fields select all.
type Query struct {
	Region    string
	Plan      string
	Body      string
	Inspector string // account id; of visits
	Kinds     []Kind
	States    []VisitState
	From      time.Time // visits on this legal day or later
	Before    string    // id of the last one of the page before
	Limit     int       // 0: all
}

// Store keeps plans, visits and grades. A Put behaves as those of exam.Store.
type Store interface {
	Plan(ctx context.Context, id string) (Plan, error)
	Plans(ctx context.Context, q Query) ([]Plan, error) // newest first
	PutPlan(ctx context.Context, p *Plan, e audit.Entry) error

	Visit(ctx context.Context, id string) (Visit, error)
	Visits(ctx context.Context, q Query) ([]Visit, error) // newest first
	PutVisit(ctx context.Context, v *Visit, e audit.Entry) error

	Credit(ctx context.Context, id string) (Credit, error)
	Credits(ctx context.Context, body string) ([]Credit, error) // newest first
	PutCredit(ctx context.Context, c *Credit, e audit.Entry) error
}

// Bodies finds evaluation bodies.
type Bodies interface {
	Body(ctx context.Context, id string) (standing.Body, error)
	Bodies(ctx context.Context) ([]standing.Body, error)
}

// People finds accounts, to know who inspects.
type People interface {
	Accounts(ctx context.Context) ([]access.Account, error)
}

// Documents keeps photos.
type Documents interface {
	Put(ctx context.Context, key string, content []byte, contentType string) (sha256 string, err error)
	Get(ctx context.Context, key string) (content []byte, contentType string, err error)
}

// Service plans inspections, draws them, records them and follows them up.
type Service struct {
	Store     Store
	Bodies    Bodies
	People    People
	Documents Documents
	Policy    *access.Policy
	Book      *rulebook.Book
	Now       func() time.Time
	// Signal raises a case about a body whose finding is overdue, once for a key.
	Signal func(ctx context.Context, v Visit, f Finding) error
}

func (s *Service) entry(actor access.Actor, stream, object, what, rule string) audit.Entry {
	return audit.Entry{Stream: stream, Object: object, At: s.Now(), Who: actor.ID, What: what, Rule: rule, Rules: s.Book.Hash()}
}

func (s *Service) entryOf(v Visit, actor access.Actor, what string) audit.Entry {
	return s.entry(actor, "body/"+v.Body, "visit/"+v.ID, what, ruleOf(v.Kind))
}

// ruleOf is the rule that a way of checking follows.
func ruleOf(k Kind) string {
	if k == Special {
		return "R32"
	}
	return "R36"
}
