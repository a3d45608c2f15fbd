package document

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"kaoping/internal/fault"
	"kaoping/internal/typeset/typesettest"
)

// cases are certificates that strain the page.
func cases() map[string]Certificate {
	long, rare, special, crowded := sample(), sample(), sample(), sample()

	long.Name = "阿依古丽·买买提吐尔逊·阿卜杜热合曼·示例示例示例示例示例示例"
	long.Trade = "计算机程序设计员（人工智能训练与智能硬件装调方向及其相关辅助工种，含嵌入式系统维护）"
	long.Specialty = "工业机器人系统操作与运行维护（含柔性制造单元与视觉检测方向）"
	long.Body = "示范省示范市示范县职业技能鉴定与公共就业人才服务指导中心（示范高级技工学校第二校区）"
	long.Text = strings.Repeat(long.Text, 4)
	long.Title = "示范省示范市公共实训基地专项职业能力考核合格证书"
	long.VerifyURL = "https://verify.示例.example.org/verify/" + strings.Repeat("0123456789", 12)

	rare.Name = "喆珺·犇镕堃" // in every font that deploy/fonts.sh may bring

	special.Title = "专项职业能力证书"
	special.Level = ""
	special.Trade = "Web & API <testing> \"A\" (C++)"
	special.IDType, special.IDNumber = "外国人永久居留身份证", "XYZ110000090101001X"
	special.Text = "第一段。\n第二段，另起一行。"

	for _, field := range []*string{&crowded.Name, &crowded.Trade, &crowded.Specialty, &crowded.Level, &crowded.IDType, &crowded.Body} {
		*field = strings.Repeat("示", 90)
	}
	crowded.IDNumber, crowded.Number = strings.Repeat("W", 60), strings.Repeat("8", 60)
	crowded.Title = strings.Repeat("证", 50)
	return map[string]Certificate{"plain": sample(), "long": long, "rare": rare, "special": special, "crowded": crowded}
}

func TestReadersFindEveryContent(t *testing.T) {
	for name, c := range cases() {
		t.Run(name, func(t *testing.T) {
			var all strings.Builder
			for _, w := range typesettest.Words(t, render(t, c)) {
				all.WriteString(w.Text)
			}
			printed := typesettest.Squeeze(all.String())
			for _, content := range []string{
				c.Title, c.Text, c.Body, c.Number, c.Name, c.IDType, c.IDNumber, c.Trade, c.Specialty, c.Level, c.VerifyURL, "2026年11月21日",
			} {
				if err := inPieces(printed, typesettest.Squeeze(content)); err != nil {
					t.Error(err)
				}
			}
			if (c.Specialty == "" || c.Level == "") && !strings.Contains(printed, none) {
				t.Error("what does not apply is not marked")
			}
		})
	}
}

// inPieces checks that a content is printed in a few pieces, as a reader sees a
// text that runs over several lines beside another one.
func inPieces(printed, content string) error {
	for pieces := 0; content != ""; pieces++ {
		n := len(content)
		for n > 0 && !strings.Contains(printed, content[:n]) {
			n--
		}
		if n == 0 || pieces > 8 {
			return fmt.Errorf("not printed: %q", content)
		}
		content = content[n:]
	}
	return nil
}

func TestCodeLeadsToVerification(t *testing.T) {
	for name, c := range cases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bitmap, err := gozxing.NewBinaryBitmapFromImage(typesettest.Pixels(t, render(t, c)))
			if err != nil {
				t.Fatal(err)
			}
			hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"}
			result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
			if err != nil || result.GetText() != c.VerifyURL {
				t.Errorf("the code says %v, %v; want %s", result, err, c.VerifyURL)
			}
		})
	}
}

// Whatever the texts are, they stay within the border and clear of each other.
func TestNothingOverflows(t *testing.T) {
	const border, tolerance = 11.0, 0.4
	for name, c := range cases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pdf := render(t, c)
			words := typesettest.Words(t, pdf)
			for i, a := range words {
				if a.XMin < border || a.YMin < border || a.XMax > pageW-border || a.YMax > pageH-border {
					t.Errorf("%q leaves the border: %+v", a.Text, a)
				}
				for _, b := range words[:i] {
					// A word's box is the font's, taller than its characters, so lines may touch.
					wide, high := min(a.XMax, b.XMax)-max(a.XMin, b.XMin), min(a.YMax, b.YMax)-max(a.YMin, b.YMin)
					if wide > tolerance && high > 0.35*min(a.YMax-a.YMin, b.YMax-b.YMin) {
						t.Errorf("%q and %q are printed over each other", a.Text, b.Text)
					}
				}
			}
			img := typesettest.Pixels(t, pdf)
			w, h := img.Bounds().Dx(), img.Bounds().Dy()
			const margin = 8 * 200 / 25 // 8 mm
			for y := range h {
				for x := 0; x < w; x++ {
					if x == margin && margin < y && y < h-margin {
						x = w - margin
					}
					if r, g, b, _ := img.At(x, y).RGBA(); r+g+b < 3*0xf000 {
						t.Fatalf("ink outside the border at %d, %d", x, y)
					}
				}
			}
		})
	}
}

// The golden file says where each text begins, in millimetres, to within what
// fonts differ by.
func TestGoldenLayout(t *testing.T) {
	const tolerance = 4.0
	golden, err := os.ReadFile("testdata/certificate.golden")
	if err != nil {
		t.Fatal(err)
	}
	var all string
	var at []typesettest.Word // of each byte of all
	for _, w := range typesettest.Words(t, render(t, sample())) {
		all += typesettest.Squeeze(w.Text)
		for len(at) < len(all) {
			at = append(at, w)
		}
	}
	for line := range strings.Lines(string(golden)) {
		var x, y float64
		var text string
		if strings.HasPrefix(line, "#") {
			continue
		}
		if _, err := fmt.Sscan(line, &x, &y, &text); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		near := false
		for i := range all {
			near = near || strings.HasPrefix(all[i:], text) &&
				math.Abs(at[i].XMin-x) < tolerance && math.Abs((at[i].YMin+at[i].YMax)/2-y) < tolerance/2
		}
		if !near {
			t.Errorf("%s does not begin near %.1f %.1f", text, x, y)
		}
	}
}

// Names outside the basic plane are drawn, and copied as they are.
func TestRareNamesCopyRight(t *testing.T) {
	c := sample()
	c.Name = "𬱖𫖯"
	if missing := fonts(t).Missing(c.Name); missing != nil {
		typesettest.Needs(t, "a font with rare names", fmt.Errorf("%c is in none of %s", missing, fonts(t).Paths()))
	}
	pdf := render(t, c)
	if text := string(typesettest.Run(t, pdf, "pdftotext")); !strings.Contains(text, c.Name) {
		t.Errorf("%s is not in\n%s", c.Name, text)
	}
}

func TestEqualCertificatesGiveEqualBytes(t *testing.T) {
	c := sample()
	c.Photo = photo(t, "png", 300, 400)
	want := render(t, c)
	var renders sync.WaitGroup
	for range 20 {
		renders.Go(func() {
			if got, err := Render(c, fonts(t)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("another document of %d bytes, %v; want the same %d bytes", len(got), err, len(want))
			}
		})
	}
	renders.Wait()
	c.IssuedOn = c.IssuedOn.In(time.FixedZone("elsewhere", -8*3600))
	if got := render(t, c); !bytes.Equal(got, want) {
		t.Error("the same moment told in another zone gives another document")
	}
}

func TestWithoutFontsNothingIsPrinted(t *testing.T) {
	if _, err := Render(sample(), nil); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Render without fonts: %v", err)
	}
}

func TestCertificatesThatCannotBePrinted(t *testing.T) {
	for name, change := range map[string]struct {
		code fault.Code
		says string
		to   func(*Certificate)
	}{
		"no name":           {fault.Invalid, "lacks 1 of the contents", func(c *Certificate) { c.Name = " " }},
		"no date":           {fault.Invalid, "发证日期", func(c *Certificate) { c.IssuedOn = time.Time{} }},
		"endless trade":     {fault.Invalid, "“职业（工种）” is too long", func(c *Certificate) { c.Trade = strings.Repeat("工", 2000) }},
		"endless address":   {fault.Invalid, "address for verification", func(c *Certificate) { c.VerifyURL += strings.Repeat("/x", 400) }},
		"hieroglyph":        {fault.Refused, "“𓀀” (U+13000) in “姓名”", func(c *Certificate) { c.Name = "陈𓀀" }},
		"joining letters":   {fault.Refused, "(U+0645)", func(c *Certificate) { c.Name = "محمد" }},
		"combining mark":    {fault.Refused, "(U+0301)", func(c *Certificate) { c.Name = "Jose\u0301" }},
		"private use":       {fault.Refused, "(U+E863)", func(c *Certificate) { c.Name = "陈\ue863" }},
		"control character": {fault.Refused, "(U+0007)", func(c *Certificate) { c.Trade = "电\a工" }},
		"broken encoding":   {fault.Refused, "in “发证机构”", func(c *Certificate) { c.Body = "示范\xff" }},
	} {
		t.Run(name, func(t *testing.T) {
			c := sample()
			change.to(&c)
			pdf, err := Render(c, fonts(t))
			if pdf != nil || !fault.Is(err, change.code) || !strings.Contains(err.Error(), change.says) {
				t.Errorf("%d bytes, %v; want %s with %q", len(pdf), err, change.code, change.says)
			}
		})
	}
}

func BenchmarkRender(b *testing.B) {
	c := sample()
	c.Photo = photo(b, "jpeg", 413, 579)
	fonts(b)
	for b.Loop() {
		render(b, c)
	}
}
