package exam

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/policies/access"
)

// mark scores a handed-in attempt. First its lease is closed for good: a save
// that was stamped in time may come from an instance that was stopped since, and
// must not get between reading and scoring. The record is written next and the
// attempt last, so that a mark cut short is done again, to the same result, by
// any instance, and one that comes late changes nothing.
func (s *Service) mark(ctx context.Context, attempt Attempt) error {
	if attempt.TakesAnswers() {
		attempt.Settled = true
		if err := s.Store.PutAttempt(ctx, &attempt, s.entry(access.System(), attempt.Sitting, "attempt/"+attempt.ID, "attempt:settle")); err != nil {
			return err
		}
	}
	if attempt.StartedAt.IsZero() { // its form was replaced, and the candidate did not begin again: absent
		attempt.State = Scored
		return s.Store.PutAttempt(ctx, &attempt, s.entry(access.System(), attempt.Sitting, "attempt/"+attempt.ID, "attempt:mark"))
	}
	paper, err := s.sealed(ctx, attempt.Paper)
	if err != nil {
		return err
	}
	answers, err := s.Store.Answers(ctx, attempt.ID)
	if err != nil {
		return err
	}
	given := make(map[string]bank.Answer, len(answers))
	attempt.Answered, attempt.Late = 0, 0
	for id, a := range answers {
		if !attempt.Counts(id) {
			continue
		}
		if a.Given() {
			given[id] = a.Answer
			attempt.Answered++
		}
		if a.Late {
			attempt.Late++
		}
	}
	sheet := paper.Mark(given)
	err = s.changeEnrolment(ctx, attempt.ID, func(e *Enrolment) (audit.Entry, error) {
		if e.Outcome != "" || e.Theory != nil && *e.Theory == sheet.Total {
			return audit.Entry{}, errRecorded // a record that is concluded stays as it is
		}
		e.Theory = &sheet.Total
		entry := s.entry(access.System(), attempt.Sitting, "enrolment/"+e.ID, "attempt:mark")
		entry.Note = fmt.Sprintf("answered=%d late=%d", attempt.Answered, attempt.Late)
		return entry, nil
	})
	if err != nil && !errors.Is(err, errRecorded) {
		return err
	}
	attempt.State, attempt.Score, attempt.Digest = Scored, sheet.Total, AnswersDigest(answers)
	return s.Store.PutAttempt(ctx, &attempt, s.entry(access.System(), attempt.Sitting, "attempt/"+attempt.ID, "attempt:mark"))
}

// AnswersDigest is the hash of an attempt's answers as they were marked.
func AnswersDigest(answers map[string]Answer) string {
	type kept struct {
		Choice []int
		Text   []string
		Seq    int64
		Late   bool
	}
	byQuestion := make(map[string]kept, len(answers)) // encoding/json sorts the keys
	for id, a := range answers {
		byQuestion[id] = kept{a.Choice, a.Text, a.Seq, a.Late}
	}
	raw, err := json.Marshal(byQuestion)
	if err != nil {
		panic(err) // numbers and strings always encode
	}
	return audit.Digest(raw)
}

// VerifyAnswers recomputes a marked attempt's answers against the digest that
// was recorded with its score; ok is true for an attempt not yet marked.
func (s *Service) VerifyAnswers(ctx context.Context, id string) (ok bool, err error) {
	attempt, err := s.Store.Attempt(ctx, id)
	if err != nil || attempt.State != Scored || attempt.StartedAt.IsZero() {
		return err == nil, err
	}
	answers, err := s.Store.Answers(ctx, id)
	return err == nil && AnswersDigest(answers) == attempt.Digest, err
}
