package main

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// unsteady is a document store that is away every other time.
type unsteady struct {
	certify.Documents
	mu   sync.Mutex
	asks int
}

func (u *unsteady) Put(ctx context.Context, key string, content []byte, kind string) (string, error) {
	u.mu.Lock()
	u.asks++
	away := u.asks%2 == 1
	u.mu.Unlock()
	hash, err := u.Documents.Put(ctx, key, content, kind)
	if away && err == nil { // stored, but the answer is lost: the worst moment
		return "", fault.New(fault.Unavailable, "unsteady.Put", "the document store is away")
	}
	return hash, err
}

// TestIssuingGoesOnWhereItWasCutShort loses the document store in the middle of
// every certificate: each is issued in the end, once, under one number.
func TestIssuingGoesOnWhereItWasCutShort(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := context.Background()
	a.certify.Documents = &unsteady{Documents: a.engines.documents}
	if err := a.finished(ctx, testNow); err != nil {
		t.Fatal(err)
	}
	if list, _ := a.store.Certificates(ctx, certify.Query{}); len(list) == 0 || list[0].State != certify.Numbered {
		t.Fatalf("nothing was cut short: %+v", list)
	}
	for range 30 { // the worker's back-off passes
		a.clock.set(a.clock.now().Add(5 * time.Minute))
		a.tick(ctx)
	}
	list, err := a.store.Certificates(ctx, certify.Query{})
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	enrolments, err := a.store.Enrolments(ctx, exam.EnrolmentQuery{Sitting: list[0].Sitting})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range enrolments {
		if e.Outcome == exam.Passed {
			passed++
		}
	}
	if len(list) != passed {
		t.Errorf("%d certificates for %d who passed", len(list), passed)
	}
	for i, c := range list {
		if c.State != certify.Issued || c.SHA256 == "" {
			t.Errorf("%s is %s", c.Number, c.State)
		}
		if want := "S00004100000126500000" + string(rune('1'+i)); c.Number != want {
			t.Errorf("number %s, want %s: none is lost or used twice", c.Number, want)
		}
	}
	if v, err := a.verify(ctx); err != nil || len(v.Damaged) > 0 || v.Documents != passed {
		t.Errorf("%+v %v", v, err)
	}
}

// confirmed is an application with a confirmed sitting whose certificates are
// not issued yet, and one record that passed.
func confirmed(t *testing.T) (*testApp, exam.Enrolment) {
	t.Helper()
	return confirmedOn(t, newApp(t))
}

func confirmedOn(t *testing.T, a *testApp) (*testApp, exam.Enrolment) {
	t.Helper()
	ctx := context.Background()
	a.worker.Handlers[exam.IssueJob] = func(context.Context, string) error { return errors.New("not now") }
	if err := a.finished(ctx, testNow); err != nil {
		t.Fatal(err)
	}
	sittings, err := a.store.Sittings(ctx, exam.SittingQuery{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := a.store.Enrolments(ctx, exam.EnrolmentQuery{Sitting: sittings[0].ID})
	if err != nil || list[0].Outcome != exam.Passed {
		t.Fatal(list[0].Outcome, err)
	}
	return a, list[0]
}

func TestManyIssuersIssueOneCertificate(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	a, passed := confirmed(t)
	var issuers sync.WaitGroup
	numbers := make([]string, 8)
	for i := range numbers {
		issuers.Go(func() {
			c, err := a.certify.Issue(ctx, access.System(), passed.ID)
			if err != nil {
				t.Error(err)
			}
			numbers[i] = c.Number
		})
	}
	issuers.Wait()
	for _, n := range numbers {
		if n != numbers[0] || n == "" {
			t.Errorf("numbers differ: %q", numbers)
		}
	}
}

func TestNoCertificateOutsideTheFilingOfTheDay(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	a, passed := confirmed(t)
	a.clock.set(testNow.AddDate(4, 0, 0))
	_, err := a.certify.Issue(ctx, access.System(), passed.ID)
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Refused || f.Rule == nil || f.Rule.ID != "R30" {
		t.Errorf("an expired filing: %v", err)
	}
}
