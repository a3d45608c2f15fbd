package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/internal/outbox/desk"
	"kaoping/policies/access"
)

// recordJobs stores jobs with a change of a sitting.
func (a *testApp) recordJobs(t *testing.T, jobs ...outbox.Job) {
	t.Helper()
	list, err := a.store.Sittings(t.Context(), exam.SittingQuery{Limit: 1})
	if err != nil || len(list) == 0 {
		t.Fatal("no sitting", err)
	}
	if err := a.store.PutSitting(t.Context(), &list[0], audit.Entry{Stream: "sitting/" + list[0].ID, At: a.clock.now(), Who: audit.System, What: "sitting:draft"}, jobs...); err != nil {
		t.Fatal(err)
	}
}

// work runs what is due, again and again, for as long.
func (a *testApp) work(t *testing.T, long time.Duration) {
	t.Helper()
	for end := a.clock.now().Add(long); a.clock.now().Before(end); a.clock.set(a.clock.now().Add(5 * time.Minute)) {
		if err := a.worker.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// form posts a form of a page and follows it.
func (c *client) form(path string, fields ...string) (status int, page string) {
	c.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	response, err := c.http.PostForm(c.url+path, values)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response.StatusCode, string(raw)
}

// TestWorkThatFailsIsGivenUpAndDoneWhenItIsRetried breaks the issuing of
// certificates for longer than the worker tries, mends it and has it done again.
func TestWorkThatFailsIsGivenUpAndDoneWhenItIsRetried(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := t.Context()
	issue := a.worker.Handlers[exam.IssueJob]
	tries := 0
	a.worker.Handlers[exam.IssueJob] = func(context.Context, string) error {
		tries++
		return fault.New(fault.NotFound, "test", "there is no such body").Because(fmt.Errorf("陈示例 410499198001010017"))
	}
	if err := a.finished(ctx, testNow); err != nil {
		t.Fatal(err)
	}
	a.clock.set(testNow)
	admin := a.as(t, "admin")
	if r := admin.get("/api/v1/jobs?state=due").ok(t, http.StatusOK); !strings.Contains(r.body, `"tries":1`) {
		t.Errorf("after one try: %s", r.body)
	}
	id := regexp.MustCompile(exam.IssueJob + `:[0-9A-Z]+`).FindString(admin.get("/api/v1/jobs").body)
	retry := "/api/v1/jobs/" + id + "/retry"
	admin.post(retry, nil).refused(t, http.StatusUnprocessableEntity, "refused")
	a.work(t, 2*time.Hour)
	if tries != outbox.TriesMost {
		t.Errorf("%d tries, want %d", tries, outbox.TriesMost)
	}
	r := admin.get("/api/v1/jobs?state=dead").ok(t, http.StatusOK)
	if !strings.Contains(r.body, `"failure":"没有此评价机构"`) || strings.Contains(r.body, "陈示例") || strings.Contains(r.body, "410499") || strings.Contains(r.body, `"due"`) {
		t.Errorf("what is given up: %s", r.body)
	}
	page := admin.get("/jobs?state=dead")
	for _, want := range []string{"签发证书", "电工 · 五级 · 结业班甲", id, `<span class="n">1</span>`, ">20<"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page.body, "/sittings/") {
		t.Error("the page links to what the administrator may not see")
	}
	if got := admin.get("/metrics").body; !strings.Contains(got, `kaoping_outbox_jobs{state="dead"} 1`) || !strings.Contains(got, "kaoping_outbox_oldest_due_seconds 0") ||
		!strings.Contains(got, fmt.Sprintf(`kaoping_outbox_runs_total{kind=%q,result="failed"} %d`, exam.IssueJob, outbox.TriesMost-1)) ||
		!strings.Contains(got, fmt.Sprintf(`kaoping_outbox_runs_total{kind=%q,result="dead"} 1`, exam.IssueJob)) {
		t.Errorf("metrics: %s", regexp.MustCompile(`(?m)^kaoping_outbox.*$`).FindAllString(got, -1))
	}

	a.worker.Handlers[exam.IssueJob] = issue
	a.work(t, time.Hour)
	if list, _ := a.store.Certificates(ctx, certify.Query{}); len(list) != 0 {
		t.Error("what is given up was done")
	}
	admin.post(retry, nil).ok(t, http.StatusNoContent)
	admin.post(retry, nil).refused(t, http.StatusUnprocessableEntity, "refused")
	a.work(t, time.Minute)
	if list, err := a.store.Certificates(ctx, certify.Query{}); err != nil || len(list) == 0 || list[0].State != certify.Issued {
		t.Errorf("certificates after the retry: %+v, %v", list, err)
	}
	if r := admin.get("/api/v1/jobs").ok(t, http.StatusOK); !strings.Contains(r.body, `"items":[]`) {
		t.Errorf("left: %s", r.body)
	}
	admin.post(retry, nil).refused(t, http.StatusNotFound, "not_found")
	entries, err := a.store.Entries(ctx, desk.Stream, 0, 10)
	if err != nil || len(entries) != 1 || entries[0].Who != a.people["admin"].ID || entries[0].What != "outbox:retry" || entries[0].Object != "job/"+id {
		t.Errorf("audit entries: %+v, %v", entries, err)
	}
	if v, err := a.verify(ctx); err != nil || len(v.Damaged) > 0 {
		t.Errorf("%+v %v", v, err)
	}
}

func TestBackgroundWorkIsTheAdministratorsAlone(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	if err := a.waiting(t.Context(), testNow); err != nil {
		t.Fatal(err)
	}
	a.clock.set(testNow)
	a.recordJobs(t, outbox.Job{ID: "j", Kind: exam.IssueJob, Key: "k", Due: testNow})
	_, err := a.accounts.Create(t.Context(), access.System(), "county", "县管理员", demoPassword, []access.Grant{{Role: access.Administrator, Region: demoCounty}})
	if err != nil {
		t.Fatal(err)
	}
	for login := range a.people {
		if login == "admin" {
			continue
		}
		other := a.as(t, login)
		other.get("/api/v1/jobs").refused(t, http.StatusForbidden, "forbidden")
		other.post("/api/v1/jobs/j/retry", nil).refused(t, http.StatusForbidden, "forbidden")
		for _, path := range []string{"/jobs", "/sittings", "/rules"} {
			if r := other.get(path); strings.Contains(r.body, `href="/jobs"`) || path == "/jobs" && r.status != http.StatusForbidden {
				t.Errorf("%s at %s: %d", login, path, r.status)
			}
		}
		if status, _ := other.form("/jobs/retry", "id", "j"); status != http.StatusForbidden {
			t.Errorf("%s retries: %d", login, status)
		}
		if status, _ := other.form("/jobs/retry", "kind", exam.IssueJob); status != http.StatusForbidden {
			t.Errorf("%s retries a kind: %d", login, status)
		}
	}
	county := a.as(t, "county") // administers a county, not the installation
	county.get("/api/v1/jobs").refused(t, http.StatusForbidden, "forbidden")
	if r := county.get("/accounts"); r.status != http.StatusOK || strings.Contains(r.body, `href="/jobs"`) {
		t.Errorf("the county's administrator: %d", r.status)
	}
	a.client(t).get("/api/v1/jobs").refused(t, http.StatusUnauthorized, "unauthenticated")
	if r := a.as(t, "admin").get("/accounts"); !strings.Contains(r.body, `href="/jobs"`) {
		t.Error("the administrator is not led to the page")
	}
}

// TestEveryKindOfWorkHasWords has the page name every kind that is run, retry
// all of one kind, and page on.
func TestEveryKindOfWorkHasWords(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := t.Context()
	if err := a.waiting(ctx, testNow); err != nil {
		t.Fatal(err)
	}
	a.clock.set(testNow)
	admin := a.as(t, "admin")
	if r := admin.get("/jobs"); !strings.Contains(r.body, `class="empty"`) {
		t.Error("an empty list says nothing")
	}
	var jobs []outbox.Job
	for kind := range a.worker.Handlers {
		jobs = append(jobs, outbox.Job{ID: kind + ":1", Kind: kind, Key: "none", Due: testNow}, outbox.Job{ID: kind + ":2", Kind: kind, Key: "none", Due: testNow})
	}
	a.recordJobs(t, jobs...)
	claimed, err := a.store.ClaimJobs(ctx, testNow, testNow.Add(time.Minute), len(jobs))
	if err != nil || len(claimed) != len(jobs) {
		t.Fatal(claimed, err)
	}
	for _, job := range claimed {
		if err := a.store.BuryJob(ctx, job, outbox.Failure{At: testNow, Text: "the certificate %s is of another body"}); err != nil {
			t.Fatal(err)
		}
	}
	page := admin.get("/jobs").body
	for _, at := range strings.Split(page, "data-kind=")[1:] {
		if kind, rest, _ := strings.Cut(at, ">"); strings.Contains(strings.SplitN(rest, "</b>", 2)[0], "本版本不认识") {
			t.Errorf("%s has no words: see jobKinds in internal/web/page_jobs.go", kind)
		}
	}
	if strings.Contains(page, "%s") || !strings.Contains(page, "…") {
		t.Error("a failure is not shown without its arguments")
	}
	var seen []string
	for cursor := ""; ; {
		r := admin.get("/api/v1/jobs?state=dead&limit=1&cursor="+url.QueryEscape(cursor)).ok(t, http.StatusOK)
		items, _ := r.json["items"].([]any)
		for _, item := range items {
			seen = append(seen, item.(map[string]any)["id"].(string))
		}
		if cursor = r.text("next"); cursor == "" {
			break
		}
	}
	if len(slices.Compact(seen)) != len(jobs) || !slices.IsSorted(seen) {
		t.Errorf("pages show %q", seen)
	}
	status, page := admin.form("/jobs/retry", "kind", exam.IssueJob)
	if status != http.StatusOK || !strings.Contains(page, "任务已重新列入待执行") {
		t.Errorf("retry of a kind: %d", status)
	}
	counts, err := a.store.CountJobs(ctx, a.clock.now())
	if err != nil || counts.Due != 2 || counts.Dead[exam.IssueJob] != 0 || counts.DeadInAll() != len(jobs)-2 {
		t.Errorf("counts: %+v, %v", counts, err)
	}
	if status, page := admin.form("/jobs/retry", "id", exam.IssueJob+":1"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "该任务未被搁置") {
		t.Errorf("retry of what is due: %d", status)
	}
}

func TestTheLeaseIsASetting(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"30s": true, "1s": true, "999ms": false, "0": false, "-1m": false, "soon": false, "": false} {
		c := defaults()
		c.Lease = text
		if d, err := c.lease(); (err == nil) != want {
			t.Errorf("%q: %s, %v", text, d, err)
		}
	}
	c, err := loadConfig("", []string{"KAOPING_LEASE=1s"})
	if err != nil {
		t.Fatal(err)
	}
	if d, err := c.lease(); err != nil || d != time.Second {
		t.Errorf("%s, %v", d, err)
	}
}
