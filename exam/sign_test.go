package exam

import (
	"testing"
	"time"

	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// TestWhereTheInspectorSigns holds R40 against every region that sets it, the
// days around its first one, and regions that set none.
func TestWhereTheInspectorSigns(t *testing.T) {
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{Book: book}
	first := map[string]time.Time{}
	for _, p := range book.Settings("R40") {
		if p.Name == "inspector_signature" {
			first[p.Region] = date(p.From)
		}
	}
	for _, c := range []struct {
		region string
		day    time.Time
		set    bool
	}{
		{sanmenxia, first[sanmenxia], true}, {sanmenxia, first[sanmenxia].Add(-time.Second), false},
		{pingdingshan, first[pingdingshan], true}, {pingdingshan, first[pingdingshan].Add(-time.Second), false},
		{"410423", first[pingdingshan], true}, // a county has its city's rule
		{henan, date("2026-04-01"), false}, {xinyang, date("2026-04-01"), false}, {guxian, date("2026-04-01"), false},
	} {
		rule, set := s.signature(Sitting{Region: c.region, StartsAt: c.day, Track: rulebook.SkillLevel})
		if set != c.set || set && (rule.Rule != "R40" || rule.Quote != "考核巡查人员签字") {
			t.Errorf("%s on %s: %t, %+v", c.region, c.day, set, rule)
		}
	}
}

// TestWhoMayExamine has R19 at its boundaries: level, trade, last day, role.
func TestWhoMayExamine(t *testing.T) {
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{Book: book}
	day := date("2026-04-25").Add(9 * time.Hour)
	proof := func(trade string, senior bool, until string) standing.Proof {
		return standing.Proof{Number: "示例", Trade: trade, Senior: senior, Until: date(until)}
	}
	const trade = "6-31-01-03"
	for _, c := range []struct {
		what   string
		level  rulebook.Level
		role   access.Role
		proofs []standing.Proof // nil: not on the register
		rule   string           // "-" for refused without a rule
	}{
		{"an examiner at level 3", rulebook.SeniorWorker, access.Examiner, nil, ""},
		{"an examiner at level 2", rulebook.Technician, access.Examiner, nil, "R19"},
		{"a senior examiner at level 2", rulebook.Technician, access.Senior, nil, ""},
		{"an invigilator", rulebook.SeniorWorker, access.Invigilator, nil, "-"},
		{"a certificate on its last day", rulebook.SeniorWorker, access.Examiner, []standing.Proof{proof(trade, false, "2026-04-25")}, ""},
		{"a certificate the day after", rulebook.SeniorWorker, access.Examiner, []standing.Proof{proof(trade, false, "2026-04-24")}, "R19"},
		{"a certificate of another trade", rulebook.SeniorWorker, access.Examiner, []standing.Proof{proof("4-03-02-07", true, "2027-01-01")}, "R19"},
		{"a junior certificate at level 2, though the role is senior", rulebook.Technician, access.Senior, []standing.Proof{proof(trade, false, "2027-01-01")}, "R19"},
		{"a senior certificate at level 2, though the role is junior", rulebook.Technician, access.Examiner, []standing.Proof{proof(trade, true, "2027-01-01")}, ""},
		{"no certificate", rulebook.JuniorWorker, access.Examiner, []standing.Proof{}, "R19"},
	} {
		for _, region := range []string{sanmenxia, pingdingshan, henan, guxian, "140000"} {
			account := access.Account{ID: "a", Name: "示例", Grants: []access.Grant{{Role: c.role, Body: "b"}}}
			body := standing.Body{ID: "b"}
			if c.proofs != nil {
				body.Staff = []standing.Staff{{Name: "示例", Account: "a", Proofs: c.proofs}}
			}
			sitting := Sitting{Body: "b", Region: region, Trade: trade, Level: c.level, Track: rulebook.SkillLevel, StartsAt: day}
			issue := s.qualified(body, sitting, account, day)
			if (issue == nil) != (c.rule == "") || issue != nil && issue.Rule != map[string]string{"R19": "R19", "-": ""}[c.rule] {
				t.Errorf("%s in %s: %+v", c.what, region, issue)
			}
		}
	}
}
