package web

import (
	"errors"
	"slices"
	"strings"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// grantRow is a grant in words; Value names it in a form.
type grantRow struct {
	access.Grant
	Value string
	Place string
}

// accountRow is an account with its grants in words.
type accountRow struct {
	access.Account
	Grants []grantRow
	Own    bool // the actor's own account, which the actor cannot disable
}

// grantChoices fills the selects of a new grant.
type grantChoices struct{ Roles, Regions, Bodies []choice }

// showAccounts lists the accounts, by login name.
func (s *Server) showAccounts(r *request) error {
	all, err := s.Accounts.List(r.Request.Context(), r.actor)
	if err != nil {
		return err
	}
	text := strings.TrimSpace(r.Query("q"))
	all = slices.DeleteFunc(all, func(a access.Account) bool {
		return !strings.Contains(a.Login, strings.ToLower(text)) && !strings.Contains(a.Name, text)
	})
	if after := r.Query("after"); after != "" {
		all = all[slices.IndexFunc(all, func(a access.Account) bool { return a.ID == after })+1:]
	}
	more, last := len(all) > rowsMost, ""
	if all = all[:min(len(all), rowsMost)]; more {
		last = all[rowsMost-1].ID
	}
	rows := make([]accountRow, len(all))
	for i, a := range all {
		rows[i] = s.accountRow(r, a)
	}
	return r.render(deskFrame, "accounts", r.T("Accounts and grants"), map[string]any{
		"Rows": rows, "Text": text, "Pager": r.pager("/accounts", "after", last, len(rows), 0, more),
	})
}

func (s *Server) accountRow(r *request, a access.Account) accountRow {
	row := accountRow{Account: a, Own: a.ID == r.actor.ID}
	for _, g := range a.Grants {
		place := s.regionName(g.Region)
		if g.Body != "" {
			place = g.Body
			if body, err := s.Standing.Store.Body(r.Request.Context(), g.Body); err == nil {
				place = body.Name
			}
		}
		row.Grants = append(row.Grants, grantRow{g, g.Key(), place})
	}
	return row
}

// showNewAccount is the form of a new account.
func (s *Server) showNewAccount(r *request) error {
	if _, err := s.Accounts.List(r.Request.Context(), r.actor); err != nil {
		return err
	}
	choices, err := s.grantChoices(r)
	if err != nil {
		return err
	}
	return r.render(deskFrame, "newaccount", r.T("New account"), map[string]any{"Choices": choices, "Beside": r.beside(), "Least": access.PasswordLeast})
}

// createAccount adds an account with its first grant.
func (s *Server) createAccount(r *request) error {
	login, name, password := strings.TrimSpace(r.PostForm("login")), strings.TrimSpace(r.PostForm("name")), r.PostForm("password")
	var issues []fault.Issue
	for _, field := range []struct {
		column string
		right  bool
		text   fault.Text
	}{
		{"login", login != "", fault.Textf("give a login name")},
		{"name", name != "", fault.Textf("give the person's name")},
		{"password", len([]rune(password)) >= access.PasswordLeast, fault.Textf("a password has at least %d characters", access.PasswordLeast)},
	} {
		if !field.right {
			issues = append(issues, fault.Issue{Column: field.column, Text: field.text})
		}
	}
	grant, wrong := readGrant(r)
	if issues = append(issues, wrong...); len(issues) > 0 {
		return r.again(fault.New(fault.Invalid, "web.createAccount", "the account is not complete").With(issues...), s.showNewAccount)
	}
	account, err := s.Accounts.Create(r.Request.Context(), r.actor, login, name, password, []access.Grant{grant})
	if err != nil {
		return r.again(placed(err, fault.Conflict, "login"), s.showNewAccount)
	}
	return r.done("/accounts/"+account.ID, "The account is created.")
}

// placed puts a refusal of one code beside a field of the form.
func placed(err error, code fault.Code, column string) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == code && len(f.Issues) == 0 {
		return f.With(fault.Issue{Column: column, Text: f.Message})
	}
	return err
}

// readGrant reads a role with its region or its body.
func readGrant(r *request) (access.Grant, []fault.Issue) {
	g := access.Grant{Role: access.Role(r.PostForm("role")), Region: r.PostForm("region"), Body: r.PostForm("body")}
	var issues []fault.Issue
	if !slices.Contains(access.Grantable, g.Role) {
		issues = append(issues, fault.Issue{Column: "role", Text: fault.Textf("choose a role")})
	}
	if (g.Region == "") == (g.Body == "") {
		issues = append(issues, fault.Issue{Column: "region", Text: fault.Textf("choose a region or a body, not both")})
	}
	return g, issues
}

// grantChoices lists the roles, and the regions and bodies in which the actor
// manages accounts, with what was chosen.
func (s *Server) grantChoices(r *request) (grantChoices, error) {
	var choices grantChoices
	for _, role := range access.Grantable {
		choices.Roles = append(choices.Roles, choice{string(role), r.T("role " + string(role)), string(role) == r.PostForm("role")})
	}
	choices.Regions = slices.DeleteFunc(s.regionChoices(r.PostForm("region")), func(c choice) bool {
		return !r.may("account:manage", access.Scope{Region: c.Value})
	})
	bodies, err := s.Standing.Store.Bodies(r.Request.Context())
	for _, b := range bodies {
		if r.may("account:manage", s.bodyScope(b)) {
			choices.Bodies = append(choices.Bodies, choice{b.ID, b.Name, b.ID == r.PostForm("body")})
		}
	}
	return choices, err
}

// showAccount shows an account with what can be changed of it.
func (s *Server) showAccount(r *request) error {
	a, err := s.Accounts.Account(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	choices, err := s.grantChoices(r)
	if err != nil {
		return err
	}
	return r.render(deskFrame, "account", a.Name, map[string]any{"Account": s.accountRow(r, a), "Choices": choices, "Beside": r.beside()})
}

// changeAccount grants or takes a role, or disables or enables the account.
func (s *Server) changeAccount(r *request) error {
	ctx, to := r.Request.Context(), "/accounts/"+r.Param("id")
	a, err := s.Accounts.Account(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	done := ""
	switch r.PostForm("do") {
	case "grant":
		grant, issues := readGrant(r)
		if len(issues) > 0 {
			return r.again(fault.New(fault.Invalid, "web.changeAccount", "the grant is not complete").With(issues...), s.showAccount)
		}
		done, err = "The grant is added.", s.Accounts.Grant(ctx, r.actor, a.ID, grant)
	case "revoke":
		done, err = "The grant is taken away.", s.Accounts.Revoke(ctx, r.actor, a.ID, r.PostForm("grant"))
	case "disable":
		done, err = "The account is disabled.", s.Accounts.Disable(ctx, r.actor, a.ID)
	case "enable":
		done, err = "The account is enabled.", s.Accounts.Enable(ctx, r.actor, a.ID)
	default:
		err = fault.New(fault.Invalid, "web.changeAccount", "the form does not say what to do")
	}
	if err != nil {
		return r.again(err, s.showAccount)
	}
	return r.done(to, done)
}
