//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// assessor is an examiner who scores over the API and keeps what was confirmed.
type assessor struct {
	*balanced
	account string
	number  int
	sheets  map[judged][]string // as last confirmed
}

// judged is one sheet: of a candidate, in a round.
type judged struct {
	enrolment string
	round     int
}

// login logs an account in.
func (b *balanced) login(name string) error {
	_, err := b.must("POST", "/api/v1/login", map[string]string{"login": name, "password": demoPassword})
	return err
}

// scoring is what the scoring list says, as far as an examiner needs it.
type scoring struct {
	Candidates []struct {
		Enrolment string
		Ticket    string
		Round     int
		Scored    int
		Own       *struct{ Items []string }
		Mean      *string
	}
}

func (x *assessor) list(sitting string) (s scoring, err error) {
	r, err := x.must("GET", "/api/v1/sittings/"+sitting+"/scoring", nil)
	if err == nil {
		err = json.Unmarshal([]byte(r.body), &s)
	}
	return s, err
}

// score scores everybody, again where the examiners are too far apart, and ends
// when every score stands.
func (x *assessor) score(sitting string) error {
	for {
		list, err := x.list(sitting)
		if err != nil {
			return err
		}
		open := 0
		for _, i := range x.random.Perm(len(list.Candidates)) {
			c := list.Candidates[i]
			if c.Mean == nil {
				open++
			}
			if c.Own != nil || c.Mean != nil {
				continue
			}
			round := max(c.Round, 1)
			if err := x.judge(judged{c.Enrolment, round}, x.sheet(i, round)); err != nil {
				return fmt.Errorf("%s, round %d: %w", c.Ticket, round, err)
			}
			time.Sleep(time.Duration(x.random.IntN(120)) * time.Millisecond)
		}
		if open == 0 {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// sheet is what an examiner gives: of every fifth candidate the third examiner
// thinks so little at first that all score again.
func (x *assessor) sheet(candidate, round int) []string {
	connection := "40"
	if candidate%5 == 4 && round == 1 && x.number == 2 {
		connection = "0"
	}
	return []string{fmt.Sprint(18 - x.random.IntN(3)), connection, "25", fmt.Sprintf("%d.5", 13+x.random.IntN(2))}
}

// judge records a sheet, some of them from two connections at once, and some
// of them with a correction after it.
func (x *assessor) judge(what judged, items []string) error {
	path, body := "/api/v1/enrolments/"+what.enrolment+"/practical", map[string]any{"items": items, "round": what.round, "sheet": 1}
	answers, err := [2]apiReply{}, error(nil)
	if x.random.IntN(2) == 0 {
		answers, _, err = x.twice("PUT", path, body)
	} else {
		answers[0], _, err = x.ask("PUT", path, body)
		answers[1] = answers[0]
	}
	if err != nil {
		return err
	}
	for _, r := range answers {
		if r.status != 200 {
			return unexpected("PUT", path, r)
		}
	}
	x.sheets[what] = items
	r := answers[0]
	if scored, _ := r.json["scored"].(float64); int(scored) == 1 && x.random.IntN(3) == 0 {
		return x.correct(what, path)
	}
	return nil
}

// correct replaces a sheet, unless the other examiners were faster: then it stands.
func (x *assessor) correct(what judged, path string) error {
	items := []string{"17.5", "40", "24", "14"}
	r, _, err := x.ask("PUT", path, map[string]any{"items": items, "round": what.round, "sheet": 2})
	switch {
	case err != nil:
		return err
	case r.status == 200:
		x.sheets[what] = items
	case r.status != 422 && r.status != 409:
		return unexpected("correct", path, r)
	}
	return nil
}

// bureau is who ends sittings, publishes, confirms and issues, everything twice.
type bureau struct {
	invigilator, inspector, scheduler, officer *balanced

	mu     sync.Mutex
	issued map[string]string // number by enrolment, as the API has answered
}

// step does a step of a sitting from two connections at once: one of them may
// find it done.
func (b *balanced) step(sitting, step string, in any) error {
	answers, _, err := b.twice("POST", "/api/v1/sittings/"+sitting+"/"+step, in)
	for _, r := range answers {
		if err == nil && r.status/100 != 2 && r.text("code") != "refused" && r.text("code") != "conflict" {
			err = unexpected(step, sitting, r)
		}
	}
	return err
}

// reaches waits until a sitting is in a state.
func (b *balanced) reaches(sitting, state string) error {
	for until := time.Now().Add(goOnFor); ; time.Sleep(50 * time.Millisecond) {
		r, err := b.must("GET", "/api/v1/sittings/"+sitting, nil)
		if err != nil || r.text("state") == state {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("sitting %s is still %s, not %s", sitting, r.text("state"), state)
		}
	}
}

// conclude ends a sitting, publishes its results and confirms them.
func (b *bureau) conclude(sitting string) error {
	for _, s := range []struct {
		who         *balanced
		step, state string
		in          any
	}{
		{b.invigilator, "closing", "marked", map[string]bool{"record_absent": true}},
		{b.inspector, "signature", "marked", map[string]string{}},
		{b.scheduler, "publication", "publicised", nil},
		{b.officer, "confirmation", "confirmed", nil},
	} {
		if err := errors.Join(s.who.step(sitting, s.step, s.in), s.who.reaches(sitting, s.state)); err != nil {
			return err
		}
	}
	return nil
}

// issue issues the certificates of candidates who passed, twice and beside the
// outbox: every answer is of the same number.
func (b *bureau) issue(scheduler *balanced, enrolments []string) error {
	for _, id := range enrolments {
		answers, _, err := scheduler.twice("POST", "/api/v1/enrolments/"+id+"/certificate", nil)
		if err != nil {
			return err
		}
		for _, r := range answers {
			if number := r.text("number"); r.status != 200 || number == "" || number != b.first(id, number) {
				return fmt.Errorf("%w: and %s", unexpected("issue", id, answers[0]), answers[1].body)
			}
		}
	}
	return nil
}

// first is the first number that the API has given a candidate's certificate.
func (b *bureau) first(enrolment, number string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.issued[enrolment]; !known {
		b.issued[enrolment] = number
	}
	return b.issued[enrolment]
}
