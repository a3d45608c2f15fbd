package main

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// inEnglish is the client with its language switched, so that sentences can be compared.
func (c *client) inEnglish() *client {
	at, err := url.Parse(c.url)
	if err != nil {
		c.t.Fatal(err)
	}
	c.http.Jar.SetCookies(at, []*http.Cookie{{Name: "lang", Value: "en"}})
	return c
}

// upload sends a file in a form.
func (c *client) upload(path, name, content string, fields map[string]string) apiReply {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, value := range fields {
		if err := form.WriteField(field, value); err != nil {
			c.t.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = file.Write([]byte(content))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, c.url+path, &body)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	return c.send(request)
}

// ok fails the test unless the answer has the status.
func (r apiReply) ok(t *testing.T, status int) apiReply {
	t.Helper()
	if r.status != status {
		t.Fatalf("got %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// into decodes an answer.
func (r apiReply) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), v); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
}

// issue is one place of the input that a problem or a report names.
type issue struct {
	Row    int
	Column string
	Text   string
	Rule   string
}

func (r apiReply) issues(t *testing.T) []issue {
	t.Helper()
	var in struct{ Issues []issue }
	r.into(t, &in)
	return in.Issues
}

// draft is the input of draftSitting for the demonstration's body.
func (a *testApp) draft(start time.Time) map[string]any {
	return map[string]any{
		"body": a.body.ID, "site": a.body.Sites[0].ID, "trade": demoTrade, "level": int(demoLevel),
		"track": "skill_level", "starts_at": start.Format(time.RFC3339),
	}
}

// drafted is the id of a new draft.
func (a *testApp) drafted(t *testing.T, scheduler *client, start time.Time) string {
	t.Helper()
	return scheduler.post("/api/v1/sittings", a.draft(start)).ok(t, http.StatusCreated).text("id")
}

func TestNoticeIsDueThreeDaysAheadToTheSecond(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	scheduler := a.as(t, "scheduler").inEnglish()
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, rulebook.Shanghai)
	inTime, tooLate := a.drafted(t, scheduler, start), a.drafted(t, scheduler, start)

	a.clock.set(time.Date(2026, 11, 21, 23, 59, 59, 0, rulebook.Shanghai))
	scheduler = a.as(t, "scheduler").inEnglish() // a session lasts half a day
	sitting := scheduler.post("/api/v1/sittings/"+inTime+"/notice", nil).ok(t, http.StatusOK)
	if sitting.text("state") != "notified" || sitting.text("notified_at") != "2026-11-21T23:59:59+08:00" {
		t.Error(sitting.body)
	}
	a.clock.set(time.Date(2026, 11, 22, 0, 0, 0, 0, rulebook.Shanghai))
	refusal := scheduler.post("/api/v1/sittings/"+tooLate+"/notice", nil)
	refusal.refused(t, http.StatusUnprocessableEntity, "refused")
	if refusal.text("rule.id") != "R02" || refusal.text("rule.clause") == "" || !strings.Contains(refusal.text("rule.quote"), "提前3天") || refusal.text("type") != "/rules#R02" {
		t.Error(refusal.body)
	}
	if detail := refusal.text("detail"); !strings.Contains(detail, "25 Nov 2026") || !strings.Contains(detail, "24 Nov 2026") || !strings.Contains(detail, "3 days") {
		t.Error(detail)
	}
	// Two days ahead, in Chinese, and still a draft.
	chinese := a.as(t, "scheduler").post("/api/v1/sittings/"+tooLate+"/notice", nil)
	if !strings.Contains(chinese.text("detail"), "2026年11月25日") {
		t.Error(chinese.body)
	}
	if got := scheduler.get("/api/v1/sittings/" + tooLate); got.text("state") != "drafted" {
		t.Error(got.body)
	}
	// A later date does.
	later := a.draft(start.AddDate(0, 0, 1))
	delete(later, "body")
	scheduler.put("/api/v1/sittings/"+tooLate, later).ok(t, http.StatusOK)
	scheduler.post("/api/v1/sittings/"+tooLate+"/notice", nil).ok(t, http.StatusOK)
}

func TestNoticeGoesBackAndForth(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	scheduler, officer := a.as(t, "scheduler").inEnglish(), a.as(t, "officer").inEnglish()
	sitting := "/api/v1/sittings/" + a.drafted(t, scheduler, testNow.AddDate(0, 0, 10))
	officer.post(sitting+"/acceptance", nil).refused(t, http.StatusUnprocessableEntity, "refused") // not yet given
	scheduler.post(sitting+"/notice", nil).ok(t, http.StatusOK)
	scheduler.post(sitting+"/acceptance", nil).refused(t, http.StatusForbidden, "forbidden") // not by the body itself
	officer.post(sitting+"/return", map[string]string{"reason": " "}).refused(t, http.StatusUnprocessableEntity, "invalid")
	returned := officer.post(sitting+"/return", map[string]string{"reason": "考点地址有误"}).ok(t, http.StatusOK)
	if returned.text("state") != "returned" || returned.text("reason") != "考点地址有误" {
		t.Error(returned.body)
	}
	scheduler.post(sitting+"/notice", nil).ok(t, http.StatusOK)
	if got := officer.post(sitting+"/acceptance", nil).ok(t, http.StatusOK); got.text("state") != "accepted" {
		t.Error(got.body)
	}
}

func TestADraftOutsideTheFilingIsRefused(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	scheduler := a.as(t, "scheduler").inEnglish()
	in := a.draft(testNow.AddDate(0, 0, 10))
	in["level"] = int(rulebook.SeniorTechnician)
	r := scheduler.post("/api/v1/sittings", in)
	r.refused(t, http.StatusUnprocessableEntity, "refused")
	if r.text("rule.id") != "R30" {
		t.Error(r.body)
	}
	in["trade"], in["starts_at"] = "9-99-99-99", "tomorrow"
	r = scheduler.post("/api/v1/sittings", in)
	r.refused(t, http.StatusUnprocessableEntity, "invalid")
	if list := r.issues(t); len(list) != 1 || list[0].Column != "starts_at" {
		t.Error(r.body)
	}
}

// TestOthersAreKeptOut asks for everything that can be done with a sitting, as
// the scheduler of another body and as the officer of another county.
func TestOthersAreKeptOut(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	sitting, list := a.runningSitting(t, 2)
	a.candidate(t, sitting, list[0]).post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK)
	at, room := "/api/v1/sittings/"+sitting.ID, "/rooms/"+url.PathEscape(sitting.Rooms[0].Name)
	redraft := a.draft(testNow.AddDate(0, 0, 10))
	delete(redraft, "body")
	staffing := map[string]any{"paper": a.paper.ID, "invigilators": map[string][]string{}, "examiners": []string{}, "tasks": []any{}}
	calls := []struct {
		method, path string
		body         any
	}{
		{"GET", at, nil},
		{"PUT", at, redraft},
		{"POST", at + "/notice", nil},
		{"POST", at + "/acceptance", nil},
		{"POST", at + "/return", map[string]string{"reason": "x"}},
		{"GET", at + "/staffable?role=examiner", nil},
		{"PUT", at + "/staffing", staffing},
		{"GET", at + "/enrolments", nil},
		{"POST", at + "/candidates", map[string]string{"name": "陈示例", "id_number": "410499198001010017"}},
		{"DELETE", "/api/v1/enrolments/" + list[1].ID, nil},
		{"POST", at + room + "/opening", nil},
		{"GET", at + room, nil},
		{"POST", "/api/v1/attempts/" + list[0].ID + "/takeover", nil},
		{"POST", "/api/v1/attempts/" + list[0].ID + "/time", map[string]any{"minutes": 5, "note": "x"}},
		{"POST", at + "/closing", map[string]bool{"record_absent": true}},
		{"GET", at + "/scoring", nil},
		{"PUT", "/api/v1/enrolments/" + list[0].ID + "/practical", map[string]any{"absent": true}},
		{"GET", at + "/results", nil},
		{"POST", at + "/publication", nil},
		{"POST", at + "/confirmation", nil},
		{"POST", "/api/v1/enrolments/" + list[0].ID + "/certificate", nil},
		{"GET", "/api/v1/bodies/" + a.body.ID, nil},
		{"GET", "/api/v1/bodies/" + a.body.ID + "/items", nil},
		{"GET", "/api/v1/bodies/" + a.body.ID + "/blueprints", nil},
		{"GET", "/api/v1/bodies/" + a.body.ID + "/papers", nil},
		{"POST", "/api/v1/blueprints/" + a.paper.BlueprintID + "/papers", nil},
		{"POST", "/api/v1/sittings", a.draft(testNow.AddDate(0, 0, 10))},
	}
	for _, who := range []string{rival, "neighbour"} {
		stranger := a.as(t, who)
		for _, call := range calls {
			t.Run(who+" "+call.method+" "+call.path, func(t *testing.T) {
				stranger.do(call.method, call.path, call.body).refused(t, http.StatusForbidden, "forbidden")
			})
		}
		t.Run(who+" uploads", func(t *testing.T) {
			stranger.upload(at+"/enrolments", "x.csv", "姓名,证件号码\n陈示例,410499198001010017\n", nil).refused(t, http.StatusForbidden, "forbidden")
			stranger.upload("/api/v1/bodies/"+a.body.ID+"/items", "x.csv", itemSheet, map[string]string{"trade": demoTrade, "level": "5"}).refused(t, http.StatusForbidden, "forbidden")
		})
		t.Run(who+" sees it in no list", func(t *testing.T) {
			if r := stranger.get("/api/v1/sittings").ok(t, http.StatusOK); strings.Contains(r.body, sitting.ID) {
				t.Error(r.body)
			}
		})
	}
	after, err := a.store.Sitting(context.Background(), sitting.ID)
	if err != nil || after.Version != sitting.Version {
		t.Errorf("version %d, was %d %v", after.Version, sitting.Version, err)
	}
}

// itemSheet is a sound item, a wrong one, and the first one again.
const itemSheet = "题型,知识点,题干,选项A,选项B,答案\n" +
	"单项选择题,测试,接口测试题：下列哪一项是对的？,对,错,A\n" +
	"单项选择题,测试,接口测试题：答案不在选项中,对,错,C\n" +
	"单项选择题,测试,接口测试题：下列哪一项是对的？,错,对,B\n"

func TestImportsNameTheRowsThatDidNotComeIn(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	scheduler, author := a.as(t, "scheduler").inEnglish(), a.as(t, "author").inEnglish()
	sitting := "/api/v1/sittings/" + a.drafted(t, scheduler, testNow.AddDate(0, 0, 10))
	good := a.candidates(2)
	sheet := "考生名册\n姓名,证件号码\n" + good[0].Name + "," + good[0].IDNumber + "\n" +
		"陈示例,410499198001010010\n,410499198001010029\n" + good[1].Name + "," + good[1].IDNumber + "\n又一示例," + good[0].IDNumber + "\n"
	report := scheduler.upload(sitting+"/enrolments", "名册.csv", sheet, nil).ok(t, http.StatusOK)
	var rows []int
	for _, issue := range report.issues(t) {
		rows = append(rows, issue.Row)
		if issue.Column == "" || issue.Text == "" {
			t.Errorf("%+v", issue)
		}
	}
	if report.json["added"] != 2.0 || len(rows) != 3 || rows[0] != 4 || rows[1] != 5 || rows[2] != 7 {
		t.Error(report.body)
	}
	// By hand the same candidate is refused, another one comes in.
	once := map[string]string{"name": good[0].Name, "id_number": good[0].IDNumber}
	scheduler.post(sitting+"/candidates", once).refused(t, http.StatusUnprocessableEntity, "invalid")
	third := a.candidates(1)[0]
	scheduler.post(sitting+"/candidates", map[string]string{"name": third.Name, "id_number": third.IDNumber}).ok(t, http.StatusNoContent)
	list := scheduler.get(sitting+"/enrolments?limit=2").ok(t, http.StatusOK)
	if strings.Contains(list.body, good[0].IDNumber) || list.json["total"] != 3.0 || list.text("next") == "" {
		t.Error(list.body)
	}
	if rest := scheduler.get(sitting+"/enrolments?limit=2&cursor="+list.text("next")).ok(t, http.StatusOK); strings.Count(rest.body, `"ticket"`) != 1 || rest.text("next") != "" {
		t.Error(rest.body)
	}

	items := author.upload("/api/v1/bodies/"+a.body.ID+"/items", "题.csv", itemSheet, map[string]string{"trade": demoTrade, "level": "5"}).ok(t, http.StatusOK)
	if found := items.issues(t); items.json["added"] != 1.0 || len(found) != 2 || found[0].Row != 3 || found[1].Row != 4 {
		t.Error(items.body)
	}
	again := author.upload("/api/v1/bodies/"+a.body.ID+"/items", "题.csv", itemSheet, map[string]string{"trade": demoTrade, "level": "5"}).ok(t, http.StatusOK)
	if again.json["added"] != 0.0 || again.issues(t)[0].Row != 2 {
		t.Error(again.body)
	}
	author.upload("/api/v1/bodies/"+a.body.ID+"/items", "题.pdf", "%PDF", map[string]string{"trade": demoTrade, "level": "5"}).refused(t, http.StatusUnprocessableEntity, "invalid")
	author.upload("/api/v1/bodies/"+a.body.ID+"/items", "题.csv", itemSheet, map[string]string{"trade": demoTrade}).refused(t, http.StatusUnprocessableEntity, "invalid")
}

func TestFiveWrongTriesLockANameForAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	c := a.client(t).inEnglish()
	wrong, right := map[string]string{"login": "officer", "password": "wrong"}, map[string]string{"login": "officer", "password": demoPassword}
	for range access.GuessesFree {
		c.post("/api/v1/login", wrong).refused(t, http.StatusUnauthorized, "unauthenticated")
	}
	c.post("/api/v1/login", right).refused(t, http.StatusTooManyRequests, "throttled")
	a.as(t, "scheduler") // nobody else is locked
	a.clock.set(testNow.Add(access.LockFor - time.Second))
	c.post("/api/v1/login", right).refused(t, http.StatusTooManyRequests, "throttled")
	a.clock.set(testNow.Add(access.LockFor + time.Second))
	c.post("/api/v1/login", right).ok(t, http.StatusNoContent)
	if me := c.get("/api/v1/me").ok(t, http.StatusOK); me.text("name") != "王演示" || !strings.Contains(me.body, `"role":"officer"`) {
		t.Error(me.body)
	}
	c.post("/api/v1/logout", nil).ok(t, http.StatusNoContent)
	c.get("/api/v1/me").refused(t, http.StatusUnauthorized, "unauthenticated")
}

func TestWritesFromOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	scheduler := a.as(t, "scheduler")
	for _, headers := range []map[string]string{{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}} {
		request, err := http.NewRequest(http.MethodPost, a.url+"/api/v1/sittings", strings.NewReader(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		for name, value := range headers {
			request.Header.Set(name, value)
		}
		scheduler.send(request).refused(t, http.StatusForbidden, "forbidden")
	}
}

func TestMalformedInputThroughTheWholeApplication(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	scheduler := a.as(t, "scheduler").inEnglish()
	in := a.draft(testNow.AddDate(0, 0, 10))
	in["surprise"] = 1
	r := scheduler.post("/api/v1/sittings", in)
	r.refused(t, http.StatusUnprocessableEntity, "invalid")
	if list := r.issues(t); len(list) != 1 || list[0].Column != "surprise" {
		t.Error(r.body)
	}
	delete(in, "surprise")
	in["level"] = "five"
	r = scheduler.post("/api/v1/sittings", in)
	r.refused(t, http.StatusUnprocessableEntity, "invalid")
	if list := r.issues(t); len(list) != 1 || list[0].Column != "level" {
		t.Error(r.body)
	}
	scheduler.get("/api/v1/sittings/none").refused(t, http.StatusNotFound, "not_found")
}

func TestThePaperFollowsTheBlueprint(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	author := a.as(t, "author").inEnglish()
	line := map[string]any{"type": "true_false", "count": 20, "each": "1.5"}
	in := map[string]any{"trade": demoTrade, "level": 5, "name": "接口测试", "pass_mark": "59", "minutes": 60, "lines": []any{line}}
	at := "/api/v1/bodies/" + a.body.ID + "/blueprints"
	r := author.post(at, in)
	r.refused(t, http.StatusUnprocessableEntity, "invalid")
	rules := ""
	for _, issue := range r.issues(t) {
		rules += issue.Rule + " "
	}
	if rules != "R15 R18 R15 " {
		t.Error(rules, r.body)
	}
	in["pass_mark"], in["minutes"], line["each"] = "60", 90, "five"
	if r := author.post(at, in); len(r.issues(t)) != 1 || r.issues(t)[0].Column != "lines[0].each" {
		t.Error(r.body)
	}
	line["each"] = "5"
	blueprint := author.post(at, in).ok(t, http.StatusCreated)
	if !strings.Contains(blueprint.body, `"pass_mark":"60"`) || !strings.Contains(blueprint.body, `"each":"5"`) {
		t.Error(blueprint.body)
	}
	paper := author.post("/api/v1/blueprints/"+blueprint.text("id")+"/papers", map[string]any{"name": "测试卷", "seed": 7}).ok(t, http.StatusCreated)
	if paper.text("name") != "测试卷" || paper.json["questions"] != 20.0 {
		t.Error(paper.body)
	}
	author.post("/api/v1/blueprints/"+blueprint.text("id")+"/papers", nil).ok(t, http.StatusCreated)
	line["count"], line["each"] = 1000, "0.1"
	short := author.post(at, in).ok(t, http.StatusCreated)
	author.post("/api/v1/blueprints/"+short.text("id")+"/papers", nil).refused(t, http.StatusUnprocessableEntity, "refused")
}

// withoutCookies is a program that holds a lease and no session.
func (a *testApp) withoutCookies(t *testing.T) *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return (&client{t, a.url, &http.Client{Jar: jar}}).inEnglish()
}
