package bank

import (
	"fmt"
	"strconv"
	"strings"

	"kaoping/internal/fault"
)

// Points is a score in hundredths of a point, so that sums are exact: 150 is
// 1.5 points. Range here is 0 to 1,000,000 (ten thousand points).
type Points int

// FullMarks is a whole part of an examination: 100 points (R15).
const FullMarks Points = 100_00

// String prints the points without trailing zeros: "1.5", "60".
func (p Points) String() string {
	s := fmt.Sprintf("%d.%02d", p/100, p%100)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// ParsePoints reads "60", "1.5" or "2.25". It refuses (Invalid) negative
// numbers, more than two decimals and anything over 10,000.
func ParsePoints(s string) (Points, error) {
	whole, frac, _ := strings.Cut(strings.TrimSpace(s), ".")
	n, err := strconv.ParseUint(whole, 10, 16)
	f, ferr := strconv.ParseUint((frac + "00")[:2], 10, 8)
	if err != nil || ferr != nil || len(frac) > 2 || n*100+f > 10_000_00 {
		return 0, fault.New(fault.Invalid, "bank.ParsePoints", "“%s” is not a number of points (0 to 10000, at most two decimals)", s)
	}
	return Points(n*100 + f), nil
}
