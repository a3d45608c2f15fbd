package exam

import "sync"

// watch tells the open pages of an attempt that its clock or lease changed.
// It is a hint within one process: a page that misses it asks again anyway.
type watch struct {
	mu      sync.Mutex
	waiters map[string]map[chan struct{}]bool
}

// Watch returns a channel that receives after a change of the attempt, and a
// function that ends it.
func (s *Service) Watch(attempt string) (changed <-chan struct{}, stop func()) {
	w := &s.watch
	ch := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiters == nil {
		w.waiters = map[string]map[chan struct{}]bool{}
	}
	if w.waiters[attempt] == nil {
		w.waiters[attempt] = map[chan struct{}]bool{}
	}
	w.waiters[attempt][ch] = true
	return ch, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.waiters[attempt], ch)
		if len(w.waiters[attempt]) == 0 {
			delete(w.waiters, attempt)
		}
	}
}

func (w *watch) tell(attempt string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for ch := range w.waiters[attempt] {
		select {
		case ch <- struct{}{}:
		default: // one hint is waiting already
		}
	}
}
