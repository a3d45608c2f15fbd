package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"kaoping/certify/document"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// exits decides that the demonstration's body leaves now.
func (a *testApp) exits(t *testing.T, running standing.RunningChoice, revoke ...string) standing.Bar {
	t.Helper()
	b := standing.Bar{
		ID: "exit-1", Party: standing.BodyParty(a.body.ID), Kind: standing.Blacklisted, Name: a.body.Name, Region: demoCounty, From: a.clock.now(),
		Rule: fault.Rule{ID: "R33"}, Reason: "多次组织作弊（演示）", Public: true, Running: running, Revoke: revoke,
	}
	if err := a.store.PutBar(t.Context(), &b, audit.Entry{Stream: "bars", At: a.clock.now(), Who: "test", What: "bar:impose"}); err != nil {
		t.Fatal(err)
	}
	return b
}

// rivalSitting is an accepted sitting of the county's other body.
func (a *testApp) rivalSitting(t *testing.T, start time.Time) exam.Sitting {
	t.Helper()
	now := a.clock.now()
	account, err := a.store.AccountByLogin(t.Context(), rival)
	if err != nil {
		t.Fatal(err)
	}
	actor := access.Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}
	body, err := a.store.Body(t.Context(), actor.Body())
	if err != nil {
		t.Fatal(err)
	}
	a.clock.set(start.AddDate(0, 0, -5))
	sitting, err := a.exam.Draft(t.Context(), actor, exam.Draft{Body: body.ID, Site: body.Sites[0].ID, Trade: demoTrade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: start})
	if err == nil {
		_, err = a.exam.Notify(t.Context(), actor, sitting.ID)
	}
	if err == nil {
		sitting, err = a.exam.Accept(t.Context(), a.people["officer"], sitting.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	a.clock.set(now)
	return sitting
}

func (a *testApp) enrolled(t *testing.T, sitting string) []exam.Enrolment {
	t.Helper()
	list, err := a.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: sitting})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// brittle is a store that fails at one of its writes.
type brittle struct {
	store
	left atomic.Int64
}

var errBroken = errors.New("the plug is pulled")

func (b *brittle) write() error {
	if b.left.Add(-1) < 0 {
		return errBroken
	}
	return nil
}

func (b *brittle) PutEnrolment(ctx context.Context, e *exam.Enrolment, entry audit.Entry) error {
	if err := b.write(); err != nil {
		return err
	}
	return b.store.PutEnrolment(ctx, e, entry)
}

func (b *brittle) PutAttempt(ctx context.Context, v *exam.Attempt, entry audit.Entry) error {
	if err := b.write(); err != nil {
		return err
	}
	return b.store.PutAttempt(ctx, v, entry)
}

// cutShort runs what follows from an exit on a store that fails after one
// write, then on one that fails after two more, and so on, to its end.
func (a *testApp) cutShort(t *testing.T, bar string) (tries int) {
	t.Helper()
	weak := &brittle{store: a.exam.Store.(store)}
	service := &exam.Service{
		Store: weak, Papers: a.exam.Papers, Bodies: a.exam.Bodies, Gate: a.exam.Gate, Bars: a.exam.Bars, Accounts: a.exam.Accounts, People: a.exam.People,
		Documents: a.exam.Documents, Policy: a.exam.Policy, Book: a.exam.Book, Vault: a.exam.Vault, Now: a.exam.Now, Log: a.exam.Log,
	}
	for writes := int64(1); ; writes++ {
		weak.left.Store(writes)
		tries++
		err := service.LeaveBody(t.Context(), bar)
		if err == nil {
			return tries
		}
		if !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
	}
}

// TestAnExitEndsInTheDecidedState has a body leave in the middle of everything.
func TestAnExitEndsInTheDecidedState(t *testing.T) {
	t.Parallel()
	for _, choice := range []standing.RunningChoice{standing.FinishSupervised, standing.VoidRunning} {
		t.Run(string(choice), func(t *testing.T) {
			a := newApp(t)
			running, inside := a.runningSitting(t, 6)
			coming, err := a.notified(t.Context(), "将来", testNow.AddDate(0, 0, 10), testNow, 5)
			if err != nil {
				t.Fatal(err)
			}
			coming, err = a.exam.Accept(t.Context(), a.people["officer"], coming.ID)
			if err != nil {
				t.Fatal(err)
			}
			other := a.rivalSitting(t, testNow.AddDate(0, 0, 12))
			earlier := a.rivalSitting(t, testNow.AddDate(0, 0, 9)) // before the cancelled one: takes nobody
			a.clock.set(testNow.Add(time.Minute))
			writing, late := a.candidate(t, running, inside[0]), a.candidate(t, running, inside[5])
			of := writing.start(t)
			writing.save(of, 1, 1, 0).ok(t, http.StatusOK)
			if err := a.sit(t.Context(), inside[1], 90, testNow.Add(2*time.Minute)); err != nil {
				t.Fatal(err)
			}

			a.clock.set(testNow.Add(3 * time.Minute))
			b := a.exits(t, choice)
			if tries := a.cutShort(t, b.ID); tries < 4 {
				t.Errorf("cut short %d times: this proves little", tries)
			}
			if err := a.exam.LeaveBody(t.Context(), b.ID); err != nil { // once more
				t.Fatal(err)
			}

			for _, id := range []string{running.ID, coming.ID} {
				for _, e := range a.enrolled(t, id) {
					if len(e.Notices) != 1 {
						t.Errorf("%s was told %d times: %+v", e.Ticket, len(e.Notices), e.Notices)
					}
				}
			}
			if got, err := a.store.Sitting(t.Context(), coming.ID); err != nil || got.State != exam.Cancelled || got.Reason != b.Reason {
				t.Errorf("a sitting to come: %+v, %v", got, err)
			}
			moved := a.enrolled(t, other.ID)
			if len(moved) != 5 || len(a.enrolled(t, earlier.ID)) != 0 {
				t.Errorf("%d moved", len(moved))
			}
			for _, e := range a.enrolled(t, coming.ID) {
				i := slices.IndexFunc(moved, func(m exam.Enrolment) bool { return m.IDHash == e.IDHash })
				if i < 0 || e.Notices[0].Kind != exam.NoticeMoved || e.Notices[0].Ticket != moved[i].Ticket {
					t.Errorf("%s: %+v", e.Ticket, e.Notices)
				}
			}

			got, err := a.store.Sitting(t.Context(), running.ID)
			if err != nil {
				t.Fatal(err)
			}
			if choice == standing.VoidRunning {
				if got.State != exam.Voided {
					t.Errorf("the running sitting is %s", got.State)
				}
				writing.save(of, 2, 2, 0).refused(t, http.StatusGone, "late")
				late.post("/api/v1/attempts", struct{}{}).refused(t, http.StatusUnprocessableEntity, "refused")
				answers, err := a.store.Answers(t.Context(), inside[0].ID)
				if err != nil || len(answers) != 1 {
					t.Errorf("what was answered is kept: %v, %v", answers, err)
				}
				for _, e := range a.enrolled(t, running.ID) {
					if e.Outcome != exam.Void || e.Notices[0].Kind != exam.NoticeVoided {
						t.Errorf("%s: %s, %+v", e.Ticket, e.Outcome, e.Notices)
					}
				}
			} else {
				if got.State != exam.Running || !got.Supervised {
					t.Errorf("the running sitting is %s", got.State)
				}
				writing.save(of, 2, 2, 0).ok(t, http.StatusOK)
				late.start(t)
			}
			if v, err := a.verify(t.Context()); err != nil || len(v.Damaged) > 0 {
				t.Errorf("%+v, %v", v.Damaged, err)
			}
		})
	}
}

// TestWhatWasHeldIsIssuedOnceTheBodyIsRestored also revokes the one certificate
// that the decision names.
func TestWhatWasHeldIsIssuedOnceTheBodyIsRestored(t *testing.T) {
	t.Parallel()
	if _, err := document.FindFonts(); err != nil {
		missing(t, "a Chinese TrueType font (deploy/fonts.sh)")
	}
	a := newApp(t)
	sitting, list := a.examined(t, 95, 90)
	for _, e := range list {
		if err := a.scorePractical(t.Context(), e, 90); err != nil {
			t.Fatal(err)
		}
	}
	a.as(t, "invigilator1").post("/api/v1/sittings/"+sitting.ID+"/closing", map[string]bool{"record_absent": true}).ok(t, http.StatusNoContent)
	scheduler := a.as(t, "scheduler")
	scheduler.post("/api/v1/sittings/"+sitting.ID+"/publication", nil).ok(t, http.StatusOK)
	a.sign(t, sitting.ID)
	a.as(t, "officer").post("/api/v1/sittings/"+sitting.ID+"/confirmation", nil).ok(t, http.StatusOK)
	first := scheduler.post("/api/v1/enrolments/"+list[0].ID+"/certificate", nil).ok(t, http.StatusOK).text("number")

	b := a.exits(t, standing.FinishSupervised, first)
	if err := a.leaveBody(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if err := a.certify.IssueSitting(t.Context(), sitting.ID); err != nil { // the job of the confirmation
		t.Errorf("what is held is no failure: %v", err)
	}
	if _, err := a.store.CertificateOf(t.Context(), list[1].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("issued while its body is on the blacklist: %v", err)
	}
	notices := []int{}
	for _, e := range a.enrolled(t, sitting.ID) {
		notices = append(notices, len(e.Notices))
	}
	if !slices.Equal(notices, []int{0, 1}) {
		t.Errorf("told: %v", notices)
	}
	public := a.client(t).get("/api/v1/verify/"+first).ok(t, http.StatusOK)
	if public.text("revoked_at") == "" {
		t.Error(public.body)
	}
	scheduler.get("/api/v1/certificates/"+first+"/document").refused(t, http.StatusUnprocessableEntity, "refused")

	a.clock.set(a.clock.now().Add(time.Hour))
	b.Lifted = a.clock.now()
	if err := a.store.PutBar(t.Context(), &b, audit.Entry{Stream: "bars", At: a.clock.now(), Who: "test", What: "bar:lift"}); err != nil {
		t.Fatal(err)
	}
	if err := a.certify.RestoreBody(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if c, err := a.store.CertificateOf(t.Context(), list[1].ID); err != nil || c.State != "issued" {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := a.store.Certificate(t.Context(), first); err != nil || c.State != "revoked" {
		t.Errorf("%+v, %v", c, err)
	}
}
