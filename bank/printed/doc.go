// Package printed lays out papers for rooms without computers (纸笔考试): the
// theory paper on A4 or folded A3 with seal line (密封线), candidate block and
// marking columns (登分栏), the practical task sheet, and the answer card
// (答题卡).
//
// Purpose: turn the content of one form of a paper into pages for a printer,
// each copy with its number on every page, so that a missing one is noticed.
//
// Invariants: those of package typeset; nothing that answers a question (key,
// accepted texts, explanation, knowledge point) is read here, let alone
// printed; no question is printed over the seal line, and none is cut in two
// that fits a page. The words are Chinese: candidates read them.
//
// It refuses empty papers and numbers of copies outside 1 to MaxCopies. Who may
// print, and when, is the caller's to decide.
package printed

import (
	"fmt"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/internal/typeset"
)

// MaxCopies is the most copies that one file has.
const MaxCopies = 200

// Format is the paper that a theory paper is printed on.
type Format string

// The formats.
const (
	A4 Format = "a4" // one page a side
	A3 Format = "a3" // two pages a side, to be folded
)

// Head is what every printed page says of its paper.
type Head struct {
	Title   string // of the examination
	Bureau  string // who set the paper; "" leaves it out
	Trade   string // 职业（工种）
	Level   string
	Form    string // "A" or "B"; "" for a paper without forms
	Minutes int
}

// Copies numbers the copies of a file: Count of them, the first of which is
// number First.
type Copies struct{ First, Count int }

func (c Copies) check(op string) error {
	if c.First < 1 || c.Count < 1 || c.Count > MaxCopies {
		return fault.New(fault.Invalid, op, "1 to %d copies can be printed at once", MaxCopies)
	}
	return nil
}

// Words is what every page prints: a font without them prints no paper.
const Words = "密封线内不得答题考生单位姓名准考证号证件后六位场座题得分阅卷人核登总满时间钟判断单项选择多填空第页共份√×（）一二三四五六七八九十0123456789ABCDEFGH"

var numerals = []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}

const pageH = 297.0 // A4 upright and A3 lying have the same height, in millimetres

var grey = typeset.Colour{0x55, 0x55, 0x55}

// line is the second line of a head: trade, level, form, marks, time.
func (h Head) line(full bank.Points) string {
	line := fmt.Sprintf("职业（工种）：%s　　等级：%s", h.Trade, h.Level)
	if h.Form != "" {
		line += "　　" + h.Form + " 卷"
	}
	line += fmt.Sprintf("　　满分：%s 分", full)
	if h.Minutes > 0 {
		line += fmt.Sprintf("　　时间：%d 分钟", h.Minutes)
	}
	return line
}

// blank is a line to be filled in by hand: its label and the room after it, in
// millimetres.
type blank struct {
	label string
	room  float64
}

// candidate is who writes, in the strip behind the seal line.
var candidate = []blank{{"考生单位", 46}, {"姓名", 26}, {"准考证号", 42}, {"证件号后六位", 26}, {"考场", 14}, {"座位号", 12}}

// blanks sets fields in a row from x on the line at y, and returns where they end.
func blanks(d *typeset.Document, x, y, size float64, fields []blank) float64 {
	for _, f := range fields {
		label := d.Text(f.label, f.label+"：", 100, typeset.Style{Size: size, Leading: 1})
		d.Put(label, 0, x, y-label.Leading())
		x += label.Width()
		d.Line(x, y+0.6, x+f.room, y+0.6, 0.2, typeset.Colour{})
		x += f.room + 2
	}
	return x
}

// stripX is where the seal line stands; everything left of it is cut off or
// bound before marking, everything right of it may be written on.
const stripX = 25.0

// strip draws the seal line with the candidate block left of it, to be read
// with the page turned to the right.
func strip(d *typeset.Document) {
	const bottom, top = 284.0, 13.0
	d.Turned(90, 9, bottom, func() {
		blanks(d, 9+2, bottom+6.5, 9.5, candidate)
	})
	d.Dashes(stripX, top, stripX, bottom, 0.25, typeset.Colour{})
	for i, word := range []string{"密", "封", "线"} {
		y := bottom - (float64(i)+0.5)*(bottom-top)/3
		d.Fill(typeset.At(stripX-3, y-3.5, 6, 7), typeset.Colour{255, 255, 255})
		d.Turned(90, stripX-3, y+3, func() {
			d.Block("密封线", word, typeset.At(stripX-3, y+3, 6, 6), typeset.Style{Size: 11, Centred: true})
		})
	}
	d.Turned(90, stripX-6.8, bottom, func() {
		d.Block("密封线", "密封线内不得答题，不得书写与考生信息无关的任何内容或标记", typeset.At(stripX-6.8, bottom, bottom-top, 3.2), typeset.Style{Size: 7, Centred: true, Colour: grey})
	})
}

// foot says at the bottom of a page which page of which copy it is.
func foot(d *typeset.Document, head Head, x, w float64, page, pages, copy int) {
	left := head.Trade + "　" + head.Level
	if head.Form != "" {
		left += "　" + head.Form + " 卷"
	}
	const y = 286.0
	style := typeset.Style{Size: 8, Colour: grey}
	d.Block("页脚", left, typeset.At(x, y, w*0.42, 4), style)
	number := d.Text("份号", fmt.Sprintf("第 %d 份", copy), 40, style)
	d.Put(number, 0, x+w-number.Width(), y)
	style.Centred = true
	d.Block("页码", fmt.Sprintf("第 %d 页　共 %d 页", page, pages), typeset.At(x+w*0.42, y, w*0.3, 4), style)
}
