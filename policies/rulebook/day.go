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

// The units in which a rule counts days: see Book.AddDays.
const (
	CalendarDay = "calendar_day" // 自然日
	WorkingDay  = "working_day"  // 工作日, by the State Council's calendar
)
