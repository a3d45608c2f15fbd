package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"kaoping/bank"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/policies/access"
)

var examiners = []string{"examiner1", "examiner2", "examiner3"}

// examinersScore: the examiners are more than ten points apart over the first
// candidate and score a second time, which stands.
func (s *story) examinersScore() {
	for round, totals := range [][]int{{70, 76, 84}, {80, 82, 84}} {
		for i, who := range examiners {
			w := s.login(who)
			w.press("main tbody a")
			again := round == 1
			if again {
				w.sees("#candidate-" + s.first.Ticket + " .chip.bad")
			}
			s.score(w, s.first, totals[i], again)
			if !again {
				s.score(w, s.second, 50+i, false)
			}
		}
	}
	want := map[string]bank.Points{s.first.ID: 82_00, s.second.ID: 51_00}
	for id, mean := range want {
		e, err := s.store.Enrolment(context.Background(), id)
		if err != nil || e.Practical.Mean == nil || *e.Practical.Mean != mean {
			s.t.Errorf("practical of %s: %+v, want %s: %v", e.Name, e.Practical, mean, err)
		}
	}
}

func (s *story) score(w *window, e exam.Enrolment, percent int, again bool) {
	w.press("#candidate-" + e.Ticket + " a")
	if again {
		w.sees("#second-round")
	}
	sitting, err := s.store.Sitting(context.Background(), s.id)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, task := range sitting.Tasks {
		w.fill(fmt.Sprintf("#points%d", i+1), (task.Points * bank.Points(percent) / 100).String())
	}
	w.press("#record-score")
	w.sees("#done")
}

func (s *story) resultsArePublicAndConfirmed(c *seat) {
	s.clock.set(storyStart.AddDate(0, 0, 1))
	candidate := s.consult(s.first)
	candidate.sees("#result .muted") // not public yet
	w := s.login("scheduler")
	w.open(s.path)
	w.press("#results")
	w.press("#publish")
	w.sees("#done")
	candidate.open("/my")
	candidate.sees("#result", s.paper.Mark(c.given).Total.String(), "82", "合格")
	failed := s.consult(s.second)
	failed.sees("#result", "不合格")

	s.clock.set(storyStart.AddDate(0, 0, 2))
	officer := s.login("officer")
	officer.open("/confirmations")
	officer.press("main tbody a")
	officer.sees("#fault", "R40") // foreseen: nobody has signed
	if status := officer.press("#confirm"); status != 422 {
		s.t.Errorf("results of a record that is not signed: %d", status)
	}
	inspector := s.login("inspector")
	inspector.open(s.path)
	inspector.fill("#sign-form [name=note]", "秩序良好")
	inspector.press("#sign")
	inspector.sees("main", "何巡查", "秩序良好")
	officer.open(s.path)
	officer.press("#confirm")
	officer.sees("#done")
	s.tick(context.Background())
}

// consult is a window in which a candidate looks up the own result.
func (s *story) consult(e exam.Enrolment) *window { return s.testApp.consult(s.chrome, e) }

func (a *testApp) consult(c *chrome, e exam.Enrolment) *window {
	c.t.Helper()
	id, err := a.exam.IDNumber(e)
	if err != nil {
		c.t.Fatal(err)
	}
	w := c.window("candidate "+e.Name, a.url)
	w.open("/my/login")
	w.fill("[name=ticket]", e.Ticket, "[name=last_six]", id.LastSix())
	w.press("#consult")
	return w
}

// certificate is the one that the story issues.
func (s *story) certificate() certify.Certificate {
	s.t.Helper()
	c, err := s.certify.CertificateOf(context.Background(), access.System(), s.first.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *story) certificateIsHandedOut() {
	record := s.certificate()
	w := s.login("scheduler")
	w.open(s.path)
	w.press("a[href^='/certificates?sitting=']")
	w.sees("#certificates", record.Number, s.first.Name)
	s.isTheDocument(w.fetch("#certificates a[href$='.pdf']"), record)
	candidate := s.consult(s.first)
	s.isTheDocument(candidate.fetch("#download"), record)
	if count := read[int](w, `document.querySelectorAll("#certificates tbody tr").length`); count != 1 {
		s.t.Errorf("%d certificates for one who passed", count)
	}
}

// isTheDocument holds a downloaded file against the record, and reads it.
func (s *story) isTheDocument(pdf []byte, record certify.Certificate) {
	s.t.Helper()
	sum := sha256.Sum256(pdf)
	if !strings.HasPrefix(string(pdf), "%PDF") || hex.EncodeToString(sum[:]) != record.SHA256 {
		s.t.Fatalf("%d bytes that are not the certificate: %.20q", len(pdf), pdf)
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		missing(s.t, "pdftotext (Debian: apt-get install poppler-utils)")
	}
	file := filepath.Join(s.t.TempDir(), "certificate.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		s.t.Fatal(err)
	}
	text, err := exec.Command(tool, file, "-").Output()
	if err != nil || !containsAll(string(text), []string{record.Number, s.first.Name}) {
		s.t.Errorf("the document says %q: %v", text, err)
	}
}

func (s *story) anybodyVerifies() {
	record := s.certificate()
	w := s.chrome.window("the public", s.url)
	w.open("/verify")
	w.fill("[name=number]", record.Number)
	w.press("#verify")
	w.sees("#verdict[data-valid=true] .seal", "有效")
	if got := w.sees("#name"); got != certify.MaskName(s.first.Name) {
		s.t.Errorf("the name is shown as %s", got)
	}
	w.sees("#sha256", record.SHA256)
	w.fill("#asked-name", "某某某")
	w.press("#compare-name")
	w.sees("#name-differs", "某某某")
	w.fill("#asked-name", s.first.Name)
	w.press("#compare-name")
	w.sees("#name", s.first.Name)
	w.sees("#name-match")
	if status := w.open("/verify/Y000000000000000000000"); status != 404 {
		s.t.Errorf("an unknown number: %d", status)
	}
	w.sees("#verdict[data-valid=false] .seal", "查无此证")
}

func (s *story) pagesSpeakEnglish() {
	w := s.login("officer")
	w.open(s.path)
	w.sees("h1")
	w.press("button[name=lang][value=en]")
	w.sees("main", "Results confirmed", "Candidates", "Passed")
	w.press("button[name=lang][value=zh]")
	w.sees("main", "考生", "合格")
}
