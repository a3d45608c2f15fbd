package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/vault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// testNow is when the tests begin: Saturday, 21 November 2026, 10:00 in Shanghai.
var testNow = time.Date(2026, 11, 21, 10, 0, 0, 0, rulebook.Shanghai)

// testApp is a running application with a clock of its own: the demonstration's body, staff and paper, and a second body beside it.
type testApp struct {
	*demoSeed
	config  *config
	engines *engines
	url     string
}

// rival is the scheduler of the second body.
const rival = "rival"

// seeded is an embedded installation, made once and copied for each test.
var seeded = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(shared, "seeded")
	return dir, seed(testConfig(dir))
})

func testConfig(data string) *config {
	c := defaults()
	c.Data, c.PublicURL, c.Font = data, "http://127.0.0.1", os.Getenv("KAOPING_FONT")
	return c
}

// seed fills an installation with both bodies, staff, bank and paper.
func seed(c *config) error {
	ctx := context.Background()
	e, err := openEngines(ctx, c, quiet())
	if err != nil {
		return err
	}
	at := &clock{at: testNow}
	a, err := wire(c, e, at.now, quiet())
	if err != nil {
		return err
	}
	d := &demoSeed{app: a, clock: at, people: map[string]access.Actor{}}
	if err := d.bodyAndStaff(ctx, testNow); err != nil {
		return err
	}
	if err := d.bankAndPaper(ctx, testNow); err != nil {
		return err
	}
	other, err := d.standing.File(ctx, access.System(), standing.Body{
		Name: "鲁山县第二示范中心", Kind: standing.Social, Code: "0001", Region: demoCounty,
		Scopes:    []standing.Scope{{Trade: demoTrade, Levels: []rulebook.Level{demoLevel}}},
		Sites:     []standing.Site{{Serial: "000002", Name: "第二示范机房", Rooms: []standing.Room{{Name: "第一考场", Seats: 30}}}},
		ValidFrom: testNow.AddDate(-1, 0, 0), ValidUntil: testNow.AddDate(2, 0, 0),
	})
	if err != nil {
		return err
	}
	if _, err := d.accounts.Create(ctx, access.System(), rival, "冯对手", demoPassword, []access.Grant{{Role: access.Scheduler, Body: other.ID}, {Role: access.Examiner, Body: other.ID}}); err != nil {
		return err
	}
	return e.Close()
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// shared is the folder of what all tests use.
var shared string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "kaoping-test-")
	if err != nil {
		panic(err)
	}
	shared = dir
	code := m.Run()
	os.RemoveAll(shared)
	os.Exit(code)
}

// newApp starts an application on the embedded engines at testNow.
func newApp(t *testing.T) *testApp {
	t.Helper()
	return openApp(t, copied(t), testNow)
}

// copied is a data folder with the installation that each test begins with.
func copied(t *testing.T) (data string) {
	t.Helper()
	dir, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	data = t.TempDir()
	if err := os.CopyFS(data, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return data
}

// newProductionApp starts an application on MongoDB and S3 at testNow, in a
// database and a bucket of its own. Without servers it is not tested, which is
// a failure in CI.
func newProductionApp(t *testing.T) *testApp {
	t.Helper()
	needServers(t)
	c := productionConfig(t.TempDir(), os.Getenv)
	if err := seed(c); err != nil {
		t.Fatal(err)
	}
	return openAppWith(t, c, testNow)
}

func needServers(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs servers: not in -short")
	}
	if os.Getenv("KAOPING_TEST_MONGO_URI") == "" || os.Getenv("KAOPING_TEST_S3_ENDPOINT") == "" {
		missing(t, "MongoDB and S3 servers (deploy/services.sh run -- go test ./… brings them up)")
	}
}

// productionConfig is a database and a bucket of its own on the servers that
// an environment names.
func productionConfig(data string, environment func(name string) string) *config {
	c := testConfig(data)
	name := "kaoping-test-" + vault.Token()[:12]
	c.Key, c.PaperKey = strings.Repeat("5a", vault.KeySize), strings.Repeat("6b", vault.KeySize)
	c.MongoURI, c.MongoDatabase = environment("KAOPING_TEST_MONGO_URI"), strings.ReplaceAll(name, "-", "_")
	c.S3Endpoint, c.S3Bucket = environment("KAOPING_TEST_S3_ENDPOINT"), name
	c.S3AccessKey, c.S3SecretKey = environment("KAOPING_TEST_S3_ACCESS_KEY"), environment("KAOPING_TEST_S3_SECRET_KEY")
	return c
}

// openApp starts an application on a data folder.
func openApp(t *testing.T, data string, now time.Time) *testApp {
	t.Helper()
	return openAppWith(t, testConfig(data), now)
}

func openAppWith(t *testing.T, c *config, now time.Time) *testApp {
	t.Helper()
	a := assemble(t, c, now)
	server, err := a.web(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	t.Cleanup(server.Drain)
	a.url = listener.URL
	return a
}

// assemble makes an application without its pages and its API.
func assemble(t *testing.T, c *config, now time.Time) *testApp {
	t.Helper()
	ctx := context.Background()
	e, err := openEngines(ctx, c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	at := &clock{at: now}
	a, err := wire(c, e, at.now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	d := &demoSeed{app: a, clock: at, people: map[string]access.Actor{}}
	accounts, err := a.store.Accounts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, account := range accounts {
		d.people[account.Login] = access.Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}
	}
	if d.body, err = a.store.Body(ctx, d.people["scheduler"].Body()); err != nil {
		t.Fatal(err)
	}
	papers, err := a.store.Papers(ctx, d.body.ID)
	if err != nil || len(papers) == 0 {
		t.Fatal("no paper", err)
	}
	d.paper = papers[0]
	return &testApp{demoSeed: d, config: c, engines: e}
}

// runningSitting prepares a sitting that starts at the app's time now and has
// its room open; the clock stands at the start afterwards.
func (a *testApp) runningSitting(t *testing.T, candidates int) (exam.Sitting, []exam.Enrolment) {
	t.Helper()
	ctx := context.Background()
	start := a.clock.now()
	sitting, err := a.ready(ctx, "电工 · 五级 · 测试场次", start, candidates)
	if err != nil {
		t.Fatal(err)
	}
	a.clock.set(start)
	list, err := a.store.Enrolments(ctx, exam.EnrolmentQuery{Sitting: sitting.ID})
	if err != nil {
		t.Fatal(err)
	}
	return sitting, list
}

// sign is the inspector's signature on a sitting's record.
func (a *testApp) sign(t *testing.T, sitting string) {
	t.Helper()
	a.as(t, "inspector").post("/api/v1/sittings/"+sitting+"/signature", map[string]any{}).ok(t, http.StatusOK)
}

// built is the real program, built once for all tests.
var built = sync.OnceValues(func() (path string, err error) {
	path = filepath.Join(shared, "kaoping")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return path, fmt.Errorf("go build: %w %s", err, out)
	}
	return path, nil
})

// program is the path of the real program.
func program(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// testSeed is what a test draws its random numbers from: KAOPING_TEST_SEED, to
// play a failure again, or the time. It is logged.
func testSeed(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv(envTestPrefix + "SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%sSEED=%d", envTestPrefix, seed)
	return seed
}

// verifiedBy runs kaoping verify as a process of its own.
func verifiedBy(t *testing.T, program string, settings config) (v verdict) {
	t.Helper()
	verify := exec.Command(program, "verify", "--json")
	verify.Env = settings.environment()
	verify.Stderr = os.Stderr
	out, err := verify.Output()
	if unreadable := json.Unmarshal(out, &v); unreadable != nil {
		t.Errorf("verify: %v, %v: %s", err, unreadable, out)
	}
	return v
}

// client is one browser or program, with its own cookies.
type client struct {
	t    *testing.T
	url  string
	http *http.Client
}

func (a *testApp) client(t *testing.T) *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t, a.url, &http.Client{Jar: jar, Timeout: patience}}
}

// as is a client logged in with an account.
func (a *testApp) as(t *testing.T, login string) *client {
	t.Helper()
	c := a.client(t)
	if r := c.post("/api/v1/login", map[string]string{"login": login, "password": demoPassword}); r.status >= 300 {
		t.Fatalf("login %s: %d %s", login, r.status, r.body)
	}
	return c
}

// candidate is a client that came in by the exam room's door.
func (a *testApp) candidate(t *testing.T, sitting exam.Sitting, e exam.Enrolment) *client {
	t.Helper()
	c := a.client(t)
	id, err := a.exam.IDNumber(e)
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]string{"ticket": e.Ticket, "last_six": id.LastSix(), "code": sitting.Rooms[0].Code}
	if r := c.post("/api/v1/room/login", in); r.status >= 300 {
		t.Fatalf("enter: %d %s", r.status, r.body)
	}
	return c
}

// apiReply is an answer of the API.
type apiReply struct {
	status int
	header http.Header
	body   string
	json   map[string]any
}

// text is a string member of the JSON answer, by path: "rule.id".
func (r apiReply) text(path string) string {
	var at any = r.json
	for _, name := range strings.Split(path, ".") {
		m, _ := at.(map[string]any)
		at = m[name]
	}
	s, _ := at.(string)
	return s
}

func (c *client) get(path string) apiReply            { return c.do(http.MethodGet, path, nil) }
func (c *client) post(path string, body any) apiReply { return c.do(http.MethodPost, path, body) }
func (c *client) put(path string, body any) apiReply  { return c.do(http.MethodPut, path, body) }

func (c *client) do(method, path string, body any) apiReply {
	c.t.Helper()
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	request, err := http.NewRequest(method, c.url+path, in)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return c.send(request)
}

func (c *client) send(request *http.Request) apiReply {
	c.t.Helper()
	response, err := c.http.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	r := apiReply{status: response.StatusCode, header: response.Header, body: string(raw)}
	json.Unmarshal(raw, &r.json)
	return r
}

// refused fails the test unless the answer is a problem with this status and code.
func (r apiReply) refused(t *testing.T, status int, code string) {
	t.Helper()
	if r.status != status || r.text("code") != code {
		t.Errorf("got %d %q, want %d %q: %s", r.status, r.text("code"), status, code, r.body)
	}
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("a refusal is problem+json, got %s", got)
	}
}
