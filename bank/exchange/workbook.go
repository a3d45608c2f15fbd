package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"kaoping/internal/fault"
)

// Bounds of an opened workbook. They stop a small file that unpacks to a huge
// one; 20,000 rows of items with eight options stay far below them.
const (
	maxUnpacked = 64 << 20  // bytes of all parts
	maxElements = 2_000_000 // XML elements of the sheets and their texts
)

// readWorkbook reads the first visible sheet with a header. Further sheets with
// one are not read, and named.
func readWorkbook(data []byte, limit Limits, find finder) (Sheet, error) {
	const op = "exchange.ReadSheet"
	if err := inspect(data); err != nil {
		return Sheet{}, err
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return Sheet{}, notAWorkbook(err)
	}
	defer book.Close() // nothing was written
	var sheet Sheet
	var nearest header
	read := ""
	for _, title := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(title); err != nil || !visible {
			continue
		}
		got, near, found, err := collect(bookLines(book, title), limit, find)
		switch {
		case read == "" && err != nil:
			return Sheet{}, err
		case read == "" && found:
			sheet, read = got, title
		case found && len(got.Rows) > 0, read != "" && err != nil:
			sheet.Issues = append(sheet.Issues, fault.Issue{Text: fault.Textf("only the sheet “%s” was read; put the rows of the sheet “%s” there, too, or into a file of their own", read, title)})
		case near.count() > nearest.count():
			nearest = near
		}
	}
	if read == "" {
		return Sheet{}, find.noHeader(op, nearest)
	}
	return sheet, nil
}

// bookLines streams the rows of one sheet, each cell as the workbook shows it.
func bookLines(book *excelize.File, title string) lines {
	return func(yield func(line, error) bool) {
		rows, err := book.Rows(title)
		if err != nil {
			yield(line{}, notAWorkbook(err))
			return
		}
		defer rows.Close() // nothing was written
		for number := 1; rows.Next(); number++ {
			cells, err := rows.Columns()
			if err != nil {
				yield(line{}, notAWorkbook(err))
				return
			}
			if len(cells) > 0 && !yield(line{number: number, cells: cells}, nil) {
				return
			}
		}
		if err := rows.Error(); err != nil {
			yield(line{}, notAWorkbook(err))
		}
	}
}

// inspect looks at a workbook before it is opened: how much it unpacks to, and
// whether its sheets are whole, for excelize takes the first damage in a sheet
// for its end and says nothing.
func inspect(data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return notAWorkbook(err)
	}
	var unpacked uint64
	for _, part := range archive.File {
		unpacked += min(part.UncompressedSize64, maxUnpacked+1) // declared; archive/zip holds the part to it
		if unpacked > maxUnpacked {
			return tooMuch()
		}
	}
	elements := 0
	for _, part := range archive.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		if !strings.HasPrefix(name, "xl/worksheets/") && name != "xl/sharedstrings.xml" || !strings.HasSuffix(name, ".xml") {
			continue
		}
		n, err := countElements(part, maxElements-elements)
		if err != nil {
			return err
		}
		elements += n
	}
	return nil
}

// countElements reads a part to its end; it refuses damage, and more than most
// elements.
func countElements(part *zip.File, most int) (n int, err error) {
	r, err := part.Open()
	if err != nil {
		return 0, notAWorkbook(err)
	}
	defer r.Close() // nothing was written
	decoder := xml.NewDecoder(r)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, notAWorkbook(err)
		}
		if _, ok := token.(xml.StartElement); ok {
			n++
		}
		if n > most {
			return n, tooMuch()
		}
	}
}

func notAWorkbook(cause error) error {
	return fault.New(fault.Invalid, "exchange.ReadSheet", "the workbook is damaged or is none: open it in a spreadsheet program and save it again as .xlsx").Because(cause)
}

func tooMuch() error {
	return fault.New(fault.Invalid, "exchange.ReadSheet", "the workbook unpacks to more than can be read here: remove pictures and unused rows, or split it")
}
