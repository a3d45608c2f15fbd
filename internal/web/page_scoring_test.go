package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"kaoping/bank"
	"kaoping/exam"
)

// posted is a request with a form.
func posted(t *testing.T, form url.Values) *request {
	t.Helper()
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
	c.Request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return &request{Context: c, language: language{Code: "en"}}
}

var twoTasks = []exam.Task{{Name: "接线", Points: 60_00}, {Name: "调试", Points: 40_00}}

func TestScoresAreReadToTheHundredth(t *testing.T) {
	sheet, err := readScores(posted(t, url.Values{"points1": {" 58.5 "}, "points2": {"0"}}), twoTasks)
	if err != nil || len(sheet.Items) != 2 || sheet.Items[0] != bank.Points(58_50) || sheet.Items[1] != 0 {
		t.Errorf("%+v %v", sheet, err)
	}
}

func TestAnAbsentCandidateNeedsNoPoints(t *testing.T) {
	sheet, err := readScores(posted(t, url.Values{"absent": {"1"}, "points1": {"nonsense"}}), twoTasks)
	if err != nil || !sheet.Absent || sheet.Items != nil {
		t.Errorf("%+v %v", sheet, err)
	}
}

func TestEachWrongFieldIsNamed(t *testing.T) {
	r := posted(t, url.Values{"points1": {"sixty"}})
	_, r.fault = readScores(r, twoTasks)
	beside := r.beside()
	if !strings.Contains(string(beside["接线"]), "sixty") || !strings.Contains(string(beside["调试"]), "0 if none") {
		t.Errorf("%v", beside)
	}
}

func TestAnExaminerSeesWhatIsStillToDo(t *testing.T) {
	mean, own := bank.Points(80_00), &exam.PracticalScore{}
	for want, x := range map[string]exam.Scoring{
		"to-score": {},
		"scored":   {Own: own},
		"again":    {Enrolment: exam.Enrolment{Practical: exam.Practical{Round: 2}}},
		"final":    {Own: own, Enrolment: exam.Enrolment{Practical: exam.Practical{Round: 2, Mean: &mean}}},
	} {
		if got := scoreState(x); got != want {
			t.Errorf("%+v is %s, want %s", x, got, want)
		}
	}
}
