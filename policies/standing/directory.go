package standing

import (
	"context"
	"slices"
	"strings"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// DirectoryQuery selects what the public looks for; empty fields select all.
type DirectoryQuery struct {
	Region  string // with everything in it
	Kind    Kind
	Trade   string
	Level   rulebook.Level
	Leveled bool // Level counts: one of the eight is 0
	Track   rulebook.Track
	Text    string // part of the name or the number
}

// Directory is the published list of bodies (目录清单, R35), by name, for
// anybody: those that are on the list today. Private bodies stand among public
// ones, and staff are not in it.
func (s *Service) Directory(ctx context.Context, q DirectoryQuery) ([]Body, error) {
	all, err := s.Store.Bodies(ctx)
	if err != nil {
		return nil, fault.Wrap("standing.Directory", err)
	}
	today := rulebook.Day(s.Now())
	text := strings.TrimSpace(q.Text)
	var list []Body
	for _, b := range all {
		listed := b.OnList() || b.State == Suspended
		covers := slices.ContainsFunc(b.Scopes, func(c Scope) bool {
			return (q.Trade == "" || c.Trade == q.Trade) && (!q.Leveled || slices.Contains(c.Levels, q.Level)) &&
				(q.Track == "" || len(c.Tracks) == 0 || slices.Contains(c.Tracks, q.Track))
		})
		if !listed || !covers || today.After(rulebook.Day(b.ValidUntil)) || q.Kind != "" && b.Kind != q.Kind ||
			q.Region != "" && !s.Book.Covers(q.Region, b.Region) || !strings.Contains(b.Name, text) && !strings.Contains(b.Number, text) {
			continue
		}
		b.Staff = nil
		list = append(list, b)
	}
	return list, nil
}
