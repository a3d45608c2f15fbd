package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// stalled is a database that does not come back until its gate is opened.
type stalled struct {
	exam.Store
	gate    chan struct{}
	waiting atomic.Int64
	stored  sync.Map // by attempt
}

func (s *stalled) SaveAnswers(_ context.Context, save exam.Save) (exam.Receipt, error) {
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	<-s.gate
	s.stored.Store(save.Attempt, true)
	return exam.Receipt{Seq: save.Seq}, nil
}

// stalledSessions finds no session until the gate is opened.
type stalledSessions struct {
	access.Store
	gate    chan struct{}
	waiting atomic.Int64
}

func (s *stalledSessions) Session(context.Context, string) (access.Session, error) {
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	<-s.gate
	return access.Session{}, fault.New(fault.NotFound, "test", "none")
}

func (s *Server) saveOf(t testing.TB, attempt string) *httptest.ResponseRecorder {
	return ask(t, s, "PUT", apiPrefix+"/attempts/"+attempt+"/answers", `{"lease":"l","seq":1,"changes":[{"question":"q001","choice":[0]}]}`)
}

// until waits for a number to be reached; the test's own time limit ends it.
func until(n *atomic.Int64, want int64) {
	for n.Load() != want {
		runtime.Gosched()
	}
}

// measured reads a line of /metrics.
func measured(t testing.TB, s *Server, name string) string {
	t.Helper()
	_, rest, _ := strings.Cut(ask(t, s, "GET", "/metrics", "").Body.String(), "\n"+name+" ")
	value, _, _ := strings.Cut(rest, "\n")
	return value
}

func TestSavesOfAStalledDatabaseStayBounded(t *testing.T) {
	const excess = 2000
	s := bare(t)
	db := &stalled{gate: make(chan struct{})}
	s.Exam.Store = db
	codes := make([]int, saveKind.most)
	var group sync.WaitGroup
	for i := range codes {
		group.Go(func() { codes[i] = s.saveOf(t, fmt.Sprint("first", i)).Code })
	}
	until(&db.waiting, saveKind.most)
	for i := range excess { // each is answered while the database still stalls
		w := s.saveOf(t, fmt.Sprint("excess", i))
		if p := problemIn(t, w); p.Status != 503 || p.Code != fault.Unavailable || w.Header().Get("Retry-After") == "" {
			t.Fatalf("one too many: %d %+v", w.Code, p)
		}
	}
	if waiting := db.waiting.Load(); waiting != saveKind.most {
		t.Errorf("%d saves wait, want %d", waiting, saveKind.most)
	}
	for _, path := range []string{"/readyz", "/login", "/room", "/metrics"} {
		if w := ask(t, s, "GET", path, ""); w.Code != 200 {
			t.Errorf("%s while no save has a place: %d", path, w.Code)
		}
	}
	for name, want := range map[string]string{
		`kaoping_requests_in_flight{kind="save"}`:                   fmt.Sprint(saveKind.most),
		`kaoping_requests_in_flight{kind="page"}`:                   "0",
		`kaoping_requests_refused_total{kind="save",reason="full"}`: fmt.Sprint(excess),
	} {
		if got := measured(t, s, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}

	close(db.gate)
	group.Wait()
	for i, code := range codes {
		if _, stored := db.stored.Load(fmt.Sprint("first", i)); code != 200 || !stored {
			t.Fatalf("save %d: %d, stored: %v", i, code, stored)
		}
	}
	if w := s.saveOf(t, "excess0"); w.Code != 200 {
		t.Errorf("afterwards: %d %s", w.Code, w.Body)
	}
	if got := measured(t, s, `kaoping_requests_in_flight{kind="save"}`); got != "0" {
		t.Errorf("%s saves are under way at the end", got)
	}
}

func TestPagesThatWaitKeepNoAnswerFromBeingSaved(t *testing.T) {
	s := bare(t)
	db, sessions := &stalled{gate: make(chan struct{})}, &stalledSessions{gate: make(chan struct{})}
	close(db.gate)
	s.Exam.Store, s.Accounts.Store = db, sessions
	var group sync.WaitGroup
	for range pageKind.most {
		group.Go(func() { ask(t, s, "GET", "/sittings", "", "Cookie", sessionCookie+"=x") })
	}
	until(&sessions.waiting, pageKind.most)
	w := ask(t, s, "GET", "/sittings", "", "Cookie", sessionCookie+"=x")
	if w.Code != 503 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "正在处理的请求过多") || !strings.Contains(w.Body.String(), `http-equiv="refresh"`) {
		t.Errorf("one page too many: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := s.saveOf(t, "a"); w.Code != 200 {
		t.Errorf("a save while no page has a place: %d %s", w.Code, w.Body)
	}
	if w := ask(t, s, "GET", "/assets/style.css", "", "Cookie", sessionCookie+"=x"); w.Code != 200 {
		t.Errorf("the style sheet: %d", w.Code)
	}
	close(sessions.gate)
	group.Wait()
	if w := ask(t, s, "GET", "/sittings", "", "Cookie", sessionCookie+"=x"); w.Code != http.StatusSeeOther {
		t.Errorf("afterwards: %d", w.Code)
	}
}

func TestLargeBodiesHaveFewPlaces(t *testing.T) {
	for _, c := range []struct {
		path   string
		length int64
		want   kind
	}{
		{"/items/import", formMost, pageKind},
		{"/items/import", formMost + 1, uploadKind},
		{"/items/import", -1, uploadKind}, // it does not say how much comes
		{"/login", formMost + 1, loginKind},
		{apiPrefix + "/attempts", -1, roomKind},
	} {
		if got := kindOf("POST", c.path, c.length); got != c.want {
			t.Errorf("%s with %d bytes is %q, want %q", c.path, c.length, got.name, c.want.name)
		}
	}
	s := bare(t)
	for route := range routeKinds {
		method, path, _ := strings.Cut(route, " ")
		found := false
		for _, r := range s.engine.Routes() {
			found = found || r.Method == method && r.Path == path
		}
		if !found {
			t.Errorf("there is no route %s", route)
		}
	}
}

// unavailable finds no session because the database is away.
type unavailable struct{ access.Store }

func (unavailable) Session(context.Context, string) (access.Session, error) {
	return access.Session{}, fault.New(fault.Unavailable, "test", "the store cannot be used at the moment: try again")
}

func TestWhoIsLoggedInStaysSoWhileTheDatabaseIsAway(t *testing.T) {
	s := bare(t)
	s.Accounts.Store = unavailable{}
	for _, path := range []string{"/sittings", "/room/exam"} {
		w := ask(t, s, "GET", path, "", "Cookie", sessionCookie+"=x")
		if w.Code != 503 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `http-equiv="refresh"`) || !strings.Contains(w.Body.String(), "本页会自动重试") ||
			!strings.Contains(w.Body.String(), "url="+path+`"`) || strings.Contains(w.Body.String(), "已作答的内容不会丢失") != (path == examPath) {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
		}
	}
	w := ask(t, s, "POST", apiPrefix+"/attempts", "{}", "Cookie", sessionCookie+"=x")
	if p := problemIn(t, w); p.Status != 503 || p.Code != fault.Unavailable {
		t.Errorf("a start: %+v", p)
	}
	if got := measured(t, s, `kaoping_requests_refused_total{kind="room",reason="store"}`); got != "2" {
		t.Errorf("%s refusals of the exam room because of the store", got)
	}
}
