package mongo

import "time"

// nanoseconds is a time as a field holds it: since 1970, 0 for the zero time.
// The server's own dates would lose what is below a millisecond.
func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// moment is the time of a field, in UTC.
func moment(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
