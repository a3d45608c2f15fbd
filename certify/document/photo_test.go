package document

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"kaoping/internal/fault"
	"kaoping/internal/typeset/typesettest"
)

// photo makes a picture whose left half is blue and whose right half is green.
func photo(t testing.TB, format string, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.NRGBA{B: 200, A: 255})
			if x >= w/2 {
				img.Set(x, y, color.NRGBA{G: 200, A: 255})
			}
		}
	}
	var out bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&out, img)
	case "jpeg":
		err = jpeg.Encode(&out, img, nil)
	case "gif":
		err = gif.Encode(&out, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPhotoFillsItsFrame(t *testing.T) {
	for name, p := range map[string][]byte{
		"jpeg": photo(t, "jpeg", 600, 800), "png": photo(t, "png", 295, 413),
		"wide": photo(t, "png", 900, 300), "tall": photo(t, "jpeg", 100, 900),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := sample()
			c.Photo = p
			img := typesettest.Pixels(t, render(t, c))
			at := func(x, y float64) (r, g, b uint32) {
				r, g, b, _ = img.At(int(x/25.4*200), int(y/25.4*200)).RGBA()
				return r >> 8, g >> 8, b >> 8
			}
			if r, g, b := at(238, 86); b < 120 || g > 100 || r > 100 {
				t.Errorf("the left of the frame is %d %d %d, want blue", r, g, b)
			}
			if r, g, b := at(269, 86); g < 120 || b > 100 || r > 100 {
				t.Errorf("the right of the frame is %d %d %d, want green", r, g, b)
			}
		})
	}
}

func TestPhotosThatAreNone(t *testing.T) {
	whole := photo(t, "jpeg", 300, 400)
	for name, p := range map[string][]byte{
		"text":             []byte("not a picture"),
		"empty":            {},
		"cut JPEG":         whole[:len(whole)/2],
		"cut PNG":          photo(t, "png", 300, 400)[:200],
		"another format":   photo(t, "gif", 30, 40),
		"too many pixels":  photo(t, "png", 20_000, 801),
		"absurd dimension": absurd(t),
	} {
		t.Run(name, func(t *testing.T) {
			c := sample()
			c.Photo = p
			if pdf, err := Render(c, fonts(t)); pdf != nil || !fault.Is(err, fault.Invalid) {
				t.Errorf("%d bytes, %v; want it invalid", len(pdf), err)
			}
		})
	}
}

// absurd is a PNG that claims 2 147 483 647 × 2 147 483 647 pixels.
func absurd(t *testing.T) []byte {
	p := photo(t, "png", 10, 10)
	copy(p[16:24], []byte{0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff})
	return p
}

func TestPhotoLeavesItsMetadataBehind(t *testing.T) {
	p := photo(t, "jpeg", 300, 400)
	note := []byte("Exif\x00\x00GPS 34.76N 113.65E")
	segment := append([]byte{0xff, 0xe1, 0, byte(len(note) + 2)}, note...)
	c := sample()
	c.Photo = append(append(append([]byte{}, p[:2]...), segment...), p[2:]...)
	if pdf := render(t, c); bytes.Contains(pdf, []byte("GPS")) {
		t.Error("where the photo was taken is in the certificate")
	}
}

func FuzzPhoto(f *testing.F) {
	f.Add(photo(f, "jpeg", 20, 30))
	f.Add(photo(f, "png", 20, 30))
	f.Fuzz(func(t *testing.T, p []byte) {
		printed, err := printedPhoto("fuzz", p)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		size, err := jpeg.DecodeConfig(bytes.NewReader(printed))
		if err != nil || size.Width > photoW || size.Height > photoH {
			t.Fatalf("%v, %v", size, err)
		}
	})
}
