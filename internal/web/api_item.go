package web

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/bank"
	"kaoping/bank/exchange"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

func (a *jsonAPI) items() {
	register(a, huma.Operation{
		OperationID: "getItemTemplate", Method: http.MethodGet, Path: "/items/template", Tags: []string{"bank"}, Summary: "The item sheet to fill in (试题导入模板)",
		Description: "A workbook with an example of each type and a sheet of instructions; importItems reads it.",
		Responses:   fileResponse(sheetType),
	}, a.itemTemplate)
	operation(a, huma.Operation{
		OperationID: "importItems", Method: http.MethodPost, Path: "/bodies/{body}/items", Tags: []string{"bank"}, Summary: "Import a sheet of items",
		Description: "A workbook (.xlsx) or delimited text (.csv, .txt, .tsv). Sound rows come in; each other row is named with its number, column and reason. Sending a sheet again adds nothing twice.",
		Errors:      refusals(fault.NotFound),
	}, a.importItems)
	operation(a, huma.Operation{
		OperationID: "listItems", Method: http.MethodGet, Path: "/bodies/{body}/items", Tags: []string{"bank"}, Summary: "Items of a body's bank",
		Description: "With their keys, for item authors only (item:read).", Errors: refusals(fault.NotFound),
	}, a.listItems)
}

const sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// fileJSON is a file as an answer.
type fileJSON struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func fileResponse(contentType string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{
		contentType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}}
}

func (a *jsonAPI) itemTemplate(context.Context, *struct{}) (*fileJSON, error) {
	var out bytes.Buffer
	err := exchange.WriteTemplate(&out)
	return &fileJSON{sheetType, `attachment; filename="items.xlsx"`, out.Bytes()}, fault.Wrap("web.itemTemplate", err)
}

type itemSheet struct {
	OfBody
	RawBody huma.MultipartFormFiles[struct {
		File  huma.FormFile  `form:"file" required:"true" doc:"The sheet, at most 20 MiB and 20,000 rows"`
		Trade string         `form:"trade" required:"true" example:"6-31-01-03" doc:"Occupation code"`
		Level rulebook.Level `form:"level" required:"true" minimum:"-1" maximum:"6" doc:"5 初级工 to 1 高级技师, 0 特级技师, -1 首席技师, 6 学徒工"`
	}]
}

// reportJSON says what became of a sheet.
type reportJSON struct {
	Added  int         `json:"added"`
	Issues []issueJSON `json:"issues" doc:"Each row that did not come in, and why"`
}

// report words the rows that did not come in, in the order of the sheet.
func report(ctx context.Context, added int, issues ...[]fault.Issue) reportJSON {
	all := slices.Concat(issues...)
	slices.SortStableFunc(all, func(x, y fault.Issue) int { return cmp.Compare(x.Row, y.Row) })
	return reportJSON{added, callOf(ctx).language.issueList(all)}
}

func (a *jsonAPI) importItems(ctx context.Context, actor access.Actor, in *itemSheet) (reportJSON, error) {
	defer in.RawBody.Form.RemoveAll()
	form := in.RawBody.Data()
	sheet, err := exchange.Read(form.File.Filename, form.File, exchange.Limits{})
	if err != nil {
		return reportJSON{}, err
	}
	done, err := a.Bank.Import(ctx, actor, bank.Import{
		Owner: in.BodyID, Trade: form.Trade, Level: form.Level, Items: sheet.Items, Rows: sheet.ItemRows, Source: form.File.Filename,
	})
	return report(ctx, done.Added, sheet.Issues, done.Issues), err
}

type itemJSON struct {
	ID          string         `json:"id"`
	Trade       string         `json:"trade"`
	Level       rulebook.Level `json:"level"`
	Type        bank.ItemType  `json:"type" enum:"true_false,single,multiple,fill_in"`
	Topic       string         `json:"topic" doc:"知识点"`
	Stem        string         `json:"stem"`
	Options     []string       `json:"options,omitempty"`
	Key         []int          `json:"key,omitempty" doc:"Indexes of the right options; true_false: 0 right, 1 wrong"`
	Accept      [][]string     `json:"accept,omitempty" doc:"fill_in: the accepted texts of each blank"`
	Explanation string         `json:"explanation,omitempty"`
	Source      string         `json:"source,omitempty" doc:"The file it came from"`
}

type itemsQuery struct {
	OfBody
	Paging
	Trade string        `query:"trade"`
	Type  bank.ItemType `query:"type" enum:"true_false,single,multiple,fill_in"`
	Topic string        `query:"topic"`
	Text  string        `query:"text" doc:"Part of the stem"`
}

func (a *jsonAPI) listItems(ctx context.Context, actor access.Actor, in *itemsQuery) (listJSON[itemJSON], error) {
	list, total, err := a.Bank.Items(ctx, actor, bank.ItemQuery{
		Owner: in.BodyID, Trade: in.Trade, Type: in.Type, Topic: in.Topic, Text: in.Text, After: in.Cursor, Limit: in.more(),
	})
	items := page(list, in.Paging, func(i bank.Item) string { return i.ID }, func(i bank.Item) itemJSON {
		return itemJSON{i.ID, i.Trade, i.Level, i.Type, i.Topic, i.Stem, i.Options, i.Key, i.Accept, i.Explanation, i.Source}
	})
	items.Total = &total
	return items, err
}
