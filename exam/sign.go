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
	"kaoping/policies/standing"
)

// Signature is the inspector's on a sitting's record (考核巡查人员签字, R40).
type Signature struct {
	By   string // account id, "" while nobody has signed
	Name string
	At   time.Time
	Note string // what was seen, "" for nothing to say
}

// noteMost is how long an inspector's note is at most, in characters.
const noteMost = 500

// Sign is the inspector's signature on the record of a sitting that has begun
// (sitting:sign; Early before it; Refused for who works in it, and once it is signed).
func (s *Service) Sign(ctx context.Context, actor access.Actor, id, note string) (Sitting, error) {
	const op = "exam.Sign"
	if note = strings.TrimSpace(note); len([]rune(note)) > noteMost {
		return Sitting{}, fault.New(fault.Invalid, op, "a note has at most %d characters", noteMost)
	}
	return s.changeSitting(ctx, actor, "sitting:sign", id, func(sitting *Sitting) (audit.Entry, error) {
		if err := s.signable(op, actor, *sitting); err != nil {
			return audit.Entry{}, err
		}
		sitting.Signed = Signature{By: actor.ID, Name: actor.Name, At: s.Now(), Note: note}
		entry := s.entry(actor, id, "sitting/"+id, "sitting:sign")
		entry.Rule = "R40"
		return entry, nil
	})
}

func (s *Service) signable(op string, actor access.Actor, sitting Sitting) error {
	if err := sitting.in(op, Running, Closed, Marked, Publicised); err != nil {
		return err
	}
	if s.Now().Before(sitting.StartsAt) {
		return fault.New(fault.Early, op, "the record is signed from the start of the sitting on: %s", sitting.StartsAt)
	}
	if sitting.Signed.By != "" {
		return fault.New(fault.Refused, op, "%s signed this record at %s", sitting.Signed.Name, sitting.Signed.At)
	}
	if slices.Contains(sitting.staff(), actor.ID) {
		refusal := fault.New(fault.Refused, op, "who works in a sitting does not sign its record")
		if rule, set := s.signature(sitting); set {
			refusal = refusal.By(rule.Cite())
		}
		return refusal
	}
	return nil
}

// SignRefusal foresees why Sign would refuse the actor now, nil if it would not.
func (s *Service) SignRefusal(actor access.Actor, sitting Sitting) error {
	const op = "exam.SignRefusal"
	if err := s.Policy.Decide(actor, "sitting:sign", sitting.Scope()); err != nil {
		return err
	}
	return s.signable(op, actor, sitting)
}

// signature is the rule that wants the inspector's signature (R40), where the
// region sets one.
func (s *Service) signature(sitting Sitting) (rulebook.Param, bool) {
	rule, set := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "inspector_signature")
	return rule, set && rule.Flag()
}

// confirmable decides whether results can be confirmed now: by their state, the
// body's standing and filing (R33, R30), and the inspector's signature (R40).
func (s *Service) confirmable(ctx context.Context, op string, sitting Sitting) error {
	if err := sitting.in(op, Publicised); err != nil {
		return err
	}
	if err := s.within(ctx, standing.ToConfirm, sitting, s.Now()); err != nil {
		return err
	}
	if rule, set := s.signature(sitting); set && sitting.Signed.By == "" {
		return fault.New(fault.Refused, op, "the record of the sitting is not signed yet: an inspector of the bureau signs it").By(rule.Cite())
	}
	return nil
}

// ConfirmRefusal foresees why Confirm would refuse now, nil if it would not.
func (s *Service) ConfirmRefusal(ctx context.Context, actor access.Actor, sitting Sitting) error {
	if err := s.Policy.Decide(actor, "result:confirm", sitting.Scope()); err != nil {
		return err
	}
	return s.confirmable(ctx, "exam.ConfirmRefusal", sitting)
}
