package web

import (
	"fmt"
	"io"
	"regexp"

	"github.com/xuri/excelize/v2"

	"kaoping/bank/exchange"
	"kaoping/exam"
	"kaoping/internal/fault"
)

// The columns of a candidate sheet.
const (
	colName     = "姓名"
	colIDNumber = "证件号码"
)

var rosterColumns = func() exchange.Columns {
	columns := exchange.Columns{
		Known: []exchange.Column{
			{Name: colName, Synonyms: []string{"考生姓名", "学员姓名", "名字", "name"}},
			{Name: colIDNumber, Synonyms: []string{"身份证号", "身份证号码", "身份证", "公民身份号码", "证件号", "idnumber"}},
		},
		Required: [][]string{{colName, colIDNumber}},
	}
	for _, f := range evidenceFields {
		columns.Known = append(columns.Known, exchange.Column{Name: f.column})
	}
	return columns
}()

// rosterLimits bound one sitting's sheet.
var rosterLimits = exchange.Limits{MaxBytes: 5 << 20, MaxRows: 5000}

var (
	scientific = regexp.MustCompile(`^\d(\.\d+)?[eE]\+\d+$`)
	lostDigits = regexp.MustCompile(`^\d{15}000$`)
)

// readRoster reads a sheet of candidates (考生名册), with evidence of their
// training where its columns are there (培训情况). ID numbers that a
// spreadsheet program has kept as numbers have lost their last digits: such
// rows are named rather than taken for somebody else.
func readRoster(name string, file io.Reader) (rows []exam.Row, issues []fault.Issue, err error) {
	sheet, err := exchange.ReadSheet(name, file, rosterLimits, rosterColumns)
	if err != nil {
		return nil, nil, err
	}
	issues = sheet.Issues
	for _, row := range sheet.Rows {
		number := row.Cells[colIDNumber]
		if scientific.MatchString(number) || lostDigits.MatchString(number) {
			issues = append(issues, fault.Issue{Row: row.Number, Column: colIDNumber,
				Text: fault.Textf("the last digits may be lost, because the sheet keeps this ID number as a number: set the cell's format to text and type it again, or add the candidate by hand")})
			continue
		}
		evidence, wrong := readEvidence(func(field string) string { return row.Cells[evidenceColumn(field)] })
		if len(wrong) > 0 {
			for _, issue := range byColumn(wrong) {
				issue.Row = row.Number
				issues = append(issues, issue)
			}
			continue
		}
		rows = append(rows, exam.Row{Number: row.Number, Name: row.Cells[colName], IDNumber: number, Evidence: evidence})
	}
	return rows, issues, nil
}

// writeRosterTemplate fills an empty workbook with the sheet and its instructions.
func writeRosterTemplate(book *excelize.File) error {
	const list, help = "考生", "说明"
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 49})
	if err != nil {
		return err
	}
	text, err := book.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	if err := book.SetSheetName("Sheet1", list); err != nil {
		return err
	}
	if _, err := book.NewSheet(help); err != nil {
		return err
	}
	header, widths := []string{colName, colIDNumber}, []float64{20, 28}
	instructions := [][]string{
		{"列 Column", "填写规则", "Rules"},
		{"", "在“考生”表中每行填写一名考生。有误的行会逐行列出，其余的行照常导入；重复导入不会重复报名，但会更新培训情况。", "Write one candidate per row in the sheet 考生. Rows with faults are listed one by one; all other rows come in. Importing a sheet again enrols nobody twice; evidence of training is kept anew."},
		{colName, "必填，1至40个字，与居民身份证一致。", "Required, 1 to 40 characters, as on the identity card."},
		{colIDNumber, "必填，18位居民身份证号码，末位X不分大小写。单元格格式须为文本，否则末几位会丢失。", "Required, the 18 characters of the identity card; the last one may be x or X. The cell's format must be text, or the last digits are lost."},
		{"", "以下各列为培训情况：不是培训结业的考生不填。", "The columns below are evidence of training: empty for who comes from no course."},
	}
	for _, f := range evidenceFields {
		header, widths = append(header, f.column), append(widths, 16)
		instructions = append(instructions, []string{f.column, f.help, f.rules})
	}
	for _, sheet := range []struct {
		name   string
		widths []float64
		rows   [][]string
	}{
		{list, widths, [][]string{header}},
		{help, []float64{20, 60, 70}, instructions},
	} {
		for i, width := range sheet.widths {
			column := string(rune('A' + i))
			if err := book.SetColWidth(sheet.name, column, column, width); err != nil {
				return err
			}
			if err := book.SetColStyle(sheet.name, column, text); err != nil {
				return err
			}
		}
		for i, row := range sheet.rows {
			if err := book.SetSheetRow(sheet.name, fmt.Sprintf("A%d", i+1), &row); err != nil {
				return err
			}
		}
		if err := book.SetRowStyle(sheet.name, 1, 1, bold); err != nil {
			return err
		}
	}
	return nil
}
