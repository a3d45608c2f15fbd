package main

import (
	"strings"
	"time"

	"kaoping/policies/standing/cases"
)

// whatIsOverdueBecomesACase lets the day of the rectification pass: the board
// says so, and kaoping raises a case.
func (s *supervision) whatIsOverdueBecomesACase() {
	s.tick(s.t.Context())
	w := s.desk("standing")
	w.open("/inspections")
	w.sees("main", filedName, "考评人员证书过期")
	s.look(w, "overdue")
	found, err := s.testApp.cases.Cases(s.t.Context(), s.people["standing"], cases.Query{Source: cases.BySystem})
	if err != nil || len(found) != 1 || found[0].Body != s.body.ID {
		s.t.Fatal(found, err)
	}
	s.id = found[0].ID
	w.open("/cases")
	w.press("#cases a[href='/cases/" + s.id + "']")
	w.sees("main", "检查发现的问题逾期未整改", "考评人员证书过期")
	w.fill("#evidence [name=text]", "复查照片：证书仍为过期证书。")
	w.press("#add-evidence")
	w.press("#establish")
	w.sees("#done")

	// The results of the first sitting are confirmed meanwhile.
	officer := s.desk("officer")
	officer.open("/sittings/" + s.first)
	officer.press("#confirm")
	officer.sees("#done")
}

// twoOfficersBlacklist hears the body and decides, each step by its person.
func (s *supervision) twoOfficersBlacklist() {
	const facts = "经两次检查，考评人员证书过期仍在考评，责令整改逾期未改。"
	w, own := s.desk("standing"), "/received/"+s.id
	w.open("/cases/" + s.id)
	w.fill("#notify [name=facts]", facts)
	w.click("#notify [value=blacklist]")
	w.press("#notify button")
	w.sees("#done")
	s.look(w, "case")

	scheduler := s.desk("scheduler3")
	scheduler.open("/received")
	scheduler.press("main tbody a")
	scheduler.sees("main", facts, "黑名单")
	if text := scheduler.sees("main"); strings.Contains(text, "复查照片") || strings.Contains(text, "何巡查") {
		s.t.Error("the party reads the evidence or who found it")
	}
	s.look(scheduler, "notice")
	scheduler.press("a[href$='/letters/notice']")
	scheduler.sees(".official", "违规处理事先告知书", filedName, facts)
	s.look(scheduler, "letter")
	scheduler.open(own)
	scheduler.fill("[name=text]", "新证书正在办理。")
	scheduler.press("#state")
	scheduler.sees("#done")

	w.open("/cases/" + s.id)
	w.fill("#hear [name=record]", "当事人对事实无异议。")
	w.press("#hear button")
	w.fill("#propose [name=facts]", facts)
	w.click("#propose [value=blacklist]")
	w.click("#propose [name=public]")
	w.fill("#propose [name=notice]", "考评人员持证管理严重失职，逾期未整改。")
	w.press("#propose button")
	w.sees("#decision", "黑名单")
	if read[bool](w, `document.querySelector("#approve") !== null`) {
		s.t.Error("who proposes can approve")
	}
	reviewer := s.desk("reviewer")
	reviewer.open("/cases/" + s.id)
	reviewer.sees("#effects", filedName)
	s.look(reviewer, "proposed")
	reviewer.press("#approve")
	reviewer.sees("#done")
	reviewer.sees("#decision", "R33")
	s.look(reviewer, "decided")
}

// everythingIsRefused tries the next notice, the open score and the certificate
// that waits, before and after the exit's own work is done.
func (s *supervision) everythingIsRefused() {
	scheduler, examiner := s.desk("scheduler3"), s.desk("examiner3-3")
	scheduler.open("/sittings/" + s.third)
	scheduler.sees("#fault", "R33") // foreseen
	s.refusedBy(scheduler, "#notify", "R33")
	s.look(scheduler, "no-notice")
	scheduler.press("button[name=lang][value=en]")
	scheduler.sees("#fault", "is on the blacklist since", "By R33", "黑名单", "See the rule") // the clause stays in its own words
	scheduler.press("button[name=lang][value=zh]")
	scheduler.sees("#fault", "列入黑名单", "依据 R33")
	for _, name := range []string{"no-score", "no-score-after"} {
		s.score(examiner, 422)
		examiner.sees("#fault .clause", "R33")
		s.look(examiner, name)
		scheduler.open("/sittings/" + s.first + "/results")
		s.refusedBy(scheduler, ".issue", "R33")
		s.look(scheduler, "no-certificate")
		s.tick(s.t.Context())
	}
	scheduler.open("/sittings/" + s.third)
	scheduler.sees("#exit", "R33")
	s.look(scheduler, "cancelled")
	scheduler.open("/sittings/new")
	scheduler.fill("[name=starts_at]", "2026-12-20T09:00")
	s.refusedBy(scheduler, "#save", "R33")
	scheduler.open("/sittings/" + s.second)
	s.look(scheduler, "held")

	candidate := s.consult(s.chrome, s.enrolled(s.t, s.first)[0])
	candidate.sees("main", "R33")
	s.gallery.look(candidate, "exit-candidate", openSizes)
}

// score has the third examiner score the candidate of the second sitting.
func (s *supervision) score(w *window, status int) {
	s.t.Helper()
	w.open("/scoring/" + s.second)
	w.press("#score-next")
	for i, points := range []string{"16", "32", "20", "12"} {
		w.fill([]string{"#points1", "#points2", "#points3", "#points4"}[i], points)
	}
	if got := w.press("#record-score"); got != status {
		s.t.Errorf("the score is answered %d, want %d", got, status)
	}
}

// thePublicReadsIt finds the body on the list, with the reason and its rule, and
// nothing else of the case.
func (s *supervision) thePublicReadsIt() {
	public := s.chrome.window("a reader", s.url)
	public.open("/exits")
	text := public.sees("#exits", filedName, "考评人员持证管理严重失职", "R33")
	for _, kept := range []string{"复查照片", "何巡查", "许监管", "陈示例", "新证书正在办理"} {
		if strings.Contains(text, kept) {
			s.t.Errorf("the public list says %s", kept)
		}
	}
	s.gallery.look(public, "exit-exits", openSizes)
	public.press("#exits a[href='/rules#R33']")
	public.sees("#R33", "黑名单")
	public.open("/directory?q=" + filedName)
	if text := public.sees("main"); strings.Contains(text, "第三示范机房") {
		s.t.Error("the directory still lists the body", text)
	}
}

// anAppealIsUpheld has two others decide about the body's appeal.
func (s *supervision) anAppealIsUpheld() {
	s.later(s.clock.now().Add(48 * time.Hour))
	scheduler := s.desk("scheduler3")
	scheduler.open("/received/" + s.id)
	scheduler.fill("form[action$='/appeal'] [name=text]", "新证书在期限内已经取得，附证书。")
	s.look(scheduler, "appeal")
	scheduler.press("#appeal")
	scheduler.sees("#done")

	first := s.desk("standing")
	first.open("/cases/" + s.id)
	if read[bool](first, `document.querySelector("#ruling") !== null`) {
		s.t.Error("who decided can propose the ruling")
	}
	second, reviewer := s.desk("standing2"), s.desk("reviewer2")
	second.open("/cases/" + s.id)
	second.click("#ruling [value=yes]")
	second.fill("#ruling [name=reason]", "证书取得日期早于期限届满，原处理认定事实有误。")
	second.press("#ruling button")
	second.sees("#done")
	reviewer.open("/cases/" + s.id)
	s.look(reviewer, "ruling")
	reviewer.press("#approve-ruling")
	reviewer.sees("#done")
	scheduler.open("/received/" + s.id)
	s.look(scheduler, "upheld")
	scheduler.press("a[href$='/letters/ruling']")
	scheduler.sees(".official", "申诉成立")
}

// everythingGoesOn does what was refused.
func (s *supervision) everythingGoesOn() {
	scheduler, examiner := s.desk("scheduler3"), s.desk("examiner3-3")
	scheduler.open("/sittings/" + s.drafts(scheduler, s.clock.now().AddDate(0, 0, 14), "电工 · 五级 · 四班"))
	scheduler.press("#notify")
	scheduler.sees("#done")
	s.score(examiner, 200)
	examiner.sees("#done")
	results := "/sittings/" + s.first + "/results"
	scheduler.open(results)
	scheduler.press(".issue")
	scheduler.sees("#done")
	s.look(scheduler, "issued")
	s.tick(s.t.Context()) // what else waited is issued by itself
	scheduler.open("/certificates?sitting=" + s.first)
	if n := read[int](scheduler, `document.querySelectorAll("#certificates tbody a[href$='.pdf']").length`); n != 2 {
		s.t.Errorf("%d certificates for two who passed", n)
	}
	public := s.chrome.window("a reader later", s.url)
	public.open("/exits")
	if text := public.sees("main"); strings.Contains(text, filedName) {
		s.t.Error("the list still names the body")
	}
	public.open("/directory?q=" + filedName)
	public.sees("#directory tbody", filedName)
}
