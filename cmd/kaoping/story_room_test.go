package main

import (
	"context"
	"fmt"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/fault"
)

func (s *story) invigilatorOpensTheRoom() {
	s.clock.set(storyStart.Add(-20 * time.Minute))
	w := s.login("invigilator1")
	w.press("main tbody a")
	w.sees("#not-open")
	w.press("#open-room")
	s.code = w.sees("#room-code")
	// Nobody can be recorded as absent before the start.
	err := s.exam.Close(context.Background(), s.people["invigilator1"], s.id, true)
	if !fault.Is(err, fault.Early) || read[bool](w, `document.querySelector("#close-sitting") !== null`) {
		s.t.Error("the sitting can be ended before it starts:", err)
	}
}

// candidatesWaitAndBegin has both candidates wait until the start; the pages go
// on by themselves.
func (s *story) candidatesWaitAndBegin() (first, second *seat) {
	first, second = s.seat(s.chrome, s.paper, s.first), s.seat(s.chrome, s.paper, s.second)
	first.enter("000000")
	first.sees("#fault[data-code=unauthenticated]")
	for _, c := range []*seat{first, second} {
		c.enter(s.code)
		c.sees("#countdown", "00:")
		c.sees("dl", c.enrolment.Name, c.enrolment.Ticket)
		c.open("/room/exam")
		c.sees("#notice[data-kind=early] #countdown")
		if _, err := s.store.Attempt(context.Background(), c.enrolment.ID); !fault.Is(err, fault.NotFound) {
			s.t.Error("an attempt began before the start:", err)
		}
	}
	s.clock.set(storyStart.Add(-time.Second))
	for _, c := range []*seat{first, second} {
		c.open("/room/wait")
	}
	s.clock.set(storyStart)
	for _, c := range []*seat{first, second} {
		c.sees("#stage .stem")
		c.sees("#timer", "01:30:00")
	}
	return first, second
}

// answersAreSaved answers one question of each type, by mouse and keyboard, and
// finds all of it again after a reload.
func (s *story) answersAreSaved(c *seat) {
	s.clock.set(storyStart.Add(5 * time.Minute))
	for _, number := range []int{1, 5, 13, 16} { // the first of each type
		for _, how := range []bool{byMouse, byKeyboard} {
			c.turnTo(number)
			c.answer(how, true)
			c.stored()
			number++
		}
	}
	c.turnTo(6)
	c.flag()
	c.stored()
	c.reload()
	c.shows()
}

// aNetworkCutLosesNothing cuts the candidate's cable for a minute, and a second
// time with a reload right after it.
func (s *story) aNetworkCutLosesNothing(c *seat) {
	before := len(c.given)
	c.cable.cut()
	c.answerOn(3, 7, 15)
	c.savedState("offline")
	s.clock.set(storyStart.Add(6 * time.Minute))
	if stored := c.inStore(); len(stored) != before {
		s.t.Errorf("%d answers came through a cut cable", len(stored)-before)
	}
	c.cable.mend()
	c.stored()

	c.cable.cut()
	c.answerOn(4, 8)
	c.savedState("offline")
	c.cable.mend()
	c.reload()
	c.shows()
	c.stored()
}

// invigilatorAddsTime makes up for the cut; the candidate's page says so at once.
func (s *story) invigilatorAddsTime(c *seat) {
	w := s.login("invigilator1")
	w.press("main tbody a")
	w.press("#place-" + s.first.Ticket + " a")
	w.fill("#add-time [name=minutes]", "5", "#add-time [name=note]", "网络中断")
	w.press("#add")
	w.sees("#place-"+s.first.Ticket, "5")
	c.sees("#notice [data-kind=added]", "5", "10:35:00")
}

// anotherDeviceTakesOver: the first computer fails, the invigilator moves the
// examination, and the first one can save no more.
func (s *story) anotherDeviceTakesOver(old *seat) *seat {
	s.clock.set(storyStart.Add(20 * time.Minute))
	old.cable.cut()
	c := s.seat(s.chrome, s.paper, s.first)
	c.given, c.flagged = old.given, old.flagged
	c.enter(s.code)
	c.sees("#notice[data-kind=device]")

	w := s.login("invigilator1")
	w.press("main tbody a")
	w.sees("#places #place-"+s.first.Ticket, fmt.Sprint(len(c.given)))
	w.press("#approve-" + s.first.Ticket)
	w.sees("#done")
	c.shows()

	kept := *old
	kept.given = map[string]bank.Answer{} // not what the examination has
	kept.turnTo(9)
	kept.answer(byMouse, false)
	kept.savedState("offline")
	old.cable.mend()
	old.sees("#notice[data-kind=lease]")
	if read[bool](old.window, `document.querySelector(".opt") !== null`) {
		s.t.Error("the first device can still answer")
	}
	c.stored()
	return c
}

func (s *story) firstHandsIn(c *seat) {
	s.clock.set(storyStart.Add(40 * time.Minute))
	c.answerOn(9, 10, 11)
	c.stored()
	c.handIn("12")
	s.tick(context.Background()) // the page may know of the hand-in before it is marked
	attempt := c.attempt(s.t)
	if attempt.SubmittedBy != exam.ByCandidate || attempt.State != exam.Scored {
		s.t.Errorf("handed in: %+v", attempt)
	}
	s.marksAsThePaperDoes(c)
}

// deadlineHandsInForSecond: the second candidate's cable is cut in the last
// second; what was answered before the deadline arrives after it.
func (s *story) deadlineHandsInForSecond(c *seat) {
	ctx, deadline := context.Background(), storyStart.Add(90*time.Minute)
	s.clock.set(deadline.Add(-time.Second))
	c.turnTo(1)
	c.answer(byKeyboard, true)
	c.turnTo(2)
	c.answer(byMouse, false)
	c.stored()
	c.cable.cut()
	c.turnTo(3)
	last := c.question().ID
	c.answer(byMouse, true)
	c.savedState("offline")

	s.clock.set(deadline)
	s.tick(ctx)
	if attempt := c.attempt(s.t); attempt.State != exam.Submitted || attempt.SubmittedBy != exam.ByDeadline {
		s.t.Errorf("at the deadline: %+v", attempt)
	}
	c.cable.mend()
	c.sees("#ended[data-by=deadline]")
	for id, answer := range c.inStore() {
		if answer.Late != (id == last) {
			s.t.Errorf("answer %s: late is %v", id, answer.Late)
		}
	}

	s.clock.set(deadline.Add(exam.Grace + time.Minute))
	s.tick(ctx)
	if attempt := c.attempt(s.t); attempt.State != exam.Scored || attempt.Late != 1 || attempt.Answered != 3 {
		s.t.Errorf("after the grace: %+v", attempt)
	}
	s.marksAsThePaperDoes(c)
	if sitting, err := s.store.Sitting(ctx, s.id); err != nil || sitting.State != exam.Marked {
		s.t.Errorf("the sitting is %s, want marked: %v", sitting.State, err)
	}
}

// marksAsThePaperDoes compares a candidate's theory score with the paper's own
// marking of what was answered.
func (s *story) marksAsThePaperDoes(c *seat) {
	s.t.Helper()
	want := s.paper.Mark(c.given)
	e, err := s.store.Enrolment(context.Background(), c.enrolment.ID)
	if err != nil || e.Theory == nil || *e.Theory != want.Total || c.attempt(s.t).Answered != want.Answered {
		s.t.Errorf("theory %v for %d answers, want %s for %d: %v", e.Theory, c.attempt(s.t).Answered, want.Total, want.Answered, err)
	}
}
