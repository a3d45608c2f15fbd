package exchange

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"kaoping/internal/fault"
)

// Column is a column that a reader knows: its name, and what else people call
// it, best name first. Width, case, space, asterisks and remarks in brackets
// make no difference.
type Column struct {
	Name     string
	Synonyms []string
}

// Columns says how to find the header of a sheet and what to read from it.
type Columns struct {
	Known    []Column
	Required [][]string // names; a row with all the columns of one of these sets is the header
}

// header is a row of column titles, understood.
type header struct {
	names   []string // for each cell the name of its column, or ""
	missing []string // what the nearest required set still lacks
	twice   string   // a title that stands in two cells, or ""
}

// count is the number of columns that the row names.
func (h header) count() int {
	n := 0
	for _, name := range h.names {
		if name != "" {
			n++
		}
	}
	return n
}

// finder is Columns ready for looking titles up.
type finder struct {
	places   map[string]place // by the folded title
	required [][]string
}

// place is what a title stands for: a column, and how good a name of it the
// title is (0 best).
type place struct {
	name string
	rank int
}

func (c Columns) finder() finder {
	f := finder{places: map[string]place{}, required: c.Required}
	for _, column := range c.Known {
		for rank, title := range append([]string{column.Name}, column.Synonyms...) {
			if _, taken := f.places[plain(title)]; !taken {
				f.places[plain(title)] = place{column.Name, rank}
			}
		}
	}
	return f
}

// match reads a row as a header. Where two cells are titles of the same
// column, the one with the better name wins.
func (f finder) match(cells []string) header {
	h := header{names: make([]string, len(cells))}
	type cell struct{ index, rank int }
	taken := map[string]cell{}
	for i, title := range cells {
		whole, bare := titleForms(title)
		at, ok := f.places[whole]
		if !ok {
			at, ok = f.places[bare]
		}
		if !ok {
			continue
		}
		before, seen := taken[at.name]
		switch {
		case seen && before.rank < at.rank:
			continue
		case seen && before.rank == at.rank:
			h.twice = title
			continue
		case seen:
			h.names[before.index] = ""
		}
		h.names[i], taken[at.name] = at.name, cell{i, at.rank}
	}
	for i, set := range f.required {
		missing := slices.DeleteFunc(slices.Clone(set), func(name string) bool { _, ok := taken[name]; return ok })
		if i == 0 || len(missing) < len(h.missing) {
			h.missing = missing
		}
	}
	return h
}

// titleForms normalises a title with the text in its brackets ("选项(A)"), and
// without ("题型（必填）").
func titleForms(title string) (whole, bare string) {
	s := strings.Trim(plain(title), "*:")
	bare, _, _ = strings.Cut(s, "(")
	whole = strings.NewReplacer("(", "", ")", "", "[", "", "]", "").Replace(s)
	return whole, strings.Trim(bare, "*:")
}

// plain folds full width to half, capitals to small letters, and drops space.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, width.Fold.String(s))
}

// noHeader is the refusal of a sheet without a header; nearest is the row that
// came closest, if any did.
func (f finder) noHeader(op string, nearest header) error {
	sets := make([]string, len(f.required))
	for i, set := range f.required {
		sets[i] = strings.Join(set, "、")
	}
	if nearest.count() == 0 {
		return fault.New(fault.Invalid, op, "no header was found in the first %d rows: name the columns %s", headerRows, strings.Join(sets, " / "))
	}
	return fault.New(fault.Invalid, op, "no header was found in the first %d rows: the nearest one lacks the columns %s", headerRows, strings.Join(nearest.missing, "、"))
}
