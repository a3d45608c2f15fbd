package sqlite

import (
	"fmt"
	"strings"
)

// filter is the WHERE, ORDER BY and LIMIT of a list. Columns and order are
// written in this package only; what comes from outside is an argument.
type filter struct {
	terms []string
	args  []any
	order string
	limit int // 0: all
}

// and adds a condition.
func (f *filter) and(term string, args ...any) {
	f.terms = append(f.terms, term)
	f.args = append(f.args, args...)
}

// is adds a condition on a column, unless the value is empty.
func (f *filter) is(column, value string) {
	if value != "" {
		f.and(column+" = ?", value)
	}
}

// words are values of a named text type as arguments.
func words[T ~string](list []T) []any {
	var values []any
	for _, v := range list {
		values = append(values, string(v))
	}
	return values
}

// any adds the condition that a column has one of the values, unless there are none.
func (f *filter) any(column string, values []any) {
	if len(values) > 0 {
		f.and(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
	}
}

// escape makes text match itself in a LIKE … ESCAPE '\'.
var escape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// has adds the condition that one of the columns contains the text.
func (f *filter) has(text string, columns ...string) {
	if text == "" {
		return
	}
	var terms []string
	for _, column := range columns {
		terms = append(terms, column+` LIKE ? ESCAPE '\'`)
		f.args = append(f.args, "%"+escape.Replace(text)+"%")
	}
	f.terms = append(f.terms, "("+strings.Join(terms, " OR ")+")")
}

// String is the end of the statement.
func (f filter) String() string {
	var b strings.Builder
	if len(f.terms) > 0 {
		b.WriteString(" WHERE " + strings.Join(f.terms, " AND "))
	}
	if f.order != "" {
		b.WriteString(" ORDER BY " + f.order)
	}
	if f.limit > 0 {
		fmt.Fprintf(&b, " LIMIT %d", f.limit)
	}
	return b.String()
}
