package exam

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// SetEvidence keeps what a training course left behind about a candidate
// (evidence:import, until the sitting has ended). An override that was asked
// for on other evidence ends with it. Invalid names what cannot be.
func (s *Service) SetEvidence(ctx context.Context, actor access.Actor, id string, evidence Evidence) (Judged, error) {
	const op = "exam.SetEvidence"
	if issues := evidence.check(s); len(issues) > 0 {
		return Judged{}, fault.New(fault.Invalid, op, "the evidence is not right").With(issues...)
	}
	return s.changeEligibility(ctx, op, actor, "evidence:import", id, func(sitting Sitting, e *Enrolment) (audit.Entry, error) {
		evidence.By, evidence.At = actor.ID, s.Now()
		e.Evidence, e.Override = &evidence, nil
		return s.entry(actor, sitting.ID, "enrolment/"+e.ID, "evidence:import"), nil
	})
}

// check names what cannot be of the evidence, by field.
func (v Evidence) check(s *Service) []fault.Issue {
	var list []fault.Issue
	add := func(ok bool, column, format string, args ...any) {
		if !ok {
			list = append(list, fault.Issue{Column: column, Text: fault.Textf(format, args...)})
		}
	}
	add(v.Mode == "" || slices.Contains(Modes, v.Mode), "mode", "a course is on site, blended or on line")
	add(v.Applicant == "" || slices.Contains(Applicants, v.Applicant), "applicant", "a body, an enterprise or the worker applies")
	add(v.Ends.IsZero() || v.Begins.IsZero() || !v.Ends.Before(v.Begins), "ends", "a course ends after it begins")
	add(v.Ends.IsZero() || !v.Ends.After(s.Now().AddDate(1, 0, 0)), "ends", "a course of the past or of this year")
	for column, hours := range map[string]*int{"hours": v.Hours, "practice_hours": v.PracticeHours, "missed_hours": &v.MissedHours, "made_up_hours": &v.MadeUpHours} {
		add(hours == nil || *hours >= 0 && *hours <= hoursMost, column, "class hours are 0 to %d", hoursMost)
	}
	add(v.Hours == nil || v.PracticeHours == nil || *v.PracticeHours <= *v.Hours, "practice_hours", "practice is part of the taught hours")
	add(v.Satisfaction == nil || *v.Satisfaction >= 0 && *v.Satisfaction <= 100_00, "satisfaction", "satisfaction is 0 to 100 percent")
	known, _ := s.Book.Declared("online_defects")
	for _, defect := range v.Defects {
		add(known.Words[defect] != "", "defects", "there is no such defect: %s", defect)
	}
	slices.SortStableFunc(list, func(a, b fault.Issue) int { return strings.Compare(a.Column, b.Column) })
	return list
}

// hoursMost is more class hours than any course has.
const hoursMost = 5000

// AskOverride is an officer's wish to let a candidate sit whom a rule refuses
// (eligibility:override; Invalid without a reason; Refused for who is eligible).
func (s *Service) AskOverride(ctx context.Context, actor access.Actor, id, reason string) (Judged, error) {
	const op = "exam.AskOverride"
	if reason = strings.TrimSpace(reason); reason == "" {
		return Judged{}, fault.New(fault.Invalid, op, "give the reason").With(fault.Issue{Column: "reason", Text: fault.Textf("give the reason")})
	}
	return s.changeEligibility(ctx, op, actor, "eligibility:override", id, func(sitting Sitting, e *Enrolment) (audit.Entry, error) {
		judged := Judge(s.Book, sitting, *e)
		if len(judged.Findings) == 0 || judged.Overridden {
			return audit.Entry{}, fault.New(fault.Refused, op, "no rule keeps this candidate out")
		}
		if err := s.noteException(ctx, actor, sitting); err != nil {
			return audit.Entry{}, err
		}
		e.Override = &Override{By: actor.ID, Name: actor.Name, At: s.Now(), Reason: reason, Rules: judged.rules()}
		entry := s.entry(actor, sitting.ID, "enrolment/"+e.ID, "eligibility:override")
		entry.Note = "rules=" + strings.Join(e.Override.Rules, ",")
		return entry, nil
	})
}

// noteException notes with a sitting that an override was asked for in it, so that
// Overrides finds it.
func (s *Service) noteException(ctx context.Context, actor access.Actor, sitting Sitting) error {
	if sitting.Excepted {
		return nil
	}
	sitting.Excepted = true
	return s.Store.PutSitting(ctx, &sitting, s.entry(actor, sitting.ID, "sitting/"+sitting.ID, "eligibility:override"))
}

// rules are the ids of the rules that stand against somebody.
func (j Judged) rules() []string {
	var ids []string
	for _, f := range j.Findings {
		ids = append(ids, f.Rule.Rule)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// SignOverride is the second person's answer (eligibility:approve; Refused for
// the one who asked): signed, the candidate may sit; turned down, with the
// reason, nothing changes.
func (s *Service) SignOverride(ctx context.Context, actor access.Actor, id string, sign bool, reason string) (Judged, error) {
	const op = "exam.SignOverride"
	if reason = strings.TrimSpace(reason); !sign && reason == "" {
		return Judged{}, fault.New(fault.Invalid, op, "give the reason").With(fault.Issue{Column: "reason", Text: fault.Textf("give the reason")})
	}
	return s.changeEligibility(ctx, op, actor, "eligibility:approve", id, func(sitting Sitting, e *Enrolment) (audit.Entry, error) {
		if e.Override == nil || e.Override.SignedBy != "" {
			return audit.Entry{}, fault.New(fault.Refused, op, "nothing waits for a second signature")
		}
		if err := access.Distinct(access.SignSecond, actor, e.Override.By); err != nil {
			return audit.Entry{}, err
		}
		signed := *e.Override
		signed.SignedBy, signed.SignedName, signed.SignedAt, signed.TurnedDown, signed.TurnedReason = actor.ID, actor.Name, s.Now(), !sign, reason
		e.Override = &signed
		entry := s.entry(actor, sitting.ID, "enrolment/"+e.ID, "eligibility:approve")
		entry.Note = fmt.Sprintf("signed=%t", sign)
		return entry, nil
	})
}

// changeEligibility decides, changes a record before the sitting has ended,
// and judges it anew.
func (s *Service) changeEligibility(ctx context.Context, op string, actor access.Actor, action access.Action, id string, change func(Sitting, *Enrolment) (audit.Entry, error)) (Judged, error) {
	var judged Judged
	err := s.changeEnrolment(ctx, id, func(e *Enrolment) (audit.Entry, error) {
		sitting, err := s.sittingFor(ctx, actor, action, e.Sitting)
		if err != nil {
			return audit.Entry{}, err
		}
		if err := sitting.in(op, Drafted, Returned, Notified, Accepted, Staffed, Sealed, Unsealed, Running); err != nil {
			return audit.Entry{}, err
		}
		entry, err := change(sitting, e)
		judged = Judge(s.Book, sitting, *e)
		return entry, err
	})
	return judged, fault.Wrap(op, err)
}
