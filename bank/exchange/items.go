package exchange

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"kaoping/bank"
	"kaoping/internal/fault"
)

// Result is what a file of items holds.
type Result struct {
	Items    []bank.Item   // sound items, with Source = the file's name; ID, Version, Owner, Trade and Level are the importer's to set
	ItemRows []int         // the row of each of Items, for faults that show later
	Issues   []fault.Issue // what was not taken over, by row
	Rows     int           // rows under the header that are not empty
}

// Read reads test items (试题导入) from an .xlsx, .csv or .txt file: the
// product's template (WriteTemplate), or a sheet with one option per row. Every
// sound item is kept; every other row is named in Issues. A row that repeats an
// earlier one (bank.Item.Fingerprint) is an issue, too. Columns that no item has
// are ignored.
//
// It fails, with Invalid, only where ReadSheet does.
func Read(name string, r io.Reader, limit Limits) (Result, error) {
	sheet, err := ReadSheet(name, r, limit, itemColumns)
	if err != nil {
		return Result{}, err
	}
	result := Result{Issues: sheet.Issues}
	for _, row := range sheet.Rows {
		if !onlySerial(row) {
			result.Rows++
		}
	}
	drafts := draftsFromRows(sheet.Rows)
	if sheet.Has(colOption) && sheet.Has(colCorrect) && !sheet.Has(colAnswer) {
		drafts = draftsFromOptions(sheet.Rows)
	}
	first := map[string]int{} // fingerprint → row
	for _, d := range drafts {
		issues := d.check()
		if len(issues) == 0 {
			mark := d.item.Fingerprint()
			if before, seen := first[mark]; seen {
				issues = append(issues, fault.Issue{Row: d.row, Column: colStem, Text: fault.Textf("this repeats the item of row %d", before)})
			} else {
				first[mark] = d.row
			}
		}
		if len(issues) > 0 {
			result.Issues = append(result.Issues, issues...)
			continue
		}
		d.item.Source = name
		result.Items = append(result.Items, d.item)
		result.ItemRows = append(result.ItemRows, d.row)
	}
	slices.SortStableFunc(result.Issues, func(a, b fault.Issue) int { return cmp.Compare(a.Row, b.Row) })
	return result, nil
}

// draft is an item as read, with what could not be read of it.
type draft struct {
	row    int
	item   bank.Item
	issues []fault.Issue
}

func (d *draft) add(row int, column, format string, args ...any) {
	d.issues = append(d.issues, fault.Issue{Row: row, Column: column, Text: fault.Textf(format, args...)})
}

// short is a cell as a sentence may quote it.
func short(cell string) string {
	if runes := []rune(cell); len(runes) > 20 {
		return string(runes[:20]) + "…"
	}
	return cell
}

// check adds the faults of the item itself, save in columns that could not be
// read: there they would only say the same in other words.
func (d *draft) check() []fault.Issue {
	unread := map[string]bool{}
	for _, issue := range d.issues {
		unread[issue.Column] = true
	}
	for _, issue := range d.item.Check() {
		if !unread[issue.Column] {
			issue.Row = d.row
			d.issues = append(d.issues, issue)
		}
	}
	return d.issues
}

// refusePictures names the cells whose content would be lost.
func (d *draft) refusePictures(row Row) {
	for _, column := range pictures {
		if row.Cells[column] != "" {
			d.add(row.Number, column, "pictures and videos are not taken over: leave this empty and say it in words")
		}
	}
}

// readType sets the item's type from its cell.
func (d *draft) readType(cell string, numbers map[string]bank.ItemType) {
	word := plain(cell)
	kind, ok := typeNames[word]
	if !ok {
		kind, ok = numbers[word]
	}
	if !ok {
		d.add(d.row, colType, "the type “%s” is not known: use 判断题, 单项选择题, 多项选择题 or 填空题", short(cell))
	}
	d.item.Type = kind
}

// draftsFromRows reads the template: one item per row.
func draftsFromRows(rows []Row) []draft {
	var drafts []draft
	for _, row := range rows {
		if onlySerial(row) {
			continue
		}
		d := draft{row: row.Number, item: bank.Item{Topic: row.Cells[colTopic], Stem: row.Cells[colStem], Explanation: row.Cells[colExplanation]}}
		d.refusePictures(row)
		d.readType(row.Cells[colType], nil)
		var options []string
		for i := range optionLetters {
			if text := row.Cells[bank.OptionColumn(i)]; text != "" {
				options = append(options, make([]string, i-len(options))...) // options left out between
				options = append(options, text)
			}
		}
		d.readAnswer(row.Cells[colAnswer], options)
		drafts = append(drafts, d)
	}
	return drafts
}

// onlySerial reports whether a row is an empty one of a prepared form.
func onlySerial(row Row) bool {
	_, numbered := row.Cells[colSerial]
	return numbered && len(row.Cells) == 1
}

// draftsFromOptions reads a sheet with one option per row. An item begins with
// another serial number or another stem; the cells about the item as a whole
// may stand in its first row only.
func draftsFromOptions(rows []Row) []draft {
	var groups [][]Row
	var serial, stem string
	for _, row := range rows {
		if onlySerial(row) {
			continue
		}
		s, q := row.Cells[colSerial], row.Cells[colStem]
		if len(groups) == 0 || s != "" && s != serial || q != "" && q != stem {
			groups, serial, stem = append(groups, nil), s, q
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], row)
	}
	drafts := make([]draft, len(groups))
	for i, group := range groups {
		drafts[i] = draftFromOptions(group)
	}
	return drafts
}

func draftFromOptions(rows []Row) draft {
	first := rows[0]
	d := draft{row: first.Number, item: bank.Item{Topic: first.Cells[colTopic], Stem: first.Cells[colStem]}}
	d.readType(first.Cells[colType], typeNumbers)
	var options, remarks []string
	if text := first.Cells[colExplanation]; text != "" {
		remarks = append(remarks, text)
	}
	var key []int
	for _, row := range rows {
		d.refusePictures(row)
		right, known := judgements[plain(row.Cells[colCorrect])]
		switch cell := plain(row.Cells[colCorrect]); {
		case cell == "1":
			right = true
		case cell != "" && cell != "0" && !known:
			d.add(row.Number, colCorrect, "“%s” says neither right nor wrong: write 1 or 0", short(row.Cells[colCorrect]))
		}
		if right {
			key = append(key, len(options))
		}
		options = append(options, row.Cells[colOption])
		if remark := row.Cells[colRemark]; remark != "" {
			remarks = append(remarks, row.Cells[colOption]+"："+remark)
		}
	}
	d.item.Explanation = strings.Join(remarks, "\n")
	switch d.item.Type {
	case bank.TrueFalse:
		d.judgeByOption(options, key)
	case bank.FillIn:
		d.add(d.row, colType, "fill-in items are read only from sheets with the column 答案")
		d.item.Type = "" // the rest of the item cannot be judged
	case bank.Single, bank.Multiple:
		d.item.Options, d.item.Key = withoutLetters(options), key
	}
	return d
}
