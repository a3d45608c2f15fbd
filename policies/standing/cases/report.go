package cases

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// The longest texts of a case, in characters.
const (
	TitleMost = 60
	TextMost  = 4000
)

// Report is what somebody reports. The party is named by one of Body,
// Enrolment, IDNumber with Name, and Platform, or not at all.
type Report struct {
	Region    string // of the bureau that handles it; taken from body, sitting or record where they are given
	Sitting   string
	Body      string // id of the body that it is about
	Enrolment string // of the candidate that it is about
	IDNumber  string // of the person that it is about
	Name      string // of that person
	Platform  string // name of the training platform that it is about
	Title     string
	Text      string
	Happened  time.Time // day of the breach; zero: today
	Finding   string
}

// Report opens a case (case:report where it happened; Invalid names the field).
func (s *Service) Report(ctx context.Context, actor access.Actor, in Report) (Case, error) {
	const op = "cases.Report"
	c := Case{ID: ulid.Make().String(), Kind: Violation, Reporter: actor.ID, Source: sourceOf(actor)}
	where, err := s.locate(ctx, &c, in)
	if err != nil {
		return Case{}, fault.Wrap(op, err)
	}
	if err := s.Policy.Decide(actor, "case:report", where); err != nil {
		return Case{}, err
	}
	if err := s.describe(&c, in); err != nil {
		return Case{}, err
	}
	return c, fault.Wrap(op, s.open(ctx, actor, &c, in.Text))
}

// sourceOf is the role in which an actor reports: the first of these held.
func sourceOf(actor access.Actor) Source {
	for _, s := range []struct {
		role   access.Role
		source Source
	}{{access.Inspector, ByInspector}, {access.Supervisor, BySupervisor}, {access.Invigilator, ByInvigilator}, {access.Scheduler, ByScheduler}} {
		if actor.Has(s.role) {
			return s.source
		}
	}
	return ByOfficer
}

// locate finds whom a report is about and where it happened.
func (s *Service) locate(ctx context.Context, c *Case, in Report) (where access.Scope, err error) {
	c.Region, c.Sitting, c.Finding = in.Region, in.Sitting, in.Finding
	if in.Sitting != "" {
		if c.Region, c.Body, _, err = s.Exams.Place(ctx, in.Sitting); err != nil {
			return where, err
		}
	}
	if err := s.identify(ctx, c, in); err != nil {
		return where, err
	}
	if _, err = s.Book.Region(c.Region); err != nil || c.Region == rulebook.Nation {
		return where, fault.New(fault.Invalid, "cases.Report", "the report is incomplete").
			With(fault.Issue{Column: "region", Text: fault.Textf("choose the region whose bureau handles it")})
	}
	return access.Scope{Region: c.Region, Body: c.Body}, nil
}

// describe reads what a report says (Invalid names each field).
func (s *Service) describe(c *Case, in Report) error {
	var issues []fault.Issue
	wrong := func(ok bool, column, format string, args ...any) {
		if !ok {
			issues = append(issues, fault.Issue{Column: column, Text: fault.Textf(format, args...)})
		}
	}
	now, text := s.Now(), strings.TrimSpace(in.Text)
	c.Title, c.Found, c.Happened = strings.TrimSpace(in.Title), now, in.Happened
	if c.Happened.IsZero() {
		c.Happened = rulebook.Day(now)
	}
	wrong(c.Title != "" && utf8.RuneCountInString(c.Title) <= TitleMost, "title", "say in at most %d characters what happened", TitleMost)
	wrong(text != "" && utf8.RuneCountInString(text) <= TextMost, "text", "describe it in at most %d characters", TextMost)
	wrong(!c.Happened.After(now), "happened", "the day of the breach is not over yet")
	if len(issues) > 0 {
		return fault.New(fault.Invalid, "cases.Report", "the report is incomplete").With(issues...)
	}
	return nil
}

// fill is both, for reports that nobody decides about.
func (s *Service) fill(ctx context.Context, c *Case, in Report) error {
	if _, err := s.locate(ctx, c, in); err != nil {
		return err
	}
	return s.describe(c, in)
}

// identify finds the party that a report names. Nobody is matched by name: a
// person is the ID number, or the record that holds it.
func (s *Service) identify(ctx context.Context, c *Case, in Report) error {
	const op = "cases.Report"
	switch {
	case in.Enrolment != "":
		r, err := s.Exams.Record(ctx, in.Enrolment)
		if err != nil {
			return err
		}
		c.Party, c.Name, c.Masked = standing.PersonParty(r.Hash), r.Name, r.Masked
		c.Enrolment, c.Sitting, c.Body, c.Region = r.Enrolment, r.Sitting, r.Body, r.Region
	case in.Body != "":
		b, err := s.Standing.Body(ctx, in.Body)
		if err != nil {
			return err
		}
		c.Party, c.Name, c.Body, c.Region = standing.BodyParty(b.ID), b.Name, b.ID, b.Region
		c.Enrolment, c.Masked = "", ""
	case in.IDNumber != "":
		p, err := s.Exams.Person(in.IDNumber)
		if err != nil {
			return fault.New(fault.Invalid, op, "the report is incomplete").With(fault.Issue{Column: "id_number", Text: fault.Textf("this is no valid ID number")}).Because(err)
		}
		if c.Name = strings.TrimSpace(in.Name); c.Name == "" || utf8.RuneCountInString(c.Name) > TitleMost {
			return fault.New(fault.Invalid, op, "the report is incomplete").With(fault.Issue{Column: "name", Text: fault.Textf("give the name that goes with the ID number")})
		}
		c.Party, c.Masked, c.Enrolment = standing.PersonParty(p.Hash), p.Masked, "" // the record of a report is another one's
	case strings.TrimSpace(in.Platform) != "":
		c.Name = strings.TrimSpace(in.Platform)
		c.Party, c.Masked, c.Enrolment = standing.PlatformParty(c.Name), "", ""
	}
	return nil
}

// open stores a new case.
func (s *Service) open(ctx context.Context, actor access.Actor, c *Case, text string) error {
	var rule string
	c.State = Reported
	c.Due, rule = s.due(c.Region, evidenceDays, s.Now())
	return s.put(ctx, actor, c, step{Step: Step{What: OpReport, Text: strings.TrimSpace(text), Due: c.Due}, rule: rule})
}

// Signal is what kaoping's own records show (系统线索): that something happened
// which a person should look at. It accuses nobody.
type Signal struct {
	Key string // makes the case: raising it again changes nothing
	At  time.Time
	Report
}

// Raise opens a case by a signal, once for each Key.
func (s *Service) Raise(ctx context.Context, signal Signal) (Case, error) {
	const op = "cases.Raise"
	id := derived(signal.At, "signal/"+signal.Key)
	if c, err := s.Store.Case(ctx, id); !fault.Is(err, fault.NotFound) {
		return c, fault.Wrap(op, err)
	}
	c := Case{ID: id, Kind: Violation, Source: BySystem}
	if err := s.fill(ctx, &c, signal.Report); err != nil {
		return Case{}, fault.Wrap(op, err)
	}
	err := s.open(ctx, access.System(), &c, signal.Text)
	if fault.Is(err, fault.Conflict) { // another instance raised it
		return s.Store.Case(ctx, id)
	}
	return c, fault.Wrap(op, err)
}

// Complain opens a case by a complaint of the public (投诉举报). It needs no
// account and no personal data; the id is the receipt. Throttled when too many
// come from one address, or in all.
func (s *Service) Complain(ctx context.Context, from string, in Report) (Case, error) {
	const op = "cases.Complain"
	in.Enrolment, in.IDNumber, in.Sitting, in.Finding = "", "", "", ""
	claim := strings.TrimSpace(in.Name)
	c := Case{ID: ulid.Make().String(), Kind: Violation, Source: ByPublic}
	if err := s.fill(ctx, &c, in); err != nil {
		return Case{}, fault.Wrap(op, err)
	}
	if utf8.RuneCountInString(claim) > TitleMost {
		return Case{}, fault.New(fault.Invalid, op, "the report is incomplete").With(fault.Issue{Column: "name", Text: fault.Textf("a name has at most %d characters", TitleMost)})
	}
	c.Claim = claim
	if err := s.admit(ctx, op, from); err != nil {
		return Case{}, err
	}
	return c, fault.Wrap(op, s.open(ctx, access.Actor{}, &c, in.Text))
}

// Receipt is what anybody who has a complaint's receipt may know of it.
type Receipt struct {
	ID    string
	At    time.Time
	State State
}

// Receipt shows how far a complaint is (NotFound for what is none).
func (s *Service) Receipt(ctx context.Context, id string) (Receipt, error) {
	c, err := s.Store.Case(ctx, strings.ToUpper(strings.TrimSpace(id)))
	if err == nil && c.Source != ByPublic {
		err = fault.New(fault.NotFound, "cases.Receipt", "there is no complaint with this receipt")
	}
	if err != nil {
		return Receipt{}, fault.Wrap("cases.Receipt", err)
	}
	return Receipt{c.ID, c.Steps[0].At, c.State}, nil
}

// Identify says whom a reported case is about (case:handle).
func (s *Service) Identify(ctx context.Context, actor access.Actor, id string, in Report) (Case, error) {
	const op = "cases.Identify"
	return s.change(ctx, actor, "case:handle", id, func(c *Case) (step, error) {
		if err := c.may(op, OpIdentify); err != nil {
			return step{}, err
		}
		region := c.Region
		if err := s.identify(ctx, c, in); err != nil {
			return step{}, err
		}
		if c.Party == (standing.Party{}) {
			return step{}, fault.New(fault.Invalid, op, "say whom the case is about").With(fault.Issue{Column: "party", Text: fault.Textf("say whom the case is about")})
		}
		// The bureau that found out keeps the case, unless it is not the party's.
		if err := s.Policy.Decide(actor, "case:handle", c.Scope()); err != nil {
			return step{}, err
		}
		if c.Party.Kind != standing.OfBody && c.Enrolment == "" {
			c.Region = region
		}
		if !in.Happened.IsZero() && !in.Happened.After(s.Now()) {
			c.Happened = in.Happened
		}
		return step{Step: Step{What: OpIdentify, Text: c.Name}}, nil
	})
}
