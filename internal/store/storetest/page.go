package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

func ownersSeeTheirOwn(t *testing.T, s Store) {
	ctx, e := t.Context(), entry("stream", "", "thing:add")
	for n, owner := range []string{"body-1", "body-2", "body-1"} {
		b, p, a, o := blueprint(n), paper(n), account(n), body(n)
		b.Owner, p.Owner, a.Login, o.Name = owner, owner, fmt.Sprint("login", 9-n), fmt.Sprint("示例机构", 9-n)
		must(t, s.PutBlueprint(ctx, &b, e))
		must(t, s.AddPaper(ctx, &p, e))
		must(t, s.PutAccount(ctx, &a, e))
		must(t, s.PutBody(ctx, &o, e))
	}
	blueprints, err := s.Blueprints(ctx, "body-1")
	same(t, "blueprints, newest first", blueprints, err, func(v bank.Blueprint) string { return v.ID }, id(2), id(0))
	papers, err := s.Papers(ctx, "body-1")
	same(t, "papers, newest first", papers, err, func(v bank.Paper) string { return v.ID }, id(2), id(0))
	papers, err = s.Papers(ctx, "")
	same(t, "papers of nobody", papers, err, func(v bank.Paper) string { return v.ID })
	accounts, err := s.Accounts(ctx)
	same(t, "accounts by login name", accounts, err, func(v access.Account) string { return v.Login }, "login7", "login8", "login9")
	bodies, err := s.Bodies(ctx)
	same(t, "bodies by name", bodies, err, func(v standing.Body) string { return v.Name }, "示例机构7", "示例机构8", "示例机构9")
}

// textIsNoPattern asks for characters that mean more than themselves in some
// query language.
func textIsNoPattern(t *testing.T, s Store) {
	ctx := t.Context()
	odd := []string{"100%", "a_b", `c\d`, "e.f", "g*h", "(i", "[j]", "$k", "l'm", `n"o`}
	for n, title := range append(odd, "plain 100 aXb eXf ghh") {
		v := sitting(n)
		v.Title = title
		must(t, s.PutSitting(ctx, &v, entry("stream", "sitting/"+v.ID, "sitting:draft")))
	}
	for n, title := range odd {
		list, err := s.Sittings(ctx, exam.SittingQuery{Text: title})
		same(t, title, list, err, func(v exam.Sitting) string { return v.ID }, id(n))
		list, err = s.Sittings(ctx, exam.SittingQuery{Body: title})
		same(t, "a body "+title, list, err, func(v exam.Sitting) string { return v.ID })
	}
	list, err := s.Sittings(ctx, exam.SittingQuery{Text: "%"})
	same(t, "%", list, err, func(v exam.Sitting) string { return v.ID }, id(0))
}

// pagesStable turns pages while others insert before, between and after them:
// what was there at the start appears exactly once, and pages keep the order.
func pagesStable(t *testing.T, s Store) {
	ctx := t.Context()
	const existing = 60
	var original []string
	for n := range existing {
		v := sitting(n * 10)
		must(t, s.PutSitting(ctx, &v, entry("stream", "sitting/"+v.ID, "sitting:draft")))
		original = append(original, v.ID)
	}
	slices.Reverse(original)

	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for n := range existing {
				v := sitting(n*10 + w + 1)
				if err := s.PutSitting(ctx, &v, entry("stream", "sitting/"+v.ID, "sitting:draft")); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	defer wg.Wait()
	var seen []string
	for q := (exam.SittingQuery{Limit: 7}); ; q.Before = seen[len(seen)-1] {
		page, err := s.Sittings(ctx, q)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, v := range page {
			seen = append(seen, v.ID)
		}
	}
	ordered := slices.Sorted(slices.Values(seen))
	slices.Reverse(ordered)
	if !slices.Equal(seen, slices.Compact(ordered)) {
		t.Errorf("the pages are not newest first, or show one twice: %q", seen)
	}
	if got := slices.DeleteFunc(seen, func(s string) bool { return !slices.Contains(original, s) }); !slices.Equal(got, original) {
		t.Errorf("the pages show %q, want all of %q", got, original)
	}
}
