package standing

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"kaoping/internal/fault"
)

// shelf is a Store of bars alone.
type shelf struct {
	Store
	bars []Bar
}

func (s shelf) Bars(_ context.Context, q BarQuery) ([]Bar, error) {
	return slices.DeleteFunc(slices.Clone(s.bars), func(b Bar) bool { return !slices.Contains(q.Parties, b.Party) }), nil
}

func TestABarHoldsFromItsInstantToItsEnd(t *testing.T) {
	from := day("2026-06-01 10:00:00")
	rule := fault.Rule{ID: "R33"}
	for _, c := range []struct {
		what  string
		bar   Bar
		act   Act
		party Party
		at    time.Time
		ok    bool
	}{
		{"before the instant", Bar{From: from}, ToNotify, BodyParty("b"), from.Add(-time.Nanosecond), true},
		{"at the instant", Bar{From: from}, ToNotify, BodyParty("b"), from, false},
		{"years later", Bar{From: from}, ToIssue, BodyParty("b"), from.AddDate(50, 0, 0), false},
		{"the last moment of a term", Bar{From: from, Until: from.AddDate(2, 0, 0)}, ToIssue, BodyParty("b"), from.AddDate(2, 0, 0).Add(-time.Nanosecond), false},
		{"the end of a term", Bar{From: from, Until: from.AddDate(2, 0, 0)}, ToIssue, BodyParty("b"), from.AddDate(2, 0, 0), true},
		{"lifted", Bar{From: from, Lifted: from.Add(time.Hour)}, ToIssue, BodyParty("b"), from.Add(time.Hour), true},
		{"before it was lifted", Bar{From: from, Lifted: from.Add(time.Hour)}, ToIssue, BodyParty("b"), from.Add(time.Hour - 1), false},
		{"an act it does not name", Bar{From: from, Acts: []Act{ToScore}}, ToNotify, BodyParty("b"), from, true},
		{"an act it names", Bar{From: from, Acts: []Act{ToScore, ToNotify}}, ToNotify, BodyParty("b"), from, false},
		{"another body", Bar{From: from}, ToNotify, BodyParty("c"), from, true},
		{"a person whose hash is the body's id", Bar{From: from}, ToNotify, PersonParty("b"), from, true},
	} {
		c.bar.Party, c.bar.Kind, c.bar.Rule, c.bar.Name = BodyParty("b"), Blacklisted, rule, "示例机构"
		s := &Service{Store: shelf{bars: []Bar{c.bar}}, Now: func() time.Time { return c.at }}
		err := s.Clear(t.Context(), c.act, BodyParty("other"), c.party)
		var f *fault.Error
		if (err == nil) != c.ok || err != nil && (!errors.As(err, &f) || f.Code != fault.Refused || f.Rule == nil || f.Rule.ID != "R33") {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}
