package web

import (
	"context"
	"slices"
	"strings"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// scopeOf is the scope of a place that a form or a program names: a body, in
// its region, or a region (NotFound where there is none of either).
func (s *Server) scopeOf(ctx context.Context, region, body, trade string) (access.Scope, error) {
	const op = "web.scopeOf"
	if body != "" {
		b, err := s.Standing.Store.Body(ctx, body)
		if err != nil {
			return access.Scope{}, fault.Wrap(op, err)
		}
		return access.Scope{Region: b.Region, Body: b.ID, Trade: trade}, nil
	}
	if _, err := s.Book.Region(region); err != nil {
		return access.Scope{}, fault.Wrap(op, err)
	}
	return access.Scope{Region: region, Trade: trade}, nil
}

// verdictText says in words what a grant comes to.
func verdictText(w access.Weighed) fault.Text {
	switch w.Verdict {
	case access.Allows:
		return fault.Textf("allows it")
	case access.OtherRole:
		return fault.Textf("the role %s is not for this, anywhere", w.Grant.Role)
	case access.Elsewhere:
		return fault.Textf("the role would do, in another place")
	case access.OtherTrade:
		return fault.Textf("it is for other trades")
	case access.NotYet:
		return fault.Textf("it begins on %s", w.Grant.From)
	case access.Over:
		return fault.Textf("its last day was %s", w.Grant.Until)
	case access.NotInToken:
		return fault.Textf("no token of the program names this")
	default:
		return fault.Textf("it was lent, and the original is gone")
	}
}

// verdict is the answer to why, in one sentence.
func (l language) verdict(e access.Explanation) string {
	at := slices.IndexFunc(e.Grants, func(w access.Weighed) bool { return w.Verdict == access.Allows })
	roles := make([]string, len(e.Roles))
	for i, role := range e.Roles {
		roles[i] = l.T("role " + string(role))
	}
	who := strings.Join(roles, l.T(", "))
	switch {
	case e.Disabled:
		return l.T("No: the account is disabled.")
	case e.Allowed:
		return l.T("Yes: as %s.", e.Grants[at].Grant.Role)
	case len(e.Roles) == 0:
		return l.T("No: the policy gives this to no account.")
	case len(e.Grants) == 0:
		return l.T("No: the account has no grant. It would take one of these roles: %s.", who)
	}
	return l.T("No: no grant of the account allows it here. It would take one of these roles here: %s.", who)
}
