package main

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/standing/cases"
)

// lagging is the store of an instance that stands still once, right before a
// write by which it issues a certificate, while something else happens.
type lagging struct {
	certify.Store
	writes    int // until then
	meanwhile func()
}

func (s *lagging) lag() {
	if s.writes--; s.writes == 0 {
		s.meanwhile()
	}
}

func (s *lagging) PutMix(ctx context.Context, m *certify.Mix, e audit.Entry, jobs ...outbox.Job) error {
	s.lag()
	return s.Store.PutMix(ctx, m, e, jobs...)
}

func (s *lagging) PutCertificate(ctx context.Context, c *certify.Certificate, e audit.Entry, jobs ...outbox.Job) error {
	s.lag()
	return s.Store.PutCertificate(ctx, c, e, jobs...)
}

// TestNoCertificateOnceADecisionHolds has an instance stand still between its
// last look at who is barred or void and each of its four writes of an issue
// (the year, the place, the number, the mark that it is issued), while a decision is
// carried out elsewhere: once the case says decided, nothing comes of it until
// the decision is undone, and then the certificate is there, once.
func TestNoCertificateOnceADecisionHolds(t *testing.T) {
	t.Parallel()
	for measure, writes := range map[string][]int{"blacklist": {3, 4}, "suspend": {4}, "cheating": {1, 2, 3, 4}} {
		for _, write := range writes {
			t.Run(fmt.Sprintf("%s before write %d", measure, write), func(t *testing.T) { decidedMeanwhile(t, newApp(t), measure, write) })
		}
	}
	t.Run("on MongoDB", func(t *testing.T) { decidedMeanwhile(t, newProductionApp(t), "blacklist", 4) })
}

func decidedMeanwhile(t *testing.T, a *testApp, measure string, write int) {
	a, passed := confirmedOn(t, a)
	a.clock.set(testNow)
	officer2, reviewer2 := a.seconds(t)
	officer, reviewer := a.as(t, "standing").inEnglish(), a.as(t, "reviewer").inEnglish()
	party, chosen := map[string]string{"body": a.body.ID}, map[string]any{"kind": measure}
	switch measure {
	case "blacklist":
		chosen["running"] = "finish"
	case "suspend":
		chosen["until"] = testNow.AddDate(0, 3, 0).Format(time.DateOnly)
	default:
		party = map[string]string{"enrolment": passed.ID}
	}
	path := a.heardCase(t, party, measure)
	officer.post(path+"/proposal", map[string]any{"facts": "认定属实。", "notice": "严重失职。", "measures": []any{chosen}}).ok(t, http.StatusOK)

	slow := openAppWith(t, a.config, testNow)
	decided := false
	slow.certify.Store = &lagging{slow.store, write, func() {
		reviewer.post(path+"/approval", nil).ok(t, http.StatusOK)
		a.worker.RunDue(t.Context())
		decided = true
	}}
	c, err := slow.certify.Issue(t.Context(), access.System(), passed.ID)
	if !decided {
		t.Fatal("nothing was written", c, err)
	}
	state := func() certify.State {
		c, err := a.store.CertificateOf(t.Context(), passed.ID)
		if err != nil {
			t.Log(err)
		}
		return c.State
	}
	valid := func() bool { return state() == certify.Issued || state() == certify.Waits }
	if valid() || c.State == certify.Issued {
		t.Errorf("it is %s after the decision; the instance was told %q, %v", state(), c.State, err)
	}
	for range 3 {
		a.clock.set(a.clock.now().Add(2 * time.Minute))
		a.tick(t.Context())
	}
	if valid() {
		t.Errorf("it is %s some time after the decision", state())
	}
	if measure != "suspend" {
		officer.post(path+"/appeal", map[string]string{"text": "处理过重。"}).ok(t, http.StatusOK)
		officer2.post(path+"/ruling", map[string]any{"uphold": true, "reason": "证据不足。"}).ok(t, http.StatusOK)
		reviewer2.post(path+"/ruling/approval", nil).ok(t, http.StatusOK)
	} else {
		a.clock.set(testNow.AddDate(0, 3, 1))
	}
	a.worker.Handlers[exam.IssueJob] = a.certify.IssueSitting
	for range 5 {
		a.clock.set(a.clock.now().Add(6 * time.Minute))
		a.tick(t.Context())
	}
	if state() != certify.Issued {
		c, err := a.certify.Issue(t.Context(), access.System(), passed.ID)
		t.Errorf("it is %s after the decision was undone; asked for again it is %s, %v", state(), c.State, err)
	}
	if found, err := a.store.Case(t.Context(), path[len("/api/v1/cases/"):]); err != nil || measure != "suspend" && found.State != cases.Upheld {
		t.Error(found.State, err)
	}
	a.isSound(t)
}
