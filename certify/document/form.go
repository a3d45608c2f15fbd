package document

import (
	"strconv"
	"time"

	"kaoping/internal/typeset"
)

// Form is a report on paper: a table of facts, and a list below it that goes on
// over as many pages as it needs. Every text is printed as it is given.
type Form struct {
	Title   string
	Subject string // what it is about, on the left below the title
	Days    string // of which days, on the right
	Facts   []Fact
	Columns []Column // of the list; none: no list
	Rows    [][]string
	Source  string    // the regulation that the form is of, at the foot
	At      time.Time // the only time in the file
}

// Fact is a line of the table: one labelled value, or two beside each other.
type Fact struct {
	Label, Value string
	Beside       [2]string // label and value, none: the value takes the line
	Tall         bool      // with room for an opinion and a seal
}

// Column is a column of the list.
type Column struct {
	Title  string
	Share  float64 // of the width
	Number bool    // set to the right
}

const (
	formX, formW    = 20.0, pageW - 40 // of a form on A4, landscape
	formTop, formTo = 20.0, pageH - 18
	lineH, tallH    = 9.0, 26.0
)

// RenderForm prints a form as PDF (A4, landscape). Equal forms give equal bytes.
// Unavailable without fonts; Invalid for a text that does not fit its place;
// Refused for a character that no font has.
func RenderForm(f Form, fonts *typeset.Fonts) ([]byte, error) {
	p := &formPage{Document: typeset.New("document.RenderForm", fonts), form: f}
	p.Info(f.Title+" "+f.Subject, f.At)
	p.next()
	p.Block(f.Title, f.Title, typeset.At(formX, p.y, formW, 12), typeset.Style{Size: 20, Spacing: 0.1, Centred: true, Colour: ink})
	p.y += 14
	p.Block(f.Title, f.Subject, typeset.At(formX, p.y, formW*0.6, 7), typeset.Style{Size: 11, Colour: ink})
	p.right(f.Days, formX+formW*0.6, formW*0.4, 7)
	p.y += 8
	for _, fact := range f.Facts {
		p.fact(fact)
	}
	if len(f.Columns) > 0 {
		p.y += 5
		p.list()
	}
	return p.Bytes()
}

// formPage is the page of a form that is being filled.
type formPage struct {
	*typeset.Document
	form Form
	n    int
	y    float64 // where the next line goes
}

// next begins a page; what it is and of what stands at its foot.
func (p *formPage) next() {
	p.n++
	p.y = formTop
	p.AddPage(pageW, pageH)
	p.Block(p.form.Title, p.form.Source, typeset.At(formX, formTo+3, formW-20, 5), typeset.Style{Size: 8, Colour: soft})
	p.right(strconv.Itoa(p.n), formX+formW-20, 20, 5)
}

// right sets a text against the right edge of a place.
func (p *formPage) right(text string, x, w, h float64) {
	y := p.y
	if h == 5 {
		y = formTo + 3
	}
	style := typeset.Style{Size: 10, Colour: ink}
	width := min(w, p.Text(p.form.Title, text, w*10, style).Width()+0.2)
	p.Block(p.form.Title, text, typeset.At(x+w-width, y, width, h), style)
}

// cell draws a text in a frame.
func (p *formPage) cell(text string, x, w, h float64, label, number bool) {
	b := typeset.At(x, p.y, w, h)
	style := typeset.Style{Size: 10.5, Centred: label, Leading: 1.25, Colour: ink}
	if label {
		style.Size, style.Colour = 9.5, soft
	}
	inner := typeset.At(x+2, p.y+0.6, w-4, h-1.2)
	if number {
		width := min(w-4, p.Text(p.form.Title, text, 1000, style).Width()+0.2)
		inner.X, inner.W = x+w-2-width, width
	}
	p.Frame(b, 0.2, ink)
	if text != "" {
		p.Block(p.form.Title, text, inner, style)
	}
}

// fact draws a line of the table.
func (p *formPage) fact(f Fact) {
	h := lineH
	if f.Tall {
		h = tallH
	}
	if p.y+h > formTo {
		p.next()
	}
	const label, value = formW * 0.28, formW * 0.22
	p.cell(f.Label, formX, label, h, true, false)
	if f.Beside == [2]string{} {
		p.cell(f.Value, formX+label, formW-label, h, false, false)
	} else {
		p.cell(f.Value, formX+label, value, h, false, false)
		p.cell(f.Beside[0], formX+label+value, label, h, true, false)
		p.cell(f.Beside[1], formX+2*label+value, value, h, false, false)
	}
	p.y += h
}

// list draws the rows, with the head again on every page.
func (p *formPage) list() {
	head := func() {
		p.row(func(c Column, _ int) string { return c.Title }, true)
	}
	if p.y+2*lineH > formTo {
		p.next()
	}
	head()
	for _, row := range p.form.Rows {
		if p.y+lineH > formTo {
			p.next()
			head()
		}
		p.row(func(_ Column, i int) string { return row[i] }, false)
	}
}

func (p *formPage) row(text func(Column, int) string, head bool) {
	x := formX
	for i, c := range p.form.Columns {
		w := formW * c.Share
		p.cell(text(c, i), x, w, lineH, head, c.Number && !head)
		x += w
	}
	p.y += lineH
}
