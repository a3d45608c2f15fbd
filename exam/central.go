package exam

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

func (s Sitting) want() central.Want {
	return central.Want{Region: s.Region, Body: s.Body, Track: s.Track, Trade: s.Trade, Level: s.Level, StartsAt: s.StartsAt}
}

// fits refuses a sitting whose paper is not what its track asks for: where the
// Book marks the track as central, nothing but a central paper of the track,
// trade, level and hour whose region contains the sitting's (R05). Without
// needed, none at all is no wrong one yet.
func (s *Service) fits(ctx context.Context, sitting Sitting, needed bool) error {
	if sitting.Central != "" {
		_, err := s.Central.Fit(ctx, sitting.Central, sitting.want())
		return err
	}
	rule, must := s.Book.CentralPapers(sitting.Region, sitting.StartsAt, sitting.Track)
	if !must || !needed && sitting.Paper == "" {
		return nil
	}
	return fault.New(fault.Refused, "exam.fits", central.OwnPaper).By(rule.Cite())
}

// setCentral gives a sitting a central paper, which must be reviewed (R05).
// Its practical tasks come from the paper, too, after the release.
func (s *Service) setCentral(ctx context.Context, sitting *Sitting, id string) error {
	brief, err := s.Central.Fit(ctx, id, sitting.want())
	if err != nil {
		return err
	}
	if !brief.Approved() {
		refusal := fault.New(fault.Refused, "exam.Staff", "the central paper is not reviewed yet")
		if rule, must := s.Book.CentralPapers(sitting.Region, sitting.StartsAt, sitting.Track); must {
			refusal = refusal.By(rule.Cite())
		}
		return refusal
	}
	sitting.Central, sitting.Paper, sitting.Minutes, sitting.Tasks = id, "", brief.Minutes, nil
	return nil
}

// OfferedPapers lists the central papers that a sitting can have, without
// their content (paper:list in the body).
func (s *Service) OfferedPapers(ctx context.Context, actor access.Actor, id string) ([]central.Brief, error) {
	sitting, err := s.Store.Sitting(ctx, id)
	if err != nil {
		return nil, fault.Wrap("exam.OfferedPapers", err)
	}
	return s.Central.Offered(ctx, actor, sitting.want())
}

// custody is how far a staffed sitting is, by the state of its central paper.
func custody(paper central.Standing) State {
	switch paper.State {
	case central.Sealed, central.Unsealing:
		return Sealed
	case central.Unsealed:
		return Unsealed
	}
	return Staffed
}

// prepared are the states of a sitting that is staffed and has not begun.
var prepared = []State{Staffed, Sealed, Unsealed}

// openable asks, before a room is opened, for the right paper, unsealed (R05),
// and walks the sitting on to where its paper is.
func (s *Service) openable(ctx context.Context, op string, sitting *Sitting) error {
	if err := s.fits(ctx, *sitting, true); err != nil || sitting.Central == "" {
		return err
	}
	paper, err := s.Central.Standing(ctx, sitting.Central)
	if err != nil {
		return err
	}
	if paper.UnsealedAt.IsZero() {
		refusal := fault.New(fault.Refused, op, "the central paper is not unsealed yet: two keepers of the bureau unseal it before the start")
		if rule, set := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "paper_keepers"); set {
			refusal = refusal.By(rule.Cite())
		}
		return refusal
	}
	if slices.Contains(prepared, sitting.State) {
		sitting.State = Unsealed
	}
	return nil
}

// sealed hands out the paper of an attempt with its keys: the body's own, or a
// released form of a central one (Early before).
func (s *Service) sealed(ctx context.Context, ref string) (bank.Paper, error) {
	id, form, ok := central.ParseRef(ref)
	if !ok {
		return s.Papers.Sealed(ctx, ref)
	}
	opened, err := s.Central.Open(ctx, id, form)
	return opened.Theory, err
}

// presented is what a candidate who begins now is given: the paper, and when
// the theory ends. Refused by R05 for anything but the right central paper where
// the track asks for it; Early until that is released.
func (s *Service) presented(ctx context.Context, sitting Sitting) (ref string, ends time.Time, err error) {
	if err := s.fits(ctx, sitting, true); err != nil || sitting.Central == "" {
		return sitting.Paper, sitting.Deadline(), err
	}
	paper, err := s.Central.Standing(ctx, sitting.Central)
	if err != nil {
		return "", time.Time{}, err
	}
	if _, err := s.Central.Open(ctx, paper.ID, paper.Current); err != nil {
		return "", time.Time{}, err
	}
	sitting.Until = until(sitting, paper)
	return central.PaperRef(paper.ID, paper.Current), sitting.Deadline(), nil
}

// until is when the theory ends for who begins on a backup form that was
// unsealed after the start, zero without one.
func until(sitting Sitting, paper central.Standing) time.Time {
	if !paper.Replaced || !paper.UnsealedAt.After(sitting.StartsAt) {
		return time.Time{}
	}
	return paper.UnsealedAt.Add(time.Duration(sitting.Minutes) * time.Minute)
}

// withTasks gives a sitting the practical tasks of its central paper, once
// that is released (Early before), where they are not kept with it yet.
func (s *Service) withTasks(ctx context.Context, sitting *Sitting) error {
	if sitting.Central == "" || len(sitting.Tasks) > 0 {
		return nil
	}
	paper, err := s.Central.Standing(ctx, sitting.Central)
	if err != nil {
		return err
	}
	opened, err := s.Central.Open(ctx, paper.ID, paper.Current)
	if err == nil {
		sitting.Tasks = tasks(opened)
	}
	return err
}

func tasks(opened central.Opened) []Task {
	list := make([]Task, len(opened.Tasks))
	for i, t := range opened.Tasks {
		list[i] = Task(t)
	}
	return list
}

// Counts reports whether an answer to a question belongs to the form that the
// attempt is on: what was answered on a form that was replaced stays in the
// record and earns nothing.
func (a Attempt) Counts(question string) bool {
	_, form, ok := central.ParseRef(a.Paper)
	return !ok || strings.HasPrefix(question, strings.ToLower(form))
}

// PaperTouched counts what a replacement of a central paper would touch.
func (s *Service) PaperTouched(ctx context.Context, paper string) (central.Touched, error) {
	var t central.Touched
	list, err := s.Store.Sittings(ctx, SittingQuery{Central: paper, States: append([]State{Running}, prepared...)})
	if err != nil {
		return t, fault.Wrap("exam.PaperTouched", err)
	}
	for _, sitting := range list {
		t.Sittings++
		for _, room := range sitting.Rooms {
			if room.Code != "" {
				t.Rooms++
			}
		}
		attempts, err := s.Store.Attempts(ctx, sitting.ID)
		if err != nil {
			return t, fault.Wrap("exam.PaperTouched", err)
		}
		for _, a := range attempts {
			switch a.State {
			case Open:
				t.Writing++
			case Submitted, Scored:
				t.HandedIn++
			}
		}
	}
	return t, nil
}

// refFor is the note of an entry that says which form was given.
func refNote(ref string) string {
	if _, form, ok := central.ParseRef(ref); ok {
		return fmt.Sprintf("form=%s", form)
	}
	return ""
}
