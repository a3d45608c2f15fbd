package main

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kaoping/bank"
	"kaoping/exam"
)

// seat is a candidate at a computer of the exam room, who remembers what was
// answered.
type seat struct {
	*window
	app       *testApp
	cable     *cable
	paper     bank.Paper
	enrolment exam.Enrolment
	given     map[string]bank.Answer
	flagged   map[string]bool
}

// seat puts a candidate before a computer with a cable of its own.
func (a *testApp) seat(c *chrome, paper bank.Paper, e exam.Enrolment) *seat {
	c.t.Helper()
	cable := a.cable(c.t)
	return &seat{
		window: c.window("candidate "+e.Ticket, cable.url), app: a, cable: cable, paper: paper, enrolment: e,
		given: map[string]bank.Answer{}, flagged: map[string]bool{},
	}
}

// enter goes through the exam room's door.
func (c *seat) enter(code string) {
	c.t.Helper()
	id, err := c.app.exam.IDNumber(c.enrolment)
	if err != nil {
		c.t.Fatal(err)
	}
	c.open("/room")
	c.fill("[name=ticket]", c.enrolment.Ticket, "[name=last_six]", id.LastSix(), "[name=code]", code)
	c.press("#enter")
}

// turnTo shows a question by its number, through the answer sheet.
func (c *seat) turnTo(number int) bank.Question {
	c.t.Helper()
	c.click(fmt.Sprintf(".sheet .cell[data-number='%d']", number))
	return c.question()
}

// question is the one on show.
func (c *seat) question() bank.Question {
	c.t.Helper()
	id := read[string](c.window, `document.querySelector("[data-question]").dataset.question`)
	at := slices.IndexFunc(c.paper.Questions, func(q bank.Question) bool { return q.ID == id })
	if at < 0 {
		c.t.Fatalf("the paper has no question %q", id)
	}
	return c.paper.Questions[at]
}

// How a candidate answers.
const (
	byMouse    = false
	byKeyboard = true
)

// answer gives a right or a wrong answer to the question on show.
func (c *seat) answer(keyboard, right bool) {
	c.t.Helper()
	q := c.question()
	answer := reply(q, right)
	for i, text := range answer.Text {
		if !keyboard {
			c.click(fmt.Sprintf("[data-blank='%d']", i))
		} else if i > 0 {
			c.keys("\r")
		}
		c.keys(text)
	}
	for _, option := range answer.Choice {
		if keyboard {
			at := read[int](c.window, fmt.Sprintf(`[...document.querySelectorAll("#stage .opt")].findIndex(o => o.dataset.index === "%d")`, option))
			c.keys(string(rune('a' + at)))
		} else {
			c.click(fmt.Sprintf("#stage .opt[data-index='%d']", option))
		}
	}
	c.given[q.ID] = answer
}

// flag marks the question on show.
func (c *seat) flag() {
	c.t.Helper()
	c.click("#flag")
	c.flagged[c.question().ID] = true
}

// answerOn answers questions by their numbers, rightly, by mouse and keyboard in turn.
func (c *seat) answerOn(numbers ...int) {
	c.t.Helper()
	for _, number := range numbers {
		c.turnTo(number)
		c.answer(number%2 == 0, true)
	}
}

// savedState waits for what the page says about the answers: saved, saving or offline.
func (c *seat) savedState(state string) {
	c.t.Helper()
	c.sees(fmt.Sprintf("#saved[data-state=%s]", state))
}

// stored waits until the page says that everything is saved, and then compares
// what the server has with what was answered.
func (c *seat) stored() map[string]exam.Answer {
	c.t.Helper()
	c.savedState("saved")
	return c.holds()
}

// holds compares what the server has with what was answered.
func (c *seat) holds() map[string]exam.Answer {
	c.t.Helper()
	answers := c.inStore()
	got, flagged := map[string]bank.Answer{}, map[string]bool{}
	for id, a := range answers {
		if a.Given() {
			got[id] = plain(a.Answer)
		}
		if a.Flagged {
			flagged[id] = true
		}
	}
	want := map[string]bank.Answer{}
	for id, a := range c.given {
		want[id] = plain(a)
	}
	if !reflect.DeepEqual(got, want) {
		c.t.Errorf("the store has %v, answered was %v", got, want)
	}
	if !maps.Equal(flagged, c.flagged) {
		c.t.Errorf("the store has the flags %v, set were %v", flagged, c.flagged)
	}
	return answers
}

// plain has no difference between no list and an empty one.
func plain(a bank.Answer) bank.Answer {
	return bank.Answer{Choice: append([]int{}, a.Choice...), Text: append([]string{}, a.Text...)}
}

func (c *seat) inStore() map[string]exam.Answer {
	c.t.Helper()
	answers, err := c.app.store.Answers(context.Background(), c.enrolment.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	return answers
}

// shows compares the answer sheet, and each answered question, with what was answered.
func (c *seat) shows() {
	c.t.Helper()
	c.sees("#stage .stem")
	counts := read[[]int](c.window, `[".cell.a", ".cell.f"].map(s => document.querySelectorAll(".sheet .grid " + s).length)`)
	if !slices.Equal(counts, []int{len(c.given), len(c.flagged)}) {
		c.t.Errorf("the sheet shows %d answered and %d flagged, they are %d and %d", counts[0], counts[1], len(c.given), len(c.flagged))
	}
	answered := read[[]string](c.window, `[...document.querySelectorAll(".sheet .grid .cell.a")].map(c => c.dataset.number)`)
	for _, number := range answered {
		c.click(".sheet .cell[data-number='" + number + "']")
		q := c.question()
		var got bank.Answer
		got.Choice = read[[]int](c.window, `[...document.querySelectorAll("#stage .opt.on")].map(o => Number(o.dataset.index)).sort((a, b) => a - b)`)
		got.Text = read[[]string](c.window, `[...document.querySelectorAll("#stage input")].map(i => i.value)`)
		if want := plain(c.given[q.ID]); !reflect.DeepEqual(plain(got), want) {
			c.t.Errorf("question %s shows %v, answered was %v", number, got, want)
		}
	}
}

// handIn hands in after checking that the page names the unanswered questions.
func (c *seat) handIn(unanswered ...string) {
	c.t.Helper()
	c.click("#hand-in")
	c.sees("#hand-in-page", fmt.Sprint(len(unanswered)))
	if got := strings.Fields(c.sees("#unanswered .grid")); !slices.Equal(got, unanswered) {
		c.t.Errorf("the page names %v as unanswered, %v are", got, unanswered)
	}
	c.click("#resume")
	c.sees("#stage .stem")
	c.click("#hand-in", "#confirm-hand-in")
	c.sees("#ended[data-by=candidate] #ended-at")
}

// attempt is the candidate's attempt as the store has it.
func (c *seat) attempt(t *testing.T) exam.Attempt {
	t.Helper()
	attempt, err := c.app.store.Attempt(context.Background(), c.enrolment.ID)
	if err != nil {
		t.Fatal(err)
	}
	return attempt
}
