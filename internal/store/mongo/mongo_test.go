package mongo

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/internal/store/storetest"
)

func TestEngine(t *testing.T) {
	server(t) // skips
	storetest.Engine(t, func(t *testing.T) storetest.Store { return openNew(t) })
}

// server is the URI of the server for tests.
func server(t testing.TB) string {
	t.Helper()
	uri := os.Getenv("KAOPING_TEST_MONGO_URI")
	if uri == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no server for this engine: make test brings one up")
		}
		t.Skip("KAOPING_TEST_MONGO_URI names no MongoDB server: deploy/services.sh run -- go test ./… brings one up")
	}
	return uri
}

// newName is the name of a database that is dropped with the test.
func newName(t testing.TB) string {
	t.Helper()
	uri, name := server(t), "kaoping_test_"+strings.ToLower(ulid.Make().String())
	t.Cleanup(func() {
		client, err := driver.Connect(options.Client().ApplyURI(uri))
		if err == nil {
			err = errors.Join(client.Database(name).Drop(context.Background()), client.Disconnect(context.Background()))
		}
		if err != nil {
			t.Error(err)
		}
	})
	return name
}

// openAt opens a store that is closed with the test.
func openAt(t testing.TB, name string) *Store {
	t.Helper()
	s, err := Open(context.Background(), server(t), name, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func openNew(t testing.TB) *Store {
	t.Helper()
	return openAt(t, newName(t))
}
