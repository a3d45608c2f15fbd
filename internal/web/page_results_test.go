package web

import (
	"testing"

	"kaoping/bank"
	"kaoping/exam"
)

func TestPassRateCountsThoseWhoCame(t *testing.T) {
	p := bank.Points(60_00)
	records := []exam.Enrolment{
		{Outcome: exam.Passed, Theory: &p}, {Outcome: exam.Passed, Theory: &p}, {Outcome: exam.Failed, Theory: &p}, {Outcome: exam.Absent},
	}
	got := tallyOf(records)
	if got != (tally{Enrolled: 4, Came: 3, Absent: 1, Passed: 2, Failed: 1}) || got.Rate() != "66.7 %" {
		t.Errorf("%+v, rate %s", got, got.Rate())
	}
	if rate := tallyOf(records[3:]).Rate(); rate != "—" {
		t.Errorf("the rate of nobody is %s", rate)
	}
}

func TestMeanIsRoundedToATenth(t *testing.T) {
	for want, scores := range map[string][]bank.Points{"—": nil, "66.7": {60_00, 70_00, 70_00}, "60.1": {60_00, 60_10}, "100": {100_00}} {
		if got := mean(scores); got != want {
			t.Errorf("mean of %v is %s, want %s", scores, got, want)
		}
	}
}

func TestScoreSheetsStandUnderTheirExaminers(t *testing.T) {
	sheets := sheetsBy([]string{"a", "b", "c"}, []exam.PracticalScore{{Examiner: "c", Total: 3}, {Examiner: "a", Total: 1}})
	if sheets[0].Total != 1 || sheets[1] != nil || sheets[2].Total != 3 {
		t.Errorf("sheets %+v", sheets)
	}
}
