package bank

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// Bodies finds the bodies that own items and papers.
type Bodies interface {
	Body(ctx context.Context, id string) (standing.Body, error)
}

// Service keeps the item banks of bodies and makes papers from them.
type Service struct {
	Store  Store
	Bodies Bodies
	Policy *access.Policy
	Book   *rulebook.Book
	Now    func() time.Time

	papers sync.Map // id to Paper: papers never change
}

// decide asks for an action in a body, which every bank belongs to.
func (s *Service) decide(ctx context.Context, actor access.Actor, action access.Action, owner string) error {
	body, err := s.Bodies.Body(ctx, owner)
	if err != nil {
		return fault.Wrap("bank."+string(action), err)
	}
	return s.Policy.Decide(actor, action, access.Scope{Region: body.Region, Body: body.ID})
}

func (s *Service) entry(actor access.Actor, owner, object, what string) audit.Entry {
	return audit.Entry{Stream: "body/" + owner, Object: object, At: s.Now(), Who: actor.ID, What: what, Rules: s.Book.Hash()}
}

// Import is a sheet of items as read, for one bank.
type Import struct {
	Owner  string
	Trade  string
	Level  rulebook.Level
	Items  []Item
	Rows   []int // the sheet's row of each item
	Source string
}

// Imported is the report of an import.
type Imported struct {
	Added  int
	Issues []fault.Issue
}

// Import adds items to a body's bank (item:import). Items that are wrong or in
// the bank already are named by row; the others come in.
func (s *Service) Import(ctx context.Context, actor access.Actor, in Import) (Imported, error) {
	const op = "bank.Import"
	if err := s.decide(ctx, actor, "item:import", in.Owner); err != nil {
		return Imported{}, err
	}
	if _, err := s.Book.Trade(in.Trade); err != nil {
		return Imported{}, fault.Wrap(op, err)
	}
	if !in.Level.Valid() {
		return Imported{}, fault.New(fault.Invalid, op, "choose a level")
	}
	there, err := s.Store.Items(ctx, ItemQuery{Owner: in.Owner, Trade: in.Trade})
	if err != nil {
		return Imported{}, fault.Wrap(op, err)
	}
	known := make(map[string]bool, len(there))
	for _, item := range there {
		known[item.Fingerprint()] = true
	}
	var report Imported
	var fresh []Item
	lot := ulid.Make().String()
	for i, item := range in.Items {
		row := 0
		if i < len(in.Rows) {
			row = in.Rows[i]
		}
		issues := item.Check()
		if print := item.Fingerprint(); len(issues) == 0 && known[print] {
			issues = []fault.Issue{{Column: "题干", Text: fault.Textf("this item is in the bank already")}}
		} else {
			known[print] = true
		}
		for j := range issues {
			issues[j].Row = row
		}
		if report.Issues = append(report.Issues, issues...); len(issues) > 0 {
			continue
		}
		item.ID, item.Version = ulid.Make().String(), 1
		item.Owner, item.Trade, item.Level, item.Source = in.Owner, in.Trade, in.Level, in.Source
		item.Import = lot
		fresh = append(fresh, item)
	}
	if report.Added = len(fresh); report.Added == 0 {
		return report, nil
	}
	slices.SortFunc(fresh, func(a, b Item) int { return strings.Compare(a.ID, b.ID) }) // a clock may have been set back
	entry := s.entry(actor, in.Owner, ImportObject(lot), "item:import")
	entry.Note = fmt.Sprintf("items=%d", len(fresh))
	return report, fault.Wrap(op, s.Store.AddItems(ctx, fresh, entry))
}

// Items lists items of a body's bank (item:read) and how many there are.
func (s *Service) Items(ctx context.Context, actor access.Actor, q ItemQuery) ([]Item, int, error) {
	const op = "bank.Items"
	if err := s.decide(ctx, actor, "item:read", q.Owner); err != nil {
		return nil, 0, err
	}
	list, err := s.Store.Items(ctx, q)
	if err != nil {
		return nil, 0, fault.Wrap(op, err)
	}
	total, err := s.Store.CountItems(ctx, q)
	return list, total, fault.Wrap(op, err)
}

// SaveBlueprint stores a blueprint (blueprint:write; Invalid names what is
// wrong, with R15 or R18).
func (s *Service) SaveBlueprint(ctx context.Context, actor access.Actor, b Blueprint) (Blueprint, error) {
	const op = "bank.SaveBlueprint"
	if err := s.decide(ctx, actor, "blueprint:write", b.Owner); err != nil {
		return b, err
	}
	if _, err := s.Book.Trade(b.Trade); err != nil {
		return b, fault.Wrap(op, err)
	}
	if issues := b.Check(); len(issues) > 0 {
		return b, fault.New(fault.Invalid, op, "the blueprint is not right yet").With(issues...)
	}
	if b.ID == "" {
		b.ID = ulid.Make().String()
	} else if there, err := s.Store.Blueprint(ctx, b.ID); err != nil {
		return b, fault.Wrap(op, err)
	} else if err := s.decide(ctx, actor, "blueprint:write", there.Owner); err != nil {
		return b, err
	}
	return b, fault.Wrap(op, s.Store.PutBlueprint(ctx, &b, s.entry(actor, b.Owner, "blueprint/"+b.ID, "blueprint:write")))
}

// Blueprints lists a body's blueprints (blueprint:write).
func (s *Service) Blueprints(ctx context.Context, actor access.Actor, owner string) ([]Blueprint, error) {
	if err := s.decide(ctx, actor, "blueprint:write", owner); err != nil {
		return nil, err
	}
	list, err := s.Store.Blueprints(ctx, owner)
	return list, fault.Wrap("bank.Blueprints", err)
}

// CreatePaper draws a paper by a blueprint (paper:create). Seed 0 takes a
// random one; the same seed over the same bank gives the same paper. Refused,
// naming each shortage, when the bank has too few items.
func (s *Service) CreatePaper(ctx context.Context, actor access.Actor, blueprint, name string, seed uint64) (Paper, error) {
	const op = "bank.CreatePaper"
	b, err := s.Store.Blueprint(ctx, blueprint)
	if err != nil {
		return Paper{}, fault.Wrap(op, err)
	}
	if err := s.decide(ctx, actor, "paper:create", b.Owner); err != nil {
		return Paper{}, err
	}
	items, err := s.Store.Items(ctx, ItemQuery{Owner: b.Owner, Trade: b.Trade})
	if err != nil {
		return Paper{}, fault.Wrap(op, err)
	}
	ofLevel := items[:0]
	for _, item := range items {
		if item.Level == b.Level {
			ofLevel = append(ofLevel, item)
		}
	}
	if seed == 0 {
		seed = rand.Uint64()
	}
	paper, err := Assemble(b, ofLevel, seed)
	if err != nil {
		return Paper{}, err
	}
	paper.ID, paper.Name, paper.CreatedBy, paper.CreatedAt = ulid.Make().String(), name, actor.ID, s.Now()
	if paper.Name == "" {
		paper.Name = b.Name
	}
	return paper, fault.Wrap(op, s.Store.AddPaper(ctx, &paper, s.entry(actor, b.Owner, "paper/"+paper.ID, "paper:create")))
}

// Paper shows a paper with its keys (paper:read).
func (s *Service) Paper(ctx context.Context, actor access.Actor, id string) (Paper, error) {
	paper, err := s.Sealed(ctx, id)
	if err != nil {
		return Paper{}, err
	}
	return paper, s.decide(ctx, actor, "paper:read", paper.Owner)
}

// Brief is what a scheduler may know of a paper.
type Brief struct {
	ID        string
	Owner     string
	Trade     string
	Level     rulebook.Level
	Name      string
	Minutes   int
	PassMark  Points
	Questions int
	CreatedAt time.Time
}

// Papers lists a body's papers without their content (paper:list).
func (s *Service) Papers(ctx context.Context, actor access.Actor, owner string) ([]Brief, error) {
	if err := s.decide(ctx, actor, "paper:list", owner); err != nil {
		return nil, err
	}
	list, err := s.Store.Papers(ctx, owner)
	if err != nil {
		return nil, fault.Wrap("bank.Papers", err)
	}
	briefs := make([]Brief, len(list))
	for i, p := range list {
		briefs[i] = brief(p)
	}
	return briefs, nil
}

func brief(p Paper) Brief {
	return Brief{p.ID, p.Owner, p.Trade, p.Level, p.Name, p.Minutes, p.PassMark, len(p.Questions), p.CreatedAt}
}

// Brief describes a paper to other services, without its content.
func (s *Service) Brief(ctx context.Context, id string) (Brief, error) {
	p, err := s.Sealed(ctx, id)
	return brief(p), err
}

// Sealed hands a paper with its keys to the exam room and to marking. It asks
// no actor and must not reach a page or an API.
func (s *Service) Sealed(ctx context.Context, id string) (Paper, error) {
	if p, ok := s.papers.Load(id); ok {
		return p.(Paper), nil
	}
	p, err := s.Store.Paper(ctx, id)
	if err != nil {
		return Paper{}, fault.Wrap("bank.Sealed", err)
	}
	s.papers.Store(id, p)
	return p, nil
}
