package main

import (
	"slices"
	"testing"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// officerOf is an officer of a region.
func officerOf(region string) access.Actor {
	return access.Actor{ID: "officer-" + region, Name: "演示" + region, Grants: []access.Grant{{Role: access.Officer, Region: region}}}
}

// crossingRegions is R37: a body of another city at a site in the region.
func crossingRegions(t *testing.T, f *frontier, set string) {
	const trade, home = "4-10-03-02", "410700"
	frontierDays[home] = frontierDays[set]
	host := set
	if set == henan {
		host = anyang
	}
	ctx := t.Context()
	guest := f.filed(t, home, trade, func(b *standing.Body) { b.Sites[0].Region = host })
	noticed := func(what, rule string, b standing.Body, subsidised bool) exam.Sitting {
		t.Helper()
		sitting := f.draft(t, b, rulebook.SkillLevel, func(d *exam.Draft) { d.Subsidised = subsidised })
		holds(t, what, rule, f.notify(t, sitting))
		return sitting
	}
	accepted := func(what, rule string, sitting exam.Sitting) *fault.Error {
		t.Helper()
		_, err := f.exam.Accept(ctx, officerOf(home), sitting.ID)
		return holds(t, what, rule, err)
	}
	consent := func(side exam.Side, by access.Actor, sitting exam.Sitting) error {
		_, err := f.exam.Consent(ctx, by, sitting.ID, side, "同意")
		return err
	}

	// What the place lacks, with the consent of both.
	first := noticed("what the place lacks", "", guest, true)
	if _, err := f.exam.Sitting(ctx, officerOf(host), first.ID); err != nil {
		t.Errorf("the host's officer reads it: %v", err)
	}
	if list, err := f.exam.Sittings(ctx, officerOf(host), exam.SittingQuery{}); err != nil || !slices.ContainsFunc(list, func(s exam.Sitting) bool { return s.ID == first.ID }) {
		t.Errorf("the host's officer finds it: %v", err)
	}
	if _, err := f.exam.Sitting(ctx, officerOf("410800"), first.ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another region's officer: %v", err)
	}
	if _, _, err := f.exam.Enrolments(ctx, officerOf(host), exam.EnrolmentQuery{Sitting: first.ID}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the host's officer sees no candidates: %v", err)
	}
	if n := len(accepted("without any consent", "R37", first).Issues); n != 2 {
		t.Errorf("%d consents are missing", n)
	}
	if err := consent(exam.HostSide, officerOf(home), first); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the host's consent by the own officer: %v", err)
	}
	holds(t, "the own consent", "", consent(exam.OwnSide, officerOf(home), first))
	accepted("with one of two", "R37", first)
	if err := consent(exam.OwnSide, officerOf(home), first); !fault.Is(err, fault.Refused) {
		t.Errorf("a second time: %v", err)
	}
	holds(t, "the host's consent", "", consent(exam.HostSide, officerOf(host), first))
	accepted("with both", "", first)

	// What the place can hold itself.
	there := f.filed(t, host, trade, nil)
	f.filed(t, host, "4-10-03-01", nil)
	if set != henan {
		refusal := holds(t, "what the place has", "R37", f.notify(t, f.draft(t, guest, rulebook.SkillLevel, nil)))
		if len(refusal.Issues) != 1 || refusal.Issues[0].Column != there.Name {
			t.Errorf("who could hold it: %+v", refusal.Issues)
		}
	} else {
		second := noticed("subsidised work past local bodies", "", guest, true)
		holds(t, "the own consent", "", consent(exam.OwnSide, officerOf(home), second))
		holds(t, "the host's consent", "", consent(exam.HostSide, officerOf(host), second))
		accepted("without the province's", "R37", second)
		if err := consent(exam.ProvinceSide, officerOf(host), second); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the province's consent by a city: %v", err)
		}
		holds(t, "the province's consent", "", consent(exam.ProvinceSide, officerOf(henan), second))
		accepted("with the province's", "", second)

		third := noticed("work without a subsidy", "", guest, false)
		holds(t, "the own consent", "", consent(exam.OwnSide, officerOf(home), third))
		holds(t, "the host's consent", "", consent(exam.HostSide, officerOf(host), third))
		accepted("no province is asked", "", third)
	}

	// A site at home, and regions that set no rule.
	local := f.filed(t, host, trade, func(b *standing.Body) { b.Sites[0].Region = host })
	home1 := noticed("a site at home", "", local, false)
	if err := consent(exam.OwnSide, officerOf(host), home1); !fault.Is(err, fault.Refused) {
		t.Errorf("no consent is asked for: %v", err)
	}
	shanxi := f.filed(t, linfen, trade, func(b *standing.Body) { b.Region, b.Sites[0].Region = "140000", guxian })
	f.filed(t, guxian, trade, nil)
	if s := noticed("a province over its county", "", shanxi, true); s.Host != "" {
		t.Errorf("a site within the body's region is at home: %q", s.Host)
	}
	away := f.filed(t, guxian, trade, func(b *standing.Body) { b.Sites[0].Region = linfen })
	free := noticed("regions without the rule", "", away, true)
	if _, err := f.exam.Accept(ctx, officerOf(guxian), free.ID); err != nil {
		t.Errorf("regions without the rule: %v", err)
	}
}
