package web

import (
	"net/http"
	"strings"
	"testing"

	"kaoping/internal/fault"
)

func TestALeavingServerFinishesAndBeginsNothing(t *testing.T) {
	s := bare(t)
	db := &stalled{gate: make(chan struct{})}
	close(db.gate)
	s.Exam.Store = db
	if w := ask(t, s, "GET", "/readyz", ""); w.Code != 200 {
		t.Fatalf("before: %d", w.Code)
	}
	s.Leave()
	if w := ask(t, s, "GET", "/readyz", ""); w.Code != 503 {
		t.Errorf("readyz: %d", w.Code)
	}
	if w := ask(t, s, "GET", "/healthz", ""); w.Code != 200 {
		t.Errorf("healthz: %d", w.Code)
	}
	w := s.saveOf(t, "a")
	if w.Code != 200 || w.Header().Get("Connection") != "close" {
		t.Errorf("a save: %d %v", w.Code, w.Header())
	}
	for _, path := range []string{"/attempts", "/room/login", "/login", "/result/login"} {
		w := ask(t, s, "POST", apiPrefix+path, "{}")
		p := problemIn(t, w)
		if w.Code != 503 || p.Code != fault.Unavailable || w.Header().Get("Retry-After") == "" || !strings.HasPrefix(p.Detail, "this server is being stopped") {
			t.Errorf("%s: %d %v %+v", path, w.Code, w.Header(), p)
		}
	}
	for _, c := range []struct{ path, form, typed, cookie, says string }{
		{"/room", "ticket=260000007&last_six=123456&code=654321", `value="260000007"`, "lang=zh", "本服务器正在停机：请过几秒再试"},
		{"/login", "login=somebody&password=x", `value="somebody"`, "lang=en", "this server is being stopped: try again in a few seconds, another one takes over"},
		{"/my/login", "ticket=260000007&last_six=123456", `value="260000007"`, "lang=zh", "届时由另一台服务器接替"},
	} {
		w := ask(t, s, "POST", c.path, c.form, "Content-Type", "application/x-www-form-urlencoded", "Cookie", c.cookie)
		page := w.Body.String()
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(page, c.says) || !strings.Contains(page, c.typed) {
			t.Errorf("%s: %d %v %s", c.path, w.Code, w.Header(), page)
		}
	}
	if got := measured(t, s, `kaoping_requests_refused_total{kind="room",reason="stopping"}`); got != "3" {
		t.Errorf("%s refusals at the exam room because the server leaves, want 3", got)
	}
}
