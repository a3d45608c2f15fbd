package storetest

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/internal/store/transfer"
)

// Mover is an engine whose records can be moved.
type Mover interface {
	Store
	transfer.Records
}

// Moves checks that an engine gives its records away exactly and takes others
// in exactly. open returns a fresh, empty one for each call.
func Moves(t *testing.T, open func(t *testing.T) Mover) {
	from, into := open(t), open(t)
	furnish(t, from)
	must(t, from.Settle(t.Context()))
	all := exported(t, from)

	t.Run("the form is no engine's own", func(t *testing.T) { neutralForm(t, all) })
	t.Run("keys are in order, and reading goes on after any of them", func(t *testing.T) { exportGoesOn(t, from, all) })
	t.Run("what is imported is the same", func(t *testing.T) {
		for range 2 { // again it changes nothing
			imported(t, into, all)
		}
		if got := exported(t, into); !reflect.DeepEqual(got, all) {
			t.Errorf("records after the move:\n%+v\nwant\n%+v", got, all)
		}
	})
	t.Run("what is imported works", func(t *testing.T) { movedWorks(t, into) })
	t.Run("another record under a key is refused", func(t *testing.T) { otherRefused(t, open(t), all) })
	t.Run("a state is another one after any change", func(t *testing.T) { stateChanges(t, open(t)) })
	t.Run("the mark of an import", func(t *testing.T) { marks(t, open(t)) })
}

// furnish stores one of everything, some of it changed, dropped, saved, claimed.
func furnish(t *testing.T, s Store) {
	t.Helper()
	ctx := t.Context()
	v, e, c, b, ban := sitting(1), enrolment(1), certificate(1), body(1), bar(1)
	person, plan, sheet := account(1), blueprint(1), paper(1)
	must(t, s.PutSitting(ctx, &v, entry("sitting/"+v.ID, "", "sitting:draft"),
		outbox.Job{ID: "job:1", Kind: "issue", Key: v.ID, Due: at}, outbox.Job{ID: "job:2", Kind: "issue", Key: v.ID, Due: at.Add(time.Hour)}, outbox.Job{ID: "job:3", Kind: "issue", Key: v.ID, Due: at.Add(-time.Hour)}))
	v.Title = "改名 <&>\u2028"
	must(t, s.PutSitting(ctx, &v, entry("sitting/"+v.ID, "", "sitting:notify")))
	must(t, s.PutEnrolment(ctx, &e, entry("sitting/"+v.ID, "", "enrol")))
	gone := enrolment(2)
	must(t, s.PutEnrolment(ctx, &gone, entry("sitting/"+v.ID, "", "enrol")))
	must(t, s.DropEnrolment(ctx, gone, entry("sitting/"+v.ID, "", "drop")))
	must(t, s.PutCertificate(ctx, &c, entry("certificate/"+c.Number, "", "certificate:issue")))
	must(t, s.PutBody(ctx, &b, entry("body/"+b.ID, "", "body:file")))
	must(t, s.PutBar(ctx, &ban, entry("body/"+b.ID, "", "bar:impose")))
	must(t, s.PutAccount(ctx, &person, entry("accounts", "", "account:create")))
	must(t, s.PutBlueprint(ctx, &plan, entry("body/"+b.ID, "", "blueprint:save")))
	must(t, s.AddPaper(ctx, &sheet, entry("body/"+b.ID, "", "paper:create")))
	must(t, s.AddItems(ctx, []bank.Item{item(1), item(2), item(3)}, entry("body/"+b.ID, "", "item:import")))
	a := begin(t, s, 1)
	begin(t, s, 2)
	for seq := int64(1); seq <= 2; seq++ {
		must(t, second(s.SaveAnswers(ctx, save(a, seq, map[string]int{"q001": int(seq), "q002": 3}))))
	}
	for range 3 {
		must(t, second(s.Next(ctx, "certificates")))
	}
	must(t, s.BuryJob(ctx, claimOne(t, s, at.Add(-time.Minute)), outbox.Failure{At: at, Text: "it failed"}))
	must(t, second(s.ClaimJobs(ctx, at, at.Add(time.Minute), 1)))
}

// exported is every record by kind.
func exported(t *testing.T, s Mover) map[transfer.Kind][]transfer.Record {
	t.Helper()
	all := map[transfer.Kind][]transfer.Record{}
	for _, kind := range s.Kinds() {
		for r, err := range s.Export(t.Context(), kind, "") {
			must(t, err)
			all[kind] = append(all[kind], r)
		}
	}
	return all
}

func imported(t *testing.T, s Mover, all map[transfer.Kind][]transfer.Record) {
	t.Helper()
	for kind, list := range all {
		must(t, s.Import(t.Context(), kind, list))
	}
}

// neutralForm has what an engine could keep in its own way.
func neutralForm(t *testing.T, all map[transfer.Kind][]transfer.Record) {
	a := attempt(1)
	answer := func(question, text string, seq int64) transfer.Answer {
		return transfer.Answer{Question: question, Answer: text, Seq: seq, Saved: at.Add(time.Duration(seq) * time.Second).UnixNano()}
	}
	want := transfer.Attempt{
		Lease: a.Lease, Open: true, Deadline: a.Deadline.UnixNano(), Due: a.Deadline.UnixNano(),
		Seq: 2, Digest: save(a, 2, map[string]int{"q001": 2, "q002": 3}).Digest, Saved: at.Add(2 * time.Second).UnixNano(),
		Answers: []transfer.Answer{answer("q001", `{"Choice":[2],"Text":null}`, 2), answer("q002", `{"Choice":[3],"Text":null}`, 2)},
	}
	if got := all[transfer.Attempts]; len(got) != 2 || !reflect.DeepEqual(*got[0].Attempt, want) {
		t.Errorf("attempts: %+v, want first %+v", got, want)
	}
	jobs := []transfer.Record{
		{Key: "job:1", Job: &transfer.Job{Kind: "issue", Key: id(1), Due: at.Add(time.Minute).UnixNano(), Tries: 1, Fence: 1}},
		{Key: "job:2", Job: &transfer.Job{Kind: "issue", Key: id(1), Due: at.Add(time.Hour).UnixNano()}},
		{Key: "job:3", Job: &transfer.Job{Kind: "issue", Key: id(1), Tries: 1, Fence: 1, Failed: at.UnixNano(), Failure: "it failed", Dead: true}},
	}
	if got := all[transfer.Jobs]; !reflect.DeepEqual(got, jobs) {
		t.Errorf("jobs: %+v, want %+v", got, jobs)
	}
	if got, want := all[transfer.Counters], []transfer.Record{{Key: "certificates", Count: 3}}; !reflect.DeepEqual(got, want) {
		t.Errorf("counters: %+v, want %+v", got, want)
	}
	if first := all[transfer.Audit][0].Key; first != transfer.EntryKey("accounts", 1) {
		t.Errorf("the first entry is %s", first)
	}
	if n := len(all["sittings"]); n != 1 || all["sittings"][0].Version != 2 {
		t.Errorf("sittings: %+v", all["sittings"])
	}
}

func exportGoesOn(t *testing.T, s Mover, all map[transfer.Kind][]transfer.Record) {
	for kind, list := range all {
		if !slices.IsSortedFunc(list, func(a, b transfer.Record) int { return map[bool]int{true: -1, false: 1}[a.Key < b.Key] }) {
			t.Errorf("%s are not in the order of their keys", kind)
		}
		for i, r := range list {
			n := 0
			for next, err := range s.Export(t.Context(), kind, r.Key) {
				must(t, err)
				if !next.Equal(list[i+1]) {
					t.Errorf("%s: after %s comes %s", kind, r.Key, next.Key)
				}
				n++
				break
			}
			if n == 0 && i+1 < len(list) {
				t.Errorf("%s: nothing comes after %s", kind, r.Key)
			}
		}
	}
}

// movedWorks goes on with an installation where it was left.
func movedWorks(t *testing.T, s Mover) {
	ctx := t.Context()
	checkAudit(t, s, map[string]int{"sitting/" + id(1): 2})
	v, err := s.Sitting(ctx, id(1))
	must(t, err)
	must(t, s.PutSitting(ctx, &v, entry("sitting/"+v.ID, "", "sitting:accept")))
	checkAudit(t, s, map[string]int{"sitting/" + id(1): 3})

	e, twice := enrolment(1), enrolment(3)
	if got, err := s.EnrolmentByTicket(ctx, e.Ticket); err != nil || got.ID != e.ID {
		t.Errorf("the enrolment of a ticket: %+v, %v", got, err)
	}
	twice.Ticket = e.Ticket
	wantCode(t, "a ticket that is taken", s.PutEnrolment(ctx, &twice, entry("stream", "", "enrol")), fault.Conflict)
	if list, err := s.Items(ctx, bank.ItemQuery{Owner: "body-1", Text: "题"}); err != nil || len(list) != 3 {
		t.Errorf("items: %d, %v, want 3", len(list), err)
	}
	if n, err := s.Next(ctx, "certificates"); err != nil || n != 4 {
		t.Errorf("the counter goes on with %d, %v, want 4", n, err)
	}

	a := attempt(1)
	_, err = s.SaveAnswers(ctx, save(a, 2, map[string]int{"q001": 9}))
	wantCode(t, "a number that is taken", err, fault.Superseded)
	must(t, second(s.SaveAnswers(ctx, save(a, 3, map[string]int{"q003": 1}))))
	if got, err := s.Answers(ctx, a.ID); err != nil || len(got) != 3 || got["q001"].Choice[0] != 2 {
		t.Errorf("answers: %+v, %v", got, err)
	}
	if due, err := s.DueAttempts(ctx, a.Deadline, 9); err != nil || len(due) != 2 {
		t.Errorf("due attempts: %d, %v, want 2", len(due), err)
	}
	list, err := s.Attempts(ctx, "sitting-1")
	same(t, "attempts", list, err, func(a exam.Attempt) string { return a.ID }, id(1), id(2))
	if jobs, err := s.ClaimJobs(ctx, at.Add(time.Minute), at.Add(time.Hour), 9); err != nil || len(jobs) != 1 || jobs[0].Fence != 2 {
		t.Errorf("jobs: %+v, %v, want the one whose claim ran out", jobs, err)
	}
}

func otherRefused(t *testing.T, s Mover, all map[transfer.Kind][]transfer.Record) {
	imported(t, s, all)
	for kind, list := range all {
		other := list[0]
		switch {
		case other.Doc != "":
			other.Doc += " "
		case other.Job != nil:
			job := *other.Job
			job.Tries += 5
			other.Job = &job
		default:
			other.Count++
		}
		wantCode(t, "another one of "+string(kind), s.Import(t.Context(), kind, []transfer.Record{other}), fault.Conflict)
	}
	wantCode(t, "a second login", s.Import(t.Context(), "accounts", []transfer.Record{{Key: "another", Version: 1, Doc: all["accounts"][0].Doc}}), fault.Conflict)
	if got := exported(t, s); !reflect.DeepEqual(got, all) {
		t.Errorf("refused imports changed something: %+v", got)
	}
}

func stateChanges(t *testing.T, s Mover) {
	ctx := t.Context()
	seen := map[string]string{}
	note := func(what string) {
		t.Helper()
		for range 2 {
			state, err := s.State(ctx)
			must(t, err)
			if before, known := seen[state]; known && before != what {
				t.Errorf("the state after %s is that after %s", what, before)
			}
			seen[state] = what
		}
	}
	note("nothing")
	furnish(t, s)
	must(t, s.Settle(ctx))
	note("one of everything")
	e, err := s.Enrolment(ctx, id(1))
	must(t, err)
	must(t, s.PutEnrolment(ctx, &e, entry("stream", "", "change")))
	note("a change")
	must(t, second(s.SaveAnswers(ctx, save(attempt(1), 3, map[string]int{"q001": 1}))))
	note("a save")
	must(t, second(s.Next(ctx, "other")))
	note("a number")
	must(t, second(s.ClaimJobs(ctx, at.Add(time.Hour), at.Add(2*time.Hour), 9)))
	note("a claim")
	must(t, s.AddItems(ctx, []bank.Item{item(9)}, entry("stream", "", "item:import")))
	must(t, s.Settle(ctx))
	note("an import of items")
}

func marks(t *testing.T, s Mover) {
	ctx := t.Context()
	expect := func(want transfer.Mark) {
		t.Helper()
		if got, err := s.Mark(ctx); err != nil || got != want {
			t.Errorf("mark: %+v, %v, want %+v", got, err, want)
		}
	}
	expect(transfer.Mark{})
	must(t, s.SetMark(ctx, transfer.Mark{Archive: "a"}))
	wantCode(t, "a second import", s.SetMark(ctx, transfer.Mark{Archive: "b"}), fault.Conflict)
	expect(transfer.Mark{Archive: "a"})
	must(t, s.SetMark(ctx, transfer.Mark{Archive: "a", Done: 7}))
	expect(transfer.Mark{Archive: "a", Done: 7})
	must(t, s.DropMark(ctx))
	must(t, s.DropMark(ctx))
	expect(transfer.Mark{})
	must(t, s.SetMark(ctx, transfer.Mark{Archive: "c"}))
	must(t, s.DropMark(ctx))
}
