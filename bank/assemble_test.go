package bank_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kaoping/bank"
	"kaoping/internal/fault"
)

// stock makes n items of a type and topic that the blueprint may use.
func stock(b bank.Blueprint, kind bank.ItemType, topic string, n int) []bank.Item {
	items := make([]bank.Item, n)
	for i := range items {
		it := bank.Item{
			ID: fmt.Sprintf("%s-%s-%03d", kind, topic, i), Version: 1, Owner: b.Owner, Trade: b.Trade, Level: b.Level,
			Type: kind, Topic: topic, Stem: fmt.Sprintf("第%d题", i), Key: []int{0},
		}
		switch kind {
		case bank.Single:
			it.Options = []string{"甲", "乙", "丙", "丁"}
		case bank.Multiple:
			it.Options, it.Key = []string{"甲", "乙", "丙", "丁"}, []int{0, 2}
		case bank.FillIn:
			it.Stem, it.Key, it.Accept = it.Stem+"____和____", nil, [][]string{{"甲"}, {"乙"}}
		}
		items[i] = it
	}
	return items
}

func fullStock(b bank.Blueprint) []bank.Item {
	var items []bank.Item
	for _, kind := range bank.ItemTypes {
		items = append(items, stock(b, kind, "安全", 25)...)
		items = append(items, stock(b, kind, "工艺", 25)...)
	}
	return items
}

func TestPaperFollowsTheBlueprint(t *testing.T) {
	b := blueprint()
	items := fullStock(b)
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		paper, err := bank.Assemble(b, items, seed)
		if err != nil {
			t.Fatal(err)
		}
		shuffled := rapid.Permutation(items).Draw(t, "items")
		again, err := bank.Assemble(b, shuffled, seed)
		if err != nil || !reflect.DeepEqual(paper, again) {
			t.Fatal("the order of the items should not matter")
		}
		checkPaper(t, b, paper)
	})
}

func checkPaper(t *rapid.T, b bank.Blueprint, paper bank.Paper) {
	var total bank.Points
	counts, seen, types := map[string]int{}, map[string]bool{}, []bank.ItemType{}
	for i, q := range paper.Questions {
		if seen[q.ItemID] {
			t.Fatalf("%s is drawn twice", q.ItemID)
		}
		seen[q.ItemID] = true
		if q.ID != fmt.Sprintf("q%03d", i+1) {
			t.Fatalf("question %d is called %s", i, q.ID)
		}
		total += q.Points
		counts[fmt.Sprint(q.Type, q.Points)]++
		if len(types) == 0 || types[len(types)-1] != q.Type {
			types = append(types, q.Type)
		}
	}
	if !slices.Equal(types, bank.ItemTypes) {
		t.Fatalf("sections %v", types)
	}
	want := map[string]int{}
	for _, line := range b.Lines {
		want[fmt.Sprint(line.Type, line.Each)] += line.Count
	}
	if total != bank.FullMarks || !reflect.DeepEqual(counts, want) {
		t.Fatalf("%s points, %v", total, counts)
	}
}

// A drawn paper is part of the record: this fails if a new Go release, or a
// change here, would draw another paper from an old seed.
func TestDrawIsPinned(t *testing.T) {
	b := blueprint()
	paper, err := bank.Assemble(b, fullStock(b), 20260301)
	if err != nil {
		t.Fatal(err)
	}
	var drawn []string
	for _, q := range paper.Questions[:4] {
		drawn = append(drawn, q.ItemID)
	}
	const want = "true_false-安全-009 true_false-安全-015 true_false-安全-016 true_false-安全-008"
	if got := strings.Join(drawn, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := fmt.Sprint(paper.Order(7).Questions[:6]); got != "[0 11 8 9 4 2]" {
		t.Error(got)
	}
}

func TestAnyTopicLinesLeaveTheNamedTopicsTheirItems(t *testing.T) {
	b := blueprint()
	b.Lines = []bank.BlueprintLine{
		{Type: bank.Single, Topic: "", Count: 10, Each: 5_00},
		{Type: bank.Single, Topic: "安全", Count: 10, Each: 5_00},
	}
	items := append(stock(b, bank.Single, "安全", 10), stock(b, bank.Single, "工艺", 10)...)
	for seed := range uint64(50) {
		if _, err := bank.Assemble(b, items, seed); err != nil {
			t.Fatal(err)
		}
	}
}

func TestShortageNamesEachLine(t *testing.T) {
	b := blueprint()
	items := append(stock(b, bank.Single, "安全", 15), stock(b, bank.TrueFalse, "安全", 20)...)
	_, err := bank.Assemble(b, items, 1)
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != fault.Refused {
		t.Fatal(err)
	}
	var got []string
	for _, issue := range e.Issues {
		got = append(got, fmt.Sprintf("%d %s", issue.Row, issue.Text))
	}
	want := []string{
		"1 多项选择题 of any knowledge point: 5 wanted, 0 available",
		"2 单项选择题 of any knowledge point: 10 wanted, 5 available",
		"5 填空题 of knowledge point “安全”: 4 wanted, 0 available",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestPaperUsesOnlyItsOwnersLatestItems(t *testing.T) {
	b := blueprint()
	b.Lines = []bank.BlueprintLine{{Type: bank.Single, Count: 2, Each: 50_00}}
	items := stock(b, bank.Single, "安全", 4)
	items[2].Owner = "body2"
	items[3].Level--
	newer := items[0]
	newer.Version, newer.Stem = 2, "改过的题"
	paper, err := bank.Assemble(b, append(items, newer), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range paper.Questions {
		if q.ItemID == items[0].ID && (q.ItemVersion != 2 || q.Stem != "改过的题") {
			t.Errorf("an old version was drawn: %+v", q)
		}
		if q.ItemID == items[2].ID || q.ItemID == items[3].ID {
			t.Errorf("%s is another owner's or level's", q.ItemID)
		}
	}
	b.Lines[0] = bank.BlueprintLine{Type: bank.Single, Count: 4, Each: 25_00}
	if _, err := bank.Assemble(b, append(items, newer), 1); !fault.Is(err, fault.Refused) {
		t.Errorf("only two items may be drawn, got %v", err)
	}
}

func TestUnsoundBlueprintIsNotDrawn(t *testing.T) {
	b := blueprint()
	b.Minutes = 10
	if _, err := bank.Assemble(b, fullStock(b), 1); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
}

func TestEditingAnItemLeavesThePaper(t *testing.T) {
	b := blueprint()
	items := fullStock(b)
	paper, err := bank.Assemble(b, items, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range items {
		for j := range items[i].Options {
			items[i].Options[j] = "改"
		}
		for j := range items[i].Accept {
			items[i].Accept[j][0] = "改"
		}
	}
	again, _ := bank.Assemble(b, fullStock(b), 1)
	if !reflect.DeepEqual(paper, again) {
		t.Error("the paper changed with its items")
	}
}
