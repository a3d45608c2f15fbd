package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	mongodb "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/bank/central"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/internal/store/mongo"
	"kaoping/internal/store/transfer"
)

// marks are what no byte that leaves the bureau, or lies anywhere, may hold.
var marks = []string{markStem, markOption, markTask}

func leaks(text string) string {
	for _, mark := range marks {
		if at := strings.Index(text, mark); at >= 0 {
			return text[max(0, at-60):min(len(text), at+60)]
		}
	}
	return ""
}

// kept is what is written to it, for a log that two sides read.
type kept struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (k *kept) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.all.Write(p)
}

// TestASealedPaperIsNowhereToBeRead seals a paper with marked texts and looks
// for them, at each stage before the release, in all that every role is
// answered by every operation and page, and in every stored byte.
func TestASealedPaperIsNowhereToBeRead(t *testing.T) {
	t.Parallel()
	onBothEngines(t, searched)
}

func searched(t *testing.T, b *setters) {
	var log kept
	b.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.central.Log, b.exam.Log = b.log, b.log
	listener := httptest.NewServer(b.handler(t))
	t.Cleanup(listener.Close)
	b.testApp.url = listener.URL
	sitting := b.sitting(0, 2, "")
	b.sets()
	b.staffs(0, sitting)

	asEverybody := func(stage string) {
		t.Helper()
		for _, login := range b.everybody() {
			c := b.client(t)
			if login != "" {
				c = b.as(t, login)
			}
			b.asksAll(t, stage, login, c, sitting)
		}
		b.scan(t, stage)
	}
	asEverybody("sealed")
	b.at(b.start.Add(-10 * time.Minute))
	b.unseals("keeper1", "keeper2")
	asEverybody("unsealed")
	_, inside := b.opens(0, sitting)
	b.asksAll(t, "room open", "candidate", inside[0], sitting)
	for _, c := range inside {
		request, err := http.NewRequest(http.MethodPost, c.url+"/api/v1/attempts", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Date", b.start.Add(time.Hour).UTC().Format(http.TimeFormat)) // a client's clock does nothing
		r := c.send(request)
		r.refused(t, http.StatusForbidden, "early")
		if found := leaks(r.body); found != "" {
			t.Error("a candidate reads", found)
		}
	}
	if _, err := b.central.RoomKey(t.Context(), b.paper, central.FormA); !fault.Is(err, fault.Early) {
		t.Errorf("the rooms' key before the release: %v", err)
	}
	cipher, err := b.central.RoomCipher(t.Context(), b.paper, central.FormA)
	if err != nil || leaks(string(cipher)) != "" {
		t.Error("the rooms' paper is readable", err)
	}
	b.scan(t, "the minute before")
	log.mu.Lock()
	if found := leaks(log.all.String()); found != "" {
		t.Error("a log holds", found)
	}
	log.mu.Unlock()

	b.at(b.start)
	if r := inside[0].post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK); leaks(r.body) == "" {
		t.Error("the search finds nothing even after the release: it is of no worth")
	}
	key, err := b.central.RoomKey(t.Context(), b.paper, central.FormA)
	if err != nil || len(key) != 32 {
		t.Errorf("%d %v", len(key), err)
	}
}

// everybody is a login for each role of body and bureau, and nobody.
func (b *setters) everybody() []string {
	list := []string{"", "admin"}
	for login := range bureauStaff {
		list = append(list, own(login))
	}
	for login := range siteStaff {
		list = append(list, own(login+"-0"))
	}
	slices.Sort(list)
	return list
}

var link = regexp.MustCompile(`href="(/[^"#]*)"`)

// asksAll gets every operation of the API and every page that it finds a way to.
func (b *setters) asksAll(t *testing.T, stage, login string, c *client, sitting string) {
	t.Helper()
	list, err := b.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: sitting})
	if err != nil {
		t.Fatal(err)
	}
	look := func(path string, r apiReply) {
		if found := leaks(r.body); found != "" {
			t.Errorf("%s: %q reads at %s: %s", stage, login, path, found)
		}
	}
	replace := strings.NewReplacer(
		"/sittings/{id}", "/sittings/"+sitting, "/attempts/{id}", "/attempts/"+list[0].ID, "/enrolments/{id}", "/enrolments/"+list[0].ID, "{paper}", b.paper, "{body}", b.bodies[0].ID,
		"{name}", url.PathEscape("第一考场"), "{room}", url.PathEscape("第一考场"), "{form}", "A",
	)
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	c.get("/api/v1/openapi.json").into(t, &document)
	for path, methods := range document.Paths {
		path = replace.Replace(path)
		if methods["get"] != nil {
			look(path, c.get(path))
		}
	}
	for _, path := range []string{"/forms/A/opening", "/forms/B/opening"} { // the one that would show it
		look(path, c.post(b.url(path), nil))
	}
	seen := map[string]bool{}
	next := []string{"/", "/sittings/" + sitting, "/sittings/" + sitting + "/scoring", "/central-papers", "/central-papers/" + b.paper, "/audit/paper/" + b.paper, "/audit/sitting/" + sitting, "/papers/" + b.paper, "/papers", "/room"}
	for len(next) > 0 && len(seen) < pagesMost {
		path := next[0]
		next = next[1:]
		if seen[path] || strings.HasPrefix(path, "/assets") || strings.HasPrefix(path, "/rules") || strings.HasPrefix(path, "/api/") || strings.Contains(path, "logout") || strings.Contains(path, "lang") {
			continue
		}
		seen[path] = true
		r := c.get(path)
		look(path, r)
		for _, found := range link.FindAllStringSubmatch(r.body, -1) {
			if target := strings.ReplaceAll(found[1], "&amp;", "&"); !seen[target] && (strings.Contains(target, b.paper) || strings.Contains(target, sitting) || strings.Contains(target, "paper") || len(seen) < pagesMost/2) {
				next = append(next, target)
			}
		}
	}
}

// pagesMost bounds how many pages are followed for one role.
const pagesMost = 40

// scan reads every stored byte: the data folder, an export archive, and on the
// production engines every document of every collection.
func (b *setters) scan(t *testing.T, stage string) {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "archive")
	from, err := b.engines.movable()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transfer.Export(t.Context(), archive, from, func(name string) string { return b.engines.vault.Seal(keyCheck, name) }, func(string, transfer.Kind, int) {}); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{b.config.Data, archive} {
		files := 0
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if unpack, err := gzip.NewReader(bytes.NewReader(raw)); err == nil {
				if raw, err = io.ReadAll(unpack); err != nil {
					return err
				}
			}
			files++
			if found := leaks(string(raw)); found != "" {
				t.Errorf("%s: %s holds %s", stage, path, found)
			}
			return nil
		})
		if err != nil || files == 0 && (folder == archive || b.config.MongoURI == "") {
			t.Error(folder, files, err)
		}
	}
	if b.config.MongoURI != "" {
		b.scanMongo(t, stage)
	}
}

func (b *setters) scanMongo(t *testing.T, stage string) {
	t.Helper()
	ctx := t.Context()
	client, err := mongodb.Connect(options.Client().ApplyURI(b.config.MongoURI))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(context.Background())
	db := client.Database(b.config.MongoDatabase)
	names, err := db.ListCollectionNames(ctx, bson.D{})
	if err != nil || !slices.Contains(names, "central_papers") {
		t.Fatal(names, err)
	}
	for _, name := range names {
		cursor, err := db.Collection(name).Find(ctx, bson.D{})
		if err != nil {
			t.Fatal(err)
		}
		for cursor.Next(ctx) {
			if found := leaks(string(cursor.Current)); found != "" {
				t.Errorf("%s: the collection %s holds %s", stage, name, found)
			}
		}
		if err := cursor.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAFastClockOpensNoPaper has an instance whose own clock is ten minutes
// ahead: by the clock that all instances share the hour has not come.
func TestAFastClockOpensNoPaper(t *testing.T) {
	t.Parallel()
	b := newSetters(t, newProductionApp(t))
	b.start = b.engines.now().Add(35 * time.Minute).Truncate(time.Second)
	b.clock.set(b.engines.now())
	b.sets()
	fast := b.fast(t, 10*time.Minute)
	keeper := b.people[own("keeper1")]
	if _, err := fast.central.Unseal(t.Context(), keeper, b.paper); !fault.Is(err, fault.Early) { // 35 minutes ahead, 25 by the clock of the machine
		t.Errorf("an instance ten minutes ahead unseals: %v", err)
	}
	// Both keepers unseal in time, five minutes before the start.
	b.clock.set(b.start.Add(-5 * time.Minute))
	b.unseals("keeper1", "keeper2")
	if _, err := fast.central.Open(t.Context(), b.paper, central.FormA); !fault.Is(err, fault.Early) {
		t.Errorf("an instance ten minutes ahead opens: %v", err)
	}
	if _, err := fast.central.RoomKey(t.Context(), b.paper, central.FormA); !fault.Is(err, fault.Early) {
		t.Errorf("an instance ten minutes ahead releases: %v", err)
	}
}

// fast is a second instance on the same servers, whose machine's clock is off.
func (b *setters) fast(t *testing.T, off time.Duration) *app {
	t.Helper()
	e := openedEngines(t, b.config)
	own, err := mongo.Open(t.Context(), b.config.MongoURI, b.config.MongoDatabase, func() time.Time { return time.Now().Add(off) }, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { own.Close() })
	e.store, e.now = own, own.Now
	a, err := wire(b.config, e, e.now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return a
}
