package storetest

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/internal/outbox/desk"
	"kaoping/policies/access"
	"kaoping/policies/rulebook/amend"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
	"kaoping/policies/standing/inspection"
)

// Store is everything that the domain, the worker and the audit ask of an
// engine for records.
type Store interface {
	exam.Store
	exam.People
	bank.Store
	central.Store
	access.Store
	standing.Store
	cases.Store
	inspection.Store
	certify.Store
	amend.Store
	outbox.Queue
	desk.Store

	// Streams yields the names of the audit streams in byte order.
	Streams(ctx context.Context) iter.Seq2[string, error]
	// Entries lists a stream's entries after a sequence number, at most limit.
	Entries(ctx context.Context, stream string, after int64, limit int) ([]audit.Entry, error)
	// Objects yields every aggregate, its digest made from the stored bytes.
	Objects(ctx context.Context) iter.Seq2[audit.Object, error]
}

// Engine checks that an engine is a Store. open returns a fresh, empty one for
// each call.
func Engine(t *testing.T, open func(t *testing.T) Store) {
	for _, part := range []struct {
		name string
		run  func(*testing.T, Store)
	}{
		{"sittings are versioned", sittingsVersioned},
		{"enrolments are versioned", enrolmentsVersioned},
		{"attempts are versioned", attemptsVersioned},
		{"certificates are versioned", certificatesVersioned},
		{"mixes are versioned", mixesVersioned},
		{"mixes are selected", mixesSelected},
		{"waitings are versioned", waitingsVersioned},
		{"waitings are selected", waitingsSelected},
		{"bodies are versioned", bodiesVersioned},
		{"bars are versioned", barsVersioned},
		{"inspection plans are versioned", plansVersioned},
		{"visits are versioned", visitsVersioned},
		{"visits are selected", visitsSelected},
		{"credit grades are versioned", creditsVersioned},
		{"applications are versioned", applicationsVersioned},
		{"applications are selected", applicationsSelected},
		{"bars are selected", barsSelected},
		{"central papers are versioned", centralPapersVersioned},
		{"central papers are selected", centralPapersSelected},
		{"cases are versioned", casesVersioned},
		{"cases are selected", casesSelected},
		{"accounts are versioned", accountsVersioned},
		{"blueprints are versioned", blueprintsVersioned},
		{"changes of rules are versioned", ruleChangesVersioned},
		{"calendar years are listed", calendarYearsListed},
		{"editions of the rules are kept once", editionsKeptOnce},
		{"papers are added once", papersAddedOnce},
		{"items are added all or none", itemsAllOrNone},
		{"an enrolment can be dropped", enrolmentDropped},
		{"what is unique is a conflict", uniqueConflicts},

		{"sittings are selected", sittingsSelected},
		{"enrolments are selected", enrolmentsSelected},
		{"certificates are selected", certificatesSelected},
		{"items are selected", itemsSelected},
		{"owners see their own", ownersSeeTheirOwn},
		{"text is no pattern", textIsNoPattern},
		{"pages are stable while others insert", pagesStable},
		{"due attempts", dueAttempts},

		{"a save is taken as the lease decides", savesDecided},
		{"a save keeps what it does not name", savesMerge},
		{"a repeated save is one save", savesRepeated},
		{"saves of a whole hall", savesConcurrent},
		{"one of many saves with a number wins", savesOneWins},
		{"an old lease ends with the takeover", takeover},
		{"saves against the hand-in", handIn},
		{"answers after the deadline", graceAnswers},

		{"the audit chain holds under many writers", auditChain},
		{"a refused change leaves no trace", refusedLeavesNothing},
		{"streams and entries are paged", streamsPaged},

		{"sessions", sessions},
		{"counters never repeat", counters},
		{"tallies end by themselves", tallies},
		{"tallies count everybody", talliesTogether},
		{"jobs come with the change", jobsWithChange},
		{"jobs are claimed once", jobsClaimedOnce},
		{"a lost claim changes nothing", jobsFenced},
		{"a dead job waits for its revival", jobsDead},
		{"jobs are revived once", jobsRevivedOnce},
		{"jobs are listed and counted", jobsListed},
		{"an ended context is obeyed by records", endedContextOfRecords},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open(t)) })
	}
}

// at is a moment that every engine can keep exactly: whole milliseconds, UTC.
var at = time.Date(2026, time.November, 21, 9, 0, 0, 123e6, time.UTC)

// id is the n-th id in the order of their making.
func id(n int) string { return fmt.Sprintf("01KAOPING%017d", n) }

// entry is a caller's part of an audit entry.
func entry(stream, object, what string) audit.Entry {
	return audit.Entry{Stream: stream, Object: object, At: at, Who: id(1), What: what, Rule: "R02", Note: "说明", Rules: "edition"}
}

// must ends the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantCode reports an error without the code.
func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// together runs n calls at once and waits for them. They may use t.Error, not t.Fatal.
func together(n int, do func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	wg.Wait()
}
