package sqlite

import (
	"context"

	"kaoping/internal/audit"
	"kaoping/policies/rulebook/amend"
)

var (
	ruleChanges = collection[amend.Change]{
		kind: "rulechange", table: "rule_changes",
		key:     func(c *amend.Change) (string, *int) { return c.ID, &c.Version },
		missing: "there is no such change of a rule",
	}
	calendarYears = collection[amend.CalendarYear]{
		kind: "calendaryear", table: "calendar_years",
		key:     func(y *amend.CalendarYear) (string, *int) { return y.ID, &y.Version },
		missing: "there is no such year in the calendar",
	}
	ruleEditions = collection[amend.Edition]{
		kind: "ruleedition", table: "rule_editions",
		key:     func(e *amend.Edition) (string, *int) { return e.Hash, &e.Version },
		missing: "no edition of the rules with this hash was used here",
	}
)

// RuleChange returns a change of a rule (NotFound).
func (s *Store) RuleChange(ctx context.Context, id string) (amend.Change, error) {
	return ruleChanges.find(ctx, s, "sqlite.RuleChange", "id", id)
}

// RuleChanges lists all changes of rules in the order of their ids.
func (s *Store) RuleChanges(ctx context.Context) ([]amend.Change, error) {
	return ruleChanges.list(ctx, s, "sqlite.RuleChanges", filter{order: "id"})
}

// PutRuleChange stores a change of a rule with its entry (Conflict).
func (s *Store) PutRuleChange(ctx context.Context, v *amend.Change, e audit.Entry) error {
	return ruleChanges.put(ctx, s, "sqlite.PutRuleChange", v, e)
}

// CalendarYears lists the added calendar years in the order of their ids.
func (s *Store) CalendarYears(ctx context.Context) ([]amend.CalendarYear, error) {
	return calendarYears.list(ctx, s, "sqlite.CalendarYears", filter{order: "id"})
}

// PutCalendarYear stores a calendar year with its entry (Conflict).
func (s *Store) PutCalendarYear(ctx context.Context, v *amend.CalendarYear, e audit.Entry) error {
	return calendarYears.put(ctx, s, "sqlite.PutCalendarYear", v, e)
}

// RuleEdition returns an edition of the rulebook by its hash (NotFound).
func (s *Store) RuleEdition(ctx context.Context, hash string) (amend.Edition, error) {
	return ruleEditions.find(ctx, s, "sqlite.RuleEdition", "id", hash)
}

// PutRuleEdition stores an edition of the rulebook with its entry (Conflict).
func (s *Store) PutRuleEdition(ctx context.Context, v *amend.Edition, e audit.Entry) error {
	return ruleEditions.put(ctx, s, "sqlite.PutRuleEdition", v, e)
}
