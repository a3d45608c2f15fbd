package main

import (
	"context"
	"fmt"
	"maps"
	"time"

	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// demoTargets are the targets of the year that the demonstration's city sets,
// small enough for its few candidates. Counties have theirs from the city's plan.
var demoTargets = []struct{ name, value string }{{"skilled_target", "80"}, {"high_skilled_target", "20"}}

// earlier sets targets and plays a sitting a month in two counties, so that the
// board has months and districts to show.
func (d *demoSeed) earlier(ctx context.Context, now time.Time) error {
	if err := d.targets(ctx, now); err != nil {
		return err
	}
	other, err := d.neighbouring(ctx, now)
	if err != nil {
		return err
	}
	month := func(back int) string {
		return []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"}[now.AddDate(0, 0, -30*back).In(rulebook.Shanghai).Month()-1]
	}
	for back := demoMonths - 2; back > 0; back-- {
		start := hourOf(now, -30*back, 9)
		at := d
		if back%2 == 0 {
			at = other
		}
		at.serial = max(d.serial, other.serial)
		if err := at.held(ctx, electricians, fmt.Sprintf("电工 · 五级 · %s月班", month(back)), start, 11, 1); err != nil {
			return err
		}
		d.serial = max(d.serial, at.serial)
	}
	return nil
}

// capped plays a sitting of special skill certificates: more pass than the cap
// of R06 lets have theirs now, so that some wait.
func (d *demoSeed) capped(ctx context.Context, now time.Time) error {
	return d.held(ctx, demoCourse{rulebook.SpecialSkill, demoLevel}, "低压线路安装 · 专项职业能力考核", hourOf(now, -5, 14), 9, 1)
}

// targets has the city's officer propose the targets of the year and its
// reviewer approve them (R63).
func (d *demoSeed) targets(ctx context.Context, now time.Time) error {
	d.clock.set(now.AddDate(0, -demoMonths, 2))
	first := d.clock.now().AddDate(0, 0, 1).In(rulebook.Shanghai)
	until := time.Date(now.In(rulebook.Shanghai).Year(), time.December, 31, 0, 0, 0, 0, rulebook.Shanghai)
	for _, t := range demoTargets {
		change, err := d.rules.Propose(ctx, d.people["city"], rulebook.Param{
			Rule: "R63", Name: t.name, Region: "410400", From: first.Format(time.DateOnly), Until: until.Format(time.DateOnly), Value: t.value, Unit: "person",
			Document: "平顶山市年度目标任务（演示）", Clause: "附件1", Quote: "演示：全年新增技能人才80人，其中高技能人才20人",
		})
		if err != nil {
			return err
		}
		if _, err := d.rules.Approve(ctx, d.people["city2"], change.ID); err != nil {
			return err
		}
	}
	return nil
}

// neighbouring is the demonstration in the next county: a school of its own
// with its people, bank and paper.
func (d *demoSeed) neighbouring(ctx context.Context, now time.Time) (*demoSeed, error) {
	d.clock.set(now.AddDate(0, -demoMonths, 2))
	other := &demoSeed{app: d.app, clock: d.clock, people: maps.Clone(d.people)}
	other.people["officer"] = d.people["neighbour"]
	var err error
	other.body, err = d.standing.File(ctx, access.System(), standing.Body{
		Name: "宝丰县示范技工学校", Kind: standing.School, Code: "0002", Region: demoNeighbour,
		Scopes:    []standing.Scope{{Trade: demoTrade, Levels: []rulebook.Level{demoLevel}}},
		Sites:     []standing.Site{{Serial: "000003", Name: "宝丰示范机房", Address: "宝丰县示范路 2 号（演示地址）", Rooms: []standing.Room{{Name: "第一考场", Seats: 30}}}},
		ValidFrom: d.clock.now(), ValidUntil: now.AddDate(3, -demoMonths, -1),
	})
	if err != nil {
		return nil, err
	}
	for _, p := range demoStaff {
		grant := access.Grant{Role: p.role, Body: other.body.ID}
		if p.region != "" && p.login != "inspector" || p.role == access.Supervisor {
			continue
		}
		if p.region != "" {
			grant = access.Grant{Role: p.role, Region: demoNeighbour}
		}
		account, err := d.accounts.Create(ctx, access.System(), "baofeng-"+p.login, "宝丰"+p.name, demoPassword, []access.Grant{grant})
		if err != nil {
			return nil, err
		}
		other.people[p.login] = access.Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}
	}
	return other, other.bankAndPaper(ctx, now)
}
