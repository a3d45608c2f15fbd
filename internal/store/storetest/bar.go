package storetest

import (
	"testing"

	"kaoping/policies/standing"
)

func barsSelected(t *testing.T, s Store) {
	ctx := t.Context()
	for n, change := range []func(*standing.Bar){
		func(v *standing.Bar) { v.Party, v.Public = standing.PersonParty("hash"), false },
		func(v *standing.Bar) { v.Party, v.Region = standing.PersonParty("body"), "410423" },
		func(v *standing.Bar) { v.Party, v.Case = standing.BodyParty("hash"), "case-2" },
		func(v *standing.Bar) { v.Party = standing.PersonParty("hash") },
	} {
		v := bar(n)
		change(&v)
		must(t, s.PutBar(ctx, &v, entry("stream", "bar/"+v.ID, "bar:impose")))
	}
	for what, c := range map[string]struct {
		q    standing.BarQuery
		want []string
	}{
		"all, newest first":           {standing.BarQuery{}, []string{id(3), id(2), id(1), id(0)}},
		"a person":                    {standing.BarQuery{Parties: []standing.Party{standing.PersonParty("hash")}}, []string{id(3), id(0)}},
		"a body of the same key":      {standing.BarQuery{Parties: []standing.Party{standing.BodyParty("hash")}}, []string{id(2)}},
		"one of several parties":      {standing.BarQuery{Parties: []standing.Party{standing.BodyParty("hash"), standing.PersonParty("body")}}, []string{id(2), id(1)}},
		"a party that nothing bars":   {standing.BarQuery{Parties: []standing.Party{standing.PlatformParty("hash")}}, []string{}},
		"those that are for everyone": {standing.BarQuery{Public: true}, []string{id(3), id(2), id(1)}},
		"a case":                      {standing.BarQuery{Case: "case-2"}, []string{id(2)}},
		"a region":                    {standing.BarQuery{Region: "410423"}, []string{id(1)}},
		"a page":                      {standing.BarQuery{Limit: 2}, []string{id(3), id(2)}},
		"the next page":               {standing.BarQuery{Limit: 2, Before: id(2)}, []string{id(1), id(0)}},
	} {
		list, err := s.Bars(ctx, c.q)
		same(t, what, list, err, func(v standing.Bar) string { return v.ID }, c.want...)
	}
}
