package mongo

import (
	"os"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/internal/audit"
	"kaoping/internal/store/storetest"
	"kaoping/internal/store/transfer"
)

func TestMoves(t *testing.T) {
	server(t) // skips
	storetest.Moves(t, func(t *testing.T) storetest.Mover { return openNew(t) })
}

// TestNothingIsLeftBehind fails when a collection comes that a move does not
// know: carry it in export.go and place.go, and count up transfer.Format.
func TestNothingIsLeftBehind(t *testing.T) {
	left := []string{sessionCollection, tallyCollection, migrationCollection, markCollection, imports}
	for _, m := range migrations {
		for _, x := range m.indexes {
			if _, carried := shapes[transfer.Kind(x.collection)]; !carried && !slices.Contains(left, x.collection) {
				t.Errorf("a move does not carry %s", x.collection)
			}
		}
	}
}

// TestNoCollectionIsForgotten holds every collection against the indexes by which
// Recover finds what is pending, and against what operators read on sharding.
func TestNoCollectionIsForgotten(t *testing.T) {
	manual, err := os.ReadFile("../../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(manual), "| collection | shard key | why |")
	table, _, _ = strings.Cut(table, "\n\n")
	names := []string{sessionCollection, tallyCollection, migrationCollection, markCollection, imports}
	for kind := range shapes {
		names = append(names, string(kind))
	}
	for _, name := range names {
		if strings.Count(table, "`"+name+"`") != 1 {
			t.Errorf("docs/operations.md says %d times how %s is sharded", strings.Count(table, "`"+name+"`"), name)
		}
	}
	found := map[string]bool{}
	for _, m := range migrations {
		for _, x := range m.indexes {
			found[x.name] = true
		}
	}
	for _, a := range aggregates {
		if !found[a.name+"_pending"] {
			t.Errorf("nothing leads to what is pending in %s", a.name)
		}
	}
}

// TestSettle has a change and two imports that were cut short: one has its
// entry in no stream, one was committed, one was not.
func TestSettle(t *testing.T) {
	ctx, s := t.Context(), openNew(t)
	begin(t, s, "a")
	doc := `{"ID":"i"}`
	p, err := newPending("test", audit.Entry{Stream: "body/b", Object: "items/b", Version: 1, Digest: audit.Digest([]byte(doc))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Remove = true
	for _, err := range []error{
		s.insert(ctx, items.name, bson.D{{Key: "_id", Value: "i"}, {Key: "version", Value: 1}, {Key: "doc", Value: doc}, {Key: "import", Value: "kept"}}),
		s.insert(ctx, imports, bson.D{{Key: "_id", Value: "kept"}, {Key: "pending", Value: p}}),
		s.insert(ctx, items.name, bson.D{{Key: "_id", Value: "j"}, {Key: "version", Value: 1}, {Key: "doc", Value: doc}, {Key: "import", Value: "young"}}),
		s.insert(ctx, imports, bson.D{{Key: "_id", Value: "young"}, {Key: "begun", Value: nanoseconds(s.Now())}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range s.Export(ctx, transfer.Kind(items.name), "") {
		if err == nil {
			t.Error("an import under way was exported")
		}
	}
	if err := s.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for r, err := range s.Export(ctx, transfer.Kind(items.name), "") {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, r.Key)
	}
	if !slices.Equal(keys, []string{"i"}) {
		t.Errorf("items after settling: %q", keys)
	}
	sound(t, s, 2)
}
