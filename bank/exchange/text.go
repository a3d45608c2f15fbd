package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"kaoping/internal/fault"
)

// delimiters that a text may part its cells with. The header decides.
var delimiters = []rune{',', '\t', ';'}

// readText reads delimited text.
func readText(data []byte, limit Limits, find finder) (Sheet, error) {
	text, err := decodeText(data)
	if err != nil {
		return Sheet{}, err
	}
	var best header
	comma := delimiters[0]
	for _, d := range delimiters {
		if head := nearestHeader(text, d, find); head.count() > best.count() {
			best, comma = head, d
		}
	}
	sheet, nearest, found, err := collect(textLines(text, comma), limit, find)
	if err == nil && !found {
		err = find.noHeader("exchange.ReadSheet", nearest)
	}
	return sheet, err
}

// nearestHeader is the row that is most of a header, if cells are parted so.
func nearestHeader(text string, comma rune, find finder) (nearest header) {
	for row := range textLines(text, comma) {
		if row.number > headerRows {
			break
		}
		if head := find.match(row.cells); head.count() > nearest.count() {
			nearest = head
		}
	}
	return nearest
}

// decodeText turns the bytes of a text file into UTF-8: UTF-16 where its mark
// says so, else UTF-8, else GB18030 (which includes GBK and GB 2312). A row
// that is no text in the encoding of the rest is named.
func decodeText(data []byte) (string, error) {
	var text string
	var badRow int
	data, marked := bytes.CutPrefix(data, []byte("\ufeff"))
	switch {
	case !marked && (bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))):
		text, badRow = decodeStrictly(data, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM))
	case utf8.Valid(data):
		text = string(data)
	case marked || mostlyUTF8(data):
		badRow = firstBadRow(data)
	default:
		text, badRow = decodeStrictly(data, simplifiedchinese.GB18030)
	}
	if badRow > 0 {
		return "", fault.New(fault.Invalid, "exchange.ReadSheet", "row %d is not text in UTF-8 or GB18030: save the file as UTF-8", badRow).
			With(fault.Issue{Row: badRow, Text: fault.Textf("this contains a control character or a broken character")})
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n") // as old Macintosh programs write
	}
	return text, nil
}

// decodeStrictly decodes, and names the row of the first bytes that cannot be.
func decodeStrictly(data []byte, from encoding.Encoding) (text string, badRow int) {
	decoded, err := from.NewDecoder().Bytes(data)
	if err != nil {
		return "", 1
	}
	if i := bytes.IndexRune(decoded, utf8.RuneError); i >= 0 {
		return "", 1 + bytes.Count(decoded[:i], []byte("\n"))
	}
	return string(decoded), 0
}

// mostlyUTF8 tells damaged UTF-8 from GB18030: in Chinese text of the latter
// hardly any byte sequence is good UTF-8.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		data = data[n:]
	}
	return good > bad
}

func firstBadRow(data []byte) int {
	row := 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			return row
		}
		if r == '\n' {
			row++
		}
		data = data[n:]
	}
	return 0
}

// textLines parts a text into rows. Numbers are those of a spreadsheet that
// opens the file: a cell over several lines counts as one row.
func textLines(text string, comma rune) lines {
	return func(yield func(line, error) bool) {
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
		r.TrimLeadingSpace = comma != '\t' // a tab is space, too
		inner := 0                         // line breaks inside the cells so far
		for {
			cells, err := r.Read()
			var parse *csv.ParseError
			row := line{cells: cells, delimited: true}
			switch {
			case errors.As(err, &parse):
				row.number = parse.StartLine - inner
				row.broken = strayQuote(row.number, parse.Line-parse.StartLine)
			case err != nil:
				return // io.EOF: reading from a string fails in no other way
			default:
				start, _ := r.FieldPos(0)
				row.number = start - inner
				for _, cell := range cells {
					inner += strings.Count(cell, "\n")
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// strayQuote says what a quotation mark in the wrong place has spoilt: its own
// row, and as many rows more as its cell seemed to go on for.
func strayQuote(row, more int) *fault.Text {
	text := fault.Textf("a double quotation mark stands inside a cell: put the whole cell in quotation marks and write those inside it twice")
	if more > 0 {
		text = fault.Textf("a quotation mark opened here is not closed where its cell ends, so the rows to %d were not read", row+more)
	}
	return &text
}
