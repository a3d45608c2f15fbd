package access

import (
	"sync"
	"time"

	"kaoping/internal/fault"
)

// guesses counts wrong tries by name. It lives in memory: a restart forgives,
// which is cheaper than letting strangers write to the store.
type guesses struct {
	mu     sync.Mutex
	byName map[string]guess
}

type guess struct {
	wrong int
	until time.Time
}

const guessNamesMost = 100_000

// GuessAllowed refuses (Throttled) while a name is locked.
func (s *Accounts) GuessAllowed(op, name string) error {
	s.guesses.mu.Lock()
	defer s.guesses.mu.Unlock()
	g := s.guesses.byName[name]
	if wait := g.until.Sub(s.Now()); g.wrong >= GuessesFree && wait > 0 {
		return fault.New(fault.Throttled, op, "too many wrong tries: try again in %d minutes", int(wait/time.Minute)+1)
	}
	return nil
}

// GuessFailed counts a wrong try of a name.
func (s *Accounts) GuessFailed(name string) {
	s.guesses.mu.Lock()
	defer s.guesses.mu.Unlock()
	now := s.Now()
	if len(s.guesses.byName) >= guessNamesMost {
		for n, g := range s.guesses.byName {
			if now.After(g.until) {
				delete(s.guesses.byName, n)
			}
		}
	}
	if s.guesses.byName == nil {
		s.guesses.byName = map[string]guess{}
	}
	g := s.guesses.byName[name]
	if now.After(g.until) {
		g.wrong = 0
	}
	s.guesses.byName[name] = guess{wrong: g.wrong + 1, until: now.Add(LockFor)}
}

func (g *guesses) forget(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.byName, name)
}
