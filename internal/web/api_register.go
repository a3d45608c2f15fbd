package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

func (a *jsonAPI) bodyRegister() {
	operation(a, huma.Operation{
		OperationID: "listRegister", Method: http.MethodGet, Path: "/bodies/{body}/register", Tags: []string{"accounts"}, Summary: "The people of a body's register, with their accounts",
		Description: "For who manages the body's accounts (account:manage).", Errors: refusals(fault.NotFound),
	}, a.listRegister)
	command(a, huma.Operation{
		OperationID: "tieAccount", Method: http.MethodPut, Path: "/bodies/{body}/register/{person}/account", Tags: []string{"accounts"}, Summary: "Say with which account a person works",
		Description: "Certificates (R19) and bars (R33) of the person hold for the account from then on. Empty: with none.", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.tieAccount)
}

type registeredJSON struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	IDNumber string `json:"id_number" doc:"Masked"`
	Account  string `json:"account,omitempty" doc:"Id of the account that the person works with"`
}

// OfRegister is the part of an input that names a body whose register it is about.
type OfRegister struct {
	BodyID string `path:"body" doc:"Id of the evaluation body"`
}

func (a *jsonAPI) listRegister(ctx context.Context, actor access.Actor, in *struct {
	Paging
	OfRegister
}) (listJSON[registeredJSON], error) {
	people, err := a.Standing.Register(ctx, actor, in.BodyID)
	if err != nil {
		return listJSON[registeredJSON]{}, err
	}
	return whole(people, in.Paging, func(p standing.Staff) string { return p.ID }, func(p standing.Staff) registeredJSON {
		return registeredJSON{p.ID, p.Name, p.IDMasked, p.Account}
	})
}

type tieInput struct {
	OfRegister
	Person string `path:"person" doc:"Id of the person on the register"`
	Body   struct {
		Account string `json:"account" doc:"Id of the account, empty for none"`
	}
}

func (a *jsonAPI) tieAccount(ctx context.Context, actor access.Actor, in *tieInput) error {
	if in.Body.Account != "" {
		if _, err := a.Accounts.Account(ctx, actor, in.Body.Account); err != nil {
			return err
		}
	}
	return a.Standing.Tie(ctx, actor, in.BodyID, in.Person, in.Body.Account)
}
