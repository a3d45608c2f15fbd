package certify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
)

// The kinds of outbox jobs of the mix.
const (
	ReleaseJob = "release-queue"      // key: the city whose queue may go on
	OneJob     = "issue-one"          // key: mix/enrolment that has its place
	ReturnJob  = "return-certificate" // key: the number of a revoked certificate that gives its place back
	ExceptJob  = "except-certificate" // key: the enrolment of an exceptional release
)

// ReleaseQueue lets those of a city's queue go, in their order, as far as the
// cap allows: the handler of ReleaseJob. Whose turn has come and may not have a
// certificate now is passed over and joins anew when that is undone.
func (s *Service) ReleaseQueue(ctx context.Context, city string) error {
	for {
		if err := ctx.Err(); err != nil {
			return fault.New(fault.Unavailable, "certify.ReleaseQueue", "this took too long or was given up: try again").Because(err)
		}
		more := false
		err := s.inCity(ctx, city, func(ctx context.Context, m *Mix, at time.Time) (e audit.Entry, jobs []outbox.Job, err error) {
			more = false
			if !s.frees(*m, at) {
				return e, nil, errSame
			}
			e, jobs, err = s.releaseNext(ctx, m, at)
			more = err == nil
			return e, jobs, err
		})
		if err != nil || !more {
			return fault.Wrap("certify.ReleaseQueue", err)
		}
	}
}

// releaseNext lets the next place go, or passes it over.
func (s *Service) releaseNext(ctx context.Context, m *Mix, at time.Time) (e audit.Entry, jobs []outbox.Job, err error) {
	w, err := s.next(ctx, *m)
	gone := fault.Is(err, fault.NotFound) || err == nil && (w.State != InQueue || w.Place != m.Head+1)
	if err != nil && !gone {
		return e, nil, err
	}
	who := access.System()
	pass := func(l Limit) (audit.Entry, []outbox.Job, error) {
		m.Head++
		return s.mixEntry(who, *m, "mix:pass", Intent{Enrolment: w.Enrolment, Place: m.Head, Counted: Cell{Track: w.Track}}, l, at), nil, nil
	}
	if gone {
		return pass(Limit{})
	}
	limit := s.limit(m.City, at, w.Track)
	if !m.Ratio().Admits(limit) {
		return e, nil, errSame
	}
	c, why, err := s.due(ctx, w, at)
	if err != nil {
		return e, nil, err
	}
	if why != "" {
		if err := s.leave(ctx, who, w.Enrolment, Withdrawn, why); err != nil {
			return e, nil, err
		}
		return pass(limit)
	}
	want, err := c.want(at)
	if err == nil {
		err = s.people(ctx, *m, &want)
	}
	if err != nil {
		return e, nil, err
	}
	m.release(want, limit)
	held := m.Pending[len(m.Pending)-1]
	return s.mixEntry(who, *m, "mix:release", held, limit, at), []outbox.Job{oneJob(m.ID, held, s.Now())}, nil
}

// next is who waits at the next place (NotFound for a place that was left).
func (s *Service) next(ctx context.Context, m Mix) (Waiting, error) {
	for _, p := range m.Pending {
		if p.Kind == ToWait && p.Place == m.Head+1 {
			return s.join(ctx, access.System(), m.ID, p)
		}
	}
	list, err := s.Store.Waitings(ctx, WaitingQuery{City: m.City, Place: m.Head + 1, Limit: 1})
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "certify.next", "this certificate does not wait for the cap")
	}
	if err != nil {
		return Waiting{}, err
	}
	return list[0], nil
}

// due is the claim of who waits; why says what keeps the certificate from
// being issued now.
func (s *Service) due(ctx context.Context, w Waiting, at time.Time) (c claim, why Why, err error) {
	e, err := s.Exams.Enrolment(ctx, access.System(), w.Enrolment)
	if err != nil {
		return c, "", err
	}
	if e.Outcome != exam.Passed {
		return c, Unpassed, nil
	}
	if err := s.held(ctx, e); err != nil {
		return c, Barred, onlyRefused(err)
	}
	if c, err = s.claim(ctx, e, at); err != nil {
		return c, Unfiled, onlyRefused(err)
	}
	return c, "", nil
}

// onlyRefused is nil for a refusal, and any other error as it is.
func onlyRefused(err error) error {
	if fault.Is(err, fault.Refused) {
		return nil
	}
	return err
}

// IssueOne issues what was released: the handler of OneJob. A bar of the
// meantime holds it, with its number, until standing.RestoreJob.
func (s *Service) IssueOne(ctx context.Context, key string) error {
	const op = "certify.IssueOne"
	mix, enrolment, _ := strings.Cut(key, "/")
	m, err := s.Store.Mix(ctx, mix)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if p, ok := m.intent(ToIssue, enrolment); ok {
		if _, err := s.record(ctx, access.System(), mix, p); err != nil {
			return fault.Wrap(op, err)
		}
	}
	_, err = s.Issue(ctx, access.System(), enrolment)
	if fault.Is(err, fault.Refused) {
		s.Log.Info("certificate held", "enrolment", enrolment, "by", err)
		return nil
	}
	return fault.Wrap(op, err)
}

// settled is how old an intent is when somebody else than who made it looks
// after it.
const settledAfter = time.Minute

// SweepMixes goes on from what a process that ended has left in the mixes,
// lets queues go that a rule has freed from today, and counts what was issued
// before mixes were kept. Every instance does it now and then.
func (s *Service) SweepMixes(ctx context.Context) error {
	const op = "certify.SweepMixes"
	if err := s.countEarly(ctx); err != nil {
		return fault.Wrap(op, err)
	}
	list, err := s.Store.Mixes(ctx, MixQuery{Busy: true})
	if err != nil {
		return fault.Wrap(op, err)
	}
	var failed []error
	seen := map[string]bool{}
	for _, m := range list {
		failed = append(failed, s.tidy(ctx, m))
		if m.Queue() > 0 && !seen[m.City] {
			failed = append(failed, s.ReleaseQueue(ctx, m.City))
		}
		seen[m.City] = true
	}
	return fault.Wrap(op, errors.Join(failed...))
}

// tidy brings the old intents of a mix to their end and drops them.
func (s *Service) tidy(ctx context.Context, m Mix) error {
	before := s.Now().Add(-settledAfter)
	old := false
	for _, p := range m.Pending {
		old = old || p.At.Before(before)
	}
	if !old {
		return nil
	}
	if err := s.settle(ctx, m, before); err != nil {
		return err
	}
	return s.inMix(ctx, m.ID, func(_ context.Context, m *Mix, at time.Time) (audit.Entry, []outbox.Job, error) {
		if len(s.places.finished(*m)) == 0 {
			return audit.Entry{}, nil, errSame
		}
		return s.mixEntry(access.System(), *m, "mix:tidy", Intent{}, Limit{}, at), nil, nil
	})
}

// settle does what pending intents from before a moment announce; the zero time
// means all.
func (s *Service) settle(ctx context.Context, m Mix, before time.Time) error {
	var failed []error
	for _, p := range m.Pending {
		if !before.IsZero() && !p.At.Before(before) {
			continue
		}
		if err := s.fulfil(ctx, m.ID, p, before.IsZero()); err != nil {
			failed = append(failed, fmt.Errorf("%s of %s: %w", p.Kind, p.Enrolment, err))
		}
	}
	return errors.Join(failed...)
}

// fulfil does what one intent announces; hasty leaves the document of a
// certificate to whoever issues it.
func (s *Service) fulfil(ctx context.Context, mix string, p Intent, hasty bool) error {
	switch p.Kind {
	case ToWait:
		_, err := s.join(ctx, access.System(), mix, p)
		return err
	case ToReturn:
		return s.returned(ctx, mix, p)
	}
	c, err := s.record(ctx, access.System(), mix, p)
	if err != nil || hasty || c.State != Numbered {
		return err
	}
	_, err = s.Issue(ctx, access.System(), p.Enrolment)
	return onlyRefused(err)
}
