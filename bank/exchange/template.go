package exchange

import (
	"io"

	"github.com/xuri/excelize/v2"

	"kaoping/bank"
)

// WriteTemplate writes the product's item sheet (试题导入模板) as .xlsx, with an
// example of each type and a sheet of instructions.
func WriteTemplate(w io.Writer) error { return Write(w, examples) }

// templateColumn is a column of the template and what the instructions say of it.
type templateColumn struct {
	title            string
	width            float64 // characters
	chinese, english string
}

var templateColumns = func() []templateColumn {
	columns := []templateColumn{
		{colType, 12, "必填。判断题、单项选择题、多项选择题、填空题之一。", "Required. One of 判断题 (true or false), 单项选择题 (single choice), 多项选择题 (multiple choice), 填空题 (fill-in)."},
		{colTopic, 16, "必填，不超过60字。组卷方案按知识点抽题，同一知识点的写法要一致。", "Required, at most 60 characters. Blueprints draw by it, so write the same knowledge point the same way each time."},
		{colStem, 48, "必填，不超过2000字。填空题的每个空用四个下划线（____）表示。", "Required, at most 2000 characters. A fill-in item marks each blank with four underscores (____)."},
	}
	for i := range bank.MaxOptions {
		columns = append(columns, templateColumn{title: bank.OptionColumn(i), width: 18})
	}
	columns[3].chinese = "选择题必填，从选项A起依次填写2至8项，中间不留空，内容不重复，不超过500字。判断题和填空题不填。"
	columns[3].english = "Required for choice items: 2 to 8 options from 选项A on, none left out between, no two the same, at most 500 characters each. Empty for true-or-false and fill-in items."
	return append(columns,
		templateColumn{colAnswer, 16, "必填。判断题：正确 或 错误；单项选择题：一个字母；多项选择题：两个以上字母，如 ABD；填空题：各空用 ； 分开，同一空可接受的多个答案用 | 分开，每个不超过100字。",
			"Required. True or false: 正确 or 错误. Single choice: one letter. Multiple choice: two or more letters, such as ABD. Fill-in: blanks parted by ； and the accepted texts of one blank by |, at most 100 characters each."},
		templateColumn{colExplanation, 36, "选填，不超过2000字。", "Optional, at most 2000 characters."},
	)
}()

// examples show each type once.
var examples = []bank.Item{
	{Type: bank.TrueFalse, Topic: "安全用电", Stem: "停电检修前必须先验电，确认无电后方可工作。", Key: []int{0}, Explanation: "停电、验电、挂接地线依次进行。"},
	{Type: bank.Single, Topic: "安全用电", Stem: "使用验电器之前，应当先做什么？", Options: []string{"在带电体上确认验电器完好", "把验电器接地", "断开验电器的电池", "用手触摸被测导体"}, Key: []int{0}},
	{Type: bank.Multiple, Topic: "电工材料", Stem: "下列材料中，哪些是导体？", Options: []string{"铜", "陶瓷", "铝", "银"}, Key: []int{0, 2, 3}, Explanation: "陶瓷是绝缘体。"},
	{Type: bank.FillIn, Topic: "电工基础", Stem: "我国工频交流电的频率是____赫兹，周期是____秒。", Accept: [][]string{{"50", "五十"}, {"0.02"}}},
}

// writeInstructions fills the sheet 说明.
func writeInstructions(book *excelize.File) error {
	const sheet = "说明"
	wrap, err := book.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	if _, err := book.NewSheet(sheet); err != nil {
		return err
	}
	if err := book.SetColStyle(sheet, "A:C", wrap); err != nil {
		return err
	}
	for columns, width := range map[string]float64{"A": 12, "B": 60, "C": 70} {
		if err := book.SetColWidth(sheet, columns, columns, width); err != nil {
			return err
		}
	}
	rows := [][]string{
		{"列 Column", "填写规则", "Rules"},
		{"", "在“试题”表中每行填写一道题，删除示例行后导入。有误的行会逐行列出，其余的行照常导入。", "Write one item per row in the sheet 试题, and delete the example rows before importing. Rows with faults are listed one by one; all other rows are imported."},
	}
	for _, column := range templateColumns {
		if column.chinese != "" {
			title := column.title
			if title == bank.OptionColumn(0) {
				title += "–" + string(rune('A'+bank.MaxOptions-1))
			}
			rows = append(rows, []string{title, column.chinese, column.english})
		}
	}
	return writeRows(book, sheet, rows)
}
