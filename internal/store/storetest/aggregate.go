package storetest

import (
	"reflect"
	"sync/atomic"
	"testing"

	"kaoping/bank"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// versioned checks the contract of every Put: insert, replace exactly one
// version, one winner among many, and the audit of each version.
type versioned[T any] struct {
	object  string // of the audit
	value   T
	version func(*T) *int
	change  func(v *T, text string)
	put     func(*T, audit.Entry) error
	get     func() (T, error)
}

func (c versioned[T]) check(t *testing.T, s Store) {
	e := entry("stream", c.object, "thing:change")
	_, err := c.get()
	wantCode(t, "get before put", err, fault.NotFound)

	v := c.value
	must(t, c.put(&v, e))
	c.equal(t, v, 1)
	again := c.value
	wantCode(t, "insert what exists", c.put(&again, e), fault.Conflict)
	if n := *c.version(&again); n != 0 {
		t.Errorf("the refused insert has version %d, want 0 as before", n)
	}

	stale := v
	c.change(&v, "changed")
	must(t, c.put(&v, e))
	c.equal(t, v, 2)
	c.change(&stale, "stale")
	wantCode(t, "replace an old version", c.put(&stale, e), fault.Conflict)
	future := v
	*c.version(&future) = 9
	wantCode(t, "replace a version to come", c.put(&future, e), fault.Conflict)
	c.equal(t, v, 2)

	const rounds, writers = 3, 64
	for range rounds {
		before := *c.version(&v)
		winner := atomic.Pointer[T]{}
		together(writers, func(i int) {
			mine := v
			c.change(&mine, id(i))
			switch err := c.put(&mine, e); {
			case err == nil && !winner.CompareAndSwap(nil, &mine):
				t.Errorf("two writers replaced version %d", before)
			case err != nil:
				wantCode(t, "a slower writer", err, fault.Conflict)
			}
		})
		if winner.Load() == nil {
			t.Fatalf("nobody replaced version %d", before)
		}
		v = *winner.Load()
		c.equal(t, v, before+1)
	}
	checkAudit(t, s, map[string]int{c.object: 2 + rounds})
}

// equal checks what is stored, and the version that the writer was told.
func (c versioned[T]) equal(t *testing.T, want T, version int) {
	t.Helper()
	if n := *c.version(&want); n != version {
		t.Errorf("version %d, want %d", n, version)
	}
	got, err := c.get()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("stored:\n %+v, %v, want\n %+v", got, err, want)
	}
}

func sittingsVersioned(t *testing.T, s Store) {
	versioned[exam.Sitting]{
		object: "sitting/" + id(1), value: sitting(1),
		version: func(v *exam.Sitting) *int { return &v.Version },
		change:  func(v *exam.Sitting, text string) { v.Title = text },
		put:     func(v *exam.Sitting, e audit.Entry) error { return s.PutSitting(t.Context(), v, e) },
		get:     func() (exam.Sitting, error) { return s.Sitting(t.Context(), id(1)) },
	}.check(t, s)
}

func enrolmentsVersioned(t *testing.T, s Store) {
	versioned[exam.Enrolment]{
		object: "enrolment/" + id(1), value: enrolment(1),
		version: func(v *exam.Enrolment) *int { return &v.Version },
		change:  func(v *exam.Enrolment, text string) { v.Room = text },
		put:     func(v *exam.Enrolment, e audit.Entry) error { return s.PutEnrolment(t.Context(), v, e) },
		get:     func() (exam.Enrolment, error) { return s.Enrolment(t.Context(), id(1)) },
	}.check(t, s)
}

func attemptsVersioned(t *testing.T, s Store) {
	versioned[exam.Attempt]{
		object: "attempt/" + id(1), value: attempt(1),
		version: func(v *exam.Attempt) *int { return &v.Version },
		change:  func(v *exam.Attempt, text string) { v.Takeover = text },
		put:     func(v *exam.Attempt, e audit.Entry) error { return s.PutAttempt(t.Context(), v, e) },
		get:     func() (exam.Attempt, error) { return s.Attempt(t.Context(), id(1)) },
	}.check(t, s)
}

func certificatesVersioned(t *testing.T, s Store) {
	number := certificate(1).Number
	versioned[certify.Certificate]{
		object: "certificate/" + number, value: certificate(1),
		version: func(v *certify.Certificate) *int { return &v.Version },
		change:  func(v *certify.Certificate, text string) { v.SHA256 = text },
		put:     func(v *certify.Certificate, e audit.Entry) error { return s.PutCertificate(t.Context(), v, e) },
		get:     func() (certify.Certificate, error) { return s.Certificate(t.Context(), number) },
	}.check(t, s)
	if c, err := s.CertificateOf(t.Context(), id(1)); err != nil || c.Number != number {
		t.Errorf("CertificateOf: %q, %v", c.Number, err)
	}
	_, err := s.CertificateOf(t.Context(), id(2))
	wantCode(t, "CertificateOf nobody", err, fault.NotFound)
}

func bodiesVersioned(t *testing.T, s Store) {
	versioned[standing.Body]{
		object: "body/" + id(1), value: body(1),
		version: func(v *standing.Body) *int { return &v.Version },
		change:  func(v *standing.Body, text string) { v.Name = text },
		put:     func(v *standing.Body, e audit.Entry) error { return s.PutBody(t.Context(), v, e) },
		get:     func() (standing.Body, error) { return s.Body(t.Context(), id(1)) },
	}.check(t, s)
}

func barsVersioned(t *testing.T, s Store) {
	versioned[standing.Bar]{
		object: "bar/" + id(1), value: bar(1),
		version: func(v *standing.Bar) *int { return &v.Version },
		change:  func(v *standing.Bar, text string) { v.LiftBy = text },
		put:     func(v *standing.Bar, e audit.Entry) error { return s.PutBar(t.Context(), v, e) },
		get:     func() (standing.Bar, error) { return s.Bar(t.Context(), id(1)) },
	}.check(t, s)
}

func accountsVersioned(t *testing.T, s Store) {
	versioned[access.Account]{
		object: "account/" + id(1), value: account(1),
		version: func(v *access.Account) *int { return &v.Version },
		change:  func(v *access.Account, text string) { v.Name = text },
		put:     func(v *access.Account, e audit.Entry) error { return s.PutAccount(t.Context(), v, e) },
		get:     func() (access.Account, error) { return s.Account(t.Context(), id(1)) },
	}.check(t, s)
	if a, err := s.AccountByLogin(t.Context(), "login1"); err != nil || a.ID != id(1) {
		t.Errorf("AccountByLogin: %q, %v", a.ID, err)
	}
	_, err := s.AccountByLogin(t.Context(), "nobody")
	wantCode(t, "AccountByLogin nobody", err, fault.NotFound)
}

func blueprintsVersioned(t *testing.T, s Store) {
	versioned[bank.Blueprint]{
		object: "blueprint/" + id(1), value: blueprint(1),
		version: func(v *bank.Blueprint) *int { return &v.Version },
		change:  func(v *bank.Blueprint, text string) { v.Name = text },
		put:     func(v *bank.Blueprint, e audit.Entry) error { return s.PutBlueprint(t.Context(), v, e) },
		get:     func() (bank.Blueprint, error) { return s.Blueprint(t.Context(), id(1)) },
	}.check(t, s)
}
