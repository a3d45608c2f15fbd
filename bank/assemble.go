package bank

import (
	"cmp"
	"fmt"
	"slices"

	"kaoping/internal/fault"
)

// Assemble draws a paper (组卷) at random and without replacement from the
// items of the blueprint's own owner, trade and level; of an item given in
// several versions it uses the latest. The paper follows from the blueprint,
// the items and the seed alone. ID, Version, CreatedBy and CreatedAt are left
// to the caller.
//
// It refuses a blueprint that does not pass its Check (Invalid), and one for
// which the items do not suffice (Refused, with an issue for each short line).
func Assemble(b Blueprint, items []Item, seed uint64) (Paper, error) {
	const op = "bank.Assemble"
	if issues := b.Check(); len(issues) > 0 {
		return Paper{}, fault.New(fault.Invalid, op, "the blueprint is not sound: mend it first").With(issues...)
	}
	pool, rng, used := drawable(b, items), newRand(seed), map[string]bool{}
	drawn := make([][]Item, len(b.Lines))
	var short []fault.Issue
	// Lines that take any knowledge point go last: drawn first, they could use
	// up an item that a line with a knowledge point cannot do without.
	for _, anyTopic := range []bool{false, true} {
		for i, line := range b.Lines {
			if (line.Topic == "") != anyTopic {
				continue
			}
			fitting := fits(pool, used, line)
			shuffle(rng, fitting)
			if len(fitting) < line.Count {
				short = append(short, shortage(i+1, line, len(fitting)))
			}
			drawn[i] = fitting[:min(line.Count, len(fitting))]
			for _, it := range drawn[i] {
				used[it.ID] = true
			}
		}
	}
	if len(short) > 0 {
		slices.SortFunc(short, func(a, b fault.Issue) int { return cmp.Compare(a.Row, b.Row) })
		return Paper{}, fault.New(fault.Refused, op, "the bank has too few items for this blueprint: add items or lower the counts").With(short...)
	}
	return Paper{
		Owner: b.Owner, Trade: b.Trade, Level: b.Level, Name: b.Name, BlueprintID: b.ID, Seed: seed,
		PassMark: b.PassMark, Minutes: b.Minutes, Partial: b.Partial, Questions: questions(b, drawn),
	}, nil
}

// drawable lists the latest versions of the items that the blueprint may use,
// by ID, so that the order in which the store returns them does not matter.
func drawable(b Blueprint, items []Item) []Item {
	var pool []Item
	for _, it := range items {
		if it.Owner == b.Owner && it.Trade == b.Trade && it.Level == b.Level {
			pool = append(pool, it)
		}
	}
	slices.SortFunc(pool, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(b.Version, a.Version))
	})
	return slices.CompactFunc(pool, func(a, b Item) bool { return a.ID == b.ID })
}

// fits lists the unused items that a line may draw.
func fits(pool []Item, used map[string]bool, line BlueprintLine) []Item {
	var fitting []Item
	for _, it := range pool {
		if it.Type == line.Type && (line.Topic == "" || it.Topic == line.Topic) && !used[it.ID] {
			fitting = append(fitting, it)
		}
	}
	return fitting
}

func shortage(row int, line BlueprintLine, available int) fault.Issue {
	issue := fault.Issue{Row: row, Column: "题数"}
	if line.Topic == "" {
		issue.Text = fault.Textf("%s of any knowledge point: %d wanted, %d available", line.Type.Chinese(), line.Count, available)
	} else {
		issue.Text = fault.Textf("%s of knowledge point “%s”: %d wanted, %d available", line.Type.Chinese(), line.Topic, line.Count, available)
	}
	return issue
}

// questions numbers the drawn items by type, and within a type by line.
func questions(b Blueprint, drawn [][]Item) []Question {
	var all []Question
	for _, kind := range ItemTypes {
		for i, line := range b.Lines {
			if line.Type != kind {
				continue
			}
			for _, it := range drawn[i] {
				all = append(all, Question{
					ID: fmt.Sprintf("q%03d", len(all)+1), ItemID: it.ID, ItemVersion: it.Version,
					Type: it.Type, Topic: it.Topic, Stem: it.Stem, Options: slices.Clone(it.Options), Key: slices.Clone(it.Key),
					Accept: cloneTexts(it.Accept), Points: line.Each, Explanation: it.Explanation,
				})
			}
		}
	}
	return all
}

func cloneTexts(texts [][]string) [][]string {
	if texts == nil {
		return nil
	}
	out := make([][]string, len(texts))
	for i, t := range texts {
		out[i] = slices.Clone(t)
	}
	return out
}
