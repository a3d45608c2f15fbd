package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	"kaoping/internal/fault"
)

// How many changes may wait, and how many share a commit at most: a batch is
// what came while the one before was written, so nobody waits for company.
const (
	queueMost = 4096
	batchMost = 512
)

// writer is the one goroutine that writes, by group commit.
type writer struct {
	tx    tx
	log   *slog.Logger
	ended chan struct{} // closed when the goroutine is gone

	mu      sync.RWMutex // guards sending on queue against close
	closed  bool
	queue   chan *change
	failing bool // the last commit failed; only the goroutine uses it

	commits, changes atomic.Int64
}

// change is one caller's part of a batch.
type change struct {
	op      string
	do      func(*tx) error
	claimed atomic.Bool // by the goroutine that runs it, or by the caller who gave up
	err     error       // what do returned
	done    chan error
}

func newWriter(conn *connection, log *slog.Logger) *writer {
	w := &writer{
		tx:    tx{conn: conn, prepared: map[string]*sql.Stmt{}},
		log:   log,
		queue: make(chan *change, queueMost),
		ended: make(chan struct{}),
	}
	go w.run()
	return w
}

// write runs do in the next commit and returns its error, or nil when it is
// durable. An error undoes do alone. A context that ends before do began means
// that it never runs; afterwards the answer is the commit's. Unavailable when
// too many wait, the disk refuses, or the store is closed.
func (s *Store) write(ctx context.Context, op string, do func(*tx) error) error {
	return s.writer.submit(ctx, &change{op: op, do: do, done: make(chan error, 1)})
}

func (w *writer) submit(ctx context.Context, c *change) error {
	if err := ctx.Err(); err != nil {
		return failure(c.op, err)
	}
	if err := w.enqueue(c); err != nil {
		return err
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		if c.claimed.CompareAndSwap(false, true) {
			return failure(c.op, ctx.Err())
		}
		return <-c.done
	}
}

func (w *writer) enqueue(c *change) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return fault.New(fault.Unavailable, c.op, "the store is closed")
	}
	select {
	case w.queue <- c:
		return nil
	default:
		return fault.New(fault.Unavailable, c.op, "too many changes are waiting to be stored: try again")
	}
}

// Waiting is how many changes wait to be written, at most queueMost.
func (s *Store) Waiting() int { return len(s.writer.queue) }

// Commits counts the group commits since the store was opened, and the changes
// that shared them.
func (s *Store) Commits() (commits, changes int64) {
	return s.writer.commits.Load(), s.writer.changes.Load()
}

// close commits what is queued and closes the connection; again, it does nothing.
func (w *writer) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	close(w.queue)
	<-w.ended
	return w.tx.close()
}

func (w *writer) run() {
	defer close(w.ended)
	batch := make([]*change, 0, batchMost)
	for first := range w.queue {
		batch = append(batch[:0], first)
	drain:
		for len(batch) < batchMost {
			select {
			case next, more := <-w.queue:
				if !more {
					break drain
				}
				batch = append(batch, next)
			default:
				break drain
			}
		}
		err := w.commit(batch)
		w.commits.Add(1)
		w.changes.Add(int64(len(batch)))
		w.note(err, len(batch))
		for _, c := range batch {
			if err != nil {
				c.err = unavailable(c.op, err)
			}
			c.done <- failure(c.op, c.err)
		}
	}
}

// commit runs a batch in one transaction. Its error is everybody's: even a
// refusal may rest on a change that was undone.
func (w *writer) commit(batch []*change) error {
	_, err := w.tx.exec("BEGIN IMMEDIATE")
	if err != nil {
		return err
	}
	for _, c := range batch {
		if !c.claimed.CompareAndSwap(false, true) {
			continue // its caller has gone
		}
		if err = w.isolate(c); err != nil {
			break
		}
	}
	if err == nil {
		_, err = w.tx.exec("COMMIT")
	}
	if err != nil {
		_, _ = w.tx.exec("ROLLBACK") // fails where SQLite has rolled back itself
	}
	return err
}

// isolate runs a change under a savepoint, so that its failure undoes it and
// nothing else. It returns an error where there is nothing to go back to: a full
// or failing disk can make SQLite give up the whole transaction.
func (w *writer) isolate(c *change) error {
	if _, err := w.tx.exec("SAVEPOINT change"); err != nil {
		return err
	}
	if c.err = c.do(&w.tx); c.err != nil {
		if _, err := w.tx.exec("ROLLBACK TO change"); err != nil {
			return errors.Join(c.err, err)
		}
	}
	_, err := w.tx.exec("RELEASE change")
	return err
}

// note logs when commits begin to fail and when they work again, not each one.
func (w *writer) note(err error, changes int) {
	switch {
	case err != nil && !w.failing:
		w.log.Error("changes cannot be stored", "changes", changes, "error", err)
	case err == nil && w.failing:
		w.log.Info("changes can be stored again")
	}
	w.failing = err != nil
}
