//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"kaoping/bank"
	"kaoping/exam"
)

// examinee is a candidate on a bad line: saves arrive twice, late and in
// another order, at either instance. It keeps every save it ever sent.
type examinee struct {
	*balanced
	hallTicket
	number int
	paper  []bank.Question

	attempt, lease string
	saves          []sentSave // saves[i] has the sequence number i+1
}

// sentSave is a save as it was sent, and whether an instance has confirmed it.
type sentSave struct {
	changes []exam.Change
	acked   bool
}

// enter comes in by the exam room's door and begins.
func (c *examinee) enter() error {
	if _, err := c.must("POST", "/api/v1/room/login", map[string]string{"ticket": c.ticket, "last_six": c.lastSix, "code": c.code}); err != nil {
		return err
	}
	o, err := c.open()
	c.attempt, c.lease = o.Attempt, o.Lease
	return err
}

func (c *examinee) open() (o opened, err error) {
	r, err := c.must("POST", "/api/v1/attempts", struct{}{})
	if err == nil {
		err = json.Unmarshal([]byte(r.body), &o)
	}
	return o, err
}

// actUntil writes until it is over.
func (c *examinee) actUntil(over *atomic.Bool) error {
	for !over.Load() {
		if err := c.act(); err != nil {
			return err
		}
		time.Sleep(time.Duration(10+c.random.IntN(140)) * time.Millisecond)
	}
	return nil
}

// act does what a candidate may do while writing.
func (c *examinee) act() error {
	switch n := c.random.IntN(20); {
	case n == 0:
		return c.reload()
	case n == 1:
		return c.repeatAnOld()
	case n < 6:
		return c.saveTwice()
	case n < 10:
		return c.saveOutOfOrder()
	default:
		return c.save(c.write())
	}
}

// write adds an answer to what the candidate has written and returns its number.
func (c *examinee) write() (seq int) {
	q := c.paper[c.random.IntN(len(c.paper))]
	change := exam.Change{Question: q.ID, Answer: reply(q, c.random.IntN(2) == 0), Flagged: c.random.IntN(5) == 0}
	if q.Type == bank.FillIn && c.random.IntN(2) == 0 {
		change.Text[0] = fmt.Sprintf("第 %d 次作答", len(c.saves)+1)
	}
	c.saves = append(c.saves, sentSave{changes: []exam.Change{change}})
	return len(c.saves)
}

// finish answers the whole paper in one save, as a page does that was offline.
func (c *examinee) finish(right bool) error {
	var all []exam.Change
	for _, q := range c.paper {
		all = append(all, exam.Change{Question: q.ID, Answer: reply(q, right)})
	}
	c.saves = append(c.saves, sentSave{changes: all})
	return c.save(len(c.saves))
}

func (c *examinee) payload(seq int) map[string]any {
	changes := make([]map[string]any, 0, 1)
	for _, x := range c.saves[seq-1].changes {
		changes = append(changes, map[string]any{"question": x.Question, "choice": slices.Concat([]int{}, x.Choice), "text": slices.Concat([]string{}, x.Text), "flagged": x.Flagged, "age_ms": 350})
	}
	return map[string]any{"lease": c.lease, "seq": seq, "changes": changes}
}

func (c *examinee) answersPath() string { return "/api/v1/attempts/" + c.attempt + "/answers" }

// save sends the newest save, which must be confirmed.
func (c *examinee) save(seq int) error {
	r, _, err := c.ask("PUT", c.answersPath(), c.payload(seq))
	if err != nil {
		return err
	}
	return c.confirm(seq, r)
}

func (c *examinee) confirm(seq int, r apiReply) error {
	if got, _ := r.json["seq"].(float64); r.status != 200 || int(got) != seq {
		return unexpected("save", fmt.Sprint(seq), r)
	}
	c.saves[seq-1].acked = true
	return nil
}

// saveTwice sends the newest save from two connections at once: both are confirmed.
func (c *examinee) saveTwice() error {
	seq := c.write()
	answers, _, err := c.twice("PUT", c.answersPath(), c.payload(seq))
	if err != nil {
		return err
	}
	return errors.Join(c.confirm(seq, answers[0]), c.confirm(seq, answers[1]))
}

// saveOutOfOrder has two saves race each other. The newer one is confirmed; the
// older one is, or gives way to the newer.
func (c *examinee) saveOutOfOrder() error {
	older, newer := c.write(), c.write()
	twin, payload := c.another(), c.payload(older)
	var late apiReply
	var failed error
	done := make(chan struct{})
	pause := time.Duration(c.random.IntN(10)) * time.Millisecond
	go func() {
		defer close(done)
		time.Sleep(pause)
		late, _, failed = twin.ask("PUT", c.answersPath(), payload)
	}()
	err := c.save(newer)
	<-done
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	if gaveWay(late) {
		return nil
	}
	return c.confirm(older, late)
}

// gaveWay reports that a save was refused because a newer one is stored.
func gaveWay(r apiReply) bool {
	return r.status == 409 && r.text("code") == "superseded" && r.text("reason") == exam.ReasonSequence
}

// repeatAnOld sends a save of long ago again: it gives way to what came since.
func (c *examinee) repeatAnOld() error {
	if len(c.saves) < 2 {
		return nil
	}
	old := 1 + c.random.IntN(len(c.saves)-1)
	r, _, err := c.ask("PUT", c.answersPath(), c.payload(old))
	if err == nil && !gaveWay(r) {
		err = unexpected("repeating save", fmt.Sprint(old), r)
	}
	return err
}

// reload opens the page again: lease, sequence and all answers are there.
func (c *examinee) reload() error {
	o, err := c.open()
	if err != nil {
		return err
	}
	if o.Lease != c.lease || o.Seq != int64(len(c.saves)) {
		return fmt.Errorf("reloaded with lease %s and sequence %d, had %s and %d", o.Lease, o.Seq, c.lease, len(c.saves))
	}
	return c.compare(o.Answers, false)
}

// compare looks for every confirmed answer among the stored ones, and for
// answers that were never given.
func (c *examinee) compare(stored map[string]exam.Answer, numbered bool) error {
	var wrong []error
	last := map[string]int{} // the newest confirmed save of each question
	for i, save := range c.saves {
		for _, change := range save.changes {
			if save.acked {
				last[change.Question] = i + 1
			}
		}
	}
	for question, seq := range last {
		if _, there := stored[question]; !there {
			wrong = append(wrong, fmt.Errorf("%s is lost, save %d was confirmed", question, seq))
		}
	}
	for question, answer := range stored {
		least, most := max(last[question], 1), len(c.saves)
		if numbered {
			if answer.Seq < int64(least) || answer.Seq > int64(most) {
				wrong = append(wrong, fmt.Errorf("%s is of save %d, of %d to %d", question, answer.Seq, least, most))
				continue
			}
			least, most = int(answer.Seq), int(answer.Seq)
		}
		if !slices.ContainsFunc(c.saves[least-1:most], func(s sentSave) bool { return s.wrote(question, answer) }) {
			wrong = append(wrong, fmt.Errorf("%s was not answered with %+v since save %d", question, answer, least))
		}
	}
	return errors.Join(wrong...)
}

func (s sentSave) wrote(question string, answer exam.Answer) bool {
	return slices.ContainsFunc(s.changes, func(x exam.Change) bool {
		return x.Question == question && x.Flagged == answer.Flagged && slices.Equal(x.Choice, answer.Choice) && slices.Equal(x.Text, answer.Text)
	})
}

// handIn hands in twice, which is the same as once.
func (c *examinee) handIn() error {
	answers, _, err := c.twice("POST", "/api/v1/attempts/"+c.attempt+"/submission", map[string]string{"lease": c.lease})
	for _, r := range answers {
		if err == nil && (r.status != 200 || r.text("state") != "submitted") {
			err = unexpected("hand in", c.ticket, r)
		}
	}
	return err
}
