package sqlite

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"kaoping/internal/store/storetest"
)

func TestEngine(t *testing.T) {
	storetest.Engine(t, func(t *testing.T) storetest.Store { return openAt(t, filepath.Join(t.TempDir(), "kaoping.db")) })
}

// openAt opens a store that is closed with the test.
func openAt(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(context.Background(), path, slog.New(slog.DiscardHandler))
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
