package document

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // photos may be PNG

	"kaoping/internal/fault"
)

// Pixels of a printed photo (35 × 49 mm at 300 dpi), and of a photo taken in.
const (
	photoW, photoH  = 413, 579
	maxPhotoPixels  = 16_000_000
	photoCompressed = 90 // JPEG quality
)

// printedPhoto prepares a JPEG or PNG for the frame: cut around its middle to
// the frame's shape, brought down to print resolution, and written anew, which
// also leaves behind what cameras record (place, device). The picture is taken
// as it is stored: an orientation noted beside it is not applied.
func printedPhoto(op string, photo []byte) ([]byte, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(photo))
	if err == nil && format != "jpeg" && format != "png" { // other packages may register more
		err = image.ErrFormat
	}
	if err == nil && config.Width*config.Height > maxPhotoPixels {
		return nil, fault.New(fault.Invalid, op, "the photo has %d × %d pixels, more than can be taken: send a smaller one", config.Width, config.Height)
	}
	var decoded image.Image
	if err == nil {
		decoded, _, err = image.Decode(bytes.NewReader(photo))
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, op, "the photo cannot be read: a whole JPEG or PNG picture is needed").Because(err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, scaled(flat(decoded)), &jpeg.Options{Quality: photoCompressed}); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return out.Bytes(), nil
}

// flat cuts the picture to the frame's shape and lays it on white.
func flat(src image.Image) *image.RGBA {
	b := src.Bounds()
	w, h := min(b.Dx(), max(1, b.Dy()*photoW/photoH)), min(b.Dy(), max(1, b.Dx()*photoH/photoW))
	from := b.Min.Add(image.Pt((b.Dx()-w)/2, (b.Dy()-h)/2))
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(dst, dst.Bounds(), src, from, draw.Over)
	return dst
}

// scaled brings a picture down to print resolution; each pixel is the mean of
// those it stands for. A smaller picture stays as it is.
func scaled(src *image.RGBA) *image.RGBA {
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	if w <= photoW && h <= photoH {
		return src
	}
	dw, dh := min(w, photoW), min(h, photoH)
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range dh {
		for x := range dw {
			var r, g, b, n int
			for sy := y * h / dh; sy < (y+1)*h/dh; sy++ {
				for sx := x * w / dw; sx < (x+1)*w/dw; sx++ {
					p := src.Pix[src.PixOffset(sx, sy):]
					r, g, b, n = r+int(p[0]), g+int(p[1]), b+int(p[2]), n+1
				}
			}
			dst.SetRGBA(x, y, color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255})
		}
	}
	return dst
}
