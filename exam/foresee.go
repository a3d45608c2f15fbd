package exam

import (
	"context"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// NoticeRefusal foresees why Notify would refuse a draft now (R02, R03, R30, R37, R38), nil
// if it would not. It changes nothing; Notify decides again.
func (s *Service) NoticeRefusal(ctx context.Context, actor access.Actor, sitting Sitting) error {
	const op = "exam.NoticeRefusal"
	if err := s.Policy.Decide(actor, "sitting:notify", sitting.Scope()); err != nil {
		return err
	}
	if err := sitting.in(op, Drafted, Returned); err != nil {
		return err
	}
	if err := s.noticeable(ctx, op, sitting); err != nil {
		return err
	}
	if err := s.fits(ctx, sitting, false); err != nil {
		return err
	}
	_, err := s.noticeInTime(sitting, s.Now())
	return err
}

// AcceptRefusal foresees why Accept would refuse a notice now, nil if it would not.
func (s *Service) AcceptRefusal(ctx context.Context, actor access.Actor, sitting Sitting) error {
	const op = "exam.AcceptRefusal"
	if err := s.Policy.Decide(actor, "sitting:accept", sitting.Scope()); err != nil {
		return err
	}
	if err := sitting.in(op, Notified); err != nil {
		return err
	}
	return s.acceptable(ctx, op, sitting)
}

// EarliestDay is the first legal day that a sitting noticed today may have
// (R02); ok is false where the region sets no such rule.
func (s *Service) EarliestDay(region string, track rulebook.Track) (first rulebook.Due, rule rulebook.Param, ok bool) {
	now := s.Now()
	if rule, ok = s.Book.At(region, now, track, "notice_days"); ok {
		first = s.Book.AddDays(now, rule.Int(), rule.Unit)
	}
	return first, rule, ok
}

// StaffRefusal foresees why Staff would refuse a sitting whatever is chosen: a
// paper that only the bureau sets (R05) and has not, or more candidates than seats.
func (s *Service) StaffRefusal(ctx context.Context, actor access.Actor, sitting Sitting) error {
	const op = "exam.StaffRefusal"
	if err := s.Policy.Decide(actor, "sitting:staff", sitting.Scope()); err != nil {
		return err
	}
	if err := sitting.in(op, Accepted, Staffed, Sealed); err != nil {
		return err
	}
	if err := s.within(ctx, standing.ToStaff, sitting, sitting.StartsAt); err != nil {
		return err
	}
	if _, must := s.Book.CentralPapers(sitting.Region, sitting.StartsAt, sitting.Track); must {
		if err := s.offered(ctx, actor, sitting); err != nil {
			return err
		}
	}
	candidates, err := s.Store.CountEnrolments(ctx, EnrolmentQuery{Sitting: sitting.ID})
	if err == nil && candidates > sitting.Seats() {
		return fault.New(fault.Refused, op, "%d candidates are enrolled, the rooms have %d seats", candidates, sitting.Seats())
	}
	return fault.Wrap(op, err)
}

// offered refuses where no central paper is there for a sitting that needs one (R05).
func (s *Service) offered(ctx context.Context, actor access.Actor, sitting Sitting) error {
	papers, err := s.Central.Offered(ctx, actor, sitting.want())
	if err != nil || len(papers) > 0 {
		return err
	}
	rule, _ := s.Book.CentralPapers(sitting.Region, sitting.StartsAt, sitting.Track)
	return fault.New(fault.Refused, "exam.StaffRefusal", "a paper of this track is set by the county-or-higher bureau: there is none yet for this trade, level and hour").By(rule.Cite())
}

// StaffNames tells who staffs a sitting: the names of its invigilators and
// examiners by account id (sitting:read).
func (s *Service) StaffNames(ctx context.Context, actor access.Actor, sitting Sitting) (map[string]string, error) {
	if err := s.reads(actor, sitting); err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, id := range sitting.staff() {
		account, err := s.People.Account(ctx, id)
		if err != nil {
			return nil, fault.Wrap("exam.StaffNames", err)
		}
		names[id] = account.Name
	}
	return names, nil
}
