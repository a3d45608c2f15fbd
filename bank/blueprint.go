package bank

import (
	"strings"
	"unicode/utf8"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// Blueprint is a plan for papers (组卷方案): how many questions of which type
// and knowledge point, and what each is worth.
type Blueprint struct {
	ID       string
	Version  int
	Owner    string // as in Item
	Trade    string // occupation code of the 2022 catalogue
	Level    rulebook.Level
	Name     string
	Lines    []BlueprintLine
	PassMark Points // 60 to 100 points (R15)
	Minutes  int    // time allowed for the paper, 90 to 300 (R18)
	Partial  bool   // 多选题: part of the key without a wrong choice earns half
}

// BlueprintLine asks for Count questions of one type, each worth Each points.
type BlueprintLine struct {
	Type  ItemType
	Topic string // a knowledge point (知识点), or "" for any
	Count int    // at least 1
	Each  Points // more than 0
}

// MinPassMark is the lowest pass mark of a part (R15).
const MinPassMark Points = 60_00

// Bounds of a blueprint.
const (
	MinMinutes = 90 // R18
	MaxMinutes = 300
	MaxName    = 60   // characters of a blueprint's name
	MaxCount   = 1000 // questions of one line
)

// Total is the sum of all lines.
func (b Blueprint) Total() Points {
	var total Points
	for _, line := range b.Lines {
		total += Points(line.Count) * line.Each
	}
	return total
}

// Check reports everything wrong with the blueprint. Row is the number of the
// line, from 1, or 0 for the blueprint as a whole; Rule is R15 or R18 where
// that rule refuses.
func (b Blueprint) Check() []fault.Issue {
	var issues []fault.Issue
	add := func(row int, column, rule, format string, args ...any) {
		issues = append(issues, fault.Issue{Row: row, Column: column, Rule: rule, Text: fault.Textf(format, args...)})
	}
	if n := utf8.RuneCountInString(b.Name); strings.TrimSpace(b.Name) == "" {
		add(0, "名称", "", "this is empty")
	} else if n > MaxName {
		add(0, "名称", "", "this has %d characters; at most %d fit", n, MaxName)
	}
	if b.Trade == "" {
		add(0, "职业", "", "this is empty")
	}
	if !b.Level.Valid() {
		add(0, "等级", "", "%d is none of the eight skill levels", int(b.Level))
	}
	if b.PassMark < MinPassMark || b.PassMark > FullMarks {
		add(0, "合格线", "R15", "the pass mark is %s points; it must be %s to %s", b.PassMark, MinPassMark, FullMarks)
	}
	if b.Minutes < MinMinutes {
		add(0, "时长", "R18", "the theory examination lasts %d minutes; at least %d are required", b.Minutes, MinMinutes)
	}
	if b.Minutes > MaxMinutes {
		add(0, "时长", "", "the theory examination lasts %d minutes; at most %d can be set", b.Minutes, MaxMinutes)
	}
	for i, line := range b.Lines {
		if line.Type.Chinese() == "" {
			add(i+1, "题型", "", "the type “%s” is not known: use 判断题, 单项选择题, 多项选择题 or 填空题", string(line.Type))
		}
		if line.Count < 1 || line.Count > MaxCount {
			add(i+1, "题数", "", "the line asks for %d questions; 1 to %d can be asked for", line.Count, MaxCount)
		}
		if line.Each <= 0 || line.Each > FullMarks {
			add(i+1, "每题分值", "", "each question must be worth more than 0 and at most %s points", FullMarks)
		}
	}
	if total := b.Total(); total != FullMarks {
		add(0, "合计", "R15", "the lines add up to %s points; a paper is marked out of exactly %s", total, FullMarks)
	}
	return issues
}
