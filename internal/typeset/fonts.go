package typeset

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/signintech/gopdf"
	"github.com/signintech/gopdf/fontmaker/core"

	"kaoping/internal/fault"
)

// Fonts is an ordered list of TrueType fonts that a document may embed. It
// is safe for concurrent use. No font is part of the program: deploy/fonts.sh
// or the operator puts one on the machine.
type Fonts struct {
	list   []*font
	parsed gopdf.FontContainer // the same fonts, parsed once for every document
}

// font is one file of outlines.
type font struct {
	path   string
	family string // the name inside PDFs: a subset tag and a neutral name
	table  core.TTFParser
}

// Find finds the fonts to print with, best first: the given paths (files,
// or folders of .ttf files; "" is passed over), then the user's cache
// ($XDG_CACHE_HOME or ~/.cache, kaoping/fonts/*.ttf), then the places where
// systems keep TrueType fonts with Chinese.
//
// gopdf draws TrueType outlines only, so OpenType/CFF (.otf) and collections
// (.ttc) are not used; nor are fonts whose licence bits forbid embedding.
//
// Invalid: a given path holds no usable font. Unavailable: no font found has
// all of the words.
func Find(words string, paths ...string) (*Fonts, error) {
	return find(words, paths, slices.Concat(cachePatterns(), systemPatterns()))
}

func find(words string, paths, patterns []string) (*Fonts, error) {
	const op = "typeset.Find"
	f := &Fonts{}
	for _, path := range paths {
		if path == "" {
			continue
		}
		files := []string{path}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			files, _ = filepath.Glob(filepath.Join(path, "*.ttf"))
		}
		err := fs.ErrNotExist
		used := false
		for _, file := range files {
			err = f.add(file)
			used = used || err == nil
		}
		if !used {
			return nil, fault.New(fault.Invalid, op, "“%s” holds no usable font: a TrueType file (.ttf) that may be embedded is needed, not .otf or .ttc", path).Because(err)
		}
	}
	for _, pattern := range patterns {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			_ = f.add(file) // a system font that does not serve is none
		}
	}
	if !slices.ContainsFunc(f.list, func(ft *font) bool { return ft.hasAll(words) }) {
		return nil, noFonts(op)
	}
	return f, nil
}

func noFonts(op string) error {
	return fault.New(fault.Unavailable, op, "no TrueType font with Chinese was found, so certificates and papers cannot be printed: install the package fonts-lxgw-wenkai, run deploy/fonts.sh, or name a .ttf file in the configuration")
}

func cachePatterns() []string {
	cache := os.Getenv("XDG_CACHE_HOME")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil { // a service without a home has no cache either
			return nil
		}
		cache = filepath.Join(home, ".cache")
	}
	return []string{filepath.Join(cache, "kaoping", "fonts", "*.ttf")}
}

// systemPatterns lists where systems keep TrueType fonts with Chinese. The
// scripts a certificate looks best in come first; wide fonts that only help
// out with rare characters come last.
func systemPatterns() []string {
	var patterns []string
	for _, root := range []string{"/usr/share/fonts", "/usr/local/share/fonts"} {
		for _, name := range []string{"LXGWWenKai-Regular.ttf", "LXGWWenKaiGB-Regular.ttf", "NotoSansSC*Regular.ttf", "gkai00mp.ttf", "gbsn00lp.ttf", "DroidSansFallbackFull.ttf"} {
			patterns = append(patterns, filepath.Join(root, "*", name), filepath.Join(root, "truetype", "*", name))
		}
	}
	patterns = append(patterns, "/Library/Fonts/Arial Unicode.ttf", "/System/Library/Fonts/Supplemental/Arial Unicode.ttf")
	if windows := os.Getenv("WINDIR"); windows != "" {
		for _, name := range []string{"simkai.ttf", "simfang.ttf", "simhei.ttf", "Deng.ttf", "simsunb.ttf"} {
			patterns = append(patterns, filepath.Join(windows, "Fonts", name))
		}
	}
	return patterns
}

var errNotEmbeddable = errors.New("the font's licence bits forbid embedding")

// add parses one file and appends it; a file that is in the list already is left out.
func (f *Fonts) add(path string) error {
	if slices.ContainsFunc(f.list, func(ft *font) bool { return ft.path == path }) {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	ft := &font{path: path, family: "KAOPI" + string(rune('A'+len(f.list)%26)) + "+Kaoping" + string(rune('A'+len(f.list)/26))}
	if err := ft.parse(data); err != nil {
		return err
	}
	if err := f.parsed.AddTTFFontData(ft.family, data); err != nil {
		return err
	}
	f.list = append(f.list, ft)
	return nil
}

// parse reads the tables. The parser indexes without looking in a damaged
// file, so its panic is such a file's error.
func (ft *font) parse(data []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("damaged font")
		}
	}()
	if err := ft.table.ParseFontData(data); err != nil {
		return err
	}
	tables := ft.table.GetTables()
	if _, outlines := tables["glyf"]; !outlines {
		return errors.New("no TrueType outlines")
	}
	for _, table := range tables { // a file that was cut parses, and fails only when a glyph is drawn
		if table.Offset+table.Length > uint(len(data)) {
			return errors.New("damaged font")
		}
	}
	if !ft.table.Embeddable {
		return errNotEmbeddable
	}
	return nil
}

// Paths lists the font files in the order in which they are tried.
func (f *Fonts) Paths() []string {
	paths := make([]string, len(f.list))
	for i, ft := range f.list {
		paths[i] = ft.path
	}
	return paths
}

// Missing lists, in their order, the runes of a text that no font has.
func (f *Fonts) Missing(text string) []rune {
	var missing []rune
	for _, r := range text {
		if !slices.ContainsFunc(f.list, func(ft *font) bool { return ft.glyph(r) != 0 }) {
			missing = append(missing, r)
		}
	}
	return missing
}

// choose returns the font for each rune of a text: the first font that has all
// of it, so that a name is set in one hand; failing that, for each rune the
// first that has it. It refuses (ok false) a rune that no font has.
func (f *Fonts) choose(text string) (fonts map[rune]*font, missing rune, ok bool) {
	candidates := f.list
	for _, ft := range f.list {
		if ft.hasAll(text) {
			candidates = []*font{ft}
			break
		}
	}
	fonts = make(map[rune]*font)
	for _, r := range text {
		i := slices.IndexFunc(candidates, func(ft *font) bool { return ft.glyph(r) != 0 })
		if i < 0 {
			return nil, r, false
		}
		fonts[r] = candidates[i]
	}
	return fonts, 0, true
}

func (ft *font) hasAll(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return ft.glyph(r) == 0 })
}

// glyph returns the glyph of a rune, or 0 where the font has none, has an
// empty one, or where one glyph a rune is not how the script is written.
func (ft *font) glyph(r rune) uint {
	if !setOneByOne(r) {
		return 0
	}
	glyph := uint(0)
	if r <= 0xFFFF {
		glyph = ft.table.Chars()[int(r)]
	} else {
		for _, group := range ft.table.GroupingTables() {
			if group.StartCharCode <= uint(r) && uint(r) <= group.EndCharCode {
				glyph = group.GlyphID + uint(r) - group.StartCharCode
			}
		}
	}
	if loca := ft.table.LocaTable; glyph+1 >= uint(len(loca)) || loca[glyph] == loca[glyph+1] && !unicode.IsSpace(r) {
		return 0
	}
	return glyph
}

// setOneByOne reports whether a rune stands for itself, left to right. Arabic,
// Tibetan or Indic letters join, combining marks stack, and private-use codes
// mean another character in every font: drawn one by one they would be wrong
// rather than missing. U+FFFD only says that a character was lost on the way.
func setOneByOne(r rune) bool {
	return r != unicode.ReplacementChar && unicode.In(r, unicode.Han, unicode.Common, unicode.Latin, unicode.Greek, unicode.Cyrillic,
		unicode.Bopomofo, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Yi) &&
		!unicode.In(r, unicode.M, unicode.Cc, unicode.Cf)
}

// advance is a rune's width in em.
func (ft *font) advance(r rune) float64 {
	widths := ft.table.Widths()
	return float64(widths[min(ft.glyph(r), uint(len(widths)-1))]) / float64(ft.table.UnitsPerEm())
}
