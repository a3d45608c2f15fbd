package document

import (
	"bytes"
	"image/jpeg"
	"strings"

	"kaoping/internal/typeset"
	"kaoping/policies/rulebook"
)

const pageW, pageH = 297.0, 210.0 // A4, landscape, in millimetres

// The colours: ink for what is certified, soft for what explains it, seal red
// (印章红) as the one accent.
var (
	ink      = typeset.Colour{0x1c, 0x24, 0x30}
	soft     = typeset.Colour{0x5a, 0x65, 0x73}
	hairline = typeset.Colour{0xb9, 0xc1, 0xcb}
	seal     = typeset.Colour{0xb3, 0x26, 0x1e}
)

// page is the one page of a certificate.
type page struct {
	*typeset.Document
	op string
}

// The words that every certificate prints, in two languages.
const (
	numberLabel  = "证书编号 / Certificate No."
	photoLabel   = "照片"
	bodyLabel    = "发证机构（盖章）/ Issuing body (seal)"
	dateLabel    = "发证日期 / Date of issue"
	scanLabel    = "扫码查验 / Scan to verify"
	noteChinese  = "本证书为电子证书，其真伪和当前状态以扫码或登录下列网址查验的结果为准。"
	noteEnglish  = "This is an electronic certificate. Scan the code or open the address below to see whether it is genuine and in force."
	none         = "--"
	dateAlphabet = "0123456789年月日"
	indent       = "　　" // of a paragraph
)

// field is one fact in the table, with where it stands.
type field struct {
	chinese, english string
	content          func(Certificate) string
}

// fields fill the table row by row, two a row.
var fields = []field{
	{"姓名", "Name", func(c Certificate) string { return c.Name }},
	{"职业（工种）", "Occupation", func(c Certificate) string { return c.Trade }},
	{"证件类型", "ID type", func(c Certificate) string { return c.IDType }},
	{"专业", "Specialty", func(c Certificate) string { return c.Specialty }},
	{"证件号码", "ID number", func(c Certificate) string { return c.IDNumber }},
	{"等级", "Level", func(c Certificate) string { return c.Level }},
}

// printedWords is all of the above: a font without them prints no certificate.
var printedWords = func() string {
	words := numberLabel + photoLabel + bodyLabel + dateLabel + scanLabel + noteChinese + noteEnglish + none + dateAlphabet + indent
	for _, f := range fields {
		words += f.chinese + f.english
	}
	return words
}()

// FindFonts finds the fonts that certificates are printed with, as
// typeset.Find does: one of them has the words that every certificate prints.
func FindFonts(paths ...string) (*typeset.Fonts, error) {
	return typeset.Find(printedWords, paths...)
}

// certificate lays out the page: the title over the number; the sentence and
// the facts beside the photo; below them the code, the note, and who issued it
// when, with room for a seal of 42 mm.
func (p *page) certificate(c Certificate) {
	p.border()

	p.Block("证书名称", c.Title, typeset.At(40, 22, 217, 15), typeset.Style{Size: 31, Spacing: 0.28, Centred: true, Leading: 1.15, Colour: ink})
	p.Line(136, 42, 161, 42, 0.7, seal)
	p.Block("证书编号", c.Number, typeset.At(60, 45, 177, 6), typeset.Style{Size: 12, Spacing: 0.04, Centred: true, Colour: ink})
	p.Block("", numberLabel, typeset.At(60, 51.2, 177, 3), typeset.Style{Size: 6.5, Centred: true, Colour: soft})

	text := indent + strings.ReplaceAll(strings.TrimSpace(c.Text), "\n", "\n"+indent)
	p.Block("证书正文", text, typeset.At(26, 62, 196, 25), typeset.Style{Size: 14, Leading: 1.7, Top: true, Colour: ink})
	p.photo(c.Photo, typeset.At(236, 62, 35, 49))
	p.table(c, typeset.At(26, 92, 196, 42))

	p.qr(c.VerifyURL, typeset.At(26, 147, 31, 31))
	p.Block("", scanLabel, typeset.At(19, 180, 45, 3.5), typeset.Style{Size: 7, Centred: true, Colour: soft})
	p.Block("", noteChinese, typeset.At(67, 150, 82, 9), typeset.Style{Size: 8.5, Leading: 1.5, Top: true, Colour: soft})
	p.Block("", noteEnglish, typeset.At(67, 160, 82, 7), typeset.Style{Size: 6.5, Leading: 1.4, Top: true, Colour: soft})
	p.Block("查验网址", c.VerifyURL, typeset.At(67, 169, 82, 9), typeset.Style{Size: 8, Leading: 1.25, Top: true, Colour: ink})

	const x, w = 160.0, 111.0
	p.Block("", bodyLabel, typeset.At(x, 148, w, 4), typeset.Style{Size: 7, Centred: true, Colour: soft})
	p.Block("发证机构", c.Body, typeset.At(x, 153, w, 14), typeset.Style{Size: 14.5, Leading: 1.25, Centred: true, Colour: ink})
	p.Block("", day(c), typeset.At(x, 169.5, w, 6), typeset.Style{Size: 13, Spacing: 0.06, Centred: true, Colour: ink})
	p.Block("", dateLabel, typeset.At(x, 176.6, w, 3.5), typeset.Style{Size: 7, Centred: true, Colour: soft})
}

// border is a double line with a small square in each corner.
func (p *page) border() {
	const outer, inner, square = 9.0, 11.0, 5.0
	p.Frame(typeset.At(outer, outer, pageW-2*outer, pageH-2*outer), 0.4, seal)
	p.Frame(typeset.At(inner, inner, pageW-2*inner, pageH-2*inner), 0.13, seal)
	for _, x := range []float64{inner, pageW - inner - square} {
		for _, y := range []float64{inner, pageH - inner - square} {
			p.Frame(typeset.At(x, y, square, square), 0.13, seal)
			p.Fill(typeset.At(x+1.7, y+1.7, square-3.4, square-3.4), seal)
		}
	}
}

func (p *page) photo(photo []byte, b typeset.Box) {
	if photo != nil {
		size, err := jpeg.DecodeConfig(bytes.NewReader(photo))
		p.Keep(err)
		p.Picture(photo, max(1, size.Width), max(1, size.Height), b)
	} else {
		p.Block("", photoLabel, b, typeset.Style{Size: 10, Spacing: 0.5, Centred: true, Colour: soft})
	}
	p.Frame(b, 0.15, hairline)
}

// table sets the fields in two columns between hairlines.
func (p *page) table(c Certificate, b typeset.Box) {
	const label, gap = 27.0, 8.0
	columnW, rows := (b.W-gap)/2, (len(fields)+1)/2
	rowH := b.H / float64(rows)
	for i, f := range fields {
		x, y := b.X+float64(i%2)*(columnW+gap), b.Y+float64(i/2)*rowH
		p.Line(x, y, x+columnW, y, 0.12, hairline)
		if i/2 == rows-1 {
			p.Line(x, y+rowH, x+columnW, y+rowH, 0.12, hairline)
		}
		p.Block("", f.chinese, typeset.At(x, y+2.6, label, 4.4), typeset.Style{Size: 10, Colour: soft})
		p.Block("", f.english, typeset.At(x, y+7.6, label, 3), typeset.Style{Size: 6.5, Colour: soft})
		content := f.content(c)
		if content == "" {
			content = none
		}
		p.Block(f.chinese, content, typeset.At(x+label, y+1, columnW-label, rowH-2), typeset.Style{Size: 13, Leading: 1.25, Colour: ink})
	}
}

func day(c Certificate) string {
	return c.IssuedOn.In(rulebook.Shanghai).Format("2006年1月2日")
}
