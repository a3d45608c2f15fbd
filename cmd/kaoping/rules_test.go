package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// bureauOfTheCity gives Pingdingshan an officer and a reviewer.
func (a *testApp) bureauOfTheCity(t *testing.T) {
	t.Helper()
	for login, grant := range map[string]access.Grant{
		"cityofficer": {Role: access.Officer, Region: "410400"}, "cityreviewer": {Role: access.Reviewer, Region: "410400"},
	} {
		account, err := a.accounts.Create(context.Background(), access.System(), login, "演示"+map[string]string{"cityofficer": "市经办", "cityreviewer": "市复核"}[login], demoPassword, []access.Grant{grant})
		if err != nil {
			t.Fatal(err)
		}
		a.people[login] = access.Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}
	}
}

// fiveWorkingDays is a change of the notice in Pingdingshan from a day on.
func fiveWorkingDays(from string) map[string]any {
	return map[string]any{
		"name": "notice_days", "region": "410400", "from": from, "value": "5", "unit": "working_day",
		"document": "平顶山市示例通知", "clause": "一", "quote": "组织考核时间提前5个工作日提出",
	}
}

func TestACityChangesARuleByTwoPeople(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := t.Context()
	a.bureauOfTheCity(t)
	if err := a.rules.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	other := a.second(t)
	before := a.book.Hash()
	officer, reviewer, county := a.as(t, "cityofficer").inEnglish(), a.as(t, "cityreviewer").inEnglish(), a.as(t, "officer").inEnglish()
	scheduler := a.as(t, "scheduler").inEnglish()
	early := a.drafted(t, scheduler, time.Date(2026, 11, 24, 9, 0, 0, 0, rulebook.Shanghai))
	scheduler.post("/api/v1/sittings/"+early+"/notice", nil).ok(t, http.StatusOK)

	county.post("/api/v1/rule-changes", fiveWorkingDays("2026-11-23")).refused(t, http.StatusForbidden, "forbidden")
	officer.post("/api/v1/rule-changes", fiveWorkingDays("2026-11-21")).refused(t, http.StatusUnprocessableEntity, "invalid")
	change := officer.post("/api/v1/rule-changes", fiveWorkingDays("2026-11-23")).ok(t, http.StatusOK).text("id")
	officer.post("/api/v1/rule-changes/"+change+"/approve", nil).refused(t, http.StatusForbidden, "forbidden")
	if r := reviewer.post("/api/v1/rule-changes/"+change+"/approve", nil).ok(t, http.StatusOK); r.text("state") != "approved" {
		t.Error(r.body)
	}
	reviewer.post("/api/v1/rule-changes/"+change+"/reject", map[string]string{"reason": "太晚"}).refused(t, http.StatusUnprocessableEntity, "refused")
	other.tick(ctx)
	if a.book.Hash() == before || other.book.Hash() != a.book.Hash() {
		t.Error("both instances go by the changed rules within a tick")
	}

	// Today's notices are as before, those of the change's day are not.
	for i, c := range []struct {
		now    time.Time
		detail string // "" where the notice is taken
	}{
		{time.Date(2026, 11, 22, 23, 59, 59, 0, rulebook.Shanghai), ""},
		{time.Date(2026, 11, 23, 0, 0, 0, 0, rulebook.Shanghai), "notice is due 5 working days ahead: given today, the earliest date is 30 Nov 2026"},
	} {
		a.clock.set(c.now)
		scheduler = a.as(t, "scheduler").inEnglish()
		id := a.drafted(t, scheduler, time.Date(2026, 11, 27, 9, 0, 0, 0, rulebook.Shanghai))
		r := scheduler.post("/api/v1/sittings/"+id+"/notice", nil)
		if c.detail == "" {
			r.ok(t, http.StatusOK)
			continue
		}
		r.refused(t, http.StatusUnprocessableEntity, "refused")
		if !strings.Contains(r.text("detail"), c.detail) || r.text("rule.quote") != "组织考核时间提前5个工作日提出" {
			t.Errorf("%d: %s", i, r.body)
		}
	}

	// The old decision is explained by the rules of its day.
	entries, err := a.store.Entries(ctx, "sitting/"+early, 0, 10)
	if err != nil || len(entries) < 2 || entries[1].What != "sitting:notify" || entries[1].Rules != before {
		t.Fatalf("%+v, %v", entries, err)
	}
	old := a.client(t).get("/api/v1/rules?region=410423&date=2026-11-23&edition="+before).ok(t, http.StatusOK)
	now := a.client(t).get("/api/v1/rules?region=410423&date=2026-11-23").ok(t, http.StatusOK)
	if strings.Contains(old.body, change) || !strings.Contains(now.body, change) || !strings.Contains(now.body, `"kind":"region"`) {
		t.Error("the rules by edition", old.body[:200])
	}
	a.client(t).get("/api/v1/rules?region=410423&edition=0").refused(t, http.StatusNotFound, "not_found")
	for _, page := range []string{"/rules?edition=" + before + "&day=2026-11-23", "/rules/R02", "/rules?q=R02&only=1", "/rules/export.xlsx?region=410423"} {
		if r := a.client(t).get(page); r.status != http.StatusOK {
			t.Errorf("%s: %d", page, r.status)
		}
	}
	if r := a.client(t).get("/rules/R99"); r.status != http.StatusNotFound {
		t.Error(r.status)
	}
}

func TestACountOverAYearWithoutHolidaysSaysSo(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	program := a.client(t).inEnglish()
	known := program.get("/api/v1/calendar/count?from=2026-09-30&days=1").ok(t, http.StatusOK)
	if known.text("day") != "2026-10-08" || strings.Contains(known.body, "[2") {
		t.Error(known.body)
	}
	unknown := program.get("/api/v1/calendar/count?from=2026-12-31&days=1").ok(t, http.StatusOK)
	if unknown.text("day") != "2027-01-01" || !strings.Contains(unknown.body, `"unknown":[2027]`) {
		t.Error(unknown.body)
	}

	// A refusal says it too.
	a.bureauOfTheCity(t)
	officer, reviewer := a.as(t, "cityofficer"), a.as(t, "cityreviewer")
	change := officer.post("/api/v1/rule-changes", fiveWorkingDays("2026-12-01")).ok(t, http.StatusOK).text("id")
	reviewer.post("/api/v1/rule-changes/"+change+"/approve", nil).ok(t, http.StatusOK)
	a.clock.set(time.Date(2026, 12, 30, 10, 0, 0, 0, rulebook.Shanghai))
	scheduler := a.as(t, "scheduler").inEnglish()
	id := a.drafted(t, scheduler, time.Date(2027, 1, 5, 9, 0, 0, 0, rulebook.Shanghai))
	refusal := scheduler.post("/api/v1/sittings/"+id+"/notice", nil)
	refusal.refused(t, http.StatusUnprocessableEntity, "refused")
	if !strings.Contains(refusal.body, "the public holidays of 2027 are not in the calendar yet") || !strings.Contains(refusal.text("detail"), "6 Jan 2027") {
		t.Error(refusal.body)
	}

	// An administrator adds the year (invented for this test); it counts from the next day.
	year := map[string]any{"year": 2027, "notice": "测试通知", "holidays": []map[string]string{
		{"name": "元旦", "first": "2027-01-01", "last": "2027-01-03"}, {"name": "劳动节", "first": "2027-05-01", "last": "2027-05-01"}, {"name": "国庆节", "first": "2027-10-01", "last": "2027-10-07"},
	}, "work": []string{}}
	a.as(t, "officer").post("/api/v1/calendar", year).refused(t, http.StatusForbidden, "forbidden")
	a.as(t, "admin").post("/api/v1/calendar", year).ok(t, http.StatusOK)
	a.clock.set(time.Date(2026, 12, 31, 10, 0, 0, 0, rulebook.Shanghai))
	after := a.as(t, "scheduler").inEnglish().post("/api/v1/sittings/"+id+"/notice", nil)
	if !strings.Contains(after.text("detail"), "8 Jan 2027") || strings.Contains(after.body, "not in the calendar") {
		t.Error(after.body)
	}
	page := a.client(t).get("/calendar")
	if !strings.Contains(page.body, "测试通知") || strings.Contains(page.body, "unknown-2027") {
		t.Error("the calendar page does not show the added year")
	}
}
