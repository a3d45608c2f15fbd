// Package bank holds the test items of an owner and turns them into theory
// papers: items (试题), blueprints (组卷方案), papers (试卷) and their marking.
//
// Purpose: one place that says what a sound item is, how a paper is drawn from
// items, in which order a candidate sees it, and what an answer is worth.
//
// Invariants: points are exact hundredths; a paper is worth exactly 100 points
// (R15); the same blueprint, items and seed always give the same paper,
// whatever order the items come in; a paper carries copies of its items, so
// that editing an item never changes a paper; an answer earns at least zero and
// at most the points of its question.
//
// It refuses unsound items (Item.Check), blueprints outside R15 and R18
// (Blueprint.Check), and a paper for which the items do not suffice (Assemble).
package bank
