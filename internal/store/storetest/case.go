package storetest

import (
	"fmt"
	"testing"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// violation has every field set, as the other values.
func violation(n int) cases.Case {
	rule := fault.Rule{ID: "R33", Document: "工作方案", Clause: "二", Quote: "动态退出"}
	return cases.Case{
		ID: id(n), Kind: cases.Violation, Region: "410423", Body: "body-1", State: cases.Appealed, Waits: cases.ForOfficer, Rank: fmt.Sprintf("0/%03d", n),
		Party: standing.BodyParty("body-1"), Name: "示例职业培训学校", Masked: "4104**********0018", Claim: "某校", Source: cases.ByInspector, Reporter: "account-1",
		Title: fmt.Sprintf("第%d件", n), Happened: at.Add(-48 * time.Hour), Found: at.Add(-24 * time.Hour), Sitting: "sitting-1", Enrolment: "enrolment-1",
		Finding: "finding-1", Target: "case-0", Due: at.Add(48 * time.Hour),
		Steps:    []cases.Step{{What: cases.OpReport, At: at, By: "account-1", Name: "某巡查", Text: "说明", Due: at.Add(time.Hour)}},
		Evidence: []cases.Evidence{{ID: "e1", At: at, By: "account-2", Name: "某经办", Text: "照片", Key: "cases/1/e1", File: "现场.jpg", Type: "image/jpeg", Size: 7, SHA256: "ab"}},
		Letters:  []cases.Letter{{Kind: cases.Notice, Number: "410423-告-2026-0001", At: at}}, Statement: "陈述", Hearing: at.Add(time.Minute), Place: "会议室",
		Facts: "事实", Intended: []cases.MeasureKind{cases.Blacklist},
		Decision: &cases.Decision{
			Facts: "认定", Measures: []cases.Measure{{Kind: cases.Blacklist, By: at, Until: at, Part: cases.Theory, Running: standing.VoidRunning, Revoke: []string{"S1"}, Rule: rule}},
			Lift: true, Public: true, Notice: "公告", ProposedBy: "account-2", ProposedName: "某甲", ProposedAt: at, ApprovedBy: "account-3", ApprovedName: "某乙", ApprovedAt: at,
			At: at, Book: "hash", Before: standing.Listed, Bars: []string{"bar-1"},
		},
		Appeal: &cases.Appeal{By: "account-4", Name: "某丙", At: at, Text: "申诉", Ruling: &cases.Ruling{
			Uphold: true, Reason: "理由", ProposedBy: "account-5", ProposedName: "某丁", ProposedAt: at, ApprovedBy: "account-6", ApprovedName: "某戊", ApprovedAt: at, At: at,
		}},
		Rectified: at, Closed: at,
	}
}

func casesVersioned(t *testing.T, s Store) {
	versioned[cases.Case]{
		object: "case/" + id(1), value: violation(1),
		version: func(v *cases.Case) *int { return &v.Version },
		change:  func(v *cases.Case, text string) { v.Title = text },
		put:     func(v *cases.Case, e audit.Entry) error { return s.PutCase(t.Context(), v, e) },
		get:     func() (cases.Case, error) { return s.Case(t.Context(), id(1)) },
	}.check(t, s)
}

func casesSelected(t *testing.T, s Store) {
	ctx := t.Context()
	for n, change := range []func(*cases.Case){
		func(v *cases.Case) { v.Rank, v.State = "2/1", cases.Final },
		func(v *cases.Case) {
			v.Rank, v.Waits, v.Party, v.Name = "0/2", cases.ForReviewer, standing.PersonParty("hash"), "陈示例"
		},
		func(v *cases.Case) {
			v.Rank, v.Kind, v.Source, v.Party = "0/1", cases.Repair, cases.ByParty, standing.Party{}
		},
		func(v *cases.Case) {
			v.Rank, v.Reporter, v.Title, v.State = "1/1", "account-9", "替考%", cases.Reported
		},
	} {
		v := violation(n)
		change(&v)
		must(t, s.PutCase(ctx, &v, entry("stream", "case/"+v.ID, "case:report")))
	}
	for what, c := range map[string]struct {
		q    cases.Query
		want []string
	}{
		"all, by rank":      {cases.Query{}, []string{id(2), id(1), id(3), id(0)}},
		"a state":           {cases.Query{States: []cases.State{cases.Reported}}, []string{id(3)}},
		"states":            {cases.Query{States: cases.Open}, []string{id(2), id(1), id(3)}},
		"who is waited for": {cases.Query{Waits: cases.ForReviewer}, []string{id(1)}},
		"a kind":            {cases.Query{Kind: cases.Repair}, []string{id(2)}},
		"a source":          {cases.Query{Source: cases.ByParty}, []string{id(2)}},
		"a party":           {cases.Query{Party: standing.BodyParty("body-1")}, []string{id(3), id(0)}},
		"a person":          {cases.Query{Party: standing.PersonParty("hash")}, []string{id(1)}},
		"another party":     {cases.Query{Party: standing.PersonParty("body-1")}, []string{}},
		"a reporter":        {cases.Query{Reporter: "account-9"}, []string{id(3)}},
		"part of a title":   {cases.Query{Text: "考%"}, []string{id(3)}},
		"part of a name":    {cases.Query{Text: "陈示"}, []string{id(1)}},
		"a page":            {cases.Query{Limit: 2}, []string{id(2), id(1)}},
		"the next page":     {cases.Query{Limit: 2, After: "0/2"}, []string{id(3), id(0)}},
		"together":          {cases.Query{States: cases.Open, Kind: cases.Violation, Source: cases.ByInspector, Text: "第1", After: "0/1", Limit: 3}, []string{id(1)}},
	} {
		list, err := s.Cases(ctx, c.q)
		same(t, what, list, err, func(v cases.Case) string { return v.ID }, c.want...)
	}
}
