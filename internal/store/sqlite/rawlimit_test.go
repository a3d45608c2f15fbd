package sqlite

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"
)

// TestRawLimitStoresWhatItCounts opens the file afterwards: bare commits leave
// what SaveAnswers would.
func TestRawLimitStoresWhatItCounts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "raw.db")
	perSecond, err := RawLimit(t.Context(), path, 3, 7, 50*time.Millisecond)
	if err != nil || perSecond <= 0 {
		t.Fatal(perSecond, err)
	}
	s, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, id := range []string{rawID(0), rawID(2)} {
		lease, err := s.Lease(t.Context(), id)
		if err != nil || lease.Seq == 0 {
			t.Errorf("%+v, %v", lease, err)
		}
		if answers, err := s.Answers(t.Context(), id); err != nil || len(answers) != int(min(lease.Seq, 100)) {
			t.Errorf("%d answers of %d saves, %v", len(answers), lease.Seq, err)
		}
	}
}
