package mongo

import (
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/internal/store/examine"
)

func TestClocksThatAreApart(t *testing.T) {
	for ahead, want := range map[time.Duration]examine.State{
		0: examine.Good, 2 * time.Second: examine.Good, -2 * time.Second: examine.Good,
		2001 * time.Millisecond: examine.Warning, -30 * time.Second: examine.Warning,
		31 * time.Second: examine.Failed, -8 * time.Hour: examine.Failed,
	} {
		if f := judgeClock(ahead); f.State != want || (f.Todo == "") != (want == examine.Good) {
			t.Errorf("%v ahead: %+v, want %s", ahead, f, want)
		}
	}
}

func TestALostIndexIsFoundAndMadeAgain(t *testing.T) {
	name := newName(t)
	s := openAt(t, name)
	if err := s.db.Collection("accounts").Indexes().DropOne(t.Context(), "accounts_login"); err != nil {
		t.Fatal(err)
	}
	f := examineMigrations(t.Context(), s.db, migrations)
	if f.State != examine.Failed || !strings.Contains(f.Found, "accounts_login") || !strings.Contains(f.Todo, "empty the collection migrations") {
		t.Errorf("%+v", f)
	}
	if _, err := s.db.Collection(migrationCollection).DeleteMany(t.Context(), bson.D{}); err != nil { // as it says
		t.Fatal(err)
	}
	if f := examineMigrations(t.Context(), openAt(t, name).db, migrations); f.State != examine.Good {
		t.Errorf("after doing it: %+v", f)
	}
}

func TestExamineMakesNothing(t *testing.T) {
	name := newName(t)
	for _, f := range Examine(t.Context(), server(t), name) {
		if f.State != examine.Good {
			t.Errorf("%+v", f)
		}
	}
	db, err := connect(t.Context(), server(t), name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Client().Disconnect(t.Context())
	if left, err := db.ListCollectionNames(t.Context(), bson.D{}); err != nil || len(left) != 0 {
		t.Errorf("%q %v", left, err)
	}
}
