package document

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// needs returns true where the machine has what a test needs. Where it has
// not, the test is skipped; in CI that would hide a missing install step, so
// there it fails.
func needs(t testing.TB, what string, err error) {
	t.Helper()
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("this test needs %s: %v", what, err)
	} else if err != nil {
		t.Skipf("this test needs %s: %v", what, err)
	}
}

var found = sync.OnceValues(func() (*Fonts, error) { return FindFonts(os.Getenv("KAOPING_FONT")) })

func fonts(t testing.TB) *Fonts {
	t.Helper()
	f, err := found()
	needs(t, "a Chinese font (run deploy/fonts.sh)", err)
	return f
}

func sample() Certificate {
	return Certificate{
		Title:  "职业技能等级证书",
		Text:   "持证人参加职业技能等级认定，理论知识考试和技能考核成绩均合格，具备本证书所载职业和等级的技能水平，特发此证。",
		Body:   "示范技工学校",
		Number: "S000041000012263000187",
		Name:   "陈示例", IDType: "居民身份证", IDNumber: "110101199001010015",
		Trade: "电工", Level: "三级/高级工",
		IssuedOn:  time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC), // the 21st in Shanghai
		VerifyURL: "https://verify.example.org/verify/S000041000012263000187",
	}
}

func render(t testing.TB, c Certificate) []byte {
	t.Helper()
	pdf, err := Render(c, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// run feeds a PDF to one of poppler's tools and returns what it prints.
func run(t *testing.T, pdf []byte, tool string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(tool)
	needs(t, "poppler-utils", err)
	file := filepath.Join(t.TempDir(), "certificate.pdf")
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

func pixels(t *testing.T, pdf []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(run(t, pdf, "pdftoppm", "-r", "200", "-png")))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// word is a piece of text as a reader finds it on the page, in millimetres.
type word struct {
	XMin float64 `xml:"xMin,attr"`
	YMin float64 `xml:"yMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMax float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

func pageWords(t *testing.T, pdf []byte) []word {
	t.Helper()
	var page struct {
		Words []word `xml:"body>doc>page>word"`
	}
	decoder := xml.NewDecoder(bytes.NewReader(run(t, pdf, "pdftotext", "-bbox")))
	decoder.Strict, decoder.Entity, decoder.AutoClose = false, xml.HTMLEntity, xml.HTMLAutoClose
	if err := decoder.Decode(&page); err != nil {
		t.Fatal(err)
	}
	for i := range page.Words {
		w := &page.Words[i]
		w.XMin, w.YMin, w.XMax, w.YMax = w.XMin*pointMM, w.YMin*pointMM, w.XMax*pointMM, w.YMax*pointMM
	}
	return page.Words
}

// squeeze joins text without its spaces, which readers put where they like.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
