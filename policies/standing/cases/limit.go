package cases

import (
	"sync"
	"time"

	"kaoping/internal/fault"
)

// How many complaints this instance takes in an hour: from one address, and in
// all. It is kept in memory: a restart forgives.
const (
	complaintsOfOne = 5
	complaintsOfAll = 200
)

// limit counts complaints of the current hour by address.
type limit struct {
	mu   sync.Mutex
	hour time.Time
	all  int
	by   map[string]int
}

// allow counts a complaint (Throttled past the limit).
func (l *limit) allow(op, from string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if hour := now.Truncate(time.Hour); !hour.Equal(l.hour) {
		l.hour, l.all, l.by = hour, 0, map[string]int{}
	}
	if l.by[from] >= complaintsOfOne || l.all >= complaintsOfAll {
		return fault.New(fault.Throttled, op, "too many complaints came in this hour: try again in %d minutes", int(l.hour.Add(time.Hour).Sub(now)/time.Minute)+1)
	}
	l.all++
	l.by[from]++
	return nil
}
