package web

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// grantRow is a grant in words: what it lets do, where, when, and who lent it.
type grantRow struct {
	access.Grant
	Key    string
	Place  string
	Trades string
	Effect []access.Action
	Lender string // name, "" where it was not lent
	State  fault.Text
	Holds  bool
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
	id := func(x access.Account) string { return x.ID }
	all, pages := paged(r, "/accounts", "after", since(r, "after", all, id), id)
	rows := make([]accountRow, len(all))
	for i, a := range all {
		if rows[i], err = s.accountRow(r, a); err != nil {
			return err
		}
	}
	return r.render(deskFrame, "accounts", r.T("Accounts and grants"), map[string]any{
		"Rows": rows, "Text": text, "Pager": pages,
	})
}

func (s *Server) accountRow(r *request, a access.Account) (accountRow, error) {
	row := accountRow{Account: a, Own: a.ID == r.actor.ID}
	for _, g := range a.Grants {
		grant, err := s.grantRow(r, g)
		if err != nil {
			return row, err
		}
		row.Grants = append(row.Grants, grant)
	}
	return row, nil
}

func (s *Server) grantRow(r *request, g access.Grant) (grantRow, error) {
	ctx := r.Request.Context()
	row := grantRow{Grant: g, Key: g.Key(), Place: s.placeName(r, g.Region, g.Body), Effect: s.Policy.Effect(g.Role)}
	names := make([]string, len(g.Trades))
	for i, code := range g.Trades {
		names[i] = s.tradeName(code)
	}
	row.Trades = strings.Join(names, r.T(", "))
	if g.DelegatedBy != "" {
		row.Lender = s.whoDid(r, g.DelegatedBy, map[string]string{})
	}
	verdict, err := s.Accounts.Standing(ctx, g)
	switch verdict {
	case access.Allows:
		row.State, row.Holds = fault.Textf("in force"), true
	case access.NotYet:
		row.State = fault.Textf("begins later")
	case access.Over:
		row.State = fault.Textf("over")
	default:
		row.State = fault.Textf("the original is gone")
	}
	return row, err
}

// placeName is a region's full name, or a body's.
func (s *Server) placeName(r *request, region, body string) string {
	if body == "" {
		return s.regionName(region)
	}
	if b, err := s.Standing.Store.Body(r.Request.Context(), body); err == nil {
		return b.Name
	}
	return body
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

// createAccount adds an account of a person or of a program with its first grant.
func (s *Server) createAccount(r *request) error {
	ctx := r.Request.Context()
	login, name, password := strings.TrimSpace(r.PostForm("login")), strings.TrimSpace(r.PostForm("name")), r.PostForm("password")
	program := access.Role(r.PostForm("role")) == access.Client
	var issues []fault.Issue
	for _, field := range []struct {
		column string
		right  bool
		text   fault.Text
	}{
		{"login", login != "", fault.Textf("give a login name")},
		{"name", name != "", fault.Textf("give the person's name")},
		{"password", program || len([]rune(password)) >= access.PasswordLeast, fault.Textf("a password has at least %d characters", access.PasswordLeast)},
	} {
		if !field.right {
			issues = append(issues, fault.Issue{Column: field.column, Text: field.text})
		}
	}
	grant, wrong := s.readGrant(r)
	if issues = append(issues, wrong...); len(issues) > 0 {
		return r.again(fault.New(fault.Invalid, "web.createAccount", "the account is not complete").With(issues...), s.showNewAccount)
	}
	account, err := access.Account{}, error(nil)
	if program {
		account, err = s.Accounts.CreateProgram(ctx, r.actor, login, name, []access.Grant{grant})
	} else {
		account, err = s.Accounts.Create(ctx, r.actor, login, name, password, []access.Grant{grant})
	}
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

// readGrant reads a role with its place, its trades and its days.
func (s *Server) readGrant(r *request) (access.Grant, []fault.Issue) {
	g := access.Grant{Role: access.Role(r.PostForm("role")), Region: r.PostForm("region"), Body: r.PostForm("body"),
		From: parseDay(r.PostForm("from")), Until: parseDay(r.PostForm("until"))}
	var issues []fault.Issue
	if !slices.Contains(access.Grantable, g.Role) {
		issues = append(issues, fault.Issue{Column: "role", Text: fault.Textf("choose a role")})
	}
	if (g.Region == "") == (g.Body == "") {
		issues = append(issues, fault.Issue{Column: "region", Text: fault.Textf("choose a region or a body, not both")})
	}
	trades, wrong := s.readTrades(r)
	g.Trades = trades
	return g, append(issues, wrong...)
}

// readTrades reads the occupation codes that a form lists.
func (s *Server) readTrades(r *request) (codes []string, issues []fault.Issue) {
	codes = strings.FieldsFunc(r.PostForm("trades"), func(c rune) bool { return c != '-' && !unicode.IsDigit(c) && !unicode.IsLetter(c) })
	for _, code := range codes {
		if _, err := s.Book.Trade(code); err != nil {
			issues = append(issues, fault.Issue{Column: "trades", Text: fault.Textf("there is no trade %s in the 2022 catalogue as loaded", code)})
		}
	}
	return codes, issues
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
