package exam

import (
	"context"
	"slices"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// Small cohorts of several bodies sit together (统筹集中考核, R14): a guest's sitting
// takes the rooms of a host's sitting at the same hour. Each body keeps its own
// notice, paper, candidates, examiners, results and certificates and answers for
// them (R31); they share the seats, and the code that the host's room shows.

// Joinable lists the sittings of other bodies that one of a body could sit
// together with (sitting:draft there): accepted and to come, in the same city,
// nobody's guest, the earliest first; none where the region's rules allow none.
func (s *Service) Joinable(ctx context.Context, actor access.Actor, body string) ([]Sitting, error) {
	const op = "exam.Joinable"
	own, err := s.Bodies.Body(ctx, body)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := s.Policy.Decide(actor, "sitting:draft", access.Scope{Region: own.Region, Body: body}); err != nil {
		return nil, err
	}
	all, err := s.Store.Sittings(ctx, SittingQuery{States: append([]State{Accepted}, prepared...)})
	all = slices.DeleteFunc(all, func(host Sitting) bool {
		_, allowed := s.together(own.Region, host)
		return !allowed || host.Body == body || host.Joint != "" || !host.StartsAt.After(s.Now()) || s.Book.City(host.Region) != s.Book.City(own.Region) ||
			!own.Covers(host.Trade, host.Level, host.Track, host.StartsAt)
	})
	slices.SortStableFunc(all, func(a, b Sitting) int { return a.StartsAt.Compare(b.StartsAt) })
	return all, fault.Wrap(op, err)
}

// together is the rule by which small cohorts of a region may sit together.
func (s *Service) together(region string, host Sitting) (rulebook.Param, bool) {
	rule, set := s.Book.At(region, host.StartsAt, host.Track, "joint_small_cohorts")
	return rule, set && rule.Flag()
}

// join makes a draft the guest of another sitting: that one's rooms and place,
// and its own site for the number of its certificates.
func (s *Service) join(ctx context.Context, op string, sitting *Sitting, id string) error {
	if sitting.Joint = id; id == "" {
		return nil
	}
	host, err := s.Store.Sitting(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return fault.Wrap(op, err)
	}
	if err != nil || host.Body == sitting.Body || host.Joint != "" || host.Trade != sitting.Trade || host.Level != sitting.Level || host.Track != sitting.Track ||
		!host.StartsAt.Equal(sitting.StartsAt) || s.Book.City(host.Region) != s.Book.City(sitting.Region) {
		return fault.New(fault.Invalid, op, "the draft is incomplete").With(fault.Issue{Column: "joint", Rule: "R14",
			Text: fault.Textf("cohorts sit together in one city, with the same trade, level, track and start")})
	}
	if _, allowed := s.together(sitting.Region, host); !allowed {
		return fault.New(fault.Refused, op, "the region's rules do not let several bodies examine together: choose rooms of the own site").By(standing.Filing)
	}
	sitting.Host, sitting.SiteName, sitting.Rooms = "", host.BodyName+" · "+host.SiteName, nil
	for _, r := range host.Rooms {
		sitting.Rooms = append(sitting.Rooms, Room{Name: r.Name, Seats: r.Seats})
	}
	return nil
}

// crowded refuses a guest whose host is no longer there, and cohorts that are
// not small (K17) or for whom the rooms have too few seats together.
func (s *Service) crowded(ctx context.Context, op string, sitting Sitting) error {
	if sitting.Joint == "" {
		return nil
	}
	host, err := s.Store.Sitting(ctx, sitting.Joint)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := host.in(op, append([]State{Accepted}, prepared...)...); err != nil {
		return err
	}
	all, err := s.cohorts(ctx, sitting)
	if err != nil {
		return fault.Wrap(op, err)
	}
	most, limited := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "joint_cohort_most")
	total := 0
	for _, cohort := range append(all, sitting) {
		n, err := s.Store.CountEnrolments(ctx, EnrolmentQuery{Sitting: cohort.ID})
		if err != nil {
			return fault.Wrap(op, err)
		}
		if limited && n > most.Int() {
			return fault.New(fault.Refused, op, "cohorts that sit together are small, of at most %d candidates: that of %s has %d", most.Int(), cohort.BodyName, n).By(most.Cite())
		}
		total += n
	}
	if total > host.Seats() {
		return fault.New(fault.Refused, op, "%d candidates are enrolled, the rooms have %d seats", total, host.Seats())
	}
	return nil
}

// cohorts are the other sittings in a sitting's rooms: its host, and the guests
// that the host has.
func (s *Service) cohorts(ctx context.Context, sitting Sitting) (others []Sitting, err error) {
	guests := sitting.Guests
	if sitting.Joint != "" {
		host, err := s.Store.Sitting(ctx, sitting.Joint)
		if err != nil {
			return nil, err
		}
		others, guests = append(others, host), host.Guests
	}
	for _, id := range guests {
		if id == sitting.ID {
			continue
		}
		guest, err := s.Store.Sitting(ctx, id)
		if err != nil {
			return nil, err
		}
		others = append(others, guest)
	}
	return slices.DeleteFunc(others, func(x Sitting) bool {
		return slices.Contains([]State{Drafted, Returned, Cancelled}, x.State) || x.ID != sitting.Joint && x.Joint == ""
	}), nil
}

// company is who else sits and watches in a sitting's rooms.
type company struct {
	seated   map[string]int // by room
	watching map[string]int // invigilators, by room
}

func (s *Service) company(ctx context.Context, sitting Sitting) (company, error) {
	c := company{map[string]int{}, map[string]int{}}
	others, err := s.cohorts(ctx, sitting)
	for _, other := range others {
		list, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: other.ID})
		if err != nil {
			return c, err
		}
		for _, e := range list {
			if e.Seat > 0 {
				c.seated[e.Room]++
			}
		}
		for _, room := range other.Rooms {
			c.watching[room.Name] += len(room.Invigilators)
		}
	}
	return c, err
}

// welcome notes an accepted guest with its host, so that the host's seats are
// given with the guest's in mind. It may be done twice.
func (s *Service) welcome(ctx context.Context, actor access.Actor, guest Sitting) error {
	if guest.Joint == "" {
		return nil
	}
	return fault.Retry(func() error {
		host, err := s.Store.Sitting(ctx, guest.Joint)
		if err != nil || slices.Contains(host.Guests, guest.ID) {
			return err
		}
		host.Guests = append(slices.Clip(host.Guests), guest.ID)
		entry := s.entry(actor, host.ID, "sitting/"+host.ID, "sitting:join")
		entry.Rule, entry.Note = "R14", "guest="+guest.ID
		return s.Store.PutSitting(ctx, &host, entry)
	})
}

// sendHome returns the guests of a sitting that does not take place to their
// bodies, which find other rooms and give notice again.
func (s *Service) sendHome(ctx context.Context, host Sitting) error {
	for _, id := range host.Guests {
		err := fault.Retry(func() error {
			guest, err := s.Store.Sitting(ctx, id)
			if err != nil || guest.Joint != host.ID || guest.in("exam.sendHome", append([]State{Notified, Accepted}, prepared...)...) != nil {
				return err
			}
			guest.State, guest.Reason = Returned, host.Reason
			return s.Store.PutSitting(ctx, &guest, s.entry(access.System(), id, "sitting/"+id, "sitting:host-left"))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// hostCode is the code that the host's room shows to the candidates of every
// cohort in it (Refused while the host has not opened it).
func (s *Service) hostCode(ctx context.Context, op string, sitting Sitting, room string) (string, error) {
	host, err := s.Store.Sitting(ctx, sitting.Joint)
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	shared, err := host.Room(room)
	if err != nil {
		return "", err
	}
	if shared.Code == "" {
		return "", fault.New(fault.Refused, op, "%s opens this room first: cohorts that sit together use one code", host.BodyName)
	}
	return shared.Code, nil
}
