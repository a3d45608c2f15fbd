package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// matrixFile is who may do what where, for people to read and to change.
const matrixFile = "testdata/access.txt"

// matrix is the file: how far each role reaches, and for each action how it
// can be asked and which roles may.
type matrix struct {
	reach   map[access.Role]string
	byAPI   map[access.Action]bool
	allowed map[access.Action][]access.Role
}

func readMatrix(t *testing.T) matrix {
	t.Helper()
	raw, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	m := matrix{map[access.Role]string{}, map[access.Action]bool{}, map[access.Action][]access.Role{}}
	for line := range strings.Lines(string(raw)) {
		words := strings.Fields(strings.Split(line, "#")[0])
		if len(words) == 0 {
			continue
		}
		if words[0] == "role" && len(words) == 3 {
			m.reach[access.Role(words[1])] = words[2]
			continue
		}
		action := access.Action(words[0])
		if len(words) < 3 || words[1] != "api" && words[1] != "policy" || m.allowed[action] != nil {
			t.Fatalf("%s: %s", matrixFile, line)
		}
		m.byAPI[action] = words[1] == "api"
		for _, role := range words[2:] {
			if m.reach[access.Role(role)] == "" {
				t.Fatalf("%s: %s is no role", matrixFile, role)
			}
			m.allowed[action] = append(m.allowed[action], access.Role(role))
		}
	}
	return m
}

// may reports whether the file lets a role do an action in a place.
func (m matrix) may(role access.Role, action access.Action, place string) bool {
	return slices.Contains(m.allowed[action], role) && strings.Contains(m.reach[role], place)
}

// TestAccessMatrix holds every role against every action in every place: own
// region, child, parent, sibling, other province, own body, other body.
func TestAccessMatrix(t *testing.T) {
	t.Parallel()
	m, w := readMatrix(t), newWorld(t)
	for _, action := range append(w.policy.Actions(), slices.Collect(func(yield func(access.Action) bool) {
		for action := range m.allowed {
			if !slices.Contains(w.policy.Actions(), action) && !yield(action) {
				return
			}
		}
	})...) {
		if m.allowed[action] == nil {
			t.Errorf("%s has no line in %s", action, matrixFile)
		}
		if !slices.Contains(w.policy.Actions(), action) {
			t.Errorf("%s is in %s and not in the policy", action, matrixFile)
		}
		if asked := slices.ContainsFunc(questions, func(p question) bool { return p.action == action || p.ofCandidate == action }); asked != m.byAPI[action] {
			t.Errorf("%s is asked through the API: %v; %s says %v", action, asked, matrixFile, m.byAPI[action])
		}
		for _, role := range roles() {
			for _, at := range w.spots {
				want := m.may(role, action, at.letter)
				scope := at.sitting.Scope()
				if role == access.Candidate && at.letter == "b" {
					scope.Enrolment = at.enrolment.ID
				}
				if err := w.policy.Decide(w.actors[role].actor, action, scope); (err == nil) != want {
					t.Errorf("policy: %s by %s at %s: %v, want %v", action, role, at.letter, err, want)
				}
			}
		}
	}
	t.Run("api", func(t *testing.T) {
		for _, p := range questions {
			t.Run(p.operation, func(t *testing.T) {
				t.Parallel()
				w.pose(t, m, p)
			})
		}
	})
}

// pose asks one operation as every role in every place.
func (w *world) pose(t *testing.T, m matrix, p question) {
	for _, role := range roles() {
		action := p.action
		if role == access.Candidate && p.ofCandidate != "" {
			action = p.ofCandidate
		}
		for _, at := range w.spots {
			if p.own != "" && p.own != at.letter {
				continue
			}
			who := w.actors[role]
			status, body := w.ask(t, who, p.call(w, who, at))
			var problem struct{ Code fault.Code }
			if status >= 400 {
				if err := json.Unmarshal(body, &problem); err != nil || status >= 500 {
					t.Fatalf("%s by %s at %s: %d %s", p.operation, role, at.letter, status, body)
				}
			}
			got := problem.Code != fault.Forbidden && (problem.Code == "" || problem.Code != p.stranger)
			if p.listed != nil && got {
				got = strings.Contains(string(body), `"`+p.listed(at)+`"`)
			}
			if problem.Code == fault.Unauthenticated && p.stranger != problem.Code {
				t.Errorf("%s by %s: %s", p.operation, role, body)
			}
			want := m.may(role, action, at.letter) || slices.ContainsFunc(p.or, func(a access.Action) bool { return m.may(role, a, at.letter) })
			if p.candidates && role != access.Candidate {
				want = false
			}
			if got != want {
				t.Errorf("%s by %s at %s: %d %s, want allowed: %v", p.operation, role, at.letter, status, bytes.TrimSpace(body), want)
			}
		}
	}
}

// TestTheInstallationIsTheProvinces asks what belongs to the whole installation
// as an administrator of its province: one of a city, as in the matrix, may not.
func TestTheInstallationIsTheProvinces(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	w := &world{testApp: a, handler: a.handler(t)}
	token, err := a.accounts.OpenSession(context.Background(), access.Session{Account: a.people["admin"].ID})
	if err != nil {
		t.Fatal(err)
	}
	chief := person{actor: a.people["admin"], header: "Cookie", value: "kaoping=" + token}
	for _, p := range questions {
		if p.own != "p" {
			continue
		}
		if status, body := w.ask(t, chief, p.call(w, chief, spot{})); status == http.StatusForbidden || status == http.StatusUnauthorized {
			t.Errorf("%s: %d %s", p.operation, status, body)
		}
	}
}

// TestEveryOperationIsTiedToAnAction fails when the API has an operation that
// nobody said an action for.
func TestEveryOperationIsTiedToAnAction(t *testing.T) {
	t.Parallel()
	w := &world{handler: newApp(t).handler(t)}
	_, raw := w.ask(t, person{}, call{method: http.MethodGet, path: "/openapi.json"})
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		}
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, p := range questions {
		known[p.operation] = true
	}
	for operation := range withoutAction {
		known[operation] = true
	}
	for path, methods := range document.Paths {
		for method, operation := range methods {
			if !known[operation.OperationID] {
				t.Errorf("%s (%s %s) is tied to no action: add a question of it, or say in withoutAction why it needs none", operation.OperationID, method, path)
			}
			delete(known, operation.OperationID)
		}
	}
	for operation := range known {
		t.Errorf("there is no operation %s", operation)
	}
}

func roles() []access.Role { return append(slices.Clone(access.Grantable), access.Candidate) }

// person is one account of the world, or its candidate, with a way in.
type person struct {
	actor  access.Actor
	header string // its name and its value
	value  string
}

// call is a request of the API.
type call struct {
	method, path string
	body         any
	form         map[string]string // with a file, instead of a body
	file         string
}

// ask sends a request to the server in this process.
func (w *world) ask(t *testing.T, who person, c call) (status int, body []byte) {
	t.Helper()
	var in []byte
	var contentType string
	switch {
	case c.form != nil:
		var out bytes.Buffer
		form := multipart.NewWriter(&out)
		for field, value := range c.form {
			form.WriteField(field, value)
		}
		file, err := form.CreateFormFile("file", "x.csv")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(file, c.file)
		form.Close()
		in, contentType = out.Bytes(), form.FormDataContentType()
	case c.body != nil:
		if raw, ok := c.body.([]byte); ok {
			in, contentType = raw, "image/png"
			break
		}
		var err error
		if in, err = json.Marshal(c.body); err != nil {
			t.Fatal(err)
		}
		contentType = "application/json"
	}
	request := httptest.NewRequest(c.method, "/api/v1"+c.path, bytes.NewReader(in))
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if who.header != "" {
		request.Header.Set(who.header, who.value)
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, request)
	return answer.Code, answer.Body.Bytes()
}

// handler is the application's server, without a listener.
func (a *testApp) handler(t *testing.T) http.Handler {
	t.Helper()
	server, err := a.web(a.config, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Drain)
	return server
}

// remembered keeps accounts and sessions in memory: thousands of requests ask
// for the same few.
type remembered struct {
	access.Store
	accounts, sessions sync.Map
}

func (r *remembered) Account(ctx context.Context, id string) (access.Account, error) {
	if a, ok := r.accounts.Load(id); ok {
		return a.(access.Account), nil
	}
	a, err := r.Store.Account(ctx, id)
	if err == nil {
		r.accounts.Store(id, a)
	}
	return a, err
}

func (r *remembered) Session(ctx context.Context, id string) (access.Session, error) {
	if s, ok := r.sessions.Load(id); ok {
		return s.(access.Session), nil
	}
	s, err := r.Store.Session(ctx, id)
	if err == nil {
		r.sessions.Store(id, s)
	}
	return s, err
}
