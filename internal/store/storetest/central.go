package storetest

import (
	"testing"
	"time"

	"kaoping/bank/central"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/vault"
	"kaoping/policies/rulebook"
)

func centralPaper(n int) central.Paper {
	hand := central.Hand{Account: "account-3", Name: "保密员示例", At: at, From: "192.0.2.7"}
	return central.Paper{
		ID: id(n), Region: "411200", Track: rulebook.Completion, Trade: "6-31-01-03", Level: rulebook.JuniorWorker, Name: "结业考核统一卷", StartsAt: at.Add(72 * time.Hour),
		Minutes: 90, PassMark: 60_00, Partial: true, State: central.Unsealing, SetBy: "account-1", SetAt: at, ReviewedBy: "account-2", ReviewedAt: at.Add(time.Hour),
		Forms: []central.Form{{
			Letter: central.FormA, Content: []byte{0, 1, 2, 255}, Key: vault.Wrapped{KeyID: "k1", Key: []byte{9, 8}}, Room: []byte{7}, RoomKey: vault.Wrapped{KeyID: "k1", Key: []byte{6}},
			Digest: "abc", Questions: 40, Tasks: 3, Unsealed: []central.Hand{hand},
		}},
		Current: central.FormB, Choice: central.Restart, Sealed: []central.Hand{hand},
		Replacement: &central.Replacement{By: "account-4", At: at, Reason: "示例", Choice: central.Restart, ApprovedBy: "account-5", ApprovedAt: at.Add(time.Minute)},
		Openings:    2, Copies: 30, Refusals: 1,
	}
}

func centralPapersVersioned(t *testing.T, s Store) {
	versioned[central.Paper]{
		object: "central/" + id(1), value: centralPaper(1),
		version: func(v *central.Paper) *int { return &v.Version },
		change:  func(v *central.Paper, text string) { v.Reason = text },
		put:     func(v *central.Paper, e audit.Entry) error { return s.PutCentralPaper(t.Context(), v, e) },
		get:     func() (central.Paper, error) { return s.CentralPaper(t.Context(), id(1)) },
	}.check(t, s)
}

func centralPapersSelected(t *testing.T, s Store) {
	ctx := t.Context()
	for n, change := range []func(*central.Paper){
		func(v *central.Paper) { v.Region = "411221" },
		func(v *central.Paper) { v.Trade, v.State = "6-18-02-04", central.Sealed },
		func(v *central.Paper) { v.Track = rulebook.SkillLevel },
		func(v *central.Paper) {},
	} {
		v := centralPaper(n)
		change(&v)
		must(t, s.PutCentralPaper(ctx, &v, entry("stream", "central/"+v.ID, "paper:set")))
	}
	for what, c := range map[string]struct {
		q    central.Query
		want []string
	}{
		"all, newest first":     {central.Query{}, []string{id(3), id(2), id(1), id(0)}},
		"a region":              {central.Query{Regions: []string{"411221"}}, []string{id(0)}},
		"one of several":        {central.Query{Regions: []string{"411200", "410000"}}, []string{id(3), id(2), id(1)}},
		"a track":               {central.Query{Track: rulebook.SkillLevel}, []string{id(2)}},
		"a trade":               {central.Query{Trade: "6-18-02-04"}, []string{id(1)}},
		"one of several states": {central.Query{States: []central.State{central.Sealed, central.Drafted}}, []string{id(1)}},
		"a page":                {central.Query{Limit: 2}, []string{id(3), id(2)}},
		"the next page":         {central.Query{Limit: 2, Before: id(2)}, []string{id(1), id(0)}},
	} {
		list, err := s.CentralPapers(ctx, c.q)
		same(t, what, list, err, func(v central.Paper) string { return v.ID }, c.want...)
	}

	for n, paper := range []string{"", id(3), id(3)} {
		v := sitting(n)
		v.Central = paper
		must(t, s.PutSitting(ctx, &v, entry("stream", "sitting/"+v.ID, "sitting:staff")))
	}
	list, err := s.Sittings(ctx, exam.SittingQuery{Central: id(3)})
	same(t, "sittings of a central paper", list, err, func(v exam.Sitting) string { return v.ID }, id(2), id(1))
}
