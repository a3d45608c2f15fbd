package printed

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/internal/typeset"
)

// Paper is a theory paper to be printed, in the order in which the questions
// are given.
type Paper struct {
	Head
	Questions []bank.Question
	Card      bool // choices are marked on an answer card
}

// Theory prints copies of a theory paper; at is the time in the file's
// properties. Equal papers give equal bytes.
//
// Invalid: no question, or copies outside their bounds. Refused: no font has a
// character of it. Unavailable: no font.
func Theory(p Paper, format Format, copies Copies, fonts *typeset.Fonts, at time.Time) ([]byte, error) {
	const op = "printed.Theory"
	if err := copies.check(op); err != nil {
		return nil, err
	}
	if len(p.Questions) == 0 {
		return nil, fault.New(fault.Invalid, op, "the paper has no question")
	}
	if format != A4 && format != A3 {
		return nil, fault.New(fault.Invalid, op, "“%s” is no format of paper: use a4 or a3", string(format))
	}
	d := typeset.New(op, fonts)
	d.Info(p.Title+" "+p.Form, at)
	s := sheetOf(format)
	flow := newFlow(14, 282)
	p.lay(d, flow, s.width)
	for n := range copies.Count {
		for i := range flow.columns {
			if i%len(s.columns) == 0 {
				d.AddPage(s.w, pageH)
			}
			front := i/len(s.columns)%2 == 0
			if front && i%len(s.columns) == 0 {
				strip(d)
			}
			x := s.columns[i%len(s.columns)]
			if !front {
				x -= s.back
			}
			draw(flow.columns[i], x)
			foot(d, p.Head, x, s.width, i+1, len(flow.columns), copies.First+n)
		}
	}
	return d.Bytes()
}

// sheet is the geometry of a format in millimetres: its width, where its
// columns begin on a front, how wide they are, and how far left they stand on
// a back, which has no seal line.
type sheet struct {
	w       float64
	columns []float64
	width   float64
	back    float64
}

func sheetOf(format Format) sheet {
	if format == A3 {
		return sheet{w: 420, columns: []float64{33, 229}, width: 174, back: 15}
	}
	return sheet{w: 210, columns: []float64{33}, width: 163, back: 17}
}

// section is the questions of one type.
type section struct {
	kind      bank.ItemType
	questions []bank.Question
	first     int // number of its first question
}

func (s section) points() (total, each bank.Points) {
	each = s.questions[0].Points
	for _, q := range s.questions {
		total += q.Points
		if q.Points != each {
			each = 0
		}
	}
	return total, each
}

func sections(questions []bank.Question) []section {
	var all []section
	for i, q := range questions {
		if len(all) == 0 || all[len(all)-1].kind != q.Type {
			all = append(all, section{kind: q.Type, first: i + 1})
		}
		last := &all[len(all)-1]
		last.questions = append(last.questions, q)
	}
	return all
}

func (p Paper) full() (total bank.Points) {
	for _, q := range p.Questions {
		total += q.Points
	}
	return total
}

var body = typeset.Style{Size: 10.5, Leading: 1.55}

func (p Paper) lay(d *typeset.Document, f *flow, w float64) {
	all := sections(p.Questions)
	f.add(p.title(d, w)...)
	f.add(scores(d, w, len(all)))
	for i, s := range all {
		f.space(3)
		group := append([]row{s.heading(d, w, i, p.Card)}, s.question(d, w, 0)...)
		f.add(group...)
		for n := 1; n < len(s.questions); n++ {
			f.add(s.question(d, w, n)...)
		}
	}
}

func (p Paper) title(d *typeset.Document, w float64) []row {
	notes := []string{
		"1. 请先在密封线左侧填写考生信息，再作答；密封线内不得答题。",
		"2. 用黑色签字笔书写，字迹清楚；在试卷以外的纸上作答无效。",
		"3. 试卷按份编号，考试结束后全部交回，不得带出考场。",
	}
	if p.Card {
		notes[1] = "2. 判断题和选择题用 2B 铅笔填涂在答题卡上，其余题目用黑色签字笔写在试卷上。"
	}
	rows := []row{
		{12, func(x, y float64) {
			d.Block("考试名称", p.Title, typeset.At(x, y, w, 10), typeset.Style{Size: 17, Centred: true, Leading: 1.2})
		}},
		{8, func(x, y float64) {
			d.Block("理论试卷", "理论知识考试试卷", typeset.At(x, y, w, 6), typeset.Style{Size: 12, Spacing: 0.1, Centred: true})
		}},
		{7, func(x, y float64) {
			d.Block("试卷信息", p.line(p.full()), typeset.At(x, y, w, 5), typeset.Style{Size: 10, Centred: true})
		}},
	}
	if p.Bureau != "" {
		rows = append(rows, row{6, func(x, y float64) {
			d.Block("命题单位", "命题单位："+p.Bureau, typeset.At(x, y, w, 5), typeset.Style{Size: 9, Centred: true, Colour: grey})
		}})
	}
	for _, note := range notes {
		rows = append(rows, row{5, func(x, y float64) {
			d.Block("注意事项", note, typeset.At(x, y, w, 4.6), typeset.Style{Size: 9})
		}})
	}
	return rows
}

// scores is the table for the marks (登分栏).
func scores(d *typeset.Document, w float64, parts int) row {
	const label, rowH = 20.0, 7.0
	cells := parts + 2 // the sections, the sum, who checked it
	heads := append(slices.Clone(numerals[:min(parts, len(numerals))]), "总分", "核分人")
	return row{3*rowH + 6, func(x, y float64) {
		y += 3
		d.Frame(typeset.At(x, y, w, 3*rowH), 0.25, typeset.Colour{})
		for i, name := range []string{"题号", "得分", "阅卷人"} {
			top := y + float64(i)*rowH
			if i > 0 {
				d.Line(x, top, x+w, top, 0.2, typeset.Colour{})
			}
			d.Block("登分栏", name, typeset.At(x, top, label, rowH), typeset.Style{Size: 9.5, Centred: true})
		}
		cell := (w - label) / float64(cells)
		for i, head := range heads {
			left := x + label + float64(i)*cell
			d.Line(left, y, left, y+3*rowH, 0.2, typeset.Colour{})
			d.Block("登分栏", head, typeset.At(left, y, cell, rowH), typeset.Style{Size: 9.5, Centred: true})
		}
	}}
}

// how says how the questions of a type are answered.
var how = map[bank.ItemType][2]string{ // on the paper, on a card
	bank.TrueFalse: {"正确的在括号内打“√”，错误的打“×”", "正确的涂“√”，错误的涂“×”"},
	bank.Single:    {"每题只有一个正确选项，将其字母填入括号内", "每题只有一个正确选项，涂在答题卡上"},
	bank.Multiple:  {"每题有两个或两个以上正确选项，将其字母填入括号内", "每题有两个或两个以上正确选项，涂在答题卡上"},
	bank.FillIn:    {"将答案填在横线上", "将答案填在试卷的横线上"},
}

// heading is a section's name and points, beside its own marking columns.
func (s section) heading(d *typeset.Document, w float64, index int, card bool) row {
	const boxW, boxH = 36.0, 12.0
	total, each := s.points()
	number := "附加"
	if index < len(numerals) {
		number = numerals[index]
	}
	words := how[s.kind][0]
	if card {
		words = how[s.kind][1]
	}
	marks := fmt.Sprintf("共 %d 题，共 %s 分", len(s.questions), total)
	if each > 0 {
		marks = fmt.Sprintf("共 %d 题，每题 %s 分，共 %s 分", len(s.questions), each, total)
	}
	text := d.Text("大题", fmt.Sprintf("%s、%s（%s。%s）", number, s.kind.Chinese(), marks, words), w-boxW-4, typeset.Style{Size: 11, Leading: 1.45})
	textH := float64(text.Lines()) * text.Leading()
	return row{max(boxH, textH) + 2.5, func(x, y float64) {
		d.Frame(typeset.At(x, y, boxW, boxH), 0.2, typeset.Colour{})
		d.Line(x, y+5, x+boxW, y+5, 0.2, typeset.Colour{})
		d.Line(x+boxW/2, y, x+boxW/2, y+boxH, 0.2, typeset.Colour{})
		d.Block("登分栏", "得分", typeset.At(x, y, boxW/2, 5), typeset.Style{Size: 8.5, Centred: true})
		d.Block("登分栏", "阅卷人", typeset.At(x+boxW/2, y, boxW/2, 5), typeset.Style{Size: 8.5, Centred: true})
		for i := range text.Lines() {
			d.Put(text, i, x+boxW+4, y+max(0, (boxH-textH)/2)+float64(i)*text.Leading())
		}
	}}
}

// question is the rows of one question: its stem, then its options.
func (s section) question(d *typeset.Document, w float64, n int) []row {
	const indent = 8.5
	q := s.questions[n]
	name := fmt.Sprintf("第 %d 题", s.first+n)
	number := d.Text(name, fmt.Sprintf("%d.", s.first+n), indent, body)
	stem := strings.TrimSpace(q.Stem)
	if q.Type == bank.FillIn {
		stem = strings.ReplaceAll(stem, bank.BlankMark, "________________")
	} else {
		stem += "（　　　）"
	}
	if _, each := s.points(); each == 0 {
		stem += fmt.Sprintf("［%s 分］", q.Points)
	}
	rows := lines(d, d.Text(name, stem, w-indent, body), indent)
	first := rows[0].draw
	rows[0].draw = func(x, y float64) {
		d.Put(number, 0, x, y)
		first(x, y)
	}
	rows = append(rows, options(d, name, q.Options, w-indent, indent)...)
	rows[len(rows)-1].height += 1.6
	return rows
}

// lines makes a row of each line of a text.
func lines(d *typeset.Document, t typeset.Text, indent float64) []row {
	rows := make([]row, max(1, t.Lines()))
	for i := range rows {
		rows[i] = row{t.Leading(), func(x, y float64) { d.Put(t, i, x+indent, y) }}
	}
	return rows
}

// options sets the options four, two or one a row, as the longest allows.
func options(d *typeset.Document, name string, options []string, w, indent float64) []row {
	if len(options) == 0 {
		return nil
	}
	const letter = 6.0
	widest := 0.0
	for _, option := range options {
		widest = max(widest, letter+d.Text(name, flat(option), 10*w, body).Width())
	}
	across := 1
	for _, n := range []int{4, 2} {
		if widest+3 <= w/float64(n) {
			across = n
			break
		}
	}
	cell := w / float64(across)
	var rows []row
	for start := 0; start < len(options); start += across {
		var some []row
		for i := start; i < min(start+across, len(options)); i++ {
			left := indent + float64(i-start)*cell
			mark := d.Text(name, string(rune('A'+i))+".", letter, body)
			for j, r := range lines(d, d.Text(name, flat(options[i]), cell-letter-1, body), left+letter) {
				if j == 0 {
					text := r.draw
					r.draw = func(x, y float64) {
						d.Put(mark, 0, x+left, y)
						text(x, y)
					}
				}
				if j == len(some) {
					some = append(some, r)
					continue
				}
				beside, text := some[j].draw, r.draw
				some[j].draw = func(x, y float64) {
					beside(x, y)
					text(x, y)
				}
			}
		}
		rows = append(rows, some...)
	}
	return rows
}

// flat puts an option on one line where its writer broke it.
func flat(option string) string { return strings.Join(strings.Fields(option), " ") }
