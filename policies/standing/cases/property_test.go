package cases

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// TestNoSequenceLeavesTheStateMachines plays random steps of random people, with
// crashes and days that pass, and looks after each one: every state is one that
// the catalogue names, what two people decided holds and nothing else does, and
// a barred party never passes the gate.
func TestNoSequenceLeavesTheStateMachines(t *testing.T) {
	people := []access.Actor{officer, officer2, reviewer, reviewer2, inspector, neighbour, scheduler, rival}
	rapid.Check(t, func(r *rapid.T) {
		st, ctx := begin(r), context.Background()
		pick := func() (id string, actor access.Actor) {
			ids := slices.Sorted(maps.Keys(st.w.cases))
			if len(ids) == 0 {
				return "none", officer
			}
			return rapid.SampledFrom(ids).Draw(r, "case"), rapid.SampledFrom(people).Draw(r, "actor")
		}
		measure := func() []Measure {
			m := Measure{
				Kind: rapid.SampledFrom(effects).Draw(r, "measure").kind, By: st.w.now.AddDate(0, 0, rapid.IntRange(-1, 20).Draw(r, "by")),
				Part: Theory, Running: standing.VoidRunning, Revoke: []string{"S1"},
			}
			if rapid.Bool().Draw(r, "term") {
				m.Until = st.w.now.AddDate(0, 0, 30)
			}
			return []Measure{m}
		}
		steps := map[string]func(){
			"report": func() {
				in := rapid.SampledFrom([]Report{{Body: "b1"}, {Body: "b2"}, {Enrolment: "e1"}, {Region: lushan, IDNumber: "good", Name: "吴示例"}, {Region: lushan, Platform: "示例平台"}, {Region: lushan}}).Draw(r, "about")
				in.Title, in.Text = "x", "x"
				_, _ = st.Report(ctx, inspector, in)
			},
			"identify":  func() { id, a := pick(); _, _ = st.Identify(ctx, a, id, aboutBody) },
			"evidence":  func() { id, a := pick(); _, _ = st.AddEvidence(ctx, a, id, "x", nil) },
			"establish": func() { id, a := pick(); _, _ = st.Establish(ctx, a, id) },
			"dismiss":   func() { id, a := pick(); _, _ = st.Dismiss(ctx, a, id, "x") },
			"notify": func() {
				id, a := pick()
				_, _ = st.Notify(ctx, a, id, Announcement{"x", []MeasureKind{measure()[0].Kind}})
			},
			"state":  func() { id, a := pick(); _, _ = st.State(ctx, a, id, "x", false) },
			"summon": func() { id, a := pick(); _, _ = st.Summon(ctx, a, id, st.w.now.Add(time.Hour), "x") },
			"hear":   func() { id, a := pick(); _, _ = st.Hear(ctx, a, id, "x") },
			"propose": func() {
				id, a := pick()
				in := Proposal{Facts: "x", Notice: "x", Lift: rapid.Bool().Draw(r, "lift"), Public: rapid.Bool().Draw(r, "public")}
				if st.w.cases[id].Kind == Violation {
					in.Measures = measure()
				}
				_, _ = st.Propose(ctx, a, id, in)
			},
			"return":         func() { id, a := pick(); _, _ = st.Return(ctx, a, id, "x") },
			"approve":        func() { id, a := pick(); _, _ = st.Approve(ctx, a, id) },
			"lodge":          func() { id, a := pick(); _, _ = st.Lodge(ctx, a, id, "x") },
			"propose ruling": func() { id, a := pick(); _, _ = st.ProposeRuling(ctx, a, id, rapid.Bool().Draw(r, "uphold"), "x") },
			"return ruling":  func() { id, a := pick(); _, _ = st.ReturnRuling(ctx, a, id, "x") },
			"approve ruling": func() { id, a := pick(); _, _ = st.ApproveRuling(ctx, a, id) },
			"repair":         func() { id, a := pick(); _, _ = st.Repair(ctx, a, id, "x") },
			"rectified":      func() { id, a := pick(); _, _ = st.AcceptRectification(ctx, a, id, "x") },
			// A case that is walked on by the right people, so that decisions happen.
			"walk on": func() {
				id, _ := pick()
				switch c := st.w.cases[id]; {
				case c.State.Ended():
				case c.State == Reported:
					_, _ = st.AddEvidence(ctx, officer, id, "x", nil)
					_, _ = st.Establish(ctx, officer, id)
				case c.State == Evidenced && c.Kind == Violation:
					_, _ = st.Notify(ctx, officer, id, Announcement{"x", []MeasureKind{rapid.SampledFrom(st.ladder(c, st.w.now)).Draw(r, "announce").Kind}})
				case c.State == Notified:
					_, _ = st.State(ctx, officer, id, "x", false)
					_, _ = st.Hear(ctx, officer, id, "x")
				case c.Decision == nil:
					in := Proposal{Facts: "x", Notice: "x", Lift: true}
					if c.Kind == Violation {
						in.Measures = []Measure{{Kind: rapid.SampledFrom(c.Intended).Draw(r, "decide"), By: st.w.now.AddDate(0, 0, 9), Part: Practical, Running: standing.FinishSupervised}}
					}
					_, _ = st.Propose(ctx, officer, id, in)
				case c.Waits == ForReviewer && c.State != Appealed:
					_, _ = st.Approve(ctx, reviewer, id)
				case c.State == Decided:
					_, _ = st.Lodge(ctx, officer, id, "x")
				case c.State == Appealed && c.Waits == ForOfficer:
					_, _ = st.ProposeRuling(ctx, officer2, id, rapid.Bool().Draw(r, "uphold"), "x")
				case c.State == Appealed:
					_, _ = st.ApproveRuling(ctx, reviewer2, id)
				}
			},
			"days": func() { st.days(rapid.IntRange(1, 40).Draw(r, "days")) },
			"jobs": func() { st.w.fail = nil; st.run() },
			"crash": func() {
				left := rapid.IntRange(1, 4).Draw(r, "writes")
				st.w.fail = func(what string) error {
					if left--; left < 0 {
						return fault.New(fault.Unavailable, what, "the database is away")
					}
					return nil
				}
			},
			"": func() { st.check(r) },
		}
		actions := map[string]func(*rapid.T){}
		for name, do := range steps {
			actions[name] = func(*rapid.T) { do() }
		}
		r.Repeat(actions)
	})
}

// check looks at everything that is stored.
func (st *story) check(r *rapid.T) {
	ctx := context.Background()
	for id, b := range st.w.bodies {
		if !slices.Contains(standing.States, b.State) {
			r.Fatalf("body %s is %q", id, b.State)
		}
		if b.State == standing.Rectifying && b.RectifyBy.IsZero() {
			r.Fatalf("body %s rectifies without a day", id)
		}
	}
	for id, c := range st.w.cases {
		if !slices.Contains(States, c.State) || c.Rank == "" || c.State.Ended() != (c.Waits == ForNobody) || c.State.Ended() && c.Closed.IsZero() {
			r.Fatalf("case %s: %+v", id, c)
		}
		d := c.Decision
		if d == nil || d.At.IsZero() {
			if slices.Contains([]State{Decided, Appealed, Final, Upheld}, c.State) {
				r.Fatalf("case %s is %s and nothing is decided", id, c.State)
			}
			continue
		}
		signed := []string{d.ProposedBy, d.ApprovedBy}
		if d.ProposedBy == d.ApprovedBy || d.ApprovedBy == c.Reporter || d.Book == "" {
			r.Fatalf("case %s is signed by %v", id, signed)
		}
		if c.Appeal != nil && c.Appeal.Ruling != nil && !c.Appeal.Ruling.At.IsZero() {
			a := c.Appeal.Ruling
			if a.ProposedBy == a.ApprovedBy || slices.Contains(signed, a.ProposedBy) || slices.Contains(signed, a.ApprovedBy) {
				r.Fatalf("the appeal of %s is signed by %s and %s, the decision by %v", id, a.ProposedBy, a.ApprovedBy, signed)
			}
		}
		st.decisionHolds(r, c)
	}
	for _, b := range st.w.bars {
		c, ok := st.w.cases[b.Case]
		if !ok || c.Decision == nil || c.Decision.ApprovedAt.IsZero() {
			r.Fatalf("a bar that nobody decided: %+v", b)
		}
		if b.Public && b.Party.Kind == standing.OfPerson {
			r.Fatalf("a person on the public list: %+v", b)
		}
		if !b.Lifted.IsZero() && b.LiftBy == "" {
			r.Fatalf("a bar lifted by nobody: %+v", b)
		}
		for _, act := range standing.Acts {
			if err := st.gate.Clear(ctx, act, b.Party); b.Holds(act, st.w.now) && !fault.Is(err, fault.Refused) {
				r.Fatalf("%s passes the gate to %s: %v", b.Party, act, err)
			}
		}
	}
}

// decisionHolds checks that from its instant on a decision's bars stand, until
// an appeal or a repair lifts them or their term is over.
func (st *story) decisionHolds(r *rapid.T, c Case) {
	for i, id := range c.Decision.Bars {
		if id == "" {
			continue
		}
		b, ok := st.w.bars[id]
		if !ok || b.From.After(c.Decision.At) {
			r.Fatalf("case %s is %s without its bar", c.ID, c.State)
		}
		undone := c.State == Upheld || c.Deciding()
		for _, other := range st.w.cases {
			undone = undone || other.Target == c.ID && other.Decision != nil && other.Decision.Lift && !other.Decision.ApprovedAt.IsZero()
		}
		if !b.Lifted.IsZero() && !undone || b.Lifted.IsZero() && c.State == Upheld {
			r.Fatalf("case %s is %s, its bar: %+v", c.ID, c.State, b)
		}
		if c.Decision.Measures[i].Kind.Exits() && b.Lifted.IsZero() && st.w.bodies[c.Party.Key].State != standing.Exited {
			r.Fatalf("body %s is %s under %+v", c.Party.Key, st.w.bodies[c.Party.Key].State, b)
		}
	}
}
