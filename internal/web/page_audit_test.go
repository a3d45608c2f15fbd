package web

import (
	"context"
	"iter"
	"testing"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// heldLog is a stream with so many entries; it counts how often it is asked.
type heldLog struct {
	entries int64
	asked   int
}

func (l *heldLog) Streams(context.Context) iter.Seq2[string, error] { return nil }

func (l *heldLog) Entries(_ context.Context, stream string, after int64, limit int) ([]audit.Entry, error) {
	l.asked++
	var list []audit.Entry
	for seq := after + 1; seq <= l.entries && len(list) < limit; seq++ {
		list = append(list, audit.Entry{Stream: stream, Seq: seq})
	}
	return list, nil
}

func TestEntriesAreCountedWithoutReadingThem(t *testing.T) {
	for _, n := range []int64{0, 1, 2, 63, 64, 65, 66, 255, 256, 257, 1000, 4096, 100_000} {
		log := &heldLog{entries: n}
		s := &Server{Services: Services{Audit: log}}
		got, err := s.countEntries(context.Background(), "sitting/1")
		if err != nil || got != n {
			t.Errorf("%d entries are counted as %d (%v)", n, got, err)
		}
		if log.asked > 32 {
			t.Errorf("%d entries: asked %d times", n, log.asked)
		}
	}
}

func TestOnlyAuditorsOfTheProvinceReadTheStreamOfAccounts(t *testing.T) {
	s := bare(t)
	policy, err := access.Open(s.Book.Lineage, s.Now)
	if err != nil {
		t.Fatal(err)
	}
	s.Policy = policy
	for _, c := range []struct {
		role   access.Role
		region string
		want   fault.Code
	}{
		{access.Auditor, "410000", ""},
		{access.Auditor, "410400", fault.Forbidden},
		{access.Administrator, "410000", fault.Forbidden},
	} {
		actor := access.Actor{ID: "a", Grants: []access.Grant{{Role: c.role, Region: c.region}}}
		_, err := s.auditSubject(context.Background(), actor, "accounts", "")
		if fault.CodeOf(err) != c.want {
			t.Errorf("%s of %s: %v, want %q", c.role, c.region, err, c.want)
		}
	}
	if _, err := s.auditSubject(context.Background(), access.System(), "weather", "1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stream of no kind: %v", err)
	}
}
