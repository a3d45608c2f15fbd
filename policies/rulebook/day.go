package rulebook

import "time"

// Shanghai is the zone of the legal day. It has had no daylight saving since
// 1991, so a fixed offset needs no zone database on the machine.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Day returns the first moment of the legal day that t falls in.
func Day(t time.Time) time.Time {
	y, m, d := t.In(Shanghai).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, Shanghai)
}

// DaysBetween counts the calendar days from the legal day of a to that of b.
func DaysBetween(a, b time.Time) int {
	return int(Day(b).Sub(Day(a)) / (24 * time.Hour))
}
