package inspection

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// inspectorsLeast visit one body together (双人).
const inspectorsLeast = 2

// Propose records a plan (inspection:plan in its region; Invalid names the field).
func (s *Service) Propose(ctx context.Context, actor access.Actor, p Plan) (Plan, error) {
	const op = "inspection.Propose"
	if err := s.Policy.Decide(actor, "inspection:plan", p.Scope()); err != nil {
		return Plan{}, err
	}
	if p.Title = strings.TrimSpace(p.Title); p.Each == 0 {
		p.Each = inspectorsLeast
	}
	p.Checklist = slices.DeleteFunc(p.Checklist, func(line string) bool { return strings.TrimSpace(line) == "" })
	if issues := p.check(s.Book); len(issues) > 0 {
		return Plan{}, fault.New(fault.Invalid, op, "the plan is incomplete").With(issues...)
	}
	p.ID, p.Version, p.By, p.At = ulid.Make().String(), 0, actor.ID, s.Now()
	p.From, p.To = rulebook.Day(p.From), rulebook.Day(p.To)
	p.Seed, p.Population, p.Drawn = 0, nil, nil
	return p, fault.Wrap(op, s.Store.PutPlan(ctx, &p, s.entry(actor, "inspection/"+p.ID, "plan/"+p.ID, "inspection:plan", ruleOf(p.Kind))))
}

func (p Plan) check(book *rulebook.Book) []fault.Issue {
	var list []fault.Issue
	add := func(ok bool, column, format string, args ...any) {
		if !ok {
			list = append(list, fault.Issue{Column: column, Text: fault.Textf(format, args...)})
		}
	}
	_, err := book.Region(p.Region)
	add(err == nil, "region", "there is no region %s", p.Region)
	add(slices.Contains(Kinds, p.Kind), "kind", "choose a way of checking")
	add(p.Title != "" && len([]rune(p.Title)) <= 60, "title", "a title has 1 to 60 characters")
	add(!p.From.IsZero() && !p.To.Before(p.From), "to", "a plan ends after it begins")
	add(p.Share > 0 && p.Share <= 100_00, "share", "a share is above 0 and at most 100 percent")
	add(p.Each >= inspectorsLeast, "each", "at least %d inspectors visit together", inspectorsLeast)
	add(len(p.Checklist) > 0, "checklist", "a checklist has at least one line")
	return list
}

// Draw draws bodies and inspectors (inspection:draw; Refused once drawn). A
// seed of 0 takes a random one; another is for drawing it again in public.
func (s *Service) Draw(ctx context.Context, actor access.Actor, id string, seed uint64) (Plan, error) {
	const op = "inspection.Draw"
	var p Plan
	if seed == 0 {
		var random [8]byte
		rand.Read(random[:])
		seed = binary.LittleEndian.Uint64(random[:])>>1 | 1
	}
	err := fault.Retry(func() (err error) {
		if p, err = s.Store.Plan(ctx, id); err != nil {
			return err
		}
		if err := s.Policy.Decide(actor, "inspection:draw", p.Scope()); err != nil {
			return err
		}
		if p.Seed != 0 {
			return fault.New(fault.Refused, op, "this plan is drawn already")
		}
		names, err := s.population(ctx, p.Region)
		if err != nil {
			return err
		}
		if p.Pool, err = s.inspectors(ctx, p); err != nil {
			return err
		}
		for body := range names {
			p.Population = append(p.Population, body)
		}
		slices.Sort(p.Population)
		if p.Drawn, err = draw(seed, p.Population, p.Pool, p.Share, p.Each, p.Recusals); err != nil {
			return err
		}
		for i := range p.Drawn {
			p.Drawn[i].BodyName = names[p.Drawn[i].Body]
		}
		p.Seed, p.DrawnAt, p.DrawnBy = seed, s.Now(), actor.ID
		entry := s.entry(actor, "inspection/"+p.ID, "plan/"+p.ID, "inspection:draw", ruleOf(p.Kind))
		entry.Note = fmt.Sprintf("seed=%d bodies=%d drawn=%d", seed, len(p.Population), len(p.Drawn))
		return s.Store.PutPlan(ctx, &p, entry)
	})
	if err != nil {
		return Plan{}, fault.Wrap(op, err)
	}
	return p, fault.Wrap(op, s.assign(ctx, actor, p))
}

// population are the bodies of a region that can be inspected, with their names.
func (s *Service) population(ctx context.Context, region string) (map[string]string, error) {
	all, err := s.Bodies.Bodies(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, b := range all {
		if s.Book.Covers(region, b.Region) && (b.OnList() || b.State == standing.Suspended) {
			names[b.ID] = b.Name
		}
	}
	return names, nil
}

// inspectors are the accounts that may visit bodies of the plan's region in
// its days.
func (s *Service) inspectors(ctx context.Context, p Plan) ([]string, error) {
	all, err := s.People.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, a := range all {
		actor := access.Actor{ID: a.ID, Name: a.Name, Grants: a.Grants}
		if !a.Disabled && actor.Has(access.Inspector) && s.Policy.Decide(actor, "inspection:visit", p.Scope()) == nil {
			ids = append(ids, a.ID)
		}
	}
	return ids, nil
}

// assign makes the visits of a drawn plan; one that is there stays as it is, so
// a draw that was cut short is gone on with by assigning again.
func (s *Service) assign(ctx context.Context, actor access.Actor, p Plan) error {
	for _, a := range p.Drawn {
		body, err := s.Bodies.Body(ctx, a.Body)
		if err != nil {
			return err
		}
		v := Visit{ID: VisitID(p.ID, a.Body), Plan: p.ID, Kind: p.Kind, Body: a.Body, BodyName: body.Name, Region: body.Region, Inspectors: a.Inspectors, State: Assigned}
		for _, line := range p.Checklist {
			v.Checks = append(v.Checks, Check{What: line})
		}
		if err := s.Store.PutVisit(ctx, &v, s.entryOf(v, actor, "inspection:assign")); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

// Again draws a plan's lots once more from its seed and compares: false when
// what is recorded is not what the seed gives.
func (p Plan) Again() bool {
	if p.Seed == 0 {
		return false
	}
	again, err := draw(p.Seed, p.Population, p.Pool, p.Share, p.Each, p.Recusals)
	return err == nil && slices.EqualFunc(again, p.Drawn, func(a, b Assignment) bool {
		return a.Body == b.Body && slices.Equal(a.Inspectors, b.Inspectors)
	})
}
