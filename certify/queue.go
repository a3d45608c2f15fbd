package certify

import (
	"context"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// Turn is somebody in the queue, with what is to be known of the turn (R06).
type Turn struct {
	Waiting
	Now    int   // place in the city's queue now, 1 being the next; 0 for who waits no more
	Ratio  Ratio // of the city
	Limit  Limit
	Others int  // the least number of other certificates after which it is issued
	Never  bool // no number would do: the cap is 0 %
}

// turn says when the turn of who waits comes, as the mix stands.
func (s *Service) turn(m Mix, w Waiting) Turn {
	t := Turn{Waiting: w, Ratio: m.Ratio(), Limit: s.limit(w.City, s.Now(), w.Track)}
	if w.State == InQueue && w.Place > m.Head {
		t.Now = w.Place - m.Head
		others, ok := t.Ratio.Frees(t.Now, t.Limit)
		t.Others, t.Never = others, !ok
	}
	return t
}

// latest is the city's mix of the latest year that has one, empty where none has.
func (s *Service) latest(ctx context.Context, city string) (Mix, error) {
	list, err := s.Store.Mixes(ctx, MixQuery{City: city, Limit: 1})
	if err != nil || len(list) == 0 {
		return Mix{City: city}, err
	}
	return list[0], nil
}

// Turn shows who waits how it stands: the candidate, the body, the bureau
// (certificate:own or certificate:read; NotFound for who does not wait).
func (s *Service) Turn(ctx context.Context, actor access.Actor, enrolment string) (Turn, error) {
	const op = "certify.Turn"
	w, err := s.Store.WaitingOf(ctx, enrolment)
	if err != nil {
		return Turn{}, fault.Wrap(op, err)
	}
	if err := s.Policy.Decide(actor, readAction(actor), w.Scope()); err != nil {
		return Turn{}, err
	}
	m, err := s.latest(ctx, w.City)
	return s.turn(m, w), fault.Wrap(op, err)
}

// readAction is what reading a certificate is called: candidates read their own.
func readAction(actor access.Actor) access.Action {
	if actor.Enrolment != "" {
		return "certificate:own"
	}
	return "certificate:read"
}

// QueueQuery selects of a city's queue what the actor may read.
type QueueQuery struct {
	City   string
	States []WaitingState // none: who waits now
	After  int            // place of the last one of the page before
	Limit  int            // 50 where it is 0
}

// Queue lists who waits for the cap in a city, the next first, as far as the
// actor may read them: of the own region or body (certificate:read). With the
// state Excepted it lists the exceptional releases.
func (s *Service) Queue(ctx context.Context, actor access.Actor, q QueueQuery) ([]Turn, error) {
	const op = "certify.Queue"
	want := q.Limit
	if want <= 0 {
		want = 50
	}
	if len(q.States) == 0 {
		q.States = []WaitingState{InQueue}
	}
	m, err := s.latest(ctx, q.City)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var mine []Turn
	for {
		page, err := s.Store.Waitings(ctx, WaitingQuery{City: q.City, States: q.States, After: q.After, Limit: want * 2})
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		for _, w := range page {
			if s.Policy.Decide(actor, "certificate:read", w.Scope()) == nil {
				if mine = append(mine, s.turn(m, w)); len(mine) == want {
					return mine, nil
				}
			}
		}
		if len(page) < want*2 {
			return mine, nil
		}
		q.After = page[len(page)-1].Place
	}
}

// WaitingOf lists who of a sitting waits, by place, to who may read its results.
func (s *Service) WaitingOf(ctx context.Context, actor access.Actor, sitting string) ([]Turn, error) {
	const op = "certify.WaitingOf"
	list, err := s.Store.Waitings(ctx, WaitingQuery{Sitting: sitting, States: []WaitingState{InQueue}})
	if err != nil || len(list) == 0 {
		return nil, fault.Wrap(op, err)
	}
	m, err := s.latest(ctx, list[0].City)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var mine []Turn
	for _, w := range list {
		if s.Policy.Decide(actor, "certificate:read", w.Scope()) == nil {
			mine = append(mine, s.turn(m, w))
		}
	}
	return mine, nil
}
