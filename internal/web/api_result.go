package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

func (a *jsonAPI) results() {
	operation(a, huma.Operation{
		OperationID: "listScoring", Method: http.MethodGet, Path: "/sittings/{id}/scoring", Tags: []string{"results"}, Summary: "Candidates to score, for one examiner",
		Description: "The task sheet and, for each candidate, only the examiner's own score until all have scored.", Errors: refusals(fault.NotFound),
	}, a.listScoring)
	operation(a, huma.Operation{
		OperationID: "recordPracticalScore", Method: http.MethodPut, Path: "/enrolments/{id}/practical", Tags: []string{"results"}, Summary: "Enter the own practical score of a candidate",
		Description: "By an examiner of the sitting: points of each task in order, or that the candidate did not come. When the examiners are too far apart all score a second time, and that stands. The same sheet again is recorded once.",
		Errors:      refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.recordPracticalScore)
	operation(a, huma.Operation{
		OperationID: "listResults", Method: http.MethodGet, Path: "/sittings/{id}/results", Tags: []string{"results"}, Summary: "Scores and outcomes of a sitting, in ticket order",
		Description: "For the body and its bureau. Every part must reach the pass mark (R15).", Errors: refusals(fault.NotFound),
	}, a.listResults)
	operation(a, huma.Operation{
		OperationID: "ownResult", Method: http.MethodGet, Path: "/result", Tags: []string{"results"}, Summary: "The own result of a candidate",
		Description: "Scores and outcome only once they are public (R21).", Errors: refusals(fault.NotFound),
	}, a.ownResult)
	operation(a, huma.Operation{
		OperationID: "publishResults", Method: http.MethodPost, Path: "/sittings/{id}/publication", Tags: []string{"results"}, Summary: "Make the results public (公示)",
		Description: "Each record passes when every part reaches the pass mark (R15). Refused, naming the tickets, while a practical score is missing.",
		Errors:      refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.publishResults)
	operation(a, huma.Operation{
		OperationID: "confirmResults", Method: http.MethodPost, Path: "/sittings/{id}/confirmation", Tags: []string{"results"}, Summary: "Confirm published results (确认)",
		Description: "By an officer of the region; the certificates of those who passed follow (R31). Refused without the inspector's signature where the region's rules ask for it (R40).", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.confirmResults)
}

type scoringJSON struct {
	Tasks      []taskJSON   `json:"tasks"`
	Candidates []scoredJSON `json:"candidates" doc:"In ticket order"`
}

type scoredJSON struct {
	Enrolment string     `json:"enrolment"`
	Ticket    string     `json:"ticket"`
	Name      string     `json:"name"`
	Round     int        `json:"round" doc:"0 before the first score, 2 where the examiners were too far apart"`
	Turn      int        `json:"turn" doc:"Of the practical part in which the candidate is examined: for one examiner at most five candidates at once (R17)"`
	Scored    int        `json:"scored" doc:"Examiners who have scored in this round"`
	Own       *sheetJSON `json:"own,omitempty" doc:"The examiner's own sheet"`
	Mean      *string    `json:"mean,omitempty" doc:"Once every examiner has scored"`
}

type sheetJSON struct {
	Items  []string `json:"items" doc:"Points of each task, in order; empty when absent"`
	Total  string   `json:"total"`
	Absent bool     `json:"absent"`
	Sheet  int      `json:"sheet" doc:"1 for the first in the round, one more for each correction"`
}

func sheetForm(s exam.PracticalScore) *sheetJSON {
	sheet := &sheetJSON{[]string{}, s.Total.String(), s.Absent, s.Sheet}
	for _, points := range s.Items {
		sheet.Items = append(sheet.Items, points.String())
	}
	return sheet
}

func (a *jsonAPI) listScoring(ctx context.Context, actor access.Actor, in *OfSitting) (scoringJSON, error) {
	sitting, list, err := a.Exam.ScoringList(ctx, actor, in.ID)
	scoring := scoringJSON{taskForms(sitting.Tasks), []scoredJSON{}}
	for _, row := range list {
		e := row.Enrolment
		scored := scoredJSON{Enrolment: e.ID, Ticket: e.Ticket, Name: e.Name, Round: e.Practical.Round, Turn: row.Turn, Scored: row.Scored, Mean: pointsOrNone(e.Practical.Mean)}
		if row.Own != nil {
			scored.Own = sheetForm(*row.Own)
		}
		scoring.Candidates = append(scoring.Candidates, scored)
	}
	return scoring, err
}

type practicalInput struct {
	ID   string `path:"id" doc:"Id of the enrolment"`
	Body struct {
		Round  int      `json:"round,omitempty" minimum:"0" maximum:"2" doc:"That the sheet is for, as listScoring says, 1 for the first sheet; name it, so that a sheet that is sent again never counts in another round. 0: whichever it is"`
		Sheet  int      `json:"sheet,omitempty" minimum:"0" doc:"1 for the first sheet of the round, one more than the last for a correction; name it, so that an older sheet that comes late never takes the place of a correction. 0: the next"`
		Items  []string `json:"items,omitempty" doc:"Points of each task, in order" example:"[\"20\",\"15.5\"]"`
		Absent bool     `json:"absent,omitempty" doc:"The candidate did not come"`
	}
}

type practicalJSON struct {
	Round  int        `json:"round" doc:"2 where the examiners were too far apart"`
	Scored int        `json:"scored" doc:"Examiners who have scored in this round"`
	Own    *sheetJSON `json:"own,omitempty" doc:"Absent when a second round has begun"`
	Mean   *string    `json:"mean,omitempty" doc:"Once every examiner has scored"`
}

func (a *jsonAPI) recordPracticalScore(ctx context.Context, actor access.Actor, in *practicalInput) (practicalJSON, error) {
	var read pointsReader
	sheet := exam.ScoreSheet{Round: in.Body.Round, Sheet: in.Body.Sheet, Absent: in.Body.Absent}
	for i, text := range in.Body.Items {
		sheet.Items = append(sheet.Items, read.field(fmt.Sprintf("items[%d]", i), text))
	}
	if err := read.err(); err != nil {
		return practicalJSON{}, err
	}
	p, err := a.Exam.RecordPractical(ctx, actor, in.ID, sheet)
	form := practicalJSON{Round: p.Round, Scored: len(p.Scores), Mean: pointsOrNone(p.Mean)}
	for _, score := range p.Scores {
		if score.Examiner == actor.ID {
			form.Own = sheetForm(score)
		}
	}
	return form, err
}

type resultJSON struct {
	Enrolment string       `json:"enrolment"`
	Ticket    string       `json:"ticket"`
	Name      string       `json:"name"`
	IDMasked  string       `json:"id_masked"`
	Theory    *string      `json:"theory,omitempty" doc:"Points out of 100; absent until marked"`
	Practical *string      `json:"practical,omitempty" doc:"Mean of the examiners, out of 100; absent until all have scored"`
	Outcome   exam.Outcome `json:"outcome,omitempty" enum:"passed,failed,absent" doc:"Absent until published"`
}

func resultForm(e exam.Enrolment) resultJSON {
	return resultJSON{e.ID, e.Ticket, e.Name, e.IDMasked, pointsOrNone(e.Theory), pointsOrNone(e.Practical.Mean), e.Outcome}
}

type resultsQuery struct {
	OfSitting
	Paging
}

func (a *jsonAPI) listResults(ctx context.Context, actor access.Actor, in *resultsQuery) (listJSON[resultJSON], error) {
	_, list, err := a.Exam.Results(ctx, actor, in.ID)
	if err != nil {
		return listJSON[resultJSON]{}, err
	}
	return whole(list, in.Paging, ticketOf, resultForm)
}

type ownResultJSON struct {
	Sitting string     `json:"sitting"`
	Title   string     `json:"title"`
	State   exam.State `json:"state"`
	Result  resultJSON `json:"result"`
}

func (a *jsonAPI) ownResult(ctx context.Context, actor access.Actor, _ *struct{}) (ownResultJSON, error) {
	sitting, e, err := a.Exam.OwnResult(ctx, actor)
	return ownResultJSON{sitting.ID, sitting.Title, sitting.State, resultForm(e)}, err
}

func (a *jsonAPI) publishResults(ctx context.Context, actor access.Actor, in *OfSitting) (sittingJSON, error) {
	sitting, err := a.Exam.Publish(ctx, actor, in.ID)
	return sittingForm(sitting), err
}

func (a *jsonAPI) confirmResults(ctx context.Context, actor access.Actor, in *OfSitting) (sittingJSON, error) {
	sitting, err := a.Exam.Confirm(ctx, actor, in.ID)
	return sittingForm(sitting), err
}
