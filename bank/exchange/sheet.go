package exchange

import (
	"bytes"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"kaoping/internal/fault"
)

// Limits bound what is read. Zero means the default.
type Limits struct {
	MaxBytes int64 // size of the file; default 20 MiB
	MaxRows  int   // rows under the header that are not empty; default 20,000
}

func (l Limits) withDefaults() Limits {
	if l.MaxBytes <= 0 {
		l.MaxBytes = 20 << 20
	}
	if l.MaxRows <= 0 {
		l.MaxRows = 20_000
	}
	return l
}

// headerRows is how far down a header is looked for: sheets start with titles
// and instructions.
const headerRows = 10

// Sheet is what a file says under the columns that were asked for.
type Sheet struct {
	Header    []string // the known columns that the sheet has, from left to right
	HeaderRow int
	Rows      []Row
	Issues    []fault.Issue // rows that cannot be read, sheets that were left out
}

// Has reports whether the sheet has the column.
func (s Sheet) Has(column string) bool { return slices.Contains(s.Header, column) }

// Row is a row that is not empty. Number counts from 1 as the sheet shows it.
type Row struct {
	Number int
	Cells  map[string]string // by column name, without surrounding space; empty cells are absent
}

// line is a row of a file before its columns are known.
type line struct {
	number    int
	cells     []string
	delimited bool        // from text, where an unquoted delimiter shifts the cells after it
	broken    *fault.Text // why the row cannot be read, or nil
}

// lines yields the rows of a file. An error ends it and refuses the file.
type lines = iter.Seq2[line, error]

// ReadSheet reads the rows of a sheet: a workbook (.xlsx, by its content) or
// text (.csv, .txt or .tsv). name is the file's name. Of a workbook it reads the
// first visible sheet that has the header.
//
// All its errors are Invalid: the file is too large, of another format, damaged,
// in an unknown encoding, or has no header in its first ten rows.
func ReadSheet(name string, r io.Reader, limit Limits, find Columns) (Sheet, error) {
	const op = "exchange.ReadSheet"
	limit = limit.withDefaults()
	data, err := io.ReadAll(io.LimitReader(r, limit.MaxBytes+1))
	if err != nil {
		return Sheet{}, fault.New(fault.Invalid, op, "the file could not be received: send it again").Because(err)
	}
	extension := strings.ToLower(filepath.Ext(name))
	switch {
	case int64(len(data)) > limit.MaxBytes:
		return Sheet{}, fault.New(fault.Invalid, op, "the file is larger than %g MiB: split it", float64(limit.MaxBytes)/(1<<20))
	case len(data) == 0:
		return Sheet{}, fault.New(fault.Invalid, op, "the file is empty")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readWorkbook(data, limit, find.finder())
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return Sheet{}, fault.New(fault.Invalid, op, "this is an old .xls workbook, or one with a password: save it as .xlsx without a password")
	case slices.Contains([]string{".csv", ".txt", ".tsv"}, extension):
		return readText(data, limit, find.finder())
	}
	return Sheet{}, fault.New(fault.Invalid, op, "“%s” is not a sheet that can be read: save it as .xlsx or .csv", name)
}

// collect finds the header and gathers the rows under it. found is false where
// there is no header; the sheet is then empty and nearest says what came closest.
func collect(rows lines, limit Limits, find finder) (sheet Sheet, nearest header, found bool, err error) {
	const op = "exchange.ReadSheet"
	var head header
	for row, err := range rows {
		switch {
		case err != nil:
			return Sheet{}, nearest, false, err
		case found && row.broken != nil:
			sheet.Issues = append(sheet.Issues, fault.Issue{Row: row.number, Text: *row.broken})
		case found && row.delimited && head.exceeded(row.cells):
			sheet.Issues = append(sheet.Issues, fault.Issue{Row: row.number, Text: fault.Textf("this row has more cells than the header: put a cell that contains the delimiter in double quotation marks")})
		case found:
			if cells := head.cells(row.cells); len(cells) > 0 {
				sheet.Rows = append(sheet.Rows, Row{Number: row.number, Cells: cells})
			}
			if len(sheet.Rows) > limit.MaxRows {
				return Sheet{}, nearest, false, fault.New(fault.Invalid, op, "the sheet has more than %d rows: split it", limit.MaxRows)
			}
		case row.number > headerRows:
			return Sheet{}, nearest, false, nil
		default:
			head = find.match(row.cells)
			found = len(head.missing) == 0
			if found && head.twice != "" {
				return Sheet{}, head, false, fault.New(fault.Invalid, op, "two columns are named “%s”: leave one", head.twice)
			}
			if head.count() > nearest.count() {
				nearest = head
			}
			sheet.HeaderRow = row.number
		}
	}
	if !found {
		return Sheet{}, nearest, false, nil
	}
	sheet.Header = slices.DeleteFunc(slices.Clone(head.names), func(s string) bool { return s == "" })
	return sheet, nearest, true, nil
}

// exceeded reports whether a row goes on past the last title.
func (h header) exceeded(row []string) bool {
	for i := len(h.names); i < len(row); i++ {
		if clean(row[i]) != "" {
			return true
		}
	}
	return false
}

// cells names the cells of a row by the header above it.
func (h header) cells(row []string) map[string]string {
	var cells map[string]string
	for i, cell := range row {
		if i >= len(h.names) || h.names[i] == "" {
			continue
		}
		if cell = clean(cell); cell == "" {
			continue
		}
		if cells == nil {
			cells = make(map[string]string, len(h.names))
		}
		cells[h.names[i]] = cell
	}
	return cells
}

// clean strips space around a cell, marks that nobody sees among it, and
// carriage returns.
func clean(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' })
	return strings.ReplaceAll(s, "\r\n", "\n")
}
