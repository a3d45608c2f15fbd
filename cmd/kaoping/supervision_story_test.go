package main

import (
	"context"
	"fmt"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// supervision is a body's way through the bureau's hands, played on the pages:
// filed, inspected, blacklisted, restored.
type supervision struct {
	*testApp
	t       *testing.T
	chrome  *chrome
	gallery *gallery
	pages   map[string]*window // by login; each stays logged in

	first  string // id of the sitting whose certificate waits
	second string // of the one whose score waits
	third  string // of the draft that waits for its notice
	visit  string // path of the inspection's visit
	id     string // of the case
}

// The days of the story; it begins at testNow, Saturday.
var (
	filedName   = "鲁山县第三示范中心"
	firstStart  = time.Date(2026, 11, 24, 9, 0, 0, 0, rulebook.Shanghai)
	secondStart = time.Date(2026, 12, 1, 9, 0, 0, 0, rulebook.Shanghai)
	mendBy      = "2026-11-30"
)

// TestABodyIsFiledInspectedBlacklistedAndRestored plays issue and end of a
// dynamic exit (R33) by clicking the pages, as the persons concerned.
func TestABodyIsFiledInspectedBlacklistedAndRestored(t *testing.T) {
	t.Parallel()
	s := &supervision{testApp: newApp(t), t: t, chrome: startChrome(t), pages: map[string]*window{}}
	s.gallery = &gallery{t, os.Getenv(screenshotsVar), strings.Replace(faultsOnPage, "LOGINS", "scheduler3|standing2|reviewer2|standing|reviewer|inspector|inspector2|officer", 1)}
	s.standingFilesABody()
	s.administratorGivesItAScheduler()
	s.schedulersNoticeIsLateThenAccepted()
	s.inspectorsFindABreach()
	s.firstSittingIsConfirmed()
	s.secondSittingWaitsForAScore()
	s.whatIsOverdueBecomesACase()
	s.twoOfficersBlacklist()
	s.everythingIsRefused()
	s.thePublicReadsIt()
	s.anAppealIsUpheld()
	s.everythingGoesOn()
	s.isSound(t)
}

// as is the window of an account, logged in once a day: sessions end.
func (s *supervision) desk(who string) *window {
	s.t.Helper()
	if s.pages[who] == nil {
		s.pages[who] = s.login(s.chrome, who)
	}
	return s.pages[who]
}

// later moves the clock. Everybody logs in anew the next day.
func (s *supervision) later(at time.Time) {
	if at.Sub(s.clock.now()) > time.Hour {
		clear(s.pages)
	}
	s.clock.set(at)
}

// look checks a page at the sizes of a desk.
func (s *supervision) look(w *window, name string) { s.gallery.look(w, "exit-"+name, deskSizes) }

// refusedBy presses a button and expects the page to refuse by a rule, with its
// clause and a link to it.
func (s *supervision) refusedBy(w *window, button, rule string) {
	s.t.Helper()
	if status := w.press(button); status != 422 {
		s.t.Errorf("%s is answered %d", button, status)
	}
	w.sees("#fault[data-code=refused] .clause", rule)
	if link := read[string](w, `document.querySelector("#fault .clause a").getAttribute("href")`); link != "/rules#"+rule {
		s.t.Errorf("the refusal links to %s", link)
	}
}

func (s *supervision) standingFilesABody() {
	w := s.desk("standing")
	w.open("/filings")
	w.press("#new-file")
	w.fill("[name=name]", filedName, "[name=kind_of_body]", string(standing.Social), "[name=region]", demoCounty,
		"[name=scopes]", demoTrade+" | 5 4", "[name=sites]", "第三示范机房 | 鲁山县示范路 3 号（演示地址） | 000003 | 4 | 第一考场 30",
		"[name=staff]", "陈示例 | 410499198001010011")
	w.press("#apply")
	w.sees("#fault", "证件号码") // the check character is wrong, and what was typed stays
	w.fill("[name=staff]", "陈示例 | 410499198001010013")
	w.press("#apply")
	w.sees("#done")
	s.look(w, "filing")
	application := w.path()
	w.press("#pass-on")
	w.sees("#done")

	reviewer := s.desk("reviewer")
	reviewer.open(application)
	s.look(reviewer, "filing-review")
	reviewer.press("#grant")
	reviewer.sees("#done")
	public := s.chrome.window("a passer-by", s.url)
	public.open("/directory?q=" + filedName)
	public.sees("#directory tbody", filedName)
	s.look(public, "directory")

	var err error
	if s.body, err = s.store.Body(s.t.Context(), path.Base(application)); err != nil {
		s.t.Fatal(err)
	}
}

// administratorGivesItAScheduler makes the scheduler's account on the page, and
// the others in the same way behind it. The staff of the demonstration stay for
// the demonstration's body.
func (s *supervision) administratorGivesItAScheduler() {
	w := s.desk("admin")
	w.open("/accounts/new")
	w.fill("[name=login]", "scheduler3", "[name=name]", "考务示例", "[name=password]", demoPassword, "[name=role]", string(access.Scheduler), "[name=body]", s.body.ID)
	w.press("#create")
	w.sees("#done")
	account, err := s.store.AccountByLogin(s.t.Context(), "scheduler3")
	if err != nil {
		s.t.Fatal(err)
	}
	s.people["scheduler"] = access.Actor{ID: account.ID, Name: account.Name, Grants: account.Grants}
	for login, role := range map[string]access.Role{
		"author": access.Author, "invigilator1": access.Invigilator, "invigilator2": access.Invigilator,
		"examiner1": access.Examiner, "examiner2": access.Examiner, "examiner3": access.Examiner,
	} {
		grants := []access.Grant{{Role: role, Body: s.body.ID}}
		account, err := s.accounts.Create(s.t.Context(), access.System(), login+"-3", s.people[login].Name, demoPassword, grants)
		if err != nil {
			s.t.Fatal(err)
		}
		s.people[login] = access.Actor{ID: account.ID, Name: account.Name, Grants: grants}
	}
	s.seconds(s.t)
	if err := s.bankAndPaper(s.t.Context(), testNow); err != nil {
		s.t.Fatal(err)
	}
	s.clock.set(testNow)
}

// drafts has the scheduler draft a sitting, and returns its id.
func (s *supervision) drafts(w *window, start time.Time, title string) (id string) {
	s.t.Helper()
	w.open("/sittings/new")
	w.fill("[name=scope]", fmt.Sprintf("%s/%d", demoTrade, demoLevel), "[name=starts_at]", start.Format("2006-01-02T15:04"), "[name=title]", title)
	w.press("#save")
	w.sees("#done")
	return path.Base(w.path())
}

func (s *supervision) schedulersNoticeIsLateThenAccepted() {
	w := s.desk("scheduler3")
	s.first = s.drafts(w, firstStart.AddDate(0, 0, -1), "电工 · 五级 · 首班")
	s.refusedBy(w, "#notify", "R02")
	s.look(w, "late")
	w.press("#edit")
	w.fill("[name=starts_at]", firstStart.Format("2006-01-02T15:04"))
	w.press("#save")
	w.press("#enrol")
	for _, person := range s.candidates(2) {
		w.fill("[name=name]", person.Name, "[name=id_number]", person.IDNumber)
		w.press("#add")
		w.sees("#done")
	}
	w.open("/sittings/" + s.first)
	w.press("#notify")
	w.sees("#done")

	officer := s.desk("officer")
	officer.open("/notices")
	officer.press("main tbody a[href='/sittings/" + s.first + "']")
	officer.press("#accept")
	officer.sees("#done")

	w.open("/sittings/" + s.first)
	w.press("#staff")
	w.click("[name=paper]")
	for _, login := range []string{"invigilator1", "invigilator2"} {
		w.click("[name=invigilators-0][value='" + s.people[login].ID + "']")
	}
	for _, login := range examiners {
		w.click("[name=examiners][value='" + s.people[login].ID + "']")
	}
	w.press("button#staff")
	w.sees("#done")
}

// inspectorsFindABreach plans an inspection, draws, visits, and sets the day by
// which the breach is to be put right.
func (s *supervision) inspectorsFindABreach() {
	w := s.desk("standing")
	w.open("/inspections")
	w.press("#new-plan")
	w.fill("[name=title]", "下半年专项检查", "[name=kind]", "special", "[name=from]", "2026-11-21", "main [name=to]", "2026-12-31", "[name=checklist]", "考评人员持证\n监控完好")
	w.press("#propose")
	w.fill("[name=seed]", "20261121")
	w.press("#draw-lots")
	w.sees("#drawn", filedName)
	s.look(w, "draw")

	s.later(testNow.AddDate(0, 0, 1))
	for i, who := range []string{"inspector", "inspector2"} {
		w := s.desk(who)
		w.open("/visits")
		s.visit = read[string](w, fmt.Sprintf(`[...document.querySelectorAll("#visits a")].find(a => a.textContent.includes(%q)).getAttribute("href")`, filedName))
		w.open(s.visit)
		if i == 0 {
			w.fill("[name=on]", "2026-11-22", "[name=met]", "陈示例")
			w.fill("tbody tr:nth-child(1) [name=result]", "breach", "tbody tr:nth-child(1) [name=note]", "两名考评人员证书过期", "tbody tr:nth-child(2) [name=result]", "fine")
			w.press("#note") // a breach without a finding
			w.sees("#fault")
			w.fill("tbody tr:nth-child(1) [name=finding]", "考评人员证书过期", "tbody tr:nth-child(1) [name=rule]", "R19", "tbody tr:nth-child(1) [name=due]", mendBy)
			w.press("#note")
			w.sees("#done")
			s.look(w, "visit")
		}
		w.press("#sign")
		w.sees("#done")
	}
	scheduler := s.desk("scheduler3")
	scheduler.open(s.visit)
	scheduler.sees("#findings", "考评人员证书过期", "2026年11月30日")
	s.look(scheduler, "finding")
}

// take plays the examination of a sitting whose room is open: two candidates
// who know much, scored by the first n examiners.
func (s *supervision) take(sitting string, n int) []exam.Enrolment {
	s.t.Helper()
	ctx := s.t.Context()
	list := s.enrolled(s.t, sitting)
	scored, err := s.store.Sitting(ctx, sitting)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range list {
		if err := s.sit(ctx, e, 95, s.clock.now().Add(40*time.Minute)); err != nil {
			s.t.Fatal(err)
		}
		for _, login := range examiners[:n] {
			var sheet exam.ScoreSheet
			for _, task := range scored.Tasks {
				sheet.Items = append(sheet.Items, task.Points*8/10)
			}
			if _, err := s.exam.RecordPractical(ctx, s.people[login], e.ID, sheet); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	s.clock.set(scored.Deadline().Add(time.Hour))
	for range 2 {
		if err := s.exam.Sweep(context.Background()); err != nil {
			s.t.Fatal(err)
		}
	}
	return list
}

// firstSittingIsConfirmed takes the first sitting to its confirmed results; its
// certificates are not made yet.
func (s *supervision) firstSittingIsConfirmed() {
	s.later(firstStart.Add(-30 * time.Minute))
	invigilator := s.desk("invigilator1-3")
	invigilator.open("/rooms")
	invigilator.press("main tbody a")
	invigilator.press("#open-room")
	invigilator.sees("#room-code")
	s.clock.set(firstStart)
	s.take(s.first, 3)
	clear(s.pages)
	w := s.desk("scheduler3")
	w.open("/sittings/" + s.first)
	w.press("#publish")
	w.sees("#done")
	inspector := s.desk("inspector")
	inspector.open("/sittings/" + s.first)
	inspector.press("#sign")
	inspector.sees("#done")
}

// secondSittingWaitsForAScore takes a second sitting past its examination: the
// third examiner has not scored.
func (s *supervision) secondSittingWaitsForAScore() {
	sitting, err := s.ready(s.t.Context(), "电工 · 五级 · 次班", secondStart, 1)
	if err != nil {
		s.t.Fatal(err)
	}
	s.second = sitting.ID
	s.clock.set(secondStart)
	s.take(s.second, 2)
	clear(s.pages)
	s.third = s.drafts(s.desk("scheduler3"), secondStart.AddDate(0, 0, 14), "电工 · 五级 · 三班")
}
