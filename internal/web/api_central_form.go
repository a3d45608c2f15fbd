package web

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/bank/exchange"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// OfPaperForm is the part of an input that names a form of a central paper.
type OfPaperForm struct {
	OfPaper
	Form string `path:"form" enum:"A,B"`
}

type paperQuestionJSON struct {
	ID          string        `json:"id,omitempty" doc:"Given by the server"`
	Type        bank.ItemType `json:"type" enum:"true_false,single,multiple,fill_in"`
	Topic       string        `json:"topic" doc:"知识点"`
	Stem        string        `json:"stem"`
	Options     []string      `json:"options,omitempty"`
	Key         []int         `json:"key,omitempty" doc:"Indexes of the right options; true_false: 0 right, 1 wrong"`
	Accept      [][]string    `json:"accept,omitempty" doc:"fill_in: the accepted texts of each blank"`
	Explanation string        `json:"explanation,omitempty"`
	Points      string        `json:"points,omitempty" doc:"Given by each"`
}

type paperTaskJSON struct {
	Name   string `json:"name"`
	Points string `json:"points" example:"15.5"`
	Text   string `json:"text,omitempty" doc:"What is to be done, with which material"`
}

type paperContentJSON struct {
	Questions []paperQuestionJSON `json:"questions"`
	Tasks     []paperTaskJSON     `json:"tasks"`
}

func (a *jsonAPI) inspectPaperForm(ctx context.Context, actor access.Actor, in *OfPaperForm) (paperContentJSON, error) {
	content, err := a.Central.Inspect(ctx, actor, in.ID, in.Form)
	form := paperContentJSON{[]paperQuestionJSON{}, []paperTaskJSON{}}
	for _, q := range content.Questions {
		form.Questions = append(form.Questions, paperQuestionJSON{q.ID, q.Type, q.Topic, q.Stem, q.Options, q.Key, q.Accept, q.Explanation, q.Points.String()})
	}
	for _, t := range content.Tasks {
		form.Tasks = append(form.Tasks, paperTaskJSON{t.Name, t.Points.String(), t.Text})
	}
	return form, err
}

type paperFormInput struct {
	OfPaperForm
	Body struct {
		Questions []paperQuestionJSON      `json:"questions" minItems:"1" maxItems:"500"`
		Each      map[bank.ItemType]string `json:"each" doc:"What a question of each type is worth: 100 points in all (R15)"`
		Tasks     []paperTaskJSON          `json:"tasks" minItems:"1" maxItems:"50" doc:"100 points in all"`
	}
}

func (a *jsonAPI) putPaperForm(ctx context.Context, actor access.Actor, in *paperFormInput) (centralJSON, error) {
	var read pointsReader
	form := central.FormInput{Each: map[bank.ItemType]bank.Points{}, Tasks: read.tasks(in.Body.Tasks)}
	for kind, points := range in.Body.Each {
		form.Each[kind] = read.field("each."+string(kind), points)
	}
	for _, q := range in.Body.Questions {
		form.Items = append(form.Items, bank.Item{Type: q.Type, Topic: q.Topic, Stem: q.Stem, Options: q.Options, Key: q.Key, Accept: q.Accept, Explanation: q.Explanation})
	}
	if err := read.err(); err != nil {
		return centralJSON{}, err
	}
	return a.centralDone(a.Central.PutForm(ctx, actor, in.ID, in.Form, form))
}

func (r *pointsReader) tasks(lines []paperTaskJSON) []central.Task {
	list := make([]central.Task, len(lines))
	for i, t := range lines {
		list[i] = central.Task{Name: t.Name, Points: r.field("tasks.points", t.Points), Text: t.Text}
	}
	return list
}

type paperSheet struct {
	OfPaperForm
	RawBody huma.MultipartFormFiles[struct {
		File      huma.FormFile `form:"file" required:"true" doc:"The sheet, as importItems reads it"`
		TrueFalse string        `form:"true_false" required:"false" doc:"What a question of this type is worth"`
		Single    string        `form:"single" required:"false"`
		Multiple  string        `form:"multiple" required:"false"`
		FillIn    string        `form:"fill_in" required:"false"`
		Tasks     string        `form:"tasks" required:"true" doc:"The task sheet: JSON, as tasks of putPaperForm"`
	}]
}

func (a *jsonAPI) importPaperForm(ctx context.Context, actor access.Actor, in *paperSheet) (centralJSON, error) {
	defer in.RawBody.Form.RemoveAll()
	sent := in.RawBody.Data()
	var lines []paperTaskJSON
	if err := json.Unmarshal([]byte(sent.Tasks), &lines); err != nil {
		return centralJSON{}, fault.New(fault.Invalid, "web.importPaperForm", "the request is not as the API's document describes it").With(fault.Issue{Column: "tasks", Text: fault.Textf("this is no JSON list of tasks")})
	}
	sheet, err := exchange.Read(sent.File.Filename, sent.File, exchange.Limits{})
	if err != nil {
		return centralJSON{}, err
	}
	var read pointsReader
	form := central.FormInput{Items: sheet.Items, Rows: sheet.ItemRows, Unread: sheet.Issues, Each: map[bank.ItemType]bank.Points{}, Tasks: read.tasks(lines)}
	for kind, points := range map[bank.ItemType]string{bank.TrueFalse: sent.TrueFalse, bank.Single: sent.Single, bank.Multiple: sent.Multiple, bank.FillIn: sent.FillIn} {
		if points != "" {
			form.Each[kind] = read.field(string(kind), points)
		}
	}
	if err := read.err(); err != nil {
		return centralJSON{}, err
	}
	return a.centralDone(a.Central.PutForm(ctx, actor, in.ID, in.Form, form))
}
