package inspection

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// Grade is a credit grade (信用等级).
type Grade string

// The grades, best first.
const (
	GradeA Grade = "A" // 优秀: 90 points and more
	GradeB Grade = "B" // 良好: 75
	GradeC Grade = "C" // 一般: 60
	GradeD Grade = "D" // 较差
)

// Weight is what one fact takes off a hundred points. The list is published
// with every grade (R36).
type Weight struct {
	What   string // English sentence
	Points int
}

// Effect is what one fact adds to the points.
func (w Weight) Effect() int { return -w.Points }

// The weights. No source document gives any: they are kaoping's own.
var Weights = []Weight{
	{"a breach found in an inspection", 5},
	{"a finding that is overdue", 10},
	{"a finding that was put right in time", -2},
}

// CreditState is where a grade stands.
type CreditState string

// The states of a grade.
const (
	Proposed CreditState = "proposed" // waits for the second signature
	Stands   CreditState = "stands"   // published
	Appealed CreditState = "appealed" // 申诉: the body objects
	Replaced CreditState = "replaced" // another grade stands instead: after an appeal or a repair
)

// CreditStates lists the states in their order.
var CreditStates = []CreditState{Proposed, Stands, Appealed, Replaced}

// Credit is one grade of a body over a span of days.
type Credit struct {
	ID       string
	Version  int
	Body     string
	BodyName string
	Region   string
	From, To time.Time // what was looked at
	Points   int
	Grade    Grade
	Facts    []Fact
	State    CreditState
	Reason   string // of a repair (信用修复), "" for a grade by the weights alone
	By       string // account id
	At       time.Time
	SignedBy string
	SignedAt time.Time
	Appeal   string
	AppealBy string
	AppealAt time.Time
	Answer   string
}

// Fact is how often a weight counted.
type Fact struct {
	What   string
	Times  int
	Points int // all together
}

// Scope is where the grade belongs, for access.Decide.
func (c Credit) Scope() access.Scope { return access.Scope{Region: c.Region, Body: c.Body} }

// gradeOf is the grade of points.
func gradeOf(points int) Grade {
	switch {
	case points >= 90:
		return GradeA
	case points >= 75:
		return GradeB
	case points >= 60:
		return GradeC
	default:
		return GradeD
	}
}

// weigh counts what a body's signed visits of a span of days come to.
func weigh(visits []Visit, now time.Time) (points int, facts []Fact) {
	times := make([]int, len(Weights))
	for _, v := range visits {
		for _, c := range v.Checks {
			if c.Result == Breach {
				times[0]++
			}
		}
		for _, f := range v.Findings {
			switch {
			case f.Overdue(now):
				times[1]++
			case f.State == Fixed && !f.Follow[len(f.Follow)-1].At.After(f.Due.AddDate(0, 0, 1)):
				times[2]++
			}
		}
	}
	points = 100
	for i, w := range Weights {
		if times[i] > 0 {
			facts = append(facts, Fact{w.What, times[i], times[i] * w.Points})
			points -= times[i] * w.Points
		}
	}
	return min(max(points, 0), 100), facts
}

// Rate proposes a body's grade by the weights (credit:grade). With a reason and
// points it is a repair (信用修复), which says what was made good.
func (s *Service) Rate(ctx context.Context, actor access.Actor, body string, from, to time.Time, reason string, points int) (Credit, error) {
	const op = "inspection.Rate"
	b, err := s.Bodies.Body(ctx, body)
	if err != nil {
		return Credit{}, fault.Wrap(op, err)
	}
	c := Credit{ID: ulid.Make().String(), Body: b.ID, BodyName: b.Name, Region: b.Region, From: from, To: to, State: Proposed, By: actor.ID, At: s.Now(), Reason: strings.TrimSpace(reason)}
	if err := s.Policy.Decide(actor, "credit:grade", c.Scope()); err != nil {
		return Credit{}, err
	}
	if from.IsZero() || to.Before(from) || points < 0 || points > 100 {
		return Credit{}, fault.New(fault.Invalid, op, "give the first and the last day, and points from 0 to 100")
	}
	visits, err := s.Store.Visits(ctx, Query{Body: body, States: []VisitState{Signed}, From: from})
	if err != nil {
		return Credit{}, fault.Wrap(op, err)
	}
	visits = slices.DeleteFunc(visits, func(v Visit) bool { return v.On.After(to) })
	if c.Points, c.Facts = weigh(visits, s.Now()); c.Reason != "" {
		c.Points = points
	}
	c.Grade = gradeOf(c.Points)
	return c, fault.Wrap(op, s.Store.PutCredit(ctx, &c, s.creditEntry(c, actor, "credit:grade")))
}

// Approve is the second signature (credit:approve, another person's): the grade
// stands, and the ones before it are replaced.
func (s *Service) Approve(ctx context.Context, actor access.Actor, id string) (Credit, error) {
	const op = "inspection.Approve"
	c, err := s.changeCredit(ctx, op, actor, "credit:approve", id, func(c *Credit) error {
		if c.State != Proposed {
			return fault.New(fault.Refused, op, "the grade is %s: this cannot be done now", c.State)
		}
		if err := access.Distinct(access.SignSecond, actor, c.By); err != nil {
			return err
		}
		c.State, c.SignedBy, c.SignedAt = Stands, actor.ID, s.Now()
		return nil
	})
	if err != nil {
		return c, err
	}
	others, err := s.Store.Credits(ctx, c.Body)
	if err != nil {
		return c, fault.Wrap(op, err)
	}
	for _, o := range others {
		if o.ID == c.ID || o.State != Stands && o.State != Appealed {
			continue
		}
		o.State = Replaced
		if err := s.Store.PutCredit(ctx, &o, s.creditEntry(o, actor, "credit:replace")); err != nil {
			return c, fault.Wrap(op, err)
		}
	}
	return c, nil
}

// Object is the body's appeal against a grade that stands (credit:appeal).
func (s *Service) Object(ctx context.Context, actor access.Actor, id, text string) (Credit, error) {
	const op = "inspection.Object"
	if text = strings.TrimSpace(text); text == "" {
		return Credit{}, fault.New(fault.Invalid, op, "give the reason").With(fault.Issue{Column: "text", Text: fault.Textf("give the reason")})
	}
	return s.changeCredit(ctx, op, actor, "credit:appeal", id, func(c *Credit) error {
		if c.State != Stands || c.AppealBy != "" {
			return fault.New(fault.Refused, op, "a grade that stands can be appealed once")
		}
		c.State, c.Appeal, c.AppealBy, c.AppealAt = Appealed, text, actor.ID, s.Now()
		return nil
	})
}

// Uphold keeps an appealed grade, with the answer to the body (credit:approve).
// To change it, Rate and Approve another one.
func (s *Service) Uphold(ctx context.Context, actor access.Actor, id, answer string) (Credit, error) {
	const op = "inspection.Uphold"
	if answer = strings.TrimSpace(answer); answer == "" {
		return Credit{}, fault.New(fault.Invalid, op, "give the reason").With(fault.Issue{Column: "answer", Text: fault.Textf("give the reason")})
	}
	return s.changeCredit(ctx, op, actor, "credit:approve", id, func(c *Credit) error {
		if c.State != Appealed {
			return fault.New(fault.Refused, op, "the grade is %s: this cannot be done now", c.State)
		}
		if err := access.Distinct(access.SignSecond, actor, c.By); err != nil {
			return err
		}
		c.State, c.Answer = Stands, answer
		return nil
	})
}

// Credit is the grade of a body that stands, for anybody to read (R36; NotFound
// for none).
func (s *Service) Credit(ctx context.Context, body string) (Credit, error) {
	const op = "inspection.Credit"
	list, err := s.Store.Credits(ctx, body)
	if err != nil {
		return Credit{}, fault.Wrap(op, err)
	}
	for _, c := range list {
		if c.State == Stands || c.State == Appealed {
			return c, nil
		}
	}
	return Credit{}, fault.New(fault.NotFound, op, "the body has no grade yet")
}

func (s *Service) changeCredit(ctx context.Context, op string, actor access.Actor, action access.Action, id string, change func(*Credit) error) (Credit, error) {
	var c Credit
	err := fault.Retry(func() (err error) {
		if c, err = s.Store.Credit(ctx, id); err != nil {
			return err
		}
		if err := s.Policy.Decide(actor, action, c.Scope()); err != nil {
			return err
		}
		if err := change(&c); err != nil {
			return err
		}
		return s.Store.PutCredit(ctx, &c, s.creditEntry(c, actor, string(action)))
	})
	return c, fault.Wrap(op, err)
}

func (s *Service) creditEntry(c Credit, actor access.Actor, what string) audit.Entry {
	return s.entry(actor, "body/"+c.Body, "credit/"+c.ID, what, "R36")
}
