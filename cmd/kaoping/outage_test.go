//go:build unix

package main

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kaoping/exam"
)

// TestDatabaseGoneInMidExam takes the database away while candidates write: they
// go on, the page says where their answers are, and everything arrives when the
// database is back. How long it is away is as long as the steps below take; it
// could be any time, because the page's queue has no time limit: a save that
// fails is tried again every few seconds for as long as the page is open, and
// one that was closed sends what it kept when it is opened again.
func TestDatabaseGoneInMidExam(t *testing.T) {
	t.Parallel()
	s := ownServers(t)
	c := s.config()
	if err := seed(c); err != nil {
		t.Fatal(err)
	}
	a := openAppWith(t, c, testNow)
	sitting, enrolments := a.runningSitting(t, 3)
	o := newOutage(t, a, sitting, enrolments)
	o.answers = true
	o.ride(func() { s.control("stop", "mongo") }, func() { s.control("start", "mongo") })
}

// TestServerKilledInMidExam kills the server itself, on the embedded engines,
// and starts it again.
func TestServerKilledInMidExam(t *testing.T) {
	t.Parallel()
	data, binary := t.TempDir(), program(t)
	h, err := seedHall(t.Context(), testConfig(data), 3, quiet())
	if err != nil {
		t.Fatal(err)
	}
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	var server *child
	start := func() {
		t.Helper()
		if server, err = startChild(context.Background(), binary, config{Data: data, Listen: address}); err != nil {
			t.Fatal(err)
		}
	}
	start()
	t.Cleanup(func() { server.kill() })
	a := openApp(t, data, time.Now()) // to look into the store beside the server
	a.url = "http://" + address
	enrolments, err := a.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: h.sitting.ID})
	if err != nil {
		t.Fatal(err)
	}
	newOutage(t, a, h.sitting, enrolments).ride(func() { server.kill() }, start)
}

// outage is three candidates in the middle of an examination: one who writes
// on, one who reloads the page and one who hands in.
type outage struct {
	*testing.T
	app                      *testApp
	answers                  bool // the server does, though not the database
	writes, reloads, handsIn *seat
}

func newOutage(t *testing.T, a *testApp, sitting exam.Sitting, enrolments []exam.Enrolment) *outage {
	t.Helper()
	paper, err := a.store.Paper(t.Context(), sitting.Paper)
	if err != nil {
		t.Fatal(err)
	}
	chrome := startChrome(t)
	o := &outage{T: t, app: a}
	for i, into := range []**seat{&o.writes, &o.reloads, &o.handsIn} {
		c := a.seat(chrome, paper, enrolments[i])
		c.server = a.url // without a cable, which would hide that nobody answers
		room, err := sitting.Room(enrolments[i].Room)
		if err != nil {
			t.Fatal(err)
		}
		c.enter(room.Code)
		c.sees("#stage .stem")
		*into = c
	}
	return o
}

// ride has the candidates write before, during and after the time between gone
// and back.
func (o *outage) ride(gone, back func()) {
	seats := []*seat{o.writes, o.reloads, o.handsIn}
	before := map[*seat]map[string]exam.Answer{}
	for _, c := range seats {
		c.answerOn(1, 5)
		before[c] = c.stored()
	}
	gone()
	for _, c := range seats {
		c.answerOn(2, 6, 13)
	}
	o.writes.turnTo(len(o.writes.paper.Questions)) // to be filled in
	o.writes.answer(byKeyboard, true)
	o.writes.turnTo(6) // the second thought counts
	o.writes.answer(byMouse, false)
	o.writes.flag()
	for _, c := range seats {
		c.savedState("offline")
		c.sees("#saved", "答案尚未上传，已存本机")
	}
	o.picture(o.writes, "outage-answering")
	if o.answers {
		o.reloads.reload()
		o.reloads.sees("#fault[data-code=unavailable]")
		o.reloads.sees("main", "本页会自动重试", "已作答的内容不会丢失")
		o.picture(o.reloads, "outage-reload")
	}
	o.handsIn.click("#hand-in", "#confirm-hand-in")
	o.handsIn.sees("#hand-in-page .progress", "答案尚未全部上传")
	o.picture(o.handsIn, "outage-hand-in")
	o.writes.turnTo(7)
	o.writes.answer(byMouse, true)
	o.writes.savedState("offline")

	back()
	o.writes.stored()
	o.writes.sees("#saved", "已保存到服务器")
	if !o.answers {
		o.reloads.reload() // a browser's own page for a server that is not there stays
	}
	o.reloads.shows()
	o.reloads.stored()
	o.handsIn.sees("#ended[data-by=candidate]")
	o.handsIn.holds()
	for _, c := range seats {
		o.inOrder(c, before[c])
	}
	o.writes.answerOn(8, 14)
	o.writes.stored()
}

// inOrder checks that what was saved before was not touched again, and that
// what came later has the next numbers, each of them used.
func (o *outage) inOrder(c *seat, before map[string]exam.Answer) {
	o.Helper()
	lease, err := o.app.store.Lease(o.Context(), c.enrolment.ID)
	if err != nil {
		o.Fatal(err)
	}
	first := int64(0)
	for _, answer := range before {
		first = max(first, answer.Seq)
	}
	used := map[int64]bool{}
	for id, answer := range c.inStore() {
		earlier, was := before[id]
		if was && !reflect.DeepEqual(earlier, answer) || !was && (answer.Seq <= first || answer.Seq > lease.Seq) || answer.Late {
			o.Errorf("%s: %s is %+v, was %+v before; saves %d to %d came after it", c.who, id, answer, earlier, first+1, lease.Seq)
		}
		used[answer.Seq] = true
	}
	if !used[lease.Seq] {
		o.Errorf("%s: no answer is of the last save %d", c.who, lease.Seq)
	}
}

// picture keeps what a page shows where KAOPING_TEST_SCREENSHOTS names a folder.
func (o *outage) picture(c *seat, name string) {
	o.Helper()
	dir := os.Getenv(screenshotsVar)
	if dir == "" {
		return
	}
	c.within("picture", func(ctx context.Context) error {
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			return err
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	})
}
