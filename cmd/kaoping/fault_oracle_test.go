//go:build unix

package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
)

// judge waits until everything that was begun is finished, ends both instances
// and compares what is stored with what people were told.
func (o *ordeal) judge() {
	o.Helper()
	ctx := o.Context()
	e, err := openEngines(ctx, &o.config, quiet())
	if err != nil {
		o.Fatal(err)
	}
	defer e.Close()
	o.settle(ctx, e)
	for _, i := range o.instances {
		o.end(i)
	}
	saves := 0
	for _, c := range o.candidates {
		o.judgeAttempt(ctx, e, c)
		saves += len(c.saves)
	}
	sheets := o.judgeScores(ctx, e)
	certificates := o.judgeCertificates(ctx, e)
	o.judgeJobs(ctx, e)
	if v := verifiedBy(o.T, o.program, o.config); len(v.Damaged) > 0 || v.Documents != certificates {
		o.Errorf("verify: %+v", v)
	}
	o.Logf("present once: %d saves of %d candidates, %d score sheets, %d certificates", saves, len(o.candidates), sheets, certificates)
}

// settle waits until all certificates are issued: faults are over, and what
// they cut short goes on by itself.
func (o *ordeal) settle(ctx context.Context, e *engines) {
	o.Helper()
	want := len(o.batches) * batchCandidates
	for i := range o.candidates {
		if passes(i) {
			want++
		}
	}
	began := time.Now()
	for {
		issued := 0
		list, err := e.store.Certificates(ctx, certify.Query{})
		if err != nil {
			o.Fatal(err)
		}
		for _, c := range list {
			if c.State == certify.Issued {
				issued++
			}
		}
		if issued == want && len(list) == want {
			o.Logf("all %d certificates were issued %.1f s after the last fault", want, time.Since(began).Seconds())
			return
		}
		if time.Since(began) > goOnFor {
			o.Fatalf("%d certificates for %d who passed, %d of them issued", len(list), want, issued)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (o *ordeal) judgeAttempt(ctx context.Context, e *engines, c *examinee) {
	o.Helper()
	stored, err := e.store.Answers(ctx, c.attempt)
	if err != nil {
		o.Fatal(err)
	}
	if err := c.compare(stored, true); err != nil {
		o.Errorf("%s: %v", c.ticket, err)
	}
	lease, err := e.store.Lease(ctx, c.attempt)
	if err != nil || lease.Lease != c.lease || lease.Seq != int64(len(c.saves)) { // the last one was confirmed
		o.Errorf("%s: %+v %v, %d saves were sent", c.ticket, lease, err, len(c.saves))
	}
	attempt, err := e.store.Attempt(ctx, c.attempt)
	if err != nil {
		o.Fatal(err)
	}
	enrolment, err := e.store.Enrolment(ctx, c.attempt)
	if err != nil {
		o.Fatal(err)
	}
	outcome, points := exam.Failed, "0"
	if passes(c.number) {
		outcome, points = exam.Passed, "100"
	}
	if attempt.State != exam.Scored || attempt.SubmittedBy != exam.ByCandidate || attempt.Score.String() != points ||
		enrolment.Theory == nil || *enrolment.Theory != attempt.Score || enrolment.Outcome != outcome {
		o.Errorf("%s: %s by %s with %s points, in the record %v and %s", c.ticket, attempt.State, attempt.SubmittedBy, attempt.Score, enrolment.Theory, enrolment.Outcome)
	}
}

// judgeScores looks for every sheet that was confirmed, once, in its round.
func (o *ordeal) judgeScores(ctx context.Context, e *engines) (sheets int) {
	o.Helper()
	for _, c := range o.candidates {
		enrolment, err := e.store.Enrolment(ctx, c.attempt)
		if err != nil {
			o.Fatal(err)
		}
		p := enrolment.Practical
		byRound := map[int][]exam.PracticalScore{p.Round: p.Scores}
		if p.Round == 2 {
			byRound[1] = p.Before
		}
		if p.Mean == nil || len(p.Before) > 0 != (p.Round == 2) {
			o.Errorf("%s: %+v", c.ticket, p)
		}
		for round, scores := range byRound {
			if len(scores) != len(o.assessors) {
				o.Errorf("%s: %d sheets in round %d", c.ticket, len(scores), round)
			}
			for _, x := range o.assessors {
				told := x.sheets[judged{c.attempt, round}]
				of := func(s exam.PracticalScore) bool {
					var items []string
					for _, points := range s.Items {
						items = append(items, points.String())
					}
					return s.Examiner == x.account && slices.Equal(items, told)
				}
				if len(told) == 0 || !slices.ContainsFunc(scores, of) {
					o.Errorf("%s: round %d has %+v, examiner %d was told that %s is recorded", c.ticket, round, scores, x.number+1, strings.Join(told, " "))
				}
				sheets++
			}
		}
	}
	return sheets
}

// judgeCertificates looks for one issued certificate for each who passed, each
// with a number of its own and its document.
func (o *ordeal) judgeCertificates(ctx context.Context, e *engines) int {
	o.Helper()
	list, err := e.store.Certificates(ctx, certify.Query{})
	if err != nil {
		o.Fatal(err)
	}
	numbers, holders := map[string]bool{}, map[string]string{}
	for _, c := range list {
		if numbers[c.Number] || holders[c.Enrolment] != "" {
			o.Errorf("%s of %s is there twice", c.Number, c.Enrolment)
		}
		numbers[c.Number], holders[c.Enrolment] = true, c.Number
		content, _, err := e.documents.Get(ctx, c.Document)
		if err != nil || audit.Digest(content) != c.SHA256 {
			o.Errorf("%s: the document is not what was issued: %v", c.Number, err)
		}
	}
	for enrolment, number := range o.bureau.issued {
		if holders[enrolment] != number {
			o.Errorf("%s was told as the number of %s, which has %s", number, enrolment, holders[enrolment])
		}
	}
	for _, c := range o.candidates {
		if (holders[c.attempt] != "") != passes(c.number) {
			o.Errorf("%s: certificate %q", c.ticket, holders[c.attempt])
		}
	}
	return len(list)
}

// judgeJobs runs what waits for another try, as if its time had come: nothing
// is left, and nothing is issued by it.
func (o *ordeal) judgeJobs(ctx context.Context, e *engines) {
	o.Helper()
	a, err := wire(&o.config, e, func() time.Time { return e.now().Add(time.Hour) }, quiet())
	if err != nil {
		o.Fatal(err)
	}
	a.tick(ctx)
	left, err := e.store.Jobs(ctx, outbox.Query{})
	if err != nil || len(left) > 0 {
		o.Errorf("jobs are left: %+v %v", left, err)
	}
}
