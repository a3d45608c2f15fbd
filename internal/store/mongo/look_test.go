package mongo

import (
	"context"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/internal/store/storetest"
)

// asked is what a command selects in which collection.
type asked struct {
	collection string
	filter     bson.D
	sort       bson.D
	limit      int64
}

// TestLooksAreLedByIndexes listens to what goes to the server and compares it
// with the indexes that the migrations make. It asks for no plan: that of a
// small collection says nothing of a large one.
func TestLooksAreLedByIndexes(t *testing.T) {
	s := openNew(t)
	var heard []asked
	client, err := driver.Connect(options.Client().ApplyURI(server(t)).SetMonitor(&event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		if a, is := question(e); is {
			heard = append(heard, a)
		}
	}}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Disconnect(context.Background()) })
	s.db = client.Database(s.db.Name())
	for _, look := range storetest.Looks() {
		heard = nil
		if err := look.Ask(t.Context(), s); err != nil {
			t.Errorf("%s: %v", look.What, err)
		}
		if len(heard) == 0 {
			t.Errorf("%s: nothing was asked", look.What)
		}
		for _, a := range heard {
			if look.Walks && a.limit == 0 {
				t.Errorf("%s: a walk has no end: %+v", look.What, a)
			}
			if !a.led(look.Walks) {
				t.Errorf("%s: no index leads to %+v", look.What, a)
			}
		}
	}
}

// question takes a command apart.
func question(e *event.CommandStartedEvent) (a asked, is bool) {
	var c struct {
		Find      string `bson:"find"`
		Aggregate string `bson:"aggregate"`
		Delete    string `bson:"delete"`
		Filter    bson.D `bson:"filter"`
		Sort      bson.D `bson:"sort"`
		Limit     int64  `bson:"limit"`
		Pipeline  []struct {
			Match bson.D `bson:"$match"`
		} `bson:"pipeline"`
		Deletes []struct {
			Q bson.D `bson:"q"`
		} `bson:"deletes"`
	}
	if !slices.Contains([]string{"find", "aggregate", "delete"}, e.CommandName) || bson.Unmarshal(e.Command, &c) != nil {
		return a, false
	}
	a = asked{collection: c.Find + c.Aggregate + c.Delete, filter: c.Filter, sort: c.Sort, limit: c.Limit}
	if len(c.Pipeline) > 0 {
		a.filter = c.Pipeline[0].Match
	}
	for _, d := range c.Deletes {
		a.filter = append(a.filter, d.Q...)
	}
	return a, true
}

// led reports whether an index begins with a field that is selected or, for a
// walk, with what the list is sorted by.
func (a asked) led(walks bool) bool {
	if walks && a.sort[0].Key == "_id" {
		return true
	}
	for _, m := range append(slices.Clone(migrations), migration{indexes: []index{{collection: a.collection, keys: by("_id")}}}) {
		for _, x := range m.indexes {
			first := x.keys[0].Key
			selected := slices.ContainsFunc(a.filter, func(e bson.E) bool {
				return e.Key == first && (first != "_id" || !isOpen(e.Value) || strings.HasPrefix(a.collection, auditCollection))
			})
			if x.collection == a.collection && (selected && a.has(x.only) || walks && a.sort[0].Key == first) {
				return true
			}
		}
	}
	return false
}

// isOpen reports a condition that begins somewhere and has no end.
func isOpen(condition any) bool {
	d, is := condition.(bson.D)
	return is && len(d) == 1 && strings.HasPrefix(d[0].Key, "$g") || is && len(d) == 1 && strings.HasPrefix(d[0].Key, "$l")
}

// has reports whether all fields of an index's own condition are asked for.
func (a asked) has(only bson.D) bool {
	return !slices.ContainsFunc(only, func(o bson.E) bool {
		return !slices.ContainsFunc(a.filter, func(e bson.E) bool { return e.Key == o.Key })
	})
}
