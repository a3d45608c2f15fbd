package web

import (
	"bytes"
	"slices"
	"strings"

	"kaoping/bank"
	"kaoping/bank/exchange"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// itemRow is an item as its author sees it.
type itemRow struct {
	bank.Item
	answered
	TradeName string
}

type itemsPage struct {
	Rows      []itemRow
	Total     int
	Pager     pager
	Text      string
	Types     []choice
	Topics    []choice
	Filtered  bool
	MayImport bool
}

// bankOf is the body whose bank the author works in.
func (r *request) bankOf() (string, error) {
	if body := r.bodyAs(access.Author, access.ItemReviewer); body != "" {
		return body, nil
	}
	return "", fault.New(fault.Forbidden, "web.bank", "your roles do not allow %s here", access.Action("item:read"))
}

func (s *Server) showItems(r *request) error {
	owner, err := r.bankOf()
	if err != nil {
		return err
	}
	stock, err := s.stock(r, owner)
	if err != nil {
		return err
	}
	q := bank.ItemQuery{Owner: owner, Type: bank.ItemType(r.Query("type")), Topic: r.Query("topic"), Text: strings.TrimSpace(r.Query("q")), After: r.Query("after"), Limit: rowsMost + 1}
	if !slices.Contains(bank.ItemTypes, q.Type) {
		q.Type = ""
	}
	list, total, err := s.Bank.Items(r.Request.Context(), r.actor, q)
	if err != nil {
		return err
	}
	list, pages := paged(r, "/items", "after", list, func(x bank.Item) string { return x.ID })
	page := itemsPage{
		Total: total, Pager: pages.of(total), Text: q.Text,
		Types: r.kindChoices(string(q.Type)), MayImport: r.may("item:import", access.Scope{Body: owner}), Filtered: q.Type != "" || q.Topic != "" || q.Text != "",
	}
	for _, it := range list {
		page.Rows = append(page.Rows, itemRow{it, answeredOf(it.Type, it.Options, it.Key, it.Accept), s.tradeName(it.Trade)})
	}
	for _, topic := range stock.topics("") {
		page.Topics = append(page.Topics, choice{topic, topic, topic == q.Topic})
	}
	return r.render(deskFrame, "items", r.T("Items"), page)
}

// exportItems sends the bank in the form that it can be imported from.
func (s *Server) exportItems(r *request) error {
	owner, err := r.bankOf()
	if err != nil {
		return err
	}
	list, _, err := s.Bank.Items(r.Request.Context(), r.actor, bank.ItemQuery{Owner: owner})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := exchange.Write(&out, list); err != nil {
		return err
	}
	return r.download(r.T("Items")+".xlsx", out.Bytes())
}

func (s *Server) sendItemTemplate(r *request) error {
	var out bytes.Buffer
	if err := exchange.WriteTemplate(&out); err != nil {
		return fault.Wrap("web.sendItemTemplate", err)
	}
	return r.download("试题导入模板.xlsx", out.Bytes())
}

type itemImportPage struct {
	Scopes []choice
	Report *importReport
	Rows   int // read from the sheet
}

func (s *Server) showItemImport(r *request) error { return s.itemImport(r, nil, 0) }

func (s *Server) itemImport(r *request, report *importReport, rows int) error {
	owner, err := r.bankOf()
	if err != nil {
		return err
	}
	body, err := s.Standing.Body(r.Request.Context(), r.actor, owner)
	if err != nil {
		return err
	}
	page := itemImportPage{Scopes: r.tradeLevels(body.Scopes, r.Request.PostForm.Get("scope")), Report: report, Rows: rows}
	return r.render(deskFrame, "items_import", r.T("Import items"), page)
}

// importItems reads a sheet of items and reports each row that did not come in.
func (s *Server) importItems(r *request) error {
	owner, err := r.bankOf()
	if err != nil {
		return err
	}
	name, file, err := r.upload("file")
	if err != nil {
		return r.again(err, s.showItemImport)
	}
	defer file.Close() // it was only read
	sheet, err := exchange.Read(name, file, exchange.Limits{})
	if err != nil {
		return r.again(err, s.showItemImport)
	}
	in := bank.Import{Owner: owner, Items: sheet.Items, Rows: sheet.ItemRows, Source: name}
	in.Trade, in.Level = parseTradeLevel(r.PostForm("scope"))
	done, err := s.Bank.Import(r.Request.Context(), r.actor, in)
	if err != nil {
		return r.again(err, s.showItemImport)
	}
	return s.itemImport(r, r.report(name, done.Added, append(sheet.Issues, done.Issues...)), sheet.Rows)
}
