package standing

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// office is a Store in memory; its writes can be made to fail.
type office struct {
	Store
	bodies       map[string]Body
	applications map[string]Application
	bars         []Bar
	next         int
	broken       error // what PutBody answers
	jobs         []outbox.Job
}

func (o *office) Body(_ context.Context, id string) (Body, error) {
	b, ok := o.bodies[id]
	if !ok {
		return b, fault.New(fault.NotFound, "office", "there is no such body")
	}
	return b, nil
}

func (o *office) Bodies(context.Context) (list []Body, err error) {
	for _, b := range o.bodies {
		list = append(list, b)
	}
	return list, nil
}

func (o *office) PutBody(_ context.Context, b *Body, _ audit.Entry, _ ...outbox.Job) error {
	if o.broken != nil {
		return o.broken
	}
	if o.bodies[b.ID].Version != b.Version {
		return fault.New(fault.Conflict, "office", "this exists already")
	}
	b.Version++
	o.bodies[b.ID] = *b
	return nil
}

func (o *office) Application(_ context.Context, id string) (Application, error) {
	return o.applications[id], nil
}

func (o *office) Applications(_ context.Context, q ApplicationQuery) (list []Application, err error) {
	for _, a := range o.applications {
		if a.Body == q.Body && slices.Contains(q.States, a.State) {
			list = append(list, a)
		}
	}
	return list, nil
}

func (o *office) PutApplication(_ context.Context, a *Application, _ audit.Entry, jobs ...outbox.Job) error {
	a.Version++
	o.applications[a.ID] = *a
	o.jobs = append(o.jobs, jobs...)
	return nil
}

func (o *office) Bars(_ context.Context, q BarQuery) ([]Bar, error) {
	return slices.DeleteFunc(slices.Clone(o.bars), func(b Bar) bool { return !slices.Contains(q.Parties, b.Party) }), nil
}

func (o *office) Next(context.Context, string) (int, error) { o.next++; return o.next, nil }

const county = "410423"

var (
	officer   = access.Actor{ID: "officer", Name: "经办示例", Grants: []access.Grant{{Role: access.Standing, Region: county}}}
	reviewer  = access.Actor{ID: "reviewer", Name: "复核示例", Grants: []access.Grant{{Role: access.Reviewer, Region: county}}}
	both      = access.Actor{ID: "officer", Name: "经办示例", Grants: []access.Grant{{Role: access.Standing, Region: county}, {Role: access.Reviewer, Region: county}}}
	elsewhere = access.Actor{ID: "elsewhere", Name: "外县示例", Grants: []access.Grant{{Role: access.Standing, Region: "410421"}, {Role: access.Reviewer, Region: "410421"}}}
)

func newOffice(t *testing.T) (*Service, *office, *time.Time) {
	t.Helper()
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	now := day("2026-11-21 10:00:00")
	policy, err := access.Open(book.Lineage, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	o := &office{bodies: map[string]Body{}, applications: map[string]Application{}}
	return &Service{Store: o, Policy: policy, Book: book, Now: func() time.Time { return now }}, o, &now
}

func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

// granted files a body through officer and reviewer.
func granted(t *testing.T, s *Service, a Application) Body {
	t.Helper()
	a, err := s.Apply(t.Context(), officer, a)
	if err == nil {
		_, err = s.Examine(t.Context(), officer, a.ID, Examined, "")
	}
	if err == nil {
		a, err = s.Review(t.Context(), reviewer, a.ID, Granted, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Store.Body(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestABodyIsFiledByTwoPeople(t *testing.T) {
	s, o, _ := newOffice(t)
	ctx := t.Context()
	_, err := s.Apply(ctx, elsewhere, Application{Kind: ToFile, Proposal: filed()})
	wantCode(t, "an application at another county's counter", err, fault.Forbidden)
	incomplete := filed()
	incomplete.Sites = nil
	_, err = s.Apply(ctx, officer, Application{Kind: ToFile, Proposal: incomplete})
	wantCode(t, "without a site", err, fault.Invalid)

	a, err := s.Apply(ctx, officer, Application{Kind: ToFile, Proposal: filed()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Review(ctx, reviewer, a.ID, Granted, "")
	wantCode(t, "a review before the officer's opinion", err, fault.Refused)
	_, err = s.Examine(ctx, reviewer, a.ID, Examined, "")
	wantCode(t, "the reviewer as officer", err, fault.Forbidden)
	_, err = s.Examine(ctx, officer, a.ID, SentBack, " ")
	wantCode(t, "sent back without a reason", err, fault.Invalid)
	drawnAway := filed()
	drawnAway.Region = "410421"
	_, err = s.Mend(ctx, elsewhere, a.ID, drawnAway, nil)
	wantCode(t, "mended into another county", err, fault.Forbidden)
	for _, to := range []ApplicationState{SentBack, Submitted} {
		if to == SentBack {
			_, err = s.Examine(ctx, officer, a.ID, to, "缺场地证明")
		} else {
			_, err = s.Mend(ctx, officer, a.ID, filed(), nil)
		}
		if err != nil || o.applications[a.ID].State != to {
			t.Fatalf("%s: %v", to, err)
		}
	}
	if _, err = s.Examine(ctx, officer, a.ID, Examined, ""); err != nil {
		t.Fatal(err)
	}
	_, err = s.Review(ctx, elsewhere, a.ID, Granted, "")
	wantCode(t, "another county's reviewer", err, fault.Forbidden)
	_, err = s.Review(ctx, both, a.ID, Granted, "")
	wantCode(t, "the officer with a reviewer's role", err, fault.Refused)
	if _, err = s.Review(ctx, reviewer, a.ID, Granted, ""); err != nil {
		t.Fatal(err)
	}
	b := o.bodies[a.ID]
	if b.State != Listed || b.Number != "S4104230001" || b.Code != "0001" || !b.ValidUntil.Equal(day("2029-11-20 00:00:00")) {
		t.Errorf("%+v", b)
	}
	if err := s.CarryOut(ctx, a.ID); err != nil || o.bodies[a.ID].Version != 1 || o.next != 1 {
		t.Errorf("carried out twice: %v, version %d, %d numbers", err, o.bodies[a.ID].Version, o.next)
	}
	_, err = s.Mend(ctx, officer, a.ID, filed(), nil)
	wantCode(t, "mended after the decision", err, fault.Refused)
}

func TestAGrantedFilingIsCarriedOutLaterWhenTheStoreFails(t *testing.T) {
	s, o, _ := newOffice(t)
	a, err := s.Apply(t.Context(), officer, Application{Kind: ToFile, Proposal: filed()})
	if err == nil {
		_, err = s.Examine(t.Context(), officer, a.ID, Examined, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	o.broken = errors.New("away")
	if _, err = s.Review(t.Context(), reviewer, a.ID, Granted, ""); err == nil || len(o.jobs) != 1 || o.jobs[0].Kind != FilingJob {
		t.Fatalf("%v, jobs %v", err, o.jobs)
	}
	o.broken = nil
	if err := s.CarryOut(t.Context(), o.jobs[0].Key); err != nil || o.bodies[a.ID].State != Listed {
		t.Errorf("%v: %+v", err, o.bodies[a.ID])
	}
}

func TestChangeAndRenewalKeepWhatSupervisionDecided(t *testing.T) {
	s, o, now := newOffice(t)
	ctx := t.Context()
	b := granted(t, s, Application{Kind: ToFile, Proposal: filed()})
	own := access.Actor{ID: "scheduler", Grants: []access.Grant{{Role: access.Scheduler, Body: b.ID}}}
	admin := access.Actor{ID: "admin", Grants: []access.Grant{{Role: access.Administrator, Region: b.Region}}}
	b.Staff = []Staff{{ID: "1", Name: "陈示例", IDHash: "hash"}}
	if err := o.PutBody(ctx, &b, audit.Entry{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Tie(ctx, admin, b.ID, b.Staff[0].ID, "account"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "a tie by the body itself", s.Tie(ctx, own, b.ID, b.Staff[0].ID, ""), fault.Forbidden)
	b = o.bodies[b.ID]
	proposal := b
	proposal.Staff = slices.Clone(b.Staff)
	proposal.Staff[0].ID, proposal.Staff[0].Account = "", "another" // typed anew
	proposal.Name, proposal.Kind, proposal.ValidUntil = "更名后示范学校", Employer, b.ValidUntil.AddDate(50, 0, 0)
	_, err := s.Apply(ctx, officer, Application{Kind: ToChange, Body: b.ID, Proposal: proposal})
	wantCode(t, "a change by the bureau", err, fault.Forbidden)
	change, err := s.Apply(ctx, own, Application{Kind: ToChange, Body: b.ID, Proposal: proposal})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Apply(ctx, own, Application{Kind: ToRenew, Body: b.ID})
	wantCode(t, "a second application at the same time", err, fault.Conflict)
	b.State, b.RectifyBy = Rectifying, day("2026-12-31 00:00:00") // meanwhile
	if err := o.PutBody(ctx, &b, audit.Entry{}); err != nil {
		t.Fatal(err)
	}
	if _, err = s.Examine(ctx, officer, change.ID, Examined, ""); err == nil {
		_, err = s.Review(ctx, reviewer, change.ID, Granted, "")
	}
	got := o.bodies[b.ID]
	if err != nil || got.Name != proposal.Name || got.Kind != School || got.State != Rectifying || got.RectifyBy.IsZero() || !got.ValidUntil.Equal(b.ValidUntil) || got.Number != b.Number {
		t.Errorf("%v: %+v", err, got)
	}

	if p := got.Staff[0]; p.ID != b.Staff[0].ID || p.Account != "account" {
		t.Errorf("a change cuts the tie to the account: %+v", p)
	}

	*now = day("2029-11-20 23:59:59")
	if err := s.Sweep(ctx); err != nil || o.bodies[b.ID].State != Rectifying {
		t.Errorf("on its last day: %v, %s", err, o.bodies[b.ID].State)
	}
	*now = day("2029-11-21 00:00:00")
	if err := s.Sweep(ctx); err != nil || o.bodies[b.ID].State != Expired {
		t.Errorf("after its last day: %v, %s", err, o.bodies[b.ID].State)
	}
	wantCode(t, "an expired filing", o.bodies[b.ID].MayEvaluate("6-31-01-03", rulebook.JuniorWorker, rulebook.SkillLevel, b.Sites[0].ID, *now), fault.Refused)
	renewal, err := s.Apply(ctx, own, Application{Kind: ToRenew, Body: b.ID})
	if err == nil {
		_, err = s.Examine(ctx, officer, renewal.ID, Examined, "")
	}
	if err == nil {
		_, err = s.Review(ctx, reviewer, renewal.ID, Granted, "")
	}
	if got := o.bodies[b.ID]; err != nil || got.State != Rectifying || !got.ValidFrom.Equal(b.ValidFrom) || !got.ValidUntil.Equal(day("2032-11-20 00:00:00")) {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestABarredPersonKeepsABodyFromBeingFiled(t *testing.T) {
	s, o, now := newOffice(t)
	o.bars = []Bar{{Party: PersonParty("hash"), Kind: Blacklisted, Name: "示例", From: *now, Rule: fault.Rule{ID: "R33"}}}
	proposal := filed()
	proposal.Staff = []Staff{{Name: "同名示例", IDHash: "another hash"}}
	if _, err := s.Apply(t.Context(), officer, Application{Kind: ToFile, Proposal: proposal}); err != nil {
		t.Errorf("somebody of the same name: %v", err)
	}
	proposal.Staff[0].IDHash = "hash"
	_, err := s.Apply(t.Context(), officer, Application{Kind: ToFile, Proposal: proposal})
	wantCode(t, "a person on the blacklist", err, fault.Refused)
}
