package web

import (
	"mime"
	"net/http"

	"github.com/xuri/excelize/v2"

	"kaoping/internal/fault"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// table is a sheet to download: column titles with their widths in characters,
// and rows of text, numbers and nil.
type table struct {
	columns []column
	rows    [][]any
}

type column struct {
	title string
	width float64
}

// sendTable writes a table as .xlsx under a file name.
func (r *request) sendTable(name string, t table) error {
	return r.sendTables(name, named{"Sheet1", t})
}

// named is a table with the name of its sheet.
type named struct {
	sheet string
	table
}

// sendTables writes tables as the sheets of one .xlsx.
func (r *request) sendTables(name string, tables ...named) error {
	const op = "web.sendTables"
	book := excelize.NewFile()
	defer book.Close() // in memory only
	if err := book.SetSheetName("Sheet1", tables[0].sheet); err != nil {
		return fault.Wrap(op, err)
	}
	for _, t := range tables {
		if _, err := book.NewSheet(t.sheet); err != nil { // the first is there already
			return fault.Wrap(op, err)
		}
		if err := t.write(book, t.sheet); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return fault.Wrap(op, r.sendWorkbook(name, book))
}

func (t table) write(book *excelize.File, name string) error {
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	sheet, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	head := make([]any, len(t.columns))
	for i, c := range t.columns {
		if err := sheet.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
		head[i] = excelize.Cell{StyleID: bold, Value: c.title}
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, row := range append([][]any{head}, t.rows...) {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := sheet.SetRow(at, row); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

// sendWorkbook sends a workbook as a download.
func (r *request) sendWorkbook(name string, book *excelize.File) error {
	content, err := book.WriteToBuffer()
	if err != nil {
		return err
	}
	return r.download(name, content.Bytes())
}

// download sends an .xlsx file that the browser saves under the name.
func (r *request) download(name string, content []byte) error {
	r.attach(name)
	r.Data(http.StatusOK, xlsxType, content)
	return nil
}

// attach names the file that a browser saves.
func (r *request) attach(name string) {
	r.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}
