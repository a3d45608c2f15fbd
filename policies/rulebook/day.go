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

// The units in which a rule counts days.
const (
	CalendarDay = "calendar_day" // 自然日
	WorkingDay  = "working_day"  // 工作日: Monday to Friday; public holidays are not in the data yet
)

// AddDays returns the legal day that lies n days of the unit after that of t.
func AddDays(t time.Time, n int, unit string) time.Time {
	day := Day(t)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if unit != WorkingDay || !weekend {
			n--
		}
	}
	return day
}
