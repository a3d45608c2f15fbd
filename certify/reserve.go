package certify

import (
	"context"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// claim is what a certificate asks a place for.
type claim struct {
	enrolment exam.Enrolment
	sitting   exam.Sitting
	series    func(at time.Time) (Series, error)
	excepted  bool
}

// want is the intent that the claim asks for at a moment.
func (c claim) want(at time.Time) (Intent, error) {
	series, err := c.series(at)
	return Intent{
		Enrolment: c.enrolment.ID, At: at, Person: c.enrolment.IDHash, Series: series, Excepted: c.excepted,
		Counted: Cell{Month: at.In(rulebook.Shanghai).Month(), County: c.sitting.Region, Track: c.sitting.Track, Level: c.sitting.Level, N: 1},
	}, err
}

// reserve gives a claim its place in the mix: counted, or waiting (R06). Asked
// again it says the same: what is pending, what was issued, or what waits.
// Where a certificate counts already the intent has no kind.
func (s *Service) reserve(ctx context.Context, actor access.Actor, c claim) (mix string, held Intent, err error) {
	id := c.enrolment.ID
	err = s.inCity(ctx, s.Book.City(c.sitting.Region), func(ctx context.Context, m *Mix, at time.Time) (e audit.Entry, jobs []outbox.Job, err error) {
		mix = m.ID
		var ok bool
		if held, ok = m.intent(ToIssue, id); ok {
			return e, nil, errSame
		}
		old, err := s.counts(ctx, id)
		if err != nil {
			return e, nil, err
		}
		var w Waiting
		if Capped(c.sitting.Track) {
			if w, err = s.Store.WaitingOf(ctx, id); err != nil && !fault.Is(err, fault.NotFound) {
				return e, nil, err
			}
		}
		// A place that is recorded may have been left since, whatever is pending.
		if held, ok = m.intent(ToWait, id); ok && held.Place > w.Place {
			return e, nil, errSame
		}
		if held = (Intent{Kind: ToWait, Enrolment: id, Place: w.Place}); w.State == InQueue && w.Place > m.Head {
			return e, nil, errSame
		}
		c.excepted = w.State == Excepted && !old // what is reinstated waits like the others
		want, err := c.want(at)
		if err != nil {
			return e, nil, err
		}
		if err := s.people(ctx, *m, &want); err != nil {
			return e, nil, err
		}
		limit := s.limit(m.City, at, want.Counted.Track)
		held = m.reserve(want, limit)
		what := "mix:count"
		switch {
		case held.Kind == ToWait:
			what = "mix:wait"
		case held.Excepted:
			what = "mix:except"
		}
		return s.mixEntry(actor, *m, what, held, limit, at), nil, nil
	})
	return mix, held, err
}

// counts says errSame where the enrolment has a certificate that counts, and
// whether it has one that counts no more.
func (s *Service) counts(ctx context.Context, enrolment string) (old bool, err error) {
	c, err := s.Store.CertificateOf(ctx, enrolment)
	switch {
	case fault.Is(err, fault.NotFound):
		return false, nil
	case err == nil && !c.Counted.Returned:
		return false, errSame
	}
	return true, err
}

// people decides whether the certificate is the holder's first of city and year
// that makes a skilled or a highly skilled worker (R53). What is issued to the
// same person right now is pending in the mix, and what was is stored.
func (s *Service) people(ctx context.Context, m Mix, want *Intent) error {
	c := &want.Counted
	if !skilled(c.Track, c.Level) || want.Person == "" {
		return nil
	}
	c.Skilled = 1
	if high(c.Track, c.Level) {
		c.High = 1
	}
	for _, p := range m.Pending {
		if p.Kind == ToIssue && p.Person == want.Person && p.Enrolment != want.Enrolment {
			c.Skilled, c.High = c.Skilled&^p.Counted.Skilled, c.High&^p.Counted.High
		}
	}
	list, err := s.Store.Certificates(ctx, Query{Person: want.Person})
	if err != nil {
		return err
	}
	for _, other := range list {
		if n := other.Counted; n.Mix == m.ID && !n.Returned && other.Enrolment != want.Enrolment {
			if n.Skilled {
				c.Skilled = 0
			}
			if n.High {
				c.High = 0
			}
		}
	}
	return nil
}

// oneJob issues what was released.
func oneJob(mix string, p Intent, due time.Time) outbox.Job {
	return outbox.Job{ID: OneJob + ":" + mix + ":" + p.Enrolment, Kind: OneJob, Key: mix + "/" + p.Enrolment, Due: due}
}

// record stores what an intent announces, once: the certificate with its
// number, or its being valid again. Whoever finds the intent may do it.
func (s *Service) record(ctx context.Context, actor access.Actor, mix string, p Intent) (Certificate, error) {
	c, err := s.Store.CertificateOf(ctx, p.Enrolment)
	counted := Counted{Mix: mix, Month: p.Counted.Month, Skilled: p.Counted.Skilled > 0, High: p.Counted.High > 0}
	switch {
	case fault.Is(err, fault.NotFound):
		c, err = s.first(ctx, actor, p, counted)
	case err == nil && c.Counted.Returned:
		c, err = s.again(ctx, actor, c, counted)
	}
	if err != nil {
		return c, err
	}
	if p.Place > 0 || p.Excepted {
		if err := s.leave(ctx, actor, p.Enrolment, Released, ""); err != nil {
			return c, err
		}
	}
	s.places.finish(mix, p)
	return c, nil
}

// first records a certificate with its number.
func (s *Service) first(ctx context.Context, actor access.Actor, p Intent, counted Counted) (Certificate, error) {
	e, err := s.Exams.Enrolment(ctx, access.System(), p.Enrolment)
	if err != nil {
		return Certificate{}, err
	}
	sitting, err := s.Exams.Sitting(ctx, access.System(), e.Sitting)
	if err != nil {
		return Certificate{}, err
	}
	trade, err := s.Book.Trade(sitting.Trade)
	if err != nil {
		return Certificate{}, err
	}
	body, err := s.Bodies.Body(ctx, sitting.Body)
	if err != nil {
		return Certificate{}, err
	}
	serial, err := s.Store.Next(ctx, p.Series.counter())
	if err != nil {
		return Certificate{}, err
	}
	number, err := p.Series.Number(serial)
	if err != nil {
		return Certificate{}, err
	}
	c := Certificate{
		Number: number, Enrolment: e.ID, Sitting: sitting.ID, Body: body.ID, BodyName: body.Name, Region: sitting.Region,
		Track: sitting.Track, Trade: trade.Code, TradeName: trade.Name, Level: sitting.Level,
		Name: e.Name, IDSealed: e.IDSealed, IDMasked: e.IDMasked, Person: e.IDHash, IssuedOn: p.At, State: Numbered,
		Document: DocumentPrefix + number + ".pdf", Counted: counted,
	}
	entry := s.entry(actor, number, "certificate:number")
	entry.Rule = p.Series.rule().ID
	err = s.Store.PutCertificate(ctx, &c, entry)
	if fault.Is(err, fault.Conflict) { // somebody else issues it right now
		return s.Store.CertificateOf(ctx, e.ID)
	}
	return c, err
}

// again makes a revoked certificate valid that has a place once more.
func (s *Service) again(ctx context.Context, actor access.Actor, c Certificate, counted Counted) (Certificate, error) {
	if c.State = Issued; c.SHA256 == "" {
		c.State = Numbered
	}
	by := c.RevokedBy
	c.RevokedAt, c.RevokedBy, c.Counted = time.Time{}, "", counted
	entry := s.entry(actor, c.Number, "certificate:reinstate")
	entry.Note = "by=" + by
	err := s.Store.PutCertificate(ctx, &c, entry)
	if fault.Is(err, fault.Conflict) {
		return s.Store.Certificate(ctx, c.Number)
	}
	return c, err
}

// join records who waits, for an intent to wait.
func (s *Service) join(ctx context.Context, actor access.Actor, mix string, p Intent) (Waiting, error) {
	e, err := s.Exams.Enrolment(ctx, access.System(), p.Enrolment)
	if err != nil {
		return Waiting{}, err
	}
	sitting, err := s.Exams.Sitting(ctx, access.System(), e.Sitting)
	if err != nil {
		return Waiting{}, err
	}
	city, year, err := parseMixID(mix)
	if err != nil {
		return Waiting{}, err
	}
	var w Waiting
	err = fault.Retry(func() error {
		old, err := s.Store.WaitingOf(ctx, e.ID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if old.Place >= p.Place { // it is recorded, or has joined anew since
			w = old
			return nil
		}
		w = Waiting{
			Enrolment: e.ID, Version: old.Version, City: city, County: sitting.Region, Year: year, Place: p.Place,
			Track: sitting.Track, Level: sitting.Level, Trade: sitting.Trade, Body: sitting.Body, BodyName: sitting.BodyName, Sitting: sitting.ID,
			Name: e.Name, Since: p.At, State: InQueue,
		}
		return s.Store.PutWaiting(ctx, &w, s.waitingEntry(actor, w, "certificate:wait"))
	})
	if err == nil {
		s.places.finish(mix, p)
	}
	return w, err
}

// leave ends the waiting of an enrolment, where it waits.
func (s *Service) leave(ctx context.Context, actor access.Actor, enrolment string, to WaitingState, why Why) error {
	return fault.Retry(func() error {
		w, err := s.Store.WaitingOf(ctx, enrolment)
		if fault.Is(err, fault.NotFound) || err == nil && (w.State == to || w.State == Excepted || to == Withdrawn && w.State != InQueue) {
			return nil
		}
		if err != nil {
			return err
		}
		w.State, w.Until, w.Why = to, s.Now(), why
		what := "certificate:release"
		if to == Withdrawn {
			what = "certificate:withdraw"
		}
		return s.Store.PutWaiting(ctx, &w, s.waitingEntry(actor, w, what))
	})
}

func (s *Service) waitingEntry(actor access.Actor, w Waiting, what string) audit.Entry {
	return audit.Entry{
		Stream: "sitting/" + w.Sitting, At: s.Now(), Who: actor.ID, What: what, Rule: "R06",
		Note: waitingNote(w), Rules: s.Book.Hash(),
	}
}
