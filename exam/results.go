package exam

import (
	"context"
	"errors"
	"slices"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/standing/cases"
)

// IssueJob is the kind of outbox job that issues the certificates of a
// confirmed sitting; its key is the sitting's id.
const IssueJob = "issue-certificates"

// Publish publicises the results of a marked sitting (result:publish): each
// record passes when every part reaches the pass mark (R15). Refused, naming
// the tickets, while a practical score is missing.
func (s *Service) Publish(ctx context.Context, actor access.Actor, id string) (Sitting, error) {
	const op = "exam.Publish"
	return s.changeSitting(ctx, actor, "result:publish", id, func(sitting *Sitting) (audit.Entry, error) {
		if err := sitting.in(op, Marked); err != nil {
			return audit.Entry{}, err
		}
		now, err := s.progress(ctx, *sitting) // one may have begun while the sitting was ended
		if err != nil {
			return audit.Entry{}, err
		}
		if writing := now.open + now.settling; writing > 0 {
			return audit.Entry{}, fault.New(fault.Refused, op, "%d theory attempts are not marked yet", writing)
		}
		list, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: id})
		if err != nil {
			return audit.Entry{}, err
		}
		var missing []fault.Issue
		for _, e := range list {
			if e.Theory != nil && e.Practical.Mean == nil {
				missing = append(missing, fault.Issue{Column: e.Ticket, Text: fault.Textf("%d of %d examiners have scored the practical part", len(e.Practical.Scores), len(s.scorers(*sitting, e)))})
			}
		}
		if len(missing) > 0 {
			return audit.Entry{}, fault.New(fault.Refused, op, "%d candidates have no practical score yet", len(missing)).With(missing...)
		}
		if err := s.conclude(ctx, actor, *sitting, list); err != nil {
			return audit.Entry{}, err
		}
		sitting.State, sitting.Publicised = Publicised, s.Now()
		entry := s.entry(actor, id, "sitting/"+id, "result:publish")
		entry.Rule = "R15"
		return entry, nil
	})
}

func (s *Service) conclude(ctx context.Context, actor access.Actor, sitting Sitting, list []Enrolment) error {
	theory, practical, err := s.marks(ctx, sitting)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Outcome == Conclude(e, theory, practical) {
			continue
		}
		err := s.changeEnrolment(ctx, e.ID, func(e *Enrolment) (audit.Entry, error) {
			outcome := Conclude(*e, theory, practical) // anew: a case may have voided the record meanwhile
			if e.Outcome == outcome {
				return audit.Entry{}, errRecorded
			}
			e.Outcome = outcome
			entry := s.entry(actor, sitting.ID, "enrolment/"+e.ID, "result:conclude")
			entry.Rule = "R15"
			return entry, nil
		})
		if err != nil && !errors.Is(err, errRecorded) {
			return err
		}
	}
	return nil
}

// marks are the pass marks of the two parts: the rule's, and the paper's where
// that is higher.
func (s *Service) marks(ctx context.Context, sitting Sitting) (theory, practical bank.Points, err error) {
	practical, _ = s.PassMark(sitting)
	if sitting.Central != "" {
		paper, err := s.Central.Standing(ctx, sitting.Central)
		return max(practical, paper.PassMark), practical, err
	}
	paper, err := s.Papers.Brief(ctx, sitting.Paper)
	return max(practical, paper.PassMark), practical, err
}

// Conclude decides a record by R15: every part must reach its mark. A record
// that a case voided counts for nothing, and with a void part nobody passes (R43).
func Conclude(e Enrolment, theory, practical bank.Points) Outcome {
	switch {
	case e.voided(""):
		return Void
	case e.Theory == nil:
		return Absent
	case e.voided(cases.Theory), e.voided(cases.Practical):
		return Failed
	case *e.Theory >= theory && e.Practical.Mean != nil && *e.Practical.Mean >= practical:
		return Passed
	default:
		return Failed
	}
}

// Confirm is the bureau's confirmation of published results (result:confirm);
// the certificates of those who passed follow from it. Refused by R40 without
// the inspector's signature, by R30 once the body's filing no longer covers it.
func (s *Service) Confirm(ctx context.Context, actor access.Actor, id string) (Sitting, error) {
	const op = "exam.Confirm"
	var sitting Sitting
	err := fault.Retry(func() (err error) {
		if sitting, err = s.sittingFor(ctx, actor, "result:confirm", id); err != nil {
			return err
		}
		if err := s.confirmable(ctx, op, sitting); err != nil {
			return err
		}
		now := s.Now()
		sitting.State, sitting.Confirmed, sitting.ConfirmedBy = Confirmed, now, actor.ID
		job := outbox.Job{ID: IssueJob + ":" + id, Kind: IssueJob, Key: id, Due: now}
		return s.Store.PutSitting(ctx, &sitting, s.entry(actor, id, "sitting/"+id, "result:confirm"), job)
	})
	return sitting, fault.Wrap(op, err)
}

// Results lists a sitting's records for who may read results, in ticket order.
func (s *Service) Results(ctx context.Context, actor access.Actor, id string) (Sitting, []Enrolment, error) {
	sitting, err := s.sittingFor(ctx, actor, "result:read", id)
	if err != nil {
		return Sitting{}, nil, err
	}
	list, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: id})
	return sitting, list, fault.Wrap("exam.Results", err)
}

// Candidates is how many are enrolled in a sitting.
func (s *Service) Candidates(ctx context.Context, sitting string) (int, error) {
	n, err := s.Store.CountEnrolments(ctx, EnrolmentQuery{Sitting: sitting})
	return n, fault.Wrap("exam.Candidates", err)
}

// OwnResult shows a candidate the own record; scores only once they are public.
func (s *Service) OwnResult(ctx context.Context, actor access.Actor) (Sitting, Enrolment, error) {
	const op = "exam.OwnResult"
	e, err := s.Enrolment(ctx, actor, actor.Enrolment)
	if err != nil {
		return Sitting{}, Enrolment{}, err
	}
	sitting, err := s.Store.Sitting(ctx, e.Sitting)
	if err != nil {
		return Sitting{}, Enrolment{}, fault.Wrap(op, err)
	}
	if !slices.Contains([]State{Publicised, Confirmed}, sitting.State) {
		e.Theory, e.Practical, e.Outcome = nil, Practical{}, ""
	}
	return sitting, e, nil
}
