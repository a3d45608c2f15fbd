package typeset

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kaoping/internal/fault"
)

const needed = "考评"

var machine = sync.OnceValues(func() (*Fonts, error) { return Find(needed, os.Getenv("KAOPING_FONT")) })

func fonts(t *testing.T) *Fonts {
	t.Helper()
	f, err := machine()
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal(err)
	} else if err != nil {
		t.Skip(err)
	}
	return f
}

// aFont copies a usable font, so that a test can put it where it likes.
func aFont(t *testing.T, to string) {
	t.Helper()
	data, err := os.ReadFile(fonts(t).Paths()[0])
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o700)
	}
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestFontsAreTriedInOrder(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
	given, folder, cached := filepath.Join(dir, "given.ttf"), filepath.Join(dir, "folder"), filepath.Join(dir, "cache", "kaoping", "fonts", "a.ttf")
	aFont(t, given)
	aFont(t, filepath.Join(folder, "b.ttf"))
	aFont(t, cached)
	f, err := Find(needed, "", given, folder, given)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{given, filepath.Join(folder, "b.ttf"), cached}
	if got := f.Paths(); len(got) < 3 || strings.Join(got[:3], " ") != strings.Join(want, " ") {
		t.Errorf("%q, want %q first", got, want)
	}
}

func TestFontsThatDoNotServe(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.ttf")
	aFont(t, whole)
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"collection.ttc": append([]byte("ttcf"), data[4:]...),
		"outlines.otf":   append([]byte("OTTO"), data[4:]...),
		"cut.ttf":        data[:len(data)/3],
		"empty.ttf":      nil,
		"text.ttf":       []byte("no font"),
	} {
		file := filepath.Join(dir, "bad", name)
		_ = os.MkdirAll(filepath.Dir(file), 0o700)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Find(needed, file); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v, want it invalid", name, err)
		}
	}
	for _, path := range []string{filepath.Join(dir, "bad"), filepath.Join(dir, "none.ttf")} {
		if _, err := Find(needed, path); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want it invalid", path, err)
		}
	}
}

func TestNoFontIsSaid(t *testing.T) {
	_, err := find(needed, nil, []string{filepath.Join(t.TempDir(), "*.ttf")})
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "fonts-lxgw-wenkai") {
		t.Errorf("%v, want what to install", err)
	}
	if _, err := New("test", nil).Bytes(); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a document without fonts: %v", err)
	}
}

// A name is set in one font where one has all of it; else the fonts help each
// other out.
func TestFontsHelpEachOtherOut(t *testing.T) {
	dir := t.TempDir()
	aFont(t, filepath.Join(dir, "1.ttf"))
	aFont(t, filepath.Join(dir, "2.ttf"))
	f, err := find(needed, []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	first, second := f.list[0], f.list[1]
	delete(first.table.Chars(), '陈')
	chosen, _, ok := f.choose("陈示例")
	if !ok || chosen['陈'] != second || chosen['示'] != second {
		t.Errorf("陈示例 is set in %v, want all of it in the second font", chosen)
	}
	delete(second.table.Chars(), '例')
	chosen, _, ok = f.choose("陈示例")
	if !ok || chosen['陈'] != second || chosen['示'] != first || chosen['例'] != first {
		t.Errorf("陈示例 is set in %v, want only 陈 from the second font", chosen)
	}
	delete(second.table.Chars(), '陈')
	if _, missing, ok := f.choose("陈示例"); ok || missing != '陈' {
		t.Errorf("missing %c, %v; want 陈", missing, ok)
	}

	f, _ = find(needed, []string{dir}, nil)
	delete(f.list[0].table.Chars(), '陈')
	delete(f.list[1].table.Chars(), '例')
	d := New("test", f)
	d.AddPage(210, 297)
	d.Block("姓名", "陈示例", Box{20, 20, 100, 10}, Style{Size: 12})
	if _, err := d.Bytes(); err != nil || len(d.embedded) != 2 {
		t.Errorf("%d fonts in one name, %v; want two", len(d.embedded), err)
	}
}
