// Package typeset draws pages of PDF with Chinese text.
//
// Purpose: one place that knows fonts, millimetres and line breaks, for every
// document that the program prints.
//
// Invariants: the same drawing with the same fonts gives the same bytes,
// always; every character is drawn or the document is refused, never a box in
// its place; nothing runs out of its box: long texts wrap, then shrink. The
// package reads no clock and no network, and files only to find fonts.
//
// It refuses (Refused) characters that no font has, (Invalid) texts that do
// not fit their box at a size that can be read, and (Unavailable) to work
// without a Chinese font.
package typeset

import (
	"time"

	"github.com/signintech/gopdf"

	"kaoping/internal/fault"
)

// A page is measured in millimetres from its upper left corner, type in points.
const pointMM = 25.4 / 72

// Colour is red, green and blue; the zero value is black.
type Colour [3]uint8

// Document draws pages, and remembers the first thing that could not be drawn:
// what is drawn after that changes nothing, and Bytes returns it.
type Document struct {
	op       string
	pdf      *gopdf.GoPdf
	fonts    *Fonts
	embedded map[*font]bool
	err      error
}

// New begins a document; op names the work in its refusals. Without fonts
// every document is Unavailable.
func New(op string, fonts *Fonts) *Document {
	d := &Document{op: op, pdf: &gopdf.GoPdf{}, fonts: fonts, embedded: map[*font]bool{}}
	d.pdf.Start(gopdf.Config{Unit: gopdf.UnitMM, PageSize: gopdf.Rect{W: 210, H: 297}})
	if fonts == nil {
		d.err = noFonts(op)
	}
	return d
}

// Info sets the document's properties. The time is the only one in the file.
func (d *Document) Info(title string, at time.Time) {
	d.pdf.SetInfo(gopdf.PdfInfo{Title: basicPlane(title), Creator: "kaoping", CreationDate: at})
}

// AddPage begins a page of a width and a height.
func (d *Document) AddPage(w, h float64) {
	d.pdf.AddPageWithOption(gopdf.PageOption{PageSize: &gopdf.Rect{W: w, H: h}})
}

// Bytes ends the document: the file, or the first thing that was wrong.
func (d *Document) Bytes() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	raw, err := d.pdf.GetBytesPdfReturnErr()
	if err == nil {
		raw, err = mendTextMaps(raw)
	}
	if err != nil {
		return nil, fault.Wrap(d.op, err)
	}
	return raw, nil
}

// Keep refuses the document for an error of the caller's own; nil changes nothing.
func (d *Document) Keep(err error) {
	if d.err == nil {
		d.err = fault.Wrap(d.op, err)
	}
}

// Line draws a line of a width.
func (d *Document) Line(x1, y1, x2, y2, width float64, c Colour) {
	d.pdf.SetStrokeColor(c[0], c[1], c[2])
	d.pdf.SetLineWidth(width)
	d.pdf.Line(x1, y1, x2, y2)
}

// Dashes draws a dashed line (虚线) of a width.
func (d *Document) Dashes(x1, y1, x2, y2, width float64, c Colour) {
	d.pdf.SetLineType("dashed")
	d.Line(x1, y1, x2, y2, width, c)
	d.pdf.SetLineType("solid")
}

// Frame draws the edges of a box.
func (d *Document) Frame(b Box, width float64, c Colour) {
	d.pdf.SetStrokeColor(c[0], c[1], c[2])
	d.pdf.SetLineWidth(width)
	d.pdf.RectFromUpperLeftWithStyle(b.X, b.Y, b.W, b.H, "D")
}

// Fill fills a box.
func (d *Document) Fill(b Box, c Colour) {
	d.pdf.SetFillColor(c[0], c[1], c[2])
	d.pdf.RectFromUpperLeftWithStyle(b.X, b.Y, b.W, b.H, "F")
}

// Turned draws with the page turned counterclockwise about a point by an angle
// in degrees.
func (d *Document) Turned(angle, x, y float64, draw func()) {
	d.pdf.Rotate(angle, x, y)
	draw()
	d.pdf.RotateReset()
}

// Picture fits a JPEG of a width and height in pixels into a box without
// changing its shape.
func (d *Document) Picture(jpeg []byte, width, height int, b Box) {
	holder, err := gopdf.ImageHolderByBytes(jpeg)
	if err != nil {
		d.Keep(err)
		return
	}
	scale := min(b.W/float64(width), b.H/float64(height))
	w, h := float64(width)*scale, float64(height)*scale
	d.Keep(d.pdf.ImageByHolder(holder, b.X+(b.W-w)/2, b.Y+(b.H-h)/2, &gopdf.Rect{W: w, H: h}))
}

// text draws one line with its baseline at y; spacing (in points) follows each
// character.
func (d *Document) text(s string, fonts map[rune]*font, x, y, size, spacing float64, c Colour) {
	d.pdf.SetTextColor(c[0], c[1], c[2])
	d.Keep(d.pdf.SetCharSpacing(spacing * pointMM))
	runes := []rune(s)
	for start, end := 0, 0; start < len(runes); start = end {
		ft, width := fonts[runes[start]], 0.0
		for end = start; end < len(runes) && fonts[runes[end]] == ft; end++ {
			width += (ft.advance(runes[end])*size + spacing) * pointMM
		}
		if !d.embedded[ft] {
			d.embedded[ft] = true
			d.Keep(d.pdf.AddTTFFontFromFontContainer(ft.family, &d.fonts.parsed))
		}
		d.Keep(d.pdf.SetFont(ft.family, "", size))
		d.pdf.SetXY(x, y)
		d.Keep(d.pdf.Text(string(runes[start:end])))
		x += width
	}
}

// basicPlane drops the characters that gopdf would encode wrongly in the
// document's properties; the pages show them.
func basicPlane(text string) string {
	runes := []rune(text)
	kept := runes[:0]
	for _, r := range runes {
		if r <= 0xFFFF {
			kept = append(kept, r)
		}
	}
	return string(kept)
}
