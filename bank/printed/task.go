package printed

import (
	"fmt"
	"time"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/internal/typeset"
)

// Task is one line of a practical task sheet (实操评分项).
type Task struct {
	Name   string
	Points bank.Points
}

// Tasks is a practical task sheet to be printed.
type Tasks struct {
	Head
	Tasks []Task
}

// Practical prints copies of a practical task sheet with its marking columns
// on A4, as Theory does a paper. Invalid also where it has no task.
func Practical(t Tasks, copies Copies, fonts *typeset.Fonts, at time.Time) ([]byte, error) {
	const op = "printed.Practical"
	if err := copies.check(op); err != nil {
		return nil, err
	}
	if len(t.Tasks) == 0 {
		return nil, fault.New(fault.Invalid, op, "the task sheet has no task")
	}
	d := typeset.New(op, fonts)
	d.Info(t.Title+" "+t.Form, at)
	s := sheetOf(A4)
	flow := newFlow(14, 282)
	t.lay(d, flow, s.width)
	for n := range copies.Count {
		for i, column := range flow.columns {
			d.AddPage(s.w, pageH)
			x := s.columns[0]
			if i%2 == 0 {
				strip(d)
			} else {
				x -= s.back
			}
			draw(column, x)
			foot(d, t.Head, x, s.width, i+1, len(flow.columns), copies.First+n)
		}
	}
	return d.Bytes()
}

// taskColumns are the columns after the task, with their widths.
var taskColumns = []blank{{"配分", 16}, {"扣分", 16}, {"得分", 16}, {"备注", 24}}

func (t Tasks) lay(d *typeset.Document, f *flow, w float64) {
	const number = 12.0
	name := w - number
	for _, c := range taskColumns {
		name -= c.room
	}
	var full bank.Points
	for _, task := range t.Tasks {
		full += task.Points
	}
	// cells draws one row of the table; what it says comes by column.
	cells := func(height float64, centred []string) func(x, y float64) {
		return func(x, y float64) {
			d.Frame(typeset.At(x, y, w, height), 0.2, typeset.Colour{})
			left := x
			for i, text := range centred {
				width := number
				switch {
				case i == 1:
					width = name
				case i > 1:
					width = taskColumns[i-2].room
				}
				if i > 0 {
					d.Line(left, y, left, y+height, 0.2, typeset.Colour{})
				}
				if text != "" {
					d.Block("评分表", text, typeset.At(left+1, y, width-2, height), typeset.Style{Size: 10, Centred: true})
				}
				left += width
			}
		}
	}
	heads := []string{"序号", "考核内容及要求"}
	for _, c := range taskColumns {
		heads = append(heads, c.label)
	}
	f.add(
		row{12, func(x, y float64) {
			d.Block("考试名称", t.Title, typeset.At(x, y, w, 10), typeset.Style{Size: 17, Centred: true, Leading: 1.2})
		}},
		row{8, func(x, y float64) {
			d.Block("实操任务书", "技能操作考核任务书及评分表", typeset.At(x, y, w, 6), typeset.Style{Size: 12, Spacing: 0.1, Centred: true})
		}},
		row{9, func(x, y float64) {
			d.Block("试卷信息", t.line(full), typeset.At(x, y, w, 5), typeset.Style{Size: 10, Centred: true})
		}},
		row{9, cells(9, heads)},
	)
	for i, task := range t.Tasks {
		text := d.Text(fmt.Sprintf("第 %d 项", i+1), task.Name, name-5, body)
		height := max(14, float64(text.Lines())*text.Leading()+5)
		frame := cells(height, []string{fmt.Sprint(i + 1), "", task.Points.String(), "", "", ""})
		f.add(row{height, func(x, y float64) {
			frame(x, y)
			top := y + (height-float64(text.Lines())*text.Leading())/2
			for line := range text.Lines() {
				d.Put(text, line, x+number+2.5, top+float64(line)*text.Leading())
			}
		}})
	}
	f.add(
		row{10, cells(10, []string{"", "合计", full.String(), "", "", ""})},
		row{6, func(x, y float64) {}},
		row{9, func(x, y float64) {
			examiner := blank{"考评员（签名）", 23}
			blanks(d, x, y+6, 10, []blank{examiner, examiner, examiner})
		}},
		row{12, func(x, y float64) {
			blanks(d, x, y+9, 10, []blank{{"考评组长（签名）", 36}, {"考核开始时间", 22}, {"结束时间", 22}})
		}},
	)
}
