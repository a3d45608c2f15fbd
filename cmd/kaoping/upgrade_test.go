package main

import (
	"bufio"
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	mongodriver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/store/examine"
	"kaoping/internal/store/transfer"
	"kaoping/policies/access"
)

// firstRelease is what the first release with both engines left behind, as it
// stored it: the tables of the embedded data file, and the documents of the
// MongoDB collections line by line. A certificate is issued and another still waits in
// the outbox, a sitting waits for its acceptance, and one is running: two of its
// candidates write, with two saves each. It stands at testNow. The certificate's
// document is not kept here, because it holds part of a font.
const firstRelease = "testdata/first-release/"

// issuedFirst is the number of the certificate that the first release issued.
const issuedFirst = "S000041000001265000001"

// TestUpgradeFromTheFirstRelease starts this release on an installation of the
// first one, by three instances at once: what is there stays true, what was
// begun goes on.
func TestUpgradeFromTheFirstRelease(t *testing.T) {
	t.Parallel()
	t.Run("embedded", func(t *testing.T) {
		c := testConfig(t.TempDir())
		fillSQLite(t, c)
		upgraded(t, c)
	})
	t.Run("production", func(t *testing.T) {
		needServers(t)
		c := productionConfig(t.TempDir(), os.Getenv)
		fillMongo(t, c)
		upgraded(t, c)
	})
}

func upgraded(t *testing.T, c *config) {
	ctx := t.Context()
	key, err := os.ReadFile(firstRelease + "key")
	if err != nil {
		t.Fatal(err)
	}
	if c.Key = string(key); c.MongoURI != "" {
		c.Key = strings.Repeat("5a", 32)
	}
	for _, f := range diagnose(ctx, c).Checks {
		if f.Name == "migrations" && c.MongoURI == "" && (f.State != examine.Warning || !strings.Contains(f.Todo, "back up")) {
			t.Errorf("before an upgrade the doctor says %+v", f)
		}
	}
	startTogether(t, c, 3)

	a := openAppWith(t, c, testNow)
	lost := []audit.Damage{{Record: "certificate/" + issuedFirst, What: "the document is gone"}}
	if v, err := a.verify(ctx); err != nil || !slices.Equal(v.Damaged, lost) || v.Documents != 1 || v.Objects < 30 {
		t.Fatalf("before anything was changed: %+v %v", v, err)
	}
	a.writesOn(t)
	a.tick(ctx) // the first release's job
	a.ends(t)
	list, err := a.store.Certificates(ctx, certify.Query{})
	if err != nil || len(list) != 3 {
		t.Fatalf("%d certificates, %v", len(list), err)
	}
	for _, certificate := range list {
		if r := a.client(t).get("/api/v1/verify/" + certificate.Number); r.status != http.StatusOK || !strings.Contains(r.body, `"listed":true`) {
			t.Errorf("%s verifies as %d %s", certificate.Number, r.status, r.body)
		}
		if _, err := a.certify.Document(ctx, a.people["officer"], certificate.Number); err != nil && certificate.Number != issuedFirst {
			t.Error(err)
		}
	}
	if v, err := a.verify(ctx); err != nil || !slices.Equal(v.Damaged, lost) || v.Documents != 3 {
		t.Errorf("afterwards: %+v %v", v, err)
	}
	for _, f := range diagnose(ctx, c).Checks {
		if f.State == examine.Failed && f.Name != "certificates" {
			t.Errorf("after the upgrade the doctor says %+v", f)
		}
	}
	a.movesOn(t)
}

// startTogether opens an installation by several instances at once, of which one
// runs each migration.
func startTogether(t *testing.T, c *config, instances int) {
	var log kept
	var group sync.WaitGroup
	for range instances {
		group.Go(func() {
			e, err := openEngines(t.Context(), c, slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Error(err)
				return
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	run := map[string]int{}
	for line := range strings.Lines(log.all.String()) {
		if _, migration, is := strings.Cut(line, "migration="); is {
			run[migration]++
		}
	}
	for migration, times := range run {
		if times != 1 {
			t.Errorf("migration %s was run %d times", migration, times)
		}
	}
	if len(run) < 8 {
		t.Errorf("only %d migrations were run:\n%s", len(run), log.all.String())
	}
}

// writesOn has the two candidates of the running sitting go on with the leases
// that the first release gave them.
func (a *testApp) writesOn(t *testing.T) {
	t.Helper()
	open := 0
	for _, attempt := range a.attemptsNow(t) {
		if attempt.State != exam.Open {
			continue
		}
		open++
		of := attemptOf(attempt)
		a.client(t).save(of, 2, 1, 0).superseded(t, "sequence")
		a.client(t).save(of, 3, 1, 0).ok(t, http.StatusOK)
		answers, err := a.store.Answers(t.Context(), attempt.ID)
		if err != nil || len(answers) != 20 {
			t.Errorf("%d answers, %v", len(answers), err)
		}
		a.client(t).handIn(of).ok(t, http.StatusOK)
	}
	if open != 2 {
		t.Fatalf("%d candidates write", open)
	}
}

func attemptOf(v exam.Attempt) (of attempt) {
	of.Attempt, of.Lease = v.ID, v.Lease
	return of
}

func (a *testApp) attemptsNow(t *testing.T) []exam.Attempt {
	t.Helper()
	running, err := a.store.Sittings(t.Context(), exam.SittingQuery{States: []exam.State{exam.Running}})
	if err != nil || len(running) != 1 {
		t.Fatalf("%d sittings run, %v", len(running), err)
	}
	attempts, err := a.store.Attempts(t.Context(), running[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return attempts
}

// ends walks the running sitting to its certificates, by today's rules.
func (a *testApp) ends(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	attempts := a.attemptsNow(t)
	id := attempts[0].Sitting
	for i, attempt := range attempts {
		e, err := a.store.Enrolment(ctx, attempt.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.scorePractical(ctx, e, 90-i); err != nil {
			t.Fatal(err)
		}
	}
	a.clock.set(testNow.Add(4 * time.Hour))
	for range 3 {
		a.tick(ctx)
		a.clock.set(a.clock.now().Add(exam.Grace + 2*time.Minute))
	}
	if _, err := a.accounts.Create(ctx, access.System(), "inspector", "督导员演示", demoPassword, []access.Grant{{Role: access.Inspector, Region: demoCounty}}); err != nil {
		t.Fatal(err)
	}
	a.sign(t, id)
	a.clock.set(testNow.AddDate(0, 0, 1))
	if _, err := a.exam.Publish(ctx, a.people["scheduler"], id); err != nil {
		t.Fatal(err)
	}
	a.clock.set(testNow.AddDate(0, 0, 2))
	if _, err := a.exam.Confirm(ctx, a.people["officer"], id); err != nil {
		t.Fatal(err)
	}
	a.tick(ctx)
}

// movesOn exports what was upgraded and imports it into a new installation.
func (a *testApp) movesOn(t *testing.T) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	from, err := a.engines.movable()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "archive")
	heard := func(string, transfer.Kind, int) {}
	written, err := transfer.Export(ctx, folder, from, func(name string) string { return a.engines.vault.Seal(keyCheck, name) }, heard)
	if err != nil {
		t.Fatal(err)
	}
	target := testConfig(t.TempDir())
	target.Key = a.config.Key
	e, err := openAnyEngines(ctx, target, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	into, err := e.movable()
	if err != nil {
		t.Fatal(err)
	}
	archive, err := transfer.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	if err := archive.Import(ctx, into, heard); err != nil {
		t.Fatal(err)
	}
	if written.Documents() != 2 || written.Records() < 300 {
		t.Errorf("%d records and %d documents", written.Records(), written.Documents())
	}
	if _, err := audit.Verify(ctx, e.store, func(d audit.Damage) { t.Error(d) }); err != nil {
		t.Error(err)
	}
}

// fillSQLite makes the data file that the first release left.
func fillSQLite(t *testing.T, c *config) {
	t.Helper()
	tables, err := os.ReadFile(firstRelease + "kaoping.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", c.recordFile())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(string(tables)); err != nil {
		t.Fatal(err)
	}
}

// fillMongo stores the first release's documents, but for the record of its
// migration: the indexes of that one are still to be made here, too.
func fillMongo(t *testing.T, c *config) {
	t.Helper()
	client, err := mongodriver.Connect(options.Client().ApplyURI(c.MongoURI))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(context.Background())
	documents, err := os.Open(firstRelease + "mongo.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer documents.Close()
	lines := bufio.NewScanner(documents)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			In       string
			Document bson.D
		}
		if err := bson.UnmarshalExtJSON(lines.Bytes(), true, &line); err != nil {
			t.Fatal(err)
		}
		if line.In == "migrations" {
			continue
		}
		if _, err := client.Database(c.MongoDatabase).Collection(line.In).InsertOne(t.Context(), line.Document); err != nil {
			t.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}
