package storetest

import (
	"testing"

	"kaoping/internal/audit"
	"kaoping/policies/standing"
)

func applicationsVersioned(t *testing.T, s Store) {
	versioned[standing.Application]{
		object: "application/" + id(1), value: application(1),
		version: func(v *standing.Application) *int { return &v.Version },
		change:  func(v *standing.Application, text string) { v.By = text },
		put:     func(v *standing.Application, e audit.Entry) error { return s.PutApplication(t.Context(), v, e) },
		get:     func() (standing.Application, error) { return s.Application(t.Context(), id(1)) },
	}.check(t, s)
}

func applicationsSelected(t *testing.T, s Store) {
	ctx := t.Context()
	for n, change := range []func(*standing.Application){
		func(v *standing.Application) { v.Body = "" },
		func(v *standing.Application) { v.Region, v.State = "410423", standing.Rejected },
		func(v *standing.Application) { v.State = standing.Submitted },
		func(v *standing.Application) { v.State = standing.Granted },
	} {
		v := application(n)
		change(&v)
		must(t, s.PutApplication(ctx, &v, entry("stream", "application/"+v.ID, "filing:apply")))
	}
	for what, c := range map[string]struct {
		q    standing.ApplicationQuery
		want []string
	}{
		"all, newest first": {standing.ApplicationQuery{}, []string{id(3), id(2), id(1), id(0)}},
		"a body":            {standing.ApplicationQuery{Body: "body-1"}, []string{id(3), id(2), id(1)}},
		"a region":          {standing.ApplicationQuery{Region: "410423"}, []string{id(1)}},
		"two states":        {standing.ApplicationQuery{States: []standing.ApplicationState{standing.Submitted, standing.Granted}}, []string{id(3), id(2)}},
		"a page":            {standing.ApplicationQuery{Limit: 2}, []string{id(3), id(2)}},
		"the next page":     {standing.ApplicationQuery{Limit: 2, Before: id(2)}, []string{id(1), id(0)}},
	} {
		list, err := s.Applications(ctx, c.q)
		same(t, what, list, err, func(v standing.Application) string { return v.ID }, c.want...)
	}
}
