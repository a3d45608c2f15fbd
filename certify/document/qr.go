package document

import (
	"github.com/skip2/go-qrcode"

	"kaoping/internal/fault"
	"kaoping/internal/typeset"
)

// maxModules keeps a module of the printed code above 0.4 mm, which a phone
// reads from paper; it allows addresses of about 250 characters.
const maxModules = 73

// qr draws a QR code (error correction Q: a quarter may be smudged or under a
// seal) that fills the box. The caller leaves its white margin free.
func (p *page) qr(text string, b typeset.Box) {
	code, err := qrcode.New(text, qrcode.High)
	if err == nil {
		code.DisableBorder = true
	}
	if err != nil || len(code.Bitmap()) > maxModules {
		p.Keep(fault.New(fault.Invalid, p.op, "the address for verification has %d characters, more than a printed code can carry", len(text)))
		return
	}
	modules := code.Bitmap()
	side := b.W / float64(len(modules))
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from { // a little taller than its row, so that no white line shows between rows
				p.Fill(typeset.Box{X: b.X + float64(from)*side, Y: b.Y + float64(y)*side, W: float64(x-from) * side, H: side * 1.02}, typeset.Colour{})
			}
		}
	}
}
