package main

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// namedStates are the states of a sitting in the rule catalogue.
var namedStates = []exam.State{"drafted", "notified", "accepted", "returned", "staffed", "sealed", "unsealed", "running", "closed", "marked",
	"publicised", "confirmed", "reported", "archived", "cancelled", "voided"}

// TestNoSequenceOfStepsPassesABar has people do whatever they may in any order,
// while the body comes on the blacklist and off it again.
func TestNoSequenceOfStepsPassesABar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		a := assemble(t, testConfig(copied(t)), testNow)
		defer a.engines.Close()
		w := &walk{testApp: a, T: t, r: r}
		running, _ := a.runningSitting(t, 2) // so that walks come far
		published, list := a.runningSitting(t, 2)
		w.ids = []string{running.ID, published.ID}
		for _, e := range list {
			if err := errors.Join(a.sit(t.Context(), e, 95, a.clock.now().Add(time.Minute)), a.scorePractical(t.Context(), e, 90)); err != nil {
				r.Fatal(err)
			}
		}
		if err := a.exam.Close(t.Context(), a.people["invigilator1"], published.ID, true); err != nil {
			r.Fatal(err)
		}
		steps := map[string]func(*rapid.T){"": w.check}
		for _, s := range []struct {
			name  string
			gated bool
			do    func() error
		}{
			{"draft", true, w.draft}, {"notify", true, w.on(exam.Drafted, w.notify)}, {"accept", true, w.on(exam.Notified, w.accept)},
			{"return", false, w.on(exam.Notified, w.giveBack)}, {"enrol", true, w.enrol}, {"staff", true, w.on(exam.Accepted, w.staff)},
			{"open", true, w.on(exam.Staffed, w.open)}, {"enter", true, w.enter}, {"start", true, w.begin}, {"hand in", false, w.handIn},
			{"score", true, w.score}, {"publish", false, w.on(exam.Marked, w.publish)}, {"confirm", true, w.on(exam.Publicised, w.confirm)},
			{"issue", true, w.issue}, {"wait", false, w.wait}, {"blacklist", false, w.blacklist}, {"lift", false, w.lift}, {"leave", false, w.leave},
		} {
			steps[s.name] = func(r *rapid.T) {
				w.r = r
				err := s.do()
				if w.bar != nil && s.gated && err == nil && w.acted {
					r.Fatalf("%s went well for a body on the blacklist", s.name)
				}
				if fault.Is(err, fault.Internal) {
					r.Fatalf("%s: %v", s.name, err)
				}
			}
		}
		r.Repeat(steps)
	})
}

// walk is one sequence of steps.
type walk struct {
	*testApp
	*testing.T
	r     *rapid.T
	ids   []string // of the sittings
	bar   *standing.Bar
	bars  int
	acted bool // the step found something to do
}

// pick is a sitting in a state, "" for none.
func (w *walk) pick(state exam.State) string {
	var fit []string
	for _, id := range w.ids {
		if s, err := w.store.Sitting(w.Context(), id); err == nil && (state == "" || s.State == state) {
			fit = append(fit, id)
		}
	}
	if w.acted = len(fit) > 0; !w.acted {
		return ""
	}
	return rapid.SampledFrom(fit).Draw(w.r, "sitting")
}

func (w *walk) on(state exam.State, do func(id string) error) func() error {
	return func() error {
		if id := w.pick(state); id != "" {
			return do(id)
		}
		return nil
	}
}

// candidate is one of the candidates of a sitting.
func (w *walk) one(state exam.State) (e exam.Enrolment, ok bool) {
	id := w.pick(state)
	if id == "" {
		return e, false
	}
	list, err := w.store.Enrolments(w.Context(), exam.EnrolmentQuery{Sitting: id})
	if w.acted = err == nil && len(list) > 0; !w.acted {
		return e, false
	}
	return rapid.SampledFrom(list).Draw(w.r, "candidate"), true
}

func (w *walk) draft() error {
	w.acted = true
	days := rapid.IntRange(3, 6).Draw(w.r, "days")
	s, err := w.exam.Draft(w.Context(), w.people["scheduler"], exam.Draft{
		Body: w.body.ID, Site: w.body.Sites[0].ID, Trade: demoTrade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: w.clock.now().AddDate(0, 0, days),
	})
	if err == nil {
		w.ids = append(w.ids, s.ID)
		w.r.Log(s.ID)
		if _, err := w.exam.Enrol(w.Context(), w.people["scheduler"], s.ID, w.candidates(2)); err != nil {
			w.r.Fatal(err)
		}
	}
	return err
}

func (w *walk) notify(id string) error {
	_, err := w.exam.Notify(w.Context(), w.people["scheduler"], id)
	return err
}

func (w *walk) accept(id string) error {
	_, err := w.exam.Accept(w.Context(), w.people["officer"], id)
	return err
}

func (w *walk) giveBack(id string) error {
	_, err := w.exam.Return(w.Context(), w.people["officer"], id, "补正")
	return err
}

func (w *walk) enrol() error {
	id := w.pick("")
	if id == "" {
		return nil
	}
	report, err := w.exam.Enrol(w.Context(), w.people["scheduler"], id, w.candidates(1))
	w.acted = report.Added > 0
	return err
}

func (w *walk) staff(id string) error {
	_, err := w.exam.Staff(w.Context(), w.people["scheduler"], id, exam.Staffing{
		Paper: w.paper.ID, Tasks: demoTasks, Invigilators: map[string][]string{"第一考场": {w.people["invigilator1"].ID, w.people["invigilator2"].ID}},
		Examiners: []string{w.people["examiner1"].ID, w.people["examiner2"].ID, w.people["examiner3"].ID},
	})
	return err
}

func (w *walk) open(id string) error {
	if s, err := w.store.Sitting(w.Context(), id); err == nil && s.StartsAt.After(w.clock.now()) {
		w.clock.set(s.StartsAt)
	}
	_, err := w.exam.OpenRoom(w.Context(), w.people["invigilator1"], id, "第一考场")
	return err
}

func (w *walk) enter() error {
	e, ok := w.one(exam.Running)
	if !ok {
		return nil
	}
	id, err := w.exam.IDNumber(e)
	if err != nil {
		return err
	}
	s, err := w.store.Sitting(w.Context(), e.Sitting)
	if err != nil {
		return err
	}
	w.acted = !s.Supervised // the decision lets it finish
	_, err = w.exam.Enter(w.Context(), e.Ticket, id.LastSix(), s.Rooms[0].Code)
	return err
}

func (w *walk) session(e exam.Enrolment) access.Session {
	return access.Session{ID: audit.Digest([]byte(e.ID)), Enrolment: e.ID}
}

func (w *walk) begin() error {
	e, ok := w.one(exam.Running)
	if !ok {
		return nil
	}
	s, err := w.store.Sitting(w.Context(), e.Sitting)
	if err != nil {
		return err
	}
	_, err = w.store.Attempt(w.Context(), e.ID)
	w.acted = fault.Is(err, fault.NotFound) && !s.Supervised // who has begun goes on
	_, err = w.exam.Start(w.Context(), access.Actor{ID: e.ID, Enrolment: e.ID}, w.session(e))
	return err
}

func (w *walk) handIn() error {
	e, ok := w.one(exam.Running)
	if !ok {
		return nil
	}
	attempt, err := w.store.Attempt(w.Context(), e.ID)
	if err != nil || attempt.State != exam.Open {
		return nil
	}
	_, err = w.exam.Submit(w.Context(), e.ID, attempt.Lease)
	return err
}

func (w *walk) score() error {
	e, ok := w.one(rapid.SampledFrom([]exam.State{exam.Running, exam.Closed, exam.Marked}).Draw(w.r, "state"))
	if !ok {
		return nil
	}
	s, err := w.store.Sitting(w.Context(), e.Sitting)
	if err != nil {
		return err
	}
	w.acted = !s.Supervised
	sheet := exam.ScoreSheet{}
	for _, task := range demoTasks {
		sheet.Items = append(sheet.Items, task.Points*bank.Points(9)/10)
	}
	login := rapid.SampledFrom([]string{"examiner1", "examiner2", "examiner3"}).Draw(w.r, "examiner")
	_, err = w.exam.RecordPractical(w.Context(), w.people[login], e.ID, sheet)
	return err
}

func (w *walk) publish(id string) error {
	_, err := w.exam.Publish(w.Context(), w.people["scheduler"], id)
	return err
}

func (w *walk) confirm(id string) error {
	_, err := w.exam.Confirm(w.Context(), w.people["officer"], id)
	return err
}

func (w *walk) issue() error {
	e, ok := w.one(exam.Confirmed)
	if !ok {
		return nil
	}
	c, err := w.store.CertificateOf(w.Context(), e.ID)
	w.acted = fault.Is(err, fault.NotFound) || c.State == "numbered"
	_, err = w.certify.Issue(w.Context(), w.people["scheduler"], e.ID)
	return err
}

// wait lets time pass, with what kaoping does by itself.
func (w *walk) wait() error {
	w.acted = false
	w.clock.set(w.clock.now().Add(time.Duration(rapid.IntRange(1, 180).Draw(w.r, "minutes")) * time.Minute))
	return w.exam.Sweep(w.Context())
}

func (w *walk) blacklist() error {
	if w.acted = false; w.bar != nil {
		return nil
	}
	w.bars++
	w.bar = &standing.Bar{
		ID: "bar-" + string(rune('a'+w.bars)), Party: standing.BodyParty(w.body.ID), Kind: standing.Blacklisted, Name: w.body.Name, Region: demoCounty, From: w.clock.now(),
		Rule: fault.Rule{ID: "R33"}, Running: rapid.SampledFrom([]standing.RunningChoice{standing.FinishSupervised, standing.VoidRunning}).Draw(w.r, "running"),
	}
	return w.store.PutBar(w.Context(), w.bar, audit.Entry{Stream: "bars", At: w.clock.now(), Who: "test", What: "bar:impose"})
}

func (w *walk) lift() error {
	if w.acted = false; w.bar == nil {
		return nil
	}
	w.bar.Lifted = w.clock.now()
	err := w.store.PutBar(w.Context(), w.bar, audit.Entry{Stream: "bars", At: w.clock.now(), Who: "test", What: "bar:lift"})
	if err == nil {
		w.bar = nil
	}
	return err
}

func (w *walk) leave() error {
	if w.acted = false; w.bar == nil {
		return nil
	}
	return w.leaveBody(w.Context(), w.bar.ID)
}

// check holds after every step.
func (w *walk) check(r *rapid.T) {
	for _, id := range w.ids {
		s, err := w.store.Sitting(w.Context(), id)
		if err != nil || !slices.Contains(namedStates, s.State) {
			r.Fatalf("a sitting is %q: %v", s.State, err)
		}
		if s.Supervised && s.Exit == "" {
			r.Fatalf("a sitting is supervised without a decision: %+v", s)
		}
	}
}
