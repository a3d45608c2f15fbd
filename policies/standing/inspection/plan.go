package inspection

import (
	"time"

	"kaoping/policies/access"
)

// Kind is the way of checking (R36).
type Kind string

// The ways of checking, in the words of the rulebook.
const (
	Daily      Kind = "daily"       // 日常检查
	Sampling   Kind = "sampling"    // 按比例抽查
	Special    Kind = "special"     // 专项检查 (R32)
	ThirdParty Kind = "third_party" // 第三方核查
	Quality    Kind = "quality"     // 质量评估
)

// Kinds lists the ways of checking.
var Kinds = []Kind{Daily, Sampling, Special, ThirdParty, Quality}

// Plan is what a bureau means to inspect in a span of days (检查计划).
type Plan struct {
	ID         string
	Version    int
	Region     string
	Kind       Kind
	Title      string
	From, To   time.Time // first and last legal day
	Share      int       // of the bodies, in hundredths of a percent; 10000: all
	Each       int       // inspectors for one body, at least two
	Checklist  []string  // what to look at
	Recusals   []Recusal
	Seed       uint64 // of the draw, 0 before it
	DrawnAt    time.Time
	DrawnBy    string   // account id
	Population []string // ids of the bodies that could be drawn
	Pool       []string // account ids of the inspectors that could be drawn
	Drawn      []Assignment
	By         string // account id of who planned
	At         time.Time
}

// Recusal keeps an inspector from a body (回避).
type Recusal struct {
	Inspector string // account id
	Body      string
	Why       string
}

// Assignment is one body with those who visit it.
type Assignment struct {
	Body       string
	BodyName   string
	Inspectors []string // account ids
}

// Scope is where the plan belongs, for access.Decide.
func (p Plan) Scope() access.Scope { return access.Scope{Region: p.Region} }
