package bank

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// fold removes what a reader does not see as a difference: full and half
// width of letters, digits and punctuation, and all space. Case stays, for mW
// is not MW.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, width.Fold.String(s))
}
