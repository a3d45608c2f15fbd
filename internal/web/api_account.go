package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

func (a *jsonAPI) accounts() {
	operation(a, huma.Operation{
		OperationID: "listRoles", Method: http.MethodGet, Path: "/roles", Tags: []string{"accounts"}, Summary: "Roles, and what the policy lets each do",
		Description: "What a program may be given is the role client's.",
	}, a.listRoles)
	operation(a, huma.Operation{
		OperationID: "listAccounts", Method: http.MethodGet, Path: "/accounts", Tags: []string{"accounts"}, Summary: "Accounts (账号)",
		Description: "Those that the caller manages (account:manage), by login name.",
	}, a.listAccounts)
	operation(a, huma.Operation{
		OperationID: "createAccount", Method: http.MethodPost, Path: "/accounts", Tags: []string{"accounts"}, Summary: "Add the account of a person or of a program",
		Description:   "Refused where two of its roles are not given to one person in one place.",
		DefaultStatus: http.StatusCreated, Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.createAccount)
	operation(a, huma.Operation{
		OperationID: "getAccount", Method: http.MethodGet, Path: "/accounts/{id}", Tags: []string{"accounts"}, Summary: "An account with its grants",
		Description: "The caller's own, or one that the caller manages (account:manage).", Errors: refusals(fault.NotFound),
	}, a.getAccount)
	operation(a, huma.Operation{
		OperationID: "grantRole", Method: http.MethodPost, Path: "/accounts/{id}/grants", Tags: []string{"accounts"}, Summary: "Give a role in a region or in a body (授权)",
		Description:   "With days and trades where it is limited. Refused where the role does not go with another of the account.",
		DefaultStatus: http.StatusCreated, Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.grantRole)
	command(a, huma.Operation{
		OperationID: "revokeGrant", Method: http.MethodDelete, Path: "/accounts/{id}/grants", Tags: []string{"accounts"}, Summary: "Take a grant away (撤销授权)",
		Description: "At once on every instance. Who lent a grant may take it back; who borrowed it may give it back.", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.revokeGrant)
	command(a, huma.Operation{
		OperationID: "disableAccount", Method: http.MethodPut, Path: "/accounts/{id}/disabled", Tags: []string{"accounts"}, Summary: "Disable or enable an account",
		Description: "A disabled account is out at once on every instance.", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.disableAccount)
	operation(a, huma.Operation{
		OperationID: "explainAccess", Method: http.MethodGet, Path: "/accounts/{id}/why", Tags: []string{"accounts"}, Summary: "Why an account may do something somewhere, or may not",
		Description: "Weighs each grant as the services do. The caller's own account, or one that the caller manages.", Errors: refusals(fault.NotFound),
	}, a.explainAccess)
	operation(a, huma.Operation{
		OperationID: "issueToken", Method: http.MethodPost, Path: "/accounts/{id}/tokens", Tags: []string{"accounts"}, Summary: "Make a token for a program (接口令牌)",
		Description:   "The text is answered this once and not stored. Scopes are actions of the role client.",
		DefaultStatus: http.StatusCreated, Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.issueToken)
	command(a, huma.Operation{
		OperationID: "revokeToken", Method: http.MethodDelete, Path: "/accounts/{id}/tokens/{token}", Tags: []string{"accounts"}, Summary: "Revoke a token",
		Description: "At once on every instance.", Errors: refusals(fault.NotFound, fault.Conflict),
	}, a.revokeToken)
	command(a, huma.Operation{
		OperationID: "delegateGrant", Method: http.MethodPost, Path: "/delegations", Tags: []string{"accounts"}, Summary: "Lend an own grant to a colleague for a time (委托)",
		Description: "Never further than the original in place, trades and days, never a lent one; it ends with the original.", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.delegateGrant)
}

type roleJSON struct {
	Role     access.Role     `json:"role"`
	Name     string          `json:"name" doc:"In Chinese"`
	Actions  []access.Action `json:"actions"`
	Excludes []access.Role   `json:"excludes" doc:"Roles that nobody has beside it in one place"`
}

func (a *jsonAPI) listRoles(context.Context, access.Actor, *struct{}) (listJSON[roleJSON], error) {
	return every(access.Grantable, func(role access.Role) roleJSON {
		form := roleJSON{Role: role, Name: role.Chinese(), Actions: a.Policy.Effect(role), Excludes: []access.Role{}}
		for _, x := range access.Exclusions {
			if x.One == role {
				form.Excludes = append(form.Excludes, x.Other)
			}
			if x.Other == role {
				form.Excludes = append(form.Excludes, x.One)
			}
		}
		return form
	}), nil
}

type managedAccountJSON struct {
	ID       string      `json:"id"`
	Login    string      `json:"login"`
	Name     string      `json:"name"`
	Program  bool        `json:"program" doc:"Has tokens and no password"`
	Disabled bool        `json:"disabled"`
	Grants   []grantJSON `json:"grants"`
	Tokens   []tokenJSON `json:"tokens"`
}

type tokenJSON struct {
	ID      string          `json:"id"`
	Name    string          `json:"name" doc:"What it is for"`
	Scopes  []access.Action `json:"scopes"`
	Made    time.Time       `json:"made"`
	Until   string          `json:"until" format:"date" doc:"Last legal day"`
	Revoked *time.Time      `json:"revoked,omitempty"`
	Text    string          `json:"text,omitempty" doc:"The token itself, when it is made and never again"`
}

func tokenForm(t access.Token, text string) tokenJSON {
	return tokenJSON{t.ID, t.Name, t.Scopes, moment(t.Made), legalDay(t.Until), momentOrNone(t.Revoked), text}
}

func accountForm(a access.Account) managedAccountJSON {
	form := managedAccountJSON{ID: a.ID, Login: a.Login, Name: a.Name, Program: a.Program, Disabled: a.Disabled, Grants: []grantJSON{}, Tokens: []tokenJSON{}}
	for _, g := range a.Grants {
		form.Grants = append(form.Grants, grantForm(g))
	}
	for _, t := range a.Tokens {
		form.Tokens = append(form.Tokens, tokenForm(t, ""))
	}
	return form
}

func (a *jsonAPI) listAccounts(ctx context.Context, actor access.Actor, in *Paging) (listJSON[managedAccountJSON], error) {
	list, err := a.Accounts.List(ctx, actor)
	if err != nil {
		return listJSON[managedAccountJSON]{}, err
	}
	return whole(list, *in, func(x access.Account) string { return x.ID }, accountForm)
}

// newGrantJSON is a grant as it is asked for.
type newGrantJSON struct {
	Role   access.Role `json:"role" maxLength:"40"`
	Region string      `json:"region,omitempty" maxLength:"6" doc:"The region, with its sub-regions"`
	Body   string      `json:"body,omitempty" maxLength:"40" doc:"Or the one body"`
	Terms
}

// Terms is the part of an input that limits a grant.
type Terms struct {
	Trades []string `json:"trades,omitempty" maxItems:"200" doc:"Occupation codes; absent: all"`
	From   string   `json:"from,omitempty" format:"date" doc:"First legal day; absent: any"`
	Until  string   `json:"until,omitempty" format:"date" doc:"Last legal day; absent: any"`
}

// grant reads a grant and checks that its trades are in the catalogue.
func (a *jsonAPI) grant(in newGrantJSON) (access.Grant, error) {
	for _, code := range in.Trades {
		if _, err := a.Book.Trade(code); err != nil {
			return access.Grant{}, fault.New(fault.Invalid, "web.grant", "the grant is not complete").With(fault.Issue{Column: "trades", Text: fault.Textf("choose a trade")})
		}
	}
	return access.Grant{Role: in.Role, Region: in.Region, Body: in.Body, Trades: in.Trades, From: parseDay(in.From), Until: parseDay(in.Until)}, nil
}

// parseDay reads a legal day; the zero time for what is none.
func parseDay(text string) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, text, rulebook.Shanghai)
	if err != nil {
		return time.Time{}
	}
	return day
}

type accountInput struct {
	Body struct {
		Login    string         `json:"login" minLength:"1" maxLength:"60"`
		Name     string         `json:"name" minLength:"1" maxLength:"60"`
		Password string         `json:"password,omitempty" maxLength:"200" doc:"Of a person: at least 10 characters"`
		Program  bool           `json:"program,omitempty" doc:"A program: no password, the role client only"`
		Grants   []newGrantJSON `json:"grants" minItems:"1" maxItems:"500"`
	}
}

func (a *jsonAPI) createAccount(ctx context.Context, actor access.Actor, in *accountInput) (managedAccountJSON, error) {
	var grants []access.Grant
	for _, g := range in.Body.Grants {
		grant, err := a.grant(g)
		if err != nil {
			return managedAccountJSON{}, err
		}
		grants = append(grants, grant)
	}
	if in.Body.Program {
		account, err := a.Accounts.CreateProgram(ctx, actor, in.Body.Login, in.Body.Name, grants)
		return accountForm(account), err
	}
	account, err := a.Accounts.Create(ctx, actor, in.Body.Login, in.Body.Name, in.Body.Password, grants)
	return accountForm(account), err
}

type ofAccount struct {
	ID string `path:"id" doc:"Id of the account"`
}

func (a *jsonAPI) getAccount(ctx context.Context, actor access.Actor, in *ofAccount) (managedAccountJSON, error) {
	account, err := a.Accounts.Account(ctx, actor, in.ID)
	return accountForm(account), err
}

type grantInput struct {
	ID   string `path:"id" doc:"Id of the account"`
	Body newGrantJSON
}

func (a *jsonAPI) grantRole(ctx context.Context, actor access.Actor, in *grantInput) (managedAccountJSON, error) {
	grant, err := a.grant(in.Body)
	if err == nil {
		err = a.Accounts.Grant(ctx, actor, in.ID, grant)
	}
	if err != nil {
		return managedAccountJSON{}, err
	}
	return a.getAccount(ctx, actor, &ofAccount{in.ID})
}

type grantQuery struct {
	ID  string `path:"id" doc:"Id of the account"`
	Key string `query:"key" required:"true" maxLength:"4000" doc:"key of the grant"`
}

func (a *jsonAPI) revokeGrant(ctx context.Context, actor access.Actor, in *grantQuery) error {
	return a.Accounts.Revoke(ctx, actor, in.ID, in.Key)
}

type disabledInput struct {
	ID   string `path:"id" doc:"Id of the account"`
	Body struct {
		Disabled bool `json:"disabled"`
	}
}

func (a *jsonAPI) disableAccount(ctx context.Context, actor access.Actor, in *disabledInput) error {
	if in.Body.Disabled {
		return a.Accounts.Disable(ctx, actor, in.ID)
	}
	return a.Accounts.Enable(ctx, actor, in.ID)
}

type whyQuery struct {
	ID     string        `path:"id" doc:"Id of the account"`
	Action access.Action `query:"action" required:"true" maxLength:"60" example:"sitting:accept"`
	Region string        `query:"region" maxLength:"6" doc:"Where: a region"`
	OfBody string        `query:"body" maxLength:"40" doc:"Or an evaluation body, in its region"`
	Trade  string        `query:"trade" maxLength:"20" doc:"Occupation code of the thing, where it has one"`
}

type whyJSON struct {
	Allowed  bool          `json:"allowed"`
	Disabled bool          `json:"disabled" doc:"The account is disabled: no grant of it counts"`
	Text     string        `json:"text"`
	Grants   []weighedJSON `json:"grants"`
	Roles    []access.Role `json:"roles" doc:"That the policy lets do this at all"`
}

type weighedJSON struct {
	Grant   grantJSON `json:"grant"`
	Verdict string    `json:"verdict" enum:"allows,elsewhere,other-role,other-trade,not-yet,over,not-in-token,withdrawn"`
	Text    string    `json:"text"`
}

func (a *jsonAPI) explainAccess(ctx context.Context, actor access.Actor, in *whyQuery) (whyJSON, error) {
	scope, err := a.scopeOf(ctx, in.Region, in.OfBody, in.Trade)
	if err != nil {
		return whyJSON{}, err
	}
	e, err := a.Accounts.Explain(ctx, actor, in.ID, in.Action, scope)
	if err != nil {
		return whyJSON{}, err
	}
	l := callOf(ctx).language
	why := whyJSON{Allowed: e.Allowed, Disabled: e.Disabled, Text: l.verdict(e), Grants: []weighedJSON{}, Roles: e.Roles}
	for _, w := range e.Grants {
		why.Grants = append(why.Grants, weighedJSON{grantForm(w.Grant), string(w.Verdict), l.Text(verdictText(w))})
	}
	return why, nil
}

type tokenInput struct {
	ID   string `path:"id" doc:"Id of the account"`
	Body struct {
		Name   string          `json:"name" maxLength:"60" doc:"What it is for"`
		Scopes []access.Action `json:"scopes" maxItems:"100"`
		Until  string          `json:"until" format:"date" doc:"Last legal day, at most a year from now"`
	}
}

func (a *jsonAPI) issueToken(ctx context.Context, actor access.Actor, in *tokenInput) (tokenJSON, error) {
	text, token, err := a.Accounts.IssueToken(ctx, actor, in.ID, in.Body.Name, in.Body.Scopes, parseDay(in.Body.Until))
	return tokenForm(token, text), err
}

type tokenQuery struct {
	ID    string `path:"id" doc:"Id of the account"`
	Token string `path:"token" doc:"Id of the token"`
}

func (a *jsonAPI) revokeToken(ctx context.Context, actor access.Actor, in *tokenQuery) error {
	return a.Accounts.RevokeToken(ctx, actor, in.ID, in.Token)
}

type loanInput struct {
	Body struct {
		Original string `json:"original" maxLength:"4000" doc:"key of the caller's own grant"`
		To       string `json:"to" minLength:"1" maxLength:"60" doc:"Login name of a colleague with a grant in the same region"`
		Region   string `json:"region,omitempty" maxLength:"6" doc:"A region within the original's; absent: the same"`
		Terms
	}
}

func (a *jsonAPI) delegateGrant(ctx context.Context, actor access.Actor, in *loanInput) error {
	b := in.Body
	return a.Accounts.Delegate(ctx, actor, access.Loan{Original: b.Original, To: b.To, Grant: access.Grant{
		Region: b.Region, Trades: b.Trades, From: parseDay(b.From), Until: parseDay(b.Until),
	}})
}
