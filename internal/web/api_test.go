package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// bare is a server with the API and no store behind it: enough for what never
// gets as far as a service.
func bare(t testing.TB) *Server {
	t.Helper()
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, rulebook.Shanghai) }
	s, err := New(Services{
		Book: book, Accounts: &access.Accounts{Now: now}, Exam: &exam.Service{Now: now},
		Now: now, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(t testing.TB, s *Server, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept-Language", "en")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.engine.ServeHTTP(w, r)
	return w
}

func problemIn(t testing.TB, w *httptest.ResponseRecorder) problemJSON {
	t.Helper()
	var p problemJSON
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	if got := w.Header().Get("Content-Type"); got != problemType {
		t.Errorf("content type %s", got)
	}
	if p.Status != w.Code || p.Title == "" || p.Detail == "" || p.Type == "" {
		t.Errorf("%d %+v", w.Code, p)
	}
	return p
}

func TestInputThatIsNotAsDocumentedIsAProblemWithCodeInvalid(t *testing.T) {
	s := bare(t)
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		column, text             string
	}{
		{"a field that is not known", "POST", "/login", `{"login":"a","password":"b","x":1}`, 422, "x", "unexpected property"},
		{"a field of another type", "POST", "/login", `{"login":7,"password":"b"}`, 422, "login", "expected string"},
		{"a field that is missing", "POST", "/login", `{"login":"a"}`, 422, "password", "this is missing"},
		{"an empty field", "POST", "/login", `{"login":"","password":"b"}`, 422, "login", "expected length >= 1"},
		{"no JSON", "POST", "/login", `{"login":`, 422, "", "unexpected end of JSON input"},
		{"a deeper field", "PUT", "/attempts/x/answers", `{"lease":"l","seq":1,"changes":[{"question":"q001","nope":1}]}`, 422, "changes[0].nope", "unexpected property"},
		{"a region that is missing", "GET", "/rules", "", 422, "region", "required query parameter is missing"},
		{"a date that is none", "GET", "/rules?region=410423&date=tomorrow", "", 422, "date", "expected string to be RFC 3339 date"},
		{"a parameter that is not known", "GET", "/rules?region=410423&shoe=9", "", 422, "shoe", "unknown query parameter"},
		{"a limit out of range", "GET", "/verify/1?name=" + strings.Repeat("x", 41), "", 422, "name", "expected length <= 40"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(t, s, c.method, apiPrefix+c.path, c.body)
			p := problemIn(t, w)
			if p.Code != fault.Invalid || p.Status != c.status || p.Type != "about:blank" {
				t.Errorf("%+v", p)
			}
			if len(p.Issues) != 1 || p.Issues[0].Column != c.column || p.Issues[0].Text != c.text {
				t.Errorf("%+v", p.Issues)
			}
		})
	}
}

func TestWhatWasSentIsNotRepeated(t *testing.T) {
	w := ask(t, bare(t), "POST", apiPrefix+"/login", `{"login":"a","password":["hunter2-secret"]}`)
	if p := problemIn(t, w); strings.Contains(w.Body.String(), "hunter2") || p.Issues[0].Column != "password" {
		t.Errorf("%s", w.Body)
	}
}

func TestOtherFormatsAndOversizedBodies(t *testing.T) {
	s := bare(t)
	w := ask(t, s, "POST", apiPrefix+"/login", `login=a&password=b`, "Content-Type", "application/x-www-form-urlencoded")
	if p := problemIn(t, w); p.Status != http.StatusUnsupportedMediaType || p.Code != fault.Invalid {
		t.Errorf("%+v", p)
	}
	w = ask(t, s, "POST", apiPrefix+"/login", `{"login":"`+strings.Repeat("x", 2<<20)+`"}`)
	if p := problemIn(t, w); p.Status != http.StatusRequestEntityTooLarge || p.Code != fault.Invalid {
		t.Errorf("%+v", p)
	}
	w = ask(t, s, "PUT", apiPrefix+"/attempts/x/answers", `{"lease":"`+strings.Repeat("x", saveMost)+`"}`)
	if p := problemIn(t, w); p.Code != fault.Invalid || p.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("%+v", p)
	}
}

func TestProblemsSpeakTheLanguageOfTheRequest(t *testing.T) {
	s := bare(t)
	english := problemIn(t, ask(t, s, "GET", apiPrefix+"/me", ""))
	chinese := problemIn(t, ask(t, s, "GET", apiPrefix+"/me", "", "Accept-Language", "zh-CN"))
	cookie := problemIn(t, ask(t, s, "GET", apiPrefix+"/me", "", "Cookie", "lang=zh"))
	if english.Title != "Log in first" || chinese.Title == english.Title || cookie.Title != chinese.Title {
		t.Errorf("%q %q %q", english.Title, chinese.Title, cookie.Title)
	}
	if english.Code != chinese.Code || english.Code != fault.Unauthenticated || english.Status != 401 {
		t.Errorf("%+v", english)
	}
}

func TestStrangersAreStoppedBeforeTheirInputIsLookedAt(t *testing.T) {
	if p := problemIn(t, ask(t, bare(t), "POST", apiPrefix+"/sittings", `{"x":1}`)); p.Code != fault.Unauthenticated {
		t.Errorf("%+v", p)
	}
}

func wordedAs(s *Server, err error) (*httptest.ResponseRecorder, *gin.Context) {
	w := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(w)
	c.Request = httptest.NewRequest("GET", "/api/v1/x?lease=secret", nil)
	c.Request.Header.Set("Accept-Language", "en")
	s.refuse(c, err)
	return w, c
}

func TestFaultsBecomeProblems(t *testing.T) {
	s := bare(t)
	starts := time.Date(2026, 11, 24, 1, 0, 0, 5e6, time.UTC)
	rule := fault.Rule{ID: "R02", Document: "d", Clause: "c", Quote: "q"}
	for _, c := range []struct {
		name string
		err  error
		want problemJSON
	}{
		{"a rule", fault.New(fault.Refused, "op", "too late by %d days", 2).By(rule),
			problemJSON{Type: "/rules#R02", Title: "Refused", Status: 422, Detail: "too late by 2 days", Code: fault.Refused, Rule: &ruleJSON{"R02", "d", "c", "q"}}},
		{"early", fault.New(fault.Early, "op", "it starts at %s", starts),
			problemJSON{Type: "about:blank", Title: "Too early", Status: 403, Detail: "it starts at 24 Nov 2026 09:00", Code: fault.Early, StartsAt: momentOrNone(starts)}},
		{"issues", fault.New(fault.Invalid, "op", "wrong").With(fault.Issue{Row: 3, Column: "姓名", Text: fault.Textf("empty"), Rule: "R66"}),
			problemJSON{Type: "about:blank", Title: "The input needs mending", Status: 422, Detail: "wrong", Code: fault.Invalid, Issues: []issueJSON{{3, "姓名", "empty", "R66"}}}},
		{"a defect", fmt.Errorf("password of the store: %w", io.ErrUnexpectedEOF),
			problemJSON{Type: "about:blank", Title: "Something went wrong here", Status: 500, Detail: "The fault is logged. Nothing you saved is lost; try again later.", Code: fault.Internal}},
		{"a defect with words", fault.New(fault.Internal, "op", "inner words").With(fault.Issue{Column: "secret"}),
			problemJSON{Type: "about:blank", Title: "Something went wrong here", Status: 500, Detail: "The fault is logged. Nothing you saved is lost; try again later.", Code: fault.Internal}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _ := wordedAs(s, c.err)
			got := problemIn(t, w)
			if got.Instance != "/api/v1/x" {
				t.Errorf("instance %q", got.Instance)
			}
			got.Instance = ""
			if a, b := fmt.Sprintf("%+v", flat(got)), fmt.Sprintf("%+v", flat(c.want)); a != b {
				t.Errorf("\n got %s\nwant %s", a, b)
			}
		})
	}
}

// flat makes problems comparable.
func flat(p problemJSON) map[string]any {
	raw, _ := json.Marshal(p)
	var m map[string]any
	_ = json.Unmarshal(raw, &m)
	return m
}

func TestBusyIsToldWhenToTryAgain(t *testing.T) {
	w, _ := wordedAs(bare(t), fault.New(fault.Unavailable, "op", "busy"))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != retryAfter {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestAnAgeThatIsNoneIsRefused(t *testing.T) {
	s := bare(t)
	for _, age := range []string{"-1", "604800001", "9223372036854775807"} {
		body := `{"lease":"l","seq":1,"changes":[{"question":"q001","choice":[1],"age_ms":` + age + `}]}`
		p := problemIn(t, ask(t, s, "PUT", apiPrefix+"/attempts/x/answers", body))
		if p.Code != fault.Invalid || len(p.Issues) != 1 || p.Issues[0].Column != "changes[0].age_ms" {
			t.Errorf("%+v", p)
		}
	}
	for _, body := range []string{`{"lease":"l","seq":1,"changes":[]} {}`, `[]`, `null`, ``} {
		if p := problemIn(t, ask(t, s, "PUT", apiPrefix+"/attempts/x/answers", body)); p.Code != fault.Invalid {
			t.Errorf("%s: %+v", body, p)
		}
	}
}

func TestReferenceNeedsNoSession(t *testing.T) {
	s := bare(t)
	var rules listJSON[parameterJSON]
	w := ask(t, s, "GET", apiPrefix+"/rules?region=410423", "")
	if err := json.Unmarshal(w.Body.Bytes(), &rules); err != nil || w.Code != 200 {
		t.Fatal(w.Code, err)
	}
	notice := slices.IndexFunc(rules.Items, func(p parameterJSON) bool { return p.Name == "notice_days" })
	if notice < 0 || rules.Items[notice].Rule != "R02" || rules.Items[notice].Value != "3" || rules.Items[notice].Quote == "" {
		t.Errorf("%+v", rules.Items)
	}
	if w := ask(t, s, "GET", apiPrefix+"/rules?region=999999", ""); problemIn(t, w).Code != fault.NotFound {
		t.Error(w.Body)
	}
	for _, path := range []string{"/trades", "/regions"} {
		var list listJSON[tradeJSON]
		w := ask(t, s, "GET", apiPrefix+path, "")
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list.Items) == 0 || *list.Total != len(list.Items) {
			t.Errorf("%s %v", w.Body, err)
		}
	}
	if w := ask(t, s, "GET", apiPrefix+"/items/template", ""); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "PK") || w.Header().Get("Content-Type") != sheetType {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestPagesOfAWholeList(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e"}
	same := func(s string) string { return s }
	var seen []string
	p := Paging{Limit: 2}
	for range 3 {
		list, err := whole(all, p, same, same)
		if err != nil || *list.Total != 5 {
			t.Fatal(list, err)
		}
		seen = append(seen, list.Items...)
		p.Cursor = list.Next
	}
	if !slices.Equal(seen, all) || p.Cursor != "" {
		t.Errorf("%v, then %q", seen, p.Cursor)
	}
	if _, err := whole(all, Paging{Cursor: "gone", Limit: 2}, same, same); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestAnAddressThatDoesNotExist(t *testing.T) {
	s := bare(t)
	for _, c := range [][2]string{{"GET", "/nothing"}, {"POST", "/trades"}, {"GET", ""}} {
		if p := problemIn(t, ask(t, s, c[0], apiPrefix+c[1], "")); p.Code != fault.NotFound {
			t.Errorf("%v %+v", c, p)
		}
	}
	if w := ask(t, s, "GET", "/nothing", ""); w.Code != 404 || strings.Contains(w.Header().Get("Content-Type"), "json") {
		t.Errorf("%d %s", w.Code, w.Header())
	}
}

// opened is a store with one open attempt, "a" under the lease "l".
type opened struct {
	exam.Store
	deadline time.Time
}

func (o opened) Attempt(_ context.Context, id string) (exam.Attempt, error) {
	if id != "a" {
		return exam.Attempt{}, fault.New(fault.NotFound, "op", "there is no such attempt")
	}
	return exam.Attempt{ID: id, Lease: "l", State: exam.Open, Deadline: o.deadline}, nil
}

func TestEventStreamsEndWhenTheServerStops(t *testing.T) {
	s := bare(t)
	s.Exam.Store = opened{deadline: s.Now().Add(time.Hour)}
	server := httptest.NewServer(s.engine)
	defer server.Close()
	response, err := http.Get(server.URL + apiPrefix + "/attempts/a/events?lease=l")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	first := `event: clock` + "\n" + `data: {"now":"2026-11-21T09:00:00+08:00","deadline":"2026-11-21T10:00:00+08:00","state":"open","lease_valid":true}` + "\n\n"
	got := make([]byte, len(first))
	if _, err := io.ReadFull(response.Body, got); err != nil || string(got) != first {
		t.Fatalf("%q %v", got, err)
	}
	s.Drain()
	if rest, err := io.ReadAll(response.Body); err != nil || len(rest) > 0 {
		t.Errorf("%q %v", rest, err)
	}
}

func TestHumasWordsAreInTheCatalogue(t *testing.T) {
	zh, err := loadChinese()
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range append([]string{
		validation.MsgUnexpectedProperty, validation.MsgExpectedString, validation.MsgExpectedBoolean, validation.MsgExpectedInteger,
		validation.MsgExpectedNumber, validation.MsgExpectedArray, validation.MsgExpectedObject, validation.MsgExpectedRFC3339DateTime,
		validation.MsgExpectedRFC3339Date, "unknown query parameter", "required query parameter is missing", "required form parameter is missing",
		"request body is required", "request body read timeout", "cannot read request body", "File required", "unexpected end of JSON input",
	}, phrases...) {
		if words != missingProperty && zh.catalog[words] == "" {
			t.Errorf("no Chinese for %q", words)
		}
	}
}
