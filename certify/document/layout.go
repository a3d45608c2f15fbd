package document

import (
	"bytes"
	"image/jpeg"
	"strings"
)

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

// certificate lays out the page: the title over the number; the sentence and
// the facts beside the photo; below them the code, the note, and who issued it
// when, with room for a seal of 42 mm.
func (p *page) certificate(c Certificate) {
	p.border()

	p.block("证书名称", c.Title, box{40, 22, 217, 15}, style{size: 31, spacing: 0.28, centred: true, leading: 1.15, colour: ink})
	p.line(136, 42, 161, 42, 0.7, seal)
	p.block("证书编号", c.Number, box{60, 45, 177, 6}, style{size: 12, spacing: 0.04, centred: true, colour: ink})
	p.block("", numberLabel, box{60, 51.2, 177, 3}, style{size: 6.5, centred: true, colour: soft})

	text := indent + strings.ReplaceAll(strings.TrimSpace(c.Text), "\n", "\n"+indent)
	p.block("证书正文", text, box{26, 62, 196, 25}, style{size: 14, leading: 1.7, top: true, colour: ink})
	p.photo(c.Photo, box{236, 62, 35, 49})
	p.table(c, box{26, 92, 196, 42})

	p.qr(c.VerifyURL, box{26, 147, 31, 31})
	p.block("", scanLabel, box{19, 180, 45, 3.5}, style{size: 7, centred: true, colour: soft})
	p.block("", noteChinese, box{67, 150, 82, 9}, style{size: 8.5, leading: 1.5, top: true, colour: soft})
	p.block("", noteEnglish, box{67, 160, 82, 7}, style{size: 6.5, leading: 1.4, top: true, colour: soft})
	p.block("查验网址", c.VerifyURL, box{67, 169, 82, 9}, style{size: 8, leading: 1.25, top: true, colour: ink})

	const x, w = 160.0, 111.0
	p.block("", bodyLabel, box{x, 148, w, 4}, style{size: 7, centred: true, colour: soft})
	p.block("发证机构", c.Body, box{x, 153, w, 14}, style{size: 14.5, leading: 1.25, centred: true, colour: ink})
	p.block("", day(c), box{x, 169.5, w, 6}, style{size: 13, spacing: 0.06, centred: true, colour: ink})
	p.block("", dateLabel, box{x, 176.6, w, 3.5}, style{size: 7, centred: true, colour: soft})
}

// border is a double line with a small square in each corner.
func (p *page) border() {
	const outer, inner, square = 9.0, 11.0, 5.0
	p.frame(box{outer, outer, pageW - 2*outer, pageH - 2*outer}, 0.4, seal)
	p.frame(box{inner, inner, pageW - 2*inner, pageH - 2*inner}, 0.13, seal)
	for _, x := range []float64{inner, pageW - inner - square} {
		for _, y := range []float64{inner, pageH - inner - square} {
			p.frame(box{x, y, square, square}, 0.13, seal)
			p.fill(box{x + 1.7, y + 1.7, square - 3.4, square - 3.4}, seal)
		}
	}
}

func (p *page) photo(photo []byte, b box) {
	if photo != nil {
		size, err := jpeg.DecodeConfig(bytes.NewReader(photo))
		p.keep(err)
		p.picture(photo, max(1, size.Width), max(1, size.Height), b)
	} else {
		p.block("", photoLabel, b, style{size: 10, spacing: 0.5, centred: true, colour: soft})
	}
	p.frame(b, 0.15, hairline)
}

// table sets the fields in two columns between hairlines.
func (p *page) table(c Certificate, b box) {
	const label, gap = 27.0, 8.0
	columnW, rows := (b.w-gap)/2, (len(fields)+1)/2
	rowH := b.h / float64(rows)
	for i, f := range fields {
		x, y := b.x+float64(i%2)*(columnW+gap), b.y+float64(i/2)*rowH
		p.line(x, y, x+columnW, y, 0.12, hairline)
		if i/2 == rows-1 {
			p.line(x, y+rowH, x+columnW, y+rowH, 0.12, hairline)
		}
		p.block("", f.chinese, box{x, y + 2.6, label, 4.4}, style{size: 10, colour: soft})
		p.block("", f.english, box{x, y + 7.6, label, 3}, style{size: 6.5, colour: soft})
		content := f.content(c)
		if content == "" {
			content = none
		}
		p.block(f.chinese, content, box{x + label, y + 1, columnW - label, rowH - 2}, style{size: 13, leading: 1.25, colour: ink})
	}
}
