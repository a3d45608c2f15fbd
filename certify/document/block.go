package document

import (
	"strings"

	"kaoping/internal/fault"
)

type box struct{ x, y, w, h float64 } // millimetres

// style says how a text sits in its box.
type style struct {
	size    float64 // points, where the text has room
	leading float64 // from line to line, in multiples of the size; 0 is 1.35
	spacing float64 // between characters, in multiples of the size
	centred bool    // across the box; else from its left edge
	top     bool    // from the top of the box; else in its middle
	colour  colour
}

const (
	smallest = 5.0  // points: print below that cannot be read
	step     = 0.25 // points
	// Han characters fill the em box from 0.88 above the baseline to 0.12 below
	// in all fonts used here, so the middle of a line is 0.38 above it.
	ascent, descent = 0.88, 0.12
)

// block sets a text in a box: on one line if a slightly smaller size allows
// it, else on several, else smaller. It refuses (Invalid) what does not fit at
// the smallest size, and (Refused) a character that no font has; name is what
// the text is, for the refusal.
func (p *page) block(name, text string, b box, s style) {
	if p.err != nil {
		return
	}
	fonts, missing, ok := p.fonts.choose(strings.ReplaceAll(text, "\n", ""))
	if !ok {
		p.err = fault.New(fault.Refused, p.op, "no font here has the character “%s” (U+%04X) in “%s”: add a font that has it to the configuration", string(missing), missing, name)
		return
	}
	if s.leading == 0 {
		s.leading = 1.35
	}
	advance := func(r rune) float64 { return fonts[r].advance(r) + s.spacing }
	lines, size := fit(text, b, s, advance)
	if lines == nil {
		p.err = fault.New(fault.Invalid, p.op, "“%s” is too long to print: it has %d characters", name, len([]rune(text)))
		return
	}
	em := size * pointMM
	y := b.y + ascent*em
	if !s.top {
		y += (b.h - height(len(lines), s)*em) / 2
	}
	for _, line := range lines {
		x := b.x
		if s.centred { // the space after the last character does not count
			x += (b.w - (measure(line, advance)-s.spacing)*em) / 2
		}
		p.text(line, fonts, x, y, size, s.spacing*size, s.colour)
		y += s.leading * em
	}
}

// fit finds the lines and the size at which a text fits its box, or nil.
func fit(text string, b box, s style, advance func(rune) float64) ([]string, float64) {
	for size := s.size; size >= 0.8*s.size; size -= step {
		if !strings.Contains(text, "\n") && (measure(text, advance)-s.spacing)*size*pointMM <= b.w {
			return []string{text}, size
		}
	}
	for size := s.size; size >= smallest; size -= step {
		em := size * pointMM
		width := b.w/em + s.spacing
		lines := wrap(text, width, advance)
		if s.centred {
			lines = balance(text, width, advance)
		}
		if height(len(lines), s)*em <= b.h {
			return lines, size
		}
	}
	return nil, 0
}

// height is that of a number of lines, in multiples of the size.
func height(lines int, s style) float64 {
	return float64(lines-1)*s.leading + ascent + descent
}
