package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// GrantsMost is how many grants one account can hold: a decision looks at each.
const GrantsMost = 500

// Grant gives a role in a region (with its sub-regions) or in one body, never
// both. The fields below Body are empty in grants of the first release, which
// means no limit.
type Grant struct {
	Role   Role
	Region string // region code, "" for a grant in a body
	Body   string // body id, "" for a grant in a region

	Trades      []string  // occupation codes that it is limited to; empty for all
	From        time.Time // first legal day; zero for any
	Until       time.Time // last legal day; zero for any
	DelegatedBy string    // account id of the holder who lent it (委托人)
}

// Key names a grant within its account.
func (g Grant) Key() string {
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(rulebook.Shanghai).Format(time.DateOnly)
	}
	return strings.Join([]string{string(g.Role), g.Region, g.Body, strings.Join(g.Trades, ","), day(g.From), day(g.Until), g.DelegatedBy}, "/")
}

// begun and over say how a moment stands to the legal days of the grant, which
// are kept as their first instants.
func (g *Grant) begun(at time.Time) bool { return g.From.IsZero() || !at.Before(g.From) }
func (g *Grant) over(at time.Time) bool {
	return !g.Until.IsZero() && !at.Before(g.Until.Add(24*time.Hour))
}

// In reports whether the grant is in force at a moment.
func (g Grant) In(at time.Time) bool { return g.begun(at) && !g.over(at) }

// Holds reports whether the account has the role in a body at a moment. A
// senior examiner is an examiner.
func (a Account) Holds(role Role, body string, at time.Time) bool {
	return !a.Disabled && slices.ContainsFunc(a.Grants, func(g Grant) bool {
		is := g.Role == role || role == Examiner && g.Role == Senior
		return is && g.Body == body && body != "" && g.In(at)
	})
}

// within reports whether a grant reaches nothing that the outer one does not:
// the same role, no other place, no further trade, no longer.
func (p *Policy) within(inner, outer Grant) bool {
	place := inner.Body == outer.Body && inner.Region == outer.Region
	if outer.Region != "" && inner.Region != "" {
		place = slices.Contains(p.lineage(inner.Region), outer.Region)
	}
	trades := len(outer.Trades) == 0 || len(inner.Trades) > 0 && !slices.ContainsFunc(inner.Trades, func(t string) bool { return !slices.Contains(outer.Trades, t) })
	from := outer.From.IsZero() || !inner.From.Before(outer.From)
	until := outer.Until.IsZero() || !inner.Until.IsZero() && !inner.Until.After(outer.Until)
	return inner.Role == outer.Role && place && trades && from && until
}

// check refuses a grant that is not one (Invalid names the field): an unknown
// role, no place or two, trades in a body, days in the wrong order.
func (g *Grant) check() error {
	var issues []fault.Issue
	wrong := func(ok bool, column, format string, args ...any) {
		if !ok {
			issues = append(issues, fault.Issue{Column: column, Text: fault.Textf(format, args...)})
		}
	}
	if !g.From.IsZero() {
		g.From = rulebook.Day(g.From)
	}
	if !g.Until.IsZero() {
		g.Until = rulebook.Day(g.Until)
	}
	slices.Sort(g.Trades)
	g.Trades = slices.Compact(g.Trades)
	wrong(slices.Contains(Grantable, g.Role), "role", "choose a role")
	wrong((g.Region == "") != (g.Body == ""), "region", "a grant is in a region or in a body, not both and not neither")
	wrong(len(g.Trades) == 0 || g.Region != "", "trades", "only a grant in a region can be limited to trades")
	wrong(len(g.Trades) > 0 || g.Role != Industry, "trades", "an industry department's grant names its trades")
	wrong(g.Until.IsZero() || !g.Until.Before(g.From), "until", "the last day comes before the first")
	if len(issues) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "access.Grant", "the grant is not complete").With(issues...)
}

// inForce keeps the grants that hold now: those whose days have come and not
// gone, and of the lent ones those whose original still stands.
func (s *Accounts) inForce(ctx context.Context, grants []Grant) ([]Grant, error) {
	kept := make([]Grant, 0, len(grants))
	for _, g := range grants {
		standing, err := s.Standing(ctx, g)
		if err != nil {
			return nil, err
		}
		if standing == Allows {
			kept = append(kept, g)
		}
	}
	return kept, nil
}

// Standing says how a grant stands now: Allows while it is in force, else
// Withdrawn, NotYet or Over.
func (s *Accounts) Standing(ctx context.Context, g Grant) (Verdict, error) {
	stands, err := s.original(ctx, g)
	switch {
	case err != nil || !stands:
		return Withdrawn, err
	case !g.begun(s.Now()):
		return NotYet, nil
	case g.over(s.Now()):
		return Over, nil
	}
	return Allows, nil
}

// original reports whether the grant from which a lent one comes still stands:
// its holder is not disabled and has it in own right, now. What was never lent
// is its own original.
func (s *Accounts) original(ctx context.Context, g Grant) (bool, error) {
	if g.DelegatedBy == "" {
		return true, nil
	}
	holder, err := s.Store.Account(ctx, g.DelegatedBy)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, fault.Wrap("access.original", err)
	}
	return !holder.Disabled && slices.ContainsFunc(holder.Grants, func(o Grant) bool {
		return o.DelegatedBy == "" && o.In(s.Now()) && s.Policy.within(g, o)
	}), nil
}
