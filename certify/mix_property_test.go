package certify

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// TestTheCapHoldsWhateverHappens plays random issues, revocations,
// reinstatements, bars, exceptions, ends of processes and turns of the year:
// no issue of a capped certificate passes the cap, nobody overtakes, and in the
// end the counts are those of the certificates.
func TestTheCapHoldsWhateverHappens(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		s := w.service(t)
		lastPlace := 0
		w.seen = func(m Mix, e audit.Entry) {
			n := m.Ratio()
			capped := strings.Contains(e.Note, "track=special_skill") || strings.Contains(e.Note, "track=completion")
			if capped && (e.What == "mix:count" || e.What == "mix:release") && n.Capped*10 > n.All {
				r.Fatalf("%s passes the cap: %+v", e.Note, n)
			}
			if capped && e.What == "mix:count" && m.Queue() > 0 {
				r.Fatalf("%s overtakes %d who wait", e.Note, m.Queue())
			}
			if e.What == "mix:release" || e.What == "mix:pass" {
				if m.Head != lastPlace+1 {
					r.Fatalf("place %d is released after %d", m.Head, lastPlace)
				}
				lastPlace = m.Head
			}
			for _, c := range m.Cells {
				if c.N < 0 || c.Skilled < 0 || c.High < 0 {
					r.Fatalf("less than nothing: %+v", c)
				}
			}
		}
		var people []string
		endsAt := func() {
			w.crash, w.after = rapid.IntRange(0, 12).Draw(r, "crash"), rapid.Bool().Draw(r, "after")
		}
		steps := rapid.IntRange(10, 80).Draw(r, "steps")
		for range steps {
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 400).Draw(r, "minutes")) * time.Minute)
			endsAt()
			var err error
			switch what := rapid.IntRange(0, 11).Draw(r, "what"); {
			case what <= 4 || len(people) == 0:
				id := fmt.Sprintf("e%03d", len(people))
				track := rapid.SampledFrom([]rulebook.Track{rulebook.SkillLevel, rulebook.SkillLevel, rulebook.SkillLevel, rulebook.SkillLevel, rulebook.SpecialSkill, rulebook.Completion, rulebook.SpecialWork}).Draw(r, "track")
				e := w.enrol(id, rapid.SampledFrom([]string{"410423", "410411"}).Draw(r, "region"), track)
				e.IDHash = fmt.Sprintf("p%d", rapid.IntRange(0, 9).Draw(r, "person"))
				w.enrolments[id] = e
				people = append(people, id)
				_, err = w.issue(t, s, id)
			case what <= 6:
				id := rapid.SampledFrom(people).Draw(r, "again")
				_, err = w.issue(t, s, id)
			case what == 7:
				id := rapid.SampledFrom(people).Draw(r, "void")
				e := w.enrolments[id]
				e.Outcome = exam.Void
				w.enrolments[id] = e
				err = s.RevokeOf(t.Context(), id, "case")
			case what == 8:
				id := rapid.SampledFrom(people).Draw(r, "undo")
				e := w.enrolments[id]
				e.Outcome = exam.Passed
				w.enrolments[id] = e
				if err = s.ReinstateOf(t.Context(), id, "case"); fault.Is(err, fault.Unavailable) {
					err = nil
				}
			case what == 9:
				body := rapid.SampledFrom([]string{"body-410423", "body-410411"}).Draw(r, "body")
				w.barred[body] = !w.barred[body]
			case what == 10:
				id := rapid.SampledFrom(people).Draw(r, "except")
				if q, found := w.WaitingOf(t.Context(), id); found == nil && q.State == InQueue {
					q.State, q.Until, q.Exception = Excepted, w.now, Exception{Reason: "r", AskedBy: "a", ApprovedBy: "b"}
					w.crash = 0
					if err = w.PutWaiting(t.Context(), &q, audit.Entry{}); err == nil {
						endsAt()
						err = s.IssueExcepted(t.Context(), id)
					}
				}
			case what == 11:
				w.now = w.now.AddDate(0, rapid.IntRange(0, 6).Draw(r, "months"), 0)
			}
			if err != nil && !errors.Is(err, errCrash) && !fault.Is(err, fault.Refused) && !fault.Is(err, fault.Unavailable) {
				r.Fatalf("%v", err)
			}
			if w.crash == 0 || errors.Is(err, errCrash) {
				s = w.service(t) // another process goes on
			}
			w.crash = 0
			if rapid.IntRange(0, 2).Draw(r, "jobs") == 0 {
				endsAt()
				w.work(t, s)
				w.crash = 0
				s = w.service(t)
			}
		}
		w.barred = map[string]bool{}
		for _, id := range people { // the jobs of the sittings come back until all are done
			if _, err := w.issue(t, s, id); err != nil && !fault.Is(err, fault.Refused) {
				r.Fatal(err)
			}
			if w.enrolments[id].Outcome == exam.Void {
				if err := s.RevokeOf(t.Context(), id, "case"); err != nil {
					r.Fatal(err)
				}
			}
		}
		w.settle(t, s)
		for _, id := range people {
			c, err := w.CertificateOf(t.Context(), id)
			q, waits := w.WaitingOf(t.Context(), id)
			switch {
			case w.enrolments[id].Outcome == exam.Void:
				if err == nil && !(c.State == Revoked && c.Counted.Returned) {
					r.Fatalf("%s is void and has %+v", id, c)
				}
			case err == nil && (c.State == Numbered || c.State == Revoked && c.RevokedBy == "case"):
			case waits == nil && q.State == InQueue:
			default:
				r.Fatalf("%s was lost: %+v %v, %+v %v", id, c, err, q, waits)
			}
		}
	})
}
