package standing

import (
	"fmt"
	"slices"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// Kind is one of the three kinds of filed body (R30).
type Kind string

// The kinds of R30.
const (
	Employer Kind = "employer" // 用人单位
	School   Kind = "school"   // 院校
	Social   Kind = "social"   // 社会培训评价机构
)

var kindNames = map[Kind]string{Employer: "用人单位评价机构", School: "院校评价机构", Social: "社会培训评价机构"}

// Chinese is the kind's name on pages.
func (k Kind) Chinese() string { return kindNames[k] }

// Letter is the first letter of a certificate number of the body (R51). For a
// school no public text at hand gives the letter: it is filed here as a social
// body's, an assumption that docs/rules.md names.
func (k Kind) Letter() string {
	if k == Employer {
		return "Y"
	}
	return "S"
}

// State is where a body stands (the body's state machine of the rule catalogue).
type State string

// The states of a body, in their order.
const (
	Applied    State = "applied"    // 已申请
	Filed      State = "filed"      // 已备案, not yet on the public list
	Listed     State = "listed"     // 在册
	Rectifying State = "rectifying" // 整改中: goes on, with a date by which it has put things right
	Suspended  State = "suspended"  // 暂停: no notice, no start, no issue until it is lifted
	Exited     State = "exited"     // 已退出 (delisted or blacklisted)
	Expired    State = "expired"    // 已到期
	Withdrawn  State = "withdrawn"  // 已注销, by the body itself
)

// States lists the states of a body in their order.
var States = []State{Applied, Filed, Listed, Rectifying, Suspended, Exited, Expired, Withdrawn}

// acting are the states in which a body examines and issues.
var acting = []State{Listed, Rectifying}

// Room is a computer room (机房考场) of a site.
type Room struct {
	Name  string
	Seats int
}

// Site is a place where a body examines (考点). Serial is the six digits that
// certificate numbers carry (R51).
type Site struct {
	ID      string
	Serial  string
	Name    string
	Address string
	Region  string // where it lies, "" in the body's own region (R37)
	Cameras int    // that record the rooms
	Rooms   []Room
}

// Body is a filed evaluation body.
type Body struct {
	ID         string
	Version    int
	Name       string
	Kind       Kind
	Code       string // four digits of R51; "0000" when filed with a province
	Region     string // where it is filed and examines
	State      State
	Scopes     []Scope
	Sites      []Site
	ValidFrom  time.Time // first day of the filing
	ValidUntil time.Time // last day of the filing, inclusive
	RectifyBy  time.Time // last day of an ordered rectification, zero for none
	Number     string    // 备案号: class letter, region, serial; "" where it was not applied for here
	Staff      []Staff
	Filing     string // the application that filed or changed it last, "" for none
}

// OnList reports whether the body examines and issues as far as its state goes.
func (b Body) OnList() bool { return slices.Contains(acting, b.State) }

// Site returns a site by id (NotFound).
func (b Body) Site(id string) (Site, error) {
	for _, s := range b.Sites {
		if s.ID == id {
			return s, nil
		}
	}
	return Site{}, fault.New(fault.NotFound, "standing.Site", "the body has no such site")
}

// Filing is R30 as a refusal cites it.
var Filing = fault.Rule{ID: "R30", Document: "平顶山市 2022 年工作方案（平技领办〔2022〕5号）", Clause: "一", Quote: "新备案技能等级认定机构120家（用人单位评价机构100家、院校评价机构9家、社会培训评价机构11家）以上"}

// MayEvaluate refuses (Refused, R30) what the filing does not cover on a day.
func (b Body) MayEvaluate(trade string, level rulebook.Level, track rulebook.Track, site string, day time.Time) error {
	const op = "standing.MayEvaluate"
	if !b.OnList() {
		return fault.New(fault.Refused, op, "%s is not on the list of bodies", b.Name).By(Filing)
	}
	if !b.Valid(day) {
		return fault.New(fault.Refused, op, "the filing of %s holds from %s to %s", b.Name,
			rulebook.Day(b.ValidFrom), rulebook.Day(b.ValidUntil)).By(Filing)
	}
	if _, err := b.Site(site); err != nil {
		return fault.New(fault.Refused, op, "the site is not one that %s is filed for", b.Name).By(Filing)
	}
	if !b.Covers(trade, level, track, day) {
		return fault.New(fault.Refused, op, "%s is not filed for this trade at level %s in the track %s", b.Name, level, track).By(Filing)
	}
	return nil
}

// check reports what is wrong with a filing.
func (b Body) check(book *rulebook.Book) []fault.Issue {
	var list []fault.Issue
	add := func(ok bool, column, format string, args ...any) {
		if !ok {
			list = append(list, fault.Issue{Column: column, Text: fault.Textf(format, args...), Rule: "R30"})
		}
	}
	_, err := book.Region(b.Region)
	add(err == nil, "region", "there is no region %s", b.Region)
	add(b.Name != "", "name", "a body has a name")
	add(kindNames[b.Kind] != "", "kind", "a body is an employer, a school or a social body")
	add(digits(b.Code, 4), "code", "the body's code is four digits")
	add(len(b.Scopes) > 0, "scopes", "a filing names at least one trade and level")
	for _, s := range b.Scopes {
		_, err := book.Trade(s.Trade)
		add(err == nil, "scopes", "there is no trade %s in the 2022 catalogue as loaded", s.Trade)
		add(len(s.Levels) > 0 && !slices.ContainsFunc(s.Levels, func(l rulebook.Level) bool { return !l.Valid() }), "scopes", "trade %s needs levels", s.Trade)
		add(!slices.ContainsFunc(s.Tracks, func(t rulebook.Track) bool { return !t.Valid() }), "scopes", "trade %s names a track that there is not", s.Trade)
	}
	add(len(b.Sites) > 0, "sites", "a filing names at least one site")
	for _, s := range b.Sites {
		add(digits(s.Serial, 6), "sites", "the serial of site %s is six digits", s.Name)
		_, err := book.Region(s.Region)
		add(s.Region == "" || err == nil, "sites", "there is no region %s", s.Region)
		for _, r := range s.Rooms {
			add(r.Seats > 0 && r.Name != "", "sites", "a room has a name and seats")
		}
	}
	add(!b.ValidUntil.Before(b.ValidFrom), "valid_until", "a filing ends after it begins")
	return list
}

func digits(s string, n int) bool {
	var x int
	_, err := fmt.Sscanf(s, "%d", &x)
	return err == nil && len(s) == n && x >= 0 && s[0] != '+' && s[0] != '-'
}
