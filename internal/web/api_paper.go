package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

func (a *jsonAPI) papers() {
	operation(a, huma.Operation{
		OperationID: "saveBlueprint", Method: http.MethodPost, Path: "/bodies/{body}/blueprints", Tags: []string{"bank"}, Summary: "Add a blueprint (组卷方案)",
		Description:   "How many questions of which type and knowledge point, and what each is worth: 100 points in all, a pass mark of at least 60 (R15), at least 90 minutes (R18).",
		DefaultStatus: http.StatusCreated, Errors: refusals(fault.NotFound),
	}, a.saveBlueprint)
	operation(a, huma.Operation{
		OperationID: "listBlueprints", Method: http.MethodGet, Path: "/bodies/{body}/blueprints", Tags: []string{"bank"}, Summary: "Blueprints of a body",
		Description: "For item authors (blueprint:write).", Errors: refusals(fault.NotFound),
	}, a.listBlueprints)
	operation(a, huma.Operation{
		OperationID: "createPaper", Method: http.MethodPost, Path: "/blueprints/{id}/papers", Tags: []string{"bank"}, Summary: "Draw a paper by a blueprint (组卷)",
		Description:   "The same seed over the same bank draws the same paper. Refused, naming each short line, where the bank has too few items.",
		DefaultStatus: http.StatusCreated, Errors: refusals(fault.NotFound, fault.Refused),
	}, a.createPaper)
	operation(a, huma.Operation{
		OperationID: "listPapers", Method: http.MethodGet, Path: "/bodies/{body}/papers", Tags: []string{"bank"}, Summary: "Papers of a body, without their content",
		Description: "For authors and schedulers (paper:list). No operation hands out a paper with its keys (R20).", Errors: refusals(fault.NotFound),
	}, a.listPapers)
}

type blueprintJSON struct {
	ID       string         `json:"id"`
	Trade    string         `json:"trade"`
	Level    rulebook.Level `json:"level"`
	Name     string         `json:"name"`
	PassMark string         `json:"pass_mark"`
	Minutes  int            `json:"minutes"`
	Partial  bool           `json:"partial"`
	Lines    []lineJSON     `json:"lines"`
}

type lineJSON struct {
	Type  bank.ItemType `json:"type" enum:"true_false,single,multiple,fill_in"`
	Topic string        `json:"topic,omitempty" doc:"知识点; absent: any"`
	Count int           `json:"count"`
	Each  string        `json:"each" example:"1.5" doc:"Points of each question"`
}

func blueprintForm(b bank.Blueprint) blueprintJSON {
	form := blueprintJSON{b.ID, b.Trade, b.Level, b.Name, b.PassMark.String(), b.Minutes, b.Partial, []lineJSON{}}
	for _, l := range b.Lines {
		form.Lines = append(form.Lines, lineJSON{l.Type, l.Topic, l.Count, l.Each.String()})
	}
	return form
}

type blueprintInput struct {
	OfBody
	Body struct {
		Trade    string         `json:"trade" example:"6-31-01-03"`
		Level    rulebook.Level `json:"level"`
		Name     string         `json:"name"`
		PassMark string         `json:"pass_mark" example:"60" doc:"Points, 60 to 100 (R15)"`
		Minutes  int            `json:"minutes" doc:"90 to 300 (R18)"`
		Partial  bool           `json:"partial,omitempty" doc:"多选题: part of the key without a wrong choice earns half"`
		Lines    []lineJSON     `json:"lines" minItems:"1" maxItems:"100"`
	}
}

func (a *jsonAPI) saveBlueprint(ctx context.Context, actor access.Actor, in *blueprintInput) (blueprintJSON, error) {
	var read pointsReader
	b := bank.Blueprint{
		Owner: in.BodyID, Trade: in.Body.Trade, Level: in.Body.Level, Name: in.Body.Name,
		PassMark: read.field("pass_mark", in.Body.PassMark), Minutes: in.Body.Minutes, Partial: in.Body.Partial,
	}
	for i, l := range in.Body.Lines {
		each := read.field(fmt.Sprintf("lines[%d].each", i), l.Each)
		b.Lines = append(b.Lines, bank.BlueprintLine{Type: l.Type, Topic: l.Topic, Count: l.Count, Each: each})
	}
	if err := read.err(); err != nil {
		return blueprintJSON{}, err
	}
	b, err := a.Bank.SaveBlueprint(ctx, actor, b)
	return blueprintForm(b), err
}

type bodyPaged struct {
	OfBody
	Paging
}

func (a *jsonAPI) listBlueprints(ctx context.Context, actor access.Actor, in *bodyPaged) (listJSON[blueprintJSON], error) {
	list, err := a.Bank.Blueprints(ctx, actor, in.BodyID)
	if err != nil {
		return listJSON[blueprintJSON]{}, err
	}
	return whole(list, in.Paging, func(b bank.Blueprint) string { return b.ID }, blueprintForm)
}

type paperJSON struct {
	ID        string         `json:"id"`
	Trade     string         `json:"trade"`
	Level     rulebook.Level `json:"level"`
	Name      string         `json:"name"`
	Minutes   int            `json:"minutes"`
	PassMark  string         `json:"pass_mark"`
	Questions int            `json:"questions" doc:"How many"`
	CreatedAt time.Time      `json:"created_at"`
}

func paperForm(b bank.Brief) paperJSON {
	return paperJSON{b.ID, b.Trade, b.Level, b.Name, b.Minutes, b.PassMark.String(), b.Questions, moment(b.CreatedAt)}
}

type paperInput struct {
	ID   string `path:"id" doc:"Id of the blueprint"`
	Body *struct {
		Name string `json:"name,omitempty" maxLength:"60" doc:"The blueprint's when absent"`
		Seed uint64 `json:"seed,omitempty" doc:"A random one when absent"`
	}
}

func (a *jsonAPI) createPaper(ctx context.Context, actor access.Actor, in *paperInput) (paperJSON, error) {
	var name string
	var seed uint64
	if in.Body != nil {
		name, seed = in.Body.Name, in.Body.Seed
	}
	p, err := a.Bank.CreatePaper(ctx, actor, in.ID, name, seed)
	return paperJSON{p.ID, p.Trade, p.Level, p.Name, p.Minutes, p.PassMark.String(), len(p.Questions), moment(p.CreatedAt)}, err
}

func (a *jsonAPI) listPapers(ctx context.Context, actor access.Actor, in *bodyPaged) (listJSON[paperJSON], error) {
	list, err := a.Bank.Papers(ctx, actor, in.BodyID)
	if err != nil {
		return listJSON[paperJSON]{}, err
	}
	return whole(list, in.Paging, func(b bank.Brief) string { return b.ID }, paperForm)
}
