package web

import (
	"slices"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// accountPage is one account: its grants, and what can be changed of it by
// whom looks at it.
type accountPage struct {
	Account    accountRow
	Manages    bool // the actor manages accounts here
	Choices    grantChoices
	Scopes     []choice // of a program's new token
	NewToken   string   // its text, this once
	Lendable   []choice // own grants that can be lent
	Colleagues []choice
	Lent       []lentRow
	Registers  []registerRow // of the bodies that the account works for
	Beside     beside
}

// lentRow is a grant that the actor has lent, with who has it.
type lentRow struct {
	grantRow
	To, Account string
}

// showAccount shows an account with what can be changed of it.
func (s *Server) showAccount(r *request) error { return s.accountPage(r, r.Param("id"), "") }

// showGrants shows the own account (我的授权): what one may do, and what one
// has lent to whom.
func (s *Server) showGrants(r *request) error { return s.accountPage(r, r.actor.ID, "") }

func (s *Server) accountPage(r *request, id, token string) error {
	ctx := r.Request.Context()
	a, err := s.Accounts.Account(ctx, r.actor, id)
	if err != nil {
		return err
	}
	page := accountPage{NewToken: token, Beside: r.beside(), Manages: r.actor.Has(access.Administrator)}
	if page.Account, err = s.accountRow(r, a); err != nil {
		return err
	}
	if page.Manages {
		if page.Choices, err = s.grantChoices(r); err != nil {
			return err
		}
		if page.Registers, err = s.registers(r, a); err != nil {
			return err
		}
	}
	for _, scope := range s.Policy.Effect(access.Client) {
		page.Scopes = append(page.Scopes, choice{string(scope), r.T("action " + string(scope)), token == "" && slices.Contains(r.PostFormArray("scopes"), string(scope))})
	}
	if page.Account.Own {
		if err := s.loans(r, &page); err != nil {
			return err
		}
	}
	title := a.Name
	if r.Param("id") == "" {
		title = r.T("My grants")
	}
	return r.render(deskFrame, "account", title, page)
}

// loans fills what the actor can lend, to whom, and what is lent.
func (s *Server) loans(r *request, page *accountPage) error {
	ctx := r.Request.Context()
	seen := map[string]bool{}
	for _, g := range page.Account.Grants {
		if !g.Holds || g.DelegatedBy != "" || !slices.Contains(g.Effect, "grant:delegate") {
			continue
		}
		page.Lendable = append(page.Lendable, choice{g.Key, r.T("role "+string(g.Role)) + " · " + g.Place, g.Key == r.PostForm("grant")})
		colleagues, err := s.Accounts.Colleagues(ctx, r.actor, g.Region)
		if err != nil {
			return err
		}
		for _, a := range colleagues {
			if !seen[a.ID] {
				page.Colleagues = append(page.Colleagues, choice{a.Login, a.Name + " · " + a.Login, a.Login == r.PostForm("to")})
			}
			seen[a.ID] = true
		}
	}
	lent, err := s.Accounts.Lent(ctx, r.actor)
	if err != nil {
		return err
	}
	for _, l := range lent {
		row, err := s.grantRow(r, l.Grant)
		if err != nil {
			return err
		}
		page.Lent = append(page.Lent, lentRow{row, l.By.Name, l.By.ID})
	}
	return nil
}

// lend lends an own grant, takes a lent one back, or gives a borrowed one back.
func (s *Server) lend(r *request) error {
	ctx := r.Request.Context()
	done, err := "", error(nil)
	switch r.PostForm("do") {
	case "lend":
		trades, issues := s.readTrades(r)
		if len(issues) > 0 {
			return r.again(fault.New(fault.Invalid, "web.lend", "the grant is not complete").With(issues...), s.showGrants)
		}
		done, err = "The grant is lent.", s.Accounts.Delegate(ctx, r.actor, access.Loan{Original: r.PostForm("grant"), To: r.PostForm("to"), Grant: access.Grant{
			Trades: trades, From: parseDay(r.PostForm("from")), Until: parseDay(r.PostForm("until")),
		}})
	case "end":
		done, err = "The grant is taken away.", s.Accounts.Revoke(ctx, r.actor, r.PostForm("account"), r.PostForm("grant"))
	default:
		err = fault.New(fault.Invalid, "web.lend", "the form does not say what to do")
	}
	if err != nil {
		return r.again(err, s.showGrants)
	}
	return r.done("/grants", done)
}

// changeAccount grants or takes a role, makes or revokes a token, or disables
// or enables the account.
func (s *Server) changeAccount(r *request) error {
	ctx, id := r.Request.Context(), r.Param("id")
	done, err := "", error(nil)
	switch r.PostForm("do") {
	case "grant":
		grant, issues := s.readGrant(r)
		if len(issues) > 0 {
			return r.again(fault.New(fault.Invalid, "web.changeAccount", "the grant is not complete").With(issues...), s.showAccount)
		}
		done, err = "The grant is added.", s.Accounts.Grant(ctx, r.actor, id, grant)
	case "revoke":
		done, err = "The grant is taken away.", s.Accounts.Revoke(ctx, r.actor, id, r.PostForm("grant"))
	case "token":
		var scopes []access.Action
		for _, scope := range r.PostFormArray("scopes") {
			scopes = append(scopes, access.Action(scope))
		}
		text, _, err := s.Accounts.IssueToken(ctx, r.actor, id, r.PostForm("name"), scopes, parseDay(r.PostForm("last")))
		if err != nil {
			return r.again(err, s.showAccount)
		}
		r.Request.PostForm = nil
		return s.accountPage(r, id, text) // not a redirect: the text is nowhere to be read again
	case "revoke-token":
		done, err = "The token is revoked.", s.Accounts.RevokeToken(ctx, r.actor, id, r.PostForm("token"))
	case "tie":
		done, err = "The person is recorded.", s.tie(r, id)
	case "disable":
		done, err = "The account is disabled.", s.Accounts.Disable(ctx, r.actor, id)
	case "enable":
		done, err = "The account is enabled.", s.Accounts.Enable(ctx, r.actor, id)
	default:
		err = fault.New(fault.Invalid, "web.changeAccount", "the form does not say what to do")
	}
	if err != nil {
		return r.again(err, s.showAccount)
	}
	return r.done("/accounts/"+id, done)
}
