package mongo

import (
	"context"
	"testing"
	"time"

	"kaoping/internal/fault"
)

func TestRawLimit(t *testing.T) {
	database := NewScratch()
	t.Cleanup(func() {
		if err := Discard(context.Background(), server(t), database); err != nil {
			t.Error(err)
		}
	})
	perSecond, err := RawLimit(t.Context(), server(t), database, 10, 4, 100*time.Millisecond)
	if err != nil || perSecond <= 0 {
		t.Fatal(perSecond, err)
	}
}

// TestDiscardIsForScratchAlone has a database that could be somebody's stay.
func TestDiscardIsForScratchAlone(t *testing.T) {
	uri, name := server(t), newName(t)
	if err := Discard(t.Context(), uri, name); !fault.Is(err, fault.Refused) {
		t.Errorf("discarded: %v", err)
	}
}
