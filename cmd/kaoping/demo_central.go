package main

import (
	"bytes"
	"context"
	"time"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/bank/demobank"
	"kaoping/bank/exchange"
	"kaoping/policies/rulebook"
)

// centralPapers leaves a paper of the bureau that is reviewed and waits for its
// keepers, and one that is sealed and can be unsealed within the hour.
func (d *demoSeed) centralPapers(ctx context.Context, now time.Time) error {
	soon := now.Add(40 * time.Minute).Truncate(10 * time.Minute)
	if _, err := d.centralPaper(ctx, "电工五级统一试卷第一套（演示）", rulebook.Completion, soon, now.AddDate(0, 0, -3), true); err != nil {
		return err
	}
	_, err := d.centralPaper(ctx, "电工五级统一试卷第二套（演示）", rulebook.Completion, hourOf(now, 9, 9), now.AddDate(0, 0, -1), false)
	return err
}

// centralPaper sets a paper at a time, has it reviewed, and sealed where that
// is asked for.
func (d *demoSeed) centralPaper(ctx context.Context, name string, track rulebook.Track, startsAt, at time.Time, sealed bool) (central.Paper, error) {
	d.clock.set(at)
	setter := d.people["setter1"]
	p, err := d.central.Create(ctx, setter, central.Draft{
		Region: demoCounty, Track: track, Trade: demoTrade, Level: demoLevel, Name: name, StartsAt: startsAt, Minutes: 90, PassMark: bank.MinPassMark,
	})
	if err != nil {
		return p, err
	}
	for i, letter := range central.Letters {
		form, err := demoForm(i)
		if err != nil {
			return p, err
		}
		if p, err = d.central.PutForm(ctx, setter, p.ID, letter, form); err != nil {
			return p, err
		}
	}
	if _, err := d.central.Submit(ctx, setter, p.ID); err != nil {
		return p, err
	}
	if p, err = d.central.Review(ctx, d.people["setter2"], p.ID); err != nil || !sealed {
		return p, err
	}
	if _, err := d.central.Seal(ctx, d.people["keeper1"], p.ID); err != nil {
		return p, err
	}
	return d.central.Seal(ctx, d.people["keeper2"], p.ID)
}

// demoForm takes the nth share of the demonstration's items: 100 points.
func demoForm(n int) (central.FormInput, error) {
	sheet, err := exchange.Read("low-voltage-electrician.csv", bytes.NewReader(demobank.CSV), exchange.Limits{})
	if err != nil {
		return central.FormInput{}, err
	}
	form := central.FormInput{Each: map[bank.ItemType]bank.Points{bank.TrueFalse: 1_00, bank.Single: 1_50, bank.Multiple: 2_50, bank.FillIn: 2_00}}
	counts := map[bank.ItemType]int{bank.TrueFalse: 20, bank.Single: 30, bank.Multiple: 10, bank.FillIn: 5}
	seen := map[bank.ItemType]int{}
	for _, item := range sheet.Items {
		if at := seen[item.Type]; at >= n*counts[item.Type] && at < (n+1)*counts[item.Type] {
			form.Items = append(form.Items, item)
		}
		seen[item.Type]++
	}
	for _, t := range demoTasks {
		form.Tasks = append(form.Tasks, central.Task{Name: t.Name, Points: t.Points, Text: "按任务书要求在规定时间内完成，材料由考点提供（演示）。"})
	}
	return form, nil
}
