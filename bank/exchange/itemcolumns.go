package exchange

import (
	"fmt"
	"strings"

	"kaoping/bank"
)

// The columns of an item sheet. Template columns come first; the others belong
// to sheets that list one option per row.
const (
	colType        = "题型"
	colTopic       = "知识点"
	colStem        = "题干"
	colAnswer      = "答案"
	colExplanation = "解析"

	colSerial  = "题目序号"
	colOption  = "选项内容"
	colCorrect = "是否正确项"
	colRemark  = "选项解析"
)

// pictures are columns whose content an item cannot carry.
var pictures = []string{"题目图片", "题目视频", "选项图片"}

// optionLetters are the option columns that are read: more than an item may
// have, so that a ninth option is refused rather than lost.
const optionLetters = 16

// itemColumns finds the header of an item sheet: the product's own template, or
// a sheet with one option per row.
var itemColumns = Columns{
	Known: append([]Column{
		{colType, []string{"题目类型", "试题类型", "题目题型", "类型", "type"}},
		{colTopic, []string{"知识点名称", "所属知识点", "考点", "鉴定点", "章节", "所属章节", "所属题库", "题目分类", "分类", "topic"}},
		{colStem, []string{"题目内容", "试题内容", "试题题干", "题目", "试题", "题面", "stem", "question"}},
		{colAnswer, []string{"正确答案", "标准答案", "参考答案", "试题答案", "正确选项", "answer"}},
		{colExplanation, []string{"答案解析", "试题解析", "题目解析", "整体解析", "explanation"}},
		{colSerial, []string{"序号", "题号", "编号"}},
		{colOption, nil},
		{colCorrect, []string{"是否正确", "是否正确选项", "是否为正确项", "是否答案"}},
		{colRemark, nil},
		{pictures[0], []string{"试题图片", "图片"}},
		{pictures[1], []string{"试题视频", "视频"}},
		{pictures[2], nil},
	}, optionColumns()...),
	Required: [][]string{
		{colType, colStem, colAnswer},
		{colType, colStem, colOption, colCorrect},
	},
}

func optionColumns() []Column {
	columns := make([]Column, optionLetters)
	for i := range columns {
		columns[i].Name = bank.OptionColumn(i)
		for _, form := range []string{"?", "?选项", "备选项?", "备选答案?", "答案?", "option?"} {
			columns[i].Synonyms = append(columns[i].Synonyms, strings.ReplaceAll(form, "?", string(rune('A'+i))))
		}
		columns[i].Synonyms = append(columns[i].Synonyms, fmt.Sprintf("选项%d", i+1))
	}
	return columns
}

// typeNames are the words for the item types, folded by plain.
var typeNames = map[string]bank.ItemType{
	"判断": bank.TrueFalse, "判断题": bank.TrueFalse, "是非题": bank.TrueFalse, "正误判断题": bank.TrueFalse,
	"单选": bank.Single, "单选题": bank.Single, "单项选择": bank.Single, "单项选择题": bank.Single,
	"多选": bank.Multiple, "多选题": bank.Multiple, "多项选择": bank.Multiple, "多项选择题": bank.Multiple,
	"填空": bank.FillIn, "填空题": bank.FillIn,
}

// typeNumbers are the types of sheets with one option per row, which number them.
var typeNumbers = map[string]bank.ItemType{"1": bank.Single, "2": bank.Multiple, "3": bank.TrueFalse}

// judgements are the words for right (true) and wrong (false), folded by plain.
var judgements = map[string]bool{
	"正确": true, "对": true, "是": true, "√": true, "✓": true, "✔": true, "t": true, "true": true,
	"错误": false, "错": false, "否": false, "×": false, "✗": false, "✘": false, "x": false, "f": false, "false": false,
}
