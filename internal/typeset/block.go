package typeset

import (
	"strings"

	"kaoping/internal/fault"
)

// Box is a place on a page, in millimetres.
type Box struct{ X, Y, W, H float64 }

// At is the box of a width and height whose upper left corner is at x, y.
func At(x, y, w, h float64) Box { return Box{x, y, w, h} }

// Style says how a text sits in its box.
type Style struct {
	Size    float64 // points, where the text has room
	Leading float64 // from line to line, in multiples of the size; 0 is 1.35
	Spacing float64 // between characters, in multiples of the size
	Centred bool    // across the box; else from its left edge
	Top     bool    // from the top of the box; else in its middle
	Colour  Colour
}

const (
	smallest = 5.0  // points: print below that cannot be read
	step     = 0.25 // points
	// Han characters fill the em box from 0.88 above the baseline to 0.12 below
	// in all fonts used here, so the middle of a line is 0.38 above it.
	ascent, descent = 0.88, 0.12
)

// Block sets a text in a box: on one line if a slightly smaller size allows
// it, else on several, else smaller. It refuses (Invalid) what does not fit at
// the smallest size, and (Refused) a character that no font has; name is what
// the text is, for the refusal.
func (d *Document) Block(name, text string, b Box, s Style) {
	if d.err != nil {
		return
	}
	fonts, ok := d.choose(name, text)
	if !ok {
		return
	}
	s = s.whole()
	advance := func(r rune) float64 { return fonts[r].advance(r) + s.Spacing }
	lines, size := fit(text, b, s, advance)
	if lines == nil {
		d.err = fault.New(fault.Invalid, d.op, "“%s” is too long to print: it has %d characters", name, len([]rune(text)))
		return
	}
	em := size * pointMM
	y := b.Y + ascent*em
	if !s.Top {
		y += (b.H - height(len(lines), s)*em) / 2
	}
	for _, line := range lines {
		x := b.X
		if s.Centred { // the space after the last character does not count
			x += (b.W - (measure(line, advance)-s.Spacing)*em) / 2
		}
		d.text(line, fonts, x, y, size, s.Spacing*size, s.Colour)
		y += s.Leading * em
	}
}

// choose finds the fonts of a text, or refuses the document.
func (d *Document) choose(name, text string) (map[rune]*font, bool) {
	fonts, missing, ok := d.fonts.choose(strings.ReplaceAll(text, "\n", ""))
	if !ok {
		d.err = fault.New(fault.Refused, d.op, "no font here has the character “%s” (U+%04X) in “%s”: add a font that has it to the configuration", string(missing), missing, name)
	}
	return fonts, ok
}

func (s Style) whole() Style {
	if s.Leading == 0 {
		s.Leading = 1.35
	}
	return s
}

// fit finds the lines and the size at which a text fits its box, or nil.
func fit(text string, b Box, s Style, advance func(rune) float64) ([]string, float64) {
	for size := s.Size; size >= 0.8*s.Size; size -= step {
		if !strings.Contains(text, "\n") && (measure(text, advance)-s.Spacing)*size*pointMM <= b.W {
			return []string{text}, size
		}
	}
	for size := s.Size; size >= smallest; size -= step {
		em := size * pointMM
		width := b.W/em + s.Spacing
		lines := wrap(text, width, advance)
		if s.Centred {
			lines = balance(text, width, advance)
		}
		if height(len(lines), s)*em <= b.H {
			return lines, size
		}
	}
	return nil, 0
}

// height is that of a number of lines, in multiples of the size.
func height(lines int, s Style) float64 {
	return float64(lines-1)*s.Leading + ascent + descent
}
