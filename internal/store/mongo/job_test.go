package mongo

import (
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
)

// TestARevivedJobWaitsForItsEntry has a process die right after it revived a
// job: no worker takes the job, and its entry with it, before the entry is told.
func TestARevivedJobWaitsForItsEntry(t *testing.T) {
	ctx, s := t.Context(), openNew(t)
	v := exam.Sitting{ID: "s"}
	if err := s.PutSitting(ctx, &v, audit.Entry{Stream: "sitting/s"}, outbox.Job{ID: "j", Kind: "k", Due: at}); err != nil {
		t.Fatal(err)
	}
	p, err := newPending("test", audit.Entry{Stream: "jobs", Object: "job/j", Version: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.db.Collection(jobCollection).UpdateOne(ctx, bson.D{{Key: "_id", Value: "j"}}, bson.D{{Key: "$set", Value: bson.D{{Key: "pending", Value: p}}}})
	if err != nil {
		t.Fatal(err)
	}
	if jobs, err := s.ClaimJobs(ctx, at, at.Add(time.Minute), 9); err != nil || len(jobs) != 0 {
		t.Errorf("claimed before the entry is told: %v, %v", jobs, err)
	}
	if err := s.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	if jobs, err := s.ClaimJobs(ctx, at, at.Add(time.Minute), 9); err != nil || len(jobs) != 1 {
		t.Errorf("claimed afterwards: %v, %v, want the job", jobs, err)
	}
	if entries, err := s.Entries(ctx, "jobs", 0, 9); err != nil || len(entries) != 1 {
		t.Errorf("entries: %v, %v, want one", entries, err)
	}
	sound(t, s, 2)
}

// TestAnImportThatSleptLeavesNothing has an import whose instance was stopped
// before it stored its items, for so long that another took the import back.
func TestAnImportThatSleptLeavesNothing(t *testing.T) {
	ctx, s := t.Context(), openNew(t)
	stored := func(want int64) {
		t.Helper()
		if n, err := s.db.Collection(items.name).CountDocuments(ctx, bson.D{}); err != nil || n != want {
			t.Errorf("%d items are stored, %v, want %d", n, err, want)
		}
	}
	wake := func(id string) { // stores its items and tries to commit
		t.Helper()
		doc, _ := document(t, bank.Item{ID: id, Version: 1, Owner: "o"})
		err := s.insert(ctx, items.name, bson.D{{Key: "_id", Value: id}, {Key: "doc", Value: doc}, {Key: "import", Value: "import"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.commitImport(ctx, "test", "import", 1, pending{}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("commit: %v, want it refused", err)
		}
	}
	if err := s.insert(ctx, imports, bson.D{{Key: "_id", Value: "import"}, {Key: "begun", Value: int64(1)}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Recover(ctx); err != nil { // 1970 is long ago
		t.Fatal(err)
	}
	wake("a")
	if err := s.takeBack(ctx, "import"); err != nil {
		t.Fatal(err)
	}
	stored(0)
	wake("b") // and dies
	stored(1)
	if err := s.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	stored(0)

	importedUntil(t, s, "committed", true) // what is under way is left alone
	importedUntil(t, s, "begun", false)
	if err := s.takeBackStrays(ctx); err != nil {
		t.Fatal(err)
	}
	stored(4)
}
