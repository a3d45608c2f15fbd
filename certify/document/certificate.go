// Package document prints certificates: one A4 page of PDF with everything
// that R52 asks for and a QR code to verify it by.
//
// Purpose: turn the facts of one certificate into the document that its holder
// keeps, prints and shows.
//
// Invariants: those of package typeset, which draws the page: the same facts
// and fonts give the same bytes, always; every character is drawn or the
// certificate is refused; nothing runs out of its place.
//
// It refuses certificates that lack a content or that have one which cannot be
// printed, photos that are no pictures, and to work without a Chinese font.
package document

import (
	"strings"
	"time"

	"kaoping/internal/fault"
	"kaoping/internal/typeset"
	"kaoping/policies/rulebook"
)

// Certificate is what one certificate says (R52). Every text is printed as it
// is given; all are needed unless the field says otherwise.
type Certificate struct {
	Title     string    // name of the certificate: 职业技能等级证书, 专项职业能力证书, 培训合格证书 …
	Text      string    // the certifying sentence; a line feed begins a new paragraph
	Body      string    // who issues it and answers for it (R31)
	Number    string    // R51; kept by a reissue (R58)
	Name      string    // the holder
	IDType    string    // 居民身份证 …
	IDNumber  string    // in full: the holder's own document
	Trade     string    // 职业（工种）
	Specialty string    // 专业; "" prints "--"
	Level     string    // "三级/高级工" (R53); "" prints "--"
	IssuedOn  time.Time // printed as the day in Shanghai
	Photo     []byte    // JPEG or PNG, at most 16 million pixels; none prints an empty frame
	VerifyURL string    // what the QR code says
}

// Render prints a certificate as PDF (A4, landscape, fonts embedded as
// subsets). Equal certificates give equal bytes.
//
// Unavailable: fonts is nil. Invalid: a content is missing, does not fit its place, or the photo is no
// picture. Refused: no font has a character of it; the message names the
// character.
func Render(c Certificate, fonts *typeset.Fonts) ([]byte, error) {
	const op = "document.Render"
	if err := c.complete(op); err != nil {
		return nil, err
	}
	if c.Photo != nil {
		photo, err := printedPhoto(op, c.Photo)
		if err != nil {
			return nil, err
		}
		c.Photo = photo
	}
	p := &page{op: op, Document: typeset.New(op, fonts)}
	p.AddPage(pageW, pageH)
	p.Info(c.Title+" "+c.Number, c.IssuedOn.In(rulebook.Shanghai))
	p.certificate(c)
	return p.Bytes()
}

func (c Certificate) complete(op string) error {
	var missing []fault.Issue
	for _, field := range []struct{ column, content string }{
		{"证书名称", c.Title}, {"证书正文", c.Text}, {"发证机构", c.Body}, {"证书编号", c.Number}, {"姓名", c.Name},
		{"证件类型", c.IDType}, {"证件号码", c.IDNumber}, {"职业（工种）", c.Trade}, {"查验网址", c.VerifyURL},
	} {
		if strings.TrimSpace(field.content) == "" {
			missing = append(missing, fault.Issue{Column: field.column, Text: fault.Textf("this is needed")})
		}
	}
	if c.IssuedOn.IsZero() {
		missing = append(missing, fault.Issue{Column: "发证日期", Text: fault.Textf("this is needed")})
	}
	if missing != nil {
		return fault.New(fault.Invalid, op, "the certificate lacks %d of the contents that it must show", len(missing)).With(missing...)
	}
	return nil
}
