package web

import (
	"net/url"
	"testing"

	"kaoping/bank"
	"kaoping/exam"
)

func TestStaffingForm(t *testing.T) {
	form := url.Values{
		"paper":          {"p1"},
		"examiners":      {"e1", "e2", "e3"},
		"invigilators-0": {"i1", "i2"},
		"task_name":      {" 接线 ", "", "调试"},
		"task_points":    {"60.5", "", "39.5"},
	}
	in, issues := readStaffing(form, []exam.Room{{Name: "第一考场"}, {Name: "第二考场"}})
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	if in.Paper != "p1" || len(in.Examiners) != 3 || len(in.Invigilators["第一考场"]) != 2 || len(in.Invigilators["第二考场"]) != 0 {
		t.Errorf("read %+v", in)
	}
	if len(in.Tasks) != 2 || in.Tasks[0] != (exam.Task{Name: "接线", Points: 60_50}) || in.Tasks[1].Points != 39_50 {
		t.Errorf("tasks %+v; the empty line is left out", in.Tasks)
	}
}

func TestStaffingFormNamesTheLineThatIsShown(t *testing.T) {
	form := url.Values{"task_name": {"", "接线", "调试"}, "task_points": {"", "60", "四十"}}
	_, issues := readStaffing(form, nil)
	if len(issues) != 1 || issues[0].Row != 2 {
		t.Fatalf("issues %+v; want the second line of those that are shown again", issues)
	}
	if rows := typedTasks(form); len(rows) != 2 || rows[issues[0].Row-1].Points != "四十" {
		t.Errorf("shown again %+v; what was typed is at row %d", rows, issues[0].Row)
	}
}

func TestExampleTasksAreWholeMarks(t *testing.T) {
	var sum bank.Points
	for _, task := range exampleTasks {
		sum += task.Points
	}
	if sum != bank.FullMarks || len(exampleTasks) != taskRows {
		t.Errorf("%d example tasks of %s points", len(exampleTasks), sum)
	}
}
