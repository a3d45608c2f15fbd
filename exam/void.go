package exam

import (
	"context"
	"slices"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing/cases"
)

// Voidance is a decision that a record, or one part of it, does not count (R43).
type Voidance struct {
	Case string
	Part cases.Part // "" for the whole record
	At   time.Time
	// Undone is when the decision was undone, zero while it holds. What was undone
	// stays here, so that an instance that wakes up late does not do it again.
	Undone time.Time
}

// voided reports whether a part of the record is void by itself.
func (e Enrolment) voided(part cases.Part) bool {
	return slices.ContainsFunc(e.Voids, func(v Voidance) bool { return v.Part == part && v.Undone.IsZero() })
}

// VoidedBy is the last decision by which the record, or a part of it, is void now,
// "" for none.
func (e Enrolment) VoidedBy() (decision string) {
	for _, v := range e.Voids {
		if v.Undone.IsZero() {
			decision = v.Case
		}
	}
	return decision
}

// Void voids a record, or one part of it, by a case that is decided. A result
// that was published follows. Doing it again changes nothing.
func (s *Service) Void(ctx context.Context, enrolment string, part cases.Part, decision string) error {
	return fault.Wrap("exam.Void", s.revoid(ctx, enrolment, "result:void", decision, func(e *Enrolment) bool {
		if slices.ContainsFunc(e.Voids, func(v Voidance) bool { return v.Case == decision }) {
			return false
		}
		e.Voids = append(slices.Clip(e.Voids), Voidance{Case: decision, Part: part, At: s.Now()})
		return true
	}))
}

// Restore takes back what a case voided, when the decision is undone.
func (s *Service) Restore(ctx context.Context, enrolment, decision string) error {
	return fault.Wrap("exam.Restore", s.revoid(ctx, enrolment, "result:restore", decision, func(e *Enrolment) bool {
		at := slices.IndexFunc(e.Voids, func(v Voidance) bool { return v.Case == decision && v.Undone.IsZero() })
		if at < 0 {
			return false
		}
		e.Voids = slices.Clone(e.Voids)
		e.Voids[at].Undone = s.Now()
		return true
	}))
}

// revoid changes what is void of a record, and its outcome with it: a sitting
// that was ended stays void, one that is not published has no outcome yet.
func (s *Service) revoid(ctx context.Context, enrolment, what, decision string, change func(*Enrolment) bool) error {
	return fault.Retry(func() error {
		e, err := s.Store.Enrolment(ctx, enrolment)
		if err != nil || !change(&e) {
			return err
		}
		sitting, err := s.Store.Sitting(ctx, e.Sitting)
		if err != nil {
			return err
		}
		switch sitting.State {
		case Publicised, Confirmed:
			theory, practical, err := s.marks(ctx, sitting)
			if err != nil {
				return err
			}
			e.Outcome = Conclude(e, theory, practical)
		case Voided:
		default:
			e.Outcome = ""
			if e.voided("") {
				e.Outcome = Void
			}
		}
		entry := s.entry(access.System(), e.Sitting, "enrolment/"+e.ID, what)
		entry.Rule, entry.Note = "R43", "case="+decision
		return s.Store.PutEnrolment(ctx, &e, entry)
	})
}

// Person reads an ID number as cases know people (Invalid).
func (s *Service) Person(number string) (cases.Person, error) {
	hash, masked, err := s.Identify(number)
	return cases.Person{Hash: hash, Masked: masked}, err
}

// Record finds a candidate's record for a case (NotFound).
func (s *Service) Record(ctx context.Context, enrolment string) (cases.Record, error) {
	const op = "exam.Record"
	e, err := s.Store.Enrolment(ctx, enrolment)
	if err != nil {
		return cases.Record{}, fault.Wrap(op, err)
	}
	sitting, err := s.Store.Sitting(ctx, e.Sitting)
	return cases.Record{
		Person: cases.Person{Hash: e.IDHash, Masked: e.IDMasked, Name: e.Name}, Enrolment: e.ID,
		Sitting: e.Sitting, Title: sitting.Title, Body: e.Body, Region: e.Region,
	}, fault.Wrap(op, err)
}

// Place finds where a sitting belongs (NotFound).
func (s *Service) Place(ctx context.Context, sitting string) (region, body, title string, err error) {
	found, err := s.Store.Sitting(ctx, sitting)
	return found.Region, found.Body, found.Title, fault.Wrap("exam.Place", err)
}

// Touched counts what a body has under way, for who decides about the body.
func (s *Service) Touched(ctx context.Context, body string) (cases.Touched, error) {
	const op = "exam.Touched"
	var t cases.Touched
	list, err := s.Store.Sittings(ctx, SittingQuery{Body: body, States: []State{Drafted, Returned, Notified, Accepted, Staffed, Sealed, Unsealed, Running, Closed, Marked, Publicised}})
	if err != nil {
		return t, fault.Wrap(op, err)
	}
	for _, sitting := range list {
		n, err := s.Store.CountEnrolments(ctx, EnrolmentQuery{Sitting: sitting.ID})
		if err != nil {
			return t, fault.Wrap(op, err)
		}
		t.Candidates += n
		switch sitting.State {
		case Running:
			t.Running++
		case Closed, Marked, Publicised:
			t.Held++
		default:
			t.Coming++
		}
	}
	return t, nil
}
