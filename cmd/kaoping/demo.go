package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"text/tabwriter"
	"time"

	"kaoping/bank"
	"kaoping/bank/demobank"
	"kaoping/bank/exchange"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/internal/web"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// The demonstration plays in Lushan county (鲁山县) with one school, one trade
// and one password. Every name says that it is made up.
const (
	demoCounty    = "410423"
	demoNeighbour = "410421" // 宝丰县: its officer sees none of it
	demoTrade     = "6-31-01-03"
	demoLevel     = rulebook.JuniorWorker
	demoPassword  = "kaoping-demo"
	demoMonths    = 6 // since when the school is filed
)

// demonstration is what a newcomer needs to play: accounts, the running
// sitting's room and its candidates.
type demonstration struct {
	accounts []web.DemoAccount
	running  exam.Sitting
	tickets  []demoTicket // candidates of the running sitting who have not begun
}

type demoTicket struct{ name, ticket, lastSix string }

// demoStaff is the people of the demonstration; %s is the body's id.
var demoStaff = []struct {
	login, name string
	role        access.Role
	region      string // "" for a role in the body
}{
	{"officer", "王演示", access.Officer, demoCounty},
	{"neighbour", "李邻县", access.Officer, demoNeighbour},
	{"reviewer", "孙复核", access.Reviewer, demoCounty},
	{"inspector", "何巡查", access.Inspector, demoCounty},
	{"inspector2", "孔巡查", access.Inspector, demoCounty},
	{"standing", "许监管", access.Standing, demoCounty},
	{"setter1", "冯命题甲", access.Setter, demoCounty},
	{"setter2", "冯命题乙", access.Setter, demoCounty},
	{"keeper1", "褚保密甲", access.Keeper, demoCounty},
	{"keeper2", "褚保密乙", access.Keeper, demoCounty},
	{"scheduler", "陈考务", access.Scheduler, ""},
	{"author", "赵命题", access.Author, ""},
	{"supervisor", "钱内督", access.Supervisor, ""},
	{"invigilator1", "周监考甲", access.Invigilator, ""},
	{"invigilator2", "周监考乙", access.Invigilator, ""},
	{"examiner1", "吴考评甲", access.Examiner, ""},
	{"examiner2", "吴考评乙", access.Examiner, ""},
	{"examiner3", "吴考评丙", access.Examiner, ""},
	{"auditor", "郑审计", access.Auditor, "410400"},
	{"city", "秦市局", access.Officer, "410400"},
	{"city2", "魏市局", access.Reviewer, "410400"},
	{"statistician", "曹统计", access.Statistician, "410400"},
	{"admin", "管理员", access.Administrator, "410000"},
}

// clock is a settable clock: the demonstration's past happens at its own time.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// seedDemo fills an empty installation through the same services that people
// use, at the times at which it would have happened. On an installation that
// has data it only finds what to show, and opens a running sitting anew when
// the last one is over.
func seedDemo(ctx context.Context, c *config, e *engines, log *slog.Logger) (*demonstration, error) {
	at := &clock{at: time.Now()}
	a, err := wire(c, e, at.now, log)
	if err != nil {
		return nil, err
	}
	d := &demoSeed{app: a, clock: at, people: map[string]access.Actor{}}
	accounts, err := e.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	if len(accounts) == 0 {
		if e.keys == nil { // before anything is stored
			return nil, errors.New("it has central papers: set paper_key or paper_key_file")
		}
		if err := d.everything(ctx); err != nil {
			return nil, err
		}
	}
	return d.find(ctx)
}

// demoSeed seeds step by step.
type demoSeed struct {
	*app
	clock  *clock
	body   standing.Body
	paper  bank.Paper
	people map[string]access.Actor // by login
	serial int                     // of the candidates made so far
}

func (d *demoSeed) everything(ctx context.Context) error {
	now := d.clock.now()
	for _, step := range []struct {
		what string
		do   func(context.Context, time.Time) error
	}{
		{"body and staff", d.bodyAndStaff},
		{"item bank and paper", d.bankAndPaper},
		{"targets and the sittings of earlier months", d.earlier},
		{"a finished sitting with certificates", d.finished},
		{"certificates that wait for the cap", d.capped},
		{"a sitting that waits for acceptance", d.waiting},
		{"central papers", d.centralPapers},
		{"a running sitting", d.runningNow},
	} {
		d.log.Info("demonstration", "seeding", step.what)
		if err := step.do(ctx, now); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	d.clock.set(now)
	return nil
}

func (d *demoSeed) bodyAndStaff(ctx context.Context, now time.Time) (err error) {
	d.clock.set(now.AddDate(0, -demoMonths, 0))
	d.body, err = d.standing.File(ctx, access.System(), standing.Body{
		Name: "鲁山县示范技工学校", Kind: standing.School, Code: "0000", Region: demoCounty,
		Scopes: []standing.Scope{
			{Trade: demoTrade, Levels: []rulebook.Level{rulebook.JuniorWorker, rulebook.MiddleWorker, rulebook.SeniorWorker}},
			{Trade: "6-18-02-04", Levels: []rulebook.Level{rulebook.JuniorWorker}},
		},
		Sites: []standing.Site{{Serial: "000001", Name: "示范技工学校机房", Address: "鲁山县示范路 1 号（演示地址）", Rooms: []standing.Room{
			{Name: "第一考场", Seats: 20}, {Name: "第二考场", Seats: 20},
		}}},
		ValidFrom: now.AddDate(0, -demoMonths, 0), ValidUntil: now.AddDate(3, -demoMonths, -1),
	})
	if err != nil {
		return err
	}
	for _, p := range demoStaff {
		grant := access.Grant{Role: p.role, Region: p.region}
		if p.region == "" {
			grant.Body = d.body.ID
		}
		account, err := d.accounts.Create(ctx, access.System(), p.login, p.name, demoPassword, []access.Grant{grant})
		if err != nil {
			return err
		}
		d.people[p.login] = access.Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}
	}
	return nil
}

func (d *demoSeed) bankAndPaper(ctx context.Context, now time.Time) error {
	d.clock.set(now.AddDate(0, -demoMonths, 1))
	author := d.people["author"]
	const file = "low-voltage-electrician.csv"
	sheet, err := exchange.Read(file, bytes.NewReader(demobank.CSV), exchange.Limits{})
	if err != nil {
		return err
	}
	if _, err := d.bank.Import(ctx, author, bank.Import{Owner: d.body.ID, Trade: demoTrade, Level: demoLevel, Items: sheet.Items, Rows: sheet.ItemRows, Source: file}); err != nil {
		return err
	}
	blueprint, err := d.bank.SaveBlueprint(ctx, author, bank.Blueprint{
		Owner: d.body.ID, Trade: demoTrade, Level: demoLevel, Name: "电工五级理论（演示）", PassMark: 60_00, Minutes: 120,
		Lines: []bank.BlueprintLine{
			{Type: bank.TrueFalse, Count: 20, Each: 1_00}, {Type: bank.Single, Count: 30, Each: 1_50},
			{Type: bank.Multiple, Count: 10, Each: 2_50}, {Type: bank.FillIn, Count: 5, Each: 2_00},
		},
	})
	if err != nil {
		return err
	}
	d.paper, err = d.bank.CreatePaper(ctx, author, blueprint.ID, "电工五级理论 A 卷（演示）", 20261121)
	return err
}

// find looks up what to show of an installation that has data.
func (d *demoSeed) find(ctx context.Context) (*demonstration, error) {
	story := &demonstration{}
	for _, p := range demoStaff {
		account, err := d.store.AccountByLogin(ctx, p.login)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		d.people[p.login] = access.Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}
		story.accounts = append(story.accounts, web.DemoAccount{Role: p.role.Chinese() + " · " + p.name, Login: p.login, Password: demoPassword})
		if body := d.people[p.login].Body(); d.body.ID == "" && body != "" {
			if d.body, err = d.store.Body(ctx, body); err != nil {
				return nil, err
			}
		}
	}
	if d.body.ID == "" {
		return story, nil // not a demonstration's data: nothing to add to it
	}
	if err := d.findRunning(ctx, story); err != nil {
		return nil, err
	}
	if story.running.ID == "" {
		now := d.clock.now()
		d.log.Info("demonstration", "seeding", "a new running sitting, the last one is over")
		if err := d.runningNow(ctx, now); err != nil {
			return nil, err
		}
		d.clock.set(now)
		return story, d.findRunning(ctx, story)
	}
	return story, nil
}

func (d *demoSeed) findRunning(ctx context.Context, story *demonstration) error {
	running, err := d.store.Sittings(ctx, exam.SittingQuery{Body: d.body.ID, States: []exam.State{exam.Running}})
	if err != nil {
		return err
	}
	for _, sitting := range running {
		if d.clock.now().After(sitting.Deadline().Add(-10 * time.Minute)) {
			continue
		}
		story.running = sitting
		list, err := d.store.Enrolments(ctx, exam.EnrolmentQuery{Sitting: sitting.ID})
		if err != nil {
			return err
		}
		for _, e := range list {
			if _, err := d.store.Attempt(ctx, e.ID); !fault.Is(err, fault.NotFound) {
				continue
			}
			id, err := d.exam.IDNumber(e)
			if err != nil {
				return err
			}
			story.tickets = append(story.tickets, demoTicket{e.Name, e.Ticket, id.LastSix()})
		}
		return nil
	}
	return nil
}

// print shows accounts and addresses, and ends with the one address to open.
func (s *demonstration) print(w io.Writer, c *config) {
	t := tabwriter.NewWriter(w, 2, 4, 2, ' ', 0)
	fmt.Fprintf(t, "\nDemonstration accounts (every password: %s)\n\n", demoPassword)
	for _, a := range s.accounts {
		fmt.Fprintf(t, "  %s\t%s\n", a.Login, a.Role)
	}
	if s.running.ID != "" {
		room := s.running.Rooms[0]
		fmt.Fprintf(t, "\nRunning now: %s, %s, room code %s\n\n", s.running.Title, room.Name, room.Code)
		for _, c := range s.tickets {
			fmt.Fprintf(t, "  ticket %s\tlast six %s\t%s\n", c.ticket, c.lastSix, c.name)
		}
	}
	fmt.Fprintf(t, "\n  staff\t%s/\n  candidates\t%s/room\n  the public\t%s/verify\n\nOpen %s/\n", c.PublicURL, c.PublicURL, c.PublicURL, c.PublicURL)
	t.Flush()
}
