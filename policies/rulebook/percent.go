package rulebook

import "strconv"

// Percent shows hundredths of a percent: 8450 is 84.5%.
func Percent(hundredths int) string {
	return strconv.FormatFloat(float64(hundredths)/100, 'f', -1, 64) + "%"
}
