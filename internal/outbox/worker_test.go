package outbox

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"kaoping/internal/fault"
)

// queue is a Queue of one slice.
type queue struct {
	mu    sync.Mutex
	jobs  []Job
	away  bool // nothing can be stored
	finds int  // claims that were asked for
}

func (q *queue) ClaimJobs(_ context.Context, now, until time.Time, limit int) ([]Job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.finds++
	var due []Job
	for i := range q.jobs {
		if j := &q.jobs[i]; len(due) < limit && !j.Dead && !j.Due.After(now) {
			j.Due, j.Tries, j.Fence = until, j.Tries+1, j.Fence+1
			due = append(due, *j)
		}
	}
	return due, nil
}

// change changes a job under its claim.
func (q *queue) change(ctx context.Context, claimed Job, change func(at int)) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.away || ctx.Err() != nil {
		return fault.New(fault.Unavailable, "queue", "the store cannot be used at the moment: try again")
	}
	at := slices.IndexFunc(q.jobs, func(j Job) bool { return j.ID == claimed.ID && j.Fence == claimed.Fence && !j.Dead })
	if at < 0 {
		return LostClaim("queue")
	}
	change(at)
	return nil
}

func (q *queue) ExtendJob(ctx context.Context, j Job, until time.Time) error {
	return q.change(ctx, j, func(at int) { q.jobs[at].Due = until })
}

func (q *queue) FinishJob(ctx context.Context, j Job) error {
	return q.change(ctx, j, func(at int) { q.jobs = slices.Delete(q.jobs, at, at+1) })
}

func (q *queue) RetryJob(ctx context.Context, j Job, due time.Time, why Failure) error {
	return q.change(ctx, j, func(at int) { q.jobs[at].Due, q.jobs[at].Last = due, why })
}

func (q *queue) BuryJob(ctx context.Context, j Job, why Failure) error {
	return q.change(ctx, j, func(at int) { q.jobs[at].Dead, q.jobs[at].Last = true, why })
}

// look is the only job that is stored.
func (q *queue) look(t *testing.T) Job {
	t.Helper()
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) != 1 {
		t.Fatalf("stored: %+v, want one job", q.jobs)
	}
	return q.jobs[0]
}

// crew makes workers of one queue and keeps what they say of their runs.
type crew struct {
	*queue
	mu   sync.Mutex
	said []string
}

func (c *crew) worker(name string, handle Handler) *Worker {
	return &Worker{
		Queue: c.queue, Handlers: map[string]Handler{"k": handle}, Lease: 30 * time.Second, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Ran: func(kind string, r Result) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.said = append(c.said, strings.TrimSpace(name+" "+kind+" "+string(r)))
		},
	}
}

func (c *crew) wantSaid(t *testing.T, want ...string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Equal(c.said, want) {
		t.Errorf("runs: %q, want %q", c.said, want)
	}
}

func newCrew(jobs ...Job) *crew { return &crew{queue: &queue{jobs: jobs}} }

func runDue(t *testing.T, w *Worker) {
	t.Helper()
	if err := w.RunDue(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAFailedJobComesBackLaterAndLaterAndIsDeadInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(Job{ID: "1", Kind: "k", Key: "a", Due: time.Now()})
		tries, start := 0, time.Now()
		w := c.worker("", func(context.Context, string) error {
			tries++
			return fault.New(fault.Unavailable, "test", "%s is away", "陈示例")
		})
		var waits []time.Duration
		for range 100 {
			runDue(t, w)
			job := c.look(t)
			if job.Last.Text != "%s is away" || !job.Last.At.Equal(time.Now()) {
				t.Fatalf("the failure is kept as %+v", job.Last)
			}
			if job.Dead {
				break
			}
			wait := time.Until(job.Due)
			waits = append(waits, wait)
			time.Sleep(wait)
		}
		if tries != TriesMost || !c.look(t).Dead || c.look(t).Tries != TriesMost {
			t.Errorf("%d tries, then %+v", tries, c.look(t))
		}
		for i := 1; i < len(waits); i++ {
			if waits[i] < waits[i-1] || waits[i] > backOffMax {
				t.Errorf("waits do not grow to the longest: %v", waits)
			}
		}
		if took := time.Since(start); took < 50*time.Minute || took > 70*time.Minute {
			t.Errorf("given up after %s, want about an hour", took)
		}
		time.Sleep(time.Hour)
		if runDue(t, w); tries != TriesMost {
			t.Error("a dead job was run")
		}
		want := slices.Repeat([]string{"k failed"}, TriesMost-1)
		c.wantSaid(t, append(want, "k dead")...)
	})
}

func TestAnUnknownKindIsDeadAtOnce(t *testing.T) {
	c := newCrew(Job{ID: "1", Kind: "of another release", Due: time.Now()})
	runDue(t, c.worker("", nil))
	if job := c.look(t); !job.Dead || job.Tries != 1 || job.Last.Text != "this release does not know this kind of work" {
		t.Errorf("%+v", job)
	}
	c.wantSaid(t, "unknown dead")
}

func TestAJobThatEndsTheServiceEachTimeIsNotRunForEver(t *testing.T) {
	c := newCrew(Job{ID: "1", Kind: "k", Due: time.Now(), Tries: TriesMost, Fence: TriesMost})
	runDue(t, c.worker("", func(context.Context, string) error { t.Error("it was run"); return nil }))
	if job := c.look(t); !job.Dead || job.Last.Text != "the service ended during this work each time" {
		t.Errorf("%+v", job)
	}
}

func TestAPanicIsAFailureOfItsJob(t *testing.T) {
	c := newCrew(Job{ID: "1", Kind: "k", Due: time.Now()})
	runDue(t, c.worker("", func(context.Context, string) error { panic("陈示例") }))
	if job := c.look(t); job.Last.Text != "something went wrong here" || job.Dead {
		t.Errorf("%+v", job)
	}
}

func TestALongJobKeepsItsClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(Job{ID: "1", Kind: "k", Due: time.Now()})
		long := c.worker("long", func(ctx context.Context, _ string) error {
			time.Sleep(10 * time.Minute)
			return ctx.Err()
		})
		other := c.worker("other", func(context.Context, string) error { return nil })
		over := make(chan struct{})
		go func() { defer close(over); runDue(t, long) }()
		for range 100 {
			time.Sleep(5 * time.Second)
			runDue(t, other)
		}
		<-over
		c.wantSaid(t, "long k done")
		if len(c.jobs) != 0 {
			t.Errorf("left: %+v", c.jobs)
		}
	})
}

// TestAStalledWorkerDoesNotWriteOverItsSuccessor has a worker whose machine
// stops: neither its handler nor its renewals come on for ten minutes. Whatever
// it then says of the job, its successor's word stands.
func TestAStalledWorkerDoesNotWriteOverItsSuccessor(t *testing.T) {
	for name, outcome := range map[string]error{"it finishes": nil, "it fails": errors.New("too late")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrew(Job{ID: "1", Kind: "k", Due: time.Now()})
				asleep := &sleeper{queue: c.queue}
				var ended time.Duration
				stalled := c.worker("stalled", func(ctx context.Context, _ string) error {
					start := time.Now()
					<-ctx.Done()
					ended = time.Since(start)
					time.Sleep(10 * time.Minute)
					return outcome
				})
				stalled.Queue = asleep
				over := make(chan struct{})
				go func() { defer close(over); runDue(t, stalled) }()
				synctest.Wait()

				successor := c.worker("successor", func(context.Context, string) error {
					time.Sleep(30 * time.Minute) // still at it when the other wakes
					return errors.New("the successor's own failure")
				})
				time.Sleep(successor.Lease + time.Second)
				runDue(t, successor)
				<-over
				if ended != stalled.Lease {
					t.Errorf("the handler's context ended after %s, want it after the lease", ended)
				}
				c.wantSaid(t, "stalled k lost", "successor k failed")
				if job := c.look(t); job.Fence != 2 || job.Dead || job.Last.Text != "something went wrong here" || !job.Due.After(time.Now()) {
					t.Errorf("the job stands as %+v, want it as the successor left it", job)
				}
			})
		})
	}
}

// sleeper is a queue whose renewals get nowhere until their time is over.
type sleeper struct{ *queue }

func (s *sleeper) ExtendJob(ctx context.Context, j Job, _ time.Time) error {
	<-ctx.Done()
	return fault.New(fault.Unavailable, "sleeper", "the store cannot be used at the moment: try again").Because(ctx.Err())
}

func TestALostClaimEndsItsHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(Job{ID: "1", Kind: "k", Due: time.Now()})
		w := c.worker("", func(ctx context.Context, _ string) error {
			c.queue.mu.Lock()
			c.jobs[0].Fence++ // somebody else claims it
			c.queue.mu.Unlock()
			start := time.Now()
			<-ctx.Done()
			if took := time.Since(start); took != 10*time.Second {
				t.Errorf("it ended after %s, want it at the first renewal", took)
			}
			return ctx.Err()
		})
		runDue(t, w)
		c.wantSaid(t, "k lost")
	})
}

func TestARenewalThatFailsOnceIsDoneAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(Job{ID: "1", Kind: "k", Due: time.Now()})
		w := c.worker("", func(ctx context.Context, _ string) error {
			c.setAway(true)
			time.Sleep(15 * time.Second)
			c.setAway(false)
			time.Sleep(time.Minute)
			return ctx.Err()
		})
		runDue(t, w)
		c.wantSaid(t, "k done")
	})
}

func (q *queue) setAway(away bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.away = away
}

func TestAWorkerThatStopsLeavesItsJobToOthersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(Job{ID: "1", Kind: "k", Due: time.Now()}, Job{ID: "2", Kind: "k", Due: time.Now()})
		ctx, stop := context.WithCancel(t.Context())
		w := c.worker("", func(ctx context.Context, _ string) error {
			time.AfterFunc(time.Second, stop)
			<-ctx.Done()
			return ctx.Err()
		})
		if err := w.RunDue(ctx); err != nil {
			t.Error(err)
		}
		for _, job := range c.jobs {
			if job.Due.After(time.Now()) || job.Dead {
				t.Errorf("%+v is not due", job)
			}
		}
		if c.jobs[0].Last.Text != "the service was stopped during this work" || c.finds != 1 {
			t.Errorf("%+v after %d claims", c.jobs[0], c.finds)
		}
	})
}
