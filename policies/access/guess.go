package access

import (
	"context"
	"strconv"
	"sync"
	"time"

	"kaoping/internal/fault"
)

// How guessing is slowed: after GuessesFree wrong tries a name is locked for
// LockFor, on every instance.
const (
	GuessesFree = 5
	LockFor     = 15 * time.Minute
)

// Names that nobody has are locked like others, so that a lock tells nobody who
// is there; but they share 65,536 counts, so that strangers who make names up
// cannot fill the store.
const strangeDigits = 4

// turns lets one try of a name be looked at at a time: else as many wrong tries
// as a server takes at once would count as the first.
type turns [1 << (4 * turnDigits)]sync.Mutex

const turnDigits = 3

func (t *turns) of(hash string) *sync.Mutex {
	at, err := strconv.ParseUint(hash[:turnDigits], 16, 64)
	if err != nil {
		panic(err) // a hash is hex
	}
	return &t[at]
}

// guessTally is the count of wrong tries of a name, which it does not show:
// people type passwords where names belong.
func guessTally(hash string, known bool) string {
	if !known {
		return "strange/" + hash[:strangeDigits]
	}
	return "guess/" + hash
}

const guessPurpose = "guess"

// Guess runs a try at what goes with a name, and counts it where it ends as
// Unauthenticated. Known says whether somebody has the name. Throttled while the
// name is locked, whatever the try would say.
func (s *Accounts) Guess(ctx context.Context, op, name string, known bool, try func() error) error {
	hash := s.Hash(guessPurpose, name)
	turn := s.turns.of(hash)
	turn.Lock()
	defer turn.Unlock()
	tally := guessTally(hash, known)
	if err := s.guessAllowed(ctx, op, tally); err != nil {
		return err
	}
	err := try()
	if fault.Is(err, fault.Unauthenticated) {
		return s.guessFailed(ctx, op, tally, err)
	}
	return err
}

func (s *Accounts) guessAllowed(ctx context.Context, op, tally string) error {
	now := s.Now()
	wrong, until, err := s.Store.Tally(ctx, tally, now)
	if err != nil || wrong < GuessesFree {
		return fault.Wrap(op, err)
	}
	return fault.New(fault.Throttled, op, "too many wrong tries: try again in %d minutes", int(until.Sub(now)/time.Minute)+1)
}

// guessFailed counts a wrong try and returns what it is answered with.
func (s *Accounts) guessFailed(ctx context.Context, op, tally string, answer error) error {
	now := s.Now()
	if _, err := s.Store.CountTally(ctx, tally, now, now.Add(LockFor)); err != nil {
		return fault.Wrap(op, err)
	}
	return answer
}

// forgive forgets the wrong tries of a name that somebody has.
func (s *Accounts) forgive(ctx context.Context, name string) error {
	tally := guessTally(s.Hash(guessPurpose, name), true)
	wrong, _, err := s.Store.Tally(ctx, tally, s.Now())
	if err != nil || wrong == 0 {
		return err
	}
	return s.Store.DropTally(ctx, tally)
}
