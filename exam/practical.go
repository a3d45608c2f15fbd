package exam

import (
	"context"
	"errors"
	"slices"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// ScoreSheet is what one examiner enters for one candidate: points for each
// task in order, or that the candidate did not come.
type ScoreSheet struct {
	Round  int // that the examiner scores in, 1 or 2; 0: whichever it is
	Sheet  int // 1 for the first in the round, one more for each correction; 0: the next
	Items  []bank.Points
	Absent bool
}

// RecordPractical stores an examiner's own score (practical:score by one of
// the sitting's examiners). When all have scored the mean counts, unless their
// spread passes the region's limit: then all score a second time, and that
// stands. An examiner can correct a sheet until all have scored. A sheet that
// arrives again, late, is recorded once, and in its round only (Refused for
// another sheet of a round that is over, and for one that was corrected since). Refused by R19 for who may not examine
// the trade and level, or this candidate.
func (s *Service) RecordPractical(ctx context.Context, actor access.Actor, id string, sheet ScoreSheet) (Practical, error) {
	const op = "exam.RecordPractical"
	var result Practical
	err := s.changeEnrolment(ctx, id, func(e *Enrolment) (audit.Entry, error) {
		sitting, err := s.scorable(ctx, op, actor, *e)
		if err != nil {
			return audit.Entry{}, err
		}
		if err := s.mayScore(ctx, op, actor, sitting, *e); err != nil {
			return audit.Entry{}, err
		}
		score, err := score(sitting, actor, sheet)
		if err != nil {
			return audit.Entry{}, err
		}
		score.At = s.Now()
		p := &e.Practical
		if score.Sheet, err = p.takes(sheet, score); err != nil {
			result = *p
			return audit.Entry{}, err
		}
		if p.Mean != nil {
			return audit.Entry{}, fault.New(fault.Refused, op, "every examiner has scored this candidate: the score stands")
		}
		p.Round = max(p.Round, 1)
		p.Scores = append(slices.DeleteFunc(p.Scores, func(x PracticalScore) bool { return x.Examiner == actor.ID }), score)
		s.combine(sitting, *e, p)
		result = *p
		return s.entry(actor, sitting.ID, "enrolment/"+e.ID, "practical:score"), nil
	})
	if errors.Is(err, errRecorded) {
		return result, nil
	}
	return result, fault.Wrap(op, err)
}

// errRecorded says that what is to be recorded is there already.
var errRecorded = errors.New("recorded already")

// takes decides whether a sheet is a new one, and returns its number: errRecorded
// when it is not new, Refused when the round is not the one that is scored now,
// or when the examiner has corrected it since.
func (p Practical) takes(sheet ScoreSheet, score PracticalScore) (number int, err error) {
	const op = "exam.RecordPractical"
	now := max(p.Round, 1)
	scores := p.Scores
	if sheet.Round == 1 && now == 2 {
		scores = p.Before
	}
	var last PracticalScore
	if i := slices.IndexFunc(scores, func(x PracticalScore) bool { return x.Examiner == score.Examiner }); i >= 0 {
		last = scores[i]
		if last.Absent == score.Absent && slices.Equal(last.Items, score.Items) {
			return last.Sheet, errRecorded
		}
	}
	switch {
	case sheet.Round != 0 && sheet.Round != now:
		return 0, fault.New(fault.Refused, op, "the examiners score this candidate in round %d now: read it again", now)
	case sheet.Sheet != 0 && sheet.Sheet <= last.Sheet:
		return 0, fault.New(fault.Refused, op, "you have corrected this sheet since: read it again")
	}
	return last.Sheet + 1, nil
}

// scorable decides whether the actor may score the record now.
func (s *Service) scorable(ctx context.Context, op string, actor access.Actor, e Enrolment) (Sitting, error) {
	sitting, err := s.sittingFor(ctx, actor, "practical:score", e.Sitting)
	if err != nil {
		return Sitting{}, err
	}
	if !slices.Contains(sitting.Examiners, actor.ID) {
		return Sitting{}, fault.New(fault.Forbidden, op, "you are not an examiner of this sitting")
	}
	if err := sitting.in(op, Running, Closed, Marked); err != nil {
		return Sitting{}, err
	}
	if err := s.withTasks(ctx, &sitting); err != nil {
		return Sitting{}, err
	}
	return sitting, s.clear(ctx, standing.ToScore, sitting)
}

// ScoreRefusal foresees which bar would refuse the actor's scores in a sitting
// now, nil for none.
func (s *Service) ScoreRefusal(ctx context.Context, actor access.Actor, sitting Sitting) error {
	body, err := s.Bodies.Body(ctx, sitting.Body)
	if err != nil {
		return err
	}
	if err := s.clearStaff(ctx, standing.ToScore, body, actor.ID); err != nil {
		return err
	}
	return s.clear(ctx, standing.ToScore, sitting)
}

func score(sitting Sitting, actor access.Actor, sheet ScoreSheet) (PracticalScore, error) {
	const op = "exam.RecordPractical"
	result := PracticalScore{Examiner: actor.ID, Absent: sheet.Absent}
	if sheet.Absent {
		return result, nil
	}
	if len(sheet.Items) != len(sitting.Tasks) {
		return result, fault.New(fault.Invalid, op, "score each of the %d tasks", len(sitting.Tasks))
	}
	var issues []fault.Issue
	for i, points := range sheet.Items {
		if points < 0 || points > sitting.Tasks[i].Points {
			issues = append(issues, fault.Issue{Row: i + 1, Column: sitting.Tasks[i].Name, Text: fault.Textf("this task gives 0 to %s points", sitting.Tasks[i].Points)})
		}
		result.Total += points
	}
	if len(issues) > 0 {
		return result, fault.New(fault.Invalid, op, "the score sheet is not right").With(issues...)
	}
	result.Items = sheet.Items
	return result, nil
}

// combine takes the mean once every examiner of the candidate has scored, or
// asks for a second round.
func (s *Service) combine(sitting Sitting, e Enrolment, p *Practical) {
	if p.Mean != nil || len(p.Scores) < len(s.scorers(sitting, e)) {
		return
	}
	low, high, sum := p.Scores[0].Total, p.Scores[0].Total, bank.Points(0)
	for _, x := range p.Scores {
		low, high, sum = min(low, x.Total), max(high, x.Total), sum+x.Total
	}
	limit, limited := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "practical_spread_most")
	if limited && p.Round == 1 && high-low > bank.Points(limit.Int()*100) {
		p.Round, p.Before, p.Scores = 2, p.Scores, nil
		return
	}
	n := bank.Points(len(p.Scores))
	mean := (sum*2 + n) / (2 * n) // to the nearest hundredth, halves up
	p.Mean = &mean
}

// Scoring is what one examiner sees of a candidate: only the examiner's own
// sheet until all have scored.
type Scoring struct {
	Enrolment Enrolment
	Own       *PracticalScore
	Scored    int  // sheets in this round
	Of        int  // examiners who score the candidate
	Recused   bool // the examiner does not (R19)
	Turn      int  // in which the candidate is examined (R17)
}

// ScoringList lists a sitting's candidates for one of its examiners.
func (s *Service) ScoringList(ctx context.Context, actor access.Actor, id string) (Sitting, []Scoring, error) {
	const op = "exam.ScoringList"
	sitting, err := s.sittingFor(ctx, actor, "practical:score", id)
	if err != nil {
		return Sitting{}, nil, err
	}
	if !slices.Contains(sitting.Examiners, actor.ID) {
		return Sitting{}, nil, fault.New(fault.Forbidden, op, "you are not an examiner of this sitting")
	}
	if err := s.withTasks(ctx, &sitting); err != nil && !fault.Is(err, fault.Early) {
		return Sitting{}, nil, fault.Wrap(op, err)
	}
	list, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: id})
	if err != nil {
		return Sitting{}, nil, fault.Wrap(op, err)
	}
	rows, turns := make([]Scoring, len(list)), s.Turns(sitting, len(list))
	for i, e := range list {
		rows[i] = Scoring{Scored: len(e.Practical.Scores), Of: len(s.scorers(sitting, e)), Turn: turns.Of(i + 1)}
		_, rows[i].Recused = s.recused(sitting, e, actor.ID)
		for _, x := range e.Practical.Scores {
			if x.Examiner == actor.ID {
				rows[i].Own = &x
			}
		}
		if e.Practical.Mean == nil {
			e.Practical.Scores, e.Practical.Before = nil, nil
		}
		e.Theory = nil // an examiner scores without knowing the theory result
		rows[i].Enrolment = e
	}
	return sitting, rows, nil
}
