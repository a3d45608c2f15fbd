package main

import (
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// noticeInTime is R02: three days ahead, counted in legal days.
func noticeInTime(t *testing.T, f *frontier, region string) {
	for _, c := range []struct {
		what, region, rule string
		ahead              time.Duration
	}{
		{"the first moment of the third day", region, "", 62 * time.Hour},
		{"the last moment of the second day", region, "R02", 62*time.Hour - time.Minute},
		{"an hour ahead where no days are set", anyang, "", time.Hour},
		{"an hour ahead in Gu county", guxian, "", time.Hour},
	} {
		b := f.filed(t, c.region, demoTrade, nil)
		sitting := f.draft(t, b, rulebook.SkillLevel, func(d *exam.Draft) { d.StartsAt = f.clock.now().Add(c.ahead) })
		holds(t, c.what, c.rule, f.notify(t, sitting))
	}
}

// strongerFirst is R03: a course completion examination in a trade in which a
// stronger certificate can be had in the city.
func strongerFirst(t *testing.T, f *frontier, set string) {
	const trade = "4-03-02-01"
	region, subsidised := set, false
	if set == henan {
		region, subsidised = anyang, true
	}
	at := f.filed(t, region, trade, only(rulebook.Completion))
	notice := func(what, rule string, b standing.Body, subsidised bool) *fault.Error {
		t.Helper()
		return holds(t, what, rule, f.notify(t, f.draft(t, b, rulebook.Completion, func(d *exam.Draft) { d.Subsidised = subsidised })))
	}
	notice("nothing stronger in the city", "", at, subsidised)
	f.filed(t, guxian, trade, nil)
	f.on(frontierDays[region])
	notice("what another city has", "", at, subsidised)
	f.filed(t, region, "4-03-02-07", nil)
	notice("what another trade has", "", at, subsidised)
	special := f.filed(t, region, trade, func(b *standing.Body) { only(rulebook.SpecialWork)(b); b.ValidUntil = f.clock.now() })
	rule := "R03"
	if set == sanmenxia { // its plan lists three certificates, not this one
		rule = ""
	}
	notice("a certificate for special operations", rule, at, subsidised)
	f.clock.set(f.clock.now().AddDate(0, 0, 1))
	notice("the day after that filing ran out", "", at, subsidised)

	f.changeFiled(t, special.ID, func(b *standing.Body) { b.State = standing.Exited })
	body := f.filed(t, region, trade, nil)
	refusal := notice("skill level certificates", "R03", at, subsidised)
	if len(refusal.Issues) != 1 || refusal.Issues[0].Column != body.Name || refusal.Issues[0].Text.Args[0] != rulebook.SkillLevel {
		t.Errorf("what can be had, and from whom: %+v", refusal.Issues)
	}
	notice("those of the own body", "R03", body, subsidised)
	if set == henan {
		notice("without a subsidy", "", at, false)
	}
	holds(t, "another track", "", f.notify(t, f.draft(t, body, rulebook.SkillLevel, nil)))

	// What appears between notice and acceptance is seen then.
	f.changeFiled(t, body.ID, func(b *standing.Body) { b.State = standing.Withdrawn })
	sitting := f.draft(t, at, rulebook.Completion, func(d *exam.Draft) { d.Subsidised = subsidised })
	holds(t, "after it withdrew", "", f.notify(t, sitting))
	f.changeFiled(t, body.ID, func(b *standing.Body) { b.State = standing.Listed })
	_, err := f.exam.Accept(t.Context(), access.System(), sitting.ID)
	holds(t, "at acceptance", "R03", err)

	other := f.filed(t, guxian, trade, nil)
	notice("a region without the rule", "", other, true)
}

// changeFiled changes a filed body past the officers.
func (f *frontier) changeFiled(t *testing.T, id string, change func(*standing.Body)) {
	t.Helper()
	b, err := f.store.Body(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	change(&b)
	if err := f.store.PutBody(t.Context(), &b, audit.Entry{Stream: "body/" + id, Object: "body/" + id, At: f.clock.now(), Who: "test", What: "body:change"}); err != nil {
		t.Fatal(err)
	}
}

// subsidyBarred is R34: a body barred from subsidised evaluation holds others, and
// none that is subsidised, whatever step it is at.
func subsidyBarred(t *testing.T, f *frontier, _ string) {
	b := f.filed(t, anyang, "6-18-01-01", nil)
	ctx := t.Context()
	notified := f.draft(t, b, rulebook.SkillLevel, func(d *exam.Draft) { d.Subsidised = true })
	drafted := f.draft(t, b, rulebook.SkillLevel, func(d *exam.Draft) { d.Subsidised = true })
	free := f.draft(t, b, rulebook.SkillLevel, nil)
	holds(t, "before the bar", "", f.notify(t, notified))
	bar := standing.Bar{
		ID: "bar-r34", Party: standing.BodyParty(b.ID), Kind: standing.Exclusion, Acts: []standing.Act{standing.ToSubsidy}, Name: b.Name, Region: b.Region, From: f.clock.now(),
		Rule: fault.Rule{ID: "R34", Document: "河南省 2023 年方案", Clause: "二(二)", Quote: "2022年以来审计、检查发现存在明显问题的机构不得开展政府补贴性培训评价"},
	}
	put := func() {
		t.Helper()
		if err := f.store.PutBar(ctx, &bar, audit.Entry{Stream: "bars", At: f.clock.now(), Who: "test", What: "bar:impose"}); err != nil {
			t.Fatal(err)
		}
	}
	put()
	holds(t, "notice of a subsidised one", "R34", f.notify(t, drafted))
	_, err := f.exam.Accept(ctx, access.System(), notified.ID)
	holds(t, "acceptance", "R34", err)
	_, err = f.exam.Draft(ctx, access.System(), exam.Draft{Body: b.ID, Site: b.Sites[0].ID, Trade: b.Scopes[0].Trade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: f.clock.now().AddDate(0, 0, 7), Subsidised: true})
	holds(t, "a new draft", "R34", err)
	_, err = f.exam.Enrol(ctx, access.System(), drafted.ID, f.candidates(1))
	holds(t, "enrolment", "R34", err)
	holds(t, "notice of one without a subsidy", "", f.notify(t, free))
	bar.Lifted = f.clock.now()
	put()
	_, err = f.exam.Accept(ctx, access.System(), notified.ID)
	holds(t, "after it was lifted", "", err)
}

// ownBodyFirst is R38: people of an employer that is filed for the trade itself.
func ownBodyFirst(t *testing.T, f *frontier, region string) {
	const trade = "4-10-01-03"
	employer := func(b *standing.Body) { b.Kind = standing.Employer }
	for _, c := range []struct {
		what, region, trade, why, rule string
	}{
		{"its own body covers the trade", region, trade, "", "R38"},
		{"with a reason", region, trade, "本单位考评员不足", ""},
		{"its own body does not", region, "4-10-01-05", "", ""},
		{"a region without the rule", anyang, trade, "", ""},
		{"the city around", linfen, trade, "", ""},
	} {
		own := f.filed(t, c.region, c.trade, employer)
		third := f.filed(t, c.region, trade, nil)
		sitting := f.draft(t, third, rulebook.SkillLevel, func(d *exam.Draft) { d.For, d.ForWhy = own.ID, c.why })
		holds(t, c.what, c.rule, f.notify(t, sitting))
		if c.why != "" {
			entries, err := f.store.Entries(t.Context(), "sitting/"+sitting.ID, 0, 10)
			if err != nil || entries[len(entries)-1].Note != c.why {
				t.Errorf("the reason is audited: %+v, %v", entries, err)
			}
		}
		holds(t, "its own body itself", "", f.notify(t, f.draft(t, own, rulebook.SkillLevel, func(d *exam.Draft) { d.For = own.ID })))
	}
	third, social := f.filed(t, region, trade, nil), f.filed(t, region, trade, nil)
	_, err := f.exam.Draft(t.Context(), access.System(), exam.Draft{Body: third.ID, Site: third.Sites[0].ID, Trade: trade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: f.clock.now().AddDate(0, 0, 7), For: social.ID})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("a social body has no people of its own: %v", err)
	}
}

// jointCohorts is R14: cohorts of two bodies in one city, where the region lets them.
func jointCohorts(t *testing.T, f *frontier, _ string) {
	const trade = "4-06-01-01"
	for region, rule := range map[string]string{anyang: "", xuchang: "R30", guxian: "R30"} { // a year before the province's plan, and another province
		host := f.draft(t, f.filed(t, region, trade, nil), rulebook.SkillLevel, nil)
		f.put(t, &host, exam.Accepted)
		guest := f.filed(t, region, trade, nil)
		_, err := f.exam.Draft(t.Context(), access.System(), exam.Draft{Body: guest.ID, Site: guest.Sites[0].ID, Trade: trade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: host.StartsAt, Joint: host.ID})
		holds(t, region, rule, err)
	}
}
