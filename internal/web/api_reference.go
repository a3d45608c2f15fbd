package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

func (a *jsonAPI) reference() {
	public(a, huma.Operation{
		OperationID: "listTrades", Method: http.MethodGet, Path: "/trades", Tags: []string{"reference"}, Summary: "Trades (职业) of the 2022 catalogue",
		Description: "The occupations that items, papers and sittings name by code.",
	}, a.listTrades)
	public(a, huma.Operation{
		OperationID: "listRegions", Method: http.MethodGet, Path: "/regions", Tags: []string{"reference"}, Summary: "Administrative divisions (行政区划)",
		Description: "The region tree; a rule that a region does not set is inherited from its parent.",
	}, a.listRegions)
	operation(a, huma.Operation{
		OperationID: "listBodies", Method: http.MethodGet, Path: "/bodies", Tags: []string{"reference"}, Summary: "Evaluation bodies (评价机构)",
		Description: "The bodies that the caller may read, by name, with their filed scope (R30).",
	}, a.listBodies)
	operation(a, huma.Operation{
		OperationID: "getBody", Method: http.MethodGet, Path: "/bodies/{body}", Tags: []string{"reference"}, Summary: "An evaluation body",
		Description: "Its filing: trades, levels, sites, validity (R30).", Errors: refusals(fault.NotFound),
	}, a.getBody)
}

type tradeJSON struct {
	Code string `json:"code" example:"6-31-01-03"`
	Name string `json:"name"`
}

func (a *jsonAPI) listTrades(context.Context, *struct{}) (listJSON[tradeJSON], error) {
	return every(a.Book.Trades(), func(t rulebook.Trade) tradeJSON { return tradeJSON(t) }), nil
}

type regionJSON struct {
	Code   string `json:"code" example:"410423" doc:"Six digits of GB/T 2260"`
	Name   string `json:"name"`
	Parent string `json:"parent,omitempty"`
	Zone   bool   `json:"zone,omitempty" doc:"A functional zone; the code is not of GB/T 2260"`
}

func (a *jsonAPI) listRegions(context.Context, *struct{}) (listJSON[regionJSON], error) {
	return every(a.Book.Regions(), func(r rulebook.Region) regionJSON { return regionJSON(r) }), nil
}

type bodyJSON struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Kind       string      `json:"kind" enum:"employer,school,social"`
	Code       string      `json:"code" doc:"Four digits of a certificate number (R51)"`
	Region     string      `json:"region"`
	State      string      `json:"state" enum:"applied,filed,listed,rectifying,suspended,exited,expired,withdrawn"`
	Scopes     []scopeJSON `json:"scopes"`
	Sites      []siteJSON  `json:"sites"`
	ValidFrom  string      `json:"valid_from" format:"date"`
	ValidUntil string      `json:"valid_until" format:"date" doc:"Last day"`
}

type scopeJSON struct {
	Trade  string           `json:"trade"`
	Levels []rulebook.Level `json:"levels" doc:"5 初级工 to 1 高级技师, 0 特级技师, -1 首席技师, 6 学徒工"`
	Tracks []rulebook.Track `json:"tracks,omitempty" doc:"Absent: filed for skill level certificates, and no track is refused"`
}

type siteJSON struct {
	ID      string         `json:"id"`
	Serial  string         `json:"serial" doc:"Six digits of a certificate number (R51)"`
	Name    string         `json:"name"`
	Address string         `json:"address"`
	Region  string         `json:"region,omitempty" doc:"Where it lies, of a site in another region than the body's (R37)"`
	Rooms   []roomSizeJSON `json:"rooms"`
}

type roomSizeJSON struct {
	Name  string `json:"name"`
	Seats int    `json:"seats"`
}

func bodyForm(b standing.Body) bodyJSON {
	body := bodyJSON{
		ID: b.ID, Name: b.Name, Kind: string(b.Kind), Code: b.Code, Region: b.Region, State: string(b.State),
		Scopes: []scopeJSON{}, Sites: []siteJSON{}, ValidFrom: legalDay(b.ValidFrom), ValidUntil: legalDay(b.ValidUntil),
	}
	for _, s := range b.Scopes {
		body.Scopes = append(body.Scopes, scopeJSON(s))
	}
	for _, s := range b.Sites {
		site := siteJSON{ID: s.ID, Serial: s.Serial, Name: s.Name, Address: s.Address, Region: s.Region, Rooms: []roomSizeJSON{}}
		for _, r := range s.Rooms {
			site.Rooms = append(site.Rooms, roomSizeJSON(r))
		}
		body.Sites = append(body.Sites, site)
	}
	return body
}

func (a *jsonAPI) listBodies(ctx context.Context, actor access.Actor, in *Paging) (listJSON[bodyJSON], error) {
	list, err := a.Standing.Bodies(ctx, actor)
	if err != nil {
		return listJSON[bodyJSON]{}, err
	}
	return whole(list, *in, func(b standing.Body) string { return b.ID }, bodyForm)
}

// OfBody is the part of an input that names an evaluation body.
type OfBody struct {
	BodyID string `path:"body" doc:"Id of the evaluation body"`
}

func (a *jsonAPI) getBody(ctx context.Context, actor access.Actor, in *OfBody) (bodyJSON, error) {
	b, err := a.Standing.Body(ctx, actor, in.BodyID)
	return bodyForm(b), err
}
