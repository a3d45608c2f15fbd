package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// taskRows is how many lines the practical task sheet of the form has.
const taskRows = 6

// exampleTasks fills the form of a sitting that has no task sheet yet: 100
// points in all, to be changed to the trade's own.
var exampleTasks = []exam.Task{
	{Name: "准备工作", Points: 10_00}, {Name: "工具、仪器与设备使用", Points: 15_00}, {Name: "操作工艺与步骤", Points: 35_00},
	{Name: "质量与功能", Points: 20_00}, {Name: "安全文明生产", Points: 15_00}, {Name: "工时与现场清理", Points: 5_00},
}

type staffPage struct {
	exam.Sitting
	TradeName  string
	Candidates int
	Foreseen   *shown
	Papers     []paperChoice
	Central    []centralChoice
	Must       *fault.Rule // the track asks for a central paper (R05)

	Rooms     []staffRoom
	Examiners []choice
	Tasks     []taskRow
	Total     bank.Points          // of the tasks as they stand in the form
	Rules     map[string]staffRule // by the parameter's name
	Beside    beside
}

type paperChoice struct {
	bank.Brief
	On bool
}

type staffRoom struct {
	exam.Room
	Field  string // "invigilators-0"
	People []choice
}

type taskRow struct{ Name, Points string }

// staffRule is a parameter that staffing must meet, as a sentence.
type staffRule struct {
	Sentence fault.Text
	Rule     string
}

func (s *Server) showStaff(r *request) error {
	ctx := r.Request.Context()
	sitting, err := s.Exam.Sitting(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	page := staffPage{Sitting: sitting, TradeName: s.tradeName(sitting.Trade), Beside: r.beside(), Rules: s.staffRules(sitting)}
	page.Foreseen = s.foresee(r, sittingMay{Staff: true}, sitting)
	if _, page.Candidates, err = s.Exam.Enrolments(ctx, r.actor, exam.EnrolmentQuery{Sitting: sitting.ID, Limit: 1}); err != nil {
		return err
	}
	chosen := exam.Staffing{Paper: cmp.Or(sitting.Central, sitting.Paper), Examiners: sitting.Examiners, Tasks: sitting.Tasks, Invigilators: map[string][]string{}}
	for _, room := range sitting.Rooms {
		chosen.Invigilators[room.Name] = room.Invigilators
	}
	page.Tasks = taskLines(sitting.Tasks)
	if form := r.Request.PostForm; form != nil {
		chosen, _ = readStaffing(form, sitting.Rooms)
		page.Tasks = typedTasks(form)
		for len(page.Tasks) < taskRows {
			page.Tasks = append(page.Tasks, taskRow{})
		}
	}
	for _, t := range page.Tasks {
		if points, err := bank.ParsePoints(t.Points); err == nil {
			page.Total += points
		}
	}
	if err := s.choosePaper(r, &page, chosen.Paper); err != nil {
		return err
	}
	if page.Examiners, err = s.people(r, sitting, access.Examiner, chosen.Examiners); err != nil {
		return err
	}
	for i, room := range sitting.Rooms {
		people, err := s.people(r, sitting, access.Invigilator, chosen.Invigilators[room.Name])
		if err != nil {
			return err
		}
		page.Rooms = append(page.Rooms, staffRoom{room, invigilatorField(i), people})
	}
	return r.render(deskFrame, "staff", r.T("Staff and paper"), page)
}

func invigilatorField(room int) string { return fmt.Sprintf("invigilators-%d", room) }

// paperChoices lists the body's papers for the sitting's trade and level, newest first.
func (s *Server) paperChoices(r *request, sitting exam.Sitting, chosen string) ([]paperChoice, error) {
	papers, err := s.Bank.Papers(r.Request.Context(), r.actor, sitting.Body)
	if err != nil {
		return nil, err
	}
	var list []paperChoice
	for _, p := range papers {
		if p.Trade == sitting.Trade && p.Level == sitting.Level {
			list = append(list, paperChoice{p, p.ID == chosen})
		}
	}
	slices.SortStableFunc(list, func(a, b paperChoice) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return list, nil
}

func (s *Server) people(r *request, sitting exam.Sitting, role access.Role, chosen []string) ([]choice, error) {
	accounts, err := s.Exam.Staffable(r.Request.Context(), r.actor, sitting, role)
	if err != nil {
		return nil, err
	}
	list := make([]choice, len(accounts))
	for i, a := range accounts {
		list[i] = choice{a.ID, a.Name, slices.Contains(chosen, a.ID)}
	}
	return list, nil
}

func (s *Server) staffRules(sitting exam.Sitting) map[string]staffRule {
	rules := map[string]staffRule{}
	for name, sentence := range map[string]string{
		"invigilators_per_room":      "at least %d invigilators a room",
		"candidates_per_invigilator": "one invigilator for every %d candidates",
		"examiners_least":            "at least %d examiners, an odd number",
		"pass_mark":                  "each part is marked out of 100, %d to pass",
	} {
		if param, ok := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, name); ok {
			rules[name] = staffRule{fault.Textf(sentence, param.Int()), param.Rule}
		}
	}
	return rules
}

// taskLines writes the tasks of a sitting, or the example, into the form.
func taskLines(tasks []exam.Task) []taskRow {
	if len(tasks) == 0 {
		tasks = exampleTasks
	}
	rows := make([]taskRow, max(taskRows, len(tasks)))
	for i, t := range tasks {
		rows[i] = taskRow{t.Name, t.Points.String()}
	}
	return rows
}

// typedTasks reads the lines of the form as they were typed, without empty
// ones, so that a row number means the same line in the form and in a refusal.
func typedTasks(form url.Values) []taskRow {
	names, points := form["task_name"], form["task_points"]
	var rows []taskRow
	for i := range max(len(names), len(points)) {
		var row taskRow
		if i < len(names) {
			row.Name = strings.TrimSpace(names[i])
		}
		if i < len(points) {
			row.Points = strings.TrimSpace(points[i])
		}
		if row != (taskRow{}) {
			rows = append(rows, row)
		}
	}
	return rows
}

// readStaffing reads the form. Its issues name the task lines whose points are
// no number.
func readStaffing(form url.Values, rooms []exam.Room) (exam.Staffing, []fault.Issue) {
	in := exam.Staffing{Paper: form.Get("paper"), Examiners: form["examiners"], Invigilators: map[string][]string{}}
	for i, room := range rooms {
		in.Invigilators[room.Name] = form[invigilatorField(i)]
	}
	var issues []fault.Issue
	for i, row := range typedTasks(form) {
		points, err := bank.ParsePoints(row.Points)
		if err != nil {
			issues = append(issues, fault.Issue{Row: i + 1, Column: "tasks", Text: fault.Textf("“%s” is not a number of points (0 to 10000, at most two decimals)", row.Points)})
		}
		in.Tasks = append(in.Tasks, exam.Task{Name: row.Name, Points: points})
	}
	return in, issues
}

func (s *Server) staff(r *request) error {
	ctx := r.Request.Context()
	sitting, err := s.Exam.Sitting(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	r.PostForm("") // parses the form
	in, issues := readStaffing(r.Request.PostForm, sitting.Rooms)
	if len(issues) > 0 {
		err = fault.New(fault.Invalid, "web.staff", "the practical task sheet is not complete").With(issues...)
	} else {
		_, err = s.Exam.Staff(ctx, r.actor, sitting.ID, in)
	}
	if err != nil {
		return r.again(err, s.showStaff)
	}
	return r.done("/sittings/"+sitting.ID, "The sitting is staffed, and every candidate has a seat.")
}
