package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/internal/audit"
	"kaoping/policies/rulebook/amend"
)

var (
	ruleChanges = collection[amend.Change]{
		kind: "rulechange", name: "rule_changes",
		key:     func(c *amend.Change) (string, *int) { return c.ID, &c.Version },
		fields:  func(amend.Change) bson.D { return nil },
		missing: "there is no such change of a rule",
	}
	calendarYears = collection[amend.CalendarYear]{
		kind: "calendaryear", name: "calendar_years",
		key:     func(y *amend.CalendarYear) (string, *int) { return y.ID, &y.Version },
		fields:  func(amend.CalendarYear) bson.D { return nil },
		missing: "there is no such year in the calendar",
	}
	ruleEditions = collection[amend.Edition]{
		kind: "ruleedition", name: "rule_editions",
		key:     func(e *amend.Edition) (string, *int) { return e.Hash, &e.Version },
		fields:  func(amend.Edition) bson.D { return nil },
		missing: "no edition of the rules with this hash was used here",
	}
)

// RuleChange returns a change of a rule (NotFound).
func (s *Store) RuleChange(ctx context.Context, id string) (amend.Change, error) {
	return ruleChanges.find(ctx, s, "mongo.RuleChange", "_id", id)
}

// RuleChanges lists all changes of rules in the order of their ids.
func (s *Store) RuleChanges(ctx context.Context) ([]amend.Change, error) {
	return ruleChanges.list(ctx, s, "mongo.RuleChanges", filter{order: by("_id")})
}

// PutRuleChange stores a change of a rule with its entry (Conflict).
func (s *Store) PutRuleChange(ctx context.Context, v *amend.Change, e audit.Entry) error {
	return ruleChanges.put(ctx, s, "mongo.PutRuleChange", v, e)
}

// CalendarYears lists the added calendar years in the order of their ids.
func (s *Store) CalendarYears(ctx context.Context) ([]amend.CalendarYear, error) {
	return calendarYears.list(ctx, s, "mongo.CalendarYears", filter{order: by("_id")})
}

// PutCalendarYear stores a calendar year with its entry (Conflict).
func (s *Store) PutCalendarYear(ctx context.Context, v *amend.CalendarYear, e audit.Entry) error {
	return calendarYears.put(ctx, s, "mongo.PutCalendarYear", v, e)
}

// RuleEdition returns an edition of the rulebook by its hash (NotFound).
func (s *Store) RuleEdition(ctx context.Context, hash string) (amend.Edition, error) {
	return ruleEditions.find(ctx, s, "mongo.RuleEdition", "_id", hash)
}

// PutRuleEdition stores an edition of the rulebook with its entry (Conflict).
func (s *Store) PutRuleEdition(ctx context.Context, v *amend.Edition, e audit.Entry) error {
	return ruleEditions.put(ctx, s, "mongo.PutRuleEdition", v, e)
}
