package standing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Apply hands in an application: for a new body by the bureau's counter
// (filing:accept in its region), for one that is filed by the body itself
// (filing:apply). Invalid names the fields; Refused (R33) while the body or
// whoever stands behind it is barred from being filed; Conflict while another
// application of the body is open.
func (s *Service) Apply(ctx context.Context, actor access.Actor, a Application) (Application, error) {
	const op = "standing.Apply"
	a.ID, a.Version, a.State, a.By, a.At, a.Opinions = ulid.Make().String(), 0, Submitted, actor.ID, s.Now(), nil
	if err := s.prepare(ctx, op, actor, &a); err != nil {
		return Application{}, err
	}
	return a, fault.Wrap(op, s.Store.PutApplication(ctx, &a, s.of(a, actor, "filing:apply")))
}

// Mend sends an application in again that was sent back, or that nobody has
// examined yet (who may apply for it; Refused in another state). It stays in its
// region.
func (s *Service) Mend(ctx context.Context, actor access.Actor, id string, proposal Body, papers []Paper) (Application, error) {
	const op = "standing.Mend"
	return s.changeApplication(ctx, id, func(a *Application) (audit.Entry, error) {
		if err := s.Policy.Decide(actor, a.Applying(), a.Scope()); err != nil {
			return audit.Entry{}, err
		}
		if err := a.in(op, Submitted, SentBack); err != nil {
			return audit.Entry{}, err
		}
		proposal.Region = a.Region
		a.Proposal, a.Papers, a.State, a.Mended = proposal, papers, Submitted, s.Now()
		if err := s.prepare(ctx, op, actor, a); err != nil {
			return audit.Entry{}, err
		}
		return s.of(*a, actor, "filing:mend"), nil
	})
}

// prepare decides who may apply and completes the proposal.
func (s *Service) prepare(ctx context.Context, op string, actor access.Actor, a *Application) error {
	p := &a.Proposal
	if a.Kind == ToFile {
		a.Body, a.Region, p.ID, p.Version, p.State = "", p.Region, "", 0, Applied
		if err := s.Policy.Decide(actor, a.Applying(), a.Scope()); err != nil {
			return err
		}
	} else {
		body, err := s.Store.Body(ctx, a.Body)
		if err != nil {
			return fault.Wrap(op, err)
		}
		a.Region = body.Region
		if err := s.Policy.Decide(actor, a.Applying(), a.Scope()); err != nil {
			return err
		}
		if !slices.Contains([]State{Filed, Listed, Rectifying, Expired}, body.State) || a.Kind != ToRenew && body.State == Expired {
			return fault.New(fault.Refused, op, "the body is %s: this cannot be applied for now", body.State).By(Filing)
		}
		if err := s.alone(ctx, op, *a); err != nil {
			return err
		}
		p.keep(a.Kind, body)
	}
	if err := s.Clear(ctx, ToEvaluate, a.parties()...); err != nil {
		return err
	}
	p.Name = strings.TrimSpace(p.Name)
	if err := s.identify(op, p); err != nil {
		return err
	}
	switch a.Kind {
	case ToFile:
		p.Code, p.Number = provinceCode, "" // given when it is filed
		p.ValidFrom = rulebook.Day(s.Now())
		p.ValidUntil = s.lastDay(a.Region, p.ValidFrom)
	case ToRenew: // from the day after the last one, without a gap where it still holds
		from := rulebook.Day(p.ValidUntil).AddDate(0, 0, 1)
		if today := rulebook.Day(s.Now()); from.Before(today) {
			from, p.ValidFrom = today, today
		}
		p.ValidUntil = s.lastDay(a.Region, from)
	}
	if issues := p.check(s.Book); len(issues) > 0 {
		return fault.New(fault.Invalid, op, "the filing is incomplete").With(issues...)
	}
	return nil
}

// keep takes over from the filed body what an application of the kind does not change.
func (b *Body) keep(kind ApplicationKind, filed Body) {
	if kind == ToRenew || kind == ToWithdraw {
		*b = filed
		return
	}
	b.ID, b.Version, b.State, b.RectifyBy = filed.ID, filed.Version, filed.State, filed.RectifyBy
	b.Kind, b.Code, b.Number, b.Region, b.ValidFrom, b.ValidUntil = filed.Kind, filed.Code, filed.Number, filed.Region, filed.ValidFrom, filed.ValidUntil
}

// identify gives sites and staff ids that have none yet, and people the hash
// of the ID number that was given (Invalid names the line).
func (s *Service) identify(op string, b *Body) error {
	var wrong []fault.Issue
	for i := range b.Sites {
		if b.Sites[i].ID == "" {
			b.Sites[i].ID = ulid.Make().String()
		}
	}
	for i := range b.Staff {
		p := &b.Staff[i]
		if p.ID == "" {
			p.ID = ulid.Make().String()
		}
		if p.IDNumber == "" {
			continue
		}
		var err error
		if p.IDHash, p.IDMasked, err = s.Identify(p.IDNumber); err != nil {
			var refused *fault.Error
			if !errors.As(err, &refused) {
				return fault.Wrap(op, err)
			}
			wrong = append(wrong, fault.Issue{Row: i + 1, Column: "staff", Text: refused.Message})
		}
		p.IDNumber = ""
	}
	if len(wrong) > 0 {
		return fault.New(fault.Invalid, op, "the filing is incomplete").With(wrong...)
	}
	return nil
}

// lastDay is the last day of a filing from a day on: after the region's years
// (R30), or one where none are set.
func (s *Service) lastDay(region string, from time.Time) time.Time {
	years := 1
	if p, ok := s.Book.At(region, from, "", "filing_years"); ok {
		years = p.Int()
	}
	return from.AddDate(years, 0, -1)
}

// parties are whom a bar would keep from being filed: the body, and everybody
// on its register.
func (a Application) parties() []Party {
	var list []Party
	if a.Body != "" {
		list = append(list, BodyParty(a.Body))
	}
	for _, p := range a.Proposal.Staff {
		if p.IDHash != "" {
			list = append(list, PersonParty(p.IDHash))
		}
	}
	return list
}

// alone refuses (Conflict) while the body has another open application.
func (s *Service) alone(ctx context.Context, op string, a Application) error {
	open, err := s.Store.Applications(ctx, ApplicationQuery{Body: a.Body, States: Undecided})
	if err != nil {
		return fault.Wrap(op, err)
	}
	if slices.ContainsFunc(open, func(x Application) bool { return x.ID != a.ID }) {
		return fault.New(fault.Conflict, op, "the body has an application that is not decided yet")
	}
	return nil
}

// Examine is the standing officer's opinion (经办, filing:decide): Examined
// passes the application on to the reviewer, SentBack and Rejected need a reason.
func (s *Service) Examine(ctx context.Context, actor access.Actor, id string, to ApplicationState, reason string) (Application, error) {
	const op = "standing.Examine"
	if !slices.Contains([]ApplicationState{Examined, SentBack, Rejected}, to) {
		return Application{}, fault.New(fault.Invalid, op, "pass it on, send it back or reject it")
	}
	return s.opine(ctx, op, actor, "filing:decide", id, Submitted, to, reason, nil)
}

// Review is the reviewer's decision (复核, filing:review), another person's than
// the officer's: Granted files, changes, renews or withdraws the body in the
// same step; SentBack returns it to the officer with a reason, Rejected ends it.
func (s *Service) Review(ctx context.Context, actor access.Actor, id string, to ApplicationState, reason string) (Application, error) {
	const op = "standing.Review"
	if !slices.Contains([]ApplicationState{Granted, SentBack, Rejected}, to) {
		return Application{}, fault.New(fault.Invalid, op, "grant it, send it back or reject it")
	}
	a, err := s.opine(ctx, op, actor, "filing:review", id, Examined, to, reason, func(a Application) error {
		if err := access.Distinct(access.SignSecond, actor, a.examiners()...); err != nil {
			return err
		}
		if to != Granted {
			return nil
		}
		return s.Clear(ctx, ToEvaluate, a.parties()...)
	})
	if err != nil || to != Granted {
		return a, err
	}
	return a, s.CarryOut(ctx, a.ID)
}

func (a Application) examiners() []string {
	list := []string{a.By}
	for _, o := range a.Opinions {
		if o.To == Examined {
			list = append(list, o.By)
		}
	}
	return list
}

func (s *Service) opine(ctx context.Context, op string, actor access.Actor, action access.Action, id string, from, to ApplicationState, reason string, also func(Application) error) (Application, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" && (to == SentBack || to == Rejected) {
		return Application{}, fault.New(fault.Invalid, op, "give the reason").With(fault.Issue{Column: "reason", Text: fault.Textf("give the reason")})
	}
	return s.changeApplication(ctx, id, func(a *Application) (audit.Entry, error) {
		if err := s.Policy.Decide(actor, action, a.Scope()); err != nil {
			return audit.Entry{}, err
		}
		if err := a.in(op, from); err != nil {
			return audit.Entry{}, err
		}
		if also != nil {
			if err := also(*a); err != nil {
				return audit.Entry{}, err
			}
		}
		a.State = to
		a.Opinions = append(slices.Clip(a.Opinions), Opinion{By: actor.ID, Name: actor.Name, At: s.Now(), To: to, Reason: reason})
		entry := s.of(*a, actor, string(action))
		entry.Note = fmt.Sprintf("state=%s", to)
		return entry, nil
	})
}

// changeApplication changes and stores an application, again if somebody else
// changed it meanwhile. What a granted one does is recorded with it.
func (s *Service) changeApplication(ctx context.Context, id string, change func(*Application) (audit.Entry, error)) (Application, error) {
	var a Application
	err := fault.Retry(func() (err error) {
		if a, err = s.Store.Application(ctx, id); err != nil {
			return err
		}
		entry, err := change(&a)
		if err != nil {
			return err
		}
		var jobs []outbox.Job
		if a.State == Granted {
			jobs = append(jobs, outbox.Job{ID: FilingJob + ":" + a.ID, Kind: FilingJob, Key: a.ID, Due: s.Now()})
		}
		return s.Store.PutApplication(ctx, &a, entry, jobs...)
	})
	return a, fault.Wrap("standing.application", err)
}

func (a Application) in(op string, states ...ApplicationState) error {
	if slices.Contains(states, a.State) {
		return nil
	}
	return fault.New(fault.Refused, op, "the application is %s: this cannot be done now", a.State)
}

func (s *Service) of(a Application, actor access.Actor, what string) audit.Entry {
	return audit.Entry{Stream: "application/" + a.ID, Object: "application/" + a.ID, At: s.Now(), Who: actor.ID, What: what, Rule: Filing.ID, Rules: s.Book.Hash()}
}

// Read shows an application (body:read in its region, or in its body).
func (s *Service) Read(ctx context.Context, actor access.Actor, id string) (Application, error) {
	a, err := s.Store.Application(ctx, id)
	if err != nil {
		return Application{}, fault.Wrap("standing.Read", err)
	}
	return a, s.Policy.Decide(actor, "body:read", a.Scope())
}

// Applications lists the applications that the actor may read, newest first.
func (s *Service) Applications(ctx context.Context, actor access.Actor, q ApplicationQuery) ([]Application, error) {
	list, err := access.Readable(q.Limit, q.Before, func(before string, limit int) ([]Application, error) {
		q.Before, q.Limit = before, limit
		return s.Store.Applications(ctx, q)
	}, func(a Application) string { return a.ID }, func(a Application) bool { return s.Policy.Decide(actor, "body:read", a.Scope()) == nil })
	return list, fault.Wrap("standing.Applications", err)
}
