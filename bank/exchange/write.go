package exchange

import (
	"io"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"

	"kaoping/bank"
	"kaoping/internal/fault"
)

// Write writes items (试题导出) as .xlsx in the columns of the template, with
// their keys: the file is as confidential as the bank. Read reads it back; it
// does not carry ID, Version, Owner, Trade, Level and Source.
//
// It refuses (Invalid, with an issue for each) items that do not pass their
// Check, and fill-in items whose accepted texts contain the marks that part
// them in a sheet (; and |). Row is then the row that the item would have had.
func Write(w io.Writer, items []bank.Item) error {
	const op = "exchange.Write"
	var issues []fault.Issue
	for i, it := range items {
		for _, issue := range append(it.Check(), unwritable(it)...) {
			issue.Row = i + 2
			issues = append(issues, issue)
		}
	}
	if len(issues) > 0 {
		return fault.New(fault.Invalid, op, "some items cannot be written to a sheet").With(issues...)
	}
	book := excelize.NewFile()
	defer book.Close() // in memory only
	if err := writeItems(book, items); err != nil {
		return fault.Wrap(op, err)
	}
	if err := writeInstructions(book); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, book.Write(w))
}

// unwritable finds accepted texts that a sheet would read back as several.
func unwritable(it bank.Item) []fault.Issue {
	for _, accept := range it.Accept {
		for _, text := range accept {
			if strings.ContainsAny(text, ";；|｜") {
				return []fault.Issue{{Column: colAnswer, Text: fault.Textf("the accepted text “%s” contains ; or |, which part the answers of a sheet", text)}}
			}
		}
	}
	return nil
}

// writeItems fills the sheet 试题. Its cells are text, so that a spreadsheet
// program makes no date of an option "1/2".
func writeItems(book *excelize.File, items []bank.Item) error {
	const sheet = "试题"
	text, err := book.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	if err := book.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	titles := make([]string, len(templateColumns))
	for i, column := range templateColumns {
		titles[i] = column.title
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := book.SetColWidth(sheet, letter, letter, column.width); err != nil {
			return err
		}
		if err := book.SetColStyle(sheet, letter, text); err != nil {
			return err
		}
	}
	rows := [][]string{titles}
	for _, it := range items {
		rows = append(rows, itemCells(it))
	}
	if err := writeRows(book, sheet, rows); err != nil {
		return err
	}
	choice := excelize.NewDataValidation(true)
	choice.SetSqref("A2:A20001")
	var names []string
	for _, kind := range bank.ItemTypes {
		names = append(names, kind.Chinese())
	}
	if err := choice.SetDropList(names); err != nil {
		return err
	}
	return book.AddDataValidation(sheet, choice)
}

// itemCells writes an item into the template's columns.
func itemCells(it bank.Item) []string {
	cells := []string{it.Type.Chinese(), it.Topic, it.Stem}
	cells = append(cells, it.Options...)
	cells = append(cells, make([]string, bank.MaxOptions-len(it.Options))...)
	var answer string
	switch it.Type {
	case bank.TrueFalse:
		answer = []string{"正确", "错误"}[it.Key[0]]
	case bank.Single, bank.Multiple:
		for _, i := range it.Key {
			answer += string(rune('A' + i))
		}
	case bank.FillIn:
		blanks := make([]string, len(it.Accept))
		for i, accept := range it.Accept {
			blanks[i] = strings.Join(accept, "|")
		}
		answer = strings.Join(blanks, "；")
	}
	return append(cells, answer, it.Explanation)
}

// writeRows fills a sheet from the top; the first row is bold and stays in view.
func writeRows(book *excelize.File, sheet string, rows [][]string) error {
	bold, err := book.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}, NumFmt: 49,
	})
	if err != nil {
		return err
	}
	for i, cells := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		for i, cell := range cells {
			cells[i] = escape(cell)
		}
		if err := book.SetSheetRow(sheet, at, &cells); err != nil {
			return err
		}
	}
	last, err := excelize.CoordinatesToCellName(len(rows[0]), 1)
	if err != nil {
		return err
	}
	if err := book.SetCellStyle(sheet, "A1", last, bold); err != nil {
		return err
	}
	return book.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// escapeLike matches what a workbook takes for an escaped character.
var escapeLike = regexp.MustCompile(`^_x[0-9a-zA-Z]{4}_`)

// escape writes "_x0041_" so that a workbook shows just that, not "A".
func escape(cell string) string {
	if !strings.Contains(cell, "_x") {
		return cell
	}
	var out strings.Builder
	for i := range len(cell) {
		if escapeLike.MatchString(cell[i:]) {
			out.WriteString("_x005F")
		}
		out.WriteByte(cell[i])
	}
	return out.String()
}
