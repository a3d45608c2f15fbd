package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing/cases"
)

// laggingExam is the store of an instance that stands still once, right before
// a write, while something else happens.
type laggingExam struct {
	exam.Store
	before    func(*exam.Enrolment, *exam.Sitting) bool // one of them, as it is about to be stored
	meanwhile func()
}

func (s *laggingExam) lag(e *exam.Enrolment, sitting *exam.Sitting) {
	if s.meanwhile != nil && s.before(e, sitting) {
		do := s.meanwhile
		s.meanwhile = nil
		do()
	}
}

func (s *laggingExam) PutEnrolment(ctx context.Context, e *exam.Enrolment, entry audit.Entry) error {
	s.lag(e, nil)
	return s.Store.PutEnrolment(ctx, e, entry)
}

func (s *laggingExam) DropEnrolment(ctx context.Context, e exam.Enrolment, entry audit.Entry) error {
	s.lag(&e, nil)
	return s.Store.DropEnrolment(ctx, e, entry)
}

func (s *laggingExam) PutSitting(ctx context.Context, sitting *exam.Sitting, e audit.Entry, jobs ...outbox.Job) error {
	s.lag(nil, sitting)
	return s.Store.PutSitting(ctx, sitting, e, jobs...)
}

func aSeat(e *exam.Enrolment, _ *exam.Sitting) bool   { return e != nil && e.Seat > 0 }
func aRecord(e *exam.Enrolment, _ *exam.Sitting) bool { return e != nil }

// lags is another instance that stands still before a write, while something
// else is done and succeeds.
func (a *testApp) lags(t *testing.T, before func(*exam.Enrolment, *exam.Sitting) bool, meanwhile func() error) *testApp {
	t.Helper()
	slow := assemble(t, a.config, a.clock.now())
	done := false
	slow.exam.Store = &laggingExam{slow.store, before, func() {
		done = true
		if err := meanwhile(); err != nil {
			t.Error(err)
		}
	}}
	t.Cleanup(func() {
		if !done {
			t.Error("the other instance was never in between")
		}
	})
	return slow
}

// TestNoSeatIsGivenTwice has candidates come late to a staffed sitting on two
// instances at once, and on many goroutines of each.
func TestNoSeatIsGivenTwice(t *testing.T) {
	t.Parallel()
	for engine, begin := range map[string]func(*testing.T) *testApp{"embedded": newApp, "production": newProductionApp} {
		t.Run(engine, func(t *testing.T) {
			a := begin(t)
			sitting := a.accepted(t, 12)
			if err := a.arrange(t, sitting.ID, "invigilator1", "invigilator2"); err != nil {
				t.Fatal(err)
			}
			late := func(by *testApp) error {
				_, err := by.exam.Enrol(t.Context(), access.System(), sitting.ID, a.candidates(2))
				return err
			}
			slow := a.lags(t, aSeat, func() error { return late(a) })
			if err := late(slow); err != nil {
				t.Fatal(err)
			}
			if n := a.seats(t, sitting.ID); n != 16 {
				t.Errorf("%d seats", n)
			}
			const many = 6
			failed := make(chan error, many)
			for i := range many {
				rows := a.candidates(2)
				go func() {
					_, err := []*testApp{a, slow}[i%2].exam.Enrol(t.Context(), access.System(), sitting.ID, rows)
					failed <- err
				}()
			}
			for range many {
				if err := <-failed; err != nil {
					t.Error(err)
				}
			}
			if n := a.seats(t, sitting.ID); n != 16+2*many {
				t.Errorf("%d seats", n)
			}
		})
	}
}

// TestNobodyIsEnrolledPastAChange has a candidate added while the sitting is
// staffed, begins, or is noticed on another instance.
func TestNobodyIsEnrolledPastAChange(t *testing.T) {
	t.Parallel()
	t.Run("staffed", func(t *testing.T) {
		a := newApp(t)
		sitting := a.accepted(t, 12)
		slow := a.lags(t, aRecord, func() error { return a.arrange(t, sitting.ID, "invigilator1", "invigilator2") })
		if _, err := slow.exam.Enrol(t.Context(), access.System(), sitting.ID, a.candidates(1)); err != nil {
			t.Fatal(err)
		}
		if n := a.seats(t, sitting.ID); n != 13 {
			t.Errorf("%d seats", n)
		}
	})
	t.Run("begun", func(t *testing.T) {
		a := newApp(t)
		sitting := a.accepted(t, 12)
		if err := a.arrange(t, sitting.ID, "invigilator1", "invigilator2"); err != nil {
			t.Fatal(err)
		}
		a.clock.set(sitting.StartsAt.Add(-time.Hour))
		open := func() error {
			_, err := a.exam.OpenRoom(t.Context(), a.people["invigilator1"], sitting.ID, "第一考场")
			return err
		}
		slow := a.lags(t, aRecord, open)
		if _, err := slow.exam.Enrol(t.Context(), access.System(), sitting.ID, a.candidates(1)); !fault.Is(err, fault.Refused) {
			t.Errorf("into a running sitting: %v", err)
		}
		if n := a.seats(t, sitting.ID); n != 12 {
			t.Errorf("%d seats", n)
		}
	})
}

// TestWhoIsWritingIsNotWithdrawn has a room opened and a candidate begin right
// before another instance takes that candidate out: an attempt keeps its record.
func TestWhoIsWritingIsNotWithdrawn(t *testing.T) {
	for _, before := range []string{"mark", "drop"} {
		a := newApp(t)
		sitting := a.accepted(t, 12)
		if err := a.arrange(t, sitting.ID, "invigilator1", "invigilator2"); err != nil {
			t.Fatal(err)
		}
		a.clock.set(sitting.StartsAt)
		e := a.enrolled(t, sitting.ID)[0]
		began := 0
		slow := a.lags(t, func(next *exam.Enrolment, _ *exam.Sitting) bool {
			return next != nil && next.ID == e.ID && (before == "mark" || next.Leaving && next.Version == e.Version+1)
		}, func() error {
			opened, err := a.exam.OpenRoom(t.Context(), a.people["invigilator1"], sitting.ID, "第一考场")
			if err == nil {
				began = a.candidate(t, opened, e).post("/api/v1/attempts", struct{}{}).status
			}
			return err
		})
		err := slow.exam.Withdraw(t.Context(), access.System(), e.ID)
		_, gone := a.store.Enrolment(t.Context(), e.ID)
		_, none := a.store.Attempt(t.Context(), e.ID)
		if begun := none == nil; begun != (began == http.StatusOK) || begun != (gone == nil) || begun != (err != nil) {
			t.Errorf("before the %s: the start said %d, the withdrawal %v; record: %v, attempt: %v", before, began, err, gone, none)
		}
	}
}

// TestBodiesThatStaffAtOnceShareNoSeat has the second body's cohort seated at
// the very moment at which the first one's is (R14), either before the other.
func TestBodiesThatStaffAtOnceShareNoSeat(t *testing.T) {
	t.Parallel()
	for _, hostLags := range []bool{false, true} {
		a := newApp(t)
		host := a.accepted(t, 12)
		guest := a.guestOf(t)
		joined := a.joined(t, guest, host, 8)
		staffHost := func(by *testApp) error { return by.arrange(t, host.ID, "invigilator1", "invigilator2") }
		staffGuest := func(by *testApp) error {
			d := *guest
			d.app = by.app
			return d.arrange(t, joined.ID, "invigilator1", "invigilator2")
		}
		slow, fast := staffGuest, staffHost
		if hostLags {
			slow, fast = staffHost, staffGuest
		}
		if err := slow(a.lags(t, aSeat, func() error { return fast(a) })); err != nil {
			t.Fatal(err)
		}
		if n := a.seats(t, host.ID, joined.ID); n != 20 {
			t.Errorf("%d seats", n)
		}
	}
}

// joined is an accepted sitting of a guest in a host's rooms.
func (a *testApp) joined(t *testing.T, guest *demoSeed, host exam.Sitting, candidates int) exam.Sitting {
	t.Helper()
	sitting := a.noticedGuest(t, guest, host, candidates)
	sitting, err := a.exam.Accept(t.Context(), a.people["officer"], sitting.ID)
	if err != nil {
		t.Fatal(err)
	}
	return sitting
}

func (a *testApp) noticedGuest(t *testing.T, guest *demoSeed, host exam.Sitting, candidates int) exam.Sitting {
	t.Helper()
	sitting, err := a.exam.Draft(t.Context(), access.System(), exam.Draft{
		Body: guest.body.ID, Site: guest.body.Sites[0].ID, Trade: demoTrade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: host.StartsAt, Joint: host.ID,
	})
	if err == nil {
		_, err = a.exam.Enrol(t.Context(), access.System(), sitting.ID, guest.candidates(candidates))
	}
	if err == nil {
		sitting, err = a.exam.Notify(t.Context(), access.System(), sitting.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return sitting
}

// TestGuestsThatAreAcceptedAtOnceFitTogether has two cohorts accepted at one
// moment, each of which would fit alone.
func TestGuestsThatAreAcceptedAtOnceFitTogether(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	host := a.accepted(t, 12)
	guest := a.guestOf(t)
	one, two := a.noticedGuest(t, guest, host, 20), a.noticedGuest(t, guest, host, 20)
	accept := func(by *testApp, sitting exam.Sitting) error {
		_, err := by.exam.Accept(t.Context(), a.people["officer"], sitting.ID)
		return err
	}
	welcomes := func(_ *exam.Enrolment, s *exam.Sitting) bool { return s != nil && s.ID == host.ID }
	slow := a.lags(t, welcomes, func() error { return accept(a, one) })
	if err := accept(slow, two); !fault.Is(err, fault.Refused) {
		t.Errorf("52 candidates for 40 seats: %v", err)
	}
	if stored, err := a.store.Sitting(t.Context(), two.ID); err != nil || stored.State != exam.Notified {
		t.Error(stored.State, err)
	}
}

// TestAVoidRecordIsNotPublishedAsPassed has a case void a record while the
// results are being published on another instance.
func TestAVoidRecordIsNotPublishedAsPassed(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 2)
	for _, e := range list {
		if err := a.sit(t.Context(), e, 95, sitting.StartsAt.Add(40*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if err := a.scorePractical(t.Context(), e, 95); err != nil {
			t.Fatal(err)
		}
	}
	a.clock.set(sitting.StartsAt.Add(3 * time.Hour))
	if err := a.exam.Close(t.Context(), a.people["invigilator1"], sitting.ID, true); err != nil {
		t.Fatal(err)
	}
	concludes := func(e *exam.Enrolment, _ *exam.Sitting) bool { return e != nil && e.ID == list[0].ID }
	void := func(part cases.Part) func() error {
		return func() error { return a.exam.Void(t.Context(), list[0].ID, part, "case-"+string(part)) }
	}
	slow := a.lags(t, concludes, void(cases.Theory))
	if _, err := slow.exam.Publish(t.Context(), a.people["scheduler"], sitting.ID); err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]exam.Outcome{}
	for _, e := range a.enrolled(t, sitting.ID) {
		outcomes[e.ID] = e.Outcome
	}
	if outcomes[list[0].ID] != exam.Failed || outcomes[list[1].ID] != exam.Passed {
		t.Error(outcomes)
	}
}
