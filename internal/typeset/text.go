package typeset

// Text is a text broken into lines for a width, to be put on one page or over
// several. The zero value has no lines.
type Text struct {
	lines []string
	fonts map[rune]*font
	style Style
}

// Text breaks a text into lines of a width in millimetres, at the style's own
// size. It refuses (Refused) a character that no font has; name is what the
// text is, for the refusal.
func (d *Document) Text(name, text string, width float64, s Style) Text {
	if d.err != nil {
		return Text{}
	}
	fonts, ok := d.choose(name, text)
	if !ok {
		return Text{}
	}
	s = s.whole()
	em := s.Size * pointMM
	lines := wrap(text, width/em+s.Spacing, func(r rune) float64 { return fonts[r].advance(r) + s.Spacing })
	return Text{lines: lines, fonts: fonts, style: s}
}

// Lines counts the lines.
func (t Text) Lines() int { return len(t.lines) }

// Leading is the height of a line with the space below it, in millimetres.
func (t Text) Leading() float64 { return t.style.Leading * t.style.Size * pointMM }

// Width is that of the widest line, in millimetres.
func (t Text) Width() (widest float64) {
	for _, line := range t.lines {
		widest = max(widest, measure(line, func(r rune) float64 { return t.fonts[r].advance(r) + t.style.Spacing }))
	}
	return widest * t.style.Size * pointMM
}

// Put draws one line of a text, from 0, into a strip of the text's leading
// whose upper left corner is given.
func (d *Document) Put(t Text, line int, x, y float64) {
	if d.err != nil || line >= len(t.lines) {
		return
	}
	em := t.style.Size * pointMM
	d.text(t.lines[line], t.fonts, x, y+(t.style.Leading-ascent-descent)/2*em+ascent*em, t.style.Size, t.style.Spacing*t.style.Size, t.style.Colour)
}
