package typeset

import (
	"strings"
	"unicode"
)

// Punctuation that may not begin a line, and that may not end one (避头尾).
const (
	notFirst = "，。、；：？！）》」』】〉〕”’·…—～,.;:?!)]}%‰℃"
	notLast  = "（《「『【〈〔“‘([{"
)

// wrap breaks a text into lines no wider than width; advance measures a rune
// in the same unit.
// Chinese breaks anywhere but before notFirst and after notLast, Latin words
// and numbers only where they alone are wider than a line. A line feed breaks.
func wrap(text string, width float64, advance func(rune) float64) []string {
	var lines []string
	line, used := "", 0.0
	flush := func() {
		lines = append(lines, strings.TrimRight(line, " "))
		line, used = "", 0
	}
	for _, word := range words(text) {
		if word == "\n" {
			flush()
			continue
		}
		w := measure(word, advance)
		if used+w > width && line != "" && word != " " {
			flush()
		}
		if line == "" && word == " " && len(lines) > 0 {
			continue
		}
		if used+w <= width || word == " " {
			line, used = line+word, used+w
			continue
		}
		for _, r := range word { // wider than a line: break it where the line is full
			if used+advance(r) > width && line != "" {
				flush()
			}
			line, used = line+string(r), used+advance(r)
		}
	}
	flush()
	return lines
}

func measure(text string, advance func(rune) float64) (width float64) {
	for _, r := range text {
		width += advance(r)
	}
	return width
}

// words splits a text where a line may end. Spaces and line feeds are words.
func words(text string) []string {
	var out []string
	var last rune // 0 at a place where nothing holds on to what comes
	for _, r := range text {
		joins := last != 0 && r != ' ' && r != '\n' &&
			(strings.ContainsRune(notFirst, r) || strings.ContainsRune(notLast, last) || solid(last) && solid(r))
		if joins {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		last = r
		if r == ' ' || r == '\n' {
			last = 0
		}
	}
	return out
}

// solid reports whether a rune belongs to a word that is not broken: Latin
// letters, digits, and what holds numbers and addresses together.
func solid(r rune) bool {
	return r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_/.:?&=%#+@", r))
}

// balance narrows the lines of a centred text as far as their number allows,
// so that the last is not a single character.
func balance(text string, width float64, advance func(rune) float64) []string {
	lines, widest := wrap(text, width, advance), 0.0
	for _, word := range words(text) {
		widest = max(widest, measure(word, advance))
	}
	for width > widest { // narrower would break words
		narrower := wrap(text, width, advance)
		if len(narrower) > len(lines) {
			break
		}
		lines = narrower
		width -= 0.25
	}
	return lines
}
