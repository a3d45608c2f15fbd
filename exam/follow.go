package exam

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"kaoping/bank/central"
	"kaoping/internal/fault"
	"kaoping/internal/vault"
	"kaoping/policies/access"
)

// FollowPaper walks every sitting of a central paper on to where the paper is:
// the handler of central.FollowJob. Sealed and unsealed follow its custody, the
// practical tasks come with the release, a backup form ends the attempts on the
// form that it replaces where the officers chose so. Doing it again changes nothing.
func (s *Service) FollowPaper(ctx context.Context, paper string) error {
	const op = "exam.FollowPaper"
	q := SittingQuery{Central: paper, States: append([]State{Running}, prepared...), Limit: exitPage}
	for {
		page, err := s.Store.Sittings(ctx, q)
		if err != nil {
			return fault.Wrap(op, err)
		}
		for _, sitting := range page {
			if err := s.follow(ctx, sitting.ID); err != nil {
				return fault.Wrap(op, err)
			}
		}
		if len(page) < exitPage {
			return nil
		}
		q.Before = page[len(page)-1].ID
	}
}

// follow walks one sitting on: its state first, then its attempts.
func (s *Service) follow(ctx context.Context, id string) error {
	var sitting Sitting
	var paper central.Standing
	err := fault.Retry(func() (err error) {
		if sitting, err = s.Store.Sitting(ctx, id); err != nil || sitting.Central == "" {
			return err
		}
		if paper, err = s.Central.Standing(ctx, sitting.Central); err != nil {
			return err
		}
		before := sitting
		if slices.Contains(prepared, sitting.State) {
			sitting.State = custody(paper)
		}
		if slices.Contains(prepared, sitting.State) || sitting.State == Running {
			sitting.Until = until(sitting, paper)
			if err := s.releaseTasks(ctx, &sitting, paper); err != nil {
				return err
			}
		}
		if reflect.DeepEqual(before, sitting) {
			return nil
		}
		entry := s.entry(access.System(), id, "sitting/"+id, "sitting:follow-paper")
		entry.Rule, entry.Note = "R05", fmt.Sprintf("paper=%s form=%s state=%s", paper.ID, paper.Current, sitting.State)
		return s.Store.PutSitting(ctx, &sitting, entry)
	})
	if err != nil || sitting.State != Running || !paper.Replaced || paper.Choice != central.Restart {
		return err
	}
	attempts, err := s.Store.Attempts(ctx, id)
	if err != nil {
		return err
	}
	for _, a := range attempts {
		if err := s.replaceForm(ctx, sitting, paper, a.ID); err != nil {
			return err
		}
	}
	return nil
}

// releaseTasks keeps the practical tasks of the form that is sat with the
// sitting once that is released, until somebody has scored by them.
func (s *Service) releaseTasks(ctx context.Context, sitting *Sitting, paper central.Standing) error {
	opened, err := s.Central.Open(ctx, paper.ID, paper.Current)
	if fault.Is(err, fault.Early) {
		return nil
	}
	if err != nil {
		return err
	}
	list := tasks(opened)
	if len(sitting.Tasks) > 0 && !slices.Equal(sitting.Tasks, list) {
		records, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: sitting.ID})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(records, func(e Enrolment) bool { return len(e.Practical.Scores) > 0 || len(e.Practical.Before) > 0 }) {
			return nil
		}
	}
	sitting.Tasks = list
	return nil
}

// replaceForm ends an attempt on a form that was replaced: its lease is void at
// once, and the candidate begins again on the backup form.
func (s *Service) replaceForm(ctx context.Context, sitting Sitting, paper central.Standing, id string) error {
	changed := false
	err := fault.Retry(func() error {
		a, err := s.Store.Attempt(ctx, id)
		if err != nil || a.State != Open || a.Paper != central.PaperRef(paper.ID, central.FormA) {
			return err
		}
		a.State, a.Paper = Replaced, central.PaperRef(paper.ID, paper.Current)
		a.Lease, a.StartedAt = leaseOf(a.Paper), time.Time{}
		length := time.Duration(sitting.Minutes) * time.Minute
		a.Deadline = sitting.Deadline().Add(length) // until then the candidate can begin again
		entry := s.entry(access.System(), a.Sitting, "attempt/"+a.ID, "attempt:replace-form")
		entry.Rule, entry.Note = "K14", refNote(a.Paper)
		changed = true
		return s.Store.PutAttempt(ctx, &a, entry)
	})
	if changed {
		s.watch.tell(id)
	}
	return err
}

// backupLease marks a lease that was given on a backup form, so that a page
// with an older one can be told why that is void.
const backupLease = "backup-"

// leaseOf makes a lease for an attempt on a paper.
func leaseOf(ref string) string {
	if _, form, ok := central.ParseRef(ref); ok && form != central.FormA {
		return backupLease + vault.Token()
	}
	return vault.Token()
}

// outlived reports whether a lease is void because the form was replaced since.
func outlived(lease, current string) bool {
	return strings.HasPrefix(current, backupLease) && !strings.HasPrefix(lease, backupLease)
}
