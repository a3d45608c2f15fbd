package bank

import (
	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// ItemType is the kind of a test item (题型).
type ItemType string

// The item types of theory papers, in the order in which a paper prints them.
const (
	TrueFalse ItemType = "true_false" // 判断题: Key is [0] for right (正确) or [1] for wrong (错误)
	Single    ItemType = "single"     // 单项选择题: Key has exactly one option index
	Multiple  ItemType = "multiple"   // 多项选择题: Key has two or more option indexes, ascending
	FillIn    ItemType = "fill_in"    // 填空题: Accept has the accepted texts of each blank
)

// ItemTypes lists the types in paper order.
var ItemTypes = []ItemType{TrueFalse, Single, Multiple, FillIn}

var itemTypeNames = map[ItemType]string{TrueFalse: "判断题", Single: "单项选择题", Multiple: "多项选择题", FillIn: "填空题"}

// Chinese is the type's name in the field's own words (判断题 …).
func (t ItemType) Chinese() string { return itemTypeNames[t] }

// Limits of an item. Options beyond eight do not fit the keyboard of the exam room (A–H).
const (
	MaxOptions  = 8
	MaxStemRune = 2000
	BlankMark   = "____" // how a stem marks a blank of a fill-in item
)

// Item is a test item (试题). It belongs to one owner and is shared with nobody.
type Item struct {
	ID          string
	Version     int
	Owner       string // evaluation body id, or region code of a bureau
	Trade       string // occupation code of the 2022 catalogue, e.g. 6-31-01-03
	Level       rulebook.Level
	Type        ItemType
	Topic       string // knowledge point (知识点); blueprints draw by it
	Stem        string
	Options     []string   // Single and Multiple: 2–8 texts; TrueFalse and FillIn: empty
	Key         []int      // indexes into Options, ascending; TrueFalse: [0] right, [1] wrong
	Accept      [][]string // FillIn: for each blank the accepted texts
	Explanation string
	Source      string // where the item came from: a file name, or ""
	Import      string // id of the import that it came with, whose entry vouches for it; "" in banks of the first releases
}

// Check reports everything wrong with the item, each with the column of the
// import template that it concerns; Row is left 0 for the caller to set.
func (it Item) Check() []fault.Issue { return checkItem(it) }
