package main

import (
	"context"
	"fmt"
	"time"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// demoTasks is the practical task sheet of the demonstration.
var demoTasks = []exam.Task{
	{Name: "识图与元器件检测", Points: 20_00}, {Name: "线路安装与接线工艺", Points: 40_00},
	{Name: "通电调试", Points: 25_00}, {Name: "安全文明操作", Points: 15_00},
}

// hourOf is the full hour on or before t, n days from it.
func hourOf(t time.Time, days, hour int) time.Time {
	return rulebook.Day(t).AddDate(0, 0, days).Add(time.Duration(hour) * time.Hour)
}

// demoCourse is what a sitting of the demonstration is of.
type demoCourse struct {
	track rulebook.Track
	level rulebook.Level
}

// electricians is the demonstration's own course.
var electricians = demoCourse{rulebook.SkillLevel, demoLevel}

// finished plays a whole sitting of last week, with certificates.
func (d *demoSeed) finished(ctx context.Context, now time.Time) error {
	return d.held(ctx, electricians, "电工 · 五级 · 结业班甲", hourOf(now, -7, 9), 12, 6)
}

// held plays a whole sitting, to which the last candidate does not come: each
// answers worse than the one before by so many percent. Certificates follow two
// days later.
func (d *demoSeed) held(ctx context.Context, course demoCourse, title string, start time.Time, candidates, worse int) error {
	sitting, err := d.readyFor(ctx, course, title, start, candidates)
	if err != nil {
		return err
	}
	list, err := d.store.Enrolments(ctx, exam.EnrolmentQuery{Sitting: sitting.ID})
	if err != nil {
		return err
	}
	d.clock.set(start.Add(time.Minute))
	for i, e := range list[:candidates-1] {
		if err := d.sit(ctx, e, 96-worse*i, start.Add(40*time.Minute)); err != nil {
			return err
		}
		if err := d.scorePractical(ctx, e, 92-worse*i*2/3); err != nil {
			return err
		}
	}
	d.clock.set(start.Add(3 * time.Hour))
	if err := d.exam.Close(ctx, d.people["invigilator1"], sitting.ID, true); err != nil {
		return err
	}
	if _, err := d.exam.Sign(ctx, d.people["inspector"], sitting.ID, ""); err != nil {
		return err
	}
	d.clock.set(start.AddDate(0, 0, 1))
	if _, err := d.exam.Publish(ctx, d.people["scheduler"], sitting.ID); err != nil {
		return err
	}
	d.clock.set(start.AddDate(0, 0, 2))
	if _, err := d.exam.Confirm(ctx, d.people["officer"], sitting.ID); err != nil {
		return err
	}
	return d.worker.RunDue(ctx)
}

// waiting gives notice of a sitting next week, which the officer has not answered.
func (d *demoSeed) waiting(ctx context.Context, now time.Time) error {
	_, err := d.notified(ctx, "电工 · 五级 · 结业班乙", hourOf(now, 6, 9), now.Add(-2*time.Hour), 8)
	return err
}

// runningNow opens a sitting that has just begun: half have handed in, half
// have not come yet and are the newcomer's to play.
func (d *demoSeed) runningNow(ctx context.Context, now time.Time) error {
	if d.paper.ID == "" {
		papers, err := d.store.Papers(ctx, d.body.ID)
		if err != nil || len(papers) == 0 {
			return fmt.Errorf("the demonstration's paper is gone: %w", err)
		}
		d.paper = papers[0]
	}
	start := now.Add(-50 * time.Minute).Truncate(time.Minute)
	sitting, err := d.ready(ctx, "电工 · 五级 · 今日场次", start, 10)
	if err != nil {
		return err
	}
	list, err := d.store.Enrolments(ctx, exam.EnrolmentQuery{Sitting: sitting.ID})
	if err != nil {
		return err
	}
	d.clock.set(start.Add(time.Minute))
	for i, e := range list[:5] {
		if err := d.sit(ctx, e, 90-7*i, start.Add(45*time.Minute)); err != nil {
			return err
		}
		if err := d.scorePractical(ctx, e, 88-5*i); err != nil {
			return err
		}
	}
	return nil
}

// notified drafts a sitting with candidates and gives notice of it at a time.
func (d *demoSeed) notified(ctx context.Context, title string, start, notice time.Time, candidates int) (exam.Sitting, error) {
	return d.notifiedFor(ctx, electricians, title, start, notice, candidates)
}

func (d *demoSeed) notifiedFor(ctx context.Context, course demoCourse, title string, start, notice time.Time, candidates int) (exam.Sitting, error) {
	d.clock.set(notice.Add(-time.Hour))
	scheduler := d.people["scheduler"]
	sitting, err := d.exam.Draft(ctx, scheduler, exam.Draft{
		Body: d.body.ID, Site: d.body.Sites[0].ID, Trade: demoTrade, Level: course.level, Track: course.track, Title: title, StartsAt: start,
	})
	if err != nil {
		return sitting, err
	}
	report, err := d.exam.Enrol(ctx, scheduler, sitting.ID, d.candidates(candidates))
	if err != nil {
		return sitting, err
	}
	if len(report.Issues) > 0 {
		return sitting, fault.New(fault.Internal, "demo", "a made-up candidate is refused").With(report.Issues...)
	}
	d.clock.set(notice)
	return d.exam.Notify(ctx, scheduler, sitting.ID)
}

// ready takes a sitting to the moment when its rooms are open.
func (d *demoSeed) ready(ctx context.Context, title string, start time.Time, candidates int) (exam.Sitting, error) {
	return d.readyFor(ctx, electricians, title, start, candidates)
}

func (d *demoSeed) readyFor(ctx context.Context, course demoCourse, title string, start time.Time, candidates int) (exam.Sitting, error) {
	sitting, err := d.notifiedFor(ctx, course, title, start, start.AddDate(0, 0, -5), candidates)
	if err != nil {
		return sitting, err
	}
	d.clock.set(start.AddDate(0, 0, -4))
	if _, err := d.exam.Accept(ctx, d.people["officer"], sitting.ID); err != nil {
		return sitting, err
	}
	d.clock.set(start.AddDate(0, 0, -1))
	invigilators := []string{d.people["invigilator1"].ID, d.people["invigilator2"].ID}
	_, err = d.exam.Staff(ctx, d.people["scheduler"], sitting.ID, exam.Staffing{
		Paper: d.paper.ID, Invigilators: map[string][]string{"第一考场": invigilators}, Tasks: demoTasks,
		Examiners: []string{d.people["examiner1"].ID, d.people["examiner2"].ID, d.people["examiner3"].ID},
	})
	if err != nil {
		return sitting, err
	}
	d.clock.set(start.Add(-30 * time.Minute))
	return d.exam.OpenRoom(ctx, d.people["invigilator1"], sitting.ID, "第一考场")
}

// sit plays a candidate who answers so that about percent of the questions are
// right, and hands in at a time.
func (d *demoSeed) sit(ctx context.Context, e exam.Enrolment, percent int, handIn time.Time) error {
	began := d.clock.now()
	defer d.clock.set(began)
	actor := access.Actor{ID: e.ID, Enrolment: e.ID}
	started, err := d.exam.Start(ctx, actor, access.Session{ID: audit.Digest([]byte(e.ID)), Enrolment: e.ID})
	if err != nil {
		return err
	}
	save := exam.Save{Attempt: e.ID, Lease: started.Attempt.Lease, Seq: 1}
	for i, q := range d.paper.Questions {
		right := i*37%100 < percent
		save.Changes = append(save.Changes, exam.Change{Question: q.ID, Answer: reply(q, right), QueuedAt: d.clock.now()})
	}
	if _, err := d.exam.Save(ctx, save); err != nil {
		return err
	}
	d.clock.set(handIn)
	_, err = d.exam.Submit(ctx, e.ID, started.Attempt.Lease)
	return err
}

// reply is a right or a wrong answer to a question.
func reply(q bank.Question, right bool) bank.Answer {
	switch {
	case q.Type == bank.FillIn && right:
		texts := make([]string, len(q.Accept))
		for i, accepted := range q.Accept {
			texts[i] = accepted[0]
		}
		return bank.Answer{Text: texts}
	case q.Type == bank.FillIn:
		return bank.Answer{Text: make([]string, len(q.Accept))}
	case right:
		return bank.Answer{Choice: q.Key}
	case q.Type == bank.TrueFalse:
		return bank.Answer{Choice: []int{1 - q.Key[0]}}
	default:
		return bank.Answer{Choice: []int{(q.Key[0] + 1) % len(q.Options)}}
	}
}

// scorePractical has the three examiners score near a total, each in their own way.
func (d *demoSeed) scorePractical(ctx context.Context, e exam.Enrolment, total int) error {
	for i, login := range []string{"examiner1", "examiner2", "examiner3"} {
		var sheet exam.ScoreSheet
		for _, task := range demoTasks {
			sheet.Items = append(sheet.Items, task.Points*bank.Points(total+i-1)/100)
		}
		if _, err := d.exam.RecordPractical(ctx, d.people[login], e.ID, sheet); err != nil {
			return err
		}
	}
	return nil
}

var (
	demoFamilies = []string{"陈", "欧阳", "赵", "刘", "王", "阿依古丽·", "周", "吴", "司马", "孙"}
	demoGivens   = []string{"示例", "样例", "样本", "范本", "演示", "示范"}
)

// candidates makes people up: names that say so, and ID numbers of a county
// code that no county has, with valid check characters.
func (d *demoSeed) candidates(n int) []exam.Row {
	rows := make([]exam.Row, n)
	for i := range rows {
		d.serial++
		first17 := fmt.Sprintf("410499%04d%02d%02d%03d", 1980+d.serial%25, 1+d.serial%12, 1+d.serial%28, d.serial)
		rows[i] = exam.Row{
			Name:     demoFamilies[d.serial%len(demoFamilies)] + demoGivens[d.serial/len(demoFamilies)%len(demoGivens)],
			IDNumber: first17 + string(exam.CheckCharacter(first17)),
		}
	}
	return rows
}
