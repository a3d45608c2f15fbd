package standing

import (
	"slices"
	"time"

	"kaoping/policies/rulebook"
)

// Scope is one trade at the levels that a body is filed for, and the tracks that
// it examines there. Without tracks it is filed for skill level certificates,
// and no track is refused.
type Scope struct {
	Trade  string // occupation code
	Levels []rulebook.Level
	Tracks []rulebook.Track
}

// Covers reports whether the scope has a trade, a level and a track in it.
func (s Scope) Covers(trade string, level rulebook.Level, track rulebook.Track) bool {
	return s.Trade == trade && slices.Contains(s.Levels, level) && (len(s.Tracks) == 0 || slices.Contains(s.Tracks, track))
}

// Offers reports whether the scope names a track: skill level certificates
// where it names none.
func (s Scope) Offers(track rulebook.Track) bool {
	return len(s.Tracks) == 0 && track == rulebook.SkillLevel || slices.Contains(s.Tracks, track)
}

// Covers reports whether the body examines a trade, level and track on a day:
// on the list, within its filing's days, and filed for them.
func (b Body) Covers(trade string, level rulebook.Level, track rulebook.Track, day time.Time) bool {
	return b.Valid(day) && slices.ContainsFunc(b.Scopes, func(s Scope) bool { return s.Covers(trade, level, track) })
}

// Valid reports whether the body is on the list and its filing holds on a day.
func (b Body) Valid(day time.Time) bool {
	return b.OnList() && !rulebook.Day(day).Before(rulebook.Day(b.ValidFrom)) && !rulebook.Day(day).After(rulebook.Day(b.ValidUntil))
}
