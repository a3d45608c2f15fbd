package central

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

func asFault(err error, into **fault.Error) bool { return errors.As(err, into) }

func TestNoStoredByteShowsContent(t *testing.T) {
	o := newOffice(t)
	o.unsealed()
	for id, raw := range o.docs {
		if strings.Contains(string(raw), secret) {
			t.Errorf("%s is readable: %s", id, raw)
		}
	}
	entries, _ := json.Marshal([]any{o.entries, o.jobs})
	if strings.Contains(string(entries), secret) || strings.Contains(o.logs.String(), secret) {
		t.Error("an entry, a job or a log shows content")
	}
}

func TestAFormThatIsNotRightIsRefusedWithItsRows(t *testing.T) {
	o := newOffice(t)
	id := o.must(o.Create(t.Context(), setter, draft())).ID
	for what, spoil := range map[string]func(*FormInput){
		"no questions":          func(in *FormInput) { in.Items = nil },
		"a question is unsound": func(in *FormInput) { in.Items[1].Key = []int{7} },
		"ninety points":         func(in *FormInput) { in.Items = in.Items[:5] },
		"a type without points": func(in *FormInput) { delete(in.Each, bank.Single) },
		"no tasks":              func(in *FormInput) { in.Tasks = nil },
		"tasks of ninety":       func(in *FormInput) { in.Tasks[0].Points = 90_00 },
		"an unread row":         func(in *FormInput) { in.Unread = []fault.Issue{{Row: 3, Text: fault.Textf("x")}} },
	} {
		in := content("A")
		spoil(&in)
		_, err := o.PutForm(t.Context(), setter, id, FormA, in)
		var f *fault.Error
		if !fault.Is(err, fault.Invalid) || !errors.As(err, &f) || len(f.Issues) == 0 {
			t.Errorf("%s: %v", what, err)
		} else if strings.Contains(f.Error(), secret) {
			t.Errorf("%s: the refusal shows content: %v", what, f)
		}
	}
	_, err := o.PutForm(t.Context(), setter, id, "C", content("C"))
	refusedBy(t, "a form C", err, fault.Invalid, "")
	_, err = o.Submit(t.Context(), setter, id)
	refusedBy(t, "without its forms", err, fault.Refused, "")
}

// TestWhoMayOpenAPaperAndWhen goes through the states: a setter until it is
// handed in, then a reviewer, from the first keeper's hand on nobody.
func TestWhoMayOpenAPaperAndWhen(t *testing.T) {
	o := newOffice(t)
	ctx, id := t.Context(), o.drafted()
	opens := func(what string, want ...string) {
		t.Helper()
		for _, actor := range []access.Actor{setter, reviewer, keeper, officer, countersign, auditor, scheduler, stranger, candidate} {
			c, err := o.Inspect(ctx, actor, id, FormA)
			if (err == nil) != slices.Contains(want, actor.ID) || (err == nil) != (len(c.Questions) == 6) {
				t.Errorf("%s: %s opens it: %v", what, actor.ID, err)
			}
		}
	}
	opens("drafted", "setter")
	o.must(o.Submit(ctx, setter, id))
	opens("submitted", "reviewer")
	o.must(o.Return(ctx, reviewer, id, "第 3 题"))
	opens("returned", "setter")
	o.must(o.Submit(ctx, setter, id))
	_, err := o.Review(ctx, setter, id)
	refusedBy(t, "the setter reviews", err, fault.Refused, "")
	o.must(o.Review(ctx, reviewer, id))
	opens("reviewed")
	o.must(o.Seal(ctx, keeper, id))
	opens("sealing")
	o.must(o.Seal(ctx, second, id))
	opens("sealed")
	p, _ := o.CentralPaper(ctx, id)
	if p.Openings != 3 {
		t.Errorf("%d openings", p.Openings)
	}
}

func TestTwoDifferentKeepersSealAndUnsealInTheWindow(t *testing.T) {
	o := newOffice(t)
	ctx, id := t.Context(), o.drafted()
	o.must(o.Submit(ctx, setter, id))
	_, err := o.Seal(ctx, keeper, id)
	refusedBy(t, "before the review", err, fault.Refused, "")
	o.must(o.Review(ctx, reviewer, id))
	both := who("reviewer", access.Keeper) // has both roles
	_, err = o.Seal(ctx, both, id)
	refusedBy(t, "the reviewer seals", err, fault.Refused, "R20")
	o.must(o.Seal(ctx, keeper, id))
	_, err = o.Seal(ctx, keeper, id)
	refusedBy(t, "the same keeper twice", err, fault.Refused, "R20")
	_, err = o.Seal(ctx, stranger, id)
	refusedBy(t, "a keeper of another city", err, fault.Forbidden, "")
	if p := o.must(o.Seal(ctx, second, id)); p.State != Sealed || len(p.Sealed) != 2 || p.Sealed[0].From != "192.0.2.1" {
		t.Errorf("%+v", p.Sealed)
	}
	for _, c := range []struct {
		at   time.Time
		code fault.Code
	}{
		{start.Add(-30*time.Minute - time.Second), fault.Early}, {start.Add(90 * time.Minute), fault.Late},
	} {
		o.now = c.at
		_, err = o.Unseal(ctx, keeper, id)
		refusedBy(t, c.at.String(), err, c.code, "R20")
	}
	o.now = start.Add(-30 * time.Minute)
	if p := o.must(o.Unseal(ctx, keeper, id)); p.State != Unsealing {
		t.Error(p.State)
	}
	_, err = o.Unseal(ctx, keeper, id)
	refusedBy(t, "one alone", err, fault.Refused, "R20")
	for _, early := range []error{
		second3(o.Open(ctx, id, FormA)), second3(o.RoomKey(ctx, id, FormA)),
	} {
		refusedBy(t, "half unsealed", early, fault.Early, "R20")
	}
	o.must(o.Unseal(ctx, second, id))
	refusedBy(t, "before the hour", second3(o.Open(ctx, id, FormA)), fault.Early, "R20")
	o.now = start.Add(-time.Nanosecond)
	refusedBy(t, "a moment before the hour", second3(o.RoomKey(ctx, id, FormA)), fault.Early, "R20")
	o.now = start
	opened, err := o.Open(ctx, id, FormA)
	if err != nil || opened.Theory.Questions[5].ID != "a006" || opened.Theory.Questions[0].Type != bank.Single || len(opened.Tasks) != 1 {
		t.Errorf("%+v %v", opened, err)
	}
	refusedBy(t, "the other form", second3(o.Open(ctx, id, FormB)), fault.Early, "R20")
}

func second3[T any](_ T, err error) error { return err }

func TestTheRoomsKeyOpensWhatTheRoomsHave(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	refusedBy(t, "before it is sealed", second3(o.RoomCipher(ctx, o.drafted(), FormA)), fault.Early, "")
	id := o.unsealed()
	cipher, err := o.RoomCipher(ctx, id, FormA)
	if err != nil {
		t.Fatal(err)
	}
	o.now = start
	key, err := o.RoomKey(ctx, id, FormA)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := dataKey(key).Open("", cipher)
	var room RoomPaper
	if err != nil || json.Unmarshal(plain, &room) != nil || room.Paper != PaperRef(id, FormA) || len(room.Questions) != 6 || room.Questions[5].Blanks != 1 {
		t.Errorf("%+v %v", room, err)
	}
	for _, hidden := range []string{"key", "accept", "Key", "Accept", "explanation", "任务"} {
		if strings.Contains(strings.ReplaceAll(string(plain), secret+"A", ""), `"`+hidden) || strings.Contains(string(plain), "任务") {
			t.Errorf("the rooms' paper has %s", hidden)
		}
	}
}

func TestARefusedTryIsRecordedOfStaffOnly(t *testing.T) {
	o := newOffice(t)
	ctx, id := t.Context(), o.sealed()
	refusals := func() int { p, _ := o.CentralPaper(ctx, id); return p.Refusals }
	for _, c := range []struct {
		actor access.Actor
		want  int
	}{{keeper, 1}, {officer, 2}, {scheduler, 3}, {stranger, 3}, {candidate, 3}, {access.Actor{}, 3}} {
		if _, err := o.Unseal(ctx, c.actor, id); err == nil {
			t.Errorf("%s unseals days before", c.actor.ID)
		}
		if got := refusals(); got != c.want {
			t.Errorf("after %s: %d refused tries, want %d", c.actor.ID, got, c.want)
		}
	}
	last := o.entries[len(o.entries)-3]
	if last.Who != "keeper" || last.What != "paper:refused" || last.Stream != "paper/"+id || !strings.Contains(last.Note, "code=early") || !strings.Contains(last.Note, "from=192.0.2.1") {
		t.Errorf("%+v", last)
	}
}

func TestAReplacementNeedsTwoPeopleAndItsOwnUnsealing(t *testing.T) {
	o := newOffice(t)
	ctx, id := t.Context(), o.unsealed()
	in := Proposal{Reason: "泄密", Choice: Restart}
	for what, bad := range map[string]Proposal{"no reason": {Choice: Restart}, "no choice": {Reason: "x"}, "a choice of its own": {Reason: "x", Choice: "void"}} {
		refusedBy(t, what, second3(o.Propose(ctx, officer, id, bad)), fault.Invalid, "")
	}
	refusedBy(t, "a reviewer proposes", second3(o.Propose(ctx, countersign, id, in)), fault.Forbidden, "")
	if touched, choices, err := o.Preview(ctx, officer, id); err != nil || touched.Writing != 5 || len(choices) != 2 {
		t.Errorf("%+v %v %v", touched, choices, err)
	}
	refusedBy(t, "nothing proposed", second3(o.Approve(ctx, countersign, id)), fault.Refused, "")
	o.must(o.Propose(ctx, officer, id, in))
	refusedBy(t, "twice", second3(o.Propose(ctx, officer, id, in)), fault.Refused, "")
	o.must(o.Decline(ctx, countersign, id))
	o.must(o.Propose(ctx, officer, id, in))
	same := who("officer", access.Reviewer)
	refusedBy(t, "one person signs both", second3(o.Approve(ctx, same, id)), fault.Refused, "")
	o.now = start.Add(10 * time.Minute)
	p := o.must(o.Approve(ctx, countersign, id))
	if p.State != Sealed || p.Current != FormB || p.Choice != Restart || !p.Replaced() {
		t.Errorf("%+v", p)
	}
	refusedBy(t, "form B is sealed", second3(o.Open(ctx, id, FormB)), fault.Early, "R20")
	o.must(o.Unseal(ctx, keeper, id))
	o.must(o.Unseal(ctx, second, id))
	if opened, err := o.Open(ctx, id, FormB); err != nil || opened.Theory.Questions[0].ID != "b001" {
		t.Errorf("%+v %v", opened, err)
	}
	if _, err := o.Open(ctx, id, FormA); err != nil {
		t.Errorf("form A is still marked: %v", err)
	}
	refusedBy(t, "a third form", second3(o.Propose(ctx, officer, id, in)), fault.Refused, "")
	refusedBy(t, "revoked after its hour", second3(o.Propose(ctx, officer, id, Proposal{Revoke: true, Reason: "x"})), fault.Late, "")
}

func TestKeysAreRotatedAndNothingIsLost(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	ids := []string{o.sealed(), o.sealed(), o.drafted()}
	o.Keys = ring(t, 2, 1)
	if c, err := o.Custody(ctx); err != nil || c != (Custody{Old: 4 + 4 + 2}) {
		t.Errorf("%+v %v", c, err)
	}
	if done, err := o.Rewrap(ctx); err != nil || done != (Rewrapped{Papers: 3, Changed: 3, Keys: 10}) {
		t.Errorf("%+v %v", done, err)
	}
	if done, err := o.Rewrap(ctx); err != nil || done != (Rewrapped{Papers: 3}) {
		t.Errorf("again: %+v %v", done, err)
	}
	o.Keys = ring(t, 2) // the old key is gone
	if c, err := o.Custody(ctx); err != nil || c != (Custody{Present: 10}) {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := o.Inspect(ctx, setter, ids[2], FormB); err != nil {
		t.Error(err)
	}
	o.Keys = ring(t, 3)
	if _, err := o.Inspect(ctx, setter, ids[2], FormB); !fault.Is(err, fault.Internal) {
		t.Errorf("with another key: %v", err)
	}
	o.Keys = nil
	if _, err := o.PutForm(ctx, setter, ids[2], FormA, content("A")); !fault.Is(err, fault.Refused) {
		t.Errorf("without a key: %v", err)
	}
}

func TestPrintingIsCountedAndOnlyAfterUnsealing(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	_, _, err := o.Print(ctx, keeper, o.sealed(), 30)
	refusedBy(t, "sealed", err, fault.Refused, "")
	o.now = start.AddDate(0, 0, -5)
	id := o.unsealed()
	_, _, err = o.Print(ctx, officer, id, 30)
	refusedBy(t, "an officer prints", err, fault.Forbidden, "")
	_, _, err = o.Print(ctx, keeper, id, 0)
	refusedBy(t, "no copies", err, fault.Invalid, "")
	p, opened, err := o.Print(ctx, keeper, id, 30)
	if err != nil || p.Copies != 30 || len(opened.Theory.Questions) != 6 {
		t.Errorf("%d %v", p.Copies, err)
	}
	if last := o.entries[len(o.entries)-1]; last.What != "paper:print" || !strings.Contains(last.Note, "copies=30") {
		t.Errorf("%+v", last)
	}
}
