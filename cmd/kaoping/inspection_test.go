package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kaoping/policies/access"
	"kaoping/policies/standing/cases"
	"kaoping/policies/standing/inspection"
)

func TestAnInspectionFromItsPlanToACaseAboutWhatIsOverdue(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	officer, scheduler := a.as(t, "standing").inEnglish(), a.as(t, "scheduler").inEnglish()
	first, second := a.as(t, "inspector").inEnglish(), a.as(t, "inspector2").inEnglish()
	plan := map[string]any{
		"region": demoCounty, "kind": "special", "title": "下半年专项检查", "from": "2026-11-01", "to": "2026-12-31", "share": 10000, "checklist": []string{"考评人员持证", "监控完好"},
		"recusals": []map[string]string{{"inspector": a.people["inspector"].ID, "body": a.people[rival].Body(), "why": "近亲属任职"}},
	}
	first.post("/api/v1/inspections", plan).refused(t, http.StatusForbidden, "forbidden")
	due := officer.get("/api/v1/inspection-board?region="+demoCounty).ok(t, http.StatusOK)
	if len(due.json["bodies"].([]any)) != 2 || !strings.Contains(due.body, `"due":true`) {
		t.Error(due.body)
	}
	conflicted := officer.post("/api/v1/inspections", plan).ok(t, http.StatusCreated)
	officer.post("/api/v1/inspections/"+conflicted.text("id")+"/draw", map[string]any{}).refused(t, http.StatusUnprocessableEntity, "refused") // one inspector is left for the rival
	delete(plan, "recusals")
	made := officer.post("/api/v1/inspections", plan).ok(t, http.StatusCreated)
	draw := "/api/v1/inspections/" + made.text("id")
	drawn := officer.post(draw+"/draw", map[string]any{"seed": 20261121}).ok(t, http.StatusOK)
	if drawn.text("seed") != "20261121" || drawn.json["same"] != true || len(drawn.json["drawn"].([]any)) != 2 {
		t.Error(drawn.body)
	}
	officer.post(draw+"/draw", map[string]any{}).refused(t, http.StatusUnprocessableEntity, "refused")
	scheduler.get(draw).refused(t, http.StatusForbidden, "forbidden") // a body is not told that somebody comes

	visit := "/api/v1/visits/" + made.text("id") + "-" + a.body.ID
	scheduler.get(visit).refused(t, http.StatusForbidden, "forbidden")
	if own := first.get("/api/v1/visits?own=true&state=assigned").ok(t, http.StatusOK); len(own.json["items"].([]any)) != 2 {
		t.Error(own.body)
	}
	record := map[string]any{"on": "2026-11-21", "met": "陈示例", "checks": []map[string]string{{"result": "breach", "note": "证书过期"}, {"result": "fine"}}}
	first.put(visit+"/record", record).refused(t, http.StatusUnprocessableEntity, "invalid") // a breach without a finding
	record["findings"] = []map[string]string{{"text": "考评人员证书过期。", "rule": "R19", "due": "2026-11-30"}}
	first.put(visit+"/record", record).ok(t, http.StatusOK)
	officer.post(visit+"/signature", nil).refused(t, http.StatusForbidden, "forbidden")
	first.post(visit+"/signature", nil).ok(t, http.StatusOK)
	first.put(visit+"/record", record).refused(t, http.StatusUnprocessableEntity, "refused")
	signed := second.post(visit+"/signature", nil).ok(t, http.StatusOK)
	if signed.text("state") != "signed" {
		t.Error(signed.body)
	}
	finding := signed.json["findings"].([]any)[0].(map[string]any)["id"].(string)
	scheduler.get(visit).ok(t, http.StatusOK)
	officer.post(visit+"/findings/"+finding, map[string]any{"text": "尚未更换。"}).ok(t, http.StatusOK)

	raised := func() []cases.Case {
		a.tick(t.Context())
		found, err := a.cases.Cases(t.Context(), a.people["standing"], cases.Query{Source: cases.BySystem})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	a.clock.set(testNow.AddDate(0, 0, 9)) // 30 November, the last day
	if found := raised(); len(found) != 0 {
		t.Errorf("a case on the last day: %+v", found)
	}
	a.clock.set(testNow.AddDate(0, 0, 10))
	raised()
	found := raised()
	if len(found) != 1 || found[0].Body != a.body.ID || found[0].Finding != finding {
		t.Fatalf("%+v", found)
	}
	officer, scheduler = a.as(t, "standing").inEnglish(), a.as(t, "scheduler").inEnglish()
	board := officer.get("/api/v1/inspection-board?region="+demoCounty).ok(t, http.StatusOK)
	if late := board.json["late"].([]any); len(late) != 1 || late[0].(map[string]any)["finding"] != finding {
		t.Error(board.body)
	}
	officer.post(visit+"/findings/"+finding, map[string]any{"text": "已更换。", "done": true}).ok(t, http.StatusOK)
	officer.post(visit+"/findings/"+finding, map[string]any{"text": "x"}).refused(t, http.StatusUnprocessableEntity, "refused")
	a.grades(t, officer, a.as(t, "reviewer").inEnglish(), scheduler)
	a.isSound(t)
}

// grades takes a body's credit grade from the proposal to the answer of its appeal.
func (a *testApp) grades(t *testing.T, officer, reviewer, scheduler *client) {
	t.Helper()
	of := "/api/v1/bodies/" + a.body.ID
	public := a.client(t).inEnglish()
	public.get(of+"/grade").refused(t, http.StatusNotFound, "not_found")
	proposed := officer.post(of+"/grades", map[string]any{"from": "2026-07-01", "to": "2026-12-31"}).ok(t, http.StatusCreated)
	grade := "/api/v1/grades/" + proposed.text("id")
	if proposed.json["points"] != 95.0 || proposed.text("grade") != "A" {
		t.Error(proposed.body)
	}
	officer.post(grade+"/approval", nil).refused(t, http.StatusForbidden, "forbidden")
	public.get(of+"/grade").refused(t, http.StatusNotFound, "not_found")
	reviewer.post(grade+"/approval", nil).ok(t, http.StatusOK)
	if listed := public.get("/api/v1/directory").ok(t, http.StatusOK); !strings.Contains(listed.body, `"grade":"A"`) {
		t.Error(listed.body)
	}
	scheduler.post(grade+"/appeal", map[string]string{"text": "已按期整改。"}).ok(t, http.StatusOK)
	scheduler.post(grade+"/appeal", map[string]string{"text": "再次申诉。"}).refused(t, http.StatusUnprocessableEntity, "refused")
	reviewer.post(grade+"/answer", map[string]string{"text": "整改晚于期限。"}).ok(t, http.StatusOK)
	if shown := public.get(of+"/grade").ok(t, http.StatusOK); shown.text("state") != "stands" || strings.Contains(shown.body, "整改晚于期限") {
		t.Error(shown.body)
	}
	repair := officer.post(of+"/grades", map[string]any{"from": "2026-07-01", "to": "2026-12-31", "reason": "信用修复", "points": 100}).ok(t, http.StatusCreated)
	reviewer.post("/api/v1/grades/"+repair.text("id")+"/approval", nil).ok(t, http.StatusOK)
	if shown := public.get(of+"/grade").ok(t, http.StatusOK); shown.text("id") != repair.text("id") {
		t.Error(shown.body)
	}
}

// TestWhoIsDrawnWritesTheRecordOnItsPage plays a visit by its forms.
func TestWhoIsDrawnWritesTheRecordOnItsPage(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	officer, inspector := a.as(t, "standing"), a.as(t, "inspector")
	form := func(c *client, path string, fields url.Values) apiReply {
		t.Helper()
		request, err := http.NewRequest(http.MethodPost, c.url+path, strings.NewReader(fields.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return c.send(request)
	}
	plan := url.Values{"title": {"专项检查"}, "region": {demoCounty}, "kind": {"special"}, "from": {"2026-11-01"}, "to": {"2026-12-31"}, "share": {"100"}, "each": {"2"}, "checklist": {"考评人员持证\n监控完好"}}
	if page := form(officer, "/inspections/plans/new", plan); page.status != http.StatusOK || !strings.Contains(page.body, "监控完好") {
		t.Fatal(page.status, page.body)
	}
	plans, err := a.inspection.Plans(t.Context(), access.System(), inspection.Query{})
	if err != nil || len(plans) != 1 {
		t.Fatal(err, plans)
	}
	if page := form(officer, "/inspections/plans/"+plans[0].ID+"/draw", url.Values{"seed": {"7"}}); !strings.Contains(page.body, "按此种子重新抽取，结果一致。") {
		t.Error(page.body)
	}
	visit := "/visits/" + plans[0].ID + "-" + a.body.ID
	record := url.Values{"on": {"2026-11-21"}, "met": {"陈示例"}, "result": {"breach", "fine"}, "note": {"证书过期", ""}, "finding": {"考评人员证书过期", "", ""}, "rule": {"R19", "", ""}, "due": {"", "", ""}}
	if page := form(inspector, visit+"/record", record); page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, `value="考评人员证书过期"`) || !strings.Contains(page.body, `value="证书过期"`) {
		t.Error("what was typed is lost", page.status, page.body)
	}
	record["due"][0] = "2026-12-10"
	if page := form(inspector, visit+"/record", record); page.status != http.StatusOK {
		t.Error(page.status, page.body)
	}
	if page := form(inspector, visit+"/signature", nil); page.status != http.StatusOK || !strings.Contains(page.body, "考评人员证书过期") {
		t.Error(page.status, page.body)
	}
}
