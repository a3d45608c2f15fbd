package central

import (
	"context"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/rulebook"
)

// Query selects papers; empty fields select all.
type Query struct {
	Regions []string // set by the bureau of one of them
	Track   rulebook.Track
	Trade   string
	States  []State
	Before  string // id of the last paper of the page before
	Limit   int    // at most this many; 0: all
}

// Store keeps central papers. A Put with Version 0 inserts (Conflict when it
// exists), with another version it replaces exactly that version (Conflict when
// somebody was faster), and sets the new version. Entry and jobs are committed
// with it.
type Store interface {
	CentralPaper(ctx context.Context, id string) (Paper, error)
	CentralPapers(ctx context.Context, q Query) ([]Paper, error) // newest first
	PutCentralPaper(ctx context.Context, p *Paper, e audit.Entry, jobs ...outbox.Job) error
}
