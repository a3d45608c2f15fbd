package web

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/fault"
)

// showScoring lists the sittings whose practical part the actor scores (实操评分).
func (s *Server) showScoring(r *request) error {
	sittings, pager, err := s.staffed(r)
	if err != nil {
		return err
	}
	mine := slices.DeleteFunc(sittings, func(x exam.Sitting) bool { return !slices.Contains(x.Examiners, r.actor.ID) })
	return r.render(deskFrame, "scoring", r.T("Practical scoring"), map[string]any{"Sittings": mine, "Pager": pager})
}

// scoreList is a sitting's candidates for one examiner.
type scoreList struct {
	Sitting exam.Sitting
	Rows    []scoreRow
	Open    bool // scores are taken now
	Scored  int  // rows that wait for nothing from this examiner
	Recused int  // rows that the examiner does not score
	Next    string

	Foreseen *shown // why no score would be taken
}

// scoreRow is a candidate with the examiner's own state: to score, scored,
// again (the second round), final, recused.
type scoreRow struct {
	exam.Scoring
	State string
	Path  string
}

func (s *Server) scoreList(r *request) (scoreList, error) {
	sitting, rows, err := s.Exam.ScoringList(r.Request.Context(), r.actor, r.Param("sitting"))
	if err != nil {
		return scoreList{}, err
	}
	list := scoreList{Sitting: sitting, Open: slices.Contains([]exam.State{exam.Running, exam.Closed, exam.Marked}, sitting.State)}
	for _, x := range rows {
		row := scoreRow{Scoring: x, State: scoreState(x), Path: "/scoring/" + sitting.ID + "/" + x.Enrolment.ID}
		switch {
		case row.State == "recused":
			list.Recused++
		case row.State == "scored" || row.State == "final":
			list.Scored++
		case list.Next == "" && list.Open:
			list.Next = row.Path
		}
		list.Rows = append(list.Rows, row)
	}
	if list.Open && r.fault == nil {
		list.Foreseen = r.foreseen("Scores cannot be recorded", s.Exam.ScoreRefusal(r.Request.Context(), r.actor, sitting))
	}
	return list, nil
}

// Mine is how many candidates the examiner scores.
func (l scoreList) Mine() int { return len(l.Rows) - l.Recused }

func scoreState(x exam.Scoring) string {
	switch {
	case x.Recused:
		return "recused"
	case x.Enrolment.Practical.Mean != nil:
		return "final"
	case x.Own != nil:
		return "scored"
	case x.Enrolment.Practical.Round == 2:
		return "again"
	}
	return "to-score"
}

// showScoreList shows a sitting's candidates with the examiner's own scores.
func (s *Server) showScoreList(r *request) error {
	list, err := s.scoreList(r)
	if err != nil {
		return err
	}
	return r.render(deskFrame, "scores", list.Sitting.Title, list)
}

// scoreSheet is the task sheet of one candidate.
type scoreSheet struct {
	Sitting exam.Sitting
	Row     scoreRow
	Tasks   []scoreTask
	Round   int // that the sheet is for
	Number  int // of the sheet in the round
	Absent  bool
	Open    bool

	Foreseen *shown
}

type scoreTask struct {
	exam.Task
	Field, Value string
	Wrong        template.HTML
}

func taskField(i int) string { return fmt.Sprintf("points%d", i+1) }

// showScoreSheet shows one candidate's task sheet.
func (s *Server) showScoreSheet(r *request) error {
	list, err := s.scoreList(r)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list.Rows, func(x scoreRow) bool { return x.Enrolment.ID == r.Param("enrolment") })
	if at < 0 {
		return fault.New(fault.NotFound, "web.showScoreSheet", "the sitting has no such candidate")
	}
	row, posted := list.Rows[at], r.Request.PostForm != nil
	sheet := scoreSheet{Sitting: list.Sitting, Row: row, Round: max(row.Enrolment.Practical.Round, 1), Open: list.Open && row.State != "final" && row.State != "recused", Foreseen: list.Foreseen}
	sheet.Number = 1
	if row.Own != nil {
		sheet.Absent, sheet.Number = row.Own.Absent, row.Own.Sheet+1
	}
	if posted {
		sheet.Absent = r.PostForm("absent") != ""
	}
	wrong := r.beside()
	for i, task := range list.Sitting.Tasks {
		t := scoreTask{Task: task, Field: taskField(i), Wrong: wrong[task.Name]}
		switch {
		case posted:
			t.Value = r.PostForm(t.Field)
		case row.Own != nil && i < len(row.Own.Items):
			t.Value = row.Own.Items[i].String()
		}
		sheet.Tasks = append(sheet.Tasks, t)
	}
	return r.render(deskFrame, "score", row.Enrolment.Name+" · "+list.Sitting.Title, sheet)
}

// recuse declares that the examiner does not examine the candidate (R19).
func (s *Server) recuse(r *request) error {
	_, err := s.Exam.Recuse(r.Request.Context(), r.actor, r.Param("enrolment"), r.actor.ID, exam.Nearness(r.PostForm("why")))
	if err != nil {
		return r.again(err, s.showScoreSheet)
	}
	return r.done("/scoring/"+r.Param("sitting"), "The recusal is recorded.")
}

// recordScore takes an examiner's sheet and goes back to the list.
func (s *Server) recordScore(r *request) error {
	list, err := s.scoreList(r)
	if err != nil {
		return err
	}
	sheet, err := readScores(r, list.Sitting.Tasks)
	if err != nil {
		return r.again(err, s.showScoreSheet)
	}
	// A page that names none means the round of now, and the next sheet.
	sheet.Round, _ = strconv.Atoi(r.PostForm("round"))
	sheet.Sheet, _ = strconv.Atoi(r.PostForm("sheet"))
	result, err := s.Exam.RecordPractical(r.Request.Context(), r.actor, r.Param("enrolment"), sheet)
	if err != nil {
		return r.again(err, s.showScoreSheet)
	}
	if result.Round == 2 && len(result.Scores) == 0 {
		return r.done("/scoring/"+list.Sitting.ID, "The score is saved. The examiners' scores are too far apart: every examiner scores this candidate a second time.")
	}
	return r.done("/scoring/"+list.Sitting.ID, "The score is saved.")
}

// readScores reads the points of each task (Invalid, naming each field that is
// no number of points).
func readScores(r *request, tasks []exam.Task) (exam.ScoreSheet, error) {
	if r.PostForm("absent") != "" {
		return exam.ScoreSheet{Absent: true}, nil
	}
	var sheet exam.ScoreSheet
	var issues []fault.Issue
	for i, task := range tasks {
		typed := strings.TrimSpace(r.PostForm(taskField(i)))
		points, err := bank.ParsePoints(typed)
		if err != nil {
			text := fault.Textf("“%s” is not a number of points (0 to 10000, at most two decimals)", typed)
			if typed == "" {
				text = fault.Textf("give the points, 0 if none were earned")
			}
			issues = append(issues, fault.Issue{Column: task.Name, Text: text})
		}
		sheet.Items = append(sheet.Items, points)
	}
	if len(issues) > 0 {
		return sheet, fault.New(fault.Invalid, "web.readScores", "the score sheet is not right").With(issues...)
	}
	return sheet, nil
}
