package document

import (
	"github.com/signintech/gopdf"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// A page is measured in millimetres from its upper left corner, type in points.
const (
	pageW, pageH = 297.0, 210.0 // A4, landscape
	pointMM      = 25.4 / 72
)

type colour [3]uint8

// The colours: ink for what is certified, soft for what explains it, seal red
// (印章红) as the one accent.
var (
	ink      = colour{0x1c, 0x24, 0x30}
	soft     = colour{0x5a, 0x65, 0x73}
	hairline = colour{0xb9, 0xc1, 0xcb}
	seal     = colour{0xb3, 0x26, 0x1e}
)

// page draws, and remembers the first thing that could not be drawn.
type page struct {
	op       string
	pdf      *gopdf.GoPdf
	fonts    *Fonts
	embedded map[*font]bool
	err      error
}

func newPage(op string, fonts *Fonts) *page {
	pdf := &gopdf.GoPdf{}
	pdf.Start(gopdf.Config{Unit: gopdf.UnitMM, PageSize: gopdf.Rect{W: pageW, H: pageH}})
	pdf.AddPage()
	return &page{op: op, pdf: pdf, fonts: fonts, embedded: map[*font]bool{}}
}

func (p *page) bytes() ([]byte, error) {
	if p.err != nil {
		return nil, p.err
	}
	raw, err := p.pdf.GetBytesPdfReturnErr()
	if err == nil {
		raw, err = mendTextMaps(raw)
	}
	if err != nil {
		return nil, fault.Wrap(p.op, err)
	}
	return raw, nil
}

func (p *page) keep(err error) {
	if p.err == nil {
		p.err = fault.Wrap(p.op, err)
	}
}

func (p *page) line(x1, y1, x2, y2, width float64, c colour) {
	p.pdf.SetStrokeColor(c[0], c[1], c[2])
	p.pdf.SetLineWidth(width)
	p.pdf.Line(x1, y1, x2, y2)
}

func (p *page) frame(b box, width float64, c colour) {
	p.pdf.SetStrokeColor(c[0], c[1], c[2])
	p.pdf.SetLineWidth(width)
	p.pdf.RectFromUpperLeftWithStyle(b.x, b.y, b.w, b.h, "D")
}

func (p *page) fill(b box, c colour) {
	p.pdf.SetFillColor(c[0], c[1], c[2])
	p.pdf.RectFromUpperLeftWithStyle(b.x, b.y, b.w, b.h, "F")
}

// picture fits a JPEG into a box without changing its shape.
func (p *page) picture(jpeg []byte, width, height int, b box) {
	holder, err := gopdf.ImageHolderByBytes(jpeg)
	if err != nil {
		p.keep(err)
		return
	}
	scale := min(b.w/float64(width), b.h/float64(height))
	w, h := float64(width)*scale, float64(height)*scale
	p.keep(p.pdf.ImageByHolder(holder, b.x+(b.w-w)/2, b.y+(b.h-h)/2, &gopdf.Rect{W: w, H: h}))
}

// text draws one line with its baseline at y; spacing (in points) follows each
// character.
func (p *page) text(s string, fonts map[rune]*font, x, y, size, spacing float64, c colour) {
	p.pdf.SetTextColor(c[0], c[1], c[2])
	p.keep(p.pdf.SetCharSpacing(spacing * pointMM))
	runes := []rune(s)
	for start, end := 0, 0; start < len(runes); start = end {
		ft, width := fonts[runes[start]], 0.0
		for end = start; end < len(runes) && fonts[runes[end]] == ft; end++ {
			width += (ft.advance(runes[end])*size + spacing) * pointMM
		}
		if !p.embedded[ft] {
			p.embedded[ft] = true
			p.keep(p.pdf.AddTTFFontFromFontContainer(ft.family, &p.fonts.parsed))
		}
		p.keep(p.pdf.SetFont(ft.family, "", size))
		p.pdf.SetXY(x, y)
		p.keep(p.pdf.Text(string(runes[start:end])))
		x += width
	}
}

func day(c Certificate) string {
	return c.IssuedOn.In(rulebook.Shanghai).Format("2006年1月2日")
}
