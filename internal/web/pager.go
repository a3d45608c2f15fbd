package web

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
)

// rowsMost is how many rows of a table stand on one page.
const rowsMost = 50

// pager leads through a list by the cursor of its last row. Row numbers are
// carried in the address, since a cursor does not know them.
type pager struct {
	language
	from, to, total int    // total 0: not counted
	first, next     string // addresses, "" for none
}

// paged cuts a list, asked for with one row more than a page has, to one page
// and makes its pager. The cursor names the query parameter that carries the
// key of the last row.
func paged[T any](r *request, path, cursor string, list []T, key func(T) string) ([]T, pager) {
	more, last := len(list) > rowsMost, ""
	if list = list[:min(len(list), rowsMost)]; more {
		last = key(list[rowsMost-1])
	}
	return list, r.pager(path, cursor, last, len(list), more)
}

// since is what stands in a whole list behind the row that the address names.
func since[T any](r *request, cursor string, list []T, key func(T) string) []T {
	last := r.Query(cursor)
	if last == "" {
		return list
	}
	return list[slices.IndexFunc(list, func(x T) bool { return key(x) == last })+1:]
}

func (r *request) pager(path, cursor, last string, shown int, more bool) pager {
	query := r.Request.URL.Query()
	query.Del("done")
	before, err := strconv.Atoi(query.Get("n"))
	if err != nil || before < 0 || query.Get(cursor) == "" {
		before = 0
	}
	p := pager{language: r.language, from: before + 1, to: before + shown}
	if query.Get(cursor) != "" {
		query.Del("n")
		query.Del(cursor)
		p.first = address(path, query)
	}
	if more {
		query.Set(cursor, last)
		query.Set("n", strconv.Itoa(p.to))
		p.next = address(path, query)
	}
	return p
}

// of is the pager of a list whose rows are counted.
func (p pager) of(total int) pager {
	p.total = total
	return p
}

// filtered is an address with the filters of the page that is shown, from the
// list's beginning.
func (r *request) filtered(path string) string {
	query := r.Request.URL.Query()
	for _, place := range []string{"after", "before", "n", "done"} {
		query.Del(place)
	}
	return address(path, query)
}

func address(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// HTML shows the pager, or nothing where there are no rows.
func (p pager) HTML() template.HTML {
	if p.to < p.from {
		return ""
	}
	said := p.T("rows %d–%d", p.from, p.to)
	if p.total > 0 {
		said = p.T("rows %d–%d of %d", p.from, p.to, p.total)
	}
	html := `<div class="pages"><span class="muted">` + template.HTMLEscapeString(said) + `</span>`
	for _, link := range []struct{ to, label string }{{p.first, p.T("First page")}, {p.next, p.T("Next page")}} {
		if link.to != "" {
			html += fmt.Sprintf(`<a class="btn" href="%s">%s</a>`, template.HTMLEscapeString(link.to), template.HTMLEscapeString(link.label))
		}
	}
	return template.HTML(html + `</div>`)
}
