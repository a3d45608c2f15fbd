package exam

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the two formats of photos
	_ "image/png"
	"slices"
	"strings"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// idPurpose is what ID numbers are sealed and hashed for.
const idPurpose = "id-number"

// Row is one candidate of an import. Number is the row as the sheet shows it, 0 by hand.
type Row struct {
	Number   int
	Name     string
	IDNumber string
	Evidence *Evidence // of the training course, nil where the row says nothing of it
}

// Enrolled is the report of an import: how many came in, for how many who were
// in it already evidence was kept, and every other row with its reason.
type Enrolled struct {
	Added   int
	Updated int
	Issues  []fault.Issue
}

// Enrol adds candidates to a sitting before it starts (enrolment:import). Good
// rows come in and bad ones are named; a candidate who is in the sitting
// already is a named row, so that an import can be sent again; evidence of the
// row is kept then (evidence:import).
func (s *Service) Enrol(ctx context.Context, actor access.Actor, id string, rows []Row) (Enrolled, error) {
	const op = "exam.Enrol"
	sitting, err := s.sittingFor(ctx, actor, "enrolment:import", id)
	if err != nil {
		return Enrolled{}, err
	}
	if err := sitting.in(op, Drafted, Returned, Accepted, Staffed, Sealed); err != nil {
		return Enrolled{}, err
	}
	if err := s.within(ctx, standing.ToEnrol, sitting, sitting.StartsAt); err != nil {
		return Enrolled{}, err
	}
	if slices.ContainsFunc(rows, func(row Row) bool { return row.Evidence != nil }) {
		if err := s.Policy.Decide(actor, "evidence:import", sitting.Scope()); err != nil {
			return Enrolled{}, err
		}
	}
	var report Enrolled
	var added []string
	first := map[IDNumber]int{}
	for _, row := range rows {
		e, number, issue := s.check(sitting, row)
		if earlier, twice := first[number]; issue == nil && twice {
			issue = &fault.Issue{Row: row.Number, Column: "证件号码", Text: fault.Textf("the same ID number stands in row %d", earlier)}
		}
		if issue == nil {
			first[number] = row.Number
			if wrong := s.checkEvidence(row); len(wrong) > 0 {
				report.Issues = append(report.Issues, wrong...)
				continue
			}
			issue, err = s.enrol(ctx, actor, sitting, &e, number, row)
		}
		if errors.Is(err, errEnrolled) && row.Evidence != nil {
			if err = s.addEvidence(ctx, actor, sitting, e.IDHash, *row.Evidence); err == nil {
				report.Updated++
				continue
			}
		}
		if errors.Is(err, errEnrolled) {
			issue, err = &fault.Issue{Row: row.Number, Column: "证件号码", Text: fault.Textf("this candidate is enrolled in the sitting already")}, nil
		}
		if err != nil {
			return report, fault.Wrap(op, err)
		}
		if issue != nil {
			report.Issues = append(report.Issues, *issue)
			continue
		}
		report.Added++
		added = append(added, e.ID)
	}
	return report, fault.Wrap(op, s.settleEnrolled(ctx, op, actor, id, added))
}

// settleEnrolled looks at the sitting again after candidates were added. One
// that was staffed meanwhile may have missed them: they get their seats. One that takes no candidates any
// more may have gone on without them: they leave it again (Refused).
func (s *Service) settleEnrolled(ctx context.Context, op string, actor access.Actor, id string, added []string) error {
	sitting, err := s.Store.Sitting(ctx, id)
	if err != nil {
		return err
	}
	if slices.Contains(prepared, sitting.State) {
		return s.giveSeats(ctx, actor, sitting)
	}
	refusal := sitting.in(op, Drafted, Returned, Accepted)
	if refusal == nil {
		return nil
	}
	for _, e := range added {
		if err := s.drop(ctx, actor, e); err != nil {
			return err
		}
	}
	return refusal
}

// drop takes a record out, whoever has changed it meanwhile.
func (s *Service) drop(ctx context.Context, actor access.Actor, id string) error {
	return fault.Retry(func() error {
		e, err := s.Store.Enrolment(ctx, id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.Store.DropEnrolment(ctx, e, s.entry(actor, e.Sitting, "enrolment/"+e.ID, "enrolment:withdraw"))
	})
}

// check reads a row; its issue names what is wrong with it.
func (s *Service) check(sitting Sitting, row Row) (Enrolment, IDNumber, *fault.Issue) {
	issue := func(column string, text fault.Text, rule string) *fault.Issue {
		return &fault.Issue{Row: row.Number, Column: column, Text: text, Rule: rule}
	}
	name := strings.TrimSpace(row.Name)
	if n := len([]rune(name)); n == 0 || n > 40 {
		return Enrolment{}, "", issue("姓名", fault.Textf("a name has 1 to 40 characters"), "")
	}
	number, err := ParseIDNumber(row.IDNumber, s.Now())
	if err != nil {
		return Enrolment{}, "", issue("证件号码", err.(*fault.Error).Message, "")
	}
	if age, ok := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "youngest_candidate"); ok && number.AgeOn(sitting.StartsAt) < age.Int() {
		return Enrolment{}, "", issue("证件号码", fault.Textf("the candidate is %d on the day of the examination, the least age is %d", number.AgeOn(sitting.StartsAt), age.Int()), age.Rule)
	}
	return Enrolment{Name: name}, number, nil
}

func (s *Service) enrol(ctx context.Context, actor access.Actor, sitting Sitting, e *Enrolment, number IDNumber, row Row) (*fault.Issue, error) {
	serial, err := s.Store.Next(ctx, "ticket/"+sitting.ID)
	if err != nil {
		return nil, err
	}
	year := sitting.StartsAt.In(rulebook.Shanghai).Year() % 100
	e.ID = ulid.Make().String()
	e.Sitting, e.Body, e.Region = sitting.ID, sitting.Body, sitting.Region
	e.Ticket = fmt.Sprintf("%s%02d%03d%04d", sitting.Region, year, sitting.Serial, serial)
	e.IDSealed = s.Vault.Seal(idPurpose, string(number))
	e.IDHash = s.Vault.Hash(idPurpose, string(number))
	e.IDMasked = number.Masked()
	if barred := s.Gate.Clear(ctx, standing.ToEnrol, standing.PersonParty(e.IDHash)); barred != nil {
		var refused *fault.Error
		if !errors.As(barred, &refused) || refused.Rule == nil {
			return nil, barred
		}
		return &fault.Issue{Row: row.Number, Column: "证件号码", Text: refused.Message, Rule: refused.Rule.ID}, nil
	}
	if row.Evidence != nil {
		evidence := *row.Evidence
		evidence.By, evidence.At = actor.ID, s.Now()
		e.Evidence = &evidence
	}
	err = s.Store.PutEnrolment(ctx, e, s.entry(actor, sitting.ID, "enrolment/"+e.ID, "enrolment:add"))
	if fault.Is(err, fault.Conflict) {
		return nil, errEnrolled
	}
	return nil, err
}

// errEnrolled says that a person is in the sitting already.
var errEnrolled = errors.New("enrolled already")

// checkEvidence names what cannot be of a row's evidence.
func (s *Service) checkEvidence(row Row) []fault.Issue {
	if row.Evidence == nil {
		return nil
	}
	issues := row.Evidence.check(s)
	for i := range issues {
		issues[i].Row = row.Number
	}
	return issues
}

// addEvidence keeps evidence of who is in the sitting already.
func (s *Service) addEvidence(ctx context.Context, actor access.Actor, sitting Sitting, person string, evidence Evidence) error {
	list, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: sitting.ID, Person: person})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errEnrolled // withdrawn this moment: the row is named, and can be sent again
	}
	_, err = s.SetEvidence(ctx, actor, list[0].ID, evidence)
	return err
}

// Withdraw takes a candidate out of a sitting before it starts. First the record
// says so and the sitting is looked at again: from then on either no attempt of
// the candidate begins, or the room was open already and the candidate stays.
func (s *Service) Withdraw(ctx context.Context, actor access.Actor, id string) error {
	const op = "exam.Withdraw"
	e, err := s.Store.Enrolment(ctx, id)
	if err != nil {
		return fault.Wrap(op, err)
	}
	sitting, err := s.sittingFor(ctx, actor, "enrolment:import", e.Sitting)
	if err != nil {
		return err
	}
	if err := sitting.in(op, Drafted, Returned, Accepted, Staffed, Sealed); err != nil {
		return err
	}
	mark := func(leaving bool, what string) error {
		return s.changeEnrolment(ctx, id, func(e *Enrolment) (audit.Entry, error) {
			e.Leaving = leaving
			return s.entry(actor, e.Sitting, "enrolment/"+id, what), nil
		})
	}
	if err := mark(true, "enrolment:leave"); err != nil {
		return fault.Wrap(op, err)
	}
	if sitting, err = s.Store.Sitting(ctx, e.Sitting); err != nil {
		return fault.Wrap(op, err)
	}
	if begun := sitting.in(op, Drafted, Returned, Accepted, Staffed, Sealed); begun != nil {
		return errors.Join(begun, mark(false, "enrolment:stay"))
	}
	return fault.Wrap(op, s.drop(ctx, actor, id))
}

// The largest photo, in bytes and in pixels of a side.
const (
	photoMost     = 512 << 10
	photoSideMost = 4000
)

// SetPhoto keeps a candidate's photo for the certificate (Invalid unless a
// JPEG or PNG of at most 512 KiB).
func (s *Service) SetPhoto(ctx context.Context, actor access.Actor, id string, content []byte) error {
	const op = "exam.SetPhoto"
	shape, kind, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || len(content) > photoMost || max(shape.Width, shape.Height) > photoSideMost {
		return fault.New(fault.Invalid, op, "a photo is a JPEG or PNG file of at most %d KiB", photoMost>>10)
	}
	e, err := s.Store.Enrolment(ctx, id)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.Policy.Decide(actor, "enrolment:import", e.Scope()); err != nil {
		return err
	}
	key := "photos/" + id + "/" + audit.Digest(content)
	if _, err := s.Documents.Put(ctx, key, content, "image/"+kind); err != nil {
		return fault.Wrap(op, err)
	}
	return s.changeEnrolment(ctx, id, func(e *Enrolment) (audit.Entry, error) {
		e.Photo = key
		return s.entry(actor, e.Sitting, "enrolment/"+id, "enrolment:photo"), nil
	})
}

// Enrolments lists a sitting's candidates in ticket order (enrolment:read, or
// room:supervise for the room's staff).
func (s *Service) Enrolments(ctx context.Context, actor access.Actor, q EnrolmentQuery) (list []Enrolment, total int, err error) {
	const op = "exam.Enrolments"
	if _, err := s.sittingFor(ctx, actor, "enrolment:read", q.Sitting); err != nil {
		return nil, 0, err
	}
	if list, err = s.Store.Enrolments(ctx, q); err != nil {
		return nil, 0, fault.Wrap(op, err)
	}
	total, err = s.Store.CountEnrolments(ctx, q)
	return list, total, fault.Wrap(op, err)
}

// Enrolment shows one record (enrolment:read, or the candidate's own).
func (s *Service) Enrolment(ctx context.Context, actor access.Actor, id string) (Enrolment, error) {
	e, err := s.Store.Enrolment(ctx, id)
	if err != nil {
		return Enrolment{}, fault.Wrap("exam.Enrolment", err)
	}
	if actor.Enrolment == id {
		return e, s.Policy.Decide(actor, "result:own", e.Scope())
	}
	return e, s.Policy.Decide(actor, "enrolment:read", e.Scope())
}

// changeEnrolment changes and stores a record, again if somebody else was faster.
func (s *Service) changeEnrolment(ctx context.Context, id string, change func(*Enrolment) (audit.Entry, error)) error {
	return fault.Retry(func() error {
		e, err := s.Store.Enrolment(ctx, id)
		if err != nil {
			return err
		}
		entry, err := change(&e)
		if err != nil {
			return err
		}
		return s.Store.PutEnrolment(ctx, &e, entry)
	})
}

// IDNumber opens the sealed ID number of a record, for the certificate.
func (s *Service) IDNumber(e Enrolment) (IDNumber, error) {
	text, err := s.Vault.Open(idPurpose, e.IDSealed)
	return IDNumber(text), err
}
