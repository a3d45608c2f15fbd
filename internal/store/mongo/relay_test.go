package mongo

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
)

// died stores the next version of a sitting as a process does that dies right
// after the write.
func died(t *testing.T, s *Store, v *exam.Sitting, jobs ...outbox.Job) pending {
	t.Helper()
	v.Version++
	doc, digest := document(t, *v)
	p, err := newPending("test", audit.Entry{Stream: "sitting/" + v.ID, Object: "sitting/" + v.ID, Version: v.Version, Digest: digest}, jobs)
	if err != nil {
		t.Fatal(err)
	}
	set := bson.D{{Key: "version", Value: v.Version}, {Key: "doc", Value: doc}, {Key: "pending", Value: p}}
	if v.Version == 1 {
		err = s.insert(t.Context(), sittings.name, append(bson.D{{Key: "_id", Value: v.ID}}, set...))
	} else {
		err = s.swap(t.Context(), "test", sittings.name, v.ID, v.Version-1, bson.D{{Key: "$set", Value: set}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRecoverTellsWhatIsPending(t *testing.T) {
	ctx, name := t.Context(), newName(t)
	s, other := openAt(t, name), openAt(t, name)
	v := exam.Sitting{ID: "s"}
	first := died(t, s, &v, outbox.Job{ID: "j", Kind: "k", Due: at})

	var wg sync.WaitGroup
	for range 4 {
		for _, instance := range []*Store{s, other} {
			wg.Go(func() {
				if err := instance.Recover(ctx); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	sound(t, s, 1)
	if jobs, err := s.ClaimJobs(ctx, at, at, 9); err != nil || len(jobs) != 1 {
		t.Errorf("jobs: %v, %v, want one", jobs, err)
	}

	v.Title = "the next change"
	if err := other.PutSitting(ctx, &v, audit.Entry{Stream: "sitting/s"}); err != nil {
		t.Fatal(err)
	}
	for _, instance := range []*Store{s, other} { // an instance that slept since the first change
		if err := instance.relay(ctx, sittings.name, "s", first); err != nil {
			t.Error(err)
		}
	}
	sound(t, s, 2)
}

// TestNextWriterTellsFirst has a change whose entry is missing when the next
// one comes: entries stay in the order of the changes.
func TestNextWriterTellsFirst(t *testing.T) {
	s := openNew(t)
	v := exam.Sitting{ID: "s"}
	died(t, s, &v)
	stale := v
	stale.Version = 0
	if err := s.PutSitting(t.Context(), &stale, audit.Entry{Stream: "sitting/s"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("insert what exists: %v, want a conflict", err)
	}
	if err := s.PutSitting(t.Context(), &v, audit.Entry{Stream: "sitting/s"}); err != nil || v.Version != 2 {
		t.Fatalf("version %d, %v", v.Version, err)
	}
	entries, err := s.Entries(t.Context(), "sitting/s", 0, 9)
	if err != nil || len(entries) != 2 || entries[0].Version != 1 || entries[1].Version != 2 {
		t.Errorf("entries: %+v, %v, want those of versions 1 and 2", entries, err)
	}
	died(t, s, &v)
	sound(t, s, 3) // verify finishes what is pending before it looks
}

func TestRecoverFinishesADrop(t *testing.T) {
	ctx, s := t.Context(), openNew(t)
	v := exam.Enrolment{ID: "e", Sitting: "s", Ticket: "1", IDHash: "h"}
	if err := s.PutEnrolment(ctx, &v, audit.Entry{Stream: "sitting/s"}); err != nil {
		t.Fatal(err)
	}
	p, err := newPending("test", audit.Entry{Stream: "sitting/s", Object: "enrolment/e", Version: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Remove = true
	if err := s.swap(ctx, "test", enrolments.name, "e", 1, gone(2, p, enrolments.fields(v))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Enrolment(ctx, "e"); !fault.Is(err, fault.NotFound) {
		t.Errorf("what is being dropped: %v, want not_found", err)
	}
	if list, err := s.Enrolments(ctx, exam.EnrolmentQuery{}); err != nil || len(list) != 0 {
		t.Errorf("list: %v, %v, want nobody", list, err)
	}
	again := exam.Enrolment{ID: "f", Sitting: "s", Ticket: "1", IDHash: "h"}
	if err := s.PutEnrolment(ctx, &again, audit.Entry{Stream: "sitting/s"}); err != nil {
		t.Errorf("the person enrolled again: %v", err)
	}
	if err := s.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	if n, err := s.db.Collection(enrolments.name).CountDocuments(ctx, bson.D{}); err != nil || n != 1 {
		t.Errorf("%d documents, %v, want the new one", n, err)
	}
	sound(t, s, 3)
}

// importedUntil imports two items as a process does that dies before or right
// after the write that decides.
func importedUntil(t *testing.T, s *Store, id string, committed bool) {
	t.Helper()
	ctx := t.Context()
	begun := nanoseconds(s.Now())
	if err := s.insert(ctx, imports, bson.D{{Key: "_id", Value: id}, {Key: "begun", Value: begun}}); err != nil {
		t.Fatal(err)
	}
	gathered := bank.Imports{}
	for _, item := range []bank.Item{{ID: id + "1", Version: 1, Owner: "o", Import: id}, {ID: id + "2", Version: 1, Owner: "o", Import: id}} {
		doc, _ := document(t, item)
		gathered.Add(item.ID, []byte(doc))
		hidden := append(bson.D{{Key: "_id", Value: item.ID}, {Key: "doc", Value: doc}, {Key: "import", Value: id}}, items.fields(item)...)
		if err := s.insert(ctx, items.name, hidden); err != nil {
			t.Fatal(err)
		}
	}
	if !committed {
		return
	}
	all := gathered.Objects()[0]
	p, err := newPending("test", audit.Entry{Stream: "body/o", Object: all.Name, Version: all.Version, Digest: all.Digest}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Remove = true
	if err := s.commitImport(ctx, "test", id, begun, p); err != nil {
		t.Fatal(err)
	}
}

func TestRecoverDecidesImports(t *testing.T) {
	ctx, s := t.Context(), openNew(t)
	importedUntil(t, s, "a", true)
	importedUntil(t, s, "b", false)
	count := func(want int) {
		t.Helper()
		if n, err := s.CountItems(ctx, bank.ItemQuery{}); err != nil || n != want {
			t.Errorf("%d items, %v, want %d", n, err, want)
		}
	}
	count(0)
	if err := s.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	count(2) // b may be under way
	taken := []bank.Item{{ID: "b1", Owner: "o", Import: "c"}}
	if err := s.AddItems(ctx, taken, audit.Entry{Stream: "body/o"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an item of an import under way: %v, want a conflict", err)
	}
	now := s.Now()
	s.clock.own = func() time.Time { return now.Add(importMost + time.Second) }
	if err := s.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.commitImport(ctx, "test", "b", nanoseconds(now), pending{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("an import that was taken back: %v, want unavailable", err)
	}
	if err := s.AddItems(ctx, taken, audit.Entry{Stream: "body/o"}); err != nil {
		t.Errorf("an item of an import that was taken back: %v", err)
	}
	count(3)
	if n, err := s.db.Collection(imports).CountDocuments(ctx, bson.D{}); err != nil || n != 0 {
		t.Errorf("%d imports left, %v", n, err)
	}
	sound(t, s, 2)
}

// TestRecoverTakesManyInParts leaves more behind than one look takes.
func TestRecoverTakesManyInParts(t *testing.T) {
	s := openAt(t, newName(t))
	const left = 2*pendingPage + 1
	var documents []bson.D
	for i := range left {
		v := exam.Sitting{ID: fmt.Sprintf("s%03d", i), Version: 1}
		doc, digest := document(t, v)
		p, err := newPending("test", audit.Entry{Stream: "sitting/s", Object: "sitting/" + v.ID, Version: 1, Digest: digest}, nil)
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, bson.D{{Key: "_id", Value: v.ID}, {Key: "version", Value: 1}, {Key: "doc", Value: doc}, {Key: "pending", Value: p}})
	}
	if _, err := s.db.Collection(sittings.name).InsertMany(t.Context(), documents); err != nil {
		t.Fatal(err)
	}
	if err := s.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	sound(t, s, left)
}
