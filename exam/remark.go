package exam

import (
	"context"
	"slices"
	"strings"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Remark is what somebody wrote on a sitting: an industry department's opinion
// (行业意见), or the record of the body's internal supervisor (内督记录, R40).
type Remark struct {
	By   string // account id, "" for none
	Name string
	At   time.Time
	Text string
}

// Opine adds an industry department's opinion to a noticed sitting that has not
// begun (sitting:opine, for the department's trades; Invalid without words).
func (s *Service) Opine(ctx context.Context, actor access.Actor, id, text string) (Sitting, error) {
	const op = "exam.Opine"
	if err := worded(op, &text); err != nil {
		return Sitting{}, err
	}
	return s.changeSitting(ctx, actor, "sitting:opine", id, func(sitting *Sitting) (audit.Entry, error) {
		if err := sitting.in(op, append([]State{Notified, Accepted}, prepared...)...); err != nil {
			return audit.Entry{}, err
		}
		sitting.Opinions = append(slices.Clip(sitting.Opinions), Remark{actor.ID, actor.Name, s.Now(), text})
		return s.entry(actor, id, "sitting/"+id, "sitting:opine"), nil
	})
}

// Supervise is the record of the body's internal supervisor on a sitting that has
// begun (sitting:supervise; R40; Invalid without words; Early before the start;
// Refused for who works in it, and once it is there).
func (s *Service) Supervise(ctx context.Context, actor access.Actor, id, text string) (Sitting, error) {
	const op = "exam.Supervise"
	if err := worded(op, &text); err != nil {
		return Sitting{}, err
	}
	return s.changeSitting(ctx, actor, "sitting:supervise", id, func(sitting *Sitting) (audit.Entry, error) {
		if err := sitting.in(op, Running, Closed, Marked, Publicised); err != nil {
			return audit.Entry{}, err
		}
		if s.Now().Before(sitting.StartsAt) {
			return audit.Entry{}, fault.New(fault.Early, op, "the record is written from the start of the sitting on: %s", sitting.StartsAt)
		}
		if sitting.Internal.By != "" {
			return audit.Entry{}, fault.New(fault.Refused, op, "%s wrote this record at %s", sitting.Internal.Name, sitting.Internal.At)
		}
		if slices.Contains(sitting.staff(), actor.ID) {
			return audit.Entry{}, fault.New(fault.Refused, op, "who works in a sitting does not supervise it")
		}
		sitting.Internal = Remark{actor.ID, actor.Name, s.Now(), text}
		entry := s.entry(actor, id, "sitting/"+id, "sitting:supervise")
		entry.Rule = "R40"
		return entry, nil
	})
}

// Unsupervised reports whether the internal supervisor's record of a sitting that
// has begun is missing where the rules ask for one (R40). It is shown to who
// confirms, and refuses nothing: no text at hand makes results depend on it.
func (s *Service) Unsupervised(sitting Sitting) (rulebook.Param, bool) {
	rule, set := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "supervision_each_sitting")
	return rule, set && rule.Flag() && sitting.Internal.By == "" && slices.Contains([]State{Running, Closed, Marked, Publicised}, sitting.State)
}

// worded trims a remark and refuses (Invalid) one without words or too long.
func worded(op string, text *string) error {
	*text = strings.TrimSpace(*text)
	if n := len([]rune(*text)); n == 0 || n > noteMost {
		return fault.New(fault.Invalid, op, "write 1 to %d characters", noteMost).With(fault.Issue{Column: "text", Text: fault.Textf("write 1 to %d characters", noteMost)})
	}
	return nil
}
