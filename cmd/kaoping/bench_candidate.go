package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"kaoping/bank"
	"kaoping/exam"
)

// candidate drives the exam room as a browser does, by its API alone. What a
// candidate answers with a save follows from its number, so that what must be
// stored can be told afterwards from two numbers.
type candidate struct {
	line
	hallTicket
	number int // varies what candidates answer
	paper  []bank.Question

	attempt, lease string
	sent           int64 // number of the last save that went out
	acked          int64 // number of the last save that was confirmed
	body           []byte
}

func (h hall) candidates(address string) []*candidate {
	list := make([]*candidate, len(h.tickets))
	for i, t := range h.tickets {
		list[i] = &candidate{line: line{address: address}, hallTicket: t, number: i, paper: h.paper}
	}
	return list
}

// refusal is an answer that is not what a candidate hoped for.
type refusal struct {
	what   string
	answer []byte
}

func (r *refusal) Error() string { return r.what + ": " + string(r.answer) }

// ask is call with any status but 2xx as a *refusal.
func (c *candidate) ask(method, path string, body []byte) ([]byte, error) {
	status, answer, err := c.call(method, path, body)
	if err == nil && status/100 != 2 {
		err = &refusal{fmt.Sprintf("%s %s: %d", method, path, status), answer}
	}
	return answer, err
}

// enter goes in by the exam room's door.
func (c *candidate) enter() error {
	body, err := json.Marshal(map[string]string{"ticket": c.ticket, "last_six": c.lastSix, "code": c.code})
	if err != nil {
		return err
	}
	_, err = c.ask(http.MethodPost, "/api/v1/room/login", body)
	return err
}

// start begins the attempt or goes on with it, and returns the answer as it came.
func (c *candidate) start() ([]byte, error) {
	return c.ask(http.MethodPost, "/api/v1/attempts", []byte("{}"))
}

// opened is what a start says, as far as a driver needs it.
type opened struct {
	Lease   string                 `json:"lease"`
	Attempt string                 `json:"attempt"`
	Seq     int64                  `json:"seq"`
	Answers map[string]exam.Answer `json:"answers"` // without Seq; the names differ in case alone
}

// take keeps the lease that a start gave.
func (c *candidate) take(answer []byte) error {
	var o opened
	if err := json.Unmarshal(answer, &o); err != nil {
		return err
	}
	c.attempt, c.lease, c.sent, c.acked = o.Attempt, o.Lease, o.Seq, o.Seq
	return nil
}

// change is what a save changes: candidates go through the paper from a place
// of their own, and look again at every third question.
func (c *candidate) change(seq int64) exam.Change {
	at := c.number*7 + int(seq)
	if seq%3 == 0 {
		at--
	}
	q := c.paper[at%len(c.paper)]
	change := exam.Change{Question: q.ID, Flagged: seq%9 == 0}
	switch q.Type {
	case bank.TrueFalse:
		change.Choice = []int{int(seq % 2)}
	case bank.Single:
		change.Choice = []int{int(seq % int64(len(q.Options)))}
	case bank.Multiple:
		first := int(seq % int64(len(q.Options)-1))
		change.Choice = []int{first, first + 1}
	case bank.FillIn:
		for blank := range q.Blanks() {
			change.Text = append(change.Text, fmt.Sprintf("第 %d 次作答，第 %d 空", seq, blank+1))
		}
	}
	return change
}

// save sends the next save. One that was not confirmed goes out again the same.
func (c *candidate) save() error {
	seq := c.acked + 1
	c.sent = seq
	path := "/api/v1/attempts/" + c.attempt + "/answers"
	answer, err := c.ask(http.MethodPut, path, c.payload(seq))
	if err != nil {
		return err
	}
	var receipt struct {
		Seq int64 `json:"seq"`
	}
	if err := json.Unmarshal(answer, &receipt); err != nil || receipt.Seq != seq {
		return &refusal{fmt.Sprintf("save %d was confirmed with", seq), answer}
	}
	c.acked = seq
	return nil
}

// payload is the body of a save, put together by hand for the sake of the driver's share of the processor.
func (c *candidate) payload(seq int64) []byte {
	change := c.change(seq)
	b := append(c.body[:0], `{"lease":"`...)
	b = append(b, c.lease...)
	b = append(b, `","seq":`...)
	b = strconv.AppendInt(b, seq, 10)
	b = append(b, `,"changes":[{"question":"`...)
	b = append(b, change.Question...)
	b = append(b, `","choice":[`...)
	for i, choice := range change.Choice {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(choice), 10)
	}
	b = append(b, `],"text":[`...)
	for i, text := range change.Text {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, text...)
		b = append(b, '"')
	}
	b = append(b, `],"flagged":`...)
	b = strconv.AppendBool(b, change.Flagged)
	c.body = append(b, `,"age_ms":350}]}`...)
	return c.body
}

// handIn ends the attempt.
func (c *candidate) handIn() error {
	_, err := c.ask(http.MethodPost, "/api/v1/attempts/"+c.attempt+"/submission", []byte(`{"lease":"`+c.lease+`"}`))
	return err
}

// confirmed is the number of the last confirmed save of each question.
func (c *candidate) confirmed() map[string]int64 {
	last := map[string]int64{}
	for seq := int64(1); seq <= c.acked; seq++ {
		last[c.change(seq).Question] = seq
	}
	return last
}

// lost counts the confirmed answers that are not among the stored ones: absent,
// older than confirmed, or not what was sent with that number.
func (c *candidate) lost(stored map[string]exam.Answer) int {
	lost := 0
	for question, seq := range c.confirmed() {
		answer := stored[question]
		if answer.Seq < seq || !c.wrote(question, answer) {
			lost++
		}
	}
	return lost
}

// wrote reports whether the candidate sent this answer.
func (c *candidate) wrote(question string, answer exam.Answer) bool {
	if answer.Seq < 1 || answer.Seq > c.sent {
		return false
	}
	sent := c.change(answer.Seq)
	return sent.Question == question && sent.Flagged == answer.Flagged &&
		slices.Equal(sent.Choice, answer.Choice) && slices.Equal(sent.Text, answer.Text)
}
