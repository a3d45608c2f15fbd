package storetest

import (
	"reflect"
	"testing"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
	"kaoping/policies/rulebook/amend"
)

func ruleChange(n int) amend.Change {
	return amend.Change{
		ID: id(n), State: amend.Approved, ProposedBy: "account-1", ProposedAt: at, DecidedBy: "account-2", DecidedAt: at, Reason: "条款有误",
		Param: rulebook.Param{
			Rule: "R02", Name: "notice_days", Region: "410400", Tracks: []rulebook.Track{rulebook.SkillLevel}, From: "2027-01-01", Until: "2027-12-31",
			Value: "5", Unit: rulebook.WorkingDay, Document: "示例文件", Clause: "三(二)", Quote: "提前 5 个工作日 <报备>", Kind: rulebook.Decided, Note: "示例", Change: id(n),
		},
	}
}

func calendarYear(n int) amend.CalendarYear {
	return amend.CalendarYear{ID: id(n), AddedBy: "account-1", AddedAt: at, Calendar: rulebook.Year{
		Year: 2030 + n, Notice: "示例通知", Published: "2030-11-01", From: "2030-11-02",
		Holidays: []rulebook.Holiday{{Name: "国庆节", First: "2031-10-01", Last: "2031-10-07"}}, Work: []string{"2031-10-11"},
	}}
}

func ruleChangesVersioned(t *testing.T, s Store) {
	versioned[amend.Change]{
		object: "rulechange/" + id(1), value: ruleChange(1),
		version: func(v *amend.Change) *int { return &v.Version },
		change:  func(v *amend.Change, text string) { v.Reason = text },
		put:     func(v *amend.Change, e audit.Entry) error { return s.PutRuleChange(t.Context(), v, e) },
		get:     func() (amend.Change, error) { return s.RuleChange(t.Context(), id(1)) },
	}.check(t, s)
	second := ruleChange(0)
	must(t, s.PutRuleChange(t.Context(), &second, entry("rules/410400", "rulechange/"+second.ID, "rule:propose")))
	list, err := s.RuleChanges(t.Context())
	must(t, err)
	if len(list) != 2 || list[0].ID != id(0) || list[1].ID != id(1) {
		t.Errorf("listed: %v", list)
	}
}

func calendarYearsListed(t *testing.T, s Store) {
	want := []amend.CalendarYear{calendarYear(1), calendarYear(2)}
	for i := range want {
		v := &want[len(want)-1-i]
		must(t, s.PutCalendarYear(t.Context(), v, entry("rules/000000", "calendaryear/"+v.ID, "calendar:add")))
	}
	got, err := s.CalendarYears(t.Context())
	must(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("listed:\n %+v, want\n %+v", got, want)
	}
	again := calendarYear(1)
	wantCode(t, "a year that exists", s.PutCalendarYear(t.Context(), &again, entry("rules/000000", "calendaryear/"+again.ID, "calendar:add")), fault.Conflict)
	checkAudit(t, s, map[string]int{"calendaryear/" + id(1): 1, "calendaryear/" + id(2): 1})
}

func editionsKeptOnce(t *testing.T, s Store) {
	hash := audit.Digest([]byte("edition"))
	_, err := s.RuleEdition(t.Context(), hash)
	wantCode(t, "an edition that was never used", err, fault.NotFound)
	want := amend.Edition{Since: at, Edition: rulebook.Edition{Hash: hash, Params: []rulebook.Param{ruleChange(1).Param}, Years: []rulebook.Year{calendarYear(1).Calendar}}}
	e := entry("rules/000000", "ruleedition/"+hash, "rule:edition")
	e.Rules = hash
	together(8, func(int) {
		v := want
		if err := s.PutRuleEdition(t.Context(), &v, e); err != nil {
			wantCode(t, "an edition that another instance keeps", err, fault.Conflict)
		}
	})
	want.Version = 1
	got, err := s.RuleEdition(t.Context(), hash)
	must(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("stored:\n %+v, want\n %+v", got, want)
	}
	checkAudit(t, s, map[string]int{"ruleedition/" + hash: 1})
}
