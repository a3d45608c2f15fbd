// Package chart draws charts as SVG, for pages and files.
//
// Purpose: a share over the months against its cap, as one picture that needs no
// script, no style sheet and no font of its own.
//
// Invariants: the same numbers give the same bytes; every text is escaped;
// there are no style attributes, so a strict content security policy shows it;
// what the picture says stands in its title for who cannot see it.
//
// It refuses nothing: without values it draws the empty axes.
package chart

import (
	"fmt"
	"html"
	"strings"
)

// Share is a share over time. All shares are in tenths of a percent: 95 is 9.5%.
type Share struct {
	Title  string   // what it shows, in words, for who cannot see it
	Labels []string // of all columns, such as the twelve months
	Values []int    // from the first column on; fewer than the labels while the rest is to come
	Caps   []int    // by column, below 0 where there is none; fewer than the labels: none
	Cap    string   // what stands at the cap's line
}

// The drawing, in units of its own; pages scale it.
const (
	width, height       = 960, 260
	left, right         = 56, 944
	top, bottom         = 30, 216
	ink, grid, line     = "#5a6573", "#e6eaef", "#1a5fb4"
	seal                = "#b3261e"
	labelSize, textSize = 13, 14
)

// SVG draws it.
func (s Share) SVG() string {
	var out strings.Builder
	draw := func(format string, args ...any) { fmt.Fprintf(&out, format, args...) }
	highest := s.highest()
	y := func(tenths int) int { return bottom - tenths*(bottom-top)/highest }
	draw(`<svg viewBox="0 0 %d %d" role="img" xmlns="http://www.w3.org/2000/svg"><title>%s</title>`, width, height, html.EscapeString(s.Title))
	for i := range lines + 1 {
		tenths := highest * i / lines
		draw(`<line x1="%d" x2="%d" y1="%d" y2="%d" stroke="%s"/>`, left, right, y(tenths), y(tenths), grid)
		draw(`<text x="%d" y="%d" text-anchor="end" font-size="%d" fill="%s">%s</text>`, left-10, y(tenths)+4, labelSize, ink, Percent(tenths))
	}
	for i, label := range s.Labels {
		draw(`<text x="%d" y="%d" text-anchor="middle" font-size="%d" fill="%s">%s</text>`, s.x(i), bottom+24, labelSize, ink, html.EscapeString(label))
	}
	s.caps(draw, y)
	s.values(draw, y)
	draw(`</svg>`)
	return out.String()
}

// lines is how many parts the scale has.
const lines = 4

// highest is the top of the scale: a round number over all values and caps.
func (s Share) highest() int {
	most := 0
	for _, n := range append(append([]int{}, s.Values...), s.Caps...) {
		most = max(most, n)
	}
	for _, round := range []int{20, 40, 80, 120, 160, 200, 300, 400, 600, 800} {
		if most*10 <= round*9 { // room for what stands above the line
			return round
		}
	}
	return 1000
}

// x is the middle of a column.
func (s Share) x(i int) int { return left + (right-left)*(2*i+1)/(2*len(s.Labels)) }

// caps draws the cap as steps, a column each. Its text stands at the end at
// which the values are not.
func (s Share) caps(draw func(string, ...any), y func(int) int) {
	caps := s.Caps[:min(len(s.Caps), len(s.Labels))]
	half, named := 0, -1
	for i, limit := range caps {
		if limit < 0 {
			continue
		}
		half = (right - left) / (2 * len(s.Labels))
		draw(`<line x1="%d" x2="%d" y1="%d" y2="%d" stroke="%s" stroke-width="1.5" stroke-dasharray="5 4"/>`, s.x(i)-half, s.x(i)+half, y(limit), y(limit), seal)
		if named < 0 || 2*len(s.Values) <= len(s.Labels) {
			named = i
		}
	}
	if named < 0 {
		return
	}
	x, anchor := s.x(named)-half+4, "start"
	if named > 0 && named == len(caps)-1 {
		x, anchor = s.x(named)+half, "end"
	}
	draw(`<text x="%d" y="%d" text-anchor="%s" font-size="%d" fill="%s">%s</text>`, x, y(caps[named])-8, anchor, labelSize, seal, html.EscapeString(s.Cap))
}

// values draws the line, and names its last value beside its end, clear of the cap.
func (s Share) values(draw func(string, ...any), y func(int) int) {
	n := min(len(s.Values), len(s.Labels))
	if n == 0 {
		return
	}
	points := make([]string, n)
	for i, v := range s.Values[:n] {
		points[i] = fmt.Sprintf("%d,%d", s.x(i), y(v))
	}
	last := n - 1
	x, v := s.x(last), s.Values[last]
	draw(`<polyline fill="none" stroke="%s" stroke-width="2.5" stroke-linejoin="round" points="%s"/>`, line, strings.Join(points, " "))
	draw(`<circle cx="%d" cy="%d" r="4.5" fill="%s"/>`, x, y(v), line)
	at := y(v) + 5
	if last < len(s.Caps) && s.Caps[last] >= 0 && max(y(v)-y(s.Caps[last]), y(s.Caps[last])-y(v)) < labelSize { // beside the cap's line
		at = y(s.Caps[last]) + textSize + 4
		if v > s.Caps[last] {
			at = y(s.Caps[last]) - 8
		}
	}
	draw(`<text x="%d" y="%d" font-size="%d" font-weight="600" fill="%s">%s</text>`, x+9, at, textSize, line, Percent(v))
}

// Percent shows tenths of a percent: 95 is 9.5%.
func Percent(tenths int) string { return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10) }
