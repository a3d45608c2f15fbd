package exam

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// Staffing is what a scheduler arranges for an accepted sitting (排考).
type Staffing struct {
	Paper        string              // id of the body's own, or of a central one (R05)
	Invigilators map[string][]string // room name to account ids
	Examiners    []string
	Tasks        []Task
}

// Staff sets paper, rooms, invigilators, examiners and the practical task
// sheet, and gives every candidate a seat (sitting:staff). Refused by R05 for
// a body's own paper where the region has central ones, by R17 for too few staff,
// by R19 for an examiner without the certificate or too near to a candidate;
// Invalid names the field.
func (s *Service) Staff(ctx context.Context, actor access.Actor, id string, in Staffing) (Sitting, error) {
	const op = "exam.Staff"
	sitting, err := s.changeSitting(ctx, actor, "sitting:staff", id, func(sitting *Sitting) (audit.Entry, error) {
		if err := sitting.in(op, Accepted, Staffed, Sealed); err != nil {
			return audit.Entry{}, err
		}
		if err := s.within(ctx, standing.ToStaff, *sitting, sitting.StartsAt); err != nil {
			return audit.Entry{}, err
		}
		if err := s.setPaper(ctx, sitting, in.Paper); err != nil {
			return audit.Entry{}, err
		}
		candidates, err := s.Store.Enrolments(ctx, EnrolmentQuery{Sitting: id})
		if err != nil {
			return audit.Entry{}, err
		}
		if err := s.setStaff(ctx, sitting, in, candidates); err != nil {
			return audit.Entry{}, err
		}
		sitting.State = Staffed
		if sitting.Central != "" {
			return s.entry(actor, id, "sitting/"+id, "sitting:staff"), nil
		}
		if issues := checkTasks(in.Tasks); len(issues) > 0 {
			return audit.Entry{}, fault.New(fault.Invalid, op, "the practical task sheet is not complete").With(issues...)
		}
		sitting.Tasks = in.Tasks
		return s.entry(actor, id, "sitting/"+id, "sitting:staff"), nil
	})
	if err != nil {
		return sitting, err
	}
	if err := s.giveSeats(ctx, actor, sitting); err != nil || sitting.Central == "" {
		return sitting, fault.Wrap(op, err)
	}
	if err := s.follow(ctx, id); err != nil { // its paper may be sealed already
		return sitting, fault.Wrap(op, err)
	}
	sitting, err = s.Store.Sitting(ctx, id)
	return sitting, fault.Wrap(op, err)
}

func (s *Service) setPaper(ctx context.Context, sitting *Sitting, id string) error {
	const op = "exam.Staff"
	if _, must := s.Book.CentralPapers(sitting.Region, sitting.StartsAt, sitting.Track); must {
		return s.setCentral(ctx, sitting, cmp.Or(id, sitting.Central))
	}
	paper, err := s.Papers.Brief(ctx, id)
	if fault.Is(err, fault.NotFound) {
		if _, err := s.Central.Standing(ctx, id); err == nil {
			return s.setCentral(ctx, sitting, id)
		}
	}
	if err != nil {
		return fault.New(fault.Invalid, op, "choose a paper").With(fault.Issue{Column: "paper", Text: fault.Textf("choose a paper")}).Because(err)
	}
	if paper.Owner != sitting.Body || paper.Trade != sitting.Trade || paper.Level != sitting.Level {
		return fault.New(fault.Invalid, op, "the paper is of another body, trade or level").With(fault.Issue{Column: "paper", Text: fault.Textf("the paper is of another body, trade or level")})
	}
	sitting.Paper, sitting.Central, sitting.Minutes = paper.ID, "", paper.Minutes
	return nil
}

func (s *Service) setStaff(ctx context.Context, sitting *Sitting, in Staffing, list []Enrolment) error {
	var issues []fault.Issue
	if len(list) > sitting.Seats() {
		issues = append(issues, fault.Issue{Column: "rooms", Text: fault.Textf("%d candidates are enrolled, the rooms have %d seats", len(list), sitting.Seats())})
	}
	beside, err := s.company(ctx, *sitting)
	if err != nil {
		return err
	}
	left := len(list)
	inRoom := map[string]string{}
	for i := range sitting.Rooms {
		room := &sitting.Rooms[i]
		here := min(left, room.Seats-beside.seated[room.Name])
		left -= here
		room.Invigilators = distinct(in.Invigilators[room.Name])
		if here == 0 && len(room.Invigilators) == 0 {
			continue
		}
		issues = append(issues, s.checkInvigilators(ctx, *sitting, *room, here, beside)...)
		for _, id := range room.Invigilators {
			if other, twice := inRoom[id]; twice {
				issues = append(issues, fault.Issue{Rule: "R17", Column: room.Name, Text: fault.Textf("one of its invigilators is in %s at the same time", other)})
			}
			inRoom[id] = room.Name
		}
	}
	if left > 0 && len(beside.seated) > 0 {
		issues = append(issues, fault.Issue{Column: "rooms", Text: fault.Textf("%d candidates find no seat beside those of the other bodies", left)})
	}
	sitting.Examiners = distinct(in.Examiners)
	wrong, err := s.checkExaminers(ctx, *sitting, list)
	if err != nil {
		return err
	}
	return s.staffRefusal("exam.Staff", *sitting, append(issues, wrong...), "the sitting cannot be staffed like this")
}

// checkInvigilators names what is wrong with a room's invigilators for so many
// candidates: their number (R17), counting those who hold the role. Cohorts of
// several bodies in one room are counted together, candidates and invigilators;
// each body with candidates in it has one of its own there.
func (s *Service) checkInvigilators(ctx context.Context, sitting Sitting, room Room, own int, beside company) []fault.Issue {
	var issues []fault.Issue
	candidates := own + beside.seated[room.Name]
	need := s.number(sitting, "invigilators_per_room")
	if per := s.number(sitting, "candidates_per_invigilator"); per > 0 {
		need = max(need, (candidates+per-1)/per)
	}
	there := 0
	for _, id := range room.Invigilators {
		if err := s.holds(ctx, id, access.Invigilator, sitting); err != nil {
			issues = append(issues, fault.Issue{Column: room.Name, Text: fault.Textf("an invigilator must hold that role in this body")})
		} else {
			there++
		}
	}
	if there == 0 && own > 0 && beside.watching[room.Name] > 0 {
		issues = append(issues, fault.Issue{Rule: "R14", Column: room.Name, Text: fault.Textf("a body that examines together with others has an invigilator of its own in the room")})
	}
	if there += beside.watching[room.Name]; there < need {
		issues = append(issues, fault.Issue{Rule: "R17", Column: room.Name, Text: fault.Textf("%s seats %d candidates and needs %d invigilators, it has %d", room.Name, candidates, need, there)})
	}
	return issues
}

// staffRefusal refuses with what is wrong with the staff, by the first rule
// that says so; nil where nothing is.
func (s *Service) staffRefusal(op string, sitting Sitting, issues []fault.Issue, sentence string) error {
	if len(issues) == 0 {
		return nil
	}
	refusal := fault.New(fault.Refused, op, sentence).With(issues...)
	for _, of := range []struct{ rule, param string }{{"R17", "examiners_least"}, {"R19", "examiner_levels"}} {
		if !slices.ContainsFunc(issues, func(i fault.Issue) bool { return i.Rule == of.rule }) {
			continue
		}
		if rule, set := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, of.param); set {
			return refusal.By(rule.Cite())
		}
	}
	return refusal
}

// holds refuses unless the account has the role in the sitting's body when the
// sitting starts.
func (s *Service) holds(ctx context.Context, account string, role access.Role, sitting Sitting) error {
	a, err := s.People.Account(ctx, account)
	if err != nil {
		return err
	}
	if !a.Holds(role, sitting.Body, sitting.StartsAt) {
		return fault.New(fault.Refused, "exam.holds", "the person does not hold the role %s in this body", role)
	}
	return nil
}

func distinct(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

func checkTasks(tasks []Task) []fault.Issue {
	var issues []fault.Issue
	var total bank.Points
	for i, t := range tasks {
		if strings.TrimSpace(t.Name) == "" || t.Points <= 0 {
			issues = append(issues, fault.Issue{Row: i + 1, Column: "tasks", Text: fault.Textf("a task has a name and points")})
		}
		total += t.Points
	}
	if total != bank.FullMarks {
		issues = append(issues, fault.Issue{Column: "tasks", Rule: "R15", Text: fault.Textf("the tasks add up to %s points, the practical part is marked out of 100", total)})
	}
	return issues
}

// Staffable lists the accounts that can be given a role in a body's sitting; as
// examiners, those who may examine its trade and level (R19).
func (s *Service) Staffable(ctx context.Context, actor access.Actor, sitting Sitting, role access.Role) ([]access.Account, error) {
	const op = "exam.Staffable"
	if err := s.Policy.Decide(actor, "sitting:staff", sitting.Scope()); err != nil {
		return nil, err
	}
	all, err := s.People.Accounts(ctx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	body, err := s.Bodies.Body(ctx, sitting.Body)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return slices.DeleteFunc(all, func(a access.Account) bool {
		if slices.Contains(examining, role) {
			return s.qualified(body, sitting, a, sitting.StartsAt) != nil
		}
		return !a.Holds(role, sitting.Body, sitting.StartsAt)
	}), nil
}

// PassMark is the least score of each part (R15) in the sitting's region.
func (s *Service) PassMark(sitting Sitting) (bank.Points, rulebook.Param) {
	p, ok := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "pass_mark")
	if !ok {
		return 0, p
	}
	return bank.Points(p.Int() * 100), p
}
