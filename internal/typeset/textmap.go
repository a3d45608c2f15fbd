package typeset

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf16"
)

var errLayout = errors.New("the PDF is not laid out as gopdf v0.33 does it")

// mendTextMaps rewrites the tables by which readers copy and search text
// (ToUnicode). gopdf v0.33 writes characters outside the basic plane, which
// rare names have, with five digits where UTF-16 is wanted, so that they copy
// as something else, and it puts more entries in a block than the format
// allows. The objects are copied as they are otherwise; their places are taken
// from the cross-reference table, which is written anew.
func mendTextMaps(pdf []byte) ([]byte, error) {
	body, table, ok := cutLast(pdf, []byte("xref\n0 "))
	if !ok {
		return nil, errLayout
	}
	rows, trailer, ok := bytes.Cut(table, []byte("trailer\n"))
	trailer, _, ended := bytes.Cut(trailer, []byte("startxref\n"))
	if !ok || !ended {
		return nil, errLayout
	}
	var starts []int
	for _, row := range bytes.Split(bytes.TrimSpace(rows), []byte("\n"))[3:] { // after "xref", the count and the free entry
		start, err := strconv.Atoi(string(row[:min(10, len(row))]))
		if err != nil || start > len(body) || !bytes.HasPrefix(body[start:], fmt.Appendf(nil, "%d 0 obj\n", len(starts)+1)) {
			return nil, errLayout
		}
		starts = append(starts, start)
	}
	if !slices.IsSorted(starts) || len(starts) == 0 {
		return nil, errLayout
	}
	out := bytes.NewBuffer(slices.Clone(body[:starts[0]]))
	xref := fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(starts)+1)
	for i, start := range starts {
		object := body[start:]
		if i+1 < len(starts) {
			object = body[start:starts[i+1]]
		}
		if bytes.Contains(object, []byte("/CMapName /Adobe-Identity-UCS def")) {
			var err error
			if object, err = textMap(i+1, object); err != nil {
				return nil, err
			}
		}
		xref = fmt.Appendf(xref, "%010d 00000 n \n", out.Len())
		out.Write(object)
	}
	at := out.Len()
	fmt.Fprintf(out, "%strailer\n%sstartxref\n%d\n%%%%EOF\n", xref, trailer, at)
	return out.Bytes(), nil
}

func cutLast(s, sep []byte) (before, after []byte, found bool) {
	i := bytes.LastIndex(s, sep)
	if i < 0 {
		return s, nil, false
	}
	return s[:i], s[i:], true
}

// textMap reads the entries of one ToUnicode object, "<glyph><glyph><rune>",
// and returns the object with well-formed ones.
func textMap(id int, object []byte) ([]byte, error) {
	_, entries, ok := bytes.Cut(object, []byte("beginbfrange\n"))
	entries, _, ended := bytes.Cut(entries, []byte("endbfrange"))
	if !ok || !ended {
		return nil, errLayout
	}
	var chars []string
	for line := range bytes.Lines(entries) {
		var glyph, same uint16
		var r rune
		if _, err := fmt.Sscanf(string(line), "<%x><%x><%x>", &glyph, &same, &r); err != nil {
			return nil, errLayout
		}
		char := fmt.Sprintf("<%04X> <", glyph)
		for _, unit := range utf16.Encode([]rune{r}) {
			char += fmt.Sprintf("%04X", unit)
		}
		chars = append(chars, char+">\n")
	}
	var cmap bytes.Buffer
	cmap.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for some := range slices.Chunk(chars, 100) { // the most that a block may have
		fmt.Fprintf(&cmap, "%d beginbfchar\n", len(some))
		for _, char := range some {
			cmap.WriteString(char)
		}
		cmap.WriteString("endbfchar\n")
	}
	cmap.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return fmt.Appendf(nil, "%d 0 obj\n<<\n/Length %d\n>>\nstream\n%sendstream\nendobj\n\n", id, cmap.Len(), cmap.Bytes()), nil
}
