package mongo

import (
	"context"
	"hash/fnv"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"kaoping/exam"
	"kaoping/internal/fault"
)

// How many lanes write side by side, how many saves may wait in each, how many
// share a write at most, and how many leases a lane keeps in mind. A batch is
// what came while the one before was written, so nobody waits for company.
const (
	laneCount = 4
	queueMost = 2048
	batchMost = 512
	knownMost = 16384
)

// saveTimeout ends the try to write a batch: while the server is away, a page
// is told so before it gives up waiting for an answer (10 s).
const saveTimeout = 6 * time.Second

// missMost is how often a save is decided anew because its attempt changed
// between the look and the write.
const missMost = 16

// saver commits the saves of this process in batches. An attempt is always in
// the same lane, so its saves never race each other from here.
type saver struct {
	attempts *driver.Collection
	log      *slog.Logger
	ended    sync.WaitGroup
	failing  atomic.Bool // the last batch could not be written

	commits, changes atomic.Int64

	mu     sync.RWMutex // guards sending on lanes against close
	closed bool
	lanes  [laneCount]*lane
}

// lane is a queue and the goroutine that commits it.
type lane struct {
	*saver
	queue chan *change
	known map[string]lease // as last read or written from here: good to accept a save by, never to refuse one
}

// change is one caller's part of a batch.
type change struct {
	save    exam.Save
	answers []answer // of save.Changes, in their order
	claimed atomic.Bool
	misses  int // how often the attempt changed before the write
	receipt exam.Receipt
	err     error
	done    chan struct{} // closed when receipt or err is there
}

func newSaver(c *driver.Collection, log *slog.Logger) *saver {
	s := &saver{attempts: c, log: log}
	for i := range s.lanes {
		s.lanes[i] = &lane{saver: s, queue: make(chan *change, queueMost), known: map[string]lease{}}
		s.ended.Go(s.lanes[i].run)
	}
	return s
}

const opSave = "mongo.SaveAnswers"

// submit returns after the save is durable or refused. A context that ends
// before a batch takes the save means that it is never stored; afterwards the
// answer is the batch's.
func (s *saver) submit(ctx context.Context, c *change) (exam.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return exam.Receipt{}, failure(opSave, err)
	}
	if err := s.enqueue(c); err != nil {
		return exam.Receipt{}, err
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		if c.claimed.CompareAndSwap(false, true) {
			return exam.Receipt{}, failure(opSave, ctx.Err())
		}
		<-c.done
	}
	return c.receipt, c.err
}

func (s *saver) enqueue(c *change) error {
	hash := fnv.New32a()
	hash.Write([]byte(c.save.Attempt))
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return fault.New(fault.Unavailable, opSave, "the store is closed")
	}
	queue := s.lanes[hash.Sum32()%laneCount].queue
	if s.failing.Load() && len(queue) > 0 { // one waits to see whether the server is back, the others are told at once
		return fault.New(fault.Unavailable, opSave, "the store cannot be used at the moment: try again")
	}
	select {
	case queue <- c:
		return nil
	default:
		return fault.New(fault.Unavailable, opSave, "too many changes are waiting to be stored: try again")
	}
}

// Waiting is how many saves wait to be written, at most laneCount × queueMost.
func (s *Store) Waiting() int {
	n := 0
	for _, lane := range s.saver.lanes {
		n += len(lane.queue)
	}
	return n
}

// Commits counts the bulk writes of saves since the store was opened, and the
// saves that shared them.
func (s *Store) Commits() (commits, changes int64) {
	return s.saver.commits.Load(), s.saver.changes.Load()
}

// close commits what is queued; again, it does nothing.
func (s *saver) close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		for _, lane := range s.lanes {
			close(lane.queue)
		}
	}
	s.mu.Unlock()
	s.ended.Wait()
}

// run commits the queue until it is closed and empty. What a batch leaves
// undecided goes with the next one.
func (l *lane) run() {
	var open []*change // claimed and not answered
	for {
		if len(open) == 0 {
			first, more := <-l.queue
			if !more {
				return
			}
			open = claim(open, first)
		}
	drain:
		for len(open) < batchMost {
			select {
			case next, more := <-l.queue:
				if !more {
					break drain
				}
				open = claim(open, next)
			default:
				break drain
			}
		}
		open = l.commit(open)
	}
}

// claim adds a save to a batch, unless its caller has gone.
func claim(batch []*change, c *change) []*change {
	if c.claimed.CompareAndSwap(false, true) {
		batch = append(batch, c)
	}
	return batch
}

func (c *change) answer(r exam.Receipt, err error) {
	c.receipt, c.err = r, failure(opSave, err)
	close(c.done)
}

// note logs when batches begin to fail and when they work again, not each one.
func (s *saver) note(err error, saves int) {
	switch {
	case err != nil && s.failing.CompareAndSwap(false, true):
		s.log.Error("answers cannot be stored", "saves", saves, "error", err)
	case err == nil && s.failing.CompareAndSwap(true, false):
		s.log.Info("answers can be stored again")
	}
}
