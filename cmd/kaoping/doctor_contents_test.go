package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaoping/internal/outbox"
	"kaoping/internal/store/examine"
)

// TestDoctorHoldsRecordsAgainstKeysAndDocuments gives the right records another
// installation's keys and documents, one at a time.
func TestDoctorHoldsRecordsAgainstKeysAndDocuments(t *testing.T) {
	for engine, open := range map[string]func(*testing.T) *testApp{"embedded": newApp, "production": newProductionApp} {
		t.Run(engine, func(t *testing.T) {
			a := open(t)
			for _, do := range []func() error{
				func() error { return a.finished(t.Context(), testNow) },
				func() error { return a.centralPapers(t.Context(), testNow) },
			} {
				if err := do(); err != nil {
					t.Fatal(err)
				}
			}
			found := sound(t, a.config, "numbers", "custody", "background work", "certificates")
			wantState(t, found, "custody", examine.Good, "opens")

			other := *a.config
			other.Key = strings.Repeat("ab", 32)
			wantState(t, states(t, &other), "numbers", examine.Failed, "restore the key")
			other = *a.config
			other.PaperKey = strings.Repeat("ab", 32)
			wantState(t, states(t, &other), "custody", examine.Failed, "restore the paper_key")
			if engine == "production" {
				other = *a.config
				other.PaperKey = ""
				wantState(t, states(t, &other), "custody", examine.Failed, "no paper_key")
				other = *a.config
				other.S3Bucket += "-other"
				wantState(t, states(t, &other), "documents", examine.Failed, "there is no bucket")
			} else {
				folder := a.config.documentFolder()
				aside := filepath.Join(a.config.Data, "aside")
				if err := os.Rename(folder, aside); err != nil {
					t.Fatal(err)
				}
				wantState(t, states(t, a.config), "documents", examine.Failed, "is missing")
				for _, empty := range []string{"documents", "incoming"} {
					if err := os.MkdirAll(filepath.Join(folder, empty), 0o700); err != nil {
						t.Fatal(err)
					}
				}
				wantState(t, states(t, a.config), "certificates", examine.Failed, "is not among the documents")
			}

			a.recordJobs(t, outbox.Job{ID: "lost", Kind: "lost-kind", Due: testNow})
			jobs, err := a.store.ClaimJobs(t.Context(), testNow.Add(time.Hour), testNow.Add(2*time.Hour), 99)
			if err != nil {
				t.Fatal(err)
			}
			for _, j := range jobs {
				if err := a.store.BuryJob(t.Context(), j, outbox.Failure{At: testNow, Text: "x"}); err != nil {
					t.Fatal(err)
				}
			}
			wantState(t, states(t, a.config), "background work", examine.Warning, "lost-kind")
		})
	}
}

// TestDoctorMissesAnIndex drops one behind the back of each engine's migrations.
func TestDoctorMissesAnIndex(t *testing.T) {
	a := newApp(t)
	if err := a.engines.Close(); err != nil {
		t.Fatal(err)
	}
	dropIndex(t, a.config.recordFile(), "sittings_state")
	wantState(t, states(t, a.config), "migrations", examine.Failed, "sittings_state")
}

func dropIndex(t *testing.T, file, name string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DROP INDEX " + name); err != nil {
		t.Fatal(err)
	}
}
