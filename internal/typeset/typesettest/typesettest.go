// Package typesettest reads printed documents back, for tests.
//
// Purpose: tests see a PDF as its reader does: words with their places, and
// pixels. It needs poppler's tools and a Chinese font, and skips where the
// machine has none; in CI that fails.
package typesettest

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"kaoping/internal/typeset"
)

// Needs returns where the machine has what a test needs. Where it has not, the
// test is skipped; in CI that would hide a missing install step, so there it
// fails.
func Needs(t testing.TB, what string, err error) {
	t.Helper()
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("this test needs %s: %v", what, err)
	} else if err != nil {
		t.Skipf("this test needs %s: %v", what, err)
	}
}

var found = sync.OnceValues(func() (*typeset.Fonts, error) { return typeset.Find("考评", os.Getenv("KAOPING_FONT")) })

// Fonts finds the machine's fonts, or skips.
func Fonts(t testing.TB) *typeset.Fonts {
	t.Helper()
	f, err := found()
	Needs(t, "a Chinese font (run deploy/fonts.sh)", err)
	return f
}

// Run feeds a PDF to one of poppler's tools and returns what it prints.
func Run(t testing.TB, pdf []byte, tool string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(tool)
	Needs(t, "poppler-utils", err)
	file := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append(args, file, "-")...)
	if tool == "pdftoppm" { // it prints to standard output only when no name is given
		cmd = exec.Command(path, append(args, file)...)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s finds fault with the PDF: %v\n%s", tool, err, &stderr)
	}
	return out
}

// Pixels draws the first page at 200 dots an inch.
func Pixels(t testing.TB, pdf []byte) image.Image { return Page(t, pdf, 1) }

// Page draws a page, from 1, at 200 dots an inch.
func Page(t testing.TB, pdf []byte, n int) image.Image {
	t.Helper()
	page := strconv.Itoa(n)
	img, err := png.Decode(bytes.NewReader(Run(t, pdf, "pdftoppm", "-r", "200", "-png", "-f", page, "-l", page)))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// Word is a piece of text as a reader finds it, in millimetres on its page.
type Word struct {
	Page int     `xml:"-"` // from 1
	XMin float64 `xml:"xMin,attr"`
	YMin float64 `xml:"yMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMax float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

// Words lists the words of all pages.
func Words(t testing.TB, pdf []byte) []Word {
	t.Helper()
	var document struct {
		Pages []struct {
			Words []Word `xml:"word"`
		} `xml:"body>doc>page"`
	}
	decoder := xml.NewDecoder(bytes.NewReader(Run(t, pdf, "pdftotext", "-bbox")))
	decoder.Strict, decoder.Entity, decoder.AutoClose = false, xml.HTMLEntity, xml.HTMLAutoClose
	if err := decoder.Decode(&document); err != nil {
		t.Fatal(err)
	}
	var all []Word
	const mm = 25.4 / 72
	for i, page := range document.Pages {
		for _, w := range page.Words {
			w.Page = i + 1
			w.XMin, w.YMin, w.XMax, w.YMax = w.XMin*mm, w.YMin*mm, w.XMax*mm, w.YMax*mm
			all = append(all, w)
		}
	}
	return all
}

// Squeeze joins text without its spaces, which readers put where they like.
func Squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
