package storetest

import (
	"testing"

	"kaoping/internal/audit"
	"kaoping/policies/standing/inspection"
)

func plan(n int) inspection.Plan {
	return inspection.Plan{
		ID: id(n), Region: "410400", Kind: inspection.Special, Title: "专项检查", From: at, To: at.AddDate(0, 1, 0), Share: 5000, Each: 2, Checklist: []string{"场地"},
		Recusals: []inspection.Recusal{{Inspector: "account-1", Body: "body-1", Why: "亲属"}}, Seed: 1<<63 - 5, DrawnAt: at, DrawnBy: "account-2",
		Population: []string{"body-1", "body-2"}, Pool: []string{"account-1", "account-3"}, Drawn: []inspection.Assignment{{Body: "body-1", BodyName: "示例", Inspectors: []string{"account-1", "account-3"}}},
		By: "account-4", At: at,
	}
}

func visit(n int) inspection.Visit {
	return inspection.Visit{
		ID: id(n), Plan: "plan-1", Kind: inspection.Special, Body: "body-1", BodyName: "示例", Region: "410400", Inspectors: []string{"account-1", "account-2"}, State: inspection.Signed,
		On: at, Met: "负责人", Checks: []inspection.Check{{What: "场地", Result: inspection.Breach, Note: "不符"}}, Photos: []inspection.Photo{{Key: "k", SHA256: "s", Note: "n"}},
		Findings:   []inspection.Finding{{ID: "f", Text: "整改", Rule: "R32", Due: at, State: inspection.Open, Follow: []inspection.FollowUp{{By: "account-1", Name: "督导示例", At: at, Text: "复查", Done: true}}, Signaled: true}},
		Signatures: []inspection.Signature{{By: "account-1", Name: "督导示例", At: at}},
	}
}

func credit(n int) inspection.Credit {
	return inspection.Credit{
		ID: id(n), Body: "body-1", BodyName: "示例", Region: "410400", From: at, To: at.AddDate(0, 6, 0), Points: 85, Grade: inspection.GradeB,
		Facts: []inspection.Fact{{What: "a breach", Times: 3, Points: 15}}, State: inspection.Stands, Reason: "修复", By: "account-1", At: at, SignedBy: "account-2", SignedAt: at,
		Appeal: "不服", AppealBy: "account-3", AppealAt: at, Answer: "维持",
	}
}

func plansVersioned(t *testing.T, s Store) {
	versioned[inspection.Plan]{
		object: "plan/" + id(1), value: plan(1),
		version: func(v *inspection.Plan) *int { return &v.Version },
		change:  func(v *inspection.Plan, text string) { v.Title = text },
		put:     func(v *inspection.Plan, e audit.Entry) error { return s.PutPlan(t.Context(), v, e) },
		get:     func() (inspection.Plan, error) { return s.Plan(t.Context(), id(1)) },
	}.check(t, s)
	other := plan(2)
	other.Region = "410423"
	must(t, s.PutPlan(t.Context(), &other, entry("stream", "plan/"+other.ID, "inspection:plan")))
	list, err := s.Plans(t.Context(), inspection.Query{})
	same(t, "all plans, newest first", list, err, func(p inspection.Plan) string { return p.ID }, id(2), id(1))
	list, err = s.Plans(t.Context(), inspection.Query{Region: "410423"})
	same(t, "a region's plans", list, err, func(p inspection.Plan) string { return p.ID }, id(2))
}

func visitsVersioned(t *testing.T, s Store) {
	versioned[inspection.Visit]{
		object: "visit/" + id(1), value: visit(1),
		version: func(v *inspection.Visit) *int { return &v.Version },
		change:  func(v *inspection.Visit, text string) { v.Met = text },
		put:     func(v *inspection.Visit, e audit.Entry) error { return s.PutVisit(t.Context(), v, e) },
		get:     func() (inspection.Visit, error) { return s.Visit(t.Context(), id(1)) },
	}.check(t, s)
}

func visitsSelected(t *testing.T, s Store) {
	ctx := t.Context()
	for n, change := range []func(*inspection.Visit){
		func(v *inspection.Visit) { v.Plan = "plan-2" },
		func(v *inspection.Visit) { v.Body, v.On = "body-2", at.AddDate(0, 0, 1) },
		func(v *inspection.Visit) { v.Region, v.State = "410423", inspection.Assigned },
		func(v *inspection.Visit) { v.Kind, v.Inspectors = inspection.Daily, []string{"account-9"} },
	} {
		v := visit(n)
		change(&v)
		must(t, s.PutVisit(ctx, &v, entry("stream", "visit/"+v.ID, "inspection:assign")))
	}
	for what, c := range map[string]struct {
		q    inspection.Query
		want []string
	}{
		"all, newest first": {inspection.Query{}, []string{id(3), id(2), id(1), id(0)}},
		"a plan":            {inspection.Query{Plan: "plan-2"}, []string{id(0)}},
		"a body":            {inspection.Query{Body: "body-2"}, []string{id(1)}},
		"a region":          {inspection.Query{Region: "410423"}, []string{id(2)}},
		"an inspector":      {inspection.Query{Inspector: "account-9"}, []string{id(3)}},
		"a kind":            {inspection.Query{Kinds: []inspection.Kind{inspection.Daily, inspection.Quality}}, []string{id(3)}},
		"a state":           {inspection.Query{States: []inspection.VisitState{inspection.Assigned}}, []string{id(2)}},
		"from a day":        {inspection.Query{From: at.AddDate(0, 0, 1)}, []string{id(1)}},
		"a page":            {inspection.Query{Limit: 2}, []string{id(3), id(2)}},
		"the next page":     {inspection.Query{Limit: 2, Before: id(2)}, []string{id(1), id(0)}},
	} {
		list, err := s.Visits(ctx, c.q)
		same(t, what, list, err, func(v inspection.Visit) string { return v.ID }, c.want...)
	}
}

func creditsVersioned(t *testing.T, s Store) {
	versioned[inspection.Credit]{
		object: "credit/" + id(1), value: credit(1),
		version: func(v *inspection.Credit) *int { return &v.Version },
		change:  func(v *inspection.Credit, text string) { v.Answer = text },
		put:     func(v *inspection.Credit, e audit.Entry) error { return s.PutCredit(t.Context(), v, e) },
		get:     func() (inspection.Credit, error) { return s.Credit(t.Context(), id(1)) },
	}.check(t, s)
	for n := 2; n < 4; n++ {
		v := credit(n)
		if n == 3 {
			v.Body = "body-2"
		}
		must(t, s.PutCredit(t.Context(), &v, entry("stream", "credit/"+v.ID, "credit:grade")))
	}
	list, err := s.Credits(t.Context(), "body-1")
	same(t, "a body's grades, newest first", list, err, func(v inspection.Credit) string { return v.ID }, id(2), id(1))
}
