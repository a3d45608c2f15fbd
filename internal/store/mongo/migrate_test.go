package mongo

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/internal/fault"
)

func TestMigrations(t *testing.T) {
	one := migration{"one", []index{{collection: "a", name: "a_x", keys: by("x")}}}
	two := migration{"two", []index{{collection: "a", name: "a_y", keys: by("y"), unique: true}}}
	edited := migration{"two", []index{{collection: "a", name: "a_y", keys: by("-y"), unique: true}}}
	name := newName(t)
	run := func(what string, code fault.Code, list ...migration) {
		t.Helper()
		s, err := open(context.Background(), server(t), name, time.Now, slog.New(slog.DiscardHandler), list)
		if fault.CodeOf(err) != code {
			t.Errorf("%s: %v, want %q", what, err, code)
		}
		if err == nil {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	run("a new database", "", one)
	run("again", "", one)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { run("a newer release, in eight instances", "", one, two) })
	}
	wg.Wait()
	run("an older release", fault.Refused, one)
	run("a changed migration", fault.Refused, one, edited)
}

func TestOpenTogether(t *testing.T) {
	name := newName(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := Open(context.Background(), server(t), name, time.Now, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	seen, err := openAt(t, name).db.Collection("migrations").CountDocuments(t.Context(), bson.D{})
	if err != nil || int(seen) != len(migrations) {
		t.Errorf("%d migrations recorded, %v, want %d", seen, err, len(migrations))
	}
}
